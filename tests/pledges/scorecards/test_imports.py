import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from deputies.people.models import Chamber
from deputies.sources.tables import BadFile, BadFiles
from pledges.platform.models import Demand, DemandText, Platform, PlatformVersion
from pledges.scorecards.imports import ImportedPlatform, Intent, OtherChamber, import_platform
from pledges.scorecards.links.actions import Voice, veto_link
from pledges.scorecards.models import Link
from pledges.scorecards.profiles import PROFILES
from tests import build, tidy
from tests.coalition.accounts import door

pytestmark = pytest.mark.django_db

TODAY = dt.date(2024, 6, 1)


@pytest.fixture
def council(tmp_path: Path) -> Chamber:
    folder = tidy.folder(tmp_path)
    tidy.run("import_people", folder, chamber="council")
    tidy.run("import_rollcalls", folder, "--publish", chamber="council")
    return Chamber.objects.get()


def bring(folder: Path, *, publish: bool = False, chamber: str = "council", **intent: Any) -> ImportedPlatform:
    return import_platform(
        folder=folder,
        chamber=Chamber.objects.get(slug=chamber),
        intent=Intent("parks-first", **intent),
        today=TODAY,
        published_votes_only=publish,
    )


def publish(folder: Path) -> str:
    return tidy.run("import_platform", folder, "--publish", chamber="council", platform="parks-first")


def links() -> list[tuple[str, str, int, str, str, int]]:
    rows = Link.objects.order_by("roll_call__vote_id", "version")
    return list(rows.values_list("demand__demand_id", "roll_call__vote_id", "version", "state", "wants", "weight"))


def test_a_folder_becomes_a_draft(council: Chamber, tmp_path: Path) -> None:
    outcome = bring(tmp_path, coalition="Союз", profile=PROFILES["absence-against"])

    platform = Platform.objects.get()
    version = platform.versions.get()
    assert (platform.coalition.name_ru, platform.coalition.slug) == ("Союз", "soyuz")
    assert (version.state, version.profile, version.title_ru) == ("draft", "absence-against", "Союз")
    assert list(
        DemandText.objects.order_by("order").values_list("demand__slug", "title_ru", "title_en", "text_en")
    ) == [
        ("parks", "", "Keep the parks", "No felling."),
        ("speech", "Свобода", "", ""),
    ]
    assert set(Demand.objects.values_list("chapter", "in_force_from")) == {
        ("social", dt.date(2020, 2, 1)),
        ("democratic", dt.date(2020, 2, 1)),
    }
    assert links() == [("speech", "v#2", 1, "draft", "fail", 1000), ("parks", "v/1", 1, "draft", "pass", 1500)]
    assert (outcome.version, len(outcome.links), outcome.retire) == (version, 2, [])


def test_the_caller_can_say_since_when_demands_are_in_force(council: Chamber, tmp_path: Path) -> None:
    bring(tmp_path, in_force_from=dt.date(2019, 9, 8))

    assert set(Demand.objects.values_list("in_force_from", flat=True)) == {dt.date(2019, 9, 8)}


def test_without_a_dated_vote_demands_are_in_force_from_today(council: Chamber, tmp_path: Path) -> None:
    bring(tidy.folder(tmp_path, links="demand_id,vote_id,wants\nparks,v3,pass\n"))

    assert set(Demand.objects.values_list("in_force_from", flat=True)) == {TODAY}


def test_again_changes_nothing(council: Chamber, tmp_path: Path) -> None:
    first = bring(tmp_path)
    before = tidy.rows_kept()

    outcome = bring(tmp_path)

    assert (outcome.done, outcome.version, outcome.links) == ([], first.version, first.links)
    assert tidy.rows_kept() == before


def test_published_again_changes_nothing(council: Chamber, tmp_path: Path) -> None:
    assert publish(tmp_path).splitlines()[-1] == "Published."
    before = tidy.rows_kept()

    assert publish(tmp_path) == "Nothing changed.\n"
    assert tidy.rows_kept() == before


def test_drafts_can_be_published_later(council: Chamber, tmp_path: Path) -> None:
    bring(tmp_path)

    assert publish(tmp_path) == "Published.\n"
    assert {state for _, _, _, state, _, _ in links()} == {"published"}


def test_a_draft_is_replaced(council: Chamber, tmp_path: Path) -> None:
    bring(tmp_path)

    outcome = bring(
        tidy.folder(
            tmp_path,
            demands=tidy.DEMANDS.replace("Keep the parks", "Parks").replace("social", "democratic"),
            links=tidy.LINKS.replace("speech,v#2,fail,1", "speech,v#2,pass,2").replace(
                "parks,v/1,pass,1.5,scoring,It keeps a park\n", ""
            ),
        )
    )

    assert outcome.done == [
        'demand "parks" moved to "democratic"',
        "the draft of version 1 replaced",
        "1 links new or changed",
        "1 links no longer in links.csv: parks to v/1",
    ]
    assert links() == [("speech", "v#2", 1, "draft", "pass", 2000)]
    assert DemandText.objects.get(demand__demand_id="parks").title_en == "Parks"


def test_what_is_published_gets_another_version(council: Chamber, tmp_path: Path) -> None:
    publish(tmp_path)

    out = publish(
        tidy.folder(
            tmp_path,
            demands=tidy.DEMANDS.replace("Keep the parks", "Parks"),
            links="demand_id,vote_id,wants,weight,role,reasoning\nparks,v/1,pass,2,scoring,It keeps a park\n",
        )
    )

    assert out.splitlines() == [
        "parks-first: version 2 of the platform.",
        "parks-first: 1 links new or changed.",
        "parks-first: 1 links no longer in links.csv: speech to v#2.",
        "Published.",
    ]
    assert links() == [
        ("speech", "v#2", 1, "retired", "fail", 1000),
        ("parks", "v/1", 1, "retired", "pass", 1500),
        ("parks", "v/1", 2, "published", "pass", 2000),
    ]
    assert list(PlatformVersion.objects.order_by("number").values_list("state", flat=True)) == ["replaced", "published"]


