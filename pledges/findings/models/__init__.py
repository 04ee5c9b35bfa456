"""Tables of what follows."""

from pledges.findings.models.findings import FINDING_CHOICES, FINDING_STATE_CHOICES, Finding, FindingQuerySet
from pledges.findings.models.upcoming import EXPECTED_CHOICES, RUNG_CHOICES, AgendaLink, Expectation

__all__ = [
    "EXPECTED_CHOICES",
    "FINDING_CHOICES",
    "FINDING_STATE_CHOICES",
    "RUNG_CHOICES",
    "AgendaLink",
    "Expectation",
    "Finding",
    "FindingQuerySet",
]
