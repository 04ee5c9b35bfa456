"""Protocols that were spoilt on their way here: nothing wrong is ever handed on, and nothing valid is refused."""

import csv
import datetime as dt
import io
import os
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from coalition.accounts.models import User
from deputies.people.imports import Wishes, import_people
from deputies.people.models import Chamber, Person
from deputies.sources.models import cite
from deputies.sources.tables import BadFile, BadFiles
from deputies.votes.actions import open_correction, start_roll_call
from deputies.votes.enums import Position, State
from deputies.votes.imports.run import Imported, Meaning, import_roll_calls
from deputies.votes.models import RollCall, RollCallVersion
from tests import build
from tests.coalition.accounts import door
from tests.deputies.votes import protocols
from tests.deputies.votes.protocols import (
    LAST,
    OPTIONS,
    RESPELLINGS,
    SHAPES,
    SPOILINGS,
    Change,
    House,
    Protocol,
    houses,
)

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("NAKAZ_EXAMPLES", "10")) // 10  # one of each, many more in the long trials
some_protocols = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
respellings = st.lists(st.sampled_from(RESPELLINGS), max_size=4, unique=True).map(lambda few: [*few, *LAST])
shapes = st.sampled_from(SHAPES)
seeds = st.integers(0, 10_000)


def anna() -> tuple[User, Client]:
    user = User.objects.filter(username="anna").first() or door.organiser("anna")
    return user, door.signed_in(user)


class Trial:
    """One protocol, pasted or uploaded by Anna into a draft with the official totals, and handed on."""

    def __init__(self, house: House, printed: Protocol, luck: random.Random) -> None:
        self.house = house
        self.by, self.client = anna()
        chamber, self.people = protocols.seat(house)
        version = protocols.header(chamber, printed.totals or house.totals)
        self.roll_call = start_roll_call(chamber=chamber, vote_id="", version=version, by=self.by, at=build.AT)
        before = protocols.digest()
        answer = self.client.post(self._page("paste"), protocols.posted(printed, luck))
        self.problems: list[str] = answer.context["problems"] if answer.status_code == 200 else []
        self.was_refused = answer.status_code == 200
        self.refusal_changed = self.was_refused and protocols.digest() != before

    def _page(self, name: str) -> str:
        return reverse(f"admin:votes_rollcall_{name}", args=[self.roll_call.pk])

    @property
    def version(self) -> RollCallVersion:
        return self.roll_call.versions.get()

    def hand_on(self) -> None:
        """As somebody who ticks every warning without reading."""
        context = self.client.get(self._page("submit")).context
        ticks = {f"seen-{one.key}": "1" for one in context["warnings"]}
        self.client.post(self._page("submit"), ticks)

    @property
    def said(self) -> dict[Person, str]:
        return {ballot.person: ballot.position for ballot in self.version.ballots.select_related("person")}

    @property
    def truth(self) -> dict[Person, str]:
        return {person: mark.value for person, mark in zip(self.people, self.house.marks, strict=False)}


def changed(house: House, shape: str, changes: list[Change], luck: random.Random) -> Protocol:
    printed = protocols.protocol(house, shape)
    for change in changes:
        printed = change(printed, house, luck)
    return printed


@pytest.mark.parametrize("shape", SHAPES)
@some_protocols
@given(house=houses(), changes=respellings, seed=seeds)
def test_a_respelt_protocol_is_read_as_it_is(shape: str, house: House, changes: list[Change], seed: int) -> None:
    luck = random.Random(seed)  # noqa: S311 - of a test

    trial = Trial(house, changed(house, shape, changes, luck), luck)
    trial.hand_on()

    assert trial.problems == []
    assert [name.why for name in trial.version.written_names.all()] == []
    assert trial.said == trial.truth
    assert trial.version.state == State.SUBMITTED


@pytest.mark.parametrize("spoil", SPOILINGS, ids=lambda change: change.__name__)
@some_protocols
@given(house=houses(), changes=respellings, shape=shapes, seed=seeds)
def test_nothing_wrong_is_handed_on(spoil: Change, house: House, changes: list[Change], shape: str, seed: int) -> None:
    luck = random.Random(seed)  # noqa: S311 - of a test

    trial = Trial(house, changed(house, shape, [spoil, *changes], luck), luck)
    assert not trial.refusal_changed
    before = trial.version.state
    trial.hand_on()

    assert trial.version.state != State.SUBMITTED or trial.said == trial.truth
    assert before not in (State.SUBMITTED, State.REVIEWED, State.PUBLISHED)


# Whole folders


