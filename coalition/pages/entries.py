"""What feeds tell, one entry for each thing that happened, in the words of the pages."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coalition.pages.sheets import said
from coalition.pages.templatetags.nakaz import effect, lasted
from deputies.journal.models import Event
from deputies.journal.reports import held_rows
from deputies.people.models import Mandate, Person
from deputies.sources.dates import PartialDate
from deputies.votes.enums import AgendaState, Position
from deputies.votes.models import RollCallVersion
from deputies.votes.reports.changes import own_changes
from deputies.votes.reports.houses import House
from pledges.findings.reports.news import VOTES, WORDS, WordNews, events_of, news_of_words
from pledges.findings.reports.upcoming import Notice
from pledges.findings.reports.upcoming import notices_of as notices_of_votes
from pledges.findings.wording import news_words
from pledges.platform.enums import Chapter
from pledges.platform.models import DemandText
from pledges.scorecards import wording
from pledges.scorecards.enums import Cause, Wants
from pledges.scorecards.reports.counted import counted_of
from pledges.scorecards.reports.evidence import Line, lines, links_of, with_arithmetic
from pledges.scorecards.reports.history import Move, moves_of
from pledges.scorecards.reports.platform import PlatformInForce
from pledges.tracker.models import STANCE_CHOICES, STATUS_CHOICES
from pledges.tracker.reports.words import Word, word_on

MOST = 50
BEGINNING = dt.datetime(2019, 9, 8, tzinfo=dt.UTC)  # of a feed in which nothing has happened yet


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened; `ident` stays the same whatever becomes of it.

    It tells the events of the journal with these ids, and those about a row, named as in their facts: "roll_call:12".
    """

    ident: str
    title: str
    path: str
    words: str
    at: dt.datetime
    is_correction: bool = False
    events: Sequence[int] = ()
    about: str = ""


def of_people(
    house: House,
    in_force: PlatformInForce | None,
    people: Collection[Person],
    now: dt.datetime,
    *,
    seat: Collection[Mandate] = (),
) -> list[Entry]:
    """The votes of some deputies that count, how their scores moved, and what became of their words.

    Nothing of a row that is held back as disputed. Of those who follow each other in a `seat`, also who held it when,
    and each entry says whose it is.
    """
    held, named = held_rows(now), {person.pk: person for person in people}
    told = counted_of(in_force, people, without=held, most=MOST) if in_force else []
    events = list(events_of(house, people, seat, {line.link.roll_call_id for line in told}))
    entries = _mandates(house, events, {mandate.pk: mandate for mandate in seat})
    if in_force is None:
        return entries
    corrected = [line.link.roll_call_id for line in told if line.version.number > 1]
    changes = own_changes(people, corrected) if corrected else {}
    own = [(line.ballot.person_id if line.ballot else 0, _cast(line, changes, events)) for line in told]
    changed = [(move, move.change.person_id) for move in moves_of(in_force, *people)]
    moves = [(move, pk) for move, pk in changed if (move.change.roll_call_id, pk) not in held]
    own += [(pk, _move(move, house, named[pk])) for move, pk in moves[:MOST]]
    entries += [_of(named[pk], entry) if seat else entry for pk, entry in own]
    words = news_of_words([event for event in events if event.kind in WORDS][:MOST], in_force.texts, held)
    return entries + [word(news, house) for news in words]


def _of(person: Person, entry: Entry) -> Entry:
    return replace(entry, ident=f"{entry.ident}/of/{person.slug}", words=f"{person.name}. {entry.words}")


def _mandates(house: House, events: Iterable[Event], mandates: Mapping[int, Mandate]) -> list[Entry]:
    """That somebody came to hold one of these mandates, or no longer does."""
    told = [(event, mandates[pk]) for event in events for pk in event.facts.get("mandates", ()) if pk in mandates]
    return [
        Entry(
            f"{house.chamber.slug}/mandates/{event.pk}/{mandate.pk}",
            mandate.person.name,
            reverse("deputy_page", args=[get_language(), house.chamber.slug, mandate.person.slug]),
            _("Holds the mandate: %(period)s.") % {"period": lasted(mandate, house)},
            event.at,
            events=[event.pk],
        )
        for event, mandate in told
    ]


def of_demands(house: House, in_force: PlatformInForce, texts: Sequence[DemandText]) -> list[Entry]:
    """The votes that some demands ask something of, those that are announced, and what was pledged on them."""
    only = texts[0].demand if len(texts) == 1 else None
    demands = {text.demand_id for text in texts}
    links = [link for link in links_of(in_force, demand=only) if link.demand_id in demands][:MOST]
    entries = [_asked(line) for line in with_arithmetic(lines(links, {}, in_force))]
    entries += [announced(notice) for notice in notices_of_votes(house.chamber, demands=demands, most=MOST)]
    said_on = word_on(in_force.platform, at=house.at, demand=only)
    return entries + [entry for text in texts for entry in _words(said_on.of(text.demand), house)]


