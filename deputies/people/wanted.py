"""What a reader looks for, as a query in PostgreSQL's language."""

import re
from itertools import zip_longest
from pathlib import Path

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Concat, Lower

from deputies.people.keys import in_cyrillic, in_russian_keys

CONFIG = "russian"  # stems words in Cyrillic letters as Russian and those in Latin letters as English
LONGEST = 200  # characters of a reader's words that are looked at
MOST_WORDS = 12
BETWEEN = " · "  # two fields in one passage
MARK, END = "\ue000", "\ue001"  # around a word that was looked for; no letters of any language

# Letter for letter, so that PostgreSQL can do it too; what has no counterpart goes. Trigrams are made of Latin letters
# alone where the database's locale is C.
_CYRILLIC, _LATIN = "абвгдеёжзийклмнопрстуфхцчшщыэюяъь", "abvgdeezziyklmnoprstufhccssyeua"

# In each line beginnings of words that mean the same here. Stems miss them: голосова-ли and голосован-ие have two.
SYNONYMS = tuple(
    tuple(line.split()) for line in Path(__file__).with_name("synonyms.txt").read_text("utf-8").splitlines()
)


def words_in(written: str) -> list[str]:
    return [word[:50] for word in re.findall(r"\w+", written[:LONGEST].casefold().replace("ё", "е"))][:MOST_WORDS]


def wanted(written: str) -> SearchQuery | None:
    """Texts with every word, in any form and either alphabet, typed in either language; None without a word."""
    typed = [" & ".join(map(_ways, words_in(text))) for text in (written, in_russian_keys(written[:LONGEST]))]
    query = " | ".join(f"({one})" for one in dict.fromkeys(typed) if one)
    return SearchQuery(query, config=CONFIG, search_type="raw") if query else None


def _ways(word: str) -> str:
    """The word as it is, in Cyrillic letters, and what means the same."""
    spellings = (word, in_cyrillic(word))
    ways = dict.fromkeys(f"'{spelled}'" for spelled in spellings)
    for group in SYNONYMS:
        if any(spelled.startswith(group) for spelled in spellings):
            ways |= dict.fromkeys(f"'{stem}':*" for stem in group)
    return f"({' | '.join(ways)})"


def in_latin(*fields: str) -> Func:
    """The fields in small Latin letters, for comparing trigrams with `latin_letters`."""
    joined = Concat(*(part for field in fields for part in (F(field), Value(" "))), output_field=TextField())
    return Func(Lower(joined), Value(_CYRILLIC), Value(_LATIN), function="translate", output_field=TextField())


def latin_letters(word: str) -> str:
    table = dict(zip_longest(map(ord, _CYRILLIC), _LATIN))
    return word.translate(table)


def highlighted(query: SearchQuery, *text: str) -> dict[str, SearchHeadline]:
    """Annotations of the title and of a `text` of several fields, both in both languages, for the filter `snippet`.

    A title comes whole, of a text the passage that fits best, with MARK and END around the words that were looked for.
    """
    parts = {"title": ("title",), "text": text}
    return {
        f"{part}_in_{lang}": _headline(query, *(f"{field}_{lang}" for field in fields))
        for part, fields in parts.items()
        for lang in ("ru", "en")
    }


def _headline(query: SearchQuery, *fields: str) -> SearchHeadline:
    whole = len(fields) == 1
    joined = Concat(*(part for field in fields for part in (F(field), Value(BETWEEN))), output_field=TextField())
    return SearchHeadline(
        joined, query, config=CONFIG, start_sel=MARK, stop_sel=END,
        **({"highlight_all": True} if whole else {"max_words": 30, "min_words": 12}),
    )  # fmt: skip
