"""Changes of what follows."""

from pledges.findings.actions.reviewing import (
    FEWEST_DAYS,
    MOST_DAYS,
    REPLY_DAYS,
    CannotMove,
    OwnFinding,
    ask,
    dismiss,
    publish,
    take_up,
)
from pledges.findings.actions.sweeping import sweep

__all__ = [
    "FEWEST_DAYS",
    "MOST_DAYS",
    "REPLY_DAYS",
    "CannotMove",
    "OwnFinding",
    "ask",
    "dismiss",
    "publish",
    "sweep",
    "take_up",
]
