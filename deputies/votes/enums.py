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


class State(StrEnum):
    """How far a version of a roll call is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    CORRECTED = "corrected"
    REJECTED = "rejected"
