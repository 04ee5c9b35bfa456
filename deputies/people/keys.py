"""What a reader writes into the field for a place or a name, brought to the form in which both are compared."""

import re

from deputies.people.names import sound

_ORDINAL = re.compile(r"\b(\d+)\s*-?\s*(?:й|я|е|ый|ий|ая|ья|ой|ое|го|st|nd|rd|th)\b")
_HOUSE = re.compile(
    r"(?<=[^\W\d]{2})[\s,.]+(?:(?:д|дом|house|к|корп|корпус|стр|строение|кв|квартира|flat|apt)\b[\s.]*)?\d+(?![\d_]).*"
)
_KINDS = re.compile(
    r"\b(?:ул|улица|пр-т|просп|проспект|пр|пер|переулок|пл|площадь|б-р|бул|бульвар|наб|набережная|ш|шоссе|проезд|аллея|"
    r"р-н|район|района|мкр|микрорайон|street|st|str|ulitsa|ul|avenue|ave|av|prospekt|prospect|pr|lane|pereulok|per|"
    r"square|sq|ploshchad|blvd|boulevard|bulvar|embankment|naberezhnaya|nab|highway|shosse|road|rd|drive|passage|"
    r"proezd|alley|alleya|district|rayon|raion|area)\b\.?"
)
_NUMBER = re.compile(
    r"(?:округ|округа|district|№|#|no\.?|\s)*(\d{1,4})(?:\s*-?(?:й|ый|ий|th|st|nd|rd))?\s*(?:округ|district)?"
)
_KEYBOARD = str.maketrans("qwertyuiop[]asdfghjkl;'zxcvbnm,.`", "йцукенгшщзхъфывапролджэячсмитьбюё")
_SPELLED = dict(zip("abvgdezijklmnoprstufhcywx", "абвгдезийклмнопрстуфхцывк", strict=True)) | {
    "shch": "щ", "sch": "щ", "yo": "е", "jo": "е", "zh": "ж", "kh": "х", "ts": "ц", "ch": "ч", "sh": "ш", "yu": "ю",
    "ju": "ю", "ya": "я", "ja": "я", "ye": "е", "yy": "ый", "iy": "ий", "ay": "ай", "ey": "ей", "oy": "ой", "'": "ь",
}  # fmt: skip
_SPELLING = re.compile("|".join(sorted(_SPELLED, key=len, reverse=True)))


def place_key(written: str) -> str:
    """The sound of a name of a place without the word for its kind and without a house number; " " goes before a word.

    A name that is nothing but such a word keeps it.
    """
    text = _ORDINAL.sub(r"\1_", written.casefold()[:200])  # the mark tells 3rd from the number of a house
    named = _HOUSE.sub("", text).replace("_", " ")
    return "".join(f" {word}" for word in (sound(_KINDS.sub(" ", named)) or sound(named)).split())


def district_number(written: str) -> int | None:
    """The number, if that is all that was written, with the word for a district or without."""
    found = _NUMBER.fullmatch(written.casefold().strip())
    return int(found[1]) if found else None


def in_russian_keys(written: str) -> str:
    """What the same keys give when the keyboard is switched to Russian."""
    return written.casefold().translate(_KEYBOARD)


def in_cyrillic(written: str) -> str:
    """A Russian word that was written in Latin letters, as well as can be told."""
    return _SPELLING.sub(lambda found: _SPELLED[found[0]], written.casefold())
