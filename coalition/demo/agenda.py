"""What the invented city announced before it voted: which vote comes when, about which demand, moved or taken off."""

import datetime as dt

from coalition.demo.files import Row, both, cited, moment, table
from deputies.people.models import Chamber
from deputies.votes.actions import announce, hold, revise, withdraw
from deputies.votes.models import AgendaItem, RollCall
from pledges.findings.actions.expecting import freeze_expectations, publish_link
from pledges.findings.models import AgendaLink
from pledges.platform.models import Platform

STEPS = ("announced", "moved_on", "withdrawn")
NOTICE = dt.timedelta(days=10)
SOURCE = "Пример: повестка заседания / Example: agenda of a sitting"


def bring_agenda(platform: Platform, day: str) -> dict[str, AgendaItem]:
    """Everything announced for the sitting of a day, step by step, with what was expected when it began, by vote id."""
    chamber, items = platform.coalition.chamber, dict[str, AgendaItem]()
    rows = [row for row in table("zarechny/agenda") if (row["moved_to"] or row["starts"])[:10] == day]
    steps = [(row[step], nth, step) for nth, row in enumerate(rows) for step in STEPS if row[step]]
    for when, nth, step in sorted(steps):
        row, at = rows[nth], moment(chamber, when)
        match step:
            case "announced":
                items[row["title_en"]] = _announced(row, platform, starts=moment(chamber, row["starts"]), at=at)
            case "moved_on":
                items[row["title_en"]].starts_at = moment(chamber, row["moved_to"])
                revise(item=items[row["title_en"]], at=at)
            case "withdrawn":
                withdraw(item=items[row["title_en"]], at=at)
    for item in items.values():
        freeze_expectations(item=item, at=item.starts_at)
    return {row["vote_id"]: items[row["title_en"]] for row in rows}


def hold_agenda(items: dict[str, AgendaItem], calls: dict[str, RollCall]) -> None:
    for vote_id, item in items.items():
        if vote_id in calls:
            hold(item=item, roll_call=calls[vote_id])


def announce_next(platform: Platform, at: dt.datetime) -> None:
    """Announce a vote for the first Wednesday that is at least ten days away, while the term lasts."""
    chamber = platform.coalition.chamber
    day = (at + NOTICE).astimezone(chamber.zone).date()
    starts = chamber.midnight(day + dt.timedelta(days=(2 - day.weekday()) % 7)) + dt.timedelta(hours=11)
    term = chamber.terms.filter(held__contains=starts).exists()
    for row in table("zarechny/agenda"):
        if term and not row["announced"]:
            _announced(row, platform, starts=starts, at=at)


def _announced(row: Row, platform: Platform, *, starts: dt.datetime, at: dt.datetime) -> AgendaItem:
    chamber: Chamber = platform.coalition.chamber
    item = AgendaItem(
        chamber=chamber,
        starts_at=starts,
        is_day_only=bool(row["starts"]) and "T" not in row["starts"],
        threshold="members",
        source=cited(SOURCE),
        **both(row, "title", "summary"),
    )
    announce(item=item, at=at)
    demand = platform.demands.get(demand_id=row["demand_id"])
    link = AgendaLink.objects.create(item=item, demand=demand, wants=row["wants"], **both(row, "reasoning"))
    publish_link(link=link, by=None, vouched=True, at=at)
    return item
