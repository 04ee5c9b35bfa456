"""Mistakes that other projects made while votes were entered; docs/field-cases.md says which test catches which."""

import ast
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.urls import reverse

from coalition.local import ROOT
from deputies.people.imports import Wishes, import_people
from deputies.people.models import Chamber, FactionMembership, Mandate
from deputies.votes.enums import State
from deputies.votes.imports.run import Meaning, import_roll_calls
from deputies.votes.models import Ballot, RollCall, RollCallVersion
from deputies.votes.reports.findings import findings_of
from tests import build, tidy
from tests.coalition.accounts import door
from tests.deputies.votes import protocols
from tests.deputies.votes.desk import Desk
from tests.deputies.votes.test_mutated_protocols import Trial

pytestmark = pytest.mark.django_db
MAP = ROOT / "docs" / "field-cases.md"
WITH_A_TEST = (1, 2, 3, 4, 5, 9, 10, 11, 12, 13, 14, 16, 17, 18, 20, 21, 34, 35, 36, 40)


def test_every_test_that_the_map_names_is_there() -> None:
    there = {
        f"{file.relative_to(ROOT / 'tests')}::{node.name}"
        for file in (ROOT / "tests").rglob("test_*.py")
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef)
    }
    named = set(re.findall(r"`([\w/]+\.py::test_\w+)`", MAP.read_text()))

    assert len(named) > 60
    assert named - there == set()


def test_every_case_of_the_field_has_a_row() -> None:
    rows = [line.split("|")[1].strip() for line in MAP.read_text().splitlines() if re.match(r"\| \d", line)]

    assert [int(row) for row in rows] == list(WITH_A_TEST)


@pytest.fixture
def anna() -> Client:
    return door.signed_in(door.organiser("anna"))


def page(name: str, roll_call: RollCall) -> str:
    return reverse(f"admin:votes_rollcall_{name}", args=[roll_call.pk])


def filled(anna: Client, roll_call: RollCall, marks: dict[Mandate, str]) -> dict[str, Any]:
    context = anna.get(page("change", roll_call)).context
    given = {name: value for name, value in context["form"].initial.items() if value is not None}
    given |= {"held_at": "2024-01-11T12:00:00", "source_title": "Minutes", "seen": context["seen"], "save": ""}
    return given | {f"p-{mandate.pk}": mark for mandate, mark in marks.items()}


def test_the_deputy_whom_joined_names_lost_is_found_by_subtraction() -> None:
    """Two names ran together: the second deputy is the only empty row, and one vote is missing in the totals."""
    desk = Desk()
    one, two, three = desk.people
    version = desk.start(total_for=2, total_against=1)

    version = desk.save(version, {one: "for", three: "against"})

    found = {finding.code: finding.people for finding in findings_of(version, at=build.AT)}
    assert (found["not-entered"], found["missing-one"]) == ((two.pk,), (two.pk,))


def test_votes_of_one_title_and_day_are_separate(tmp_path: Path) -> None:
    """They are told apart by the source's own id, never by their title."""
    votes = tidy.VOTES.replace("v#2,2020-03-01,2,Budget", "v#2,2020-02-01,2,О парках")
    folder = tidy.folder(tmp_path, votes=votes)
    import_people(folder=folder, slug="council", wishes=Wishes())

    outcome = import_roll_calls(folder=folder, chamber=Chamber.objects.get(), meaning=Meaning(), at=build.AT)

    assert outcome.new == 3
    assert RollCallVersion.objects.filter(title_ru="О парках").count() == 2


def test_a_ballot_keeps_the_faction_of_its_hour(anna: Client) -> None:
    """A deputy who changes the faction at noon votes in the old one before and in the new one after."""
    desk = Desk()
    person = desk.people[0]
    noon = build.moment(10, 12)
    mandate = person.mandates.get()
    for group, held in (("Old", (build.START, noon)), ("New", (noon, None))):
        FactionMembership.objects.create(
            mandate=mandate, faction=build.faction(desk.chamber, group), held=DateTimeTZRange(*held)
        )

    factions = {}
    for hour in (11, 12, 13):
        version = desk.save(desk.start(held_at=build.moment(10, hour)))
        factions[hour] = str(version.ballots.get(person=person).faction)
    FactionMembership.objects.filter(mandate=mandate).update(faction=build.faction(desk.chamber, "Latest"))

    assert factions == {11: "Old", 12: "New", 13: "New"}
    assert set(Ballot.objects.filter(person=person).values_list("faction__name_en", flat=True)) == {"Old", "New"}


def test_who_had_left_is_not_entered_even_by_a_form_that_names_them(anna: Client) -> None:
    desk = Desk()
    gone = build.deputy(desk.chamber, held=(build.START, build.moment(2)))
    roll_call = desk.start().roll_call

    marks = dict.fromkeys(desk.chamber.mandates.all(), "for")
    anna.post(page("change", roll_call), filled(anna, roll_call, marks))

    assert set(Ballot.objects.values_list("person", flat=True)) == {person.pk for person in desk.people}
    assert not gone.ballots.exists()


