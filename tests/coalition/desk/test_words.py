"""The desk speaks Russian and English: whichever an organiser chose, or else what the browser asks for."""

import re
from html.parser import HTMLParser

import polib
import pytest
from django.test import Client
from django.urls import reverse

from coalition.desk.site import desk
from coalition.desk.vocabulary import shown_models
from deputies.votes.enums import Position
from tests import build, catalogue
from tests.coalition.accounts import door
from tests.coalition.desk.test_matrix import addresses, asked, world

pytestmark = pytest.mark.django_db

SAID = ("alt", "aria-label", "placeholder", "title")
SENTENCE = re.compile(r"\b[A-Za-z]{2,}(?:[ ,:;’']+[A-Za-z]{2,})+")
# What is stored in English: the rows of the world, formats, and Django's names of rights.
KNOWN = re.compile(
    r"Can (add|change|delete|view) .*|Anna Ivanova; labour|CSV, TSV, XLSX|OpenCivicData JSON|PDF, PNG, JPEG"
    r"|Mail operators|Nobody known|By show of hands|It is what the demand asks|They said so"
    r"|First term|The protocol|signed sheet|newspaper"
    r"|An interview|The minutes|It was seen|vote for it|ru, en, cs"
    r"|My own words|coming vote|published (platform|roll)|add votes|of elsewhere|town: Red|signed platform"
)
CATALOGUE = polib.pofile(str(catalogue.WRITTEN))
WORDS = {"did not vote", "no mark", "not voting", "present without voting"}  # of English records, on the list of words
# Django's own sentences that its Russian lacks; a protocol and a letter in both languages.
APART = {"auth_user_password_change", "votes_sitting_protocol", "findings_finding_letter"}


class Texts(HTMLParser):
    """What a page says, in text and in attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._in = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in = tag
        self.texts += [value or "" for name, value in attrs if name in SAID]

    def handle_endtag(self, tag: str) -> None:
        self._in = ""

    def handle_data(self, text: str) -> None:
        if self._in not in ("script", "style", "code"):
            self.texts.append(" ".join(text.split()))


def english_of(client: Client, address: str) -> set[str]:
    answer = client.get(address)
    if answer.status_code != 200 or "html" not in answer["Content-Type"]:
        return set()
    texts = Texts(answer.content.decode()).texts
    untold = {entry.msgid for entry in CATALOGUE if entry.msgid != entry.msgstr} - WORDS
    whole = {text for text in texts if text in untold and " " in text}
    return whole | {said for text in texts for said in SENTENCE.findall(text) if not KNOWN.fullmatch(said)} - WORDS


def russian(client: Client) -> Client:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "ru"
    return client


@pytest.mark.parametrize("role", ["superuser", "Entrants"])
def test_no_page_of_the_desk_says_a_sentence_in_english(role: str) -> None:
    client = russian(door.signed_in(door.organiser("anna", superuser=role == "superuser", roles=["Entrants"])))

    found = {name: english_of(client, asked(name, address)) for name, address in addresses(world())}

    assert {name: said for name, said in found.items() if said and name not in APART} == {}


def test_no_page_of_a_report_says_a_sentence_in_english() -> None:
    house = build.chamber(slug="town")
    person = build.deputy(house, "Анна")
    vote = build.vote(house, {person: Position.FOR}, title_ru="Вопрос")
    build.dispute(vote, person, token="token", should_say="против")
    pages = [f"/ru/report/?vote={vote.pk}", "/ru/report/token/", "/ru/corrections/"]

    assert {address: Client().get(address).status_code for address in pages} == dict.fromkeys(pages, 200)
    assert set().union(*(english_of(Client(), address) for address in pages)) == set()


def test_the_desk_speaks_what_the_browser_asks_for_until_an_organiser_chooses() -> None:
    client = russian(door.signed_in(door.organiser("anna")))
    index = reverse("admin:index")
    assert 'lang="ru"' in client.get(index).content.decode()

    answer = client.post(f"{reverse('admin:language')}?next={index}votes/", {"language": "en"})

    assert (answer.status_code, answer["Location"]) == (302, f"{index}votes/")
    assert "Roll calls" in client.get(index).content.decode()
    assert "Password" in client.get(reverse("account_change_password")).content.decode()


@pytest.mark.parametrize("said", ["", "de", "ru\0"])
def test_a_language_that_is_not_ours_changes_nothing(said: str) -> None:
    client = door.signed_in(door.organiser("anna"))

    answer = client.post(f"{reverse('admin:language')}?next=https://elsewhere.example/", {"language": said})

    assert answer["Location"] == reverse("admin:index")
    assert "Roll calls" in client.get(reverse("admin:index")).content.decode()


def test_readers_pages_follow_their_address_and_look_at_no_session() -> None:
    client = door.signed_in(door.organiser("anna"))
    client.post(reverse("admin:language"), {"language": "ru"})

    answer = client.get("/en/about/")

    assert answer["Content-Language"] == "en"
    assert "Cookie" not in answer.get("Vary", "")
    assert "Set-Cookie" not in answer


def test_every_table_with_a_page_has_names_that_the_catalogue_knows() -> None:
    assert set(desk._registry) <= shown_models()
