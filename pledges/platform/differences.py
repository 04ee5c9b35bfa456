"""What changed between two texts, in words that were added and removed; pure."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

LEAST_SHARED = 0.4  # of the words of two texts, for their differences to be told word by word
_TOKENS = re.compile(r"\s*\w+|\s*[^\w\s]|\s+")


class Change(StrEnum):
    """What became of some words."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a text and what became of them."""

    change: Change
    text: str


def reworded(old: str, new: str) -> list[Piece]:
    """The two texts as one: what both have, what only the old one has, what only the new one has.

    All but the added pieces give the old text, all but the removed ones the new text. Texts that share little come as
    a whole: single words left standing in between would only be in a reader's way.
    """
    before, after = _TOKENS.findall(old), _TOKENS.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    alike = matcher.get_opcodes() if matcher.ratio() >= LEAST_SHARED else [("replace", 0, None, 0, None)]
    pieces = []
    for tag, start, end, begin, stop in alike:
        gone, come = "".join(before[start:end]), "".join(after[begin:stop])
        if tag == "equal":
            pieces.append(Piece(Change.SAME, gone))
        else:
            pieces += [Piece(Change.REMOVED, gone), Piece(Change.ADDED, come)]
    return [piece for piece in pieces if piece.text]
