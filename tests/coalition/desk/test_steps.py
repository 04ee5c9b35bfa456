"""The next steps of a chamber: when each is done, and where it leads."""

from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.urls import reverse

from coalition.desk.overview import Step, chambers_counted, steps_of
from deputies.people.models import Chamber
from pledges.platform.models import Coalition, CoalitionMembership, Platform, PlatformVersion
from tests import build
from tests.coalition.accounts import door

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> Client:
    return door.signed_in(door.organiser("anna"))


def step(house: Chamber, words: str) -> Step:
    return next(one for one in steps_of(chambers_counted().get(pk=house.pk)) if words in one.words)


def test_a_new_chamber_leads_to_its_next_steps(anna: Client) -> None:
    empty = {
        f"{inline}-{count}_FORMS": 0
        for inline in ("terms", "voting_rules", "districts")
        for count in ("TOTAL", "INITIAL")
    }
    given: dict[str, Any] = {"slug": "tver", "name_en": "Tver Council", "seats": 3, "timezone": "Europe/Moscow"}

    answer = anna.post(reverse("admin:people_chamber_add"), given | empty)

    assert answer["Location"] == reverse("admin:people_chamber_change", args=[Chamber.objects.get().pk])


def test_a_coalition_is_there_with_its_first_member() -> None:
    house = build.chamber()
    assert step(house, "coalition").url == f"{reverse('admin:platform_coalition_add')}?chamber={house.pk}"

    coalition = Coalition.objects.create(chamber=house, slug="together", name_en="Together")
    page = reverse("admin:platform_coalition_change", args=[coalition.pk])
    assert step(house, "coalition") == Step("Add the coalition and its members", f"{page}#memberships-group", False)

    CoalitionMembership.objects.create(
        coalition=coalition, person=build.deputy(house), held=DateTimeTZRange(build.START, None)
    )
    assert step(house, "coalition").is_done


def test_the_platform_step_opens_what_is_there(anna: Client) -> None:
    house = build.chamber()
    assert step(house, "platform").url == reverse("admin:platform_platform_add") + "?"

    coalition = Coalition.objects.create(chamber=house, slug="together", name_en="Together")
    add = step(house, "platform").url
    assert anna.get(add).context["adminform"].form.initial["coalition"] == str(coalition.pk)

    platform = Platform.objects.create(coalition=coalition, slug="mandate")
    assert step(house, "platform").url == reverse("admin:platform_platform_change", args=[platform.pk])

    version = PlatformVersion.objects.create(platform=platform, title_en="Mandate")
    page = reverse("admin:platform_platformversion_change", args=[version.pk])
    assert step(house, "platform") == Step(step(house, "platform").words, page, False)


def test_the_steps_of_many_chambers_take_one_query(django_assert_num_queries: Any) -> None:
    for _ in range(3):
        build.platform(build.chamber())

    with django_assert_num_queries(1):
        assert [step.is_done for chamber in chambers_counted() for step in steps_of(chamber)].count(True) == 9
