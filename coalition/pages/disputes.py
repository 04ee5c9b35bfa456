"""Reporting a mistake, and the page where its sender follows what becomes of it.

No account, no cookie and no address: the form is checked by where it came from, and the secret in the address of the
sender's page is its own proof.
"""

import re
import secrets
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from coalition.pages.answers import form_page, private
from coalition.pages.limits import HOUR, same_origin, too_many
from deputies.journal.actions import file_dispute, token_hash
from deputies.journal.models import Dispute, Evidence
from deputies.people.models import Chamber, Person
from deputies.votes.enums import Position
from deputies.votes.models import RollCall
from deputies.votes.reports.disputes import ballot_of, told
from deputies.votes.reports.votes import published_vote
from pledges.scorecards import wording

PER_NETWORK, TOGETHER = 10, 100  # reports an hour
MOST_FILES, LARGEST = 3, 5 * 1024 * 1024
LARGEST_FORM = MOST_FILES * LARGEST + 256 * 1024
BEGINNINGS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
SUFFIXES = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".txt": "text/plain",
}
NOT_IN_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Subject:
    """The row that a link named, as far as it is there."""

    chamber: Chamber | None = None
    vote: RollCall | None = None
    person: Person | None = None

    def page(self, lang: str) -> str:
        """The address of the page that shows it, "" if that is not known."""
        if self.chamber and self.vote:
            return reverse("vote_page", args=[lang, self.chamber.slug, self.vote.slug])
        if self.chamber and self.person:
            return reverse("deputy_page", args=[lang, self.chamber.slug, self.person.slug])
        return ""

    def as_dispute(self, **says: Any) -> Dispute:  # noqa: ANN401
        return Dispute(
            chamber=self.chamber.slug if self.chamber else "",
            roll_call=self.vote.pk if self.vote else None,
            person=self.person.pk if self.person else None,
            **says,
        )


def _subject(request: HttpRequest) -> Subject:
    chamber, vote, deputy = (request.GET.get(name, "").replace("\0", "") for name in ("chamber", "vote", "deputy"))
    found = Chamber.objects.filter(slug=chamber).first() if chamber else None
    if found is None:
        return Subject()
    person = Person.objects.of_chamber(found).filter(slug=deputy).first() if deputy else None
    return Subject(found, published_vote(found.slug, vote) if vote else None, person)


class Files(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Up to three files, each known by its content; what its name promises must be the same."""

    widget = Files

    def clean(self, data: Any, initial: Any = None) -> list[Evidence]:  # noqa: ANN401
        if len(data or []) > MOST_FILES:
            raise forms.ValidationError(_("Choose at most three files."))
        return [self._read(super(FilesField, self).clean(file, initial)) for file in data or []]

    def _read(self, file: Any) -> Evidence:  # noqa: ANN401
        name = "".join(character for character in file.name if character.isprintable())
        if file.size > LARGEST:
            raise forms.ValidationError(
                _("“%(name)s” is larger than 5 MB. Send the page that matters."), params={"name": name}
            )
        content = file.read()
        media_type = next((kind for start, kind in BEGINNINGS.items() if content.startswith(start)), "text/plain")
        is_text = media_type == "text/plain"
        if SUFFIXES.get(PurePosixPath(name).suffix.lower()) != media_type or (is_text and NOT_IN_TEXT.search(content)):
            raise forms.ValidationError(_("“%(name)s” is not a PDF, PNG, JPEG or text file."), params={"name": name})
        return Evidence.of_file(title=name[-100:], media_type=media_type, content=content)


class ReportForm(forms.Form):
    """What is wrong, and what shows it."""

    page = forms.CharField(label=_("On which page"), max_length=300, required=False)
    shown = forms.CharField(label=_("What is shown"), max_length=500, required=False)
    should_say = forms.CharField(label=_("What it should say"), max_length=500)
    text = forms.CharField(label=_("How you know"), max_length=5000, required=False, widget=forms.Textarea({"rows": 5}))
    url = forms.URLField(
        label=_("Address of a document"), max_length=1000, required=False, assume_scheme="https",
        widget=forms.TextInput({"inputmode": "url"}),
    )  # fmt: skip
    copies = FilesField(label=_("Files"), required=False)
    claims_office = forms.BooleanField(label=_("I write for the deputy’s office"), required=False)
    website = forms.CharField(required=False)  # for robots: people do not see it

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if url and not url.startswith(("https://", "http://")):
            raise forms.ValidationError(_("Write an address that begins with https://."))
        return url

    def evidence(self) -> list[Evidence]:
        url = self.cleaned_data["url"]
        return [*self.cleaned_data["copies"], *([Evidence.of_address(url)] if url else [])]


@csrf_exempt
@same_origin
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, lang: str) -> HttpResponse:
    subject = _subject(request)
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_FORM:  # before anything of it is read
        problem = gettext("What you sent is too large: at most three files of 5 MB each.")
        return _form(request, subject, ReportForm(), problem, status=413)
    if request.method != "POST":
        return _form(request, subject, ReportForm(initial={"shown": _shown(subject)}))
    form = ReportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form(request, subject, form)
    if too_many(request, action="report", of_network=PER_NETWORK, of_all=TOGETHER):
        problem = gettext("Too many reports came from your network. Please try again in an hour.")
        response = _form(request, subject, form, problem, status=429)
        response.headers["Retry-After"] = str(HOUR)
        return response
    if form.cleaned_data["website"]:
        return redirect("corrections_page", lang=lang)
    return redirect("report_page", lang=lang, token=_file(subject, form, lang))


def _shown(subject: Subject) -> str:
    """What the page says of the row, to begin with."""
    ballot = ballot_of(subject.as_dispute()) if subject.vote and subject.person else None
    return str(wording.POSITIONS[Position(ballot.position)]) if ballot else ""


def _form(
    request: HttpRequest, subject: Subject, form: ReportForm, problem: str = "", *, status: int = 200
) -> HttpResponse:
    words = {"subject": subject, "form": form, "problem": problem}
    return form_page(request, "disputes/report.html", words, status=status)


def _file(subject: Subject, form: ReportForm, lang: str) -> str:
    """File the report; the secret in the address of its page."""
    token = secrets.token_urlsafe(24)
    says = {name: form.cleaned_data[name] for name in ("shown", "should_say", "text", "claims_office")}
    file_dispute(
        dispute=subject.as_dispute(page=subject.page(lang) or form.cleaned_data["page"], **says),
        evidence=form.evidence(),
        token=token,
        zone=subject.chamber.zone if subject.chamber else ZoneInfo("UTC"),
        at=timezone.now(),
    )
    return token


@require_safe
def report_page(request: HttpRequest, lang: str, token: str) -> HttpResponse:
    """What became of a report, for whoever knows its secret; nothing here changes anything."""
    dispute = Dispute.objects.filter(token_hash=token_hash(token)).first()
    if dispute is None:
        raise Http404("No such report.")
    context = {
        "told": told([dispute])[0],
        "evidence": dispute.evidence.defer("content"),
        "is_overdue": dispute.is_overdue(timezone.localdate()),
    }
    return private(render(request, "disputes/status.html", context))
