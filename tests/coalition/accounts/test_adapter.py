import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory

from coalition.accounts.adapter import ClosedDoor
from coalition.accounts.models import User
from tests.coalition.accounts import door

ADDRESS = "203.0.113.77"


def ip_of(address: str) -> str:
    return ClosedDoor().get_client_ip(RequestFactory().get("/", REMOTE_ADDR=address))


@pytest.mark.django_db
def test_failed_sign_ins_leave_no_address_in_the_cache(client: Client) -> None:
    cache.clear()
    door.organiser()

    for _ in range(3):
        client.post("/accounts/login/", {"login": "anna", "password": "wrong"}, REMOTE_ADDR=ADDRESS)

    raw = cache._cache.get_client()  # type: ignore[attr-defined]
    keys = [key.decode() for key in raw.keys("*")]
    assert any("login_failed" in key for key in keys)
    assert not any(ADDRESS in key or ADDRESS.encode() in (raw.get(key) or b"") for key in keys)


@pytest.mark.django_db
def test_a_guesser_is_stopped(client: Client) -> None:
    cache.clear()
    door.organiser()

    answers = [
        client.post("/accounts/login/", {"login": "anna", "password": f"guess {n}"}, REMOTE_ADDR=ADDRESS)
        for n in range(11)
    ]
    right = client.post("/accounts/login/", {"login": "anna", "password": door.PASSWORD}, REMOTE_ADDR=ADDRESS)

    assert b"Too many failed" in answers[-1].content
    assert right.status_code == 200
    cache.clear()


def test_addresses_are_told_apart_for_a_day_and_not_shown() -> None:
    assert ip_of(ADDRESS) == ip_of(ADDRESS)
    assert ip_of(ADDRESS) != ip_of("203.0.113.78")
    assert len(ip_of(ADDRESS)) == 64


def test_one_household_is_one_address() -> None:
    assert ip_of("2001:db8::1") == ip_of("2001:db8::2")
    assert ip_of("2001:db8::1") != ip_of("2001:db8:0:1::1")


@pytest.mark.django_db
def test_nobody_signs_up(client: Client) -> None:
    client.post("/accounts/signup/", {"username": "eve", "password1": door.PASSWORD, "password2": door.PASSWORD})

    assert not User.objects.exists()
