"""The organisers' desk: Django's admin behind allauth's door and a second factor."""

from contextlib import nullcontext
from functools import wraps
from typing import Any
from urllib.parse import quote, unquote

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from coalition.accounts import second_factor
from coalition.accounts.language import choose_language
from coalition.desk.overview import overview_of
from deputies.journal.actions import Frozen, acting
from deputies.journal.reports import open_freezes


class Choices(AutocompleteJsonView):
    """The rows to choose from, worded by the page of their model where it has a better way than `str`."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:  # noqa: ANN401
        words = getattr(self.model_admin, "choice_words", str)
        return super().serialize_result(obj, to_field_name) | {"text": str(words(obj))}


class DeskSite(AdminSite):
    """Nobody gets in without a second factor shown in this session; signing in and out is allauth's work."""

    site_title = "Nakaz"
    site_header = _("Nakaz — organisers’ desk")
    index_title = _("What is to be done")

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and second_factor.was_shown(request)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        page = path("language/", self.admin_view(require_POST(_speak)), name="language")
        return [page, *super().get_urls()]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: ANN401
        @wraps(view)
        def readable(request: HttpRequest, *words: Any, **named: Any) -> HttpResponse:  # noqa: ANN401
            if "\0" in unquote(request.META.get("QUERY_STRING", "")):
                raise BadRequest(gettext("The database cannot look for a NUL character."))
            if not all(pk.isdecimal() and len(pk) < 19 for pk in request.POST.getlist(ACTION_CHECKBOX_NAME)):
                raise BadRequest(gettext("A row is chosen by its number."))
            action = getattr(request.resolver_match, "view_name", request.path)
            changes = request.method == "POST"
            try:
                with acting(account_id=request.user.pk, action=action) if changes else nullcontext():
                    answer: HttpResponse = view(request, *words, **named)
            except Frozen as stop:  # whichever page tried to publish: nothing of it is done
                messages.error(request, str(stop))
                return redirect("admin:index")
            return answer

        return super().admin_view(readable, cacheable)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead on to the step that is missing; the desk has no form of its own that asks for a password."""
        wanted = _wanted(request)
        if not request.user.is_authenticated:
            return _lead("account_login", wanted)
        if not request.user.is_staff:
            raise PermissionDenied(gettext("This account is not an organiser’s. Ask an organiser to change that."))
        if second_factor.was_shown(request):
            return redirect(wanted)
        if second_factor.is_set_up(request.user):
            messages.info(request, gettext("Show your second factor once more to open the desk."))
            return _lead("mfa_reauthenticate", wanted)
        said = gettext("The desk opens only with a second factor. Set it up now: it takes a minute.")
        messages.info(request, said)
        return _lead("mfa_activate_totp", wanted)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        if request.method != "POST":  # another page cannot sign somebody out by a link
            return redirect("account_logout")
        get_adapter().logout(request)
        return redirect("/")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        return redirect("account_change_password")

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return Choices.as_view(admin_site=self)(request)  # type: ignore[return-value]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        freezes = open_freezes() if self.has_permission(request) else []
        return {**super().each_context(request), "freezes": freezes}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, {"overview": overview_of(request.user, timezone.now()), **(extra_context or {})})


def _speak(request: HttpRequest) -> HttpResponse:
    choose_language(request, request.POST.get("language", ""))
    return redirect(_wanted(request))


def _wanted(request: HttpRequest) -> str:
    """The page of ours that was asked for, or the desk."""
    wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse("admin:index")


def _lead(step: str, wanted: str) -> HttpResponse:
    return redirect(f"{reverse(step)}?{REDIRECT_FIELD_NAME}={quote(wanted)}")


desk = DeskSite(name="admin")
