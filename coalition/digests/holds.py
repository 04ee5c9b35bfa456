"""What letters tell late because an earlier one left it out as disputed.

The end of a hold is an event, so that a watermark finds it. Whether a reader was told before is read from the digest
that covered the vote: it left the row out if it was sent during the hold, or if it said nothing at all.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from coalition.digests.concerns import of_seat
from coalition.digests.corrections import VOTES
from coalition.digests.enums import DeliveryKind, DeliveryState
from coalition.digests.items import Span
from coalition.digests.models import Delivery
from deputies.journal.enums import EventKind
from deputies.journal.models import Dispute, Event
from deputies.journal.reports import Row
from deputies.votes.models import Ballot
from pledges.findings.reports.news import FINDINGS


@dataclass(frozen=True, slots=True)
class End:
    """The end of a hold on a row, the events about the row so far, and whom it concerns."""

    row: Row
    keys: frozenset[str]
    held: Any  # the range of time of the hold
    about: list[int]


def ends_of(span: Span) -> list[End]:
    """The holds that ended in a span; three queries, none without any."""
    ended = span.of(EventKind.HOLD_ENDED.value)
    if not ended:
        return []
    calls = [event.facts["roll_call"] for event in ended]
    disputes = Dispute.objects.in_bulk([event.facts["dispute"] for event in ended])
    cast = Ballot.objects.filter(version__roll_call__in=calls, version__published_at__isnull=False)
    keys: dict[Row, frozenset[str]] = defaultdict(frozenset)
    for ballot in cast.select_related("mandate", "version"):
        keys[ballot.version.roll_call_id, ballot.person_id] |= of_seat(ballot.mandate)
    about: dict[int, list[Event]] = defaultdict(list)
    of_calls = Event.objects.filter(kind__in=[*VOTES, *FINDINGS], facts__roll_call__in=calls)
    for event in of_calls.filter(pk__lt=ended[-1].pk).order_by("pk"):
        about[event.facts["roll_call"]].append(event)
    return [_end(event, disputes, keys, about) for event in ended]


def _end(
    event: Event, disputes: dict[int, Dispute], keys: dict[Row, frozenset[str]], about: dict[int, list[Event]]
) -> End:
    row: Row = event.facts["roll_call"], event.facts["person"]
    own = [one.pk for one in about[row[0]] if one.facts.get("person", row[1]) == row[1]]
    return End(row, keys[row], disputes[event.facts["dispute"]].held, own)


def digests_of(subscriber: int) -> list[Delivery]:
    """The digests of a reader so far; one query."""
    return list(Delivery.objects.filter(subscriber=subscriber, kind=DeliveryKind.DIGEST.value))


def untold(end: End, digests: Iterable[Delivery], began: int) -> int | None:
    """The first event about the row that a digest left out, of those after `began`; None if there is none."""
    without = [digest for digest in digests if _left_out(digest, end.held)]
    covered = (
        event
        for event in end.about
        if event > began and any(one.after_event < event <= one.until_event for one in without)
    )
    return next(covered, None)


def _left_out(digest: Delivery, held: Any) -> bool:  # noqa: ANN401 -- a range of the database's
    sent: dt.datetime | None = digest.sent_at
    return digest.state == DeliveryState.EMPTY or (sent is not None and sent in held)
