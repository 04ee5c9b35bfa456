import csv
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import connection

from deputies.journal.actions import freeze, thaw
from deputies.people.models import Chamber
from deputies.votes.models import Ballot, RollCall, RollCallVersion
from pledges.platform.models import Platform
from pledges.scorecards.models import Score
from tests import build, tidy
from tests.coalition.accounts import door
from tests.pledges.scorecards.twin import assert_twins_agree, link_some

pytestmark = pytest.mark.django_db


def bring(folder: Path, *people: object, chamber: str = "council") -> str:
    """Import members and votes, published; what import_rollcalls says."""
    tidy.run("import_people", folder, *people, chamber=chamber)
    return tidy.run("import_rollcalls", folder, "--publish", chamber=chamber)


def nothing_changes(folder: Path, *, chamber: str = "council") -> None:
    before = tidy.rows_kept()
    assert tidy.run("import_people", folder, chamber=chamber).splitlines()[-1] == "Nothing changed."
    out = tidy.run("import_rollcalls", folder, "--publish", chamber=chamber)
    assert out.splitlines()[-1].endswith("Nothing changed.")
    assert tidy.rows_kept() == before


def test_the_three_commands_say_what_they_did(tmp_path: Path) -> None:
    folder = tidy.folder(tmp_path)

    assert tidy.run("import_people", folder, chamber="council").splitlines()[1:] == [
        'council: new chamber "council".',
        "council: 3 new members.",
        "council: 3 new mandates.",
    ]
    assert tidy.run("import_rollcalls", folder, chamber="council") == (
        "Votes: 3 new; 6 ballots read. 3 are drafts: publish them at the desk or with --publish.\n"
    )
    assert tidy.run("import_rollcalls", folder, "--publish", chamber="council") == (
        "Votes: 3 unchanged; 6 ballots read. 3 published.\n"
    )
    assert tidy.run("import_platform", folder, "--publish", chamber="council", platform="p").splitlines() == [
        "p: 2 new demands, in force from 2020-02-01.",
        "p: version 1 of the platform.",
        "p: 2 links new or changed.",
        "Published.",
    ]
    assert tidy.run("check_record") == (
        f"Sound: 2 stored documents, 3 published votes, 6 ballots, 2 published links, {Score.objects.count()} scores.\n"
    )


@pytest.mark.parametrize(
    ("command", "words", "message"),
    [
        ("import_people", {"chamber": "admin"}, "is the address of another page"),
        ("import_people", {"chamber": "council"}, r"^members\.csv: there is no such file in .*\. Put it there\.$"),
        ("import_rollcalls", {"chamber": "x"}, r'^There is no chamber "x" \(known: none yet\)\. Create it with'),
        ("import_platform", {"chamber": "x", "platform": "y"}, r'^There is no chamber "x"'),
    ],
)
def test_a_command_that_cannot_do_it_says_why(
    tmp_path: Path, command: str, words: dict[str, str], message: str
) -> None:
    folder = tidy.folder(tmp_path, members=tidy.MEMBERS if words["chamber"] == "admin" else "")

    with pytest.raises(CommandError, match=message):
        tidy.run(command, folder, **words)


def test_nothing_is_imported_as_published_while_the_chamber_is_frozen(tmp_path: Path) -> None:
    folder, anna = tidy.folder(tmp_path), door.organiser()
    tidy.run("import_people", folder, chamber="council")

    def refused(command: str, **words: str) -> None:
        stop = freeze(chamber="council", reason_ru="", reason_en="Election.", by=anna, at=build.AT)
        before = tidy.rows_kept()
        with pytest.raises(CommandError, match=r"^“council” is frozen since 2024-06-01") as caught:
            tidy.run(command, folder, "--publish", chamber="council", **words)
        assert (caught.value.returncode, tidy.rows_kept()) == (1, before)
        thaw(stop=stop, by=anna, at=build.LATER)

    refused("import_rollcalls")
    assert "3 published." in tidy.run("import_rollcalls", folder, "--publish", chamber="council")
    refused("import_platform", platform="p")


