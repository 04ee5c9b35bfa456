"""The desk speaks Russian: no page of it shows English of ours, and an organiser's choice of a language lasts."""

import re
from html.parser import HTMLParser

import pytest

from tests.coalition.accounts import door
from tests.coalition.desk.test_matrix import addresses, asked, world

pytestmark = pytest.mark.django_db

SAID = ("alt", "aria-label", "placeholder", "title")
ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[ ,:;]+[A-Za-z]{2,})*")


class Texts(HTMLParser):
    """What a page says, in text and in attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._in: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in.append(tag)
        self.texts += [value or "" for name, value in attrs if name in SAID]

    def handle_endtag(self, tag: str) -> None:
        while self._in and self._in.pop() != tag:
            pass

    def handle_data(self, text: str) -> None:
        if not {"script", "style", "code"} & set(self._in):
            self.texts.append(text)


def test_proto() -> None:
    import collections

    client = door.signed_in(door.organiser("anna", superuser=True))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "ru"
    found = collections.defaultdict(set)
    for name, address in addresses(world()):
        answer = client.get(asked(name, address))
        if answer.status_code == 200 and "html" in answer["Content-Type"]:
            for text in Texts(answer.content.decode()).texts:
                for run in ENGLISH.findall(text):
                    found[run].add(name)
    for k, v in sorted(found.items()):
        print(k, "|", len(v), sorted(v)[:3])
    assert 0
