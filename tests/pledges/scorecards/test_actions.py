"""Publishing: scores follow in the same transaction, with their cause, and a full count agrees bit for bit."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction

from deputies.journal.actions import wait_for_turn
from deputies.journal.enums import EventKind
from deputies.journal.models import Event
from deputies.sources.enums import Basis
from deputies.sources.models import cite
from deputies.votes.actions import CorrectionOpen, NotPublishable, open_correction
from deputies.votes.enums import Position, State
from pledges.platform.models import PlatformVersion
from pledges.scorecards.actions import NothingToPublish, differences, publish_platform, rescore
from pledges.scorecards.enums import Cause, Wants
from pledges.scorecards.method import Tally
from pledges.scorecards.models import Link, Score, ScoreChange
from tests import build

pytestmark = pytest.mark.django_db


def test_publishing_a_vote_counts_it_for_its_demand_chapter_and_platform() -> None:
    chamber = build.chamber()
    anna = build.deputy(chamber)
    platform = build.platform(chamber)
    demand = platform.demands.get()
    version = build.draft(chamber, {anna: Position.FOR})
    Link.objects.bulk_create([Link(demand=demand, roll_call=version.roll_call, wants=Wants.PASS)])
    publish_platform(platform=platform, version=None, links=list(Link.objects.all()), vouched=True, at=build.AT)

    build.publish(version)

    expected = Tally(with_=1000, votes_with=1, credit=10_000, mass=10_000)
    assert {(s.demand_id, s.chapter): s.tally for s in Score.objects.all()} == {
        (demand.pk, ""): expected,
        (None, "social"): expected,
        (None, ""): expected,
    }


def test_a_correction_moves_the_score_and_says_why() -> None:
    chamber = build.chamber()
    anna, boris = build.deputy(chamber), build.deputy(chamber)
    platform = build.platform(chamber)
    roll_call = build.vote(chamber, {anna: Position.FOR, boris: Position.FOR})
    build.link(platform.demands.get(), roll_call)
    already = set(ScoreChange.objects.values_list("pk", flat=True))

    draft = open_correction(
        roll_call=roll_call, by=None, reason="The protocol says against.", evidence=cite(title="The protocol")
    )
    draft.ballots.filter(person=anna).update(position=Position.AGAINST.value)
    build.publish(draft, at=build.LATER)

    changes = ScoreChange.objects.exclude(pk__in=already)
    assert {(c.person, c.cause, c.chapter or c.demand_id) for c in changes} == {
        (anna, Cause.CORRECTION, "social"),
        (anna, Cause.CORRECTION, platform.demands.get().pk),
        (anna, Cause.CORRECTION, None),
    }
    event = Event.objects.latest("id")
    assert (event.kind, event.at) == (EventKind.VOTE_CORRECTED, build.LATER)
    assert {change.event_id for change in changes} == {event.pk}
    roll_call.refresh_from_db()
    assert roll_call.published == draft
    assert [v.state for v in roll_call.versions.order_by("number")] == [State.CORRECTED, State.PUBLISHED]


def test_a_deputy_whose_ballot_disappears_in_a_correction_loses_the_score() -> None:
    chamber = build.chamber()
    anna, boris = build.deputy(chamber), build.deputy(chamber)
    platform = build.platform(chamber)
    roll_call = build.vote(chamber, {anna: Position.FOR, boris: Position.FOR})
    build.link(platform.demands.get(), roll_call)

    draft = open_correction(
        roll_call=roll_call, by=None, reason="She was not sworn in yet.", evidence=cite(title="The oath")
    )
    draft.ballots.filter(person=anna).delete()
    build.publish(draft)

    assert not Score.objects.filter(person=anna).exists()
    assert differences(platform) == []


def test_publishing_a_vote_without_links_moves_nothing() -> None:
    chamber = build.chamber()
    build.platform(chamber)

    build.vote(chamber, {build.deputy(chamber): Position.FOR})

    assert Score.objects.count() == 0
    assert ScoreChange.objects.count() == 0


def test_two_who_publish_a_platform_at_once_publish_it_once() -> None:
    chamber = build.chamber()
    somebody = build.deputy(chamber)
    platform = build.platform(chamber)
    roll_call = build.vote(chamber, {somebody: Position.FOR})
    build.link(platform.demands.get(), roll_call, published=False)
    PlatformVersion.objects.create(platform=platform, number=2)
    link, version = Link.objects.get(), PlatformVersion.objects.get(number=2)
    link_again, version_again = Link.objects.get(), PlatformVersion.objects.get(number=2)
    publish_platform(version=version, links=[link], platform=platform, vouched=True, at=build.AT)

    for stale in ({"version": version_again, "links": []}, {"version": None, "links": [link_again]}):
        with pytest.raises(NothingToPublish):
            publish_platform(**stale, platform=platform, vouched=True, at=build.AT)

    assert ScoreChange.objects.values_list("event").distinct().count() == 1


def test_a_draft_cannot_be_published_twice() -> None:
    chamber = build.chamber()
    version = build.draft(chamber)
    build.publish(version)

    with pytest.raises(NotPublishable):
        build.publish(version)


def test_two_corrections_cannot_be_open_at_once() -> None:
    roll_call = build.vote(build.chamber(), {})
    open_correction(roll_call=roll_call, by=None, reason="first")

    with pytest.raises(CorrectionOpen):
        open_correction(roll_call=roll_call, by=None, reason="second")


def test_nothing_to_correct_before_publication() -> None:
    version = build.draft(build.chamber())

    with pytest.raises(NotPublishable):
        open_correction(roll_call=version.roll_call, by=None, reason="too early")


def test_a_new_version_of_a_link_takes_the_place_of_the_old_one() -> None:
    chamber = build.chamber()
    anna = build.deputy(chamber)
    platform = build.platform(chamber)
    roll_call = build.vote(chamber, {anna: Position.FOR})
    old = build.link(platform.demands.get(), roll_call)

    build.link(platform.demands.get(), roll_call, wants=Wants.FAIL)

    old.refresh_from_db()
    assert old.state == "retired"
    assert Score.objects.get(demand=platform.demands.get()).tally.against == 1000


def test_a_vote_before_the_demand_was_in_force_is_listed_and_never_counted() -> None:
    chamber = build.chamber(timezone="Europe/Moscow")
    anna = build.deputy(chamber, held=(None, None))
    platform = build.platform(chamber)
    evening_before = build.START - dt.timedelta(hours=4)  # still the day before, in Moscow too
    midnight_after = build.START - dt.timedelta(hours=2)  # the first day in Moscow, the day before in UTC
    for held_at in (evening_before, midnight_after):
        build.link(platform.demands.get(), build.vote(chamber, {anna: Position.FOR}, held_at=held_at))

    assert Score.objects.get(demand=platform.demands.get()).tally.votes_with == 1


def test_an_inferred_ballot_is_our_gap() -> None:
    chamber = build.chamber()
    anna = build.deputy(chamber)
    platform = build.platform(chamber)
    version = build.draft(chamber)
    build.ballot(version, anna, Position.FOR, basis=Basis.INFERRED.value, note_en="from the totals")
    build.publish(version)
    build.link(platform.demands.get(), version.roll_call)

    score = Score.objects.get(demand=platform.demands.get())
    assert score.tally == Tally(gaps=1)


def test_rescore_repairs_what_was_changed_behind_its_back() -> None:
    chamber = build.chamber()
    platform = build.platform(chamber)
    build.link(platform.demands.get(), build.vote(chamber, {build.deputy(chamber): Position.FOR}))
    Score.objects.update(credit=0)

    assert len(differences(platform)) == 3
    assert rescore(platform=platform, at=build.LATER) == 3
    assert differences(platform) == []
    assert rescore(platform=platform, at=build.LATER) == 0


@pytest.mark.django_db(transaction=True)
def test_a_rescore_looks_only_after_whoever_publishes() -> None:
    chamber = build.chamber()
    platform = build.platform(chamber)
    done = threading.Event()

    def recounter() -> None:
        rescore(platform=platform, at=build.LATER)
        done.set()
        connection.close()

    thread = threading.Thread(target=recounter)
    with transaction.atomic():
        wait_for_turn()
        thread.start()
        assert not done.wait(0.5)
    assert done.wait(20)
    thread.join(20)
