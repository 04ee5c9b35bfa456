"""Rulings, decisions, red lines and signatures: what is read otherwise, and what is never summed."""

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest

from deputies.people.enums import Threshold
from deputies.people.models import Chamber, Person
from deputies.sources.models import cite
from deputies.votes.enums import Position
from deputies.votes.models import Decision, FactionStatement, RollCall
from pledges.platform.enums import Chapter
from pledges.platform.models import Platform
from pledges.scorecards.actions import NothingToPublish, designate, differences, publish_platform
from pledges.scorecards.enums import LinkState, Outcome, RulingKind, Silence, Wants
from pledges.scorecards.export import score_rows
from pledges.scorecards.models import Link, Ruling, Score, ScoreChange
from pledges.scorecards.profiles import DEFAULT
from pledges.scorecards.reports.cards import Scorecard, scorecard, what_ifs
from pledges.scorecards.reports.evidence import Line, links_of
from pledges.scorecards.reports.groups import differs, others_of
from pledges.scorecards.reports.platform import platform_in_force
from pledges.tracker.models import Signature
from tests import build
from tests.refuses import refused_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def chamber() -> Chamber:
    return build.chamber(threshold=Threshold.MEMBERS)


@pytest.fixture
def anna(chamber: Chamber) -> Person:
    return build.deputy(chamber, "Anna")


@pytest.fixture
def platform(chamber: Chamber) -> Platform:
    return build.platform(chamber)


def held(chamber: Chamber, anna: Person, position: Position, platform: Platform, **more: Any) -> RollCall:
    """A vote that the demand wants adopted."""
    call = build.vote(chamber, {anna: position}, **more)
    build.link(platform.demands.get(), call)
    return call


def card_of(person: Person) -> Scorecard:
    in_force = platform_in_force(person.mandates.get().chamber)
    assert in_force is not None
    ballots = {ballot.version_id: ballot for ballot in person.ballots.select_related("version")}
    return scorecard(in_force, person, links_of(in_force, person=person), ballots)


def line_of(person: Person) -> Line:
    (line,) = card_of(person).evidence
    return line


def outcome(person: Person) -> Outcome | None:
    """What the one vote counts for, on the page and in the stored score alike."""
    read = line_of(person).outcome
    assert differences(Platform.objects.get()) == []
    stored = Score.objects.filter(person=person, demand__isnull=False).first()
    counted = {name for name in Outcome if stored is not None and getattr(stored.tally, f"votes_{name.value}", False)}
    assert counted == ({read} if read else set())
    return read


def test_silence_can_be_ruled_to_have_no_effect(chamber: Chamber, anna: Person, platform: Platform) -> None:
    call = held(chamber, anna, Position.ABSTAIN, platform)
    assert outcome(anna) is Outcome.AGAINST

    build.ruling(platform, call, kind=RulingKind.SILENCE, silence=Silence.NOTHING)

    assert outcome(anna) is Outcome.NEUTRAL
    assert not line_of(anna).silence_counts


def test_silence_can_be_ruled_to_count(anna: Person, chamber: Chamber, platform: Platform) -> None:
    call = held(chamber, anna, Position.PRESENT_NOT_VOTING, platform, threshold=Threshold.VOTING)
    assert outcome(anna) is Outcome.MISSED

    build.ruling(platform, call, kind=RulingKind.SILENCE, silence=Silence.AGAINST)

    assert outcome(anna) is Outcome.AGAINST


@pytest.mark.parametrize(
    ("recorded", "counted"),
    [
        (Position.ABSENT, Outcome.WITH),
        (Position.NO_MARK, Outcome.WITH),
        (Position.PRESENT_NOT_VOTING, Outcome.WITH),
        (Position.AGAINST, Outcome.AGAINST),  # whoever voted did not break the quorum
        (Position.EXCUSED, Outcome.EXCUSED),
    ],
)
def test_a_quorum_action_reads_an_absence_as_what_was_declared(
    chamber: Chamber, anna: Person, platform: Platform, recorded: Position, counted: Outcome
) -> None:
    call = held(chamber, anna, recorded, platform)

    build.ruling(platform, call, kind=RulingKind.QUORUM, person=anna, reads_as=Position.FOR)

    assert outcome(anna) is counted
    assert line_of(anna).is_ruled is (counted is Outcome.WITH)


def test_a_quorum_action_without_a_statement_is_only_shown(chamber: Chamber, anna: Person, platform: Platform) -> None:
    call = held(chamber, anna, Position.ABSENT, platform)

    made = build.ruling(platform, call, kind=RulingKind.QUORUM, person=anna, source=None)

    assert outcome(anna) is Outcome.MISSED
    assert line_of(anna).ruling == made


