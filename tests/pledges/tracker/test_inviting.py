"""Personal links: whom they open for, and what opens none."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.core.signing import Signer
from django.db import connection, connections
from pytest_django import Settings

from pledges.tracker.actions import invite, opened, revoke, token_of
from pledges.tracker.models import Invitation
from pledges.tracker.models.answers import Asked
from pledges.tracker.reports.answers import asked_of
from tests import build

pytestmark = pytest.mark.django_db


def link(**more: Any) -> Invitation:
    house = build.chamber()
    return build.invitation(build.deputy(house), build.platform(house), **more)


def test_a_link_opens_for_its_deputy_until_its_day() -> None:
    made = link()

    assert opened(token_of(made), build.LATER) == made
    assert opened(token_of(made), made.expires_at - dt.timedelta(seconds=1)) == made
    assert opened(token_of(made), made.expires_at) is None


def test_a_revoked_link_opens_nothing_and_forgets_its_address() -> None:
    made = link(email="office@example.org")

    assert (revoke(invitation=made, at=build.LATER), revoke(invitation=made, at=build.LATER)) == (True, False)

    made.refresh_from_db()
    assert (opened(token_of(made), build.LATER), made.email) == (None, "")


@pytest.mark.parametrize("forged", ["", "1", "1.", ".", "x.y", "0.x", "²." + "a" * 43, "9" * 30 + ".a", "1:x", "-1.a"])
def test_what_is_no_token_opens_nothing(forged: str) -> None:
    link()

    assert opened(forged, build.LATER) is None


def test_the_signature_of_one_link_opens_no_other() -> None:
    one, other = link(), link()
    signed = token_of(one).partition(".")[2]

    assert opened(f"{other.pk}.{signed}", build.LATER) is None
    assert opened(f"{one.pk}.{signed[:-1]}", build.LATER) is None
    assert opened(f"{one.pk}.{Signer(sep='.').signature(f'{one.pk}.{one.nonce}')}", build.LATER) is None


def test_nothing_stored_opens_a_link(settings: Settings) -> None:
    made = link()
    token = token_of(made)
    with connection.cursor() as cursor:
        cursor.execute("SELECT i::text FROM tracker_invitation i")
        ((row,),) = cursor.fetchall()

    assert token.partition(".")[2] not in row
    settings.SECRET_KEY = "another key, as whoever has the database only"
    settings.SECRET_KEY_FALLBACKS = []
    assert opened(token, build.LATER) is None


@pytest.mark.parametrize("deputies", [1, 3])
def test_everybody_without_a_working_link_gets_one(deputies: int) -> None:
    house = build.chamber()
    people, platform = [build.deputy(house) for _ in range(deputies)], build.platform(house)
    has = build.invitation(people[0], platform)
    says: dict[str, Any] = {"platform": platform, "persons": people, "language": "ru", "emails": {}, "by": None}

    made = invite(**says, at=build.LATER, expires_at=build.LATER + dt.timedelta(days=9))
    again = invite(**says, at=build.LATER, expires_at=build.LATER + dt.timedelta(days=9))

    assert ([one.person for one in made], again) == (people[1:], [])
    revoke(invitation=has, at=build.LATER)
    assert len(invite(**says, at=build.LATER, expires_at=build.LATER + dt.timedelta(days=9))) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_invite_at_once_one_does() -> None:
    house = build.chamber()
    person, platform = build.deputy(house), build.platform(house)

    def run() -> None:
        ends = build.AT + dt.timedelta(days=9)
        invite(platform=platform, persons=[person], language="ru", expires_at=ends, emails={}, by=None, at=build.AT)
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Invitation.objects.count() == 1


def test_a_count_below_twenty_is_none_to_readers() -> None:
    house = build.chamber()
    person, demand = build.deputy(house), build.platform(house).demands.get()
    day = build.AT.date()
    rows = [Asked.objects.create(person=person, demand=demand, day=day, count=15)]
    rows += [Asked.objects.create(person=person, demand=demand, day=day + dt.timedelta(days=1), count=4)]
    assert asked_of(person, build.START.date()) is None

    Asked.objects.filter(pk=rows[1].pk).update(count=5)

    assert asked_of(person, build.START.date()) == 20
    assert asked_of(person, day + dt.timedelta(days=1)) is None
