"""The words of a chamber and its members, and how many votes a decision needs."""

from enum import StrEnum


class Threshold(StrEnum):
    """The majority a decision needs."""

    MEMBERS = "members"  # of all seats, filled or not
    MANDATES = "mandates"  # of the filled mandates
    PRESENT = "present"
    VOTING = "voting"  # more for than against
    TWO_THIRDS = "two-thirds"  # of all seats
    FIXED = "fixed"

    @property
    def counts_silence(self) -> bool:
        """Whether staying silent has the effect of a vote against."""
        return self is not Threshold.VOTING


def needed(
    threshold: Threshold,
    *,
    seats: int,
    filled: int | None = None,
    present: int | None = None,
    number: int | None = None,
) -> int | None:
    """Votes for that a decision needs: 23 and 30 for the majority and two thirds of 45 seats.

    None for VOTING, which names no number, and where the count that it depends on is unknown.
    """
    match threshold:
        case Threshold.MEMBERS:
            return _majority(seats)
        case Threshold.MANDATES:
            return _majority(filled)
        case Threshold.PRESENT:
            return _majority(present)
        case Threshold.TWO_THIRDS:
            return -(-2 * seats // 3)  # rounded up
        case Threshold.FIXED:
            return number
        case Threshold.VOTING:
            return None


def _majority(count: int | None) -> int | None:
    return None if count is None else count // 2 + 1


class PlaceKind(StrEnum):
    """What readers know a district by."""

    AREA = "area"
    STREET = "street"


class Side(StrEnum):
    MAJORITY = "majority"
    OPPOSITION = "opposition"
    NONE = "none"


class Entered(StrEnum):
    """How a mandate began."""

    ELECTION = "election"
    BY_ELECTION = "by-election"
    SUCCESSION = "succession"


class Left(StrEnum):
    """How a mandate ended."""

    TERM_ENDED = "term-ended"
    RESIGNED = "resigned"
    DIED = "died"
    EXPELLED = "expelled"
    OTHER = "other"
    UNKNOWN = "unknown"


class Matched(StrEnum):
    """How a written name was told, or why it was not."""

    EXACT = "exact"  # so spelled in the record, or remembered
    READ = "read"  # another order, alphabet or short form of one name only
    CHAIR = "chair"
    SAME_SURNAME = "same-surname"
    SEVERAL = "several"
    NOT_ELIGIBLE = "not-eligible"
    NO_CHAIR = "no-chair"
    UNKNOWN = "unknown"
    DOUBLED = "doubled"  # another line of the list is the same deputy


class Likeness(StrEnum):
    """Why somebody is suggested, the strongest reason first."""

    FITS = "fits"
    ELSEWHERE = "elsewhere"  # so spelled by another source or at another time
    SAME_SURNAME = "same-surname"
    CLOSE = "close"