def test_a_tactical_vote_reads_as_ruled_for_that_deputy_alone(
    chamber: Chamber, anna: Person, platform: Platform
) -> None:
    boris = build.deputy(chamber, "Boris")
    call = build.vote(chamber, {anna: Position.AGAINST, boris: Position.AGAINST})
    build.link(platform.demands.get(), call)

    build.ruling(platform, call, kind=RulingKind.TACTICAL, person=anna, reads_as=Position.FOR)

    assert (outcome(anna), outcome(boris)) == (Outcome.WITH, Outcome.AGAINST)


def test_a_later_ruling_takes_the_place_of_the_first_and_can_be_withdrawn(
    chamber: Chamber, anna: Person, platform: Platform
) -> None:
    call = held(chamber, anna, Position.AGAINST, platform)
    first = build.ruling(platform, call, kind=RulingKind.TACTICAL, person=anna, reads_as=Position.FOR)
    second = build.ruling(platform, call, kind=RulingKind.TACTICAL, person=anna, reads_as=Position.ABSTAIN)

    first.refresh_from_db()
    assert (first.state, second.state) == (LinkState.RETIRED, LinkState.PUBLISHED)
    with pytest.raises(NothingToPublish):
        publish_platform(platform=platform, version=None, links=[], rulings=[first], vouched=True, at=build.LATER)

    publish_platform(platform=platform, version=None, links=[], withdraw=[second], vouched=True, at=build.LATER)
    assert outcome(anna) is Outcome.AGAINST


def test_a_ruling_of_one_platform_is_nothing_to_another(chamber: Chamber, anna: Person, platform: Platform) -> None:
    call = held(chamber, anna, Position.AGAINST, platform)
    other = build.platform(chamber)
    build.link(other.demands.get(), call)

    build.ruling(other, call, kind=RulingKind.TACTICAL, person=anna, reads_as=Position.FOR)

    assert Score.objects.get(demand=platform.demands.get()).tally.votes_against == 1
    assert Score.objects.get(demand=other.demands.get()).tally.votes_with == 1


QUORUM = {"kind": RulingKind.QUORUM, "reads_as": Position.FOR}
ALONE = {**QUORUM, "person": True, "state": "published"}


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("scorecards_ruling_of_one_kind", {"kind": RulingKind.SILENCE}),
        ("scorecards_ruling_of_one_kind", {"kind": RulingKind.SILENCE, "silence": "loud"}),
        ("scorecards_ruling_of_one_kind", QUORUM),
        ("scorecards_ruling_of_one_kind", {"kind": RulingKind.TACTICAL, "person": True}),
        ("scorecards_ruling_of_one_kind", {"kind": "whim", "person": True, "reads_as": Position.FOR}),
        ("scorecards_ruling_reads_as_a_vote", {**QUORUM, "person": True, "reads_as": Position.SECRET}),
        ("scorecards_ruling_reads_by_a_source", {**QUORUM, "person": True, "source": None}),
        ("scorecards_ruling_has_reason", {**QUORUM, "person": True, "reason_ru": "", "reason_en": ""}),
        ("scorecards_ruling_published_by_two", {**ALONE, "published_at": build.AT}),
        ("scorecards_ruling_published_has_date", {**ALONE, "vouched": True}),
    ],
)  # fmt: skip
def test_a_bad_ruling_is_refused(
    chamber: Chamber, anna: Person, platform: Platform, rule: str, says: dict[str, Any]
) -> None:
    call = build.vote(chamber, {anna: Position.ABSENT})

    with refused_by(rule):
        build.ruling(platform, call, published=False, **says | ({"person": anna} if "person" in says else {}))


def test_a_published_ruling_never_changes(chamber: Chamber, anna: Person, platform: Platform) -> None:
    call = build.vote(chamber, {anna: Position.ABSENT})
    made = build.ruling(platform, call, kind=RulingKind.QUORUM, person=anna, reads_as=Position.FOR)

    with refused_by("scorecards_ruling_immutable"):
        Ruling.objects.filter(pk=made.pk).update(reason_en="Another one.")
    with refused_by("scorecards_ruling_immutable"):
        made.delete()
    with refused_by("scorecards_ruling_one_published"):
        draft = build.ruling(platform, call, published=False, kind=RulingKind.QUORUM, person=anna)
        Ruling.objects.filter(pk=draft.pk).update(state="published", vouched=True, published_at=build.AT)


