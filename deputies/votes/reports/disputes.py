"""Disputes beside the votes and deputies they are about, and how soon they were answered."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from statistics import median_low

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q

from deputies.journal.enums import DisputeState
from deputies.journal.models import CLOSED, Dispute
from deputies.journal.workdays import working_days_between
from deputies.people.models import Person
from deputies.sources.rows import inside
from deputies.votes.models import Ballot, RollCall


@dataclass(frozen=True, slots=True)
class Told:
    """A dispute with what it is about; None where it does not say so, or the vote is not published."""

    dispute: Dispute
    vote: RollCall | None
    person: Person | None

    @property
    def filed_on(self) -> dt.date:
        return self.dispute.filed_at.astimezone(self._zone).date()

    @property
    def closed_on(self) -> dt.date | None:
        return self.dispute.closed_at and self.dispute.closed_at.astimezone(self._zone).date()

    @property
    def _zone(self) -> dt.tzinfo:
        return self.vote.chamber.zone if self.vote else dt.UTC


@dataclass(frozen=True, slots=True)
class Figures:
    """How many reports there were, and what became of them; duplicates are counted as filed only."""

    filed: int
    upheld: int
    not_upheld: int
    open: int
    overdue: int
    median_days: int | None  # working days from filing to the answer


def disputed(**subject: OuterRef) -> ArraySubquery:
    """An annotation with the open disputes that pages show of a subject, the earliest last; `outside` unpacks them."""
    return inside(Dispute.objects.filter(**subject).shown().order_by("-filed_at"))


def told(disputes: Iterable[Dispute]) -> list[Told]:
    """Disputes with their votes and deputies, in the same order; two queries."""
    disputes = list(disputes)
    votes = RollCall.objects.published().select_related("chamber", "published")
    by_id = votes.in_bulk(_ids(dispute.roll_call for dispute in disputes))
    people = Person.objects.in_bulk(_ids(dispute.person for dispute in disputes))
    return [Told(one, by_id.get(one.roll_call or 0), people.get(one.person or 0)) for one in disputes]


def _ids(ids: Iterable[int | None]) -> Collection[int]:
    return {pk for pk in ids if pk is not None}


def figures(today: dt.date) -> Figures:
    """The public statistics; two queries."""
    is_open = ~Q(state__in=CLOSED)
    counts = Dispute.objects.aggregate(
        filed=Count("pk"),
        upheld=Count("pk", filter=Q(state=DisputeState.UPHELD.value)),
        not_upheld=Count("pk", filter=Q(state=DisputeState.NOT_UPHELD.value)),
        open=Count("pk", filter=is_open),
        overdue=Count("pk", filter=is_open & Q(answer_by__lt=today)),
    )
    answered = Dispute.objects.exclude(closed_at=None).values_list("filed_at", "closed_at")
    days = [working_days_between(filed.date(), closed.date()) for filed, closed in answered if closed]
    return Figures(median_days=median_low(days) if days else None, **counts)


def ballot_of(dispute: Dispute) -> Ballot | None:
    """What the published record says of the disputed row; one query."""
    ballots = Ballot.objects.filter(version__published_of=dispute.roll_call, person=dispute.person)
    return ballots.select_related("person", "version__source", "version__roll_call__chamber").first()
