"""The handwritten story of the invented city: who sat where when, and how everyone voted. No rows are touched."""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import groupby

from coalition.demo.assembly import Deputy, Mark, Question, cast
from coalition.demo.files import Row, table, tree

Marks = dict[str, Mark]  # by member id
FACTIONS = ("city", "centre", "labour", "shore", "zemstvo")  # in the order of the letters of a line
FIRST_VOTE, BETWEEN_VOTES = dt.timedelta(hours=11, minutes=37), dt.timedelta(minutes=37)


class Story:
    """The handwritten files of the city, and what follows from them for one moment."""

    def __init__(self) -> None:
        self.facts = tree("zarechny/chamber")
        self.members = {row["member_id"]: row for row in table("zarechny/members")}
        self.spells = table("zarechny/memberships")
        self.votes = {vote["vote_id"]: vote for vote in _timed(table("zarechny/votes"))}

    def titles(self, body: str, when: str) -> Row:
        """The title by member id of everyone in a body; moments are compared as ISO text of one time zone."""
        return {
            spell["member_id"]: spell["title"]
            for spell in self.spells_in(body)
            if spell["start"] <= when and (not spell["end"] or when < spell["end"])
        }

    def spells_in(self, body: str) -> list[Row]:
        return [spell for spell in self.spells if spell["body"] == body]

    def marks(self, vote: Row) -> Marks:
        """The mark of everyone who could vote, by district; empty for a secret ballot or a show of hands."""
        if vote["kind"] != "by-name":
            return {}
        sitting, factions = self.titles("assembly", vote["moment"]), self.titles("faction", vote["moment"])
        marks = cast(_question(vote), [_deputy(self.members[one], factions.get(one, "")) for one in sitting])
        return {one: marks[one] for one in sorted(sitting, key=lambda one: int(self.members[one]["constituency"]))}


def _timed(rows: Iterable[Row]) -> Iterator[Row]:
    """Votes with their moment and their number, such as 4.2 for the second of the fourth sitting."""
    for sitting, (day, votes) in enumerate(groupby(rows, key=lambda row: row["date"]), start=1):
        for nth, row in enumerate(votes):
            held = dt.datetime.fromisoformat(day) + FIRST_VOTE + nth * BETWEEN_VOTES
            yield row | {"moment": held.isoformat(timespec="minutes"), "number": f"{sitting}.{nth + 1}"}


def _deputy(row: Row, faction: str) -> Deputy:
    leans = dict(pair.split(":") for pair in row["leans"].split(";") if pair)
    return Deputy(row["member_id"], faction, int(row["absence"]), {topic: float(leans[topic]) for topic in leans})


def _question(vote: Row) -> Question:
    return Question(
        vote_id=vote["vote_id"],
        day=dt.date.fromisoformat(vote["date"]),
        topic=vote["topic"],
        cause={"+": 1, "-": -1, "0": 0}[vote["cause"]],
        line=dict(zip(FACTIONS, vote["line"], strict=True)),
        votes_for=int(vote["votes_for"]) if vote["votes_for"] else None,
    )
