from deputies.votes.models.agenda import AGENDA_CHOICES, AgendaItem
from deputies.votes.models.entry import NAME_STATE_CHOICES, Acknowledgement, Keying, WrittenName
from deputies.votes.models.rollcalls import (
    KIND_CHOICES,
    POSITION_CHOICES,
    RESULT_CHOICES,
    STATE_CHOICES,
    Ballot,
    Decision,
    FactionStatement,
    RollCall,
    RollCallVersion,
)
from deputies.votes.models.sittings import Departure, Sitting
from deputies.votes.models.words import VoteWord

__all__ = [
    "AGENDA_CHOICES",
    "KIND_CHOICES",
    "NAME_STATE_CHOICES",
    "POSITION_CHOICES",
    "RESULT_CHOICES",
    "STATE_CHOICES",
    "Acknowledgement",
    "AgendaItem",
    "Ballot",
    "Decision",
    "Departure",
    "FactionStatement",
    "Keying",
    "RollCall",
    "RollCallVersion",
    "Sitting",
    "VoteWord",
    "WrittenName",
]
