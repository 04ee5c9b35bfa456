"""Freezing a chamber or the whole site: from then on only corrections are published, until it is ended."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from coalition.desk.history import ReadOnly
from coalition.desk.record import RecordAdmin, RecordForm
from coalition.desk.site import desk
from deputies.journal.actions import NotFrozen, freeze, thaw
from deputies.journal.models import Freeze
from deputies.people.models import Chamber


class FreezeForm(RecordForm):
    chamber = forms.ModelChoiceField(
        Chamber.objects.order_by("slug"),
        label=gettext_lazy("Chamber"),
        required=False,
        to_field_name="slug",
        empty_label=gettext_lazy("The whole site"),
    )

    def clean_chamber(self) -> str:
        chosen: Chamber | None = self.cleaned_data["chamber"]
        return chosen.slug if chosen else ""


@admin.register(Freeze, site=desk)
class FreezeAdmin(ReadOnly, RecordAdmin[Freeze]):
    """Begun and ended, never edited: readers see the banner."""

    form = FreezeForm
    list_display = ["__str__", "began_at", "ended_at", "began_by", "ended_by"]
    list_select_related = ["began_by", "ended_by"]
    ordering = ["-pk"]
    change_form_template = "admin/journal/freeze/change_form.html"

    def chamber_of(self, obj: Freeze) -> Chamber | None:
        return Chamber.objects.filter(slug=obj.chamber).first()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("journal.freeze")

    def get_fields(self, request: HttpRequest, obj: Freeze | None = None) -> Any:  # noqa: ANN401
        asked = ["chamber", "reason_ru", "reason_en"]
        return [*asked, "began_at", "began_by", "ended_at", "ended_by"] if obj else asked

    def save_model(self, request: HttpRequest, obj: Freeze, form: Any, change: bool) -> None:  # noqa: ANN401
        asked = {name: form.cleaned_data[name] for name in ("chamber", "reason_ru", "reason_en")}
        obj.pk = freeze(**asked, by=request.user, at=timezone.now()).pk  # type: ignore[arg-type]

    def get_urls(self) -> list[URLPattern]:
        page = path("<int:pk>/thaw/", desk.admin_view(require_POST(self.thaw)), name="journal_freeze_thaw")
        return [page, *super().get_urls()]

    def thaw(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        stop = get_object_or_404(Freeze, pk=pk)
        try:
            thaw(stop=stop, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        except NotFrozen:
            messages.error(request, _("This freeze was ended already."))
        else:
            self.log_change(request, stop, "Ended")
            messages.success(request, _("The freeze is ended: everything can be published again."))
        return redirect("admin:journal_freeze_changelist")
