import re

import pytest
from django.core.cache import cache
from django.test import Client

from coalition.accounts import second_factor
from tests.coalition.accounts import door

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limits_from_other_tests() -> None:
    cache.clear()


@pytest.mark.django_db(transaction=True)  # allauth tells of a new second factor when it is committed
def test_the_way_in_of_a_new_organiser(client: Client) -> None:
    door.organiser(superuser=True)

    login = client.get("/admin/", follow=True)
    assert login.redirect_chain[-1][0] == "/accounts/login/?next=/admin/"
    setup = client.post(
        "/accounts/login/", {"login": "anna", "password": door.PASSWORD, "next": "/admin/"}, follow=True
    )
    assert setup.redirect_chain[-1][0] == "/accounts/2fa/totp/activate/?next=/admin/"
    assert b"The desk opens only with a second factor" in setup.content
    secret = setup.context["form"].secret
    codes = client.post("/accounts/2fa/totp/activate/", {"code": door.code_of(secret)}, follow=True)
    assert len(re.findall(r"<li><code>", codes.content.decode())) == 10
    desk = client.get("/admin/")

    assert desk.status_code == 200
    assert "organisers’ desk" in desk.content.decode()

    left = client.post("/admin/logout/")
    assert left["Location"] == "/"
    assert client.get("/admin/").status_code == 302


def test_the_next_sign_in_asks_for_the_code(client: Client) -> None:
    secret = door.app_for(door.organiser())

    asked = client.post("/accounts/login/", {"login": "anna", "password": door.PASSWORD, "next": "/admin/"})
    assert asked["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/admin/").status_code == 302
    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    desk = client.post("/accounts/2fa/authenticate/", {"code": door.code_of(secret)}, follow=True)

    assert desk.redirect_chain[-1][0] == "/admin/"
    assert desk.status_code == 200


def test_a_session_from_before_the_second_factor_has_to_show_it() -> None:
    user = door.organiser()
    client = door.signed_in(user, second_factor=False)
    secret = door.app_for(user)

    asked = client.get("/admin/", follow=True)
    assert asked.redirect_chain[-1][0] == "/accounts/2fa/reauthenticate/?next=/admin/"
    desk = client.post(asked.redirect_chain[-1][0], {"code": door.code_of(secret), "next": "/admin/"}, follow=True)

    assert desk.redirect_chain[-1][0] == "/admin/"
    assert desk.status_code == 200


def test_signing_out_by_a_link_needs_a_click() -> None:
    client = door.signed_in(door.organiser())

    assert client.get("/admin/logout/")["Location"] == "/accounts/logout/"
    assert client.get("/admin/").status_code == 200


def test_the_way_back_stays_on_this_site() -> None:
    client = door.signed_in(door.organiser())

    assert client.get("/admin/login/?next=https://evil.example/")["Location"] == "/admin/"


def test_who_is_no_organiser_gets_a_sentence() -> None:
    client = door.signed_in(door.organiser(staff=False, roles=()))

    assert client.get("/admin/", follow=True).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_factor_set_up_ends_the_sessions_from_before() -> None:
    user, boris = door.organiser(superuser=True), door.organiser("boris", superuser=True)
    before, elsewhere = door.signed_in(user, second_factor=False), door.signed_in(boris)
    here = door.signed_in(user, second_factor=False)
    secret = here.get("/accounts/2fa/totp/activate/").context["form"].secret

    here.post("/accounts/2fa/totp/activate/", {"code": door.code_of(secret)})

    assert here.get("/admin/").status_code == 200
    assert before.get("/accounts/2fa/webauthn/add/")["Location"].startswith("/accounts/login/")
    assert elsewhere.get("/admin/").status_code == 200


def test_a_lost_device_is_signed_out() -> None:
    user = door.organiser()
    thief = door.signed_in(user)

    second_factor.forget(user)

    assert thief.get("/admin/", follow=True).redirect_chain[-1][0] == "/accounts/login/?next=/admin/"


def test_a_session_ends_with_the_browser(client: Client) -> None:
    door.organiser()

    client.post("/accounts/login/", {"login": "anna", "password": door.PASSWORD, "remember": "on"})

    assert client.cookies["sessionid"]["max-age"] == ""


CLOSED = ["signup/", "email/", "confirm-email/", "confirm-email/x:y/", "password/reset/", "password/reset/done/",
          "password/reset/key/1-x/", "password/set/", "login/code/confirm/"]  # fmt: skip


@pytest.mark.parametrize("page", CLOSED)
def test_pages_without_use_are_closed(page: str) -> None:
    client = door.signed_in(door.organiser())

    assert client.get(f"/accounts/{page}").status_code == client.post(f"/accounts/{page}").status_code == 404


PAGES = [
    "login/",
    "logout/",
    "reauthenticate/",
    "password/change/",
    "2fa/",
    "2fa/totp/activate/",
    "2fa/webauthn/add/",
    "2fa/recovery-codes/generate/",
]


@pytest.mark.parametrize("page", PAGES)
def test_pages_of_the_door_hold_no_inline_script_or_style(page: str) -> None:
    client = Client() if "login" in page else door.signed_in(door.organiser())

    html = client.get(f"/accounts/{page}", follow=True).content.decode()

    scripts = re.findall(r"<script(?![^>]*(?:src=|application/json))", html)
    assert (scripts, re.findall(r"<style|\sstyle=|\son\w+=", html)) == ([], [])


def test_a_code_that_has_just_run_out_still_opens(client: Client) -> None:
    secret = door.app_for(door.organiser())
    client.post("/accounts/login/", {"login": "anna", "password": door.PASSWORD, "next": "/admin/"})

    desk = client.post("/accounts/2fa/authenticate/", {"code": door.code_of(secret, steps_ago=1)}, follow=True)

    assert desk.redirect_chain[-1][0] == "/admin/"


def test_an_older_code_does_not(client: Client) -> None:
    secret = door.app_for(door.organiser())
    client.post("/accounts/login/", {"login": "anna", "password": door.PASSWORD, "next": "/admin/"})

    refused = client.post("/accounts/2fa/authenticate/", {"code": door.code_of(secret, steps_ago=3)})

    assert refused.status_code == 200
    assert refused.context["form"].errors == {"code": ["Incorrect code."]}
