"""Whom a written name means: one deputy for certain, or suggestions of which a person must pick.

Nothing that is only similar is ever taken.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import zip_longest

from deputies.people.enums import Likeness, Matched
from deputies.people.names import Reading, Word, is_patronymic, joined, normal, official_readings, readings, words_of

MOST = 5
MOST_COMPARED = 100  # names of one list; of more that fit nobody, the rest is of another house, or is no names
CLOSE = 0.7  # of 1, between the letters of two names
CHAIR = re.compile(  # as `normal` leaves it
    r"председатель( (собрания|думы|совета))?|председательствующ(ий|ая)|спикер"
    r"|(the |mr |madam )?(chair(man|woman|person)?|speaker)|presiding officer"
)


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody whom a list can name; `unable` says why not at its time, and is empty for those who could vote.

    `names` are the record's own, given names first; `aliases` hold at that time for that source, `elsewhere` do not.
    """

    id: int
    names: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    presides: bool = False
    unable: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    id: int
    name: str
    why: Likeness
    unable: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """`id` is who is meant, or None; then a person has to pick."""

    written: str
    id: int | None
    reason: Matched
    suggestions: tuple[Suggestion, ...] = ()


def match_all(written: Sequence[str], roster: Sequence[Listed]) -> list[Match]:
    """A match for each name of one list; two names of the same deputy are both left unmatched."""
    found = [_meant(name, roster) for name in written]
    for number in [number for number, each in enumerate(found) if each.id is None][:MOST_COMPARED]:
        found[number] = _with_alike(found[number], roster)
    times, listed = Counter(each.id for each in found), {row.id: row for row in roster}
    return [
        replace(each, id=None, reason=Matched.DOUBLED, suggestions=_told([listed[each.id]], Likeness.FITS))
        if each.id is not None and times[each.id] > 1
        else each
        for each in found
    ]


def match(written: str, roster: Sequence[Listed]) -> Match:
    """The one deputy of `roster` whom `written` can mean, in whatever order the roster is."""
    found = _meant(written, roster)
    return found if found.id is not None else _with_alike(found, roster)


def _meant(written: str, roster: Sequence[Listed]) -> Match:
    """As `match`, without those who are only similar: each is compared letter by letter, which takes its time."""
    spelled = _spelled(written, roster)
    fits = {row.id: fit for row in roster if (fit := _fit(written, _known(row)))}
    if CHAIR.fullmatch(normal(written)):
        meant, reason = [row for row in roster if row.presides or row.id in fits or row in spelled], Matched.CHAIR
        return _decided(written, meant, reason) if meant else _left(written, [], Matched.NO_CHAIR)
    if namesakes := [row for row in roster if bears(row.names + row.aliases, written)]:
        able = [row for row in roster if not row.unable and (row in spelled or row in namesakes)]
        if len(able) > 1:
            return _left(written, able, Matched.SAME_SURNAME)
    elif spelled:
        return _decided(written, spelled, Matched.EXACT)
    meant = [row for row in roster if row.id in fits or row in spelled]
    best = max((fits.get(row.id, 0) for row in meant if not row.unable), default=0)
    if not namesakes and any(row.unable and fits.get(row.id, 0) > best > 0 for row in meant):
        return _left(written, meant, Matched.SEVERAL)
    exact = any(row in spelled for row in meant if not row.unable)
    return _decided(written, meant, Matched.EXACT if exact else Matched.READ)


def bears(names: Iterable[str], written: str) -> bool:
    """Whether `written` is nothing but the surname, or may be, in one of `names`."""
    words = words_of(written)
    if not words or not readings(written) or any(word.short for word in words):
        return False
    return any(known.surname.agrees(joined(words)) for known in _readings_of(tuple(names), ()))


def _decided(written: str, meant: Sequence[Listed], reason: Matched) -> Match:
    able = [row for row in meant if not row.unable]
    if len(able) == 1:
        return Match(written, able[0].id, reason)
    if able:
        return _left(written, able, Matched.SEVERAL)
    return _left(written, meant, Matched.NOT_ELIGIBLE if meant else Matched.UNKNOWN)