def vote(version: RollCallVersion, words: str, *, part: str = "", anchor: str = "") -> Entry:
    """A vote as readers see it now, or a `part` of it of which something else is told."""
    slugs = version.roll_call.chamber.slug, version.roll_call.slug
    path, ident = reverse("vote_page", args=[get_language(), *slugs]), "/votes/".join(slugs)
    at, is_correction = version.published_at or BEGINNING, version.number > 1
    about = f"roll_call:{version.roll_call_id}"
    return Entry(f"{ident}{part}", version.title, f"{path}{anchor}", words, at, is_correction, about=about)


def corrected(version: RollCallVersion, words: str) -> Entry:
    entry = vote(version, words, part=f"/corrections/{version.number}", anchor="#corrections")
    return replace(entry, about=f"version:{version.pk}")


def _cast(line: Line, changes: Mapping[tuple[int, int], tuple[dt.datetime, bool]], events: Iterable[Event]) -> Entry:
    """A deputy's vote, new again only where a correction of it changed what they did."""
    position = wording.POSITIONS[Position(line.ballot.position)] if line.ballot else ""
    own = [one.pk for one in events if one.kind in VOTES and one.facts["roll_call"] == line.link.roll_call_id]
    entry = replace(_read(line, f"{line.text.title}: {effect(line)} ({position})."), events=own, about="")
    row = line.link.roll_call_id, line.ballot.person_id if line.ballot else 0
    if row not in changes:
        return entry
    at, is_correction = changes[row]
    return replace(entry, at=max(at, line.link.published_at or BEGINNING), is_correction=is_correction)


def _asked(line: Line) -> Entry:
    asked = _("To be adopted:") if line.link.wants == Wants.PASS else _("Not to be adopted:")
    return _read(line, f"{asked} {line.text.title}. {line.link.reasoning}")


def _read(line: Line, words: str) -> Entry:
    """A vote read for one demand, from when readers see it as it is now."""
    result = wording.result_sentence(line.version.result, line.arithmetic) if line.arithmetic else ""
    entry = vote(line.version, f"{words} {result}", part=f"/{line.text.demand.slug}")
    return replace(entry, at=max(entry.at, line.link.published_at or BEGINNING))


def announced(notice: Notice) -> Entry:
    """That a vote was announced, moved, taken off the agenda or put back, as of then."""
    item, facts, zone = notice.item, notice.event.facts, notice.item.chamber.zone
    path = reverse("upcoming_page", args=[get_language(), item.chamber.slug, item.slug])
    is_off = facts.get("state") == AgendaState.WITHDRAWN
    at = dt.datetime.fromisoformat(facts.get("starts_at", item.starts_at.isoformat()))
    date = wording.date_words(PartialDate(at, item.when.precision), zone)
    words = _("Taken off the agenda.") if is_off else _("Voting is announced for %(date)s.") % {"date": date}
    ident = f"{item.chamber.slug}/upcoming/{item.slug}/{notice.event.pk}"
    title = _("Coming vote: %(title)s") % {"title": item.title}
    return Entry(ident, title, path, words, notice.since, events=notice.events)


def _move(move: Move, house: House, person: Person) -> Entry:
    path = reverse("deputy_page", args=[get_language(), house.chamber.slug, person.slug])
    title = _("The score moved: %(chapter)s") % {"chapter": wording.CHAPTERS[Chapter(move.chapter)]}
    words = said("deputies/_move.html", move=move, house=house)
    ident = f"{house.chamber.slug}/moves/{move.change.event_id}/{person.slug}/{move.chapter}"
    is_correction = move.change.cause == Cause.CORRECTION
    return Entry(ident, title, f"{path}#history", words, move.change.at, is_correction, events=[move.change.event_id])


def word(news: WordNews, house: House) -> Entry:
    """What became of a deputy's word, with its page: of the finding, of the pledge, or of the deputy."""
    page, one = news.page
    path = reverse(page, args=[get_language(), house.chamber.slug, one])
    ident, event = f"{house.chamber.slug}/words/{news.event.pk}", news.event
    return Entry(ident, news.person.name, path, news_words(news), event.at, news.is_correction, events=[event.pk])


def _words(word: Word, house: House) -> Iterable[Entry]:
    """Every pledge as it was said, and every status that it came to."""
    for given in word.given:
        pledge, lang, slug = given.pledge, get_language(), house.chamber.slug
        path, ident = reverse("pledge_page", args=[lang, slug, pledge.pk]), f"{slug}/pledges/{pledge.pk}"
        title, by = f"{STANCE_CHOICES[pledge.stance]}: {given.text.title}", given.by.name
        words, at, about = f"{by}. {pledge.words}".strip(), pledge.reviewed_at or BEGINNING, f"pledge:{pledge.pk}"
        yield Entry(ident, title, path, words, at, about=about)
        for one in given.statuses:
            words, at, about = (
                f"{by}. {STATUS_CHOICES[one.status]}. {one.note}",
                one.reviewed_at or BEGINNING,
                f"status:{one.pk}",
            )
            yield Entry(f"{ident}/{one.pk}", title, f"{path}#timeline", words, at, about=about)
