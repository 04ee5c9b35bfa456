"""Which rows of the record are kept back while somebody says that they are wrong."""

import datetime as dt

from deputies.journal.models import Dispute

Row = tuple[int, int]  # ids of the roll call and of the person


def held_rows(at: dt.datetime) -> set[Row]:
    """The rows that letters and pictures leave out at `at`; one query."""
    rows = Dispute.objects.holding(at).values_list("roll_call", "person")
    return {(roll_call, person) for roll_call, person in rows if roll_call is not None and person is not None}
