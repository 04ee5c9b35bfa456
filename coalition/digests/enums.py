"""The words of letters."""

from enum import StrEnum


class Stage(StrEnum):
    """How far a subscription to letters is."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"


class Rhythm(StrEnum):
    """How often a reader wants a digest."""

    WEEKLY = "weekly"  # Tuesday morning
    DAILY = "daily"  # every morning
    SITTING = "sitting"  # the evening of a day on which votes were published
    MONTHLY = "monthly"  # the morning of the first Tuesday of a month
    URGENT = "urgent"  # never; only what is told at once


class What(StrEnum):
    """What can be followed."""

    CHAMBER = "chamber"
    PERSON = "person"
    DISTRICT = "district"  # whoever holds its mandate
    DEMAND = "demand"
    DEMOCRATIC = "democratic"  # a chapter of the platform in force
    SOCIAL = "social"
    UPCOMING = "upcoming"  # coming votes that are linked to a demand


class DeliveryKind(StrEnum):
    """What kind of letter one is."""

    DIGEST = "digest"
    AT_ONCE = "at-once"  # an early warning, a confirmed red-line breach, a correction of something mailed
    KEEP = "keep"  # eleven months after confirming: "keep me", or be forgotten in a month


class DeliveryState(StrEnum):
    """How far one letter is."""

    PLANNED = "planned"
    SENT = "sent"
    EMPTY = "empty"  # nothing to say, so nothing was sent
    REFUSED = "refused"  # the mail server refused it for good


class BounceKind(StrEnum):
    """What a mail server, or a reader's mail program, said of a letter afterwards."""

    HARD = "hard"  # there is no such address
    SOFT = "soft"  # full, or away for now
    COMPLAINT = "complaint"  # the reader calls it spam
