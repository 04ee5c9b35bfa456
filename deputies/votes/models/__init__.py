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
]
