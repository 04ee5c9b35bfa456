"""The words for what changed."""

from enum import StrEnum


class EventKind(StrEnum):
    """What happened that readers can see."""

    VOTE_PUBLISHED = "vote-published"
    VOTE_CORRECTED = "vote-corrected"
    PLATFORM_PUBLISHED = "platform-published"
    METHOD_ANNOUNCED = "method-announced"
    SCORES_RECOUNTED = "scores-recounted"
    MANDATE_CHANGED = "mandate-changed"
    FROZEN = "frozen"
    THAWED = "thawed"


class Operation(StrEnum):
    """What a statement did to one row."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
