"""Changes of the journal: events, freezes, disputes."""

from deputies.journal.actions.disputing import (
    CannotMove,
    close_dispute,
    confirm_office,
    end_holds,
    file_dispute,
    settle_disputes,
    take_up,
    token_hash,
)
from deputies.journal.actions.freezing import Frozen, NotFrozen, freeze, thaw, wait_unless_frozen
from deputies.journal.actions.writing import acting, append, append_all, wait_for_turn

__all__ = [
    "CannotMove",
    "Frozen",
    "NotFrozen",
    "acting",
    "append",
    "append_all",
    "close_dispute",
    "confirm_office",
    "end_holds",
    "file_dispute",
    "freeze",
    "settle_disputes",
    "take_up",
    "thaw",
    "token_hash",
    "wait_for_turn",
    "wait_unless_frozen",
]