def test_a_form_that_is_sent_twice_doubles_nothing(anna: Client) -> None:
    desk = Desk()
    roll_call = desk.start().roll_call
    given = filled(anna, roll_call, dict.fromkeys(desk.chamber.mandates.all(), "for"))
    pasted = {"text": "For\n" + "\n".join(str(person.name) for person in desk.people)}

    twice = [(page("change", roll_call), given)] * 2 + [(page("paste", roll_call), pasted)] * 2
    codes = [anna.post(address, posted).status_code for address, posted in twice]

    assert codes == [302, 200, 302, 302]  # the second form is of a page that was opened before the first was saved
    assert (RollCall.objects.count(), RollCallVersion.objects.count(), Ballot.objects.count()) == (1, 1, 3)


@pytest.mark.parametrize("text", ["For\nNobody Known", "For\n{one}"])
def test_nobody_becomes_absent_by_being_left_out(anna: Client, text: str) -> None:
    """Whom a list does not name is not entered, until somebody says what the rest stands for."""
    desk = Desk()
    roll_call = desk.start().roll_call
    anna.post(page("paste", roll_call), {"text": text.format(one=desk.people[0].name)})
    assert set(Ballot.objects.values_list("position", flat=True)) <= {"for"}

    anna.post(page("submit", roll_call))

    version = roll_call.versions.get()
    assert version.state == State.DRAFT
    missing = next(each for each in findings_of(version, at=build.AT) if each.code == "not-entered")
    assert len(missing.people) == 3 - version.ballots.count()


def listed(desk: Desk, heading: str, other: str) -> str:
    one, two, three = (str(person.name) for person in desk.people)
    return f"{heading}\n{one}\n{two}\n{other}\n{three}"


def test_totals_that_a_list_prints_are_held_against_its_names(anna: Client) -> None:
    """The header has none, the list says three for and names two: the third was lost on the way."""
    desk = Desk()
    roll_call = desk.start().roll_call

    anna.post(page("paste", roll_call), {"text": listed(desk, "For — 3:", "Against — 1:")})

    version = roll_call.versions.get()
    assert (version.total_for, version.total_against, version.total_abstain) == (3, 1, None)
    assert [one.code for one in findings_of(version, at=build.AT) if one.blocking] == ["total-differs"]


def test_a_list_that_contradicts_the_header_changes_nothing(anna: Client) -> None:
    desk = Desk()
    roll_call = desk.start(total_for=3).roll_call
    before = protocols.digest()

    answer = anna.post(page("paste", roll_call), {"text": listed(desk, "For — 2:", "Against — 1:")})

    assert answer.context["problems"] == [
        "the list: For: it prints 2, and the header has 3. Look at the source, and correct the one that is wrong."
    ]
    assert protocols.digest() == before


def test_totals_alone_go_into_the_header(anna: Client) -> None:
    roll_call = Desk().start(kind="totals-only").roll_call

    anna.post(page("paste", roll_call), {"text": "For 2, against 1"})

    assert [roll_call.versions.get().total_for, roll_call.versions.get().total_against] == [2, 1]


def test_an_attendance_call_is_no_vote() -> None:
    desk = Desk()
    here = desk.save(desk.start(kind="attendance"), dict.fromkeys(desk.people, "present-not-voting"))
    voted = desk.save(desk.start(kind="attendance"))

    assert not [one.code for one in findings_of(here, at=build.AT) if one.code == "attendance-with-votes"]
    assert [one.code for one in findings_of(voted, at=build.AT) if one.code == "attendance-with-votes"]


# The tests of the tests: each harness finds the damage that it is there to find


def test_the_trial_of_protocols_would_see_a_wrong_row_that_was_handed_on() -> None:
    """With official totals that were spoilt together with the row, so that nothing else can stop it."""
    house, luck = protocols.some_house(), random.Random(1)  # noqa: S311 - of a test
    spoilt = protocols.another_mark(protocols.protocol(house, "tab"), house, luck)
    totals = {option: sum(row.position is option for row in spoilt.rows) for option in protocols.OPTIONS}

    trial = Trial(house, replace(spoilt, totals=totals), luck)
    trial.hand_on()

    assert trial.version.state == State.SUBMITTED
    assert trial.said != trial.truth


def test_the_digest_sees_a_change_of_one_row() -> None:
    desk = Desk()
    version = desk.at(State.CHECKED)
    before = protocols.digest()

    Ballot.objects.filter(pk=version.ballots.earliest("pk").pk).update(excuse="illness")

    assert {table for table, rows in protocols.digest().items() if rows != before[table]} == {"votes_ballot"}


def test_a_total_that_differs_by_one_is_seen_under_each_option() -> None:
    desk = Desk(build.chamber(seats=5))
    desk.people += [build.deputy(desk.chamber) for _ in range(2)]
    marks = dict(zip(desk.people, map(str, protocols.OPTIONS), strict=True))

    for field in ("total_for", "total_against", "total_abstain", "total_not_voting", "total_absent"):
        for official, blocks in ((1, False), (0, True), (2, True)):
            version = desk.save(desk.start(**{field: official}), marks)
            codes = [one.code for one in findings_of(version, at=build.AT)]
            assert ("total-differs" in codes) is blocks, (field, official)
