"""Where the word given meets the record, and what a new version of a platform leaves alone."""

import datetime as dt
from dataclasses import replace

import pytest

from deputies.people.enums import Threshold
from deputies.people.models import Person
from deputies.votes.enums import Position
from deputies.votes.reports.houses import House, house
from deputies.votes.reports.seats import seats_of
from pledges.findings.reports.told import of_person, with_flags
from pledges.platform.enums import Chapter
from pledges.platform.models import Demand, DemandText, Platform, PlatformVersion
from pledges.scorecards.actions import publish_platform
from pledges.scorecards.reports.cards import Scorecard, scorecard
from pledges.scorecards.reports.evidence import links_of
from pledges.scorecards.reports.history import end_of, scores_at
from pledges.scorecards.reports.platform import PlatformInForce, platform_of
from pledges.scorecards.reports.promises import Promise, Support, promises_of, support_of
from pledges.tracker.enums import Stance, Status
from pledges.tracker.reports.words import word_on
from tests import build

pytestmark = pytest.mark.django_db


def house_of(platform: Platform) -> House:
    found = house(platform.coalition.chamber.slug, build.LATER)
    assert found is not None
    return found


def in_force(platform: Platform) -> PlatformInForce:
    found = platform_of(house_of(platform))
    assert found is not None
    return found


def card_of(platform: Platform, person: Person) -> Scorecard:
    now = in_force(platform)
    ballots = {ballot.version_id: ballot for ballot in person.ballots.all()}
    card = scorecard(now, person, links_of(now, person=person), ballots)
    return replace(card, evidence=with_flags(card.evidence, of_person(now, person)))


def promises(platform: Platform, person: Person) -> list[Promise]:
    word = word_on(platform, at=build.LATER, person=person)
    return promises_of(in_force(platform), card_of(platform, person), word)


def voted(platform: Platform, person: Person, *days: int, position: Position = Position.FOR) -> None:
    for day in days:
        vote = build.vote(platform.coalition.chamber, {person: position}, held_at=build.moment(day))
        build.link(platform.demands.earliest("pk"), vote)


def counts(promise: Promise) -> tuple[int, int] | None:
    return (promise.since.as_asked, promise.since.counted) if promise.since else None


def test_who_said_nothing_has_no_promise() -> None:
    platform = build.platform(build.chamber())
    person = build.deputy(platform.coalition.chamber)
    voted(platform, person, 3)

    assert promises(platform, person) == []


def test_only_votes_after_the_word_are_beside_it() -> None:
    platform = build.platform(build.chamber())
    person = build.deputy(platform.coalition.chamber)
    voted(platform, person, 3, 5)
    voted(platform, person, 7, position=Position.AGAINST)
    voted(platform, person, 8)
    build.pledge(person, platform.demands.get(), build.moment(5).date())

    (promise,) = promises(platform, person)

    assert counts(promise) == (1, 2)
    assert promise.is_of_its_own


def test_a_withdrawn_signature_binds_until_it_was_withdrawn() -> None:
    platform = build.platform(build.chamber())
    person, version = build.deputy(platform.coalition.chamber), platform.published
    assert version is not None
    voted(platform, person, 3, 5, 9)
    build.signature(person, version, build.moment(2).date(), withdrawn_on=build.moment(6).date())

    (promise,) = promises(platform, person)

    assert counts(promise) == (2, 2)
    assert not promise.is_of_its_own


def test_a_red_line_has_breaches_and_no_measure() -> None:
    platform = build.platform(build.chamber(), demands=[Chapter.RED_LINE])
    person = build.deputy(platform.coalition.chamber)
    voted(platform, person, 3)
    voted(platform, person, 5, position=Position.AGAINST)
    build.signature(person, platform.demands.get(), build.moment(1).date())
    build.flags()

    (promise,) = promises(platform, person)

    assert (promise.since, promise.breaches, promise.looked_at) == (None, 1, 2)


def version_two(platform: Platform, *, without: Demand | None = None, plus: dt.date | None = None) -> PlatformVersion:
    """The platform again with every demand in other words, one left out, or another one in force from a day."""
    second = PlatformVersion.objects.create(platform=platform, number=2, title_en="Second")
    for demand in platform.demands.order_by("pk"):
        if demand != without:
            DemandText.objects.create(version=second, demand=demand, title_en=f"{demand.slug} in other words")
    if plus:
        added = Demand.objects.create(
            platform=platform, slug="new", demand_id="new", chapter=Chapter.SOCIAL.value, in_force_from=plus
        )
        DemandText.objects.create(version=second, demand=added, title_en="A new demand")
    publish_platform(platform=platform, version=second, links=[], vouched=True, at=build.LATER)
    return second


