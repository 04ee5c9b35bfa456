"""An uploaded file as roll calls: what it is is told by its content, never by its name. Pure."""

import re
import unicodedata

from deputies.sources.tables import text_of
from deputies.votes.imports.named import LARGEST, Reading, Words, bad_file
from deputies.votes.imports.pasted import read_text
from deputies.votes.imports.popolo import read_vote_events
from deputies.votes.imports.spreadsheet import read_sheet

FOREIGN = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:(%PDF)|(\{\\rtf)|(\xd0\xcf\x11\xe0)|(\x89PNG|\xff\xd8\xff|GIF8|RIFF|II\*\0|MM\0\*)"
    rb"|(<!doctype|<html|<\?xml|<table|<meta))",
    re.I,
)
KINDS = (
    *("this is a PDF", "this is an RTF document", "this is a document of an old format (DOC or XLS)"),
    *("this is a picture", "this is a web page or XML"),
)


def read_upload(name: str, content: bytes, words: Words) -> list[Reading]:
    """The roll calls in `content`; `name` is only shown. Raises BadFile or BadFiles."""
    file = shown(name)
    if len(content) > LARGEST:
        raise bad_file(file, "the file is larger than 1 MB", "Upload one roll call.")
    if foreign := FOREIGN.match(content):
        kind = KINDS[(foreign.lastindex or 1) - 1]
        raise bad_file(file, kind, "Copy the text and paste it.")
    if content.startswith(b"PK"):
        return [read_sheet(content, file, words)]
    if re.match(rb"(?:\xef\xbb\xbf)?\s*[\[{]", content):
        return read_vote_events(content, file)
    return [read_text(text_of(content, file), words, file)]


def shown(name: str) -> str:
    """The name without folders and without characters that nobody sees."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(each for each in last if unicodedata.category(each)[0] != "C").strip(" .")[:100] or "file"
