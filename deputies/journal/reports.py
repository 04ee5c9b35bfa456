"""Whether publishing is stopped, and which rows of the record are kept back while somebody says that they are wrong."""

import datetime as dt
from collections.abc import Collection
from itertools import groupby

from django.db.models import Q, QuerySet

from deputies.journal.enums import EventKind
from deputies.journal.models import Dispute, Event, Freeze

Row = tuple[int, int]  # ids of the roll call and of the person
FACTS = {  # by which rows the events of a kind are found
    EventKind.VOTE_PUBLISHED.value: ("roll_call", "version"),
    EventKind.VOTE_CORRECTED.value: ("roll_call", "version"),
    EventKind.WORD_GIVEN.value: ("pledge",),
    EventKind.PLEDGE_STATUS.value: ("status",),
}


def open_freezes() -> QuerySet[Freeze]:
    """Those that last, the earliest first."""
    return Freeze.objects.filter(ended_at=None).order_by("began_at", "pk")


def frozen(chamber: str) -> Freeze | None:
    """The freeze that a chamber is in now, its own or the whole site's; with "" only the latter. One query.

    A moment is not asked for: who publishes waits for the journal's lock, and what matters is how it is after that.
    """
    return open_freezes().filter(chamber__in={chamber, ""}).first()


def held_rows(at: dt.datetime) -> set[Row]:
    """The rows that letters and pictures leave out at `at`; one query."""
    rows = Dispute.objects.holding(at).values_list("roll_call", "person")
    return {(roll_call, person) for roll_call, person in rows if roll_call is not None and person is not None}


def events_about(rows: Collection[str]) -> dict[str, list[int]]:
    """Ids of the events about some rows, named as in facts ("roll_call:12"), the first one first; one query."""
    named = Q()
    for name, ids in groupby(sorted(row.split(":") for row in rows), key=lambda row: row[0]):
        named |= Q(**{f"facts__{name}__in": [int(pk) for _, pk in ids]})
    found: dict[str, list[int]] = {}
    for event in Event.objects.filter(named, kind__in=FACTS).order_by("pk") if rows else ():
        for name in FACTS[event.kind]:
            found.setdefault(f"{name}:{event.facts.get(name)}", []).append(event.pk)
    return found
