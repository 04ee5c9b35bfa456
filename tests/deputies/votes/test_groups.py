from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deputies.people.models import Faction, Identifier
from deputies.sources.enums import Basis
from deputies.votes.enums import Kind, Position
from tests import build, tidy

pytestmark = pytest.mark.django_db

COUNTS = ["attended", "possible", "with_gov", "gov_possible", "rebelling", "group_votes"]
SHARES = ["attendance_pct", "coalition_loyalty_pct", "rebellion_pct"]


def council(slug: str = "council") -> None:
    """Two published votes by name, in the first of which Cee was worked out; one of totals only; and a draft."""
    chamber = build.chamber(slug=slug)
    ann, bob = build.deputy(chamber, "Ann", group="Red"), build.deputy(chamber, "Bob", group="Red")
    cee = build.deputy(chamber, "Cee", group="Greens")
    for value, person in zip("abc", (ann, bob, cee), strict=True):
        Identifier.objects.create(scheme=slug, value=value, person=person)
    first = build.draft(chamber, {ann: Position.FOR, bob: Position.AGAINST})
    build.ballot(first, cee, Position.FOR, basis=Basis.INFERRED.value, note_en="From the totals.")
    second = build.draft(
        chamber, {ann: Position.FOR, bob: Position.ABSENT, cee: Position.AGAINST}, held_at=build.moment(20)
    )
    build.publish(first, second)
    build.vote(chamber, {}, kind=Kind.TOTALS_ONLY.value)
    build.draft(chamber, {ann: Position.AGAINST})


def written(path: Path, chamber: str, coalition: str) -> list[dict[str, str]]:
    tidy.run("groups", chamber=chamber, coalition=coalition, csv=path)
    return tidy.read(path)


def test_counts_of_published_votes_by_name(tmp_path: Path) -> None:
    council()

    rows = written(tmp_path / "groups.csv", "council", "red")

    assert [(row["member_id"], row["group"]) for row in rows] == [("a", "Red"), ("b", "Red"), ("c", "Greens")]
    assert [[row[name] for name in COUNTS] for row in rows] == [
        ["2", "2", "1", "1", "0", "1"],
        ["1", "2", "0", "0", "0", "1"],
        ["1", "1", "0", "1", "0", "1"],
    ]
    assert [[row[name] for name in SHARES] for row in rows] == [
        ["100", "100.0", "0.00"],
        ["50", "", "0.00"],
        ["100", "0.0", "0.00"],
    ]


def test_without_a_file_it_is_a_table_to_read() -> None:
    council()

    assert tidy.run("groups", chamber="council", coalition="RED, greens").splitlines() == [
        "Coalition: Red, Greens",
        "Member  Group   Took part       With the coalition  Against own group",
        "Ann     Red     2 of 2 (100 %)  no such vote        0 of 1 (0 %)",
        "Bob     Red     1 of 2 (50 %)   no such vote        0 of 1 (0 %)",
        "Cee     Greens  1 of 1 (100 %)  no such vote        0 of 1 (0 %)",
        "",
        "How alike groups voted, over votes of at least 6 members",
        "Group   Votes  Agreement Index  Rice",
        "Greens  0      too few          too few",
        "Red     0      too few          too few",
    ]


def test_a_group_is_found_by_its_name_in_either_language_without_its_quotation_marks() -> None:
    council()
    Faction.objects.filter(name_en="Red").update(name_ru="«Красная площадь»")

    for words in ("Красная площадь", "«красная  площадь»", '"Red"'):
        assert tidy.run("groups", chamber="council", coalition=words).splitlines()[0] == "Coalition: Red"


def test_groups_of_six_show_how_alike_they_voted() -> None:
    chamber = build.chamber(slug="council")
    reds = [build.deputy(chamber, group="Red") for _ in range(8)]
    camps = [Position.FOR] * 4 + [Position.AGAINST] * 2 + [Position.ABSTAIN] * 2
    build.vote(chamber, dict(zip(reds, camps, strict=True)))
    build.vote(chamber, dict.fromkeys(reds, Position.FOR))

    *_, line = tidy.run("groups", chamber="council", coalition="Red").splitlines()

    assert line.split() == ["Red", "2", "0.625", "0.667"]  # the mean of 1/4 and 1, and of 1/3 and 1


def test_it_says_what_is_wrong(tmp_path: Path) -> None:
    council()
    empty = build.chamber(slug="empty")
    build.faction(empty, "Red")

    wrong: list[tuple[dict[str, Any], str]] = [
        ({"chamber": "nowhere", "coalition": "Red"}, r'no chamber "nowhere" \(known: council, empty\)'),
        ({"chamber": "council", "coalition": "Red,Blue Sky"}, r'is called "Blue Sky" \(known: Greens, Red\)'),
        ({"chamber": "council", "coalition": " , "}, r"\(known: Greens, Red\)"),
        ({"chamber": "empty", "coalition": "Red"}, "no published roll call by name. Publish some"),
        ({"chamber": "council", "coalition": "Red", "csv": tmp_path}, "Name a file in a folder you can write to"),
    ]
    for words, message in wrong:
        with pytest.raises(CommandError, match=message):
            tidy.run("groups", **words)


def test_the_published_figures_of_prague_are_reproduced(tmp_path: Path) -> None:
    folder = tidy.real("data", "rollcalls", "prague-2022")
    published = tidy.read(tidy.real("data", "scorecards", "prague-2022") / "published_metrics.csv")
    tidy.run("import_people", folder, chamber="prague")
    tidy.run("import_rollcalls", folder, "--publish", chamber="prague")

    with CaptureQueriesContext(connection) as queries:
        rows = {row["member_id"]: row for row in written(tmp_path / "groups.csv", "prague", "Piráti,STAN")}

    assert len(queries) <= 6
    assert set(rows) == {row["member_id"] for row in published}
    for row in published:
        own = rows[row["member_id"]]
        assert own["group"] == row["group"]
        assert {name: float(own[name]) for name in COUNTS + SHARES} == {
            name: float(row[name]) for name in COUNTS + SHARES
        }


def test_excuses_in_new_york_are_in_no_denominator(tmp_path: Path) -> None:
    folder = tidy.real("data", "rollcalls", "nyc-2018-2021")
    tidy.run("import_people", folder, chamber="nyc")
    tidy.run("import_rollcalls", folder, "--publish", chamber="nyc")
    ballots = tidy.read(folder / "ballots.csv")

    rows = {row["member_id"]: row for row in written(tmp_path / "groups.csv", "nyc", "Democratic")}

    outside = {"excused", "suspended", "recused", "presiding", "paired yes", "paired no", "secret", "data missing"}
    possible = dict.fromkeys((ballot["member_id"] for ballot in ballots), 0)
    for ballot in ballots:
        possible[ballot["member_id"]] += ballot["option"] not in outside
    assert {member: int(row["possible"]) for member, row in rows.items()} == possible
    assert sum(possible.values()) < len(ballots)
