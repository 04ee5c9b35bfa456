"""Claims on drafts: who is editing, who has to wait, and of two at once only one."""

import datetime as dt
import re
import threading

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from coalition.accounts.models import User
from coalition.desk.claims import LAPSES_AFTER, Busy, claim, claim_of, release, take_over
from coalition.desk.models import Claim
from deputies.votes.models import RollCallVersion
from tests import build
from tests.coalition.accounts import door

pytestmark = pytest.mark.django_db
AT = build.AT
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def version() -> RollCallVersion:
    return build.draft(build.chamber(timezone="Europe/Moscow"))


@pytest.fixture
def anna() -> User:
    return door.organiser("anna")


@pytest.fixture
def boris() -> User:
    return door.organiser("boris")


def test_the_first_has_the_draft_and_the_second_is_told_of_the_first(
    version: RollCallVersion, anna: User, boris: User
) -> None:
    held = claim(version=version, by=anna, at=AT)

    assert held == claim_of(version, AT) == Claim.objects.get()
    assert claim(version=version, by=boris, at=AT + MINUTE) == Busy(anna, AT)


def test_a_claim_that_is_renewed_lasts_and_keeps_its_beginning(
    version: RollCallVersion, anna: User, boris: User
) -> None:
    for minutes in (0, 9, 18):
        claim(version=version, by=anna, at=AT + minutes * MINUTE)

    assert claim(version=version, by=boris, at=AT + 27 * MINUTE) == Busy(anna, AT)


def test_a_claim_lapses_ten_minutes_after_its_holder_was_last_seen(
    version: RollCallVersion, anna: User, boris: User
) -> None:
    claim(version=version, by=anna, at=AT)
    just_before = AT + LAPSES_AFTER - dt.timedelta(seconds=1)

    assert isinstance(claim(version=version, by=boris, at=just_before), Busy)
    assert claim_of(version, AT + LAPSES_AFTER) is None
    held = claim(version=version, by=boris, at=AT + LAPSES_AFTER)

    assert isinstance(held, Claim)
    assert (held.by, held.since) == (boris, AT + LAPSES_AFTER)


def test_a_take_over_is_logged_and_the_other_one_has_to_wait(version: RollCallVersion, anna: User, boris: User) -> None:
    claim(version=version, by=anna, at=AT)

    take_over(version=version, by=boris, at=AT + MINUTE)

    assert claim(version=version, by=anna, at=AT + 2 * MINUTE) == Busy(boris, AT + MINUTE)
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (boris, str(version.roll_call_id))
    assert entry.change_message == "Taken over from anna, who was editing version 1"


def test_taking_over_what_nobody_else_has_is_a_claim_and_no_news(version: RollCallVersion, anna: User) -> None:
    claim(version=version, by=anna, at=AT)

    assert take_over(version=version, by=anna, at=AT + MINUTE).since == AT
    assert not LogEntry.objects.exists()


def test_only_ones_own_claim_is_let_go(version: RollCallVersion, anna: User, boris: User) -> None:
    claim(version=version, by=anna, at=AT)

    release(version=version, by=boris)
    assert claim_of(version, AT)

    release(version=version, by=anna)
    assert claim_of(version, AT) is None


