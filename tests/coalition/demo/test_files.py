"""The handwritten files: complete in both languages, consistent, and nobody invented is named like anyone real."""

import pytest

from coalition.demo.files import Row, table, tree
from coalition.demo.story import Story
from deputies.sources.enums import Basis
from deputies.votes.enums import Position
from pledges.tracker.enums import Stance, Status
from tests.tidy import read, real

MOSCOW = ("ballots", "coalition", "deputies", "factions", "group_statements", "votes")
ZARECHNY = ("decisions", "demands", "demands_2", "links", "members", "pledges", "statuses", "votes")


def rows(name: str) -> list[Row]:
    return table(name)


def test_every_statement_of_a_group_is_one_of_the_sourced_data_and_names_no_signatory() -> None:
    sourced = read(real("data", "moscow-2019") / "demands_and_joint_statements.csv")
    addresses = {row["source_url"]: row["date"] for row in sourced if row["source_url"] != "seed"}
    told = rows("moscow/group_statements")
    known = {row["name_en"] for row in rows("moscow/deputies")}

    assert len(told) == len(addresses_of(sourced)) == 6
    for row in told:
        cells = {cell.strip() for cell in row["source_url"].split("|")}
        of = {cell.strip() for address in addresses for cell in address.split("|")}
        assert cells <= of, row
        assert any(
            date.startswith(row["said_on"][: 7 if row["said_precision"] == "month" else 10])
            for address, date in addresses.items()
            if cells & {one.strip() for one in address.split("|")}
        ), row
        assert not [name for name in known if name in row["made_by_en"]], row


def addresses_of(sourced: list[Row]) -> list[Row]:
    """The rows that are not of the founding text."""
    return [row for row in sourced if row["source_url"] != "seed"]


@pytest.mark.parametrize("name", MOSCOW)
def test_every_fact_of_moscow_has_a_source_and_a_basis(name: str) -> None:
    for row in rows(f"moscow/{name}"):
        assert row["source_url"], row
        assert row["basis"] in {Basis.NAMED, Basis.INFERRED, Basis.DISPUTED}, row
        assert row["basis"] == Basis.NAMED or (row["note_en"] and row["note_ru"]), row


def test_every_claim_on_a_faction_has_a_source() -> None:
    assert all(row["source_url"] for row in rows("moscow/statements"))


def test_nobody_real_has_a_ballot_that_a_source_does_not_give() -> None:
    ballots = {(row["vote_id"], row["basis"]): 0 for row in rows("moscow/ballots")}
    for row in rows("moscow/ballots"):
        ballots[row["vote_id"], row["basis"]] += 1

    assert ballots == {
        ("mgd-2019-11-27-budget", "named"): 10,
        ("mgd-2019-11-27-budget", "inferred"): 29,
        ("mgd-2020-03-constitution", "named"): 1,
        ("mgd-2020-12-09-amdt", "named"): 3,
        ("mgd-disabled-parking", "named"): 1,
    }


def test_seats_without_a_source_stay_blank() -> None:
    sourced = {row["district"] for row in rows("moscow/deputies")}

    assert {str(number) for number in range(1, 46)} - sourced == {"4", "22", "26", "27", "39", "40"}


def test_both_values_of_a_disputed_faction_are_kept() -> None:
    (row,) = [row for row in rows("moscow/factions") if row["basis"] == Basis.DISPUTED]

    assert row["name_en"] == "Olga Sharapova"
    assert "United Russia" in row["note_en"]
    assert "My Moscow" in row["note_en"]


def test_the_coalition_of_2019_is_the_twenty_nominated_by_the_opposition() -> None:
    parties = {row["name_en"]: row["party"] for row in rows("moscow/deputies")}
    members = [parties[row["name_en"]] for row in rows("moscow/coalition")]

    assert {party: members.count(party) for party in members} == {"kprf": 13, "yabloko": 4, "a-just-russia": 3}


