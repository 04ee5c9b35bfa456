"""Until when the clock alone changes nothing that readers see."""

import datetime as dt

import pytest

from deputies.people.models import Mandate
from deputies.votes.reports.editions import edition_at
from tests import build

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def test_it_ends_at_the_next_midnight_where_a_chamber_sits_or_in_utc() -> None:
    noon = dt.datetime(2024, 6, 1, 12, tzinfo=dt.UTC)
    assert edition_at(noon).until == dt.datetime(2024, 6, 2, tzinfo=dt.UTC)

    build.chamber(timezone="Europe/Moscow")

    assert edition_at(noon).until == dt.datetime(2024, 6, 1, 21, tzinfo=dt.UTC)
    assert edition_at(noon + 10 * dt.timedelta(hours=1)).until == dt.datetime(2024, 6, 2, tzinfo=dt.UTC)


def test_it_ends_with_a_mandate_to_the_minute() -> None:
    chamber = build.chamber()
    ends = dt.datetime(2024, 6, 1, 14, 30, tzinfo=dt.UTC)
    build.deputy(chamber, held=(build.START, ends))

    before, after = edition_at(ends - dt.timedelta(microseconds=1)), edition_at(ends)

    assert before.until == ends
    assert after.until == dt.datetime(2024, 6, 2, tzinfo=dt.UTC)
    assert before.name == after.name


def test_it_ends_when_a_hold_does() -> None:
    chamber = build.chamber()
    deputy = build.deputy(chamber)
    dispute = build.dispute(build.vote(chamber, {}), deputy, shows=["https://example.org/a"], at=build.AT)
    assert dispute.held is not None
    ends = dispute.held.upper

    assert edition_at(ends - dt.timedelta(seconds=1)).until == ends


def test_a_clock_that_is_set_back_is_believed() -> None:
    chamber = build.chamber()
    ends = build.moment(20)
    build.deputy(chamber, held=(build.START, ends))

    assert edition_at(ends + DAY).until > ends + DAY
    assert edition_at(ends - dt.timedelta(seconds=1)).until == ends
    assert Mandate.objects.count() == 1
