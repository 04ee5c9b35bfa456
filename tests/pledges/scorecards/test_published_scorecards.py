"""Scorecards that others published, brought in and scored through the same commands as any platform."""

from decimal import Decimal
from pathlib import Path

import pytest

from pledges.platform.models import Platform
from tests import tidy
from tests.pledges.scorecards.twin import assert_twins_agree

pytestmark = pytest.mark.django_db

OTHER = {"pass": "fail", "fail": "pass"}
VOTE_COLUMNS = ["vote_id", "date", "title"]
LINK_COLUMNS = ["demand_id", "vote_id", "wants", "weight"]
DEMANDS = tidy.table(["demand_id", "chapter", "title"], [["d", "social", "What they ask"]])


def conservatives(source: Path, at: Path) -> Path:
    """The American Conservative Union's table of senators and marks as a tidy folder; "+" is as they ask."""
    senators = tidy.read(source / "rows.csv")
    votes = [column for column in senators[0] if column.removeprefix("v").isdigit()]
    options = {"+": "yes", "-": "no", "A": "absent"}
    return tidy.folder(
        at,
        members=tidy.table(["member_id", "name"], ([row["senator"], row["senator"]] for row in senators)),
        votes=tidy.table(VOTE_COLUMNS, ([vote, "", vote] for vote in votes)),
        ballots=tidy.table(
            ["vote_id", "member_id", "option", "option_raw"],
            ([vote, row["senator"], options[row[vote]], row[vote]] for row in senators for vote in votes if row[vote]),
        ),
        demands=DEMANDS,
        links=tidy.table(LINK_COLUMNS, (["d", vote, "pass", 1] for vote in votes)),
    )


def wanted(position: str, weight: Decimal) -> str:
    """The result that is asked; a negative weight swaps it."""
    wants = {"yes": "pass", "no": "fail"}[position]
    return wants if weight > 0 else OTHER[wants]


def climate(source: Path, at: Path) -> Path:
    """The climate votes of the European Parliament as a tidy folder; who was not a member has no ballot."""
    votes = tidy.read(source / "votes.csv")
    weights = {row["vote_id"]: Decimal(row["weight"]) * Decimal(row["topic_weight"]) for row in votes}
    members = tidy.read(source / "reference_scores.csv")
    return tidy.folder(
        at,
        members=tidy.table(["member_id", "name", "group"], ([m["member_id"], m["name"], m["group"]] for m in members)),
        votes=tidy.table(VOTE_COLUMNS, ([row["vote_id"], "", row["title"]] for row in votes)),
        ballots=tidy.table(
            ["vote_id", "member_id", "option", "option_raw"],
            (
                [row["vote_id"], row["member_id"], row["option"], row["mark"]]
                for row in tidy.read(source / "ballots.csv")
                if row["option"] != "not a member"
            ),
        ),
        demands=DEMANDS,
        links=tidy.table(
            LINK_COLUMNS,
            (
                ["d", row["vote_id"], wanted(row["pro_position"], weight), abs(weight)]
                for row in votes
                for weight in [weights[row["vote_id"]]]
            ),
        ),
    )


def percentages(folder: Path, profile: str) -> dict[str, str]:
    """The percentage of every member, brought in and counted by the commands."""
    tidy.run("import_people", folder, chamber="council")
    tidy.run("import_rollcalls", folder, "--publish", chamber="council")
    tidy.run("import_platform", folder, "--publish", chamber="council", platform="p", profile=profile)
    tidy.run("scores", platform="p", csv=folder / "scores.csv")
    assert_twins_agree(Platform.objects.get())
    rows = tidy.read(folder / "scores.csv")
    return {row["member_id"]: row["percent"] for row in rows if row["demand_id"] == "d"}


def test_ratings_of_the_american_conservative_union(tmp_path: Path) -> None:
    source = tidy.real("data", "scorecards", "acu-senate-2004-partial")
    published = {row["senator"]: row["published_2004"] for row in tidy.read(source / "rows.csv")}

    assert percentages(conservatives(source, tmp_path), "votes-cast") == published
    assert len(published) == 14


def test_verdicts_on_climate_votes_of_the_european_parliament(tmp_path: Path) -> None:
    source = tidy.real("data", "scorecards", "ep7-climate")
    published = {row["member_id"]: row["reference_score"] for row in tidy.read(source / "reference_scores.csv")}

    assert percentages(climate(source, tmp_path), "abstain-half") == published
    assert len(published) == 828


@pytest.mark.parametrize("swapped", [False, True])
def test_a_negative_weight_swaps_what_is_asked(swapped: bool, tmp_path: Path) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    position, weight = ("no", "-0.4") if swapped else ("yes", "0.4")
    (folder / "votes.csv").write_text(
        "vote_id,title,weight,topic_weight,pro_position\n"
        f"1,Forests,{weight},0.5,{position}\n2,Rivers,-1,0.3,yes\n3,Wind,1,0.5,yes\n"
    )
    (folder / "reference_scores.csv").write_text("member_id,name,group\na,Ann,\nb,Bob,\nc,Cee,\n")
    (folder / "ballots.csv").write_text(
        "vote_id,member_id,mark,option\n1,a,1,yes\n2,a,1,yes\n3,a,0,abstain\n"
        "1,b,1,yes\n2,b,-1,no\n3,b,X,absent\n1,c,,not a member\n2,c,X,absent\n3,c,X,absent\n"
    )

    # a: 0.2 of 0.2 for, 0 of 0.3, 0.25 of 0.5; b: 0.5 of 0.5; c: nothing
    assert percentages(climate(folder, tmp_path / "tidy"), "abstain-half") == {"a": "45", "b": "100", "c": ""}
