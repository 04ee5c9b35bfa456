"""What a letter leaves out because it is disputed, and what it tells late because an earlier letter left it out.

The end of a hold is an event, so that a watermark finds it. Whether the reader was told before is read from the letter
that covered the vote: it left the row out if it was sent during the hold, or if it said nothing at all.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from coalition.digests.enums import DeliveryState
from coalition.digests.models import Delivery, Subscription
from deputies.journal.enums import EventKind
from deputies.journal.models import Dispute, Event
from deputies.journal.reports import Row

VOTES = (EventKind.VOTE_PUBLISHED.value, EventKind.VOTE_CORRECTED.value)


@dataclass(frozen=True, slots=True)
class Holds:
    """`held` rows are not told now; `late` ones are, with the events that earlier letters told without them."""

    held: set[Row]
    late: dict[Row, list[Event]]

    def moves_from(self, people: Mapping[int, int], events: Mapping[int, list[Event]]) -> dict[int, int]:
        """After which event each person's moved scores are told; nobody whose new vote is held, as it moved them."""
        starts = dict(people)
        for (_, person), late in self.late.items():
            starts[person] = min(starts[person], late[0].pk - 1)
        for roll_call, person in self.held:
            if person in starts and any(event.pk > people[person] for event in events.get(roll_call, [])):
                del starts[person]
        return starts


def late_rows(
    ends: Iterable[Event], people: Mapping[int, Subscription], kinds: Collection[str] = VOTES
) -> dict[Row, list[Event]]:
    """The events of votes, or of other `kinds`, that letters left out of rows whose holds ended with `ends`.

    Only of followed `people`. No query where there are none, else three.
    """
    ends = [event for event in ends if event.facts["person"] in people]
    if not ends:
        return {}
    disputes = Dispute.objects.in_bulk([event.facts["dispute"] for event in ends])
    letters = list(Delivery.objects.filter(subscriber=next(iter(people.values())).subscriber_id))
    about: dict[int, list[Event]] = defaultdict(list)
    calls = [event.facts["roll_call"] for event in ends]
    for event in Event.objects.filter(kind__in=kinds, facts__roll_call__in=calls).order_by("pk"):
        about[event.facts["roll_call"]].append(event)
    late: dict[Row, list[Event]] = {}
    for end in ends:
        roll_call, person = end.facts["roll_call"], end.facts["person"]
        without = [one for one in letters if _left_out(one, disputes[end.facts["dispute"]])]
        of_row = [event for event in about[roll_call] if event.facts.get("person", person) == person]
        followed = [event for event in of_row if event.pk > people[person].after_event]
        if untold := [e for e in followed if any(one.after_event < e.pk <= one.until_event for one in without)]:
            late[roll_call, person] = untold
    return late


def _left_out(letter: Delivery, dispute: Dispute) -> bool:
    sent: dt.datetime | None = letter.sent_at
    return letter.state == DeliveryState.EMPTY or (sent is not None and sent in dispute.held)