NUMBERS = dict(zip(OPTIONS, ("yes", "no", "abstain", "not_voting", "absent"), strict=True))
DAYS = ("2024-02-01", "2024-02-02", "2024-02-03")
Table = list[list[str]]


@dataclass(frozen=True)
class Folder:
    """Three votes of one house, as rows of the files of the contract."""

    votes: Table
    ballots: Table
    separator: str = ","
    encoding: str = "utf-8"

    def write(self, at: Path, house: House) -> Path:
        members = [["member_id", "name"], *([f"m{nth}", name.official] for nth, name in enumerate(house.names))]
        members.append(["gone", house.gone.official])
        memberships = [[row[0], "council", "2024-01-01", ""] for row in members[1:-1]]
        memberships.append(["gone", "council", "2024-01-01", "2024-01-20"])
        for name, rows in (
            ("members", members),
            ("memberships", [["member_id", "body", "start", "end"], *memberships]),
            ("votes", [["vote_id", "date", "title", "result", *NUMBERS.values()], *self.votes]),
            ("ballots", [["vote_id", "member_id", "option", "option_raw"], *self.ballots]),
        ):
            out = io.StringIO()
            csv.writer(out, delimiter=self.separator).writerows(rows)
            (at / f"{name}.csv").write_bytes(out.getvalue().encode(self.encoding))
        return at


def marks_of(house: House, nth: int) -> list[Position]:
    return [*house.marks[nth:], *house.marks[:nth]]


def folder_of(house: House) -> Folder:
    votes, ballots = Table(), Table()
    for nth, day in enumerate(DAYS):
        given = marks_of(house, nth)
        totals = [str(given.count(option)) for option in OPTIONS]
        passed = given.count(Position.FOR) > given.count(Position.AGAINST)
        votes.append([f"v{nth}", day, f"Вопрос {nth}", "принято" if passed else "не принято", *totals])
        ballots += [[f"v{nth}", f"m{at}", protocols.POPOLO[mark], ""] for at, mark in enumerate(given)]
    return Folder(votes, ballots)


def spoilt(folder: Folder, how: str, luck: random.Random) -> Folder:  # noqa: C901 - a table of cases
    at, votes, ballots = luck.randrange(len(folder.ballots)), [*folder.votes], [*folder.ballots]
    vote_id, member_id, option, raw = ballots[at]
    others = [word for word in protocols.POPOLO.values() if word != option]
    swap = {"yes": "no", "no": "yes"}
    match how:
        case "columns swapped":
            ballots = [[row[0], row[2], row[1], row[3]] for row in ballots]
        case "a line dropped":
            del ballots[at]
        case "a line twice":
            ballots.insert(luck.randrange(len(ballots)), ballots[at])
        case "a second mark":
            ballots.insert(at, [vote_id, member_id, luck.choice(others), raw])
        case "for and against swapped":
            ballots = [[*row[:2], swap.get(row[2], row[2]), row[3]] for row in ballots]
        case "another mark":
            ballots[at] = [vote_id, member_id, luck.choice(others), raw]
        case "a stranger":
            ballots[at] = [vote_id, "m999", option, raw]
        case "who has left":
            ballots[at] = [vote_id, "gone", option, raw]
        case "an unknown word":
            ballots[at] = [vote_id, member_id, "CERTIFICATION", raw]
        case "two in one":
            ballots[at] = [vote_id, f"{member_id} m{luck.randrange(9)}", option, raw]
        case "a part of an id":
            ballots[at] = [vote_id, "m", option, raw]
        case "a total that is no number":
            votes[0] = [*votes[0][:4], "семь", *votes[0][5:]]
        case "a wrong total":
            votes[0] = [*votes[0][:4], str(int(votes[0][4]) + 1), *votes[0][5:]]
        case "the other result":
            votes[0] = [*votes[0][:3], "принято" if votes[0][3] == "не принято" else "не принято", *votes[0][4:]]
        case "a vote twice":
            votes.append(votes[0])
        case "cut off":
            ballots[-1] = ballots[-1][:2]
    return replace(folder, votes=votes, ballots=ballots)


SPOILT = (
    *("columns swapped", "a line dropped", "a line twice", "a second mark", "for and against swapped", "another mark"),
    *("a stranger", "who has left", "an unknown word", "two in one", "a part of an id", "a total that is no number"),
    *("a wrong total", "a vote twice", "cut off"),
)


@pytest.fixture
def council(tmp_path: Path) -> Callable[[House], Chamber]:
    def found(house: House) -> Chamber:
        slug = f"council-{Chamber.objects.count()}"
        import_people(folder=folder_of(house).write(tmp_path, house), slug=slug, wishes=Wishes(name="council"))
        return Chamber.objects.get(slug=slug)

    return found


