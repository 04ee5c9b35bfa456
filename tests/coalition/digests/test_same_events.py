"""The same events everywhere: feeds, calendars and letters about one thing name the same rows of the journal."""

import datetime as dt
import re

import pytest
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from coalition.digests import sealing
from coalition.digests.composing import Composer, Followed, Reader
from coalition.digests.enums import DeliveryKind, Rhythm, What
from coalition.digests.reports import latest_event
from coalition.digests.targets import Target
from deputies.journal.enums import EventKind
from deputies.journal.models import Event
from deputies.votes.actions import revise
from deputies.votes.enums import Position
from pledges.tracker.actions import publish_word
from pledges.tracker.enums import Status
from tests import build
from tests.coalition.digests.build import READER
from tests.coalition.pages.build import Town, town

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def built() -> Town:
    """A town with a corrected vote, a pledge with a status, and a coming vote that was moved and then linked."""
    made, now = town(3), timezone.now().replace(microsecond=0)
    first, demand = made.people[0], made.platform.demands.order_by("pk")[0]
    build.publish(build.draft(made.chamber, dict.fromkeys(made.people, Position.AGAINST), roll_call=made.votes[0]))
    said = publish_word(word=build.pledge(first, demand, published=False), by=None, at=now, vouched=True)
    publish_word(word=build.status(said, Status.KEPT, published=False), by=None, at=now, vouched=True)
    for title, days in (("Coming one", 10), ("Another", 20)):
        item = build.item(made.chamber, now + dt.timedelta(days=days), title_en=title, at=now)
        if title == "Coming one":
            item.starts_at += dt.timedelta(days=1)
            revise(item=item, at=now)
            build.item_link(demand, item, at=now)
    return made


def in_feed(client: Client, address: str) -> set[int]:
    feed = fromstring(client.get(address).content)
    of_events = [one for one in feed.iter(f"{ATOM}category") if one.get("scheme") == "tag:127.0.0.1,2026:event"]
    return {int(one.get("term").removeprefix("e")) for one in of_events}


def in_calendar(client: Client, built: Town, title: str = "") -> set[int]:
    votes = Calendar.from_ical(client.get(built.address("upcoming.ics")).content).walk("VEVENT")
    told = [str(one["x-nakaz-events"]) for one in votes if title in str(one["summary"])]
    return {int(name.removeprefix("e")) for names in told for name in names.split()}


def in_letter(target: Target, at: dt.datetime) -> set[int]:
    """Which events a digest of everything so far tells of one target; the first reader of it follows nothing else."""
    reader = Reader(
        kind=DeliveryKind.DIGEST,
        period="2026-W01",
        after_event=0,
        until_event=latest_event(),
        told=frozenset(),
        subscriber=0,
        language="en",
        rhythm=Rhythm.WEEKLY.value,
        plain_subject=True,
        sign_of_life=False,
        follows=(Followed(target.key, 0),),
        sealed=sealing.seal(READER, sealing.new_token()),
    )
    letter = Composer().compose(reader, at)
    return {int(pk) for pk in re.findall(r'\bid="e(\d+)"', letter.html)} if letter else set()


def journal(*kinds: EventKind, **facts: int | list[int]) -> set[int]:
    return set(Event.objects.filter(kind__in=kinds, **facts).values_list("pk", flat=True))


def test_a_deputys_news_are_the_same_events(client: Client, built: Town) -> None:
    person = built.people[0]
    linked = [vote.pk for vote in built.votes[:2]]
    votes = journal(EventKind.VOTE_PUBLISHED, EventKind.VOTE_CORRECTED, facts__roll_call__in=linked)
    words = journal(EventKind.WORD_GIVEN, EventKind.PLEDGE_STATUS, facts__person=person.pk)
    moves = set(person.score_changes.exclude(chapter="").values_list("event", flat=True))

    told = in_feed(client, built.address(f"deputies/{person.slug}/feed.atom"))

    assert (len(votes), len(words)) == (3, 2)
    assert told == votes | words | moves
    letter = in_letter(Target(What.PERSON, built.chamber.pk, person.pk), timezone.now())
    assert letter
    assert told <= letter | moves


def test_a_demands_news_are_the_same_events(client: Client, built: Town) -> None:
    demand = built.platform.demands.order_by("pk")[0]
    votes = journal(EventKind.VOTE_PUBLISHED, EventKind.VOTE_CORRECTED, facts__roll_call=built.votes[0].pk)
    words = journal(EventKind.WORD_GIVEN, EventKind.PLEDGE_STATUS, facts__demand=demand.pk)
    coming = in_calendar(client, built, "Coming one")

    told = in_feed(client, built.address("demands/d1/feed.atom"))

    assert (len(votes), len(words), len(coming)) == (2, 2, 3)
    assert told == votes | words | coming
    letter = in_letter(Target(What.DEMAND, built.chamber.pk, demand.pk), timezone.now())
    assert letter
    assert told <= letter


def test_coming_votes_are_the_same_events(client: Client, built: Town) -> None:
    told = in_feed(client, built.address("upcoming/feed.atom"))

    assert told == in_calendar(client, built) == journal(EventKind.VOTE_ANNOUNCED, EventKind.VOTE_MOVED)
    assert len(told) == 4
    letter = in_letter(Target(What.UPCOMING, built.chamber.pk), timezone.now())
    assert letter
    assert letter == in_calendar(client, built, "Coming one")  # only what is linked to a demand is mailed