def test_a_claim_goes_with_its_draft(version: RollCallVersion, anna: User) -> None:
    claim(version=version, by=anna, at=AT)

    version.delete()

    assert not Claim.objects.exists()
    with pytest.raises(RollCallVersion.DoesNotExist):
        claim(version=version, by=anna, at=AT)


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_open_a_draft_at_once_one_has_it() -> None:
    version = build.draft(build.chamber())
    users = [door.organiser(f"user{number}") for number in range(8)]
    together, outcomes = threading.Barrier(len(users)), list[Claim | Busy]()

    def opens(user: User) -> None:
        together.wait(20)
        outcomes.append(claim(version=version, by=user, at=AT))
        connection.close()

    threads = [threading.Thread(target=opens, args=[user]) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    holder = Claim.objects.get().by
    assert len(outcomes) == 8
    assert [one.by for one in outcomes] == [holder] * 8
    assert sum(isinstance(one, Claim) for one in outcomes) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_over_at_once_the_later_one_is_logged_against_the_earlier() -> None:
    version = build.draft(build.chamber())
    anna, boris, vera = (door.organiser(name) for name in ("anna", "boris", "vera"))
    claim(version=version, by=anna, at=AT)
    together = threading.Barrier(2)

    def takes(user: User) -> None:
        together.wait(20)
        take_over(version=version, by=user, at=AT + MINUTE)
        connection.close()

    threads = [threading.Thread(target=takes, args=[user]) for user in (boris, vera)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    first, second = LogEntry.objects.order_by("pk")
    assert (second.user, first.user) == (Claim.objects.get().by, ({boris, vera} - {second.user}).pop())
    assert first.change_message.startswith("Taken over from anna")
    assert second.change_message.startswith(f"Taken over from {first.user}")


# The addresses


def test_the_heartbeat_renews_and_says_who_took_over(version: RollCallVersion, anna: User, boris: User) -> None:
    heartbeat = reverse("admin:votes_rollcall_claim", args=[version.pk])
    first, second = door.signed_in(anna), door.signed_in(boris)

    assert first.post(heartbeat).status_code == 204
    told = second.post(heartbeat)
    since = timezone.localtime(Claim.objects.get().since, version.roll_call.chamber.zone)
    assert (told.status_code, told.content.decode()) == (409, f"anna is editing since {since:%H:%M}.")

    answer = second.post(reverse("admin:votes_rollcall_take-over", args=[version.pk]))
    assert answer["Location"] == reverse("admin:votes_rollcall_change", args=[version.roll_call_id])
    assert first.post(heartbeat).status_code == 409


def test_claims_are_for_those_who_enter_and_only_by_post(version: RollCallVersion) -> None:
    for name in ("claim", "take-over"):
        page = reverse(f"admin:votes_rollcall_{name}", args=[version.pk])
        assert door.signed_in(door.organiser(f"auditor {name}", roles=["Auditors"])).post(page).status_code == 403
        assert door.signed_in(door.organiser(f"entrant {name}", roles=["Entrants"])).get(page).status_code == 405
        assert Client().post(page).status_code == 302
    assert not Claim.objects.exists()


def test_what_is_published_cannot_be_claimed(anna: User) -> None:
    house = build.chamber()
    published = build.vote(house, {}).versions.get()

    answer = door.signed_in(anna).post(reverse("admin:votes_rollcall_claim", args=[published.pk]))

    assert answer.status_code == 404


def test_the_part_of_the_page_offers_the_take_over_only_when_somebody_else_has_it(
    version: RollCallVersion, anna: User, boris: User
) -> None:
    def part(found: Claim | Busy) -> str:
        context = {"version": version, "claim": found}
        return render_to_string("admin/votes/rollcall/_claim.html", context, RequestFactory().get("/"))

    own = part(claim(version=version, by=anna, at=AT))
    busy = part(claim(version=version, by=boris, at=AT))

    assert 'id="claim"' in own
    assert "Take over" not in own
    assert 'id="claim"' not in busy
    assert "anna is editing since 12:00." in busy
    assert "Take over" in busy


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_an_open_page_says_every_minute_that_it_is_open(browser: Browser, live_server: LiveServer) -> None:
    version = build.draft(build.chamber())
    anna, boris = door.organiser("anna"), door.organiser("boris")
    context = browser.new_context()
    context.add_cookies(
        [{"name": "sessionid", "value": door.signed_in(anna).cookies["sessionid"].value, "url": live_server.url}]
    )
    page = context.new_page()
    page.clock.install()
    page.goto(live_server.url + reverse("admin:votes_rollcall_change", args=[version.roll_call_id]))

    with page.expect_response(re.compile("/claim/")) as answer:
        page.clock.fast_forward(60_000)
    assert answer.value.status == 204
    assert Claim.objects.get().by == anna

    take_over(version=version, by=boris, at=timezone.now())
    page.clock.fast_forward(60_000)
    expect(page.locator("#claim [role=status]")).to_contain_text("boris is editing since")
    context.close()
