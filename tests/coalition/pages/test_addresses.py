"""The registry of readers' addresses covers every pattern, and each of its addresses is what it says."""

import pytest
from django.test import Client
from django.urls import resolve

from pledges.platform.enums import Chapter
from pledges.scorecards.bundles.reports import latest_bundle
from tests.coalition.pages.addresses import FILES, FURNISHED, PAGES, furnished, names, pages, slugs
from tests.coalition.pages.build import town

pytestmark = pytest.mark.django_db


def test_every_pattern_has_an_address() -> None:
    covered = {*PAGES, *FURNISHED, *FILES}

    assert names() - covered == set(), "give each of these a line in tests/coalition/pages/addresses.py"
    assert covered - names() == set()


def test_every_address_is_a_page_of_its_pattern_in_its_language(client: Client) -> None:
    built = furnished(town(3, chapters=tuple(Chapter)))

    for name, address in pages(built, is_furnished=True):
        answer = client.get(address)
        assert (resolve(address.partition("?")[0]).url_name, answer.status_code) == (name, 200), address
        assert f'<html lang="{address[1:3]}">' in answer.text, address


def test_every_file_is_there(client: Client) -> None:
    built = furnished(town(3))
    latest = latest_bundle()
    assert latest

    for name, files in FILES.items():
        for file in files:
            address = file.format(bundle=latest.number, **slugs(built))
            assert resolve(address).url_name == name, address
            assert client.get(address).status_code == (302 if name in ("front", "share_image") else 200), address
