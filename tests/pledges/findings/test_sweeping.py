"""What a sweep of the record raises, leaves alone, settles and takes back."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deputies.journal.models import Event
from deputies.people.enums import Threshold
from deputies.people.models import Chamber, Person
from deputies.sources.enums import Basis, Precision
from deputies.sources.models import cite
from deputies.votes.actions import open_correction
from deputies.votes.enums import Position
from deputies.votes.models import RollCall, RollCallVersion
from pledges.findings.actions import ask, dismiss, publish, sweep, take_up
from pledges.findings.enums import FindingKind, FindingState
from pledges.findings.models import Finding
from pledges.platform.enums import Chapter
from pledges.platform.models import Demand, DemandText, PlatformVersion
from pledges.scorecards.actions import publish_platform
from pledges.scorecards.enums import Role, RulingKind, Silence, Wants
from pledges.tracker.enums import Status
from tests import build

pytestmark = pytest.mark.django_db
FOR, AGAINST = Position.FOR, Position.AGAINST
DIFFERS, KEPT, CROSSED = FindingKind.DIFFERS, FindingKind.AS_PLEDGED, FindingKind.RED_LINE
DAY = build.moment(10).date()
AWAY = [
    Position.ABSENT, Position.NO_MARK, Position.EXCUSED, Position.PAIRED_FOR, Position.PAIRED_AGAINST,
    Position.RECUSED, Position.SUSPENDED, Position.DATA_MISSING, Position.PRESIDING, Position.SECRET,
]  # fmt: skip


class House:
    """A chamber with one demand, and a deputy who signed it before the votes."""

    def __init__(self, threshold: Threshold = Threshold.VOTING, *, signed: bool = True, **platform: Any) -> None:
        self.chamber: Chamber = build.chamber(threshold=threshold)
        self.platform = build.platform(self.chamber, **platform)
        self.demand: Demand = self.platform.demands.get()
        self.anna: Person = build.deputy(self.chamber, "Anna", group="Red")
        if signed:
            build.signature(self.anna, self.demand, build.START.date())

    def vote(
        self, position: Position, *, wants: Wants = Wants.PASS, role: Role = Role.SCORING, **more: Any
    ) -> RollCall:
        held = build.vote(self.chamber, {self.anna: position}, **more)
        build.link(self.demand, held, wants=wants, role=role)
        return held


def found() -> list[tuple[str, str]]:
    return list(Finding.objects.order_by("pk").values_list("kind", "state"))


def test_a_vote_against_what_was_signed_is_raised_with_the_signature() -> None:
    house = House()
    held = house.vote(AGAINST)

    assert sweep(at=build.AT) == 1

    finding = Finding.objects.get()
    assert (finding.kind, finding.state, finding.person, finding.version) == (
        DIFFERS, FindingState.DETECTED, house.anna, held.versions.get(),
    )  # fmt: skip
    assert (finding.position, finding.signature, finding.pledge) == ("against", house.anna.signatures.get(), None)


def test_a_promise_raises_one_and_the_latest_is_named() -> None:
    house = House(signed=False)
    build.pledge(house.anna, house.demand, DAY - dt.timedelta(days=5))
    latest = build.pledge(house.anna, house.demand, DAY - dt.timedelta(days=2))
    build.pledge(house.anna, house.demand, DAY + dt.timedelta(days=2))
    house.vote(AGAINST)

    sweep(at=build.AT)

    assert Finding.objects.get().pledge == latest


def test_a_signature_under_a_version_is_one_under_each_demand_that_the_version_has() -> None:
    house = House(signed=False, demands=[Chapter.SOCIAL])
    version = house.platform.published
    assert version is not None
    build.signature(house.anna, version, build.START.date())
    house.vote(AGAINST)
    other = Demand.objects.create(
        platform=house.platform, slug="new", demand_id="new", chapter="social", in_force_from=build.START.date()
    )  # in no version that was signed
    build.link(other, build.vote(house.chamber, {house.anna: AGAINST}))

    sweep(at=build.AT)

    assert [one.link.demand for one in Finding.objects.all()] == [house.demand]


@pytest.mark.parametrize(
    ("signature", "raised"),
    [
        ({"signed_on": DAY - dt.timedelta(days=1)}, True),
        ({"signed_on": DAY}, False),
        ({"signed_on": DAY + dt.timedelta(days=1)}, False),
        ({"signed_on": build.START.date(), "withdrawn_on": DAY}, False),
        ({"signed_on": build.START.date(), "withdrawn_on": DAY + dt.timedelta(days=1)}, True),
        ({"signed_on": build.START.date(), "signed_precision": Precision.MONTH.value}, False),
        ({"signed_on": dt.date(2023, 5, 1), "signed_precision": Precision.YEAR.value}, True),
        ({"signed_on": dt.date(2023, 5, 1), "signed_precision": Precision.UNKNOWN.value}, False),
        ({"signed_on": build.START.date(), "basis": Basis.DISPUTED.value}, False),
    ],
)
def test_only_a_word_that_stood_on_an_earlier_day_counts(signature: dict[str, Any], raised: bool) -> None:
    house = House(signed=False)
    build.signature(house.anna, house.demand, **signature)
    house.vote(AGAINST)

    assert sweep(at=build.AT) == int(raised)


@pytest.mark.parametrize("stance", ["refused", "undecided", "silent"])
def test_only_a_promise_is_a_word_to_differ_from(stance: str) -> None:
    house = House(signed=False)
    build.pledge(house.anna, house.demand, stance=stance)
    build.pledge(house.anna, house.demand, published=False)
    house.vote(AGAINST)

    assert sweep(at=build.AT) == 0


@pytest.mark.parametrize("position", [Position.ABSTAIN, Position.PRESENT_NOT_VOTING, Position.NOT_FOR])
@pytest.mark.parametrize(
    ("threshold", "wants", "raised"),
    [
        (Threshold.MEMBERS, Wants.PASS, True),
        (Threshold.PRESENT, Wants.PASS, True),
        (Threshold.VOTING, Wants.PASS, False),
        (Threshold.MEMBERS, Wants.FAIL, False),
    ],
)
def test_silence_raises_one_only_where_it_decides(
    position: Position, threshold: Threshold, wants: Wants, raised: bool
) -> None:
    house = House(threshold)
    house.vote(position, wants=wants)

    assert sweep(at=build.AT) == int(raised)


def test_a_ruling_decides_what_silence_does_in_a_vote() -> None:
    house = House()
    held = house.vote(Position.ABSTAIN)
    assert sweep(at=build.AT) == 0

    build.ruling(house.platform, held, kind=RulingKind.SILENCE.value, silence=Silence.AGAINST.value)

    assert sweep(at=build.AT) == 1


@given(
    position=st.sampled_from(AWAY),
    threshold=st.sampled_from([Threshold.MEMBERS, Threshold.PRESENT, Threshold.VOTING, Threshold.TWO_THIRDS]),
    wants=st.sampled_from(Wants),
    profile=st.sampled_from(["votes-cast", "absence-against", "not-voting-against", "public-whip"]),
    reads_as=st.sampled_from(["", "against"]),
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_absence_excuses_and_gaps_never_raise_one_whatever_the_method_or_a_ruling_says(
    position: Position, threshold: Threshold, wants: Wants, profile: str, reads_as: str
) -> None:
    house = House(threshold, profile=profile)
    build.pledge(house.anna, house.demand)
    held = house.vote(position, wants=wants)
    if reads_as:
        build.ruling(house.platform, held, kind=RulingKind.QUORUM.value, person=house.anna, reads_as=reads_as)

    assert sweep(at=build.AT, chamber=house.chamber) == 0


@pytest.mark.parametrize("basis", [Basis.INFERRED, Basis.DISPUTED])
@pytest.mark.parametrize("position", [FOR, AGAINST, Position.PRESENT_NOT_VOTING])
def test_what_was_worked_out_or_is_disputed_raises_none(basis: Basis, position: Position) -> None:
    house = House(Threshold.MEMBERS)
    version = build.draft(house.chamber)
    build.ballot(version, house.anna, position, basis=basis.value, note_en="from the totals")
    build.publish(version)
    build.link(house.demand, version.roll_call)

    assert sweep(at=build.AT) == 0


def test_informative_earlier_and_secondary_votes_raise_none() -> None:
    house = House()
    house.vote(AGAINST, role=Role.INFORMATIVE)
    house.vote(AGAINST, held_at=build.moment(20), held_precision="month")
    Demand.objects.filter(pk=house.demand.pk).update(in_force_from=build.moment(15).date())
    house.vote(AGAINST, held_at=build.moment(12))

    assert sweep(at=build.AT) == 0


def test_a_vote_on_which_two_signed_demands_want_opposite_results_says_nothing() -> None:
    house = House()
    held = house.vote(AGAINST)
    other = Demand.objects.create(
        platform=house.platform, slug="new", demand_id="new", chapter="social", in_force_from=build.START.date()
    )
    publish_version(house, other)
    build.link(other, held, wants=Wants.FAIL)
    assert sweep(at=build.AT) == 1

    build.signature(house.anna, other, build.START.date())

    assert sweep(at=build.LATER) == 1
    assert found() == [("differs", "dismissed")]


def publish_version(house: House, *more: Demand) -> None:
    """The next version of the platform, with more demands."""
    version = PlatformVersion.objects.create(platform=house.platform, number=2, title_en="Second")
    for order, demand in enumerate([house.demand, *more]):
        DemandText.objects.create(version=version, demand=demand, order=order, title_en=f"Demand {order}")
    publish_platform(platform=house.platform, version=version, links=[], vouched=True, at=build.AT)


def test_a_recorded_vote_across_a_red_line_is_raised_without_any_word() -> None:
    house = House(signed=False, demands=[Chapter.RED_LINE])
    house.vote(FOR, wants=Wants.FAIL)
    house.vote(AGAINST, wants=Wants.FAIL)
    house.vote(Position.ABSENT, wants=Wants.FAIL)

    assert sweep(at=build.AT) == 1
    assert found() == [("red-line", "detected")]


@pytest.mark.parametrize(
    ("others", "raised"),
    [
        ([AGAINST] * 3, True),
        ([AGAINST] * 2, False),  # fewer than three others
        ([AGAINST, AGAINST, FOR, FOR], False),  # half is not most
        ([AGAINST, AGAINST, AGAINST, FOR, FOR], True),
        ([AGAINST, AGAINST, Position.ABSENT, Position.ABSENT], False),
        ([AGAINST, AGAINST, Position.PRESENT_NOT_VOTING], False),  # who did not vote cast none
    ],
)
def test_as_pledged_against_most_of_the_faction(others: list[Position], raised: bool) -> None:
    house = House(Threshold.MEMBERS)
    positions = {build.deputy(house.chamber, group="Red"): position for position in others}
    positions |= {build.deputy(house.chamber, group="Green"): AGAINST for _ in range(4)}
    build.link(house.demand, build.vote(house.chamber, {house.anna: FOR, **positions}))

    sweep(at=build.AT)

    assert found() == ([("as-pledged", "detected")] if raised else [])


def test_sweeping_twice_and_one_vote_alone_change_nothing_more() -> None:
    house = House()
    held, other = house.vote(AGAINST), house.vote(AGAINST)

    assert sweep(at=build.AT, roll_call=held) == 1
    assert sweep(at=build.AT) == 1
    assert sweep(at=build.LATER) == 0
    assert sweep(at=build.LATER, roll_call=other) == 0
    assert {one.detected_at for one in Finding.objects.all()} == {build.AT}


def test_a_dismissed_one_is_not_raised_again() -> None:
    house = House()
    house.vote(AGAINST)
    sweep(at=build.AT)

    dismiss(finding=Finding.objects.get(), reason_ru="Не о том.", reason_en="Not about it.")

    assert sweep(at=build.LATER) == 0
    assert found() == [("differs", "dismissed")]


def corrected(house: House, held: RollCall, position: Position) -> RollCallVersion:
    version = build.draft(house.chamber, {house.anna: position}, roll_call=held)
    build.publish(version, at=build.LATER)
    return version


def test_a_correction_withdraws_a_published_one_with_the_reason_in_both_languages() -> None:
    house = House()
    held = house.vote(AGAINST)
    build.findings(DIFFERS)

    corrected(house, held, FOR)

    assert sweep(at=build.LATER, roll_call=held) == 1
    finding, event = Finding.objects.get(), Event.objects.latest("pk")
    assert finding.state == FindingState.WITHDRAWN
    assert finding.reason_en == "The record of the vote was corrected, and this no longer follows from it."
    assert finding.reason_ru.startswith("Запись")
    assert (event.kind, event.facts["person"], event.facts["kind"], event.at) == (
        "finding-withdrawn", house.anna.pk, "differs", build.LATER,
    )  # fmt: skip


def test_a_vote_taken_out_of_the_record_takes_its_findings_with_it() -> None:
    house = House()
    held = house.vote(AGAINST)
    build.findings(DIFFERS)

    build.publish(open_correction(roll_call=held, by=None, reason="x", evidence=cite(title="x"), withdraw=True))

    sweep(at=build.LATER)
    assert Finding.objects.get().reason_en == "The vote was taken out of the record."


def test_an_open_one_whose_ground_is_gone_is_dismissed_and_readers_are_told_nothing() -> None:
    house = House()
    corrected(house, held := house.vote(AGAINST), AGAINST)
    sweep(at=build.AT)

    corrected(house, held, FOR)

    assert sweep(at=build.LATER) == 1
    assert found() == [("differs", "dismissed")]
    assert not Event.objects.filter(kind__startswith="finding").exists()


def test_a_correction_of_others_leaves_a_finding_as_it_is() -> None:
    house = House()
    held = house.vote(AGAINST)
    (finding,) = build.findings(DIFFERS)

    corrected(house, held, AGAINST)

    assert sweep(at=build.LATER) == 0
    finding.refresh_from_db()
    assert finding.state == FindingState.PUBLISHED


def test_another_link_in_place_takes_it_back_if_it_wants_the_other_result() -> None:
    house = House()
    held = house.vote(AGAINST)
    build.findings(DIFFERS)

    build.link(house.demand, held)
    assert sweep(at=build.LATER) == 0
    build.link(house.demand, held, wants=Wants.FAIL)

    assert sweep(at=build.LATER) == 1
    assert found() == [("differs", "withdrawn")]
    assert Finding.objects.get().reason_en == "The vote is no longer compared with the demand in this way."


def test_a_tactical_ruling_takes_it_back() -> None:
    house = House()
    held = house.vote(AGAINST)
    build.findings(DIFFERS)

    build.ruling(house.platform, held, kind=RulingKind.TACTICAL.value, person=house.anna, reads_as="for")

    sweep(at=build.LATER)
    assert found() == [("differs", "withdrawn")]


def test_an_earlier_withdrawal_that_is_learned_of_takes_it_back() -> None:
    house = House()
    house.vote(AGAINST)
    build.findings(DIFFERS)

    house.anna.signatures.update(withdrawn_on=DAY)

    sweep(at=build.LATER)
    assert found() == [("differs", "withdrawn")]


def asked(house: House) -> Finding:
    house.vote(AGAINST)
    sweep(at=build.AT)
    finding = take_up(finding=Finding.objects.get(), by=None, at=build.AT, vouched=True)
    return ask(finding=finding, by=None, at=build.AT)


def test_an_asked_one_is_silent_once_the_last_day_is_over() -> None:
    finding = asked(House())
    assert finding.reply_until == dt.datetime(2024, 6, 11, 23, 59, 59, 999999, dt.UTC)

    assert sweep(at=dt.datetime(2024, 6, 11, 23, tzinfo=dt.UTC)) == 0
    assert sweep(at=dt.datetime(2024, 6, 12, tzinfo=dt.UTC)) == 1

    finding.refresh_from_db()
    assert (finding.state, finding.reply) == ("silent", None)


def test_a_published_reply_answers_it_even_late_and_one_that_waits_stops_the_silence() -> None:
    finding = asked(House())
    over = dt.datetime(2024, 7, 1, tzinfo=dt.UTC)
    reply = build.reply(finding, "Я голосовал иначе.", published=False)
    assert sweep(at=over) == 0

    build.published_reply(reply)

    assert sweep(at=over) == 1
    finding.refresh_from_db()
    assert (finding.state, finding.reply, finding.settled_at) == ("answered", reply, over)


def test_what_was_said_before_the_letter_is_no_reply_to_it() -> None:
    finding = asked(House())
    build.reply(finding, "Раньше.", at=build.AT - dt.timedelta(days=1))

    assert sweep(at=build.LATER) == 0


def test_a_reply_that_comes_after_the_silence_was_published_joins_it() -> None:
    finding = asked(House())
    over = dt.datetime(2024, 7, 1, tzinfo=dt.UTC)
    sweep(at=over)
    publish(finding=finding, by=None, at=over, vouched=True)
    reply = build.reply(finding, "Я голосовал иначе.", at=over + dt.timedelta(days=1))

    assert sweep(at=over + dt.timedelta(days=2)) == 1

    finding.refresh_from_db()
    assert (finding.state, finding.reply) == ("published", reply)
    assert sweep(at=over + dt.timedelta(days=3)) == 0


def test_a_reply_that_no_sweep_has_seen_yet_is_published_with_the_finding() -> None:
    finding = asked(House())
    over = dt.datetime(2024, 7, 1, tzinfo=dt.UTC)
    sweep(at=over)
    reply = build.reply(finding, "Я голосовал иначе.")

    assert publish(finding=finding, by=None, at=over, vouched=True).reply == reply


def test_a_promise_that_events_made_void_stands_until_that_day() -> None:
    house = House(signed=False)
    pledge = build.pledge(house.anna, house.demand)
    house.vote(AGAINST, held_at=build.moment(4))
    house.vote(AGAINST, held_at=build.moment(9))

    build.status(pledge, Status.OVERTAKEN, build.moment(6).date())
    sweep(at=build.AT)

    assert [one.version.held_at for one in Finding.objects.all()] == [build.moment(4)]


@pytest.mark.parametrize("more", [{"held_precision": "month"}, {"held_precision": "unknown"}])
def test_a_vote_of_no_known_day_crosses_no_red_line(more: dict[str, Any]) -> None:
    house = House(signed=False, demands=[Chapter.RED_LINE])
    house.vote(FOR, wants=Wants.FAIL, **more)

    assert sweep(at=build.AT) == 0


def test_a_disputed_ballot_crosses_no_red_line() -> None:
    house = House(signed=False, demands=[Chapter.RED_LINE])
    version = build.draft(house.chamber)
    build.ballot(version, house.anna, FOR, basis=Basis.DISPUTED.value, note_en="Two sources.")
    build.publish(version)
    build.link(house.demand, version.roll_call, wants=Wants.FAIL)

    assert sweep(at=build.AT) == 0


def test_one_vote_across_two_red_lines_raises_both() -> None:
    chamber = build.chamber()
    platform = build.platform(chamber, demands=[Chapter.RED_LINE] * 2)
    held = build.vote(chamber, {build.deputy(chamber): FOR})
    for line in platform.demands.all():
        build.link(line, held, wants=Wants.FAIL)

    assert sweep(at=build.AT) == 2