@pytest.mark.parametrize("words", [("--name", "x" * 201), ("--name", " ")])
def test_a_name_that_cannot_be_kept_is_refused(tmp_path: Path, words: tuple[str, str]) -> None:
    with pytest.raises(CommandError, match="a name has 1 to 200 characters"):
        tidy.run("import_people", tidy.folder(tmp_path), *words, chamber="council")


def test_a_platform_needs_an_address(tmp_path: Path) -> None:
    bring(tidy.folder(tmp_path))

    with pytest.raises(CommandError, match='Write it like "moya-platforma"'):
        tidy.run("import_platform", tmp_path, chamber="council", platform="Моя платформа")


def test_another_time_zone_recounts_what_lies_at_the_edge_of_a_day(tmp_path: Path) -> None:
    votes = tidy.VOTES.replace("2020-02-01", "2020-02-01 00:30")
    bring(tidy.folder(tmp_path, votes=votes))
    tidy.run("import_platform", tmp_path, "--publish", chamber="council", platform="p")
    assert Score.objects.exists()

    tidy.run("import_people", tmp_path, "--timezone=America/New_York", chamber="council")

    assert not Score.objects.exists()
    assert tidy.run("rescore", "--check") == "Every stored score equals a full count.\n"


def test_a_whole_import_is_refused_for_one_wrong_row(tmp_path: Path) -> None:
    tidy.run("import_people", tidy.folder(tmp_path), chamber="council")
    before = tidy.rows_kept()

    with pytest.raises(CommandError, match=r'^ballots\.csv, line 7: unknown option word "aye"\.'):
        bring(tidy.folder(tmp_path, ballots=tidy.BALLOTS.replace("c,not voting", "c,aye")))

    assert tidy.rows_kept() == before


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ("UPDATE sources_document SET content = 'x' WHERE content IS NOT NULL",
         "its bytes do not have its SHA-256"),
        ("UPDATE votes_ballot SET position = 'for' WHERE position = 'against'",
         "it was changed after it was published"),
        ("UPDATE votes_ballot SET position = 'for' WHERE position = 'against'",
         'Vote "v/1": total differs (option yes, official 2, counted 3).'),
        ("UPDATE votes_ballot SET position = 'for' WHERE position = 'against'",
         'Platform "p": 3 scores differ from a full recount. Run rescore.'),
        ("UPDATE people_mandate SET held = tstzrange('2021-01-01', NULL)",
         'Vote "v/1" of council: irina-galkina had no mandate there at that time.'),
        ("UPDATE votes_rollcallversion SET kind = 'totals-only'",
         'Vote "v/1": it is "totals only" and has ballots by name.'),
        ("UPDATE votes_rollcall SET published_id = NULL",
         'Link of demand "parks": the vote "v/1" is not published.'),
        ("UPDATE votes_rollcall SET published_id = NULL",
         'Vote "v3": its published version is hidden from readers.'),
        ("UPDATE votes_rollcallversion SET state = 'corrected' WHERE title_en = 'Budget'",
         'Vote "v#2": what readers see is not its published version.'),
    ],
)  # fmt: skip
def test_check_record_finds_what_the_database_cannot_refuse(tmp_path: Path, damage: str, message: str) -> None:
    bring(tidy.folder(tmp_path))
    tidy.run("import_platform", tmp_path, "--publish", chamber="council", platform="p")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL session_replication_role = replica")  # no triggers
        cursor.execute(damage)

    with pytest.raises(CommandError) as refusal:
        tidy.run("check_record")

    assert message in str(refusal.value)


# Real records


@pytest.mark.journey
def test_prague_2014_imports_whole_with_its_totals() -> None:
    folder = tidy.real("data", "rollcalls", "prague-2014")

    out = bring(folder, "--seats=65", "--threshold=members")

    assert (RollCall.objects.published().count(), Ballot.objects.count()) == (1825, 118_625)
    assert "lack another one, so it is taken as not stated: 38723." in out
    assert out.splitlines()[-1] == "Votes: 1825 new; 118625 ballots read. 1825 published."
    nothing_changes(folder)
    assert_twins_agree(link_some(Chamber.objects.get()))


