"""Tables of the journal."""

from deputies.journal.models.disputes import CLOSED, STATES, Dispute, DisputeQuerySet, Evidence
from deputies.journal.models.events import Event, Freeze, History

__all__ = ["CLOSED", "STATES", "Dispute", "DisputeQuerySet", "Event", "Evidence", "Freeze", "History"]
