"""Freezing at the desk: the page, its banner there and for readers, and what the other pages then say."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from coalition.accounts.models import User
from deputies.journal.actions import freeze
from deputies.journal.models import Freeze
from deputies.people.models import Chamber
from deputies.sources.models import cite
from deputies.votes.enums import Position, State
from deputies.votes.models import RollCallVersion
from pledges.platform.models import DemandText, Platform, PlatformVersion
from pledges.scorecards.models import ScoreChange
from tests import build
from tests.coalition.accounts import door
from tests.coalition.pages.build import town

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Chamber:
    return town(3).chamber


@pytest.fixture
def anna() -> Client:
    return door.signed_in(door.organiser("anna"))


def begin(client: Client, **more: str) -> Any:
    given = {"chamber": "town", "reason_ru": "Выборы 8 июня.", "reason_en": "Election on 8 June."} | more
    return client.post(reverse("admin:journal_freeze_add"), given)


def stop(chamber: str = "town") -> Freeze:
    by = User.objects.create_user("vera")
    return freeze(chamber=chamber, reason_ru="", reason_en="Election on 8 June.", by=by, at=build.AT)


def test_a_publisher_freezes_a_chamber_and_ends_it(anna: Client, house: Chamber) -> None:
    assert begin(anna).status_code == 302
    made = Freeze.objects.get()
    assert (made.chamber, made.reason_en, made.began_by.username) == ("town", "Election on 8 June.", "anna")

    page = anna.get(reverse("admin:journal_freeze_change", args=[made.pk])).content.decode()
    assert "End the freeze" in page
    anna.post(reverse("admin:journal_freeze_thaw", args=[made.pk]))

    made.refresh_from_db()
    assert made.ended_by == User.objects.get(username="anna")
    again = anna.post(reverse("admin:journal_freeze_thaw", args=[made.pk]), follow=True)
    assert "This freeze was ended already." in again.content.decode()


def test_the_whole_site_is_frozen_by_choosing_no_chamber(anna: Client, house: Chamber) -> None:
    begin(anna, chamber="")

    assert Freeze.objects.get().chamber == ""


def test_a_second_freeze_and_one_without_a_reason_are_refused_in_words(anna: Client, house: Chamber) -> None:
    without = begin(anna, reason_ru="", reason_en="").content.decode()
    begin(anna)
    twice = begin(anna).content.decode()

    assert "Reason: give it in Russian or in English." in without
    assert "This chamber, or the whole site, is frozen already." in twice
    assert Freeze.objects.count() == 1


@pytest.mark.parametrize("roles", [["Entrants"], ["Reviewers"], ["Linkers"], ["Auditors"]])
def test_nobody_else_freezes_or_thaws(house: Chamber, roles: list[str]) -> None:
    made = stop()
    client = door.signed_in(door.organiser("boris", roles=roles))

    assert begin(client, chamber="").status_code == 403
    assert client.post(reverse("admin:journal_freeze_thaw", args=[made.pk])).status_code == 403
    assert "End the freeze" not in client.get(reverse("admin:journal_freeze_change", args=[made.pk])).content.decode()


def test_a_freeze_is_not_ended_by_a_link(anna: Client, house: Chamber) -> None:
    assert anna.get(reverse("admin:journal_freeze_thaw", args=[stop().pk])).status_code == 405


def test_every_page_of_the_desk_says_it(anna: Client, house: Chamber) -> None:
    version = build.draft(house)
    stop()

    for page in (
        reverse("admin:index"),
        reverse("admin:people_person_changelist"),
        reverse("admin:votes_rollcall_change", args=[version.roll_call_id]),
    ):
        assert "“town” is frozen since 2024-06-01." in anna.get(page).content.decode(), page


def test_the_banner_is_not_for_those_who_are_not_in(client: Client, house: Chamber) -> None:
    stop()

    assert "frozen" not in client.get(reverse("account_login")).content.decode()


def test_readers_see_it_on_every_page_of_the_chamber_in_both_languages(client: Client, house: Chamber) -> None:
    person = house.mandates.first()
    assert person is not None
    pages = ("", "deputies/", f"deputies/{person.person.slug}/", "votes/", "platform/", "coalition/")
    assert "frozen" not in client.get("/en/town/").content.decode().lower()
    stop()

    for page in pages:
        english = client.get(f"/en/town/{page}").content.decode()
        assert "Frozen since 1 June 2024: only corrections by two reviewers are published." in english, page
        assert "Election on 8 June." in english
        assert not re.search(r"\bvera\b", english)
        assert '<span lang="en">Election on 8 June.</span>' in client.get(f"/ru/town/{page}").content.decode()


def test_a_chamber_without_a_term_says_it_too(client: Client) -> None:
    Chamber.objects.create(slug="empty", name_en="Empty", seats=1)
    stop("")

    assert "Frozen since" in client.get("/en/empty/").content.decode()


def test_another_chamber_has_no_banner(client: Client, house: Chamber) -> None:
    build.chamber(slug="village")
    stop()

    assert "Frozen since" not in client.get("/en/village/").content.decode()


def test_publishing_at_the_desk_is_refused_in_words_and_the_look_ahead_is_not(anna: Client) -> None:
    house = build.chamber(seats=1, slug="town")
    positions = {build.deputy(house): Position.FOR}
    boris, clara = User.objects.create_user("boris"), User.objects.create_user("clara")
    draft = build.draft(house, positions, total_for=1, source=cite(title="The protocol"))
    build.approved(draft, entered_by=boris, reviewed_by=clara)
    page = reverse("admin:votes_rollcall_publish", args=[draft.roll_call_id])
    stop()

    seen = anna.get(page).context["version"].reviewed_hash
    told = anna.post(page, {"seen": seen}, follow=True).content.decode()

    assert "“town” is frozen since 2024-06-01 (Election on 8 June.): only corrections are published" in told
    assert RollCallVersion.objects.get(pk=draft.pk).state == State.REVIEWED
    assert Freeze.objects.get().ended_at is None


def test_a_platform_is_not_published_while_frozen(anna: Client, house: Chamber) -> None:
    platform = Platform.objects.get()
    version = PlatformVersion.objects.create(platform=platform, number=2, title_en="Second")
    for demand in platform.demands.all():
        DemandText.objects.create(version=version, demand=demand, order=1, title_en="As before")
    page = reverse("admin:platform_platformversion_publish", args=[version.pk])
    moved = ScoreChange.objects.count()
    stop()

    seen = anna.get(page).context["seen"]
    told = anna.post(page, {"seen": seen, "vouched": "on"}, follow=True).content.decode()

    version.refresh_from_db()
    assert (version.state, ScoreChange.objects.count()) == ("draft", moved)
    assert "is frozen since" in told
