"""Words and pictures for the templates."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest
from django.template.context import Context, RequestContext
from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coalition.accounts.language import LANGUAGES
from coalition.pages import pictures
from deputies.journal.models import Dispute, Freeze
from deputies.people.models import Chamber, Person
from deputies.people.models.chambers import Period
from deputies.people.models.mandates import SIDE_CHOICES
from deputies.people.wanted import BETWEEN, END, MARK
from deputies.sources.dates import PartialDate
from deputies.sources.enums import Precision
from deputies.sources.language import Words, reader_words
from deputies.votes.enums import Position
from deputies.votes.models import RollCallVersion
from deputies.votes.reports.arithmetic import Arithmetic
from deputies.votes.reports.houses import House
from pledges.findings.models import RUNG_CHOICES
from pledges.findings.wording import finding_words
from pledges.scorecards import wording
from pledges.scorecards.bundles.reports import latest_bundle
from pledges.scorecards.enums import Outcome
from pledges.scorecards.reports.evidence import Line
from pledges.scorecards.reports.measures import Measure
from pledges.scorecards.reports.shadow import Shift

register = template.Library()
MARKED = re.compile(f"({MARK}[^{MARK}{END}]*{END})")
ADDRESS = re.compile(r"(https?://[^\s,;<>\"']+[^\s,;.)<>\"'])")


def _said(table: str) -> Callable[[str], str]:
    """A filter that puts a code of the record into words; "" for none."""
    return lambda code: _words(table, code, get_language())


@lru_cache
def _words(table: str, code: str, language: str | None) -> str:
    return escape(str(getattr(wording, table)[code])) if code else ""


register.filter("position", _said("POSITIONS"))
register.filter("outcome", _said("OUTCOMES"))
register.filter("chapter", _said("CHAPTERS"))
register.filter("cause", _said("CAUSES"))
register.filter("column", _said("COLUMNS"))
register.filter("last_word", _said("LAST_WORDS"))
register.filter("method", lambda name: wording.METHODS[name])
register.filter("rung", lambda rung: RUNG_CHOICES[rung])
register.filter("day", wording.day_words)
register.filter("percent", wording.percent_words)
register.filter("counts", wording.counts_words)
register.filter("few", wording.few_words)
register.filter("group_counts", wording.group_counts)
register.filter("group_members", wording.group_words)
register.filter("breach", wording.breach_words)
register.filter("found", finding_words)
register.filter("stretches", pictures.stretches)
register.filter("camp_columns", pictures.camp_columns)
register.filter("anchor", pictures.anchor)
register.simple_tag(latest_bundle)
register.simple_tag(pictures.qr_code)
register.simple_tag(lambda: settings.SITE_URL, name="site_url")


@register.filter
def words(text: str) -> SafeString:
    """A text of the record, marked with its language where that is not the page's."""
    if isinstance(text, Words) and text and text.lang != get_language():
        return format_html('<span lang="{}">{}</span>', text.lang, text)
    return escape(text)


@register.filter
def of_counted(measure: Measure) -> str:
    """The votes that went as the platform asks, of all that count."""
    return _("%(a)s of %(n)s") % {"a": measure.as_asked, "n": measure.counted}


@register.filter
def rects(parts: Iterable[pictures.Stretch]) -> SafeString:
    """The stretches of a bar of full height."""
    return SafeString(
        "".join(f'<rect class="{p.kind}" x="{p.start}%" width="{p.length}%" y="0" height="100%"/>' for p in parts)
    )


@register.filter
def named(person: Person, house: House) -> SafeString:
    """A deputy's name, with the district where another deputy of the chamber has the same name."""
    if person.pk not in house.namesakes:
        return words(person.name)
    number = house.namesakes[person.pk]
    place = _("district %(n)s") % {"n": number} if number else _("district: no source found")
    return format_html("{} ({})", words(person.name), place)


