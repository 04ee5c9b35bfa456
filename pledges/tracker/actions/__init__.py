"""Changes of deputies' word."""

from pledges.tracker.actions.answering import (
    AlreadyRecorded,
    AnswerMoved,
    LinkClosed,
    confirm_answer,
    publish_answer,
    receive,
    set_aside,
)
from pledges.tracker.actions.asking import count_asked
from pledges.tracker.actions.inviting import invite, open_link, opened, revoke, token_of
from pledges.tracker.actions.pledging import NotProposed, OwnWord, confirm, publish_word, reject_word

__all__ = [
    "AlreadyRecorded",
    "AnswerMoved",
    "LinkClosed",
    "NotProposed",
    "OwnWord",
    "confirm",
    "confirm_answer",
    "count_asked",
    "invite",
    "open_link",
    "opened",
    "publish_answer",
    "publish_word",
    "receive",
    "reject_word",
    "revoke",
    "set_aside",
    "token_of",
]
