"""The second person: the source beside the names, a sample to compare, approving, sending back, publishing."""

import hmac
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coalition.accounts.models import User
from coalition.desk.actions import approve_and_publish, publish_approved, rehearse
from coalition.desk.drill import is_drill
from coalition.desk.findings import worded
from coalition.desk.grid import (
    KEYS,
    OTHER,
    Line,
    changes_between,
    choices,
    groups_of,
    lines_of,
    posted_entries,
    totals_beside,
)
from coalition.desk.queue import next_to_review
from coalition.desk.refusals import explain_refusal
from deputies.journal.models import Event
from deputies.votes.actions import (
    DraftChanged,
    NotPublishable,
    NotReady,
    NotSecond,
    approve,
    content_hashes,
    key_again,
    send_back,
)
from deputies.votes.cohesion import SIDES
from deputies.votes.enums import Position, State
from deputies.votes.models import POSITION_CHOICES, RollCallVersion
from deputies.votes.pictures import lines_of as lines_of_factions
from deputies.votes.reports.eligibility import Eligible
from deputies.votes.reports.findings import differences_of_keying, everybody, findings_of
from pledges.scorecards.models import ScoreChange

SAMPLE = 10
SHOWN_NAMES = 10
LONGEST_TEXT = 200_000  # bytes of a source shown beside the names
PICTURES = ("image/png", "image/jpeg")
Respond = Callable[[str, dict[str, Any]], HttpResponse]


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it goes back"),
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("Whoever entered it reads this."),
    )


@dataclass(frozen=True, slots=True)
class Part:
    """The names of the sample with one mark, to be compared with the source and ticked."""

    key: str
    words: str
    lines: list[Line]
    apart: set[int]  # people who went another way than their faction


def sample_of(lines: Sequence[Line], reviewer: User, seal: str) -> list[Part]:
    """Ten names at random, some of each mark, by mark, and all who went another way than their faction.

    The same for one reviewer and content, and foreseen by nobody.
    """
    marked = [line for line in lines if line.entry.position]
    seed = hmac.digest(settings.SECRET_KEY.encode(), f"sample {reviewer.pk} {seal}".encode(), "sha256")
    chance = random.Random(seed)  # noqa: S311 - seeded by a keyed hash
    by_mark: dict[str, list[Line]] = {}
    for line in chance.sample(marked, len(marked)):
        by_mark.setdefault(line.entry.position, []).append(line)
    drawn: list[Line] = []
    while len(drawn) < min(SAMPLE, len(marked)):  # one of each mark in turn, so that a rare one is never left out
        drawn += [rest.pop() for rest in by_mark.values() if rest][: SAMPLE - len(drawn)]
    different = _differing(marked)
    parts: dict[str, list[Line]] = {}
    for line in sorted({line.person_id: line for line in (*drawn, *different)}.values(), key=lambda line: line.listed):
        parts.setdefault(line.entry.position, []).append(line)
    apart = {line.person_id for line in different}
    return [Part(f"compared-{mark}", str(POSITION_CHOICES[mark]), rows, apart) for mark, rows in sorted(parts.items())]


def _differing(lines: Sequence[Line]) -> list[Line]:
    """All who took the other side than most of their faction: where one wrong row does most harm."""
    casts = [
        (line.person_id, line.faction.pk if line.faction else None, Position(line.entry.position)) for line in lines
    ]
    most = lines_of_factions(casts)
    apart = {who for who, of, mark in casts if {SIDES.get(mark), most.get(of or 0)} == {Position.FOR, Position.AGAINST}}
    return [line for line in lines if line.person_id in apart]


