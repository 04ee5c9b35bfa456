"""What holds of any legislature: properties of the whole count, on invented chambers with everything in them."""

import datetime as dt
import os
from dataclasses import dataclass, replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deputies.people.enums import Threshold
from deputies.people.models import Chamber, Person
from deputies.sources.enums import Basis
from deputies.sources.models import cite
from deputies.votes.actions import open_correction
from deputies.votes.enums import Kind, Position
from deputies.votes.models import Decision, RollCall, RollCallVersion
from pledges.platform.enums import COUNTED, Chapter
from pledges.platform.models import Platform
from pledges.scorecards.actions import designate, differences, publish_platform
from pledges.scorecards.counting import Key, count, count_parts
from pledges.scorecards.enums import Role, RulingKind, Silence, Wants
from pledges.scorecards.export import HEADER, score_rows
from pledges.scorecards.labels import label, shown_percent
from pledges.scorecards.method import Tally, percent
from pledges.scorecards.models import Link, Ruling, Score
from pledges.scorecards.profiles import DEFAULT, PROFILES
from pledges.scorecards.reports.cards import scorecard
from pledges.scorecards.reports.evidence import links_of
from pledges.scorecards.reports.groups import GROUPS, pooled
from pledges.scorecards.reports.history import scores_at
from pledges.scorecards.reports.platform import platform_in_force
from tests import build
from tests.pledges.scorecards.twin import slow_twin

pytestmark = pytest.mark.django_db
CHAPTERS = [Chapter.DEMOCRATIC, Chapter.DEMOCRATIC, Chapter.SOCIAL, Chapter.RED_LINE]
EXAMPLES = int(os.environ.get("NAKAZ_EXAMPLES", "6"))  # many more in the long trials
some_legislatures = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


@dataclass(frozen=True)
class Mark:
    position: Position
    corrected: Position | None = None
    is_inferred: bool = False
    ruling: tuple[RulingKind, Position | None] | None = None


@dataclass(frozen=True)
class Ask:
    demand: int
    wants: Wants
    weight: int
    role: Role


@dataclass(frozen=True)
class Vote:
    day: int
    threshold: Threshold
    kind: Kind
    marks: tuple[Mark | None, ...]  # of the three deputies; None had no seat
    asks: tuple[Ask, ...]
    silence: Silence | None
    decision: int  # 0 is none
    is_known: bool = True  # whether the day of the vote is


positions = st.sampled_from(list(Position))
cast = st.sampled_from([Position.FOR, Position.AGAINST, Position.ABSTAIN])
rulings = st.one_of(
    st.tuples(st.just(RulingKind.QUORUM), st.one_of(st.none(), cast)), st.tuples(st.just(RulingKind.TACTICAL), cast)
)
marks = st.builds(
    Mark,
    st.one_of(cast, positions),
    st.one_of(st.none(), st.none(), positions),
    st.sampled_from([False, False, True]),
    st.one_of(st.none(), st.none(), rulings),
)
asks = st.builds(
    Ask,
    st.integers(0, 3),
    st.sampled_from(Wants),
    st.sampled_from([500, 1000, 2000]),
    st.sampled_from([Role.SCORING, Role.SCORING, Role.INFORMATIVE]),
)
votes = st.builds(
    Vote,
    st.integers(0, 40),
    st.sampled_from(Threshold),
    st.sampled_from([Kind.BY_NAME, Kind.BY_NAME, Kind.BY_NAME, Kind.ATTENDANCE]),
    st.tuples(*[st.one_of(marks, marks, marks, st.none())] * 3),
    st.lists(asks, max_size=4, unique_by=lambda ask: ask.demand).map(tuple),
    st.one_of(st.none(), st.none(), st.sampled_from(Silence)),
    st.sampled_from([0, 0, 1, 2]),
    st.sampled_from([True, True, True, False]),
)
legislatures = st.lists(votes, min_size=1, max_size=5)


