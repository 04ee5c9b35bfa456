"""How letters look: their text, their HTML, their envelope and their size."""

import email
import email.policy
import re
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest

from coalition.digests.composing import MOST_ITEMS
from coalition.digests.enums import DeliveryKind, What
from coalition.digests.messages import Letter
from coalition.digests.reports import latest_event
from deputies.journal.models import Event
from deputies.people.models import Person
from deputies.votes.enums import Position, Result
from pledges.platform.enums import Chapter
from pledges.scorecards.bundles.actions import build_bundle
from tests import build
from tests.coalition.digests.build import AT, READER, TOKEN, key, letter_for

pytestmark = pytest.mark.django_db
MOST_BYTES = 100_000


def parsed(letter: Letter | None) -> EmailMessage:
    """As it goes over the wire, read by a parser that raises on every defect."""
    assert letter
    message = email.message_from_bytes(letter.as_bytes(AT), policy=email.policy.strict)
    assert isinstance(message, EmailMessage)
    return message


class Outline(HTMLParser):
    """The elements of a page, with their ids and addresses; fails where they do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.loads: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self.ids += [names["id"] or ""] if "id" in names else []
        self.loads += [tag] if tag in {"script", "img", "link", "iframe", "style", "object"} or "src" in names else []
        self.open += [tag] if tag not in {"meta", "br", "hr"} else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_letter_is_beautiful_in_a_terminal() -> None:
    chamber = build.chamber(seats=5, slug="zarechny", is_invented=True)
    anna = build.deputy(chamber, "Anna Obraztsova")
    demand = build.platform(chamber, demands=[Chapter.DEMOCRATIC]).demands.get()
    result: dict[str, Any] = {"total_against": 3, "result": Result.REJECTED.value}
    roll_call = build.vote(chamber, {anna: Position.AGAINST}, total_for=1, **result)
    build.link(demand, roll_call)
    start = latest_event()
    build.publish(build.draft(chamber, {anna: Position.FOR}, roll_call=roll_call, total_for=2, **result))
    other = build.vote(chamber, {anna: Position.FOR}, title_en="On the lake", total_for=1, **result)

    letter = letter_for(key(What.PERSON, chamber, anna), after=start)

    expected = f"""\
{chamber.name}
{"=" * len(str(chamber.name))}
This is an example: the chamber and everybody in it are invented.

Your deputies
-------------

Anna Obraztsova: for.
  On the lake.
  Not adopted: 1 voted for, 3 against. Short by 3.
  http://127.0.0.1:8000/en/zarechny/votes/{other.slug}/

Corrections
-----------

Corrected: {roll_call.versions.get(number=2).title}
  Not adopted: 2 voted for, 3 against. Short by 2.
  Shown before: Not adopted: 1 voted for, 3 against. Short by 3.
  Why it was corrected: the clerk's erratum
  Anna Obraztsova: was “against”, is “for” (as the platform asks:
  Demand 1).
  http://127.0.0.1:8000/en/zarechny/votes/{roll_call.slug}/

Scores that changed
-------------------

Anna Obraztsova: 0 of 1 to 1 of 1 on democratic demands. Cause:
correction.
  http://127.0.0.1:8000/en/zarechny/deputies/{anna.slug}/

Chosen and scored by {demand.platform.coalition.name}.
Which and why:
http://127.0.0.1:8000/en/zarechny/votes/?linked=1

---
You follow:
  Anna Obraztsova ({chamber.name})

A summary comes every Tuesday, and none if there is nothing to say.

The links below are yours: remove them before forwarding.

