"""The words for what follows when the word given meets the record."""

from enum import StrEnum


class FindingKind(StrEnum):
    """What a published ballot was found to do."""

    DIFFERS = "differs"  # from the deputy's pledge or signature
    RED_LINE = "red-line"  # crosses what the coalition ruled out
    AS_PLEDGED = "as-pledged"  # as pledged, while most of the deputy's faction did not


class FindingState(StrEnum):
    """How far a finding has come; readers see it only when published."""

    DETECTED = "detected"
    UNDER_REVIEW = "under-review"
    ASKED = "asked"
    ANSWERED = "answered"
    SILENT = "silent"
    PUBLISHED = "published"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"  # by a correction of the record

    def may_become(self, other: "FindingState", kind: FindingKind) -> bool:
        return other in moves(kind)[self]


_NOWHERE: frozenset[FindingState] = frozenset()
_WITH_REPLY: dict[FindingState, frozenset[FindingState]] = {
    FindingState.DETECTED: frozenset({FindingState.UNDER_REVIEW, FindingState.DISMISSED}),
    FindingState.UNDER_REVIEW: frozenset({FindingState.ASKED, FindingState.DISMISSED}),
    FindingState.ASKED: frozenset({FindingState.ANSWERED, FindingState.SILENT, FindingState.DISMISSED}),
    FindingState.ANSWERED: frozenset({FindingState.PUBLISHED, FindingState.DISMISSED}),
    FindingState.SILENT: frozenset({FindingState.ANSWERED, FindingState.PUBLISHED, FindingState.DISMISSED}),
    FindingState.PUBLISHED: frozenset({FindingState.WITHDRAWN}),
    FindingState.DISMISSED: _NOWHERE,
    FindingState.WITHDRAWN: _NOWHERE,
}
_WITHOUT: dict[FindingState, frozenset[FindingState]] = {
    **dict.fromkeys(FindingState, _NOWHERE),
    FindingState.DETECTED: frozenset({FindingState.UNDER_REVIEW, FindingState.DISMISSED}),
    FindingState.UNDER_REVIEW: frozenset({FindingState.PUBLISHED, FindingState.DISMISSED}),
    FindingState.PUBLISHED: frozenset({FindingState.WITHDRAWN}),
}


def moves(kind: FindingKind) -> dict[FindingState, frozenset[FindingState]]:
    """Where a finding of a kind can go: only one that differs from a word given is put to the deputy first."""
    return _WITH_REPLY if kind is FindingKind.DIFFERS else _WITHOUT


class Rung(StrEnum):
    """On what an expected position rests; the first that there is, is taken."""

    PLEDGED = "pledged"
    SIGNED = "signed"
    VOTED_SO = "voted-so"
    FACTION_LINE = "faction-line"
    UNKNOWN = "unknown"


class Match(StrEnum):
    """How a recorded ballot stands to what was expected."""

    AS_EXPECTED = "as-expected"
    OTHERWISE = "otherwise"
    NO_VOTE = "no-vote"  # none recorded, which is never held against an expectation
