"""Everything between a draft and its submission: gaps, contradictions, and warnings to be acknowledged by name."""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from deputies.people.enums import Threshold
from deputies.votes.checks import House, Problem, Totals, problems
from deputies.votes.enums import Kind, NameState, Position, Result
from deputies.votes.models import Acknowledgement, Ballot, Departure, RollCallVersion
from deputies.votes.reports.doubts import doubts_of, row_of
from deputies.votes.reports.eligibility import Eligible, eligible_at

NAMED_KINDS = (Kind.BY_NAME, Kind.ATTENDANCE)
GAPS = ("nobody-eligible", "not-entered", "unmatched-names", "without-seat")
EXPLAINED = ("total-differs", "result-contradicts")  # a note for readers can say why the source contradicts itself


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in a draft; the words are the desk's. `people` are ids, `facts` what the words are made of.

    A blocking one must be put right, or where a note for readers can explain it, be explained (`is_explained`). Another
    is a warning that a person must acknowledge (`seen`).
    """

    code: str
    blocking: bool
    people: tuple[int, ...] = ()
    facts: Mapping[str, int | str] = field(default_factory=dict)
    is_explained: bool = False
    seen: Acknowledgement | None = None

    @property
    def key(self) -> str:
        """Names the finding with all its facts: an acknowledgement of it lapses when one of them changes."""
        said = [self.code, sorted(self.people), sorted((name, str(fact)) for name, fact in self.facts.items())]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    @property
    def is_gap(self) -> bool:
        return self.code in GAPS

    @property
    def is_open(self) -> bool:
        """Whether it stands between the draft and its submission."""
        return not self.is_explained if self.blocking else self.seen is None


def positions_of(ballots: Iterable[Ballot]) -> dict[int, Position]:
    return {ballot.person_id: Position(ballot.position) for ballot in ballots}


def totals_of(version: RollCallVersion) -> Totals:
    v = version
    return Totals(v.total_for, v.total_against, v.total_abstain, v.total_not_voting, v.total_absent)


def findings_of(version: RollCallVersion, *, at: dt.datetime) -> list[Finding]:
    """What is found in a draft as it is stored at `at`, gaps first."""
    ballots = list(version.ballots.all())
    eligible = everybody(version)
    seen = {each.key: each for each in version.acknowledgements.select_related("by")}
    explained = bool(version.note_ru or version.note_en)
    found = [
        *_gaps(version, eligible, ballots),
        *_contradictions(version, eligible, positions_of(ballots)),
        *_doubts(version, eligible, ballots, at),
    ]
    return [
        Finding(f.code, f.blocking, f.people, f.facts, explained and f.code in EXPLAINED, seen.get(f.key))
        for f in found
    ]


def everybody(version: RollCallVersion) -> list[Eligible]:
    """Who could vote, each once: without a date somebody may have held several seats, one after the other."""
    found = eligible_at(version.roll_call.chamber, version.held_at)
    return list({one.mandate.person_id: one for one in found}.values())


def _gaps(version: RollCallVersion, eligible: Sequence[Eligible], ballots: Sequence[Ballot]) -> Iterator[Finding]:
    by_name = version.kind in NAMED_KINDS
    entered = {ballot.person_id for ballot in ballots}
    if by_name and not eligible:
        yield Finding("nobody-eligible", True)
    if undecided := version.written_names.filter(state=NameState.UNMATCHED.value).count():
        yield Finding("unmatched-names", True, facts={"count": undecided})
    missing = tuple(one.mandate.person_id for one in eligible if one.mandate.person_id not in entered)
    if by_name and missing:
        yield Finding("not-entered", True, missing, {"missing": len(missing), "eligible": len(eligible)})
    if strangers := entered - {one.mandate.person_id for one in eligible}:
        yield Finding("without-seat", True, tuple(sorted(strangers)), {"count": len(strangers)})
    if not by_name and entered:
        yield Finding("names-in-a-nameless-vote", True, tuple(sorted(entered)))
    if version.source_id is None:
        yield Finding("no-source", True)
    if version.number > 1 and (version.evidence_id is None or not version.reason):
        yield Finding("no-evidence", True)


def _contradictions(
    version: RollCallVersion, eligible: Sequence[Eligible], positions: Mapping[int, Position]
) -> Iterator[Finding]:
    by_name = version.kind in NAMED_KINDS
    complete = by_name and len(positions) == len(eligible)
    house = House(
        threshold=Threshold(version.threshold),
        number=version.threshold_number,
        stated=True,  # at the desk a contradiction stops publishing, whoever stated the threshold
        seats=version.roll_call.chamber.seats,
        filled=len(eligible),
    )
    counts = Counter(positions.values()) if complete else Counter[Position]()
    found: Iterator[Problem] = problems(
        totals=totals_of(version), counts=counts, result=Result(version.result), house=house
    )
    for problem in found:
        if problem.code != "everyone-absent":  # a doubt says so too
            yield Finding(problem.code, problem.blocking, facts=problem.facts)


def _doubts(
    version: RollCallVersion, eligible: Sequence[Eligible], ballots: Sequence[Ballot], at: dt.datetime
) -> Iterator[Finding]:
    """What is unlike the house; contradictions of the vote's own numbers are not said twice."""
    entered = {ballot.person_id: ballot for ballot in ballots}
    rows = [
        row_of(one, ballot.position, ballot.excuse)
        if (ballot := entered.get(one.mandate.person_id))
        else row_of(one, "", "")
        for one in eligible
    ]
    sitting = version.roll_call.sitting
    period = (sitting.began_at, sitting.ended_at) if sitting else None
    for doubt in doubts_of(version, rows, now=at, period=period, left=_left(version)):
        yield Finding(doubt.code, doubt.blocking, doubt.people, doubt.facts)


def _left(version: RollCallVersion) -> dict[int, dt.datetime]:
    """Who had left the sitting when the vote was held, as far as its time is known; and when."""
    if version.roll_call.sitting_id is None or version.held_at is None:
        return {}
    gone = Departure.objects.filter(sitting=version.roll_call.sitting_id, left_at__lte=version.held_at)
    away = gone.filter(Q(returned_at=None) | Q(returned_at__gt=version.held_at)).order_by("left_at")
    return dict(away.values_list("person_id", "left_at"))


def differences_of_keying(version: RollCallVersion) -> list[Finding]:
    """Where the blind second entry of a key vote differs from the first; one finding if there is none yet."""
    keying = getattr(version, "keying", None)
    if keying is None or version.is_by(keying.by_id):
        return [Finding("not-keyed-again", True)]
    first = {ballot.person_id: ballot.position for ballot in version.ballots.all()}
    second = {int(person): position for person, position in keying.positions.items()}
    differing = tuple(sorted(p for p in first.keys() | second.keys() if first.get(p, "") != second.get(p, "")))
    return [Finding("keyed-differently", True, differing)] if differing else []
