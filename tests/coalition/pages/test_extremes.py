"""A hundred deputies, endless titles, names from right to left, one vote, nothing at all: pages bear them."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from deputies.people.models import Chamber
from tests import extremes
from tests.coalition.pages.test_budgets import MOST_HTML, MOST_QUERIES

pytestmark = pytest.mark.django_db
EXPECTED = {"x-vote-withdrawn": 410, "x-missing-near": 404}


def test_every_extreme_page_is_there_and_keeps_to_the_budgets(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    assert (extremes.load(), extremes.load()) == (True, False)

    sizes = {}
    for name, path in extremes.PAGES.items():
        for lang in ("ru", "en"):
            with django_assert_max_num_queries(MOST_QUERIES, info=path):
                answer = client.get(f"/{lang}/{path}")
            assert answer.status_code == EXPECTED.get(name, 200), path
            sizes[f"{lang} {name}"] = len(answer.content)

    assert {page: size for page, size in sizes.items() if size > MOST_HTML} == {}
    invented = Chamber.objects.filter(slug__in=(extremes.CROWD, extremes.SINGLE, extremes.EMPTY), is_invented=True)
    assert (invented.count(), len(extremes.DEMAND)) == (3, 200)