@register.filter
def passage(text: str) -> SafeString:
    """A whole passage of the record: where it is not in the page's language, it says so in words too."""
    if not isinstance(text, Words) or not text or text.lang == get_language():
        return words(text)
    only = _("Only in Russian") if text.lang == "ru" else _("Only in English")
    return format_html('{} <span class="tag">{}</span>', words(text), only)


@register.filter
def snippet(row: Model, part: str) -> SafeString:
    """The title of something found, or where else a reader's words stand in it: in the page's language if they do."""
    languages = ("ru", "en") if get_language() == "ru" else ("en", "ru")
    told = {
        (name, lang): getattr(row, f"{name}_in_{lang}").strip(BETWEEN)
        for name in ("title", "text")
        for lang in languages
    }
    own, other = languages
    if part == "title":
        return _in_language(told, "title", own if told["title", own] else other)
    places = [("text", own)]
    if MARK not in told["title", own]:
        places += [("title", other), ("text", other)] if told["title", own] else [("text", other)]
    found = next((place for place in places if MARK in told[place]), None)
    return _in_language(told, *found) if found else SafeString("")


def _in_language(told: Mapping[tuple[str, str], str], name: str, lang: str) -> SafeString:
    marked = format_html_join("", "{}", ((_marked(piece),) for piece in MARKED.split(told[name, lang])))
    return marked if lang == get_language() else format_html('<span lang="{}">{}</span>', lang, marked)


def _marked(piece: str) -> str:
    """A word that was looked for comes as an element; stray marks, which only the text itself can hold, go."""
    if MARKED.fullmatch(piece):
        return format_html("<mark>{}</mark>", piece.strip(MARK + END))
    return piece.replace(MARK, "").replace(END, "")


@register.filter
def as_written(text: str) -> SafeString:
    """A text kept in one field, the source's own or both languages apart: marked where it is not in the page's."""
    return words(wording.own_half(text))


@register.filter
def noted(text: str) -> SafeString:
    """A note on a fact, whose further addresses lead to where they say."""
    told = text if isinstance(text, Words) else wording.own_half(text)
    linked = format_html_join("", "{}", ((_shown(part),) for part in ADDRESS.split(told)))
    return format_html('<span lang="{}">{}</span>', told.lang, linked) if told.lang != get_language() else linked


def _shown(part: str) -> str:
    if not ADDRESS.fullmatch(part):
        return part
    return format_html('<a href="{}" rel="noreferrer">{}</a>', part, urlsplit(part).netloc)


@register.filter
def when(date: PartialDate, chamber: Chamber) -> str:
    """A date where the chamber sits, as exactly as it is known."""
    return wording.date_words(date, chamber.zone)


@register.filter
def bound(date: PartialDate, chamber: Chamber) -> str:
    """A date as it stands after "since" or "until"; nothing where it is not known."""
    return wording.bound_words(date, chamber.zone)


@register.filter
def ended(house: House) -> str:
    """That the term of a chamber has ended, and when."""
    return wording.ended_sentence(house.term.ended, house.chamber.zone) if house.term else ""


@register.filter
def reason(stop: Freeze) -> Words:
    return reader_words(ru=stop.reason_ru, en=stop.reason_en)


@register.filter
def moment(value: dt.datetime, chamber: Chamber) -> str:
    """The day of a moment where the chamber sits."""
    return wording.day_words(value.astimezone(chamber.zone).date())


@register.filter
def lasted(fact: Period, house: House) -> str:
    """When a fact held, "17 September 2023 – now": an end that is still to come is no date yet."""
    upper = fact.held.upper
    is_over = upper is not None and (house.has_ended or upper <= house.at)
    end = when(fact.ended, house.chamber) if is_over else _("now")
    return f"{when(fact.began, house.chamber)} – {end}"


@register.filter
def clock(value: dt.datetime, chamber: Chamber) -> str:
    """The time of a moment where the chamber sits."""
    return f"{value.astimezone(chamber.zone):%H:%M}"


