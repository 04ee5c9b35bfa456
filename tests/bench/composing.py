"""The row of composing letters: items that readers share, beside templates that Django renders for every letter."""

import datetime as dt
from functools import cache
from statistics import median
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template import engines
from django.utils.translation import gettext, override

from coalition.digests import sealing
from coalition.digests.composing import Composer, Followed, Reader, addressed
from coalition.digests.enums import DeliveryKind, What
from coalition.digests.items import HEADINGS, Item, Piece, Section
from coalition.digests.labels import labels_of
from coalition.digests.letters import token_url
from coalition.digests.targets import Target
from deputies.journal.models import Event
from deputies.people.models import Person
from deputies.votes.models import RollCallVersion
from pledges.scorecards.actions import publish_roll_calls, rescore
from pledges.scorecards.enums import LinkState
from pledges.scorecards.models import Link
from tests.bench import world
from tests.bench.measure import Measured, say, seconds
from tests.bench.world import World

AT = dt.datetime(2025, 1, 7, 7, tzinfo=dt.UTC)
BUDGET = 1 / 10  # of the time that Django takes for the same letter
VOTES = 8  # in the week that the letters tell of
# The letter as most sites would write it, with the parts that ours is made of.
_PIECES = """{% with told=item.tell %}{% include "emails/_item.FORM" %}{% endwith %}
{% for part in parts %}{% with told=part.tell %}{% include "emails/_item.FORM" %}{% endwith %}{% endfor %}"""
_LETTER = """{% include "emails/_chamber.FORM" %}{% for heading, items in sections %}
{% include "emails/_section.FORM" %}
{% for item, parts in items %}PIECES {{ item.told.url }}
{% endfor %}{% endfor %}{% include "emails/_chooser.FORM" %}{% include "emails/digest.FORM" %}"""


def composing(quick: bool, times: int) -> list[Measured]:
    """composing letters: a week of votes, each reader follows two of 45 deputies and a demand"""
    made = world.make(members=45, votes=20, demands=20, links=2)
    readers = _readers(made, _week(made), 100 if quick else 2_000)
    composer, some = Composer(), readers[:100]
    opened = [sealing.open_sealed(reader.sealed) for reader in readers]
    first = seconds(lambda: [composer.words_for(reader, AT) for reader in readers])
    runs = [
        (
            seconds(lambda: [_ours(composer, *pair) for pair in zip(readers, opened, strict=True)]) / len(readers),
            seconds(lambda: [_sealed(composer, reader) for reader in readers]) / len(readers),
            seconds(lambda: [_by_django(composer, reader) for reader in some]) / len(some),
        )
        for _ in range(times + 1)
    ][1:]
    ours, sealed, theirs = (median(column) for column in zip(*runs, strict=True))
    size = _ours(composer, readers[0], opened[0]) / 1000
    say(f"  {len(readers):,} letters of {size:.0f} KB; what they share is worded in {first:.2f} s, their time included")
    rates = f"{1 / ours:,.0f} letters a second with seals open, {1 / sealed:,.0f} with opening each"
    say(f"  {rates}, {1 / theirs:,.0f} by Django")
    return [
        Measured("composing a letter, its seal open", ours, theirs, BUDGET),
        Measured("the same, with opening its seal (X25519)", sealed, theirs),
    ]


def _week(made: World) -> int:
    """Publish linked votes one by one; the last event before them."""
    rescore(platform=made.platform, at=AT)
    calls = made.drafts(VOTES)
    published = LinkState.PUBLISHED.value
    Link.objects.bulk_create(
        Link(demand=demand, roll_call_id=call, wants="pass", state=published, vouched=True, published_at=AT)
        for call, demand in zip(calls, made.demands, strict=False)
    )
    for draft in RollCallVersion.objects.select_related("roll_call__chamber").filter(roll_call__in=calls):
        publish_roll_calls(versions=[draft], by=None, vouched=True, at=AT)
    return Event.objects.earliest("pk").pk


def _readers(made: World, after: int, number: int) -> list[Reader]:
    people, until = list(Person.objects.order_by("pk")), Event.objects.latest("pk").pk

    def reader(nth: int) -> Reader:
        targets = [Target(What.PERSON, made.chamber.pk, people[(nth * step) % 45].pk) for step in (1, 7)]
        targets.append(Target(What.DEMAND, made.chamber.pk, made.demands[nth % VOTES].pk))
        return Reader(
            kind=DeliveryKind.DIGEST,
            period="2025-W02",
            after_event=after,
            until_event=until,
            told=frozenset(),
            subscriber=nth,
            language="ru" if nth % 2 else "en",
            rhythm="weekly",
            plain_subject=True,
            sign_of_life=False,
            follows=tuple(Followed(target.key, 0) for target in dict.fromkeys(targets)),
            sealed=sealing.seal(f"reader{nth}@example.org", sealing.new_token()),
        )

    return [reader(nth) for nth in range(number)]


def _ours(composer: Composer, reader: Reader, opened: sealing.Sealed) -> int:
    words = composer.words_for(reader, AT)
    assert words
    return len(addressed(reader, words, opened).as_bytes(AT))


def _sealed(composer: Composer, reader: Reader) -> int:
    letter = composer.compose(reader, AT)
    assert letter
    return len(letter.as_bytes(AT))


def _by_django(composer: Composer, reader: Reader) -> int:
    """The same letter worded for itself, without a query: gettext, templates and EmailMultiAlternatives."""
    with override(reader.language):
        words = _context(composer, reader)
        text, html = (_template(form).render(words) for form in ("txt", "html"))
        message = EmailMultiAlternatives(gettext("Your weekly summary, %(count)d item"), text, None, ["a@example.org"])
    message.attach_alternative(html, "text/html")
    return len(message.message().as_bytes())


@cache
def _template(form: str) -> Any:
    return engines["django"].from_string(_LETTER.replace("PIECES", _PIECES).replace("FORM", form))


def _context(composer: Composer, reader: Reader) -> dict[str, Any]:
    picked = composer.picked(reader, AT)
    span = picked[0].news.span
    sections: dict[Section, list[tuple[Item, list[Piece]]]] = {one.item.section: [] for one in picked}
    for one in picked:
        sections[one.item.section].append((one.item, one.parts))
    return {
        "chamber": span.chamber,
        "in_force": span.in_force,
        "url": token_url("token", "t" * 32),
        "sections": [(HEADINGS[section], items) for section, items in sections.items()],
        "follows": _labels(reader.follows, reader.language),
        "why": gettext("A summary comes every Tuesday, and none if there is nothing to say."),
        "language": reader.language,
        "subject": gettext("Your weekly summary, %(count)d item"),
    }


@cache
def _labels(follows: tuple[Followed, ...], language: str) -> str:
    return "".join(label.text for label in labels_of([one.key for one in follows]).values())
