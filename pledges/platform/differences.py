"""What changed between two versions of a platform, in words that were added and removed; pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

LANGUAGES = ("ru", "en")
FIELDS = ("title", "text", "measured", "done")
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


@dataclass(frozen=True, slots=True)
class Worded:
    """The words of a demand in one version; `words` by field and language, such as ("title", "ru")."""

    demand_id: int
    slug: str
    chapter: str
    words: Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Rewording:
    """A field in which the words of a demand changed, in the language compared."""

    field: str
    lang: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Differences:
    """What one version has that the other has not, each in the order of its version.

    `moved` are demands that were dropped from one chapter and taken up in another in the same words.
    """

    added: list[Worded]
    dropped: list[Worded]
    changed: list[tuple[Worded, list[Rewording]]]
    moved: list[tuple[Worded, Worded]]
    kept: int


def differences(old: Sequence[Worded], new: Sequence[Worded], *, lang: str) -> Differences:
    """What changed from one version to another, for a reader of `lang`."""
    before = {one.demand_id: one for one in old}
    gone = [one for one in old if one.demand_id not in {other.demand_id for other in new}]
    come = [one for one in new if one.demand_id not in before]
    moved = [(was, one) for one in come for was in gone if was.words == one.words and was.chapter != one.chapter]
    both = [(one, _rewordings(before[one.demand_id], one, lang)) for one in new if one.demand_id in before]
    changed = [(one, fields) for one, fields in both if fields]
    return Differences(
        added=[one for one in come if one not in [taken for _, taken in moved]],
        dropped=[one for one in gone if one not in [left for left, _ in moved]],
        changed=changed,
        moved=moved,
        kept=len(both) - len(changed),
    )


def _rewordings(old: Worded, new: Worded, lang: str) -> list[Rewording]:
    """The fields that changed: in the reader's language, else in the other one where only that did."""
    found = []
    for field in FIELDS:
        for language in sorted(LANGUAGES, key=lambda one: one != lang):
            was, is_now = (one.words.get((field, language), "") for one in (old, new))
            if was != is_now:
                found.append(Rewording(field, language, reworded(was, is_now)))
                break
    return found
