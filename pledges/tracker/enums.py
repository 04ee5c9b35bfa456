"""The words for what deputies promised, and for how far a promise has come."""

from enum import StrEnum


class Stance(StrEnum):
    """What a deputy or a party said of a demand."""

    PROMISED = "promised"
    REFUSED = "refused"
    UNDECIDED = "undecided"  # answered, neither yes nor no
    SILENT = "silent"  # was asked and did not answer


class LastWord(StrEnum):
    """Where a deputy stands on a demand by all that is published of their word: pledges and signatures together."""

    PLEDGED = "pledged"
    SIGNED = "signed"
    REFUSED = "refused"
    UNDECIDED = "undecided"
    WITHDRAWN = "withdrawn"  # a signature was taken back, and nothing said since
    SILENT = "silent"
    NONE = "none"


class Review(StrEnum):
    """How far something is that two persons must stand behind."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    REJECTED = "rejected"

    def may_become(self, other: "Review") -> bool:
        return other in REVIEWS[self]


REVIEWS: dict[Review, frozenset[Review]] = {
    Review.PROPOSED: frozenset({Review.PUBLISHED, Review.REJECTED}),
    Review.PUBLISHED: frozenset(),
    Review.REJECTED: frozenset(),
}


class Status(StrEnum):
    """How far a promise has come, as the coalition assesses it; a published promise begins as PROMISED."""

    PROMISED = "promised"
    IN_PROGRESS = "in-progress"
    KEPT = "kept"
    PARTLY_KEPT = "partly-kept"
    DIFFERS = "differs"  # what was done differs from the pledge
    STALLED = "stalled"
    OVERTAKEN = "overtaken"  # events made it void
    NOT_MEASURABLE = "not-measurable"

    def may_become(self, other: "Status") -> bool:
        return other in STATUSES[self]


STATUSES: dict[Status, frozenset[Status]] = {
    Status.PROMISED: frozenset(
        {
            Status.IN_PROGRESS,
            Status.KEPT,
            Status.PARTLY_KEPT,
            Status.DIFFERS,
            Status.STALLED,
            Status.OVERTAKEN,
            Status.NOT_MEASURABLE,
        }
    ),
    Status.IN_PROGRESS: frozenset({Status.KEPT, Status.PARTLY_KEPT, Status.DIFFERS, Status.STALLED, Status.OVERTAKEN}),
    Status.STALLED: frozenset({Status.IN_PROGRESS, Status.KEPT, Status.PARTLY_KEPT, Status.DIFFERS, Status.OVERTAKEN}),
    Status.PARTLY_KEPT: frozenset({Status.IN_PROGRESS, Status.KEPT, Status.DIFFERS, Status.STALLED, Status.OVERTAKEN}),
    Status.KEPT: frozenset({Status.PARTLY_KEPT, Status.DIFFERS}),
    Status.DIFFERS: frozenset({Status.IN_PROGRESS, Status.KEPT, Status.PARTLY_KEPT, Status.OVERTAKEN}),
    Status.OVERTAKEN: frozenset(),
    Status.NOT_MEASURABLE: frozenset({Status.OVERTAKEN}),
}
UNMEASURED = frozenset({Status.NOT_MEASURABLE, Status.OVERTAKEN})  # all that can be said without a criterion
UNSETTLED = frozenset({Status.PROMISED, Status.IN_PROGRESS, Status.STALLED})  # no answer yet once the day has passed


def following(status: Status, *, is_measurable: bool) -> list[Status]:
    """What a promise can come to next, in the order of the words; nothing after a last status."""
    said = STATUSES[status] - {Status.NOT_MEASURABLE} if is_measurable else STATUSES[status] & UNMEASURED
    return [one for one in Status if one in said]


class AnswerKind(StrEnum):
    """What a deputy did by a personal link."""

    SIGN = "sign"  # the platform, or one demand
    PROMISE = "promise"
    REFUSE = "refuse"
    COMMENT = "comment"  # a public answer to what voters ask
    EXPLAIN = "explain"  # their own words beside a vote
    REPLY = "reply"  # to the letter about a vote that differs from a pledge


class AnswerState(StrEnum):
    """How far an answer has come; readers see nothing before it is published."""

    RECEIVED = "received"
    CONFIRMED = "confirmed"  # a second channel said that it is the deputy's
    PUBLISHED = "published"
    SET_ASIDE = "set-aside"

    def may_become(self, other: "AnswerState") -> bool:
        return other in ANSWERS[self]


ANSWERS: dict[AnswerState, frozenset[AnswerState]] = {
    AnswerState.RECEIVED: frozenset({AnswerState.CONFIRMED, AnswerState.SET_ASIDE}),
    AnswerState.CONFIRMED: frozenset({AnswerState.PUBLISHED, AnswerState.SET_ASIDE}),
    AnswerState.PUBLISHED: frozenset(),
    AnswerState.SET_ASIDE: frozenset(),
}
