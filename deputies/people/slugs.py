"""Addresses made from names: Russian written in Latin letters, marks above letters dropped."""

import re
import unicodedata
from collections.abc import Container

_LATIN = dict(zip("абвгдеёзийклмнопрстуфыэіїєґўłđø", "abvgdeeziyklmnoprstufyeiieguldo", strict=True)) | {
    "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu", "я": "ya",
}  # fmt: skip
TO_LATIN = str.maketrans(_LATIN)


def slug_of(text: str, *, limit: int = 100) -> str:
    """`text` in a-z, 0-9 and hyphens, at most `limit` characters; "x" if nothing of it is left."""
    latin = text.casefold().translate(TO_LATIN)
    plain = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:limit].rstrip("-") or "x"


def unused(slug: str, taken: Container[str]) -> str:
    """`slug`, or the first of slug-2, slug-3, … that is not taken."""
    number, candidate = 1, slug
    while candidate in taken:
        number += 1
        candidate = f"{slug}-{number}"
    return candidate
