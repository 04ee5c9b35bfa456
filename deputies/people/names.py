"""Names as records write them: one name in many spellings, orders and alphabets, read without a look at any list."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from deputies.people.slugs import TO_LATIN

LONGEST = 200  # characters; what is longer is no name
MOST_WORDS = 6

_TWINS = ("ABCEHIKMOPTXYaceiopxy", "АВСЕНІКМОРТХУасеіорху")  # letters that look alike in print
_TO_CYRILLIC, _TO_TWIN = str.maketrans(*_TWINS), str.maketrans(_TWINS[1], _TWINS[0])
_CYRILLIC, _LATIN = re.compile(r"[\u0400-\u052f]"), re.compile(r"[A-Za-z]")
_DASHES = re.compile(r"\s*[-\u2010-\u2015\u2212\u2043]+\s*")
_QUOTES = str.maketrans("", "", "'\"`«»ʹʼ‘’“”„′")
_BRACKETS = re.compile(r"\([^)]*\)?|\[[^\]]*\]?")
_PATRONYMIC = re.compile(r"(ич|вна|чна|ich|vna|chna)$")
_TITLES = re.compile(
    r"(mrs?|ms|dr|doc|prof|ing|arch|bc|mgr|mga|judr|mudr|phdr|rndr|pharmdr|deputy|senator|депутат|г-н|г-жа)\.?"
)
_DEGREES = re.compile(r"[js]r|i{2,3}|iv|csc|mba|phd|dr|md|mem")
_PARTICLES = re.compile(r"van|von|de[rn]?|d[aiu]|la|le|[ea]l|dos|фон|ван|дер?|ди|эль|аль")

_EITHER = {"j": ("y", "zh"), "š": ("s", "sh"), "č": ("c", "ch"), "ž": ("z", "zh")}  # й or ж; Czech or scholarly
_FOLDS = [
    (re.compile(pattern), instead)
    for pattern, instead in [
        *(("shch", "sch"), ("kh", "h"), ("x", "ks"), ("ph", "f"), ("w", "v"), ("tz|c(?!h)", "ts")),
        *(("yo", "e"), ("y", "i"), ("ii+", "i"), ("ie", "e"), ("er$", "r")),  # the last for Alexander, Peter
    ]
]
_BEGINS = dict(zip("abdefgiklmnoqrstuvwz", "абдефгиклмнокрстуввз", strict=True)) | {
    "c": "кцч", "e": "еэ", "h": "хг", "i": "ий", "j": "жй", "p": "п", "x": "хк", "y": "йиы", "ph": "ф",
    "zh": "ж", "kh": "х", "ts": "ц", "ch": "ч", "sh": "ш", "sch": "щш", "shch": "щ", "yu": "ю", "ya": "я", "ye": "е",
    "yo": "е", "ju": "юж", "ja": "яж", "je": "еж", "jo": "еж", "iu": "юи", "ia": "яи",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a name, or a short form of one; `keys` is how it may sound in Latin letters."""

    spelled: str  # small letters, with the marks of Latin ones
    text: str  # without marks and hyphens
    keys: frozenset[str]
    begins: frozenset[str]  # the Cyrillic letters that it may begin with
    cyrillic: bool
    short: bool

    def agrees(self, other: "Word") -> bool:
        """Whether both can be the same word: two Cyrillic ones letter by letter, others by the sound."""
        if self.short or other.short:
            return _begins(*sorted((self, other), key=lambda word: (not word.short, len(word.text))))
        return self.text == other.text if self.cyrillic and other.cyrillic else not self.keys.isdisjoint(other.keys)


