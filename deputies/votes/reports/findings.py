"""Everything between a draft and its submission: gaps, contradictions, and warnings to be acknowledged by name."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from deputies.people.enums import Threshold
from deputies.sources.enums import Precision
from deputies.votes.checks import House, Problem, Totals, problems
from deputies.votes.doubts import doubts
from deputies.votes.enums import Kind, NameState, Position, Result, State
from deputies.votes.models import Acknowledgement, Ballot, Departure, RollCall, RollCallVersion
from deputies.votes.pictures import Context, Other, Past, Picture, Row
from deputies.votes.reports.eligibility import Eligible, eligible_at

NAMED_KINDS = (Kind.BY_NAME, Kind.ATTENDANCE)
GAPS = ("nobody-eligible", "not-entered", "unmatched-names", "without-seat")
RECENT = 60  # votes; enough for a habit, few enough to read at every save
EXPLAINED = ("total-differs", "result-contradicts")  # a note for readers can say why the source contradicts itself


@dataclass(frozen=True, slots=True)
class Finding(Problem):
    """A problem of a draft, with what was done about it.

    A blocking one must be put right, or where a note for readers can explain it, be explained (`is_explained`). Another
    is a warning that a person must acknowledge (`seen`).
    """

    is_explained: bool = False
    seen: Acknowledgement | None = None

    @property
    def is_gap(self) -> bool:
        return self.code in GAPS

    @property
    def is_open(self) -> bool:
        """Whether it stands between the draft and its submission."""
        return not self.is_explained if self.blocking else self.seen is None


def findings_of(version: RollCallVersion, *, at: dt.datetime) -> list[Finding]:
    """What is found in a draft as it is stored at `at`, gaps first."""
    entered = {ballot.person_id: ballot for ballot in version.ballots.all()}
    picture = picture_of(version, [row_of(one, entered.get(one.mandate.person_id)) for one in everybody(version)])
    seen = {each.key: each for each in version.acknowledgements.select_related("by")}
    explained = bool(version.note_ru or version.note_en)
    found = [
        *_gaps(version, picture, entered),
        *_contradictions(picture),
        *doubts(picture, context_of(version, now=at)),
    ]
    return [
        Finding(f.code, f.blocking, f.facts, f.people, explained and f.code in EXPLAINED, seen.get(f.key))
        for f in found
    ]


def everybody(version: RollCallVersion) -> list[Eligible]:
    """Who could vote, each once: without a date somebody may have held several seats, one after the other."""
    found = eligible_at(version.roll_call.chamber, version.held_at)
    return list({one.mandate.person_id: one for one in found}.values())


def _gaps(version: RollCallVersion, picture: Picture, entered: Mapping[int, Ballot]) -> Iterator[Problem]:
    by_name = picture.kind in NAMED_KINDS
    if by_name and not picture.rows:
        yield Problem("nobody-eligible", True)
    if undecided := version.written_names.filter(state=NameState.UNMATCHED.value).count():
        yield Problem("unmatched-names", True, {"count": undecided})
    missing = tuple(row.person_id for row in picture.rows if not row.position)
    if by_name and missing:
        yield Problem("not-entered", True, {"missing": len(missing), "eligible": len(picture.rows)}, missing)
    if strangers := entered.keys() - {row.person_id for row in picture.rows}:
        yield Problem("without-seat", True, {"count": len(strangers)}, tuple(sorted(strangers)))
    if not by_name and entered:
        yield Problem("names-in-a-nameless-vote", True, people=tuple(sorted(entered)))
    if version.source_id is None:
        yield Problem("no-source", True)
    if version.number > 1 and (version.evidence_id is None or not version.reason):
        yield Problem("no-evidence", True)


def _contradictions(picture: Picture) -> Iterator[Problem]:
    """Those of the vote's own numbers; the names count once all of them are there."""
    by_name = picture.complete and picture.kind in NAMED_KINDS
    counts = picture.counts if by_name else Counter[Position]()
    return problems(totals=picture.totals, counts=counts, result=picture.result, house=picture.house)


def differences_of_keying(version: RollCallVersion) -> list[Finding]:
    """Where the blind second entry of a key vote differs from the first; one finding if there is none yet."""
    keying = getattr(version, "keying", None)
    if keying is None or version.is_by(keying.by_id):
        return [Finding("not-keyed-again", True)]
    first = {ballot.person_id: ballot.position for ballot in version.ballots.all()}
    second = {int(person): position for person, position in keying.positions.items()}
    differing = tuple(sorted(p for p in first.keys() | second.keys() if first.get(p, "") != second.get(p, "")))
    return [Finding("keyed-differently", True, people=differing)] if differing else []