def bring(folder: Path, chamber: Chamber, at: dt.datetime = build.AT) -> Imported:
    return import_roll_calls(folder=folder, chamber=chamber, meaning=Meaning(), at=at)


def record_of(chamber: Chamber) -> dict[str, list[str]]:
    """The marks of the latest version of each vote, by the member's number."""
    found = {}
    for version in RollCallVersion.objects.filter(roll_call__chamber=chamber).order_by("number"):
        rows = version.ballots.values_list("person__identifiers__value", "position")
        by_number = {int(member.removeprefix("m")): position for member, position in rows}
        found[version.roll_call.vote_id] = [by_number[nth] for nth in sorted(by_number)]
    return found


@some_protocols
@given(house=houses(), seed=seeds, separator=st.sampled_from(",;\t"), encoding=st.sampled_from(["utf-8-sig", "cp1251"]))
def test_a_folder_written_otherwise_is_the_same_record(
    council: Callable[[House], Chamber], tmp_path: Path, house: House, seed: int, separator: str, encoding: str
) -> None:
    luck, chamber, plain = random.Random(seed), council(house), folder_of(house)  # noqa: S311 - of a test
    rows = luck.sample(plain.ballots, len(plain.ballots))
    folder = replace(plain, ballots=rows, separator=separator, encoding=encoding).write(tmp_path, house)

    first = bring(folder, chamber)
    before = protocols.digest()
    again = bring(plain.write(tmp_path, house), chamber)

    assert (first.new, again.unchanged) == (3, 3)
    assert record_of(chamber) == {f"v{nth}": [*map(str, marks_of(house, nth))] for nth in range(3)}
    assert protocols.digest() == before


@pytest.mark.parametrize("how", SPOILT)
@some_protocols
@given(house=houses(), seed=seeds)
def test_a_spoilt_folder_is_refused_and_changes_nothing(
    council: Callable[[House], Chamber], tmp_path: Path, how: str, house: House, seed: int
) -> None:
    luck, chamber, plain = random.Random(seed), council(house), folder_of(house)  # noqa: S311 - of a test
    bring(plain.write(tmp_path, house), chamber)
    before = protocols.digest()

    with pytest.raises((BadFile, BadFiles)):
        bring(spoilt(plain, how, luck).write(tmp_path, house), chamber)

    assert protocols.digest() == before


def test_the_other_result_is_told(council: Callable[[House], Chamber], tmp_path: Path) -> None:
    """On import it only deserves a look, since the threshold of a vote is often not stated."""
    house = protocols.some_house()
    chamber, folder = council(house), spoilt(folder_of(house), "the other result", random.Random(1))  # noqa: S311

    assert any("result" in note for note in bring(folder.write(tmp_path, house), chamber).notes)


def test_a_correction_by_hand_outlives_every_later_file(council: Callable[[House], Chamber], tmp_path: Path) -> None:
    """Each new file is told once, and not again after somebody has looked at it."""
    house = protocols.some_house()
    chamber, folder = council(house), folder_of(house)
    build.publish(*bring(folder.write(tmp_path, house), chamber).drafts)
    roll_call = RollCall.objects.get(vote_id="v0", chamber=chamber)
    correction = open_correction(roll_call=roll_call, by=None, reason="A slip", evidence=cite(title="Erratum"))
    person = correction.ballots.earliest("pk")
    correction.ballots.filter(pk=person.pk).update(position="no-mark", position_raw="by hand")
    build.publish(correction)
    kept = record_of(chamber)

    def told(changed: Folder, at: dt.datetime) -> tuple[object, object]:
        bring(changed.write(tmp_path, house), chamber, at)
        assert record_of(chamber)["v0"] == kept["v0"]
        now = RollCall.objects.select_related("changed_source").get(pk=roll_call.pk)
        source = now.changed_source
        return now.source_changed_at, source and source.title.partition(": ")[2]

    titled = replace(folder, votes=[[*row[:2], "Другое название", *row[3:]] for row in folder.votes])
    raw = replace(titled, ballots=[[*row[:3], "за"] if row[0] == "v0" else row for row in titled.ballots])
    assert told(folder, build.AT) == (None, None)
    assert told(titled, build.AT) == (build.AT, "votes.csv")
    assert told(titled, build.LATER) == (build.AT, "votes.csv")
    RollCall.objects.filter(pk=roll_call.pk).update(source_changed_at=None)
    assert told(titled, build.LATER) == (None, "votes.csv")
    assert told(raw, build.LATER) == (build.LATER, "ballots.csv")
    assert told(raw, build.AT) == (build.LATER, "ballots.csv")