def test_a_link_that_comes_back_is_a_new_version(council: Chamber, tmp_path: Path) -> None:
    publish(tmp_path)
    publish(tidy.folder(tmp_path, links="demand_id,vote_id,wants\nspeech,v#2,fail\n"))

    publish(tidy.folder(tmp_path))

    assert [link for link in links() if link[0] == "parks"] == [
        ("parks", "v/1", 1, "retired", "pass", 1500),
        ("parks", "v/1", 2, "published", "pass", 1500),
    ]


def test_another_method_is_another_version(council: Chamber, tmp_path: Path) -> None:
    publish(tmp_path)

    outcome = bring(tmp_path, profile=PROFILES["half-credit"])

    assert outcome.version is not None
    assert (outcome.version.number, outcome.version.profile, outcome.version.texts.count()) == (2, "half-credit", 2)


def test_a_platform_stays_in_its_chamber(council: Chamber, tmp_path: Path) -> None:
    bring(tmp_path)
    tidy.run("import_people", tmp_path, chamber="senate")
    tidy.run("import_rollcalls", tmp_path, chamber="senate")

    with pytest.raises(OtherChamber, match='The platform "parks-first" is of "council"'):
        bring(tmp_path, chamber="senate")


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("demands", "social", "economic", 'demands.csv, line 2: unknown word "economic" in "chapter". '
         "Write one of: democratic, social, red-line."),
        ("demands", "Свобода", "", 'demands.csv, line 3: the title is empty. Fill it in.'),
        ("demands", "speech,", "parks,", 'demands.csv, line 3: demand_id "parks" is there twice. '
         "Give every demand its own id."),
        ("demands", "speech,", "platform,", 'demands.csv, line 3: demand_id "platform" is what files of scores call '
         "a chapter or the platform. Give the demand another id."),
        ("demands", "parks,", "chapter:social,", 'demands.csv, line 2: demand_id "chapter:social" is what files of '
         "scores call a chapter or the platform. Give the demand another id."),
        ("links", "parks,", "park,", 'links.csv, line 2: unknown demand "park". '
         "Add it to demands.csv, or correct the demand_id."),
        ("links", "v/1", "v/2", 'links.csv, line 2: unknown vote "v/2". '
         "Import it with import_rollcalls first, or correct the vote_id."),
        ("links", "pass", "yes", 'links.csv, line 2: unknown word "yes" in "wants". Write one of: pass, fail.'),
        ("links", "scoring", "score", 'links.csv, line 2: unknown word "score" in "role". '
         "Write one of: scoring, informative."),
        ("links", "1.5", "-1.5", 'links.csv, line 2: the weight "-1.5" is negative. '
         "Write it without the minus and swap pass and fail in wants."),
        ("links", "1.5", "0", 'links.csv, line 2: the weight "0" is not a positive decimal. '
         "Write one like 1 or 0.125, at most 3 decimals."),
        ("links", "1.5", "0.1234", 'links.csv, line 2: the weight "0.1234" is not a positive decimal. '
         "Write one like 1 or 0.125, at most 3 decimals."),
        ("links", "speech,v#2", "parks,v/1", 'links.csv, line 3: "v/1" is linked to "parks" twice. '
         "Remove one of the two rows."),
    ],
)  # fmt: skip
def test_a_bad_row_stops_everything(
    council: Chamber, tmp_path: Path, file: str, old: str, new: str, message: str
) -> None:
    texts = {"demands": tidy.DEMANDS, "links": tidy.LINKS}
    texts[file] = texts[file].replace(old, new, 1)
    before = tidy.rows_kept()

    with pytest.raises((BadFile, BadFiles)) as refusal:
        bring(tidy.folder(tmp_path, **texts))

    assert str(refusal.value).splitlines()[0] == message
    assert tidy.rows_kept() == before


def test_a_published_demand_keeps_its_chapter(council: Chamber, tmp_path: Path) -> None:
    publish(tmp_path)

    with pytest.raises(BadFile, match='line 2: the demand "parks" is published in the chapter "social"'):
        bring(tidy.folder(tmp_path, demands=tidy.DEMANDS.replace("social", "democratic")))


def test_only_published_votes_can_be_linked_for_readers(tmp_path: Path) -> None:
    folder = tidy.folder(tmp_path)
    tidy.run("import_people", folder, chamber="council")
    tidy.run("import_rollcalls", folder, chamber="council")

    with pytest.raises(BadFiles, match='line 2: the vote "v/1" is not published'):
        bring(folder, publish=True)


def test_an_import_leaves_links_that_organisers_propose_or_dispute(council: Chamber, tmp_path: Path) -> None:
    publish(tmp_path)
    link = Link.objects.get(demand__demand_id="parks")
    organisation = build.organisation(link.demand.platform, "Left")
    clara = door.organiser("clara", of=organisation)
    veto_link(link=link, voice=Voice(clara, "left", "", "Left"), reason_ru="", reason_en="Too weak.", at=build.LATER)
    file = tmp_path / "links.csv"
    file.write_text(file.read_text().replace("1.5", "2"))

    told = publish(tmp_path)

    assert "1 links left as the organisers have them" in told
    assert [row[3:] for row in links()] == [("published", "fail", 1000), ("vetoed", "pass", 1500)]