def review_page(request: HttpRequest, version: RollCallVersion, by: User, respond: Respond) -> HttpResponse:
    """The source left and the names right; approving needs every part of the sample ticked."""
    if version.is_by(by.pk):
        messages.error(request, _("You entered this: another person must review it."))
        return redirect("admin:votes_rollcall_change", version.roll_call_id)
    seal = content_hashes([version.pk])[version.pk]
    lines = lines_of(version)
    parts = sample_of(lines, by, seal)
    form = ReturnForm(request.POST if "return" in request.POST else None)
    if request.method == "POST":
        if "return" in request.POST:
            if form.is_valid():
                return _send_back(request, version, by, form.cleaned_data["reason"])
        elif request.POST.get("seen") == seal and all(part.key in request.POST for part in parts):
            return _approve(request, version, by, seal)
    found = findings_of(version, at=timezone.now())
    needs_keying = version.is_key
    context = {
        "title": _("Review a roll call"),
        "subtitle": version.title,
        "version": version,
        "seal": seal,
        "was_changed": request.method == "POST" and "return" not in request.POST and request.POST.get("seen") != seal,
        "parts": parts,
        "unticked": request.method == "POST" and "return" not in request.POST,
        "ticked": [part.key for part in parts if part.key in request.POST],
        "form": form,
        "warnings": [one for one in worded(version, found) if not one.finding.blocking or one.finding.is_explained],
        "keying": worded(version, differences_of_keying(version)) if needs_keying else [],
        "groups": groups_of(lines),
        "totals": totals_beside(version, lines),
        "changes": _changes(version),
        "source": shown_source(version),
        "moved": [] if is_drill(version) else rehearse(version=version, at=timezone.now()),
        "may_publish": by.has_perm("votes.publish_rollcall"),
        "following": next_to_review(by, version),
    }
    return respond("review", context)


@dataclass(frozen=True, slots=True)
class Source:
    """How a source can be shown beside the names: its text, its picture, or only its address."""

    text: str = ""
    is_picture: bool = False
    is_pdf: bool = False


def shown_source(version: RollCallVersion) -> Source:
    """The stored copy, where it can be looked at without running anything."""
    document = version.source
    if document is None or not document.sha256 or document.content is None:
        return Source()
    kind = document.media_type.split(";")[0]
    if kind.startswith("text/"):
        return Source(text=bytes(document.content)[:LONGEST_TEXT].decode("utf-8", "replace"))
    return Source(is_picture=kind in PICTURES, is_pdf=kind == "application/pdf")


def _changes(version: RollCallVersion) -> list[str]:
    published = version.roll_call.published
    if published is None:
        return []
    before, after = (row.ballots.select_related("person") for row in (published, version))
    return changes_between({b.person_id: b for b in before}, {b.person_id: b for b in after})


def _send_back(request: HttpRequest, version: RollCallVersion, by: User, reason: str) -> HttpResponse:
    try:
        send_back(version=version, by=by, reason=reason)
    except DraftChanged:
        messages.error(request, _("Somebody else approved, published or took it back meanwhile."))
    else:
        messages.success(request, _("“%(title)s” went back to whoever entered it.") % {"title": version.title})
    return _onwards(version, by)


def _approve(request: HttpRequest, version: RollCallVersion, by: User, seal: str) -> HttpResponse:
    publishes = "publish" in request.POST and by.has_perm("votes.publish_rollcall") and not is_drill(version)
    try:
        if publishes:
            events = approve_and_publish(version=version, by=by, seen=seal, at=timezone.now())
            _tell_published(request, version, events)
        else:
            approve(version=version, by=by, seen=seal, at=timezone.now())
            messages.success(request, _("“%(title)s” is approved.") % {"title": version.title})
            if is_drill(version):
                return redirect("admin:votes_rollcall_drill", version.roll_call_id)
    except NotSecond:
        messages.error(request, _("You entered this: another person must review it."))
    except NotReady as refusal:
        for one in worded(version, refusal.found):
            messages.error(request, one.words)
        return redirect("admin:votes_rollcall_review", version.roll_call_id)
    except (DraftChanged, NotPublishable):
        messages.error(request, _("Somebody else approved, published or took it back meanwhile."))
    except IntegrityError as refusal:
        messages.error(request, explain_refusal(refusal))
    return _onwards(version, by)


def _onwards(version: RollCallVersion, by: User) -> HttpResponse:
    following = next_to_review(by, version)
    if following:
        return redirect("admin:votes_rollcall_review", following.roll_call_id)
    return redirect("admin:votes_rollcall_change", version.roll_call_id)