def test_only_the_main_vote_of_a_decision_counts(chamber: Chamber, anna: Person, platform: Platform) -> None:
    first, last = (held(chamber, anna, position, platform) for position in (Position.AGAINST, Position.FOR))
    decision = Decision.objects.create(chamber=chamber, key="bill", title_en="The bill")
    RollCall.objects.filter(pk__in=[first.pk, last.pk]).update(decision=decision)

    designate(decision=decision, main=last, at=build.LATER)
    assert Score.objects.get(demand=platform.demands.get()).tally.votes_with == 1
    assert [(line.is_secondary, line.counts) for line in card_of(anna).evidence] == [(True, False), (False, True)]

    designate(decision=decision, main=None, at=build.LATER)
    assert not Score.objects.exists()  # nothing counts while nobody has chosen
    assert differences(platform) == []


def test_the_main_vote_is_one_of_the_decision(chamber: Chamber, anna: Person) -> None:
    decision = Decision.objects.create(chamber=chamber, key="bill")
    stranger = build.vote(chamber, {anna: Position.FOR})

    with refused_by("votes_decision_main_of_decision"):
        Decision.objects.filter(pk=decision.pk).update(main=stranger)
    with refused_by("votes_decision_key_once"):
        Decision.objects.create(chamber=chamber, key="bill")


@pytest.mark.parametrize(
    ("position", "breach"),
    [
        (Position.FOR, True),
        (Position.PROXY_FOR, True),
        (Position.AGAINST, False),
        (Position.ABSTAIN, False),
        (Position.PRESENT_NOT_VOTING, False),
        (Position.ABSENT, False),
    ],
)
def test_only_a_recorded_vote_crosses_a_red_line_and_no_number_moves(
    chamber: Chamber, anna: Person, position: Position, breach: bool
) -> None:
    platform = build.platform(chamber, demands=[Chapter.RED_LINE])
    call = build.vote(chamber, {anna: position})
    build.link(platform.demands.get(), call, wants=Wants.FAIL)

    card = card_of(anna)

    assert [line.link.roll_call for line in card.evidence if line.crosses] == ([call] if breach else [])
    assert (card.demands, Score.objects.count()) == ([], 0)


def test_what_was_worked_out_crosses_no_red_line(chamber: Chamber, anna: Person) -> None:
    platform = build.platform(chamber, demands=[Chapter.RED_LINE])
    version = build.draft(chamber)
    build.ballot(version, anna, Position.FOR, basis="inferred", note_en="from the totals")
    build.publish(version)
    build.link(platform.demands.get(), version.roll_call, wants=Wants.FAIL)

    assert not any(line.crosses for line in card_of(anna).evidence)


def test_a_red_line_has_no_score(chamber: Chamber, anna: Person, platform: Platform) -> None:
    with refused_by("scorecards_score_never_of_red_lines"):
        Score.objects.create(platform=platform, person=anna, chapter=Chapter.RED_LINE.value)


def test_a_red_line_has_no_row_in_files_of_scores(chamber: Chamber, anna: Person) -> None:
    platform = build.platform(chamber, demands=[Chapter.SOCIAL, Chapter.RED_LINE])
    call = build.vote(chamber, {anna: Position.FOR})
    for demand, wants in zip(platform.demands.order_by("pk"), (Wants.PASS, Wants.FAIL), strict=True):
        build.link(demand, call, wants=wants)

    rows = [row[1:4] for row in score_rows(platform, DEFAULT, {anna.pk: "7"})]

    assert rows == [
        ["d1", "1", "0"], ["chapter:democratic", "0", "0"], ["chapter:social", "1", "0"], ["platform", "1", "0"]
    ]  # fmt: skip


def test_a_vote_on_a_package_is_informative(chamber: Chamber, anna: Person, platform: Platform) -> None:
    call = build.vote(chamber, {anna: Position.FOR})

    with refused_by("scorecards_link_part_is_informative"):
        Link.objects.create(demand=platform.demands.get(), roll_call=call, wants="pass", scope="part")


def test_a_statement_on_a_faction_says_what_it_did_or_that_it_was_free(chamber: Chamber, anna: Person) -> None:
    version = build.draft(chamber, {anna: Position.FOR})
    named = {"version": version, "faction": build.faction(chamber, "Left"), "source": cite(title="A report")}

    with refused_by("votes_factionstatement_says_something"):
        FactionStatement.objects.create(**named)
    with refused_by("votes_factionstatement_says_something"):
        FactionStatement.objects.create(**named, is_free_vote=True, position="for")


def sign(anna: Person, platform: Platform, on: dt.datetime, **more: Any) -> None:
    version = platform.versions.get()
    Signature.objects.create(
        person=anna, platform_version=version, signed_on=on.date(), source=cite(title="The pledge"), **more
    )


