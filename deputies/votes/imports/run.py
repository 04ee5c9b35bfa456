"""Votes and ballots from a tidy folder into drafts of the record: read, matched, checked, then written, or nothing."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from deputies.journal.actions import wait_for_turn
from deputies.people.models import Chamber
from deputies.people.slugs import slug_of, unused
from deputies.sources.models import Document, cite, keep_copy
from deputies.sources.tables import BadFile, Problems, opened
from deputies.votes.enums import EDITABLE, WAITING, Kind, Position, State
from deputies.votes.imports import store
from deputies.votes.imports.check import check
from deputies.votes.imports.match import Register
from deputies.votes.imports.tidy import BALLOT_COLUMNS, OPTIONS, VOTE_COLUMNS, Vote, read_marks, read_votes
from deputies.votes.models import RollCall, RollCallVersion

LARGEST_COPY = 20_000_000  # bytes of ballots.csv; of a larger one the SHA-256 is kept
CHANGED = "The source changed:"
CUT_OFF_OR_WRONG = "The file seems to be cut off: get it again. Wrong names are corrected at the desk."

Tick = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the caller knows of the source: its "not voting", and a member who has no row."""

    not_voting: Position = Position.PRESENT_NOT_VOTING
    missing: Position | None = None  # None: was not eligible

    @property
    def words(self) -> Mapping[str, Position]:
        return {**OPTIONS, "not voting": self.not_voting}


@dataclass(slots=True)
class Imported:
    """What became of each vote; `drafts` are the versions that say what the files say and are not published."""

    ballots: int = 0
    new: int = 0
    unchanged: int = 0
    redrafted: int = 0
    corrected: int = 0
    drafts: list[RollCallVersion] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@transaction.atomic
def import_roll_calls(
    *, folder: Path, chamber: Chamber, meaning: Meaning, at: dt.datetime, tick: Tick = lambda what, number: None
) -> Imported:
    """Make drafts of what is new or changed in `folder` at `at`; a version made by hand is never overwritten.

    Raises BadFile or BadFiles, and then nothing is stored.
    """
    problems, register = Problems(), Register(chamber)
    with opened(folder / "votes.csv", VOTE_COLUMNS) as table:
        votes = read_votes(table, chamber.zone, problems)
    problems.refuse()
    store.prepare()
    with opened(folder / "ballots.csv", BALLOT_COLUMNS) as table:
        staging = store.Staging(table.file, votes, register, problems)
        marks = read_marks(table, meaning.words, problems)
        ballots = staging.stage(marks, lambda number: tick("ballots read", number))
        ballots_hash = table.sha256
    problems.refuse()
    numbered = dict(enumerate(votes.values()))
    tick("ballots read, checking", ballots)
    counts = _checked(numbered, register, meaning, problems)
    findings = check(numbered, counts, register, problems)
    problems.refuse()
    tick("ballots checked, comparing", ballots)
    written = _Writing(register, numbered, counts)
    written.sort(problems)
    problems.refuse()
    tick("ballots compared, writing", ballots)
    written.write(*_keep(folder, chamber, ballots_hash), at)
    outcome = written.outcome
    outcome.ballots = ballots
    outcome.notes = [*findings.sentences(), *_late(votes.values(), at), *outcome.notes]
    return outcome


def _checked(
    votes: Mapping[int, Vote], register: Register, meaning: Meaning, problems: Problems
) -> dict[int, Counter[Position]]:
    """Ballots by vote and position, after those without a row are added."""
    members = {person_id: member_id for member_id, person_id in register.people.items()}
    for number, person_id, lines in store.doubles():
        text = f'a second ballot of "{members[person_id]}" in vote "{votes[number].vote_id}", after line {lines[0]}'
        problems.add(BadFile("ballots.csv", lines[1], text, "Remove one of them."))
    problems.refuse()
    if meaning.missing is not None:
        store.add_missing(votes, register, meaning.missing)
    store.look()
    return store.counts()


def _late(votes: Collection[Vote], at: dt.datetime) -> list[str]:
    late = [vote.vote_id for vote in votes if vote.held.at and vote.held.at > at]
    return [f"{len(late)} votes are dated in the future, such as {late[0]}."] if late else []