def _begins(short: Word, word: Word) -> bool:
    if short.cyrillic == word.cyrillic:
        return word.text.startswith(short.text) or (short.text == "e" and word.text.startswith("ye"))
    if not short.begins.isdisjoint(word.begins):
        return True
    return len(short.text) > 1 and any(key.startswith(own) for own in short.keys for key in word.keys)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to take a name apart; `sure` where no other way comes into question."""

    surname: Word
    given: tuple[Word, ...]  # given names, then the patronymic; or their initials
    sure: bool = False


@lru_cache(maxsize=8192)
def normal(written: str) -> str:
    """The name without what print and keyboards change: case, spaces, dots, dashes, marks, ё, twin letters."""
    return " ".join(re.sub(r"[.,;]", " ", _plain(_clean(written))).split())


def is_patronymic(word: Word) -> bool:
    return word.short or bool(_PATRONYMIC.search(word.text))


@lru_cache(maxsize=8192)
def sound(written: str) -> str:
    """How its words sound in Latin letters, whichever alphabet they are in: Семёнов, Semyonov and Semenov are one."""
    return " ".join(_folded(_plain(word.translate(TO_LATIN))) for word in re.findall(r"\w+", _clean(written)))


@lru_cache(maxsize=8192)
def words_of(written: str) -> tuple[Word, ...]:
    """The words in order, without titles, degrees and what is in brackets; empty if it is no name."""
    return tuple(word for part in _parts(written) for word in part)


@lru_cache(maxsize=8192)
def readings(written: str) -> tuple[Reading, ...]:
    """Every way to read a name of an unknown order: any words that stand together may be the surname.

    None at all with a bracket, which holds what tells namesakes apart.
    """
    if _BRACKETS.search(written):
        return ()
    words, parts = words_of(written), _parts(written)
    if len(parts) > 1:
        return (_reading(words, 0, len(parts[0])),) if not any(word.short for word in parts[0]) else ()
    spans = ((i, j) for i in range(len(words)) for j in range(i + 1, len(words) + 1))
    return tuple(_reading(words, i, j) for i, j in spans if not any(word.short for word in words[i:j]))


@lru_cache(maxsize=8192)
def official_readings(name: str) -> tuple[Reading, ...]:
    """The ways to read a name of the record: given names first, unless a comma, initials or a patronymic tell."""
    words, parts = words_of(name), _parts(name)
    spans = [(0, len(parts[0]))] if len(parts) > 1 else list(_surnames(words))
    return tuple(_reading(words, i, j, sure=len(spans) == 1) for i, j in spans)


def _surnames(words: tuple[Word, ...]) -> Iterable[tuple[int, int]]:
    count, short = len(words), [number for number, word in enumerate(words) if word.short]
    if count < 2 or len(short) == count:
        return ((0, 1),) if count == 1 and not short else ()
    if short and short[-1] == count - 1:
        return ((0, end) for end in range(1, short[0] + 1))
    if short:
        return ((start, count) for start in range(short[-1] + 1, count))
    if count > 2 and is_patronymic(words[1]):
        return ((2, count),)
    first = [(0, count - 2)] if count > 2 and is_patronymic(words[-1]) else []
    return first if first and words[-1].cyrillic else [*first, *((start, count) for start in range(1, count))]


def _reading(words: tuple[Word, ...], start: int, end: int, *, sure: bool = False) -> Reading:
    return Reading(joined(words[start:end]), words[:start] + words[end:], sure)


def joined(words: Iterable[Word]) -> Word:
    """A double surname as one word, with a hyphen or without."""
    return _word("".join(word.spelled for word in words))


@lru_cache(maxsize=8192)
def _parts(written: str) -> tuple[tuple[Word, ...], ...]:
    """The words before and after a comma; degrees after one are no part of the name."""
    if len(written) > LONGEST:
        return ()
    first, *more = _BRACKETS.sub(" ", _clean(written)).split(",")
    kept = [part for part in [_split(first), *(_split(part) for part in more if not _is_degree(part))] if part]
    tokens = [token for part in kept for token in part]
    if len(kept) > 2 or len(tokens) > MOST_WORDS:
        return ()
    if any(not token.rstrip(".").replace("-", "").isalpha() for token in tokens):
        return ()
    return tuple(tuple(_word(token.rstrip("."), token.endswith(".")) for token in part) for part in kept)


def _is_degree(part: str) -> bool:
    return bool(_DEGREES.fullmatch(re.sub(r"[. ]", "", part)))


def _split(part: str) -> list[str]:
    """The tokens; one that ends with a dot is a short form."""
    tokens = [token.strip("-") for token in re.findall(r"[^\s.]+\.?", part)]
    tokens = [f"{token}." if len(token) == 1 else token for token in tokens if token.strip("-.")]
    while len(tokens) > 1 and _TITLES.fullmatch(tokens[0]):
        del tokens[0]
    tokens = [token for number, token in enumerate(tokens) if not number or token.rstrip(".") not in ("jr", "sr")]
    for number in range(len(tokens) - 2, -1, -1):
        if _PARTICLES.fullmatch(tokens[number]):
            tokens[number : number + 2] = [f"{tokens[number]}-{tokens[number + 1]}"]
    if tokens and len(tokens[-1]) > 3:  # the end of a sentence
        tokens[-1] = tokens[-1].rstrip(".")
    return [token.rstrip(".") if len(token) > 5 else token for token in tokens]


@lru_cache(maxsize=8192)
def _word(spelled: str, short: bool = False) -> Word:
    text, cyrillic = _plain(spelled).replace("-", ""), bool(_CYRILLIC.search(spelled))
    begins = set(text[:1])
    if not cyrillic:
        fitting = [key for key in _BEGINS if (key.startswith(text) if short else text.startswith(key))]
        longest = fitting if short else sorted(fitting, key=len)[-1:]
        begins = {letter for key in longest for letter in _BEGINS[key]}
    elif short and len(text) > 1:
        begins = set()
    return Word(spelled.replace("-", ""), text, _sounds(spelled.replace("-", "")), frozenset(begins), cyrillic, short)


def _sounds(spelled: str) -> frozenset[str]:
    latin = {spelled.translate(TO_LATIN)}
    for letter, options in _EITHER.items():
        latin = {text.replace(letter, option) for text in latin for option in options}
    return frozenset(_folded(_plain(text)) for text in latin)


def _folded(latin: str) -> str:
    for pattern, instead in _FOLDS:
        latin = pattern.sub(instead, latin)
    return latin


def _clean(written: str) -> str:
    """Small letters of one alphabet in each word, plain spaces and hyphens, no quotes and nothing invisible."""
    text = " ".join(unicodedata.normalize("NFKC", written[: LONGEST + 1]).split())
    text = "".join(letter for letter in text if unicodedata.category(letter)[0] not in "CM")
    if sure := any(letter not in _TWINS[1] for letter in _CYRILLIC.findall(text)):
        text = re.sub(r"\w+", _in_cyrillic, text)
    if not sure and _LATIN.search(text):
        text = text.translate(_TO_TWIN)
    return _DASHES.sub("-", text.casefold().translate(_QUOTES)).replace("ё", "е")


def _in_cyrillic(word: re.Match[str]) -> str:
    twin = word[0].translate(_TO_CYRILLIC)
    return word[0] if _LATIN.search(twin) else twin


def _plain(text: str) -> str:
    """Without the marks above and below letters; й is a letter of its own."""
    letters = (letter if letter == "й" else unicodedata.normalize("NFD", letter) for letter in text)
    return "".join(mark for letter in letters for mark in letter if not unicodedata.combining(mark))