def test_pledge_adherence_counts_the_votes_after_signing(chamber: Chamber, anna: Person, platform: Platform) -> None:
    for day, position in ((5, Position.AGAINST), (10, Position.AGAINST), (15, Position.FOR), (25, Position.AGAINST)):
        held(chamber, anna, position, platform, held_at=build.moment(day))
    assert card_of(anna).chapters[1].kept is None

    sign(anna, platform, build.moment(10), withdrawn_on=build.moment(20).date())  # not on the day itself

    chapter = card_of(anna).chapters[1]
    assert (chapter.measure.as_asked, chapter.measure.counted) == (1, 4)
    assert chapter.kept is not None
    assert (chapter.kept.as_asked, chapter.kept.counted) == (1, 1)


def test_what_if_counts_the_same_record_otherwise(chamber: Chamber, anna: Person, platform: Platform) -> None:
    boris = build.deputy(chamber, "Boris")
    unanimous = build.vote(chamber, {anna: Position.FOR, boris: Position.FOR})
    build.link(platform.demands.get(), unanimous)
    held(chamber, anna, Position.ABSENT, platform)
    corrected = build.draft(chamber, {boris: Position.FOR})
    build.ballot(
        corrected, anna, Position.AGAINST, corrected_position="for", corrected_source=cite(title="The minutes")
    )
    build.publish(corrected)
    build.link(platform.demands.get(), corrected.roll_call)
    in_force = platform_in_force(chamber)
    assert in_force is not None

    rows = {row.name: (row.measures[1].as_asked, row.measures[1].counted, row.changes) for row in what_ifs(
        in_force, card_of(anna)
    )}  # fmt: skip

    assert next(iter(rows)) == "votes-cast"
    assert rows["votes-cast"] == (1, 2, False)
    assert rows["absence-against"] == (1, 3, True)
    assert rows["as-corrected"] == (2, 2, True)
    assert rows["without-unanimous"] == (0, 1, True)
    assert rows["without-earlier"] == (0, 0, True)  # all were linked after they were held


def test_a_vote_of_an_unknown_day_is_not_taken_as_chosen_in_advance(chamber: Chamber, platform: Platform) -> None:
    anna = build.deputy(chamber)
    undated = build.draft(chamber, {anna: Position.AGAINST}, held_precision="unknown")
    build.publish(undated)
    build.link(platform.demands.get(), undated.roll_call)
    later = build.vote(chamber, {anna: Position.FOR}, held_at=build.LATER)
    build.link(platform.demands.get(), later)
    in_force = platform_in_force(chamber)
    assert in_force is not None

    rows = {row.name: row.measures[1] for row in what_ifs(in_force, card_of(anna))}

    assert (rows["without-earlier"].as_asked, rows["without-earlier"].counted) == (1, 1)


def test_others_are_the_rest_of_the_faction_of_each_vote(chamber: Chamber, platform: Platform) -> None:
    left = [build.deputy(chamber, group="Left") for _ in range(5)]
    right = build.deputy(chamber, group="Right")
    for nth in range(5):
        positions = dict.fromkeys(left[1:], Position.FOR) | {left[0]: Position.AGAINST, right: Position.AGAINST}
        if nth == 4:
            del positions[left[0]]  # not in this vote, so it is not among the same votes
        build.link(platform.demands.get(), build.vote(chamber, positions))
    in_force = platform_in_force(chamber)
    assert in_force is not None

    others = others_of(in_force, left[0])[None, "social"]

    assert (others.members, others.pooled.as_asked, others.pooled.counted) == (4, 16, 16)
    assert [others.lowest, others.middle, others.highest] == [Fraction(1)] * 3
    assert others_of(in_force, right) == {}
    own = card_of(left[0]).chapters[1].measure
    assert not differs(own, others.pooled)  # four votes are too few to say so
    positions = dict.fromkeys(left[1:], Position.FOR) | {left[0]: Position.AGAINST}
    build.link(platform.demands.get(), build.vote(chamber, positions))
    assert differs(card_of(left[0]).chapters[1].measure, others_of(in_force, left[0])[None, "social"].pooled)


def test_a_ruling_and_the_choice_of_a_main_vote_are_told_as_what_they_are(
    chamber: Chamber, anna: Person, platform: Platform
) -> None:
    decision = Decision.objects.create(chamber=chamber, key="bill", title_en="Bill")
    call = held(chamber, anna, Position.ABSENT, platform)
    made = build.ruling(platform, call, kind=RulingKind.QUORUM, person=anna, reads_as=Position.FOR)
    publish_platform(platform=platform, version=None, links=[], withdraw=[made], vouched=True, at=build.LATER)
    build.publish(build.draft(chamber, {anna: Position.FOR}, roll_call=call), at=build.LATER)
    other = build.vote(chamber, {anna: Position.FOR})
    designate(decision=decision, main=other, roll_calls=[call, other], at=build.LATER)

    causes = ScoreChange.objects.exclude(demand=None).order_by("pk").values_list("cause", flat=True)

    assert list(causes) == ["platform-edit", "ruling", "ruling", "correction", "main-vote"]