def _keep(folder: Path, chamber: Chamber, ballots_hash: str) -> tuple[Document, Document]:
    """Keep the files: votes.csv, the source of votes that cite no other, and ballots.csv."""
    ballots, title = folder / "ballots.csv", f"{chamber.slug}: ballots.csv"
    if ballots.stat().st_size <= LARGEST_COPY:
        ballots_csv = keep_copy(content=ballots.read_bytes(), title=title, media_type="text/csv")
    else:
        ballots_csv = cite(title=f"{title}, SHA-256 {ballots_hash}")
    content = (folder / "votes.csv").read_bytes()
    return keep_copy(content=content, title=f"{chamber.slug}: votes.csv", media_type="text/csv"), ballots_csv


class _Writing:
    """Sorts the votes into new, unchanged and changed, and writes what is needed."""

    def __init__(
        self, register: Register, votes: Mapping[int, Vote], counts: Mapping[int, Mapping[Position, int]]
    ) -> None:
        self.chamber, self.register, self.votes = register.chamber, register, votes
        self.headers = {number: self._header(vote, counts.get(number, {})) for number, vote in votes.items()}
        self.stored = self._stored_versions()
        self.new: list[int] = []
        self.redraft: dict[int, RollCallVersion] = {}
        self.correct: dict[int, RollCallVersion] = {}
        self.left: dict[bool, list[int]] = {False: [], True: []}  # by whether the names differ
        self.outcome = Imported()

    def _stored_versions(self) -> dict[str, list[RollCallVersion]]:
        """Versions by vote id, latest first; until the import ends nobody saves, publishes or corrects one.

        The journal's lock comes first, as for whoever publishes.
        """
        wait_for_turn()
        stored: dict[str, list[RollCallVersion]] = {}
        versions = RollCallVersion.objects.filter(roll_call__chamber=self.chamber)
        for rows in (versions.filter(state__in=WAITING), RollCall.objects.filter(chamber=self.chamber)):
            list(rows.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))
        for version in (
            versions.select_related("roll_call__chamber", "source").defer("source__content").order_by("-number")
        ):
            stored.setdefault(version.roll_call.vote_id, []).append(version)
        return stored

    def _header(self, vote: Vote, counts: Mapping[Position, int]) -> dict[str, Any]:
        threshold = vote.threshold or self.register.rule_at(vote.held)
        assert threshold is not None
        return {
            "held_at": vote.held.at,
            "held_precision": vote.held.precision.value,
            "question_number": vote.number,
            "title_ru": vote.title[0],
            "title_en": vote.title[1],
            "question_ru": vote.question[0],
            "question_en": vote.question[1],
            "kind": _kind(counts).value,
            "threshold": threshold[0].value,
            "threshold_number": threshold[1],
            "threshold_stated": vote.threshold is not None,
            "result": vote.result.value,
            "result_text": vote.result_text,
            "total_for": vote.totals.yes,
            "total_against": vote.totals.no,
            "total_abstain": vote.totals.abstain,
            "total_not_voting": vote.totals.not_voting,
            "total_absent": vote.totals.absent,
            "note_ru": vote.note[0],
            "note_en": vote.note[1],
        }

    def sort(self, problems: Problems) -> None:
        """Names that the record has are not given up for a file without any: such a file is cut off."""
        references = {}
        for number, vote in self.votes.items():
            if versions := self.stored.get(vote.vote_id):
                references[number] = next((each for each in versions if not _by_hand(each)), versions[0])
        differing = store.differing(
            [(number, version.pk, version.state in EDITABLE) for number, version in references.items()]
        )
        for number, ballots in store.unnamed():
            vote = self.votes[number]
            problem = f'vote "{vote.vote_id}": no row in ballots.csv, {ballots} ballots in the record'
            problems.add(vote.row.bad(problem, CUT_OFF_OR_WRONG))
        for number, vote in self.votes.items():
            if number not in references:
                self.new.append(number)
            elif number in differing or self._header_differs(number, references[number]):
                self._sort_changed(number, self.stored[vote.vote_id][0], names=number in differing)
            else:
                self.outcome.unchanged += 1
                if references[number].state in EDITABLE:
                    self.outcome.drafts.append(references[number])

    def _header_differs(self, number: int, version: RollCallVersion) -> bool:
        header, url = self.headers[number], self.votes[number].source_url
        ignored = set()
        if not header["threshold_stated"] and version.state not in EDITABLE:
            ignored = {"threshold", "threshold_number"}  # the chamber's rule when it was published
        if url and (version.source is None or version.source.url != url):
            return True
        return any(getattr(version, name) != value for name, value in header.items() if name not in ignored)

    def _sort_changed(self, number: int, latest: RollCallVersion, *, names: bool) -> None:
        if _by_hand(latest) or latest.state in (State.SUBMITTED.value, State.REVIEWED.value):
            self.left[names].append(latest.roll_call_id)
            state = "the correction" if latest.number > 1 else "the entry by hand"
            vote_id = self.votes[number].vote_id
            self.outcome.notes.append(f'Vote "{vote_id}": source changed since {state}; left as it is, look at it.')
        elif latest.state in EDITABLE:
            self.redraft[number] = latest
        else:
            self.correct[number] = latest

    def write(self, votes_csv: Document, ballots_csv: Document, at: dt.datetime) -> None:
        for names, file in ((False, votes_csv), (True, ballots_csv)):
            by_hand = RollCall.objects.filter(pk__in=self.left[names]).exclude(changed_source=file)
            by_hand.update(changed_source=file, source_changed_at=at)
        touched = [*self.new, *self.redraft, *self.correct]
        urls = {self.votes[number].source_url for number in touched} - {""}
        documents = store.cited(urls)
        for number in touched:
            self.headers[number]["source"] = documents.get(self.votes[number].source_url, votes_csv)
        drafts = {**self._new_roll_calls(), **self._redrafted(), **self._corrections(votes_csv)}
        if drafts:
            store.fill([(number, version.pk) for number, version in drafts.items()])
        self.outcome.drafts += drafts.values()
        self.outcome.new, self.outcome.redrafted = len(self.new), len(self.redraft)
        self.outcome.corrected = len(self.correct)

    def _new_roll_calls(self) -> dict[int, RollCallVersion]:
        taken = set(RollCall.objects.filter(chamber=self.chamber).values_list("slug", flat=True))
        roll_calls = {}
        for number in self.new:
            vote_id = self.votes[number].vote_id
            slug = unused(slug_of(vote_id, limit=200), taken)
            taken.add(slug)
            roll_calls[number] = RollCall(chamber=self.chamber, vote_id=vote_id, slug=slug)
        RollCall.objects.bulk_create(roll_calls.values(), batch_size=1000)
        versions = {n: RollCallVersion(roll_call=each, **self.headers[n]) for n, each in roll_calls.items()}
        RollCallVersion.objects.bulk_create(versions.values(), batch_size=1000)
        return versions

    def _redrafted(self) -> dict[int, RollCallVersion]:
        for number, version in self.redraft.items():
            for name, value in {**self.headers[number], "state": State.DRAFT.value}.items():
                setattr(version, name, value)
        if self.redraft:
            fields = [*self.headers[next(iter(self.redraft))], "state"]
            RollCallVersion.objects.bulk_update(self.redraft.values(), fields, batch_size=200)
        return self.redraft

    def _corrections(self, votes_csv: Document) -> dict[int, RollCallVersion]:
        versions = {
            number: RollCallVersion(
                roll_call=latest.roll_call,
                number=latest.number + 1,
                reason=f"{CHANGED} votes.csv and ballots.csv",
                evidence=votes_csv,
                **self.headers[number],
            )
            for number, latest in self.correct.items()
        }
        RollCallVersion.objects.bulk_create(versions.values(), batch_size=1000)
        return versions


def _by_hand(version: RollCallVersion) -> bool:
    corrected = version.number > 1 and not version.reason.startswith(CHANGED)
    return version.entered_by_id is not None or corrected


def _kind(counts: Mapping[Position, int]) -> Kind:
    if not counts:
        return Kind.TOTALS_ONLY
    return Kind.SECRET if set(counts) == {Position.SECRET} else Kind.BY_NAME
