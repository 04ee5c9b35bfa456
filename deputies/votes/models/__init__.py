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
from deputies.votes.models.words import VoteWord

__all__ = [
    "KIND_CHOICES",
    "POSITION_CHOICES",
    "RESULT_CHOICES",
    "STATE_CHOICES",
    "Ballot",
    "Decision",
    "FactionStatement",
    "RollCall",
    "RollCallVersion",
    "VoteWord",
]
