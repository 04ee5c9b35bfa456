"""The words of letters."""

from enum import StrEnum


class Stage(StrEnum):
    """How far a subscription to letters is."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"


class DeliveryState(StrEnum):
    """How far one letter is."""

    PLANNED = "planned"
    SENT = "sent"
    EMPTY = "empty"  # nothing to say, so nothing was sent
    REFUSED = "refused"  # the mail server refused it for good


class Purpose(StrEnum):
    """What a link in a letter lets its reader do."""

    CONFIRM = "confirm"  # once, for a week
    MANAGE = "manage"  # see what is followed and leave, for as long as letters are kept
