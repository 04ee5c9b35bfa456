"""The words of the voting record."""

from enum import StrEnum


class Position(StrEnum):
    """What the record says a deputy did in a roll call, never collapsed into fewer words."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"
    PRESENT_NOT_VOTING = "present-not-voting"
    NOT_FOR = "not-for"  # neither for nor against; which of the others is not stated
    ABSENT = "absent"
    NO_MARK = "no-mark"  # the record is silent: absent and present-not-voting cannot be told apart
    EXCUSED = "excused"
    PAIRED_FOR = "paired-for"
    PAIRED_AGAINST = "paired-against"
    PROXY_FOR = "proxy-for"
    PROXY_AGAINST = "proxy-against"
    PROXY_ABSTAIN = "proxy-abstain"
    PRESIDING = "presiding"
    CASTING_FOR = "casting-for"
    CASTING_AGAINST = "casting-against"
    RECUSED = "recused"
    SUSPENDED = "suspended"
    SECRET = "secret"  # noqa: S105 - a ballot, not a password
    DATA_MISSING = "data-missing"  # our gap, not the deputy's absence


class Kind(StrEnum):
    """How the vote was taken, and so what its record can hold."""

    BY_NAME = "by-name"
    TOTALS_ONLY = "totals-only"
    SECRET = "secret"  # noqa: S105 - a ballot, not a password
    ATTENDANCE = "attendance"


class Result(StrEnum):
    """The result as the chamber announced it; it is read from the record, never computed."""

    ADOPTED = "adopted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class AgendaState(StrEnum):
    """What became of a vote that an agenda announces."""

    PLANNED = "planned"
    WITHDRAWN = "withdrawn"
    HELD = "held"

    def may_become(self, other: "AgendaState") -> bool:
        return other in AGENDA[self]


AGENDA: dict[AgendaState, frozenset[AgendaState]] = {
    AgendaState.PLANNED: frozenset({AgendaState.WITHDRAWN, AgendaState.HELD}),
    AgendaState.WITHDRAWN: frozenset({AgendaState.PLANNED}),
    AgendaState.HELD: frozenset(),
}


class Relation(StrEnum):
    """How the ballots of two deputies in one vote stand to each other."""

    DIFFERENT = "different"
    SAME = "same"
    NO_VOTE = "no-vote"  # one or both have no recorded vote, which is never disagreement


class State(StrEnum):
    """How far a version of a roll call is; deputies.votes.actions makes the moves, the database refuses all others."""

    DRAFT = "draft"
    MATCHED = "matched"  # every name is a deputy who could vote, and everybody has an entry
    CHECKED = "checked"  # nothing blocks it, and every warning was acknowledged by name
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"  # a second person approved exactly this content
    PUBLISHED = "published"
    CORRECTED = "corrected"
    REJECTED = "rejected"  # sent back by the second person, with a reason


EDITABLE: tuple[str, ...] = (State.DRAFT.value, State.MATCHED.value, State.CHECKED.value, State.REJECTED.value)
WAITING = (*EDITABLE, State.SUBMITTED.value, State.REVIEWED.value)  # not yet seen by readers


class NameState(StrEnum):
    """What became of a name that the source prints and nobody's spelling fits."""

    UNMATCHED = "unmatched"
    MATCHED = "matched"  # a person picked who is meant
    SOURCE_ERROR = "source-error"  # the source names somebody who could not vote
    IGNORED = "ignored"  # not a name: a heading, a page number