What you follow, how often, and unsubscribing:
http://127.0.0.1:8000/s/{TOKEN}/
"""
    assert letter
    assert (letter.subject, letter.text) == ("Your weekly summary, 3 items", expected)


def test_the_envelope_is_neutral_and_leaving_takes_one_click() -> None:
    chamber = build.chamber(slug="moscow")
    somebody = build.deputy(chamber, "Anna Obraztsova")
    build.vote(chamber, {somebody: Position.FOR})

    letter = letter_for(key(What.PERSON, chamber, somebody))
    message = parsed(letter)

    assert sorted(message.keys()) == sorted(
        ["Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID", "List-Unsubscribe",
         "List-Unsubscribe-Post", "List-Id", "Auto-Submitted", "Content-Language"]
    )  # fmt: skip
    assert message["Subject"] == "Your weekly summary, 1 item"
    assert (message["From"], message["To"]) == ("Summary <summary@localhost>", READER)
    assert message["List-Unsubscribe"] == f"<http://127.0.0.1:8000/s/{TOKEN}/unsubscribe/>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [p.get_content_type() for p in message.iter_parts()] == ["text/plain", "text/html"]
    again = letter_for(key(What.PERSON, chamber, somebody))
    assert parsed(again)["Message-ID"] == message["Message-ID"]


@pytest.mark.parametrize(
    ("more", "english", "russian"),
    [
        ({"rhythm": "daily"}, "Your daily summary, 3 items", "Сводка за день: 3 сообщения"),
        ({"rhythm": "sitting"}, "Your evening summary, 3 items", "Вечерняя сводка: 3 сообщения"),
        ({"rhythm": "weekly"}, "Your weekly summary, 3 items", "Сводка за неделю: 3 сообщения"),
        ({"rhythm": "monthly"}, "Your monthly summary, 3 items", "Сводка за месяц: 3 сообщения"),
        ({"rhythm": "urgent", "kind": DeliveryKind.AT_ONCE}, "Sent at once, 3 items", "Отправлено сразу: 3 сообщения"),
        ({"rhythm": "weekly", "kind": DeliveryKind.KEEP}, "Shall the letters go on?", "Присылать ли письма дальше?"),
    ],
)
def test_each_kind_of_letter_has_its_own_neutral_subject(more: dict[str, Any], english: str, russian: str) -> None:
    chamber = build.chamber()
    anna = build.deputy(chamber)
    start = latest_event()
    for _ in range(3):
        build.vote(chamber, {anna: Position.FOR})
    told = frozenset(range(start + 1, latest_event() + 1)) if more.get("kind") else frozenset()

    letters = [
        letter_for(key(What.PERSON, chamber, anna), language=language, told=told, **more) for language in ("en", "ru")
    ]

    assert [letter.subject for letter in letters if letter] == [english, russian]
    assert [
        f'<html lang="{one}">' in letter.html for one, letter in zip(("en", "ru"), letters, strict=True) if letter
    ] == [True] * 2


def test_the_html_part_loads_nothing_and_escapes_what_it_quotes() -> None:
    chamber = build.chamber()
    somebody = build.deputy(chamber, "<b>Anna</b> & Co")
    build.vote(chamber, {somebody: Position.FOR}, title_en="<script>alert(1)</script>")

    letter = letter_for(key(What.PERSON, chamber, somebody), plain_subject=False)

    assert letter
    assert Outline(letter.html).loads == []
    assert not re.findall(r"url\(|@import|color:", letter.html)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in letter.html
    assert "&lt;b&gt;Anna&lt;/b&gt; &amp; Co" in letter.html
    assert "<b>Anna</b> & Co" in letter.text


def test_items_carry_the_ids_of_their_events_each_once() -> None:
    chamber = build.chamber()
    people = [build.deputy(chamber) for _ in range(2)]
    start = latest_event()
    vote = build.vote(chamber, dict.fromkeys(people, Position.FOR))
    build.publish(build.draft(chamber, dict.fromkeys(people, Position.AGAINST), roll_call=vote))
    last = build.vote(chamber, dict.fromkeys(people, Position.FOR))

    letter = letter_for(*(key(What.PERSON, chamber, one) for one in people), after=start)

    assert letter
    told = Event.objects.filter(pk__gt=start, kind__in=["vote-published", "vote-corrected"])
    assert sorted(Outline(letter.html).ids) == sorted(f"e{event.pk}" for event in told)
    assert last.slug in letter.html


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_text_part_fits_a_terminal_and_ends_after_twenty_items(language: str) -> None:
    chamber = build.chamber(slug="x" * 60)
    somebody = build.deputy(chamber, "Very Long Name " * 10)
    start = latest_event()
    for _ in range(25):
        build.vote(chamber, {somebody: Position.FOR}, title_ru="О бюджете " * 40)

    letter = letter_for(key(What.PERSON, chamber, somebody), after=start, language=language)

    assert letter
    assert max(len(line) for line in letter.text.splitlines() if "http://" not in line) <= 70
    assert letter.text.count("/votes/") == MOST_ITEMS
    assert language == "ru" or f"And 5 more, on the site.\nhttp://127.0.0.1:8000/en/{chamber.slug}/\n" in letter.text


def test_a_letter_is_never_too_large_and_names_its_reader_only_at_its_end() -> None:
    chamber = build.chamber(seats=60, slug="y" * 60)
    people = [build.deputy(chamber, "Ж" * 190) for _ in range(45)]
    demand = build.platform(chamber).demands.get()
    item = build.item(chamber, build.LATER + 9 * (AT - build.LATER), at=build.LATER, title_en="Щ" * 3000)
    build.item_link(demand, item, at=build.LATER)
    for _ in range(2):
        build.link(demand, build.vote(chamber, dict.fromkeys(people, Position.FOR), title_en="Щ" * 3000))
    corrected = build.vote(chamber, dict.fromkeys(people, Position.FOR))
    start = latest_event()
    build.publish(build.draft(chamber, dict.fromkeys(people, Position.AGAINST), roll_call=corrected))
    follows = [key(What.PERSON, chamber, one) for one in people] + [key(What.DEMAND, chamber, demand)]

    for after in (0, start):
        letter = letter_for(*follows, after=after, plain_subject=False)
        assert letter
        assert len(letter.as_bytes(AT)) < MOST_BYTES
        assert re.search(r"^  And \d+ more\.$", letter.text, re.MULTILINE)
        assert len(letter.subject) <= 70
        for words in (letter.text, letter.html):
            assert words.count(TOKEN) == 1
            assert words.index(TOKEN) > words.rindex("yours: remove them before forwarding")
        parsed(letter)


@pytest.mark.parametrize("votes", [1, 3])
def test_composing_asks_as_often_for_three_votes_as_for_one(
    votes: int, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    chamber = build.chamber()
    people = [build.deputy(chamber) for _ in range(3)]
    demand = build.platform(chamber).demands.get()
    for _ in range(votes):
        build.link(demand, build.vote(chamber, dict.fromkeys(people, Position.FOR)))
    keys = [key(What.PERSON, chamber, one) for one in people]

    with django_assert_max_num_queries(20):  # type: ignore[operator]
        letter_for(*keys)


def test_a_letter_names_the_bundle_with_which_its_scores_can_be_checked() -> None:
    chamber = build.chamber()
    anna = build.deputy(chamber)
    build.platform(chamber)
    build.vote(chamber, {anna: Position.FOR})
    bundle = build_bundle(at=build.LATER)

    letter = letter_for(key(What.PERSON, chamber, anna))

    assert letter
    told = f"To check the scores: bundle 1, id {bundle.ident[:12]},"
    assert f"{told}\nhttp://127.0.0.1:8000/en/data/\n" in letter.text
    assert told in letter.html


def test_namesakes_are_told_apart_by_their_districts() -> None:
    chamber = build.chamber()
    people: list[Person] = [build.deputy(chamber, "Anna Example") for _ in range(2)]
    build.vote(chamber, dict.fromkeys(people, Position.FOR))

    letter = letter_for(key(What.PERSON, chamber, people[1]))

    assert letter
    assert "Anna Example (district 2): for." in letter.text
