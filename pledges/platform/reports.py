"""Demands and red lines in which a reader's words occur."""

from django.contrib.postgres.search import SearchQuery

from deputies.people.models import Chamber
from deputies.people.wanted import highlighted
from pledges.platform.models import WORDS, DemandText


def demands_with(query: SearchQuery, chamber: Chamber | None) -> list[DemandText]:
    """The published texts that have the words, marked as `passages_of` marks votes, in their order; one query."""
    texts = DemandText.objects.filter(version__published_of__isnull=False).annotate(words=WORDS).filter(words=query)
    if chamber is not None:
        texts = texts.filter(version__platform__coalition__chamber=chamber)
    found = texts.select_related("demand", "version__platform__coalition__chamber").annotate(
        **highlighted(query, "text", "measured")
    )
    return list(found.order_by("version__platform", "demand__chapter", "order", "pk"))