def test_a_word_on_a_dropped_demand_stays() -> None:
    platform = build.platform(build.chamber(), demands=[Chapter.SOCIAL, Chapter.DEMOCRATIC])
    demand = platform.demands.earliest("pk")
    person = build.deputy(platform.coalition.chamber)
    build.pledge(person, demand)
    version_two(platform, without=demand)

    (promise,) = promises(platform, person)

    assert (promise.text.title, promise.since) == ("Demand 1", None)


def test_editing_a_demand_today_moves_no_score_of_yesterday() -> None:
    platform = build.platform(build.chamber())
    person = build.deputy(platform.coalition.chamber)
    voted(platform, person, 3, 5)
    yesterday = end_of(build.AT.date(), platform.coalition.chamber.zone)
    before, card = scores_at(in_force(platform), yesterday), card_of(platform, person)

    version_two(platform, plus=build.LATER.date())
    added = platform.demands.get(slug="new")
    for vote in platform.coalition.chamber.roll_calls.all():
        build.link(added, vote)

    assert before
    assert scores_at(in_force(platform), yesterday) == before
    assert scores_at(in_force(platform), end_of(build.LATER.date(), platform.coalition.chamber.zone)) == before
    after = card_of(platform, person)
    assert [one.measure for one in after.chapters] == [one.measure for one in card.chapters]
    assert [(one.text.demand.slug, one.measure.counted) for one in after.demands if one.text] == [("d1", 2), ("new", 0)]


def test_a_signature_does_not_bind_to_a_demand_that_came_later() -> None:
    platform = build.platform(build.chamber())
    person, version = build.deputy(platform.coalition.chamber), platform.published
    assert version is not None
    build.signature(person, version, build.START.date())
    voted(platform, person, 3)
    version_two(platform, plus=build.START.date())
    build.link(platform.demands.get(slug="new"), platform.coalition.chamber.roll_calls.get())

    assert {line.text.demand.slug: line.is_signed for line in card_of(platform, person).evidence} == {
        "d1": True,
        "new": False,
    }


def support(platform: Platform) -> Support:
    demand, now = platform.demands.earliest("pk"), house_of(platform)
    holdings = [holding for seat in seats_of(now) for holding in seat.holdings]
    return support_of(word_on(platform, at=build.LATER, demand=demand), holdings, now.chamber.seats)


def test_a_demand_counts_on_promises_and_signatures_of_those_who_sit() -> None:
    chamber = build.chamber(seats=9, threshold=Threshold.MEMBERS)
    platform = build.platform(chamber)
    demand = platform.demands.get()
    promised, signed, refused, overtaken, unheard = (build.deputy(chamber) for _ in range(5))
    gone = build.deputy(chamber, held=(build.START, build.moment(3)))
    for person in (promised, overtaken, gone):
        build.pledge(person, demand)
    build.status(overtaken.pledges.get(), Status.OVERTAKEN)
    for person in (promised, signed, refused):
        build.signature(person, demand, build.START.date())
    build.pledge(refused, demand, stance=Stance.REFUSED.value, is_measurable=False, due_on=None, criterion_en="")

    found = support(platform)

    assert found.strength is not None
    assert (found.votes, found.strength.needed, found.strength.short_by, found.seated) == (2, 5, 3, 5)
    assert [holding.mandate.person for holding in found.signed] == [signed]
    assert [holding.mandate.person for holding in found.unheard] == [unheard]
    assert [(stance, len(given)) for stance, given in found.said] == [(Stance.PROMISED, 3), (Stance.REFUSED, 1)]


def test_the_latest_word_of_a_deputy_is_the_one_that_counts() -> None:
    platform = build.platform(chamber := build.chamber())
    demand, person = platform.demands.get(), build.deputy(chamber)
    build.pledge(person, demand, build.moment(1).date())
    later = build.moment(9).date()
    build.pledge(person, demand, later, stance="refused", is_measurable=False, due_on=None, criterion_en="")

    assert [(stance, len(given)) for stance, given in support(platform).said] == [(Stance.REFUSED, 1)]
    assert support(platform).votes == 0
