"""One truth on every surface: page, list, file, bundle and letter say the same of the same score."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from coalition.digests.actions import planning, sending
from coalition.digests.models import Delivery
from deputies.people.models import Person
from deputies.votes.enums import Position
from deputies.votes.models import RollCall
from pledges.platform.enums import Chapter
from pledges.platform.models import Platform
from pledges.scorecards import wording
from pledges.scorecards.bundles.actions import build_bundle
from pledges.scorecards.bundles.verify import check
from pledges.scorecards.labels import label
from pledges.scorecards.models import Score
from pledges.scorecards.profiles import DEFAULT
from tests import build, tidy
from tests.coalition.digests.build import TUESDAY, reader
from tests.coalition.digests.sink import Sink, part, running_sink

pytestmark = pytest.mark.django_db

CAST = [Position.FOR] * 6 + [Position.AGAINST, Position.ABSENT]  # 6 of 7: "almost always", 86 %


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with running_sink(settings) as taking:
        yield taking


def text_of(page: str) -> str:
    """What a reader sees, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def seen(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return text_of(response.content.decode())


@pytest.fixture
def deputy(sink: Sink) -> Person:
    """Vera, whom a reader follows, one vote before the letter."""
    chamber = build.chamber(slug="town", is_invented=True)
    vera = build.deputy(chamber, "Vera Example")
    platform = build.platform(chamber, demands=[Chapter.SOCIAL])
    for nth, position in enumerate(CAST[1:]):
        vote(platform, vera, position, nth)
    reader(sink, chamber, person=vera)
    vote(platform, vera, CAST[0], len(CAST))
    return vera


def vote(platform: Platform, vera: Person, position: Position, day: int) -> RollCall:
    call = build.vote(platform.coalition.chamber, {vera: position}, held_at=build.moment(10 + day))
    build.link(platform.demands.get(), call)
    return call


def test_page_list_file_bundle_and_letter_agree(client: Client, sink: Sink, deputy: Person, tmp_path: Path) -> None:
    platform = Platform.objects.get()
    score = Score.objects.get(person=deputy, chapter="social")
    counts, percent = "6 of 7", "86"
    words = str(wording.LABELS[label(score.tally, DEFAULT)])
    assert words == "almost always as it asks"

    bundle = build_bundle(at=TUESDAY)
    (tmp_path / "b.zip").write_bytes(bundle.archive)
    assert check(tmp_path / "b.zip").findings == []
    with zipfile.ZipFile(io.BytesIO(bundle.archive)) as archive:
        bundled = list(csv.DictReader(io.StringIO(archive.read("scores.csv").decode())))
    told = tidy.run("scores", platform=platform.slug, csv=tmp_path / "scores.csv")
    written = tidy.read(tmp_path / "scores.csv")
    for rows in (bundled, written):
        for scope in ("chapter:social", "d1", "platform"):
            (row,) = [row for row in rows if row["demand_id"] == scope]
            assert (row["score_numerator"], row["score_denominator"], row["percent"], row["label"]) == (
                "6", "7", percent, "almost-always",
            )  # fmt: skip

    pages = {
        name: seen(client, f"/en/town/{address}")
        for name, address in {
            "deputy": f"deputies/{deputy.slug}/",
            "day": f"deputies/{deputy.slug}/?on=2024-06-01",
            "evidence": f"deputies/{deputy.slug}/d1/",
            "list": "deputies/",
            "demand": "demands/d1/",
            "platform": "platform/",
            "votes": f"votes/{RollCall.objects.first().slug}/",  # type: ignore[union-attr]
        }.items()
    }
    for name in ("deputy", "evidence", "list", "demand"):
        assert counts in pages[name], name
    assert pages["deputy"].count(words) >= 2  # the chapter and, beneath, its row among the methods
    assert f"{percent}\N{NO-BREAK SPACE}%" in client.get(f"/en/town/deputies/{deputy.slug}/").text
    assert "6 of 7 counted votes" in pages["evidence"]
    for name, page in pages.items():
        assert bundle.ident[:12] in page, name
    assert bundle.ident[:12] in told

    for _ in planning.plan_digests(at=TUESDAY):
        pass
    sending.send_waiting(at=TUESDAY, among=Delivery.objects.all())
    letter = " ".join(part(sink.letters[-1], "plain").split())
    assert "Vera Example: 5 of 6 to 6 of 7 on social demands. Cause: change of the platform." in letter
    assert bundle.ident[:12] in letter


def test_nothing_counted_is_never_a_number_anywhere(client: Client, tmp_path: Path) -> None:
    chamber = build.chamber(slug="town", is_invented=True)
    absent, stranger = build.deputy(chamber, "Absent Example"), build.deputy(chamber, "Stranger Example")
    platform = build.platform(chamber, demands=[Chapter.SOCIAL])
    vote(platform, absent, Position.ABSENT, 1)
    bundle = build_bundle(at=TUESDAY)
    tidy.run("scores", platform=platform.slug, csv=tmp_path / "scores.csv")

    for row in tidy.read(tmp_path / "scores.csv"):
        assert (row["score_numerator"], row["score_denominator"], row["percent"]) == ("", "", "")
        assert row["label"] == "no-recorded-vote"
    with zipfile.ZipFile(io.BytesIO(bundle.archive)) as archive:
        bundled = list(csv.DictReader(io.StringIO(archive.read("scores.csv").decode())))
    assert {(row["percent"], row["label"]) for row in bundled} == {("", "no-recorded-vote")}
    for person in (absent, stranger):
        for address in (f"deputies/{person.slug}/", f"deputies/{person.slug}/d1/", "deputies/", "demands/d1/"):
            page, *_ = seen(client, f"/en/town/{address}").split("What if it were counted otherwise")
            assert "%" not in page, address
            assert " 0 of 0" not in page, address
