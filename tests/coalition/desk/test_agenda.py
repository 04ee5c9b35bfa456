"""Coming votes on the desk: entered by one, linked by another, published by a third; refusals are told in words."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deputies.journal.actions import freeze
from deputies.people.enums import Threshold
from deputies.people.models import Chamber
from deputies.sources.models import cite
from deputies.votes.enums import Position
from deputies.votes.models import AgendaItem, Sitting
from pledges.findings.actions.expecting import freeze_expectations
from pledges.findings.models import AgendaLink
from tests import build
from tests.coalition.accounts import door

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Chamber:
    return build.chamber(threshold=Threshold.TWO_THIRDS, timezone="Asia/Vladivostok")


@pytest.fixture
def anna() -> Client:
    return door.signed_in(door.organiser("anna", roles=["Entrants"]))


def sent(house: Chamber, **more: Any) -> dict[str, Any]:
    day = timezone.localdate() + dt.timedelta(days=20)
    return {
        "chamber": house.pk, "number": "4", "title_ru": "О трамвае", "starts_at": f"{day}T10:00:00", "threshold": "",
        "source_title": "The agenda",
    } | more  # fmt: skip


def add(client: Client, house: Chamber, **more: Any) -> AgendaItem:
    answer = client.post(reverse("admin:votes_agendaitem_add"), sent(house, **more))
    assert answer.status_code == 302, answer.content.decode()
    return AgendaItem.objects.latest("pk")


def step(client: Client, name: str, pk: int, **more: Any) -> str:
    return client.post(reverse(f"admin:{name}", args=[pk]), more, follow=True).content.decode()


def test_a_vote_is_entered_in_the_chambers_time_under_its_rule(anna: Client, house: Chamber) -> None:
    item = add(anna, house)

    assert (item.slug, item.threshold, str(item.title), item.source.title) == (
        "o-tramvae", "two-thirds", "О трамвае", "The agenda",
    )  # fmt: skip
    assert item.starts_at.astimezone(house.zone).hour == 10


def test_another_hour_raises_the_sequence(anna: Client, house: Chamber) -> None:
    item = add(anna, house)
    later = sent(house)["starts_at"].replace("T10", "T12")

    anna.post(reverse("admin:votes_agendaitem_change", args=[item.pk]), sent(house, starts_at=later))

    item.refresh_from_db()
    assert (item.starts_at.astimezone(house.zone).hour, item.sequence) == (12, 1)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"starts_at": "2024-06-01T10:00:00"}, "That moment is over."),
        ({"source_title": ""}, "Say where it is announced"),
        ({"title_ru": ""}, "Title: give it in Russian or in English."),
    ],
)
def test_what_is_missing_is_told_in_words(anna: Client, house: Chamber, wrong: dict[str, str], said: str) -> None:
    answer = anna.post(reverse("admin:votes_agendaitem_add"), sent(house, **wrong))

    assert said in answer.content.decode()
    assert not AgendaItem.objects.exists()


def test_it_is_taken_off_put_back_and_tied_to_its_vote(anna: Client, house: Chamber) -> None:
    item = add(anna, house)

    step(anna, "votes_agendaitem_withdraw", item.pk)
    again = step(anna, "votes_agendaitem_withdraw", item.pk)
    step(anna, "votes_agendaitem_put_back", item.pk)
    freeze_expectations(item=item, at=item.starts_at)
    vote = build.vote(house, {build.deputy(house): Position.FOR}, held_at=item.starts_at, title_en="About the tram")
    page = anna.get(reverse("admin:votes_agendaitem_change", args=[item.pk])).content.decode()
    step(anna, "votes_agendaitem_hold", item.pk, roll_call=vote.pk)

    item.refresh_from_db()
    assert "Somebody took it off the agenda" in again
    assert "About the tram" in page
    assert (item.state, item.roll_call) == ("held", vote)
    assert anna.post(reverse("admin:votes_agendaitem_change", args=[item.pk]), sent(house)).status_code == 403


def test_a_vote_that_cannot_be_the_announced_one_is_refused(anna: Client, house: Chamber) -> None:
    item = add(anna, house)

    for chosen in ("", "1" * 30, str(build.draft(house).roll_call_id)):
        assert "cannot be the one that was announced" in step(anna, "votes_agendaitem_hold", item.pk, roll_call=chosen)


def test_a_frozen_chamber_announces_nothing(anna: Client, house: Chamber) -> None:
    freeze(chamber=house.slug, reason_ru="", reason_en="Election.", by=door.organiser("boss"), at=build.AT)

    answer = anna.post(reverse("admin:votes_agendaitem_add"), sent(house), follow=True)

    assert "is frozen since" in answer.content.decode()
    assert not AgendaItem.objects.exists()


def test_one_proposes_a_demand_and_another_publishes_it(anna: Client, house: Chamber) -> None:
    demand, item = build.platform(house).demands.get(), add(anna, house)
    linker = door.organiser("lena", roles=["Linkers", "Publishers"])
    lena = door.signed_in(linker)
    petr = door.signed_in(door.organiser("petr", roles=["Publishers"]))
    words = {"item": item.pk, "demand": demand.pk, "wants": "pass", "reasoning_en": "It is the demand."}

    lena.post(reverse("admin:findings_agendalink_add"), words)
    link = AgendaLink.objects.get()
    own = step(lena, "findings_agendalink_publish", link.pk)
    queue = petr.get(reverse("admin:index")).content.decode()
    unsaid = step(petr, "findings_agendalink_reject", link.pk, why=" ")
    step(petr, "findings_agendalink_publish", link.pk)

    link.refresh_from_db()
    assert "a second person must" in own
    assert reverse("admin:findings_agendalink_change", args=[link.pk]) in queue
    assert "Write why it is sent back." in unsaid
    assert (link.review, link.author, link.reviewer.username) == ("published", linker, "petr")  # type: ignore[union-attr]


def test_a_demand_of_another_chamber_is_refused_and_one_sent_back_says_why(anna: Client, house: Chamber) -> None:
    item, strange = add(anna, house), build.platform(build.chamber()).demands.get()
    lena = door.signed_in(door.organiser("lena", roles=["Linkers"]))
    petr = door.signed_in(door.organiser("petr", roles=["Publishers"]))
    words = {"item": item.pk, "demand": strange.pk, "wants": "pass", "reasoning_en": "It is the demand."}

    answer = lena.post(reverse("admin:findings_agendalink_add"), words)
    assert "another chamber" in answer.content.decode()

    lena.post(reverse("admin:findings_agendalink_add"), words | {"demand": build.platform(house).demands.get().pk})
    link = AgendaLink.objects.get()
    step(petr, "findings_agendalink_reject", link.pk, why="It is a package.")

    link.refresh_from_db()
    assert (link.review, link.rejected_why) == ("rejected", "It is a package.")


def test_a_pasted_agenda_is_announced_once(anna: Client, house: Chamber) -> None:
    began = timezone.now().replace(microsecond=0) + dt.timedelta(days=5)
    sitting = Sitting.objects.create(chamber=house, began_at=began, source=cite(title="The agenda"))
    over = Sitting.objects.create(chamber=house, began_at=build.AT, source=sitting.source)
    words = {"text": "1. О трамвае\n2. On the park", "announce": "1"}

    for pk in (over.pk, sitting.pk, sitting.pk):
        anna.post(reverse("admin:votes_sitting_agenda", args=[pk]), words)

    told = AgendaItem.objects.order_by("number").values_list("number", "title_ru", "title_en", "starts_at", "threshold")
    assert list(told) == [("1", "О трамвае", "", began, "two-thirds"), ("2", "", "On the park", began, "two-thirds")]
    assert not sitting.roll_calls.exists()
