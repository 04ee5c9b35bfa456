"""Who signed a version of a platform, or one demand, and who took a signature back."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coalition.desk.platforms import demand_words, demands_worded
from coalition.desk.record import RecordAdmin, RecordForm
from coalition.desk.site import desk
from pledges.findings.actions import sweep
from pledges.tracker.models import Signature


class SignatureForm(RecordForm):
    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        day, source = cleaned.get("withdrawn_on"), cleaned.get("withdrawn_source")
        if day and not source and "withdrawn_source" in self.fields:
            self.add_error("withdrawn_source", gettext("Name the document in which the withdrawal can be read."))
        if source and not day and "withdrawn_on" not in self.errors:
            self.add_error("withdrawn_on", gettext("Give the day of the withdrawal."))
        return cleaned


@admin.register(Signature, site=desk)
class SignatureAdmin(RecordAdmin[Signature]):
    """A signature taken back is dated under “withdrawn on”, with its source; it is never deleted."""

    form = SignatureForm
    list_display = ["person", "platform_version", "demand_title", "signed_on", "withdrawn_on"]
    list_select_related = ["person", "platform_version__platform"]
    search_fields = ["person__name_ru", "person__name_en", "person__slug"]
    ordering = ["-signed_on", "pk"]
    autocomplete_fields = ["person", "platform_version", "demand", "source", "withdrawn_source"]
    fields = [
        "person",
        ("platform_version", "demand"),
        ("signed_on", "signed_precision"),
        ("source", "basis"),
        ("withdrawn_on", "withdrawn_source"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Signature]:
        return super().get_queryset(request).prefetch_related(Prefetch("demand", demands_worded()))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ANN401
        super().save_related(request, form, formsets, change)
        sweep(at=timezone.now(), chamber=form.instance.chamber)

    @admin.display(description=_("demand"))
    def demand_title(self, signature: Signature) -> str:
        return demand_words(signature.demand) if signature.demand else gettext("the whole platform")