def _spelled(written: str, roster: Sequence[Listed]) -> list[Listed]:
    """Who is so named to the letter, else who is up to case, spaces, dashes, marks and twin letters."""
    for form in (str, normal):
        own = form(written)
        if found := [row for row in roster if own and own in map(form, row.names + row.aliases)]:
            return found
    return []


def _known(row: Listed) -> tuple[Reading, ...]:
    return _readings_of(row.names, row.aliases)


@lru_cache(maxsize=4096)
def _readings_of(names: tuple[str, ...], aliases: tuple[str, ...]) -> tuple[Reading, ...]:
    """What is known of a name; an alias is read around a surname of the record where it holds one."""
    own = [reading for name in names for reading in official_readings(name)]
    for alias in aliases:
        around = [each for each in readings(alias) if any(each.surname.agrees(known.surname) for known in own)]
        own += around or official_readings(alias)
    return tuple(own)


def _fit(written: str, known: Sequence[Reading]) -> int:
    """2 if all words of `written` are known, 1 if one initial or patronymic is more than we know, else 0."""
    return max((_fit_one(reading, known) for reading in readings(written)), default=0)


def _fit_one(reading: Reading, known: Sequence[Reading]) -> int:
    if reading.surname.cyrillic and any(each.surname.cyrillic for each in known):
        known = [each for each in known if each.surname.cyrillic]
    own = [each for each in known if each.surname.agrees(reading.surname)]
    if not reading.given:
        return 2 if any(each.sure for each in own) else 0
    places: list[set[Word]] = [set(found) - {None} for found in zip_longest(*(each.given for each in own))]
    more = reading.given[len(places) :]
    if not places or len(more) > 1 or not all(map(is_patronymic, more)):
        return 0
    together = zip(reading.given, places, strict=False)
    return 2 - len(more) if all(any(map(word.agrees, place)) for word, place in together) else 0


def _left(written: str, meant: Sequence[Listed], reason: Matched) -> Match:
    """No match, with those who can be meant."""
    first = sorted(meant, key=lambda row: (bool(row.unable), row.id))
    why = Likeness.SAME_SURNAME if reason is Matched.SAME_SURNAME else Likeness.FITS
    return Match(written, None, reason, _told(first, why)[:MOST])


def _with_alike(found: Match, roster: Sequence[Listed]) -> Match:
    """Those who can be meant first, and the most similar others after them."""
    meant = {each.id for each in found.suggestions}
    rows = [row for row in roster if row.id not in meant] if len(meant) < MOST else []
    others = [(*like, row) for row in rows if (like := _alike(found.written, row))]
    others.sort(key=lambda other: (list(Likeness).index(other[0]), bool(other[2].unable), -other[1], other[2].id))
    told = (*found.suggestions, *(told for like, _, row in others for told in _told([row], like)))
    return replace(found, suggestions=told[:MOST])


def _told(rows: Iterable[Listed], why: Likeness) -> tuple[Suggestion, ...]:
    return tuple(Suggestion(row.id, row.names[0], why, row.unable) for row in rows)


def _alike(written: str, row: Listed) -> tuple[Likeness, float] | None:
    words = [word for word in words_of(written) if not word.short]
    surnames = {reading.surname for reading in _known(row)}
    nearest = max(
        *(_nearness(words_of(written), words_of(name)) for name in (*row.names, *row.aliases)),
        *(_nearness([word], [surname]) for word in words for surname in surnames),
        0.0,
    )
    if normal(written) in map(normal, row.elsewhere):
        return Likeness.ELSEWHERE, nearest
    if any(word.agrees(surname) for word in words for surname in surnames):
        return Likeness.SAME_SURNAME, nearest
    return (Likeness.CLOSE, nearest) if nearest >= CLOSE else None


def _nearness(words: Sequence[Word], others: Sequence[Word]) -> float:
    one, other = (" ".join(sorted(min(word.keys) for word in each)) for each in (words, others))
    compared = SequenceMatcher(None, one, other, autojunk=False)
    return compared.ratio() if one and other and compared.quick_ratio() >= CLOSE else 0.0
