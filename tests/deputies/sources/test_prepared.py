"""Questions that are worded once and asked with other values."""

import pytest
from django.db.models import QuerySet

from deputies.people.models import Chamber, District, Person
from deputies.sources.prepared import among, prepared
from tests import build

pytestmark = pytest.mark.django_db


def test_a_question_is_worded_once_and_answered_with_the_values_of_each_call() -> None:
    worded = []

    @prepared
    def called(slug: str) -> QuerySet[Chamber]:
        worded.append(slug)
        return Chamber.objects.filter(slug=slug)

    one, other = build.chamber(slug="one"), build.chamber(slug="other")

    assert [called("one"), called("other"), called("it's"), called("one")] == [[one], [other], [], [one]]
    assert len(worded) == 1


def test_nothing_given_is_a_question_of_its_own() -> None:
    @prepared
    def numbered(chamber: Chamber, number: int | None) -> QuerySet[District]:
        districts = District.objects.filter(chamber=chamber).select_related("chamber").order_by("number")
        return districts if number is None else districts.filter(number=number)

    chamber = build.chamber()
    first, second = (chamber.districts.create(number=number) for number in (1, 2))

    assert numbered(chamber, None) == [first, second]
    assert numbered(chamber, 2) == [second]
    assert numbered(chamber, None)[0].chamber == chamber


def test_rows_are_among_a_list_which_may_be_empty() -> None:
    @prepared
    def named(slugs: list[str]) -> QuerySet[Person]:
        return Person.objects.filter(among("slug", slugs)).order_by("pk")

    chamber = build.chamber()
    people = [build.deputy(chamber, name) for name in ("Ada", "Bea", "Cyd")]

    assert named([people[0].slug, people[2].slug]) == [people[0], people[2]]
    assert named([]) == []


def test_an_answer_is_not_kept() -> None:
    @prepared
    def called(slug: str) -> QuerySet[Chamber]:
        return Chamber.objects.filter(slug=slug).prefetch_related("districts")

    chamber = build.chamber(slug="one")
    chamber.districts.create(number=1)
    before = called("one")[0]
    Chamber.objects.update(seats=77)
    chamber.districts.create(number=2)

    after = called("one")[0]

    assert (after.seats, len(after.districts.all()), len(before.districts.all())) == (77, 2, 1)
