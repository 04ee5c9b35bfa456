"""The words for what changed, and for what somebody says is wrong."""

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
    DISPUTE_CLOSED = "dispute-closed"
    WORD_GIVEN = "word-given"  # a signature, pledge, refusal or answer of a deputy
    PLEDGE_STATUS = "pledge-status"
    FINDING_PUBLISHED = "finding-published"
    FINDING_WITHDRAWN = "finding-withdrawn"
    VOTE_ANNOUNCED = "vote-announced"
    VOTE_MOVED = "vote-moved"  # to another time, or off the agenda
    HOLD_ENDED = "hold-ended"  # a disputed row may be told in letters again


class DisputeState(StrEnum):
    """How far a report of a mistake has come."""

    RECEIVED = "received"
    CONFIRMED = "confirmed"  # it is from the deputy's office
    UNDER_REVIEW = "under-review"
    UPHELD = "upheld"
    NOT_UPHELD = "not-upheld"
    DUPLICATE = "duplicate"

    @classmethod
    def closed(cls) -> tuple["DisputeState", ...]:
        return cls.UPHELD, cls.NOT_UPHELD, cls.DUPLICATE

    def may_become(self, other: "DisputeState") -> bool:
        return other in MOVES[self]


MOVES = {
    DisputeState.RECEIVED: {DisputeState.CONFIRMED, DisputeState.UNDER_REVIEW, DisputeState.DUPLICATE},
    DisputeState.CONFIRMED: {DisputeState.UNDER_REVIEW, DisputeState.DUPLICATE},
    DisputeState.UNDER_REVIEW: set(DisputeState.closed()),
    **{state: set[DisputeState]() for state in DisputeState.closed()},
}


class Operation(StrEnum):
    """What a statement did to one row."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