@register.filter
def sitting_day(version: RollCallVersion, chamber: Chamber) -> dt.date | None:
    """The day of a vote where the chamber sits; None where the day is not known."""
    known = version.held_precision in (Precision.MINUTE, Precision.DAY)
    return version.held_at.astimezone(chamber.zone).date() if known and version.held_at else None


@register.filter
def concluded(dispute: Dispute) -> Words:
    """How a report of a mistake was answered."""
    return reader_words(ru=dispute.outcome_ru, en=dispute.outcome_en)


@register.filter
def latest(facts: Iterable[object]) -> object:
    """The last of some prefetched rows, which have no negative index; None if there is none."""
    return next(iter(list(facts)[::-1]), None)


@register.filter
def get(values: Mapping[int, object], key: int) -> object:
    """The value of a dictionary under a key that is a variable; None if it has none."""
    return values.get(key)


@register.filter
def label(measure: Measure) -> str:
    return str(wording.LABELS[measure.label])


@register.filter
def why(shift: Shift) -> str:
    return wording.shift_words(shift.now, shift.then)


@register.filter
def side(value: str) -> str:
    """The side of the house; that no source states it for ""."""
    return str(SIDE_CHOICES.get(value, _("side: no source found")))


@register.filter
def plain(value: float) -> str:
    """A coordinate, which no language writes with a comma."""
    return str(value)


@register.filter
def result_of(version: RollCallVersion, numbers: Arithmetic) -> str:
    return wording.result_sentence(version.result, numbers)


@register.filter
def effect(line: Line) -> str:
    """What one ballot did to the demand, in words."""
    shown = line.read_as or Position.DATA_MISSING
    needed = line.arithmetic.needed if line.arithmetic else None
    return wording.effect_words(line.outcome, shown, silence_counts=line.silence_counts, needed=needed)


@register.filter
def by_silence(line: Line) -> bool:
    """Whether a vote went against the demand because staying silent has that effect."""
    is_silent = line.read_as in wording.SILENT
    return is_silent and line.silence_counts and line.outcome is Outcome.AGAINST


@register.filter
def place_of(votes: int, seats: int) -> float:
    """Where a number of votes stands on a bar of all seats, in per cent of its length."""
    return round(100 * min(votes, seats) / seats, 2)


@register.filter
def points(line: Line) -> str:
    return wording.points_words(line.reading) if line.reading else ""


@dataclass(frozen=True, slots=True)
class Edition:
    """This very page in one of the languages; the language's front page where the address names none.

    A personal page has its address once, and the language in the query.
    """

    code: str
    name: str
    path: str
    is_here: bool


@register.simple_tag(takes_context=True)
def editions(context: Context) -> list[Edition]:
    request: HttpRequest | None = context.get("request")
    first, _, rest = request.path.lstrip("/").partition("/") if request else ("", "", "")
    query = request.META.get("QUERY_STRING", "") if request else ""
    if request and first in ("word", "s"):
        own = f"{request.path if first == 'word' else ''}?lang="  # the answer to leaving is the same for every link
        return [Edition(code, name, own + code, code == get_language()) for code, name in settings.LANGUAGES]
    rest = rest + (f"?{query}" if query else "") if first in LANGUAGES else ""
    return [Edition(code, name, f"/{code}/{rest}", code == get_language()) for code, name in settings.LANGUAGES]


@register.simple_tag(takes_context=True)
def at_page(context: RequestContext, name: str, number: int) -> str:
    """The address of another page of a list on this page, whatever else its query says."""
    query = context.request.GET.copy()
    query[name] = str(number)
    return f"?{query.urlencode()}"


@register.simple_tag
def page(name: str, *args: object) -> str:
    """The address of a page in the reader's language."""
    return _address(name, get_language() or "en", *args)


@lru_cache(maxsize=10_000)
def _address(name: str, *args: str) -> str:
    """A table of 45 rows names a hundred pages, and working out an address takes longer than a row."""
    return escape(reverse(name, args=args))
