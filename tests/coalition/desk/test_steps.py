"""The next steps of a chamber: when each is done, and where it leads."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deputies.people.models import Chamber
from tests import build
from tests.coalition.accounts import door

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> Client:
    return door.signed_in(door.organiser("anna"))


def test_a_new_chamber_leads_to_its_next_steps(anna: Client) -> None:
    empty = {
        f"{inline}-{count}_FORMS": 0
        for inline in ("terms", "voting_rules", "districts")
        for count in ("TOTAL", "INITIAL")
    }
    given: dict[str, Any] = {"slug": "tver", "name_en": "Tver Council", "seats": 3, "timezone": "Europe/Moscow"}

    answer = anna.post(reverse("admin:people_chamber_add"), given | empty)

    assert answer["Location"] == reverse("admin:people_chamber_change", args=[Chamber.objects.get().pk])
