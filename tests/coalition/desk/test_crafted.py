"""Addresses and forms that no page of ours sends: refused or read as empty, never a failure."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import build
from tests.coalition.accounts import door

pytestmark = pytest.mark.django_db
NO_ROWS = ["abc", "²", "-1", "1.5", "9" * 30]


@pytest.fixture
def root() -> Client:
    client = door.signed_in(door.organiser("root", superuser=True))
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("named", NO_ROWS)
@pytest.mark.parametrize(
    ("page", "field"),
    [
        ("people_mandate", "person"),
        ("people_faction", "chamber"),
        ("platform_platform", "coalition"),
        ("platform_platformversion", "platform"),
        ("scorecards_link", "roll_call"),
        ("tracker_signature", "demand"),
        ("votes_rollcall", "chamber"),
    ],
)
def test_a_form_asked_for_with_a_row_that_is_none_is_empty(root: Client, page: str, field: str, named: str) -> None:
    url = reverse(f"admin:{page}_add")

    assert root.get(url, {field: named}).status_code == 200
    assert root.post(url, {field: named}).status_code in (200, 400)


@pytest.mark.parametrize("named", NO_ROWS)
@pytest.mark.parametrize(
    ("page", "action"), [("scorecards_link", "publish_chosen"), ("accounts_user", "forget_second_factor")]
)
def test_an_action_on_a_row_that_is_none_is_refused(root: Client, page: str, action: str, named: str) -> None:
    given = {"action": action, "_selected_action": [named], "index": 0}

    assert root.post(reverse(f"admin:{page}_changelist"), given).status_code == 400


@pytest.mark.parametrize("named", NO_ROWS)
def test_a_page_of_links_that_are_none_shows_nothing(root: Client, named: str) -> None:
    build.chamber()

    for page in ("propose", "approve"):
        assert root.get(reverse(f"admin:scorecards_link_{page}"), {"links": named}).status_code == 200