class World:
    """A chamber of three deputies in two factions with a platform of four demands, one of them a red line."""

    def __init__(self) -> None:
        self.chamber: Chamber = build.chamber(seats=3)
        groups = ("Left", "Left", "Right")
        self.people: list[Person] = [build.deputy(self.chamber, group=group) for group in groups]
        self.platform: Platform = build.platform(self.chamber, demands=CHAPTERS)
        self.demands = list(self.platform.demands.order_by("demand_id"))
        self.demands[1].in_force_from = build.moment(20).date()
        self.demands[1].save()
        self.source = cite(title="A statement")
        self.mains: dict[int, tuple[Decision, RollCall]] = {}
        self.links: list[Link] = []
        self.rulings: list[Ruling] = []

    def draft(self, vote: Vote) -> RollCallVersion:
        """The vote with everything said about it, not published; the last of a decision is its main one."""
        number = 2 if vote.threshold is Threshold.FIXED else None
        when = build.moment(vote.day) if vote.is_known else None
        version = build.draft(
            self.chamber, threshold=vote.threshold, threshold_number=number, kind=vote.kind.value, held_at=when
        )
        if not vote.is_known:
            RollCallVersion.objects.filter(pk=version.pk).update(held_at=None, held_precision="unknown")
        for person, mark in zip(self.people, vote.marks, strict=True):
            if mark is not None:
                build.ballot(version, person, mark.position, **self._more(mark))
        call = version.roll_call
        if vote.decision:
            key = str(vote.decision)
            decision, _ = Decision.objects.get_or_create(chamber=self.chamber, key=key)
            call.decision = decision
            call.save()
            self.mains[vote.decision] = (decision, call)
        self.links += [
            Link(demand=self.demands[a.demand], roll_call=call, wants=a.wants, weight=a.weight, role=a.role)
            for a in vote.asks
        ]
        self.rulings += self._rulings(call, vote)
        return version

    def _more(self, mark: Mark) -> dict[str, object]:
        more: dict[str, object] = {}
        if mark.corrected:
            more |= {"corrected_position": mark.corrected.value, "corrected_source": self.source}
        if mark.is_inferred:
            more |= {"basis": Basis.INFERRED.value, "note_en": "worked out"}
        return more

    def _rulings(self, call: RollCall, vote: Vote) -> list[Ruling]:
        made = [self._ruling(call, kind=RulingKind.SILENCE, silence=vote.silence)] if vote.silence else []
        for person, mark in zip(self.people, vote.marks, strict=True):
            if mark and mark.ruling:
                made.append(self._ruling(call, kind=mark.ruling[0], person=person, reads_as=mark.ruling[1] or ""))
        return made

    def judge(self) -> None:
        """Publish what was said of the drafts so far, all at once."""
        links, rulings = Link.objects.bulk_create(self.links), Ruling.objects.bulk_create(self.rulings)
        publish_platform(platform=self.platform, version=None, links=links, rulings=rulings, vouched=True, at=build.AT)
        self.links, self.rulings = [], []

    def _ruling(self, call: RollCall, **says: object) -> Ruling:
        more = {"source": self.source, "reason_en": "They said so."}
        return Ruling(platform=self.platform, roll_call=call, **more, **says)

    def designate(self) -> None:
        for decision, main in self.mains.values():
            designate(decision=decision, main=main, at=build.AT)

    def stored(self) -> dict[Key, Tally]:
        scores = Score.objects.filter(platform=self.platform)
        return {Key(score.person_id, score.demand_id, score.chapter): score.tally for score in scores}

    def by_place(self) -> dict[tuple[int, str, str], Tally]:
        """The stored scores, named so that two worlds can be compared."""
        places = {person.pk: nth for nth, person in enumerate(self.people)}
        names: dict[int | None, str] = {demand.pk: demand.demand_id for demand in self.demands}
        return {(places[k.person_id], names.get(k.demand_id, ""), k.chapter): t for k, t in self.stored().items()}


def world(legislature: list[Vote]) -> World:
    """The legislature with every vote published one after the other."""
    made = World()
    drafts = [made.draft(vote) for vote in legislature]
    made.judge()
    build.publish(*drafts)
    made.designate()
    return made


@some_legislatures
@given(legislature=legislatures, name=st.sampled_from(sorted(PROFILES)), as_corrected=st.booleans())
def test_the_set_based_count_equals_the_slow_obvious_one(
    legislature: list[Vote], name: str, as_corrected: bool
) -> None:
    made = world(legislature)
    profile = replace(PROFILES[name], as_corrected=as_corrected)

    assert count(made.platform, profile) == slow_twin(made.platform, profile)


@some_legislatures
@given(legislature=legislatures, order=st.permutations(range(5)))
def test_neither_order_nor_company_of_publications_changes_a_score(legislature: list[Vote], order: list[int]) -> None:
    one_by_one = World()
    drafts = [one_by_one.draft(vote) for vote in legislature]
    one_by_one.judge()
    for draft in [drafts[nth] for nth in order if nth < len(drafts)]:
        build.publish(draft)
        assert differences(one_by_one.platform) == []  # the partial count is the full one
    one_by_one.designate()
    together = world(legislature)

    assert one_by_one.by_place() == together.by_place()
    assert differences(one_by_one.platform) == differences(together.platform) == []