def _tell_published(request: HttpRequest, version: RollCallVersion, events: list[Event]) -> None:
    changes = ScoreChange.objects.filter(event__in=events).select_related("person").order_by("person__sort_key")
    address = public_url(version)
    told = _moved_words(list(changes))
    messages.success(request, format_html('{} <a href="{}">{}</a>. {}', _("Published:"), address, version.title, told))


def public_url(version: RollCallVersion) -> str:
    return f"/en/{version.roll_call.chamber.slug}/votes/{version.roll_call.slug}/"


def _moved_words(changes: list[ScoreChange]) -> str:
    """How many scores moved, and whose."""
    if not changes:
        return _("No score moved.")
    names = list(dict.fromkeys(str(change.person.name) for change in changes))
    listed = ", ".join(names[:SHOWN_NAMES]) + (" …" if len(names) > SHOWN_NAMES else "")
    return ngettext("%(count)d score moved, of %(names)s.", "%(count)d scores moved, of %(names)s.", len(changes)) % {
        "count": len(changes),
        "names": listed,
    }


def publish_page(request: HttpRequest, version: RollCallVersion, by: User, respond: Respond) -> HttpResponse:
    """What was approved, once more with the scores that will move; then one transaction. A drill ends here."""
    if is_drill(version):
        return redirect("admin:votes_rollcall_drill", version.roll_call_id)
    if request.method == "POST" and request.POST.get("seen") == version.reviewed_hash:
        try:
            events = publish_approved(version=version, by=by, seen=version.reviewed_hash, at=timezone.now())
            _tell_published(request, version, events)
        except (DraftChanged, NotPublishable):
            messages.error(request, _("Somebody else published it or took it back meanwhile."))
        except NotReady as refusal:
            for one in worded(version, refusal.found):
                messages.error(request, one.words)
        except IntegrityError as refusal:
            messages.error(request, explain_refusal(refusal))
        return redirect("admin:votes_rollcall_change", version.roll_call_id)
    lines = lines_of(version)
    context = {
        "title": _("Publish a roll call"),
        "subtitle": version.title,
        "version": version,
        "warnings": [
            one for one in worded(version, findings_of(version, at=timezone.now())) if not one.finding.blocking
        ],
        "totals": totals_beside(version, lines),
        "changes": _changes(version),
        "moved": rehearse(version=version, at=timezone.now()),
        "was_changed": request.method == "POST",
    }
    return respond("publish", context)


def key_page(request: HttpRequest, version: RollCallVersion, by: User, respond: Respond) -> HttpResponse:
    """The second entry of a key vote: the same empty grid, without what the first person entered."""
    if version.is_by(by.pk):
        messages.error(request, _("You entered this: another person must enter it again."))
        return redirect("admin:votes_rollcall_change", version.roll_call_id)
    eligible: list[Eligible] = everybody(version)
    entries = posted_entries(request.POST, eligible) if request.method == "POST" else {}
    if entries:
        people = {one.mandate.pk: one.mandate.person_id for one in eligible}
        given = {people[pk]: entry.position for pk, entry in entries.items()}
        try:
            key_again(version=version, positions=given, by=by, at=timezone.now())
        except DraftChanged:
            messages.error(request, _("Somebody else changed or published it meanwhile."))
            return redirect("admin:votes_rollcall_change", version.roll_call_id)
        page = "review" if version.state == State.SUBMITTED else "change"
        return redirect(f"admin:votes_rollcall_{page}", version.roll_call_id)
    lines = lines_of(version, entries, eligible)
    context = {
        "title": _("Enter a key vote a second time"),
        "subtitle": version.title,
        "version": version,
        "groups": groups_of(lines),
        "lines": lines,
        "totals": totals_beside(version, lines),
        "choices": choices(),
        "keys": {key: position.value for position, key in KEYS.items()},
        "other": OTHER,
        "source": shown_source(version),
    }
    return respond("key", context)