def row_of(eligible: Eligible, ballot: Ballot | None) -> Row:
    """One deputy who could vote, with what is entered, if anything is."""
    person, membership = eligible.mandate.person, eligible.faction_membership
    return Row(
        person_id=person.pk,
        name=str(person.name),
        surname="".join(person.sort_key.partition(",")[0].split()[-1:]),
        faction_id=membership.faction_id if membership else None,
        faction=str(membership.faction) if membership else "",
        position=Position(ballot.position) if ballot else None,
        presides=eligible.presides,
        excuse=ballot.excuse if ballot else "",
    )


def totals_of(version: RollCallVersion) -> Totals:
    v = version
    return Totals(v.total_for, v.total_against, v.total_abstain, v.total_not_voting, v.total_absent)


def picture_of(version: RollCallVersion, rows: Sequence[Row]) -> Picture:
    v = version
    return Picture(
        held_at=v.held_at,
        precision=Precision(v.held_precision),
        number=v.question_number,
        title=_title(v),
        kind=Kind(v.kind),
        result=Result(v.result),
        totals=totals_of(v),
        house=House(
            threshold=Threshold(v.threshold),
            number=v.threshold_number,
            stated=True,  # at the desk a contradiction stops publishing, whoever stated the threshold
            seats=v.roll_call.chamber.seats,
            filled=len(rows),
        ),
        rows=rows,
    )


def context_of(version: RollCallVersion, *, now: dt.datetime) -> Context:
    """What surrounds `version`; four queries whatever the record holds, and one more in a sitting."""
    chamber, sitting = version.roll_call.chamber, version.roll_call.sitting
    rule = chamber.voting_rules.at(version.held_at or now).first()
    return Context(
        now=now,
        zone=chamber.zone,
        others=_others(version),
        past=_past(version),
        presider_votes=rule is None or rule.presider_votes,
        period=(sitting.began_at, sitting.ended_at) if sitting else None,
        left=_left(version),
    )


def _left(version: RollCallVersion) -> dict[int, dt.datetime]:
    """Who had left the sitting when the vote was held, as far as its time is known; and when."""
    if version.roll_call.sitting_id is None or version.held_at is None:
        return {}
    gone = Departure.objects.filter(sitting=version.roll_call.sitting_id, left_at__lte=version.held_at)
    away = gone.filter(Q(returned_at=None) | Q(returned_at__gt=version.held_at)).order_by("left_at")
    return dict(away.values_list("person_id", "left_at"))


def _others(version: RollCallVersion) -> list[Other]:
    """The other votes of its day in the chamber, each as published or, before that, as last entered."""
    dated = [Precision.MINUTE.value, Precision.DAY.value]
    if version.held_at is None or version.held_precision not in dated:
        return []
    chamber = version.roll_call.chamber
    day = version.held_at.astimezone(chamber.zone).date()
    versions = (
        RollCallVersion.objects.filter(roll_call__chamber=chamber, held_precision__in=dated)
        .filter(held_at__gte=chamber.midnight(day), held_at__lt=chamber.midnight(day + dt.timedelta(days=1)))
        .exclude(roll_call=version.roll_call_id)
        .exclude(Q(state=State.CORRECTED.value) | Q(roll_call__in=RollCall.objects.withdrawn()))
        .select_related("roll_call")
        .order_by("number")
    )
    latest = {each.roll_call_id: each for each in versions}
    latest |= {each.roll_call_id: each for each in versions if each.state == State.PUBLISHED.value}
    marks: dict[int, dict[int, Position]] = defaultdict(dict)
    ballots = Ballot.objects.filter(version__in=[each.pk for each in latest.values()])
    for version_id, person_id, position in ballots.values_list("version_id", "person_id", "position"):
        marks[version_id][person_id] = Position(position)
    return [_other(each, marks[each.pk]) for each in latest.values()]


def _other(version: RollCallVersion, marks: Mapping[int, Position]) -> Other:
    assert version.held_at is not None
    label = version.question_number or version.roll_call.vote_id
    return Other(version.roll_call_id, version.question_number, _title(version), label, version.held_at, marks)


def _past(version: RollCallVersion) -> Past:
    """The latest published votes by name before it."""
    recent = (
        RollCallVersion.objects.filter(roll_call__chamber=version.roll_call.chamber, kind=Kind.BY_NAME.value)
        .filter(state=State.PUBLISHED.value, withdrawn=False)
        .exclude(roll_call=version.roll_call_id)
        .order_by("-held_at", "-pk")
    )
    recent = recent.filter(held_at__lte=version.held_at) if version.held_at else recent.exclude(held_at=None)
    votes = defaultdict(list)
    ballots = Ballot.objects.filter(version__in=recent.values("pk")[:RECENT])
    for version_id, *cast, position in ballots.values_list("version_id", "person_id", "faction_id", "position"):
        votes[version_id].append((cast[0], cast[1], Position(position)))
    return Past.of(votes.values())


def _title(version: RollCallVersion) -> str:
    return f"{version.title_ru}\n{version.title_en}"
