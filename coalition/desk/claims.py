"""Who is editing a draft: a claim that is renewed while its page is open, lapses without, and can be taken over."""

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from coalition.accounts.models import User
from coalition.desk.models import Claim
from coalition.desk.site import desk
from deputies.votes.models import RollCallVersion

LAPSES_AFTER = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Busy:
    """Somebody else is editing the draft."""

    by: User
    since: dt.datetime

    @property
    def words(self) -> str:
        """In the time of the chamber, where the page has set it."""
        clock = timezone.localtime(self.since).strftime("%H:%M")
        return _("%(name)s is editing since %(clock)s.") % {"name": self.by, "clock": clock}


def claim_of(version: RollCallVersion, at: dt.datetime) -> Claim | None:
    """The claim on a draft that holds at `at`."""
    lasting = Claim.objects.filter(version=version, seen_at__gt=at - LAPSES_AFTER)
    return lasting.select_related("by").first()


@transaction.atomic
def claim(*, version: RollCallVersion, by: User, at: dt.datetime) -> Claim | Busy:
    """Claim a draft for `by`, or renew their claim; of two who ask at once, one is told of the other."""
    _wait_for_turn(version)
    held = claim_of(version, at)
    if held is not None and held.by_id != by.pk:
        return Busy(held.by, held.since)
    return _put(version, by, since=held.since if held else at, at=at)


@transaction.atomic
def take_over(*, version: RollCallVersion, by: User, at: dt.datetime) -> Claim:
    """Claim a draft that somebody else is editing; written in the log of the desk."""
    _wait_for_turn(version)
    held = claim_of(version, at)
    if held is not None and held.by_id != by.pk:
        said = f"Taken over from {held.by}, who was editing version {version.number}"
        LogEntry.objects.log_actions(by.pk, [version.roll_call], CHANGE, said, single_object=True)
        held = None
    return _put(version, by, since=held.since if held else at, at=at)


def release(*, version: RollCallVersion, by: User) -> None:
    """Let go of a draft that is done; another's claim stays."""
    Claim.objects.filter(version=version, by=by).delete()


def _wait_for_turn(version: RollCallVersion) -> None:
    """Claims of one draft follow one another. Raises RollCallVersion.DoesNotExist once it is discarded."""
    RollCallVersion.objects.select_for_update(no_key=True).get(pk=version.pk)


def _put(version: RollCallVersion, by: User, *, since: dt.datetime, at: dt.datetime) -> Claim:
    now = {"by": by, "since": since, "seen_at": at}
    held, _ = Claim.objects.update_or_create(version=version, defaults=now)
    return held


# The addresses


def urls() -> list[URLPattern]:
    """For the page of the roll calls."""
    pages = {"claim": renew_page, "take-over": take_over_page}
    return [
        path(f"drafts/<int:version_id>/{name}/", desk.admin_view(require_POST(view)), name=f"votes_rollcall_{name}")
        for name, view in pages.items()
    ]


def renew_page(request: HttpRequest, version_id: int) -> HttpResponse:
    """The heartbeat of an open page: 204, or 409 with who has the draft now."""
    version, user = _asked(request, version_id)
    held = claim(version=version, by=user, at=timezone.now())
    if isinstance(held, Claim):
        return HttpResponse(status=204)
    with timezone.override(version.roll_call.chamber.zone):
        return HttpResponse(held.words, status=409, content_type="text/plain; charset=utf-8")


def take_over_page(request: HttpRequest, version_id: int) -> HttpResponse:
    version, user = _asked(request, version_id)
    take_over(version=version, by=user, at=timezone.now())
    messages.success(request, _("The draft is yours now. What the other person did not save is not in it."))
    return redirect("admin:votes_rollcall_change", version.roll_call_id)


def _asked(request: HttpRequest, version_id: int) -> tuple[RollCallVersion, User]:
    if not isinstance(request.user, User) or not request.user.has_perm("votes.change_rollcall"):
        raise PermissionDenied
    drafts = RollCallVersion.objects.select_related("roll_call__chamber").filter(published_at=None)
    return get_object_or_404(drafts, pk=version_id), request.user
