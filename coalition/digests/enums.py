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
