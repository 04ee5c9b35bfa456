"""What invented deputies of Zarechny sent by their personal links; the last of it still waits at the desk."""

import datetime as dt

from coalition.demo.files import Row, moment, table
from deputies.people.models import Chamber, Person
from deputies.votes.models import RollCall
from pledges.platform.models import Demand, Platform
from pledges.tracker.actions import confirm_answer, invite, publish_answer, receive
from pledges.tracker.enums import AnswerKind
from pledges.tracker.models import Invitation

MADE, ENDS = "2026-11-12T16:00", "2027-02-28T23:59"


def load_answers(chamber: Chamber) -> None:
    """Invite those who answer and keep what they sent; what is confirmed is published by the same caller."""
    rows = table("zarechny/answers")
    platform = Platform.objects.get(coalition__chamber=chamber)
    writers = {row["member_id"] for row in rows}
    people = Person.objects.filter(identifiers__scheme="zarechny", identifiers__value__in=writers)
    made = invite(
        platform=platform,
        persons=list(people),
        language="ru",
        expires_at=moment(chamber, ENDS),
        emails={},
        by=None,
        at=moment(chamber, MADE),
    )
    links = {one.person.identifiers.get().value: one for one in made}
    demands = {demand.demand_id: demand for demand in platform.demands.all()}
    for row in rows:
        _answer(links[row["member_id"]], demands.get(row["demand_id"]), row)


def _answer(link: Invitation, demand: Demand | None, row: Row) -> None:
    chamber: Chamber = link.platform.coalition.chamber
    answer = receive(
        invitation=link,
        kind=AnswerKind(row["kind"]),
        language="ru",
        demand=demand,
        roll_call=RollCall.objects.get(chamber=chamber, vote_id=row["vote_id"]) if row["vote_id"] else None,
        text=row["text"],
        criterion=row["criterion"],
        due_on=dt.date.fromisoformat(row["due_on"]) if row["due_on"] else None,
        at=moment(chamber, row["received_at"]),
    )
    if row["published_at"]:
        at = moment(chamber, row["published_at"])
        confirm_answer(answer=answer, how=row["confirmed_how"], by=None, at=at)
        publish_answer(answer=answer, by=None, at=at, vouched=True)