def test_nobody_invented_is_named_like_anyone_real() -> None:
    real = {name.split()[-1] for row in rows("moscow/deputies") for name in (row["name_en"], row["name_ru"]) if name}
    invented = [row[name].split()[-1] for row in rows("zarechny/members") for name in ("name_en", "name_ru")]

    assert not real & set(invented)


def test_two_invented_deputies_are_namesakes() -> None:
    surnames = [row["name_ru"].split()[-1] for row in rows("zarechny/members")]

    assert [name for name in set(surnames) if surnames.count(name) > 1] == ["Заволокин"]


@pytest.mark.parametrize(
    "name",
    [*(f"moscow/{name}" for name in MOSCOW), *(f"zarechny/{name}" for name in ZARECHNY)],
)
def test_what_is_said_in_one_language_is_said_in_the_other(name: str) -> None:
    for row in rows(name):
        for column in (column.removesuffix("_en") for column in row if column.endswith("_en")):
            # a real person has a Russian name only where a Russian source gives it
            if name.startswith("zarechny") or column != "name":
                assert bool(row[f"{column}_en"]) == bool(row[f"{column}_ru"]), (column, row)


def test_titles_of_the_invented_votes_are_distinct() -> None:
    decisions = rows("zarechny/decisions")

    assert len({row["title_ru"] for row in decisions}) == len({row["title_en"] for row in decisions}) == len(decisions)


def test_links_name_known_votes_and_demands_and_linked_votes_are_told_plainly() -> None:
    votes = {row["vote_id"]: row for row in rows("zarechny/votes")}
    links = rows("zarechny/links")

    assert {row["demand_id"] for row in links} == {row["demand_id"] for row in rows("zarechny/demands")}
    assert all(votes[row["vote_id"]]["summary_en"] for row in links)
    assert 25 <= len({row["vote_id"] for row in links}) <= 31


def test_the_wanted_number_of_votes_for_is_met() -> None:
    story = Story()
    wanted = {vote_id: int(vote["votes_for"]) for vote_id, vote in story.votes.items() if vote["votes_for"]}

    assert wanted == {
        vote_id: sum(mark.position == "for" for mark in story.marks(story.votes[vote_id]).values())
        for vote_id in wanted
    }


def test_a_deputy_votes_with_the_faction_of_that_hour() -> None:
    story = Story()

    seen = [story.titles("faction", f"2024-11-13T{hour}")["z27"] for hour in ("12:29", "12:30")]

    assert seen == ["centre", "zemstvo"]


def test_demands_of_2019_are_three_democratic_and_four_social() -> None:
    chapters = [demand["chapter"] for demand in tree("moscow/platform")["demands"]]

    assert chapters == ["democratic"] * 3 + ["social"] * 4


def test_every_stance_and_every_status_is_played() -> None:
    pledges, statuses = rows("zarechny/pledges"), rows("zarechny/statuses")

    assert {row["stance"] for row in pledges} == set(Stance)
    assert {row["status"] for row in statuses} | {Status.PROMISED} == set(Status)
    assert {row["pledge_id"] for row in statuses} < {row["pledge_id"] for row in pledges}
    assert [row["member_id"] for row in rows("zarechny/signatures") if row["withdrawn_source"]] == ["z41"]


@pytest.mark.parametrize(
    ("member", "vote", "position", "of_faction"),
    [
        ("z16", "oak-second", Position.AGAINST, 1),
        ("z12", "limit-assembly-second", Position.FOR, 2),
        ("z28", "water-first", Position.FOR, 2),
        ("z22", "tram-close-resolution", Position.AGAINST, 2),
        ("z44", "facial-second", Position.AGAINST, 1),
        ("z02", "archive-second", Position.FOR, 6),
    ],
)
def test_what_the_statuses_say_of_votes_is_what_the_minutes_say(
    member: str, vote: str, position: Position, of_faction: int
) -> None:
    story = Story()
    marks, factions = story.marks(story.votes[vote]), story.titles("faction", story.votes[vote]["moment"])
    own = [one for one, faction in factions.items() if faction == factions[member] and one in marks]

    assert marks[member].position == position
    assert sum(marks[one].position == position for one in own) == of_faction < len(own) / 2
