"""The page where readers download what the scores rest on, and the id in the foot of each page."""

import io
import zipfile
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from pledges.scorecards.bundles import verify
from pledges.scorecards.bundles.actions import build_bundle
from pledges.scorecards.models import Bundle
from tests import build
from tests.coalition.pages.build import Town, town
from tests.pledges.scorecards.bundles.handmade import unpacked

pytestmark = pytest.mark.django_db


def chain(bundles: int) -> tuple[Town, list[Bundle]]:
    """A town with so many bundles, each after another vote."""
    built = town(1, votes=1)
    made = []
    for _ in range(bundles):
        build.vote(built.chamber, {})
        made.append(build_bundle(at=build.LATER))
    return built, made


def test_a_bundle_is_downloaded_as_it_was_built(client: Client, tmp_path: Path) -> None:
    _, (bundle,) = chain(1)

    response = client.get("/en/data/bundle-1.zip")

    assert response.content == bytes(bundle.archive)
    kept = ("Content-Type", "Content-Disposition", "Cache-Control", "X-Robots-Tag")
    assert [response.headers[name] for name in kept] == [
        "application/zip",
        'attachment; filename="bundle-1.zip"',
        "public, max-age=31536000, immutable",
        "noindex",
    ]
    again = client.get("/en/data/bundle-1.zip", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
    (tmp_path / "downloaded.zip").write_bytes(response.content)
    assert verify.check(tmp_path / "downloaded.zip", bundle.ident).findings == []
    assert zipfile.ZipFile(io.BytesIO(response.content)).namelist() == list(unpacked(response.content))


def test_a_bundle_that_is_not_there_is_not_found(client: Client) -> None:
    assert [client.get(f"/ru/data/bundle-{name}.zip").status_code for name in ("1", "x", "-1")] == [404, 404, 404]


def test_without_a_bundle_the_page_says_when_there_will_be_one(client: Client) -> None:
    page = client.get("/en/data/")

    assert page.status_code == 200
    assert "There is no bundle yet: the first is written a minute after the first platform is published." in page.text
    assert "being added" not in page.text


@pytest.mark.parametrize("bundles", [1, 3, 45])
def test_the_page_lists_the_chain(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, bundles: int
) -> None:
    _, made = chain(bundles)

    with django_assert_max_num_queries(12):
        page = client.get("/en/data/")

    assert [page.text.count(bundle.ident) for bundle in made] == [2] * (bundles - 1) + [1]
    assert page.text.count('href="/en/data/bundle-') == bundles
    assert "The latest change is not in a bundle yet" not in page.text
    assert len(page.content) <= 120_000


def test_a_long_chain_says_where_the_earlier_ones_are(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coalition.pages.data.MOST_LISTED", 2)
    chain(3)

    page = client.get("/en/data/").text

    assert page.count('href="/en/data/bundle-') == 2
    assert "1 earlier bundle is not listed here" in page


def test_every_page_of_a_chamber_names_the_bundle_of_its_scores(client: Client) -> None:
    built, (bundle,) = chain(1)
    pages = ["", "deputies/", f"deputies/{built.people[0].slug}/", "platform/", "votes/"]

    for rest in pages:
        assert (
            f'<a href="/en/data/">bundle 1</a>, id <code>{bundle.ident[:12]}</code>.'
            in client.get(built.address(rest)).text
        )
    build.vote(built.chamber, {})
    for rest in pages:
        page = client.get(built.address(rest)).text
        assert f"<code>{bundle.ident[:12]}</code>; the latest change is being added." in page
    assert "The latest change is not in a bundle yet; it is being added." in client.get("/en/data/").text


def test_a_page_changes_its_validator_with_the_bundle(client: Client) -> None:
    built, _ = chain(1)
    before = client.get(built.address()).headers["ETag"]
    build.vote(built.chamber, {})
    build_bundle(at=build.LATER)

    assert client.get(built.address(), headers={"If-None-Match": before}).status_code == 200
