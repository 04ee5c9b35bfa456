"""A neutral question to a deputy, with the votes it is about: to send, or to print on one A5 page.

Whoever has asked can say so: that is counted by day, and nothing is kept of who it was.
"""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from coalition.pages.answers import form_page, unkept
from coalition.pages.limits import HOUR, same_origin, too_many
from coalition.pages.pictures import qr_code
from coalition.pages.public import public
from coalition.pages.records import Record, record_or_404
from coalition.pages.sheets import Sheet, absolute, deputy_sheet
from deputies.votes.enums import Position
from pledges.platform.enums import COUNTED
from pledges.platform.models import DemandText
from pledges.scorecards import wording
from pledges.scorecards.enums import Outcome
from pledges.scorecards.reports.evidence import Line, with_arithmetic
from pledges.scorecards.reports.platform import demand_by_slug
from pledges.tracker.actions import count_asked
from pledges.tracker.reports.answers import asked_of, spoken_by

SHOWN = 3
PER_NETWORK, TOGETHER = 20, 3_000  # that somebody has asked, an hour
OTHERWISE = frozenset({Outcome.AGAINST, Outcome.MISSED})


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask about one demand, and the latest votes it is about."""

    text: DemandText
    evidence: list[Line]
    words: str


@require_safe
@public()
def ask_page(request: HttpRequest, lang: str, chamber: str, slug: str) -> HttpResponse:
    """The question; there is none to whoever no longer sits, or where nothing is demanded."""
    record = _sitting_or_404(chamber, slug)
    question = _question(record)
    if question is None or record.in_force is None:
        raise Http404("There is nothing to ask.")
    sheet = deputy_sheet(record)
    message = _message(record, sheet, question)
    subject = _("A question on the mandate of the voters")
    context = {
        "record": record,
        "house": record.house,
        "card": sheet,
        "question": question,
        "message": message,
        "letter": "mailto:?" + urlencode({"subject": subject, "body": message}, quote_via=quote),
        "address": absolute(sheet.path),
        "code": qr_code(absolute(sheet.path)),
        "asked": _asked(record),
        "spoken": spoken_by(record.mandate.person, record.in_force.platform),
    }
    return form_page(request, "share/ask.html", context)


@csrf_exempt
@same_origin
@require_http_methods(["GET", "HEAD", "POST"])
def asked_page(request: HttpRequest, lang: str, chamber: str, slug: str) -> HttpResponse:
    """Count one who says that they have asked, and thank them."""
    record = _sitting_or_404(chamber, slug)
    if request.method == "POST":
        text = demand_by_slug(record.in_force, request.POST.get("demand", "").replace("\0", ""))
        if text is None:
            raise Http404("No such demand.")
        if too_many(request, action="asked", of_network=PER_NETWORK, of_all=TOGETHER):
            response = _thanks(request, record, status=429)
            response.headers["Retry-After"] = str(HOUR)
            return response
        day = timezone.now().astimezone(record.house.chamber.zone).date()
        count_asked(person=record.mandate.person, demand=text.demand, day=day)
        return redirect("deputy_asked", lang, chamber, slug)
    return _thanks(request, record)


def _thanks(request: HttpRequest, record: Record, *, status: int = 200) -> HttpResponse:
    context = {"record": record, "house": record.house, "asked": _asked(record), "is_counted": status == 200}
    return unkept(render(request, "share/asked.html", context, status=status))


def _sitting_or_404(chamber: str, slug: str) -> Record:
    """The record of a deputy who can be asked: who sits, in a term that has not ended."""
    record = record_or_404(chamber, slug)
    if record.house.has_ended or record.left_early:
        raise Http404("There is nothing to ask.")
    return record


def _asked(record: Record) -> int | None:
    """How many said in this term that they had asked; None below the number that is shown. One query."""
    began = record.mandate.term.held.lower
    return asked_of(record.mandate.person, began.date() if began else dt.date.min)


def _question(record: Record) -> Question | None:
    """About the latest votes not as asked or without a recorded vote on one demand, else about a demand; disputed
    votes are left out. One query."""
    counted = [line for line in record.card.evidence if line.counts and line.reading] if record.card else []
    undisputed = [line for line in counted if line.link.roll_call_id not in record.mandate.disputes]  # type: ignore[attr-defined]
    otherwise = [line for line in undisputed if line.outcome in OTHERWISE]
    if otherwise:
        text = otherwise[0].text
        of_demand = [line for line in otherwise if line.text == text]
        return Question(text, with_arithmetic(of_demand[:SHOWN]), _about_votes(text, len(of_demand)))
    with_effect = [line for line in undisputed if line.outcome is Outcome.WITH]
    texts = [line.text for line in with_effect] + [
        text for chapter in COUNTED for text in (record.in_force.of_chapter(chapter) if record.in_force else [])
    ]
    if not texts:
        return None
    of_demand = [line for line in with_effect if line.text == texts[0]]
    return Question(texts[0], with_arithmetic(of_demand[:SHOWN]), _about_demand(texts[0]))


def _about_votes(text: DemandText, votes: int) -> str:
    return ngettext(
        "The nakaz, the mandate of the voters, has this demand: “%(demand)s”. In %(count)d vote that counts for it the "
        "record shows another position than the demand asks, or no vote. What guided you in it, and what do you plan "
        "to do about this demand?",
        "The nakaz, the mandate of the voters, has this demand: “%(demand)s”. In %(count)d votes that count for it the "
        "record shows another position than the demand asks, or no vote. What guided you in them, and what do you plan "
        "to do about this demand?",
        votes,
    ) % {"demand": text.title, "count": votes}


def _about_demand(text: DemandText) -> str:
    words = _("The nakaz, the mandate of the voters, has this demand: “%(demand)s”. What do you plan to do about it?")
    return words % {"demand": text.title}


def _message(record: Record, sheet: Sheet, question: Question) -> str:
    """The text to send, complete without the page."""
    zone = record.house.chamber.zone
    votes = [
        f"– {wording.date_words(line.version.held, zone)}: {line.version.title}. "
        f"{wording.POSITIONS[Position(line.ballot.position)]} ({wording.OUTCOMES[line.outcome]})"
        for line in question.evidence
        if line.ballot and line.outcome
    ]
    to = _("To: %(name)s") % {"name": f"{sheet.title} ({sheet.role})"}
    where = _("Each vote with its source: %(address)s") % {"address": absolute(sheet.path)}
    return "\n\n".join(filter(None, [to, question.words, "\n".join(votes), where]))