def test_the_us_senate_imports_whole_with_its_totals() -> None:
    folder = tidy.real("data", "rollcalls", "us-senate-109")

    out = bring(folder, "--seats=100")

    assert (RollCall.objects.published().count(), Ballot.objects.count()) == (645, 64_500)
    assert out.startswith("Note: 37 results do not follow from the chamber's threshold")
    nothing_changes(folder)
    assert_twins_agree(link_some(Chamber.objects.get()))


@pytest.mark.journey
def test_prague_2022_imports_whole_with_its_factions() -> None:
    folder = tidy.real("data", "rollcalls", "prague-2022")

    bring(folder, "--seats=65", "--threshold=members")

    kinds = RollCallVersion.objects.values_list("kind", flat=True)
    assert [sorted(kinds).count(kind) for kind in ("by-name", "totals-only")] == [993, 168]
    assert Ballot.objects.filter(faction__name_en="SPOLU").count() == 18_066
    nothing_changes(folder)
    assert_twins_agree(link_some(Chamber.objects.get()))


@pytest.mark.journey
def test_new_york_imports_with_its_dated_mandates() -> None:
    folder = tidy.real("data", "rollcalls", "nyc-2018-2021")

    bring(folder, "--name=City Council", "--timezone=America/New_York")

    assert (Chamber.objects.get().seats, Ballot.objects.count()) == (51, 36_057)
    nothing_changes(folder)
    assert_twins_agree(link_some(Chamber.objects.get()))


def scores(profile: str, to: Path) -> list[dict[str, str]]:
    tidy.run("scores", platform="p", profile=profile, csv=to)
    with to.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    "name", ["ma-house-2017", "ma-house-2019", "ma-senate-2017", "ma-senate-2021", "ma-senate-2025"]
)
def test_published_percentages_are_reproduced(name: str, tmp_path: Path) -> None:
    source = tidy.real("data", "scorecards", name)
    folder = tidy.scorecard(source, tmp_path / "tidy")

    bring(folder)
    tidy.run("import_platform", folder, "--publish", chamber="council", platform="p")

    ours = {
        row["member_id"]: row["percent"]
        for row in scores("absence-against", tmp_path / "scores.csv")
        if row["demand_id"] == "d"
    }
    published = {row["member_id"]: row["published_score"] for row in tidy.read(source / "published_scores.csv")}
    assert ours == published
    assert_twins_agree(Platform.objects.get())


@pytest.mark.parametrize(("votes", "demands", "links"), [(300, 8, 40), (60, 12, 20)])  # the second: most votes conflict
def test_an_invented_legislature_is_counted_as_its_oracle_does(
    tmp_path: Path, votes: int, demands: int, links: int
) -> None:
    program = tidy.real("bench", "make_legislature.py")
    size = ["--members=45", f"--votes={votes}", f"--demands={demands}", f"--links={links}"]
    subprocess.run([sys.executable, str(program), str(tmp_path / "tidy"), *size], check=True, stdout=subprocess.DEVNULL)

    bring(tmp_path / "tidy", "--threshold=voting")
    tidy.run("import_platform", tmp_path / "tidy", "--publish", chamber="council", platform="p")

    columns = {"with": "with", "against": "against", "abstain": "neutral", "absent": "missed"}
    ours = {
        (row["member_id"], row["demand_id"]): {oracle: row[column] for oracle, column in columns.items()}
        for row in scores("votes-cast", tmp_path / "scores.csv")
    }
    expected = {
        (row.pop("member_id"), row.pop("demand_id")): row for row in tidy.read(tmp_path / "tidy" / "expected.csv")
    }
    assert len(expected) == 45 * (demands + 3)
    assert {key: ours[key] for key in expected} == expected
    assert_twins_agree(Platform.objects.get())
