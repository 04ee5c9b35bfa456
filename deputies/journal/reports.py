"""Whether publishing is stopped, and which rows of the record are kept back while somebody says that they are wrong."""

import datetime as dt

from django.db.models import QuerySet

from deputies.journal.models import Dispute, Freeze

Row = tuple[int, int]  # ids of the roll call and of the person


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
