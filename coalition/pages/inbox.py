"""The letters that the development letter box has taken; there is no such page on a real site."""

import datetime as dt
import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

MOST = 200


@dataclass(frozen=True, slots=True)
class Letter:
    name: str
    subject: str
    to: str
    at: dt.datetime
    text: str
    html: str


@require_safe
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    newest = sorted(_files().values(), reverse=True)[:MOST]
    return render(request, "inbox/list.html", {"letters": [_read(file) for file in newest]})


@require_safe
@never_cache
def inbox_letter(request: HttpRequest, name: str) -> HttpResponse:
    """The text part with links to click; ?part=html is the HTML part alone, which may load and run nothing."""
    file = _files().get(name)
    if file is None:
        raise Http404
    letter = _read(file)
    if request.GET.get("part") == "html":
        response = HttpResponse(letter.html)
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
        return response
    return render(request, "inbox/letter.html", {"letter": letter})


def _files() -> dict[str, Path]:
    """Letters by name; only names that are there can be asked for."""
    folder: Path | None = settings.INBOX
    if folder is None:
        raise Http404
    return {file.stem: file for file in folder.glob("*.eml")}


def _read(file: Path) -> Letter:
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    text, html = message.get_body(["plain"]), message.get_body(["html"])
    return Letter(
        name=file.stem,
        subject=str(message["Subject"] or ""),
        to=str(message["X-Envelope-To"] or message["To"] or ""),
        at=dt.datetime.fromtimestamp(file.stat().st_mtime, dt.UTC),
        text=text.get_content() if text else "",
        html=html.get_content() if html else "",
    )
