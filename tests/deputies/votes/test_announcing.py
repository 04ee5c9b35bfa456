"""Coming votes: their moves, their words, and what the database refuses."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from deputies.journal.actions import Frozen, freeze
from deputies.journal.models import Event
from deputies.votes.actions import HasBegun, NotItsVote, NotOnAgenda, hold, put_back, revise, withdraw
from deputies.votes.enums import AGENDA, AgendaState, Position
from deputies.votes.models import AgendaItem
from tests import build

pytestmark = pytest.mark.django_db
STARTS = build.AT + dt.timedelta(days=10)
HOUR = dt.timedelta(hours=1)


def kinds() -> list[str]:
    return list(Event.objects.filter(subject__startswith="agenda-item:").order_by("id").values_list("kind", flat=True))


def test_a_vote_is_announced_under_an_address_of_its_own() -> None:
    house = build.chamber()

    first, second = (build.item(house, STARTS, title_en="Record") for _ in range(2))

    assert (first.slug, second.slug) == ("record-2", "record-3")  # the hit rate stands at "record"
    assert (first.announced_at, first.sequence, kinds()) == (build.AT, 0, ["vote-announced"] * 2)


def test_of_a_day_it_is_the_first_moment_where_the_chamber_sits() -> None:
    house = build.chamber(timezone="Asia/Vladivostok")

    item = build.item(house, dt.datetime(2024, 6, 11, 20, tzinfo=dt.UTC), is_day_only=True)

    assert item.starts_at == dt.datetime(2024, 6, 11, 14, tzinfo=dt.UTC)


def test_what_has_begun_is_not_announced() -> None:
    with pytest.raises(HasBegun):
        build.item(build.chamber(), build.AT)


def test_another_time_is_told_and_raises_the_sequence() -> None:
    item = build.item(build.chamber(), STARTS)

    item.starts_at += HOUR
    moved = revise(item=item, at=build.LATER)

    stored, event = AgendaItem.objects.get(), Event.objects.last()
    assert event is not None
    assert (moved, stored.sequence, stored.starts_at, kinds()) == (
        True, 1, STARTS + HOUR, ["vote-announced", "vote-moved"],
    )  # fmt: skip
    assert (event.at, event.facts["before"]) == (build.LATER, STARTS.isoformat())


def test_other_words_raise_the_sequence_and_are_no_move() -> None:
    item = build.item(build.chamber(), STARTS)

    item.title_en = "Put right"
    assert revise(item=item, at=build.LATER)
    assert not revise(item=item, at=build.LATER)

    stored = AgendaItem.objects.get()
    assert (stored.title_en, stored.sequence, kinds()) == ("Put right", 1, ["vote-announced"])


def test_it_is_not_moved_into_the_past() -> None:
    item = build.item(build.chamber(), STARTS)

    item.starts_at = build.LATER - HOUR
    with pytest.raises(HasBegun):
        revise(item=item, at=build.LATER)

    assert AgendaItem.objects.get().starts_at == STARTS


def test_taken_off_and_put_back_are_both_told() -> None:
    item = build.item(build.chamber(), STARTS)

    withdraw(item=item, at=build.LATER)
    with pytest.raises(NotOnAgenda):
        withdraw(item=item, at=build.LATER)
    off = AgendaItem.objects.get()
    put_back(item=item, at=build.LATER)

    back = AgendaItem.objects.get()
    assert (off.state, off.sequence, back.state, back.sequence) == ("withdrawn", 1, "planned", 2)
    assert kinds() == ["vote-announced", "vote-moved", "vote-moved"]


def test_what_was_taken_off_is_not_put_back_after_its_time() -> None:
    item = build.item(build.chamber(), STARTS)
    withdraw(item=item, at=build.LATER)

    with pytest.raises(HasBegun):
        put_back(item=item, at=STARTS)


def test_nothing_is_announced_or_moved_in_a_frozen_chamber() -> None:
    house = build.chamber()
    item = build.item(house, STARTS)
    off = build.item(house, STARTS)
    withdraw(item=off, at=build.LATER)
    by = get_user_model().objects.create(username="vera")
    freeze(chamber=house.slug, reason_ru="", reason_en="Election.", by=by, at=build.LATER)
    roll_call = build.draft(house).roll_call

    for act in (
        lambda: build.item(house, STARTS),
        lambda: revise(item=item, at=build.LATER),
        lambda: withdraw(item=item, at=build.LATER),
        lambda: put_back(item=off, at=build.LATER),
        lambda: hold(item=item, roll_call=roll_call),
    ):
        with pytest.raises(Frozen):
            act()

    assert [*AgendaItem.objects.order_by("pk").values_list("state", flat=True)] == ["planned", "withdrawn"]


def frozen(item: AgendaItem) -> AgendaItem:
    AgendaItem.objects.filter(pk=item.pk).update(frozen_at=item.starts_at)
    item.refresh_from_db()
    return item


def held(item: AgendaItem, **more: Any) -> None:
    person = build.deputy(item.chamber)
    vote = build.vote(item.chamber, {person: Position.FOR}, **{"held_at": item.starts_at + HOUR} | more)
    hold(item=item, roll_call=vote)


def test_it_is_held_once_what_was_expected_is_written_down() -> None:
    item = build.item(build.chamber(), STARTS)

    with pytest.raises(NotItsVote):
        held(item)
    held(frozen(item))

    stored = AgendaItem.objects.get()
    assert (stored.state, stored.roll_call is None) == ("held", False)


def test_a_vote_of_an_earlier_day_of_another_chamber_or_unpublished_is_not_its_vote() -> None:
    item = frozen(build.item(build.chamber(), STARTS))
    elsewhere = build.chamber()
    strange = build.vote(elsewhere, {build.deputy(elsewhere): Position.FOR}, held_at=STARTS)

    with pytest.raises(NotItsVote):
        held(item, held_at=STARTS - dt.timedelta(days=1))
    for roll_call in (strange, build.draft(item.chamber, held_at=STARTS).roll_call):
        with pytest.raises(NotItsVote):
            hold(item=item, roll_call=roll_call)


def refused(rule: str, **change: Any) -> None:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        AgendaItem.objects.update(**change)
    assert rule in (str(refusal.value), refusal.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]


def test_the_database_refuses_a_held_item_without_what_was_expected() -> None:
    item = build.item(build.chamber(), STARTS)
    vote = build.vote(item.chamber, {build.deputy(item.chamber): Position.FOR})

    refused("votes_agendaitem_held_is_frozen", state="held", roll_call=vote)


def test_the_database_keeps_the_words_once_voting_has_begun() -> None:
    frozen(build.item(build.chamber(), STARTS))

    for change in ({"starts_at": STARTS + HOUR}, {"title_en": "Other"}, {"frozen_at": None}, {"threshold": "present"}):
        refused("votes_agendaitem_begun_stays", **change)


def test_the_database_keeps_everything_of_a_held_item() -> None:
    item = frozen(build.item(build.chamber(), STARTS))
    held(item)

    refused("votes_agendaitem_begun_stays", sequence=7)
    refused("votes_agendaitem_moves", state="planned", roll_call=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        AgendaItem.objects.all().delete()


@pytest.mark.parametrize("start", [AgendaState.PLANNED, AgendaState.WITHDRAWN])
def test_the_database_makes_only_the_moves_of_the_table(start: AgendaState) -> None:
    item = frozen(build.item(build.chamber(), STARTS))
    vote = build.vote(item.chamber, {build.deputy(item.chamber): Position.FOR})
    if start is AgendaState.WITHDRAWN:
        AgendaItem.objects.update(state=start.value)

    for other in AgendaState:
        change = {"state": other.value, "roll_call": vote if other is AgendaState.HELD else None}
        if other is start or start.may_become(other):
            with transaction.atomic():
                AgendaItem.objects.update(**change)
                transaction.set_rollback(True)
        else:
            refused("votes_agendaitem_moves", **change)
    assert set(AGENDA) == set(AgendaState)
