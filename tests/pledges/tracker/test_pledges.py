"""Which pledges are at which status, and which of them are past their day."""

import datetime as dt
from typing import Any

import pytest

from pledges.platform.models import Demand
from pledges.tracker.enums import STATUSES, UNMEASURED, Status, following
from pledges.tracker.models import Pledge
from tests import build

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def promise(to: Demand | None = None, **more: Any) -> Pledge:
    to = to or build.platform(build.chamber()).demands.get()
    return build.pledge(build.deputy(to.platform.coalition.chamber), to, **more)


def test_a_promise_comes_only_to_what_the_table_has() -> None:
    assert following(Status.OVERTAKEN, is_measurable=True) == []
    assert following(Status.KEPT, is_measurable=True) == [Status.PARTLY_KEPT, Status.DIFFERS]
    assert following(Status.PROMISED, is_measurable=False) == [Status.OVERTAKEN, Status.NOT_MEASURABLE]
    for status in Status:
        assert set(following(status, is_measurable=True)) == STATUSES[status] - {Status.NOT_MEASURABLE}
        assert set(following(status, is_measurable=False)) == STATUSES[status] & UNMEASURED


def test_a_pledge_is_at_the_status_published_last() -> None:
    pledge = promise()
    assert Pledge.objects.with_status().get().status is Status.PROMISED

    build.status(pledge, Status.IN_PROGRESS, published=True)
    build.status(pledge, Status.KEPT, pledge.said_on + 2 * DAY, published=True)
    build.status(pledge, Status.DIFFERS, pledge.said_on + 3 * DAY, published=False)

    assert Pledge.objects.with_status().get().status is Status.KEPT


def test_overdue_are_published_promises_past_their_day_without_a_final_status() -> None:
    to = build.platform(build.chamber()).demands.get()
    late, stalled, kept, proposed = promise(to), promise(to), promise(to), promise(to, published=False)
    build.status(stalled, Status.STALLED, published=True)
    build.status(kept, Status.KEPT, published=True)
    promise(to, is_measurable=False, criterion_en="", due_on=None)
    due_on = late.due_on
    assert due_on
    assert proposed.due_on == due_on

    assert set(Pledge.objects.overdue(due_on + DAY)) == {late, stalled}
    assert not Pledge.objects.overdue(due_on).exists()
