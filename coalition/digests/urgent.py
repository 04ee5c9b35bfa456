"""What cannot wait for a digest."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Urgent:
    """An event to tell at once to those who follow one of `keys`.

    A correction has `mailed_by`, the event it corrects, and is for those who were told that. After `until` nobody needs
    it any more.
    """

    event: int
    keys: frozenset[str]
    mailed_by: int | None = None
    until: dt.datetime | None = None


def urgent_events(after: int, until: int, at: dt.datetime) -> list[Urgent]:
    """The urgent events with `after` < id <= `until`."""
    return []
