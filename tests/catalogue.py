"""The catalogue of Russian words beside the code: what lacks words, and what nobody says any more.

`make words` adds what is missing to locale/ru/LC_MESSAGES/django.po, without words, takes out what is gone, and
compiles. Words are found in calls of gettext, in templates, and in the names of tables and columns that the desk
shows. Rooms without Django cannot call gettext: what they say is in the catalogue as long as the code has that text.
"""

import ast
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import django
import polib
from django.apps import apps
from django.utils.translation import override
from django.utils.translation.template import templatize

WRITTEN = Path("locale/ru/LC_MESSAGES/django.po")
ROOMS = ("coalition", "pledges", "deputies")
CALLS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), ("id",)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), ("id", "plural")),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ("context", "id")),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ("context", "id", "plural")),
}
PURE = ("Said", "bad", "_bad", "note")  # how deputies/votes/imports says a sentence
_CALL = re.compile(r"\b(\w*gettext|_)\(((?:\s*u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"),?)+)")

Key = tuple[str, str]  # context and words, as in the catalogue
Found = dict[Key, str]  # with the plural, or ""


@cache
def code() -> dict[Path, ast.Module]:
    files = (path for room in ROOMS for path in sorted(Path(room).rglob("*.py")) if "migrations" not in path.parts)
    return {path: ast.parse(path.read_text()) for path in files}


def _nodes() -> Iterator[ast.AST]:
    return (node for tree in code().values() for node in ast.walk(tree))


def _found(name: str, texts: list[str]) -> tuple[Key, str]:
    told = dict(zip(CALLS[name], texts, strict=False))
    return (told.get("context", ""), told["id"]), told.get("plural", "")


def in_code() -> Iterator[tuple[Key, str]]:
    for node in _nodes():
        name = called(node)
        if isinstance(node, ast.Call) and name in CALLS:
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if len(texts) >= len(CALLS[name]):
                yield _found(name, texts)


def called(node: ast.AST) -> str:
    """The name of the function that `node` calls, or ""."""
    function = node.func if isinstance(node, ast.Call) else None
    return getattr(function, "id", None) or getattr(function, "attr", None) or ""


def in_templates() -> Iterator[tuple[Key, str]]:
    for path in sorted(path for path in Path("templates").rglob("*.*") if path.suffix in (".html", ".txt")):
        for name, texts in _CALL.findall(templatize(path.read_text())):
            yield _found(name, list(ast.literal_eval(f"[{texts}]")))


def in_names() -> Iterator[tuple[Key, str]]:
    """Names of rooms, tables and columns, and what is said below a column, as the desk shows them."""
    from coalition.desk.vocabulary import shown_models  # only once Django is set up

    with override(None):
        names = {str(room.verbose_name) for room in apps.get_app_configs() if room.name.startswith(ROOMS)}
        for meta in (model._meta for model in shown_models()):
            names |= {str(meta.verbose_name), str(meta.verbose_name_plural)}
            for field in (*meta.local_fields, *meta.local_many_to_many):
                names |= {str(field.verbose_name), str(field.help_text)}
    yield from ((("", name), "") for name in sorted(names - of_django() - {""}))


@cache
def of_django() -> set[str]:
    """What Django has Russian words for; the catalogue may have others, without gender, and they win."""
    folder = Path(django.__file__).parent
    files = (folder / part / "locale/ru/LC_MESSAGES/django.mo" for part in ("conf", "contrib/admin", "contrib/auth"))
    return {entry.msgid for file in files for entry in polib.mofile(str(file))}


def wanted() -> Found:
    found: Found = {}
    for key, plural in (*in_code(), *in_templates(), *in_names()):
        found[key] = found.get(key) or plural
    return found


def missing(written: polib.POFile) -> Found:
    """What the code says and the catalogue has no place for."""
    there = {(entry.msgctxt or "", entry.msgid) for entry in written}
    pure = {("", text): "" for text in _pure_sentences()}
    return {key: plural for key, plural in (pure | wanted()).items() if key not in there}


def gone(written: polib.POFile) -> list[polib.POEntry]:
    """What the catalogue has words for and nobody says."""
    said = wanted()
    texts = {node.value for node in _nodes() if isinstance(node, ast.Constant)} | of_django()
    return [e for e in written if (e.msgctxt or "", e.msgid) not in said and e.msgid not in texts]


def _pure_sentences() -> set[str]:
    found = set()
    for path, tree in code().items():
        if "imports" in path.parts and "votes" in path.parts:
            calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node) in PURE)
            found |= {arg.value for call in calls for arg in call.args if isinstance(arg, ast.Constant)}
    return {text for text in found if isinstance(text, str) and " " in text}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coalition.settings")
    django.setup()
    written = polib.pofile(str(WRITTEN), wrapwidth=0)
    for entry in gone(written):
        written.remove(entry)
    for (context, words), plural in missing(written).items():
        empty = {0: "", 1: "", 2: ""} if plural else {}
        flags = ["python-format"] if "%(" in words else []
        written.append(
            polib.POEntry(msgctxt=context or None, msgid=words, msgid_plural=plural, msgstr_plural=empty, flags=flags)
        )
    written.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    written.save()
    written.save_as_mofile(str(WRITTEN.with_suffix(".mo")))
    print(f"{len(written)} entries; without words: {len(written.untranslated_entries())}.")


if __name__ == "__main__":
    main()
