"""Freezes: what the database refuses, whom they stop, and what the journal tells of them."""

import pytest

from coalition.accounts.models import User
from deputies.journal.actions import Frozen, NotFrozen, freeze, thaw, wait_unless_frozen
from deputies.journal.enums import EventKind
from deputies.journal.models import Event, Freeze
from deputies.journal.reports import frozen, open_freezes
from tests import build
from tests.refuses import refused_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    return User.objects.create_user("anna")


def stop(anna: User, chamber: str = "town") -> Freeze:
    return freeze(chamber=chamber, reason_ru="Выборы 8 июня.", reason_en="Election on 8 June.", by=anna, at=build.AT)


def test_a_chamber_is_frozen_from_its_freeze_until_the_thaw(anna: User) -> None:
    assert frozen("town") is None

    made = stop(anna)

    assert (frozen("town"), frozen("village"), frozen("")) == (made, None, None)

    thaw(stop=made, by=anna, at=build.LATER)

    assert frozen("town") is None
    assert (Freeze.objects.get().ended_at, Freeze.objects.get().ended_by) == (build.LATER, anna)


def test_a_freeze_of_the_whole_site_is_one_of_every_chamber(anna: User) -> None:
    made = stop(anna, chamber="")

    assert frozen("town") == frozen("") == made


def test_both_begin_and_end_are_in_the_journal_without_a_name(anna: User) -> None:
    made = stop(anna)
    thaw(stop=made, by=anna, at=build.LATER)

    assert list(Event.objects.order_by("pk").values_list("kind", "chamber", "at", "facts")) == [
        (EventKind.FROZEN, "town", build.AT, {}),
        (EventKind.THAWED, "town", build.LATER, {"freeze": made.pk}),
    ]


def test_a_freeze_ends_once_and_writes_nothing_the_second_time(anna: User) -> None:
    made = stop(anna)
    thaw(stop=made, by=anna, at=build.LATER)

    with pytest.raises(NotFrozen):
        thaw(stop=made, by=anna, at=build.LATER)

    assert Event.objects.count() == 2


def test_the_refusal_says_where_since_when_why_and_what_to_do(anna: User) -> None:
    stop(anna)

    with pytest.raises(Frozen) as caught:
        wait_unless_frozen("town")

    assert str(caught.value) == (
        "“town” is frozen since 2024-06-01 (Election on 8 June.): only corrections are published, each by a reviewer"
        " and a publisher besides the one who entered it. Wait until the freeze is ended."
    )


def test_one_freeze_at_a_time_in_a_chamber(anna: User) -> None:
    stop(anna)
    stop(anna, chamber="")

    with refused_by("journal_freeze_one_open"):
        stop(anna)
    with refused_by("journal_freeze_one_open"):
        stop(anna, chamber="")

    assert open_freezes().count() == 2


def test_a_freeze_has_a_reason(anna: User) -> None:
    with refused_by("journal_freeze_has_reason"):
        freeze(chamber="town", reason_ru="", reason_en="", by=anna, at=build.AT)


def test_a_freeze_ends_after_it_began_and_by_somebody(anna: User) -> None:
    made = stop(anna)

    with refused_by("journal_freeze_ended_after"):
        thaw(stop=made, by=anna, at=build.START)
    with refused_by("journal_freeze_ended_after"):
        Freeze.objects.update(ended_at=build.LATER)
