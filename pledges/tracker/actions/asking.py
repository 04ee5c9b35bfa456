"""Counting readers who say that they have put a question to their deputy."""

import datetime as dt

from django.db import transaction
from django.db.models import F

from deputies.people.models import Person
from pledges.platform.models import Demand
from pledges.tracker.models import Asked


@transaction.atomic
def count_asked(*, person: Person, demand: Demand, day: dt.date) -> None:
    """One more reader on that day; a number, and nothing of who it was."""
    row, _ = Asked.objects.get_or_create(person=person, demand=demand, day=day)
    Asked.objects.filter(pk=row.pk).update(count=F("count") + 1)
