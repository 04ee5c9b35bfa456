"""Which of two languages a reader gets, and how the page learns that it had to fall back."""

from django.utils.translation import get_language


class Words(str):
    """Text that knows its own language, so that a template can mark a passage in another one."""

    __slots__ = ("lang",)
    lang: str

    def __new__(cls, text: str, lang: str) -> "Words":
        words = super().__new__(cls, text)
        words.lang = lang
        return words


def reader_words(*, ru: str, en: str) -> Words:
    """The text in the reader's language, or the other one where it has not been translated; "" if there is neither."""
    wants_russian = (get_language() or "en").startswith("ru")
    if wants_russian:
        return Words(ru, "ru") if ru or not en else Words(en, "en")
    return Words(en, "en") if en or not ru else Words(ru, "ru")
