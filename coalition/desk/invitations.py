"""Personal links for deputies: made for everybody who sits, sent or printed, and ended."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, override
from django.utils.translation import gettext_lazy as _

from coalition.accounts.models import User
from coalition.desk.history import ReadOnly
from coalition.desk.record import RecordAdmin
from coalition.desk.site import desk
from coalition.digests import tasks
from coalition.digests.invitations import words_of
from deputies.people.models import Chamber, Person
from deputies.votes.imports.roster import explain, match_names
from pledges.platform.models import Platform
from pledges.scorecards.reports.history import end_of
from pledges.tracker.actions import invite, revoke
from pledges.tracker.models import Invitation


@dataclass(frozen=True, slots=True)
class Planned:
    """A deputy who sits, where the letter would go ("" is in print), and the link that they have already."""

    person: Person
    email: str
    has: Invitation | None


class InviteForm(forms.Form):
    """`cleaned_data["planned"]` says what would become of each sitting deputy; nobody is guessed."""

    platform = forms.ModelChoiceField(Platform.objects.none(), label=_("Platform"))
    language = forms.ChoiceField(label=_("Language of the letter"), choices=settings.LANGUAGES, initial="ru")
    expires_on = forms.DateField(
        label=_("Last day"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("After this day the link is over."),
    )
    lines = forms.CharField(
        label=_("Addresses"),
        required=False,
        widget=forms.Textarea({"rows": 12, "spellcheck": "false"}),
        help_text=_(
            "One per line: name; e-mail, the public address of the office. Whoever is not listed gets the letter in"
            " print. An address is erased once its letter was sent."
        ),
    )

    def __init__(self, *given: Any) -> None:  # noqa: ANN401
        super().__init__(*given)
        platforms: Any = self.fields["platform"]
        platforms.queryset = Platform.objects.filter(published__isnull=False).select_related("coalition__chamber")
        platforms.label_from_instance = lambda one: f"{one.coalition.chamber.name}: {one.coalition.name}"

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        platform, now = cleaned.get("platform"), timezone.now()
        if platform is None or "expires_on" not in cleaned:
            return cleaned
        chamber: Chamber = platform.coalition.chamber
        cleaned["expires_at"] = end_of(cleaned["expires_on"], chamber.zone)
        if cleaned["expires_at"] <= now:
            self.add_error("expires_on", gettext("Choose a day that is still to come."))
        emails = self._addresses(chamber, cleaned.get("lines", ""))
        have = {i.person_id: i for i in Invitation.objects.working(now).filter(platform=platform)}
        sitting = Person.objects.filter(mandates__chamber=chamber, mandates__held__contains=now).distinct()
        cleaned["planned"] = [Planned(p, emails.get(p.pk, ""), have.get(p.pk)) for p in sitting.order_by("sort_key")]
        return cleaned

    def _addresses(self, chamber: Chamber, text: str) -> dict[int, str]:
        """The addresses by person; every line that cannot be used is named."""
        cells = [[cell.strip() for cell in line.split(";")] for line in text.splitlines() if line.strip()]
        matches = match_names(chamber, timezone.now(), [row[0] for row in cells], None)
        found: dict[int, str] = {}
        for row, match in zip(cells, matches, strict=True):
            try:
                validate_email(row[1] if len(row) == 2 else "")
            except ValidationError:
                said = gettext("“%(line)s”: write a name, a semicolon and an e-mail address.")
                self.add_error("lines", said % {"line": "; ".join(row)})
                continue
            if match.id is None:
                self.add_error("lines", explain(match))
            else:
                found[match.id] = row[1]
        return found


@admin.register(Invitation, site=desk)
class InvitationAdmin(ReadOnly, RecordAdmin[Invitation]):
    """Made in bulk on a page of their own; the link itself is nowhere but in the letter."""

    change_list_template = "admin/tracker/invitation/change_list.html"
    list_display = ["deputy", "how_far", "expires_at", "language", "platform", "made_by", "made_at"]
    list_filter = ["platform", "language"]
    list_select_related = ["person", "platform", "made_by"]
    search_fields = ["person__name_ru", "person__name_en"]
    ordering = ["-pk"]
    readonly_fields = (
        "deputy", "platform", "how_far", "expires_at", "sent_at", "revoked_at", "language", "made_by", "made_at",
    )  # fmt: skip
    fields = readonly_fields
    actions = ["print_chosen", "revoke_chosen"]

    def chamber_of(self, obj: Invitation) -> Chamber:
        chamber: Chamber = obj.platform.coalition.chamber
        return chamber

    @admin.display(description=_("deputy"))
    def deputy(self, one: Invitation) -> str:
        return str(one.person.name)

    @admin.display(description=_("state"))
    def how_far(self, one: Invitation) -> str:
        if one.revoked_at:
            return gettext("revoked")
        if one.expires_at <= timezone.now():
            return gettext("over")
        if one.sent_at:
            return gettext("sent by e-mail")
        return gettext("waits to be sent") if one.email else gettext("for print")

    def has_invite_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tracker.add_invitation")

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tracker.change_invitation")

    def get_urls(self) -> list[URLPattern]:
        pages = {"invite": self.invite_page, "print": self.print_page}
        own = [
            path(f"{name}/", desk.admin_view(view), name=f"tracker_invitation_{name}") for name, view in pages.items()
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"may_invite": self.has_invite_permission(request)})

    @admin.action(description=_("Print the letters"), permissions=["invite"])
    def print_chosen(self, request: HttpRequest, chosen: QuerySet[Invitation]) -> HttpResponse:
        ids = ",".join(str(pk) for pk in chosen.order_by("person__sort_key").values_list("pk", flat=True))
        return redirect(f"{reverse('admin:tracker_invitation_print')}?invitations={ids}")

    @admin.action(description=_("Revoke the links"), permissions=["revoke"])
    def revoke_chosen(self, request: HttpRequest, chosen: QuerySet[Invitation]) -> None:
        ended = [one for one in chosen if revoke(invitation=one, at=timezone.now())]
        said = ngettext("%(count)d link was revoked.", "%(count)d links were revoked.", len(ended))
        messages.success(request, said % {"count": len(ended)})

    def invite_page(self, request: HttpRequest) -> HttpResponse:
        """Read the addresses, show what would become of each deputy, and make all links or none."""
        if not self.has_invite_permission(request):
            raise PermissionDenied
        form = InviteForm(*([request.POST] if request.method == "POST" else []))
        planned: list[Planned] = form.cleaned_data["planned"] if form.is_bound and form.is_valid() else []
        if planned and "make" in request.POST:
            return self._make(request, form.cleaned_data, planned)
        context = {
            **desk.each_context(request),
            "opts": self.opts,
            "title": gettext("Invite deputies"),
            "form": form,
            "planned": planned,
            "new": sum(one.has is None for one in planned),
        }
        return TemplateResponse(request, "admin/tracker/invitation/invite.html", context)

    def _make(self, request: HttpRequest, asked: dict[str, Any], planned: list[Planned]) -> HttpResponse:
        made = invite(
            persons=[one.person for one in planned],
            emails={one.person.pk: one.email for one in planned},
            by=request.user if isinstance(request.user, User) else None,
            at=timezone.now(),
            **{name: asked[name] for name in ("platform", "language", "expires_at")},
        )
        for one in made:
            if one.email:
                transaction.on_commit(partial(tasks.ring, tasks.send_invitation, one.pk))
        said = ngettext("%(count)d link was made.", "%(count)d links were made.", len(made)) % {"count": len(made)}
        messages.success(request, said)
        return redirect(f"{reverse('admin:tracker_invitation_changelist')}?platform__id__exact={asked['platform'].pk}")

    def print_page(self, request: HttpRequest) -> HttpResponse:
        """The letters of the links that still work, one on a sheet, each in its own language."""
        if not self.has_invite_permission(request):
            raise PermissionDenied
        ids = [int(pk) for pk in request.GET.get("invitations", "").split(",") if pk.isdecimal() and len(pk) < 19]
        working = Invitation.objects.working(timezone.now()).filter(pk__in=ids)
        working = working.select_related("person", "platform__coalition__chamber", "platform__published")
        letters = []
        for one in working.order_by("person__sort_key", "pk"):
            with override(one.language):
                letters.append(words_of(one))
        return render(request, "admin/tracker/invitation/print.html", {"letters": letters})