@some_legislatures
@given(legislature=legislatures, mark=marks)
def test_a_correction_gives_what_the_right_record_would_have_given(legislature: list[Vote], mark: Mark) -> None:
    first, *rest = legislature
    right = replace(
        first, marks=(replace(mark, ruling=first.marks[0].ruling if first.marks[0] else None), *first.marks[1:])
    )
    made = World()
    version, *others = [made.draft(vote) for vote in legislature]
    made.judge()
    build.publish(version, *others)
    made.designate()
    draft = open_correction(
        roll_call=version.roll_call, by=None, reason="Read again.", evidence=cite(title="The protocol")
    )
    draft.ballots.filter(person=made.people[0]).delete()
    build.ballot(draft, made.people[0], mark.position, **made._more(mark))
    build.publish(draft, at=build.LATER)

    assert made.by_place() == world([right, *rest]).by_place()
    assert differences(made.platform) == []


@some_legislatures
@given(legislature=legislatures)
def test_every_page_and_file_tells_the_stored_score(legislature: list[Vote]) -> None:
    made = world(legislature)
    in_force = platform_in_force(made.chamber)
    assert in_force is not None
    stored = made.stored()
    rows = list(score_rows(made.platform, DEFAULT, {person.pk: person.slug for person in made.people}))
    written = {tuple(row[:2]): dict(zip(HEADER, row, strict=True)) for row in rows}

    for person in made.people:
        ballots = {b.version_id: b for b in person.ballots.select_related("version")}
        card = scorecard(in_force, person, links_of(in_force, person=person), ballots)
        assert len(card.demands) == 3  # a red line has no score
        for shown, scope in [(c, (None, c.chapter)) for c in card.chapters] + [
            (c, (c.text.demand_id, "")) for c in card.demands if c.text
        ]:
            tally = stored.get(Key(person.pk, *scope), Tally())
            assert shown.measure.tally == tally
            assert len(shown.marks) == tally.counted + tally.votes_missed + tally.votes_excused + (
                tally.votes_neutral + tally.gaps
            )
            name = shown.text.demand.demand_id if shown.text else f"chapter:{shown.chapter}"
            row = written[person.slug, name]
            assert row["label"] == label(tally, DEFAULT).value == shown.measure.label.value
            score = DEFAULT.score(tally)
            assert row["percent"] == ("" if score is None else str(percent(score)))
            if score is None:
                assert (row["score_numerator"], row["score_denominator"], shown_percent(tally, DEFAULT)) == (
                    "",
                    "",
                    None,
                )
            else:
                assert Fraction(int(row["score_numerator"]), int(row["score_denominator"])) == score


@some_legislatures
@given(legislature=legislatures)
def test_a_group_is_the_sum_of_its_members(legislature: list[Vote]) -> None:
    made = world(legislature)
    parts = count_parts(made.platform, DEFAULT, GROUPS)
    groups = pooled(parts, DEFAULT)
    stored = made.stored()

    for scope in [(None, chapter.value) for chapter in COUNTED] + [(demand.pk, "") for demand in made.demands]:
        for part, members in (("faction:left", made.people[:2]), ("faction:right", made.people[2:])):
            own = [stored.get(Key(person.pk, *scope), Tally()) for person in members]
            group = groups.get(part, {}).get(scope)
            assert (group.pooled.tally if group else Tally()) == sum(own, Tally())
            assert (group.members if group else 0) == sum(tally != Tally() for tally in own)


@some_legislatures
@given(legislature=legislatures)
def test_the_score_of_any_day_can_be_had_again(legislature: list[Vote]) -> None:
    made = World()
    seen = {}
    drafts = [made.draft(vote) for vote in legislature]
    made.judge()
    for nth, draft in enumerate(drafts):
        at = build.LATER + dt.timedelta(days=nth)
        build.publish(draft, at=at)
        seen[at] = made.stored()
    in_force = platform_in_force(made.chamber)
    assert in_force is not None

    for at, stored in seen.items():
        then = scores_at(in_force, at)
        assert then == stored


@some_legislatures
@given(legislature=legislatures)
def test_who_could_not_vote_is_in_no_sum_and_a_vote_counts_once(legislature: list[Vote]) -> None:
    made = world(legislature)
    could = {
        person.pk: sum(
            vote.kind is Kind.BY_NAME
            and mark is not None
            and (mark.position not in (Position.PRESIDING, Position.SECRET) or mark.is_inferred)
            for vote in legislature
            for mark in [vote.marks[nth]]
        )
        for nth, person in enumerate(made.people)
    }

    for key, tally in made.stored().items():
        votes_in_it = tally.counted + tally.votes_missed + tally.votes_excused + tally.votes_neutral + tally.gaps
        assert votes_in_it <= could[key.person_id]
        assert tally.low is None or tally.low <= (DEFAULT.score(tally) or tally.low) <= tally.high  # type: ignore[operator]
