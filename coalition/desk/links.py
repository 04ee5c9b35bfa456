"""Links: which roll call counts for which demand, and how; proposed, approved and vetoed by member organisations."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Max, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coalition.desk.approvals import ApprovalPages
from coalition.desk.platforms import demand_words, demands_worded
from coalition.desk.record import RecordForm
from coalition.desk.rollcalls import roll_call_words, with_latest
from coalition.desk.site import desk
from coalition.desk.voices import waiting_for
from deputies.people.models import Chamber
from deputies.votes.models import RollCall
from pledges.scorecards.enums import LinkState
from pledges.scorecards.method import WEIGHT_UNIT
from pledges.scorecards.models import Link


class LinkForm(RecordForm):
    """The weight is written in votes; it is stored in thousandths."""

    votes = forms.DecimalField(
        label=_("Weight, in votes"),
        min_value=Decimal("0.001"),
        max_value=1000,
        decimal_places=3,
        initial=1,
        help_text=_("1 is an ordinary vote; 2 counts double."),
    )

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401
        super().__init__(*given, **named)
        if self.instance.pk and "votes" in self.fields:
            self.initial["votes"] = self.instance.votes

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        demand, roll_call = cleaned.get("demand"), cleaned.get("roll_call")
        if demand and roll_call and demand.platform.coalition.chamber_id != roll_call.chamber_id:
            self.add_error("roll_call", gettext("This vote was held in another chamber than the platform’s."))
        return cleaned


class WaitingFilter(admin.SimpleListFilter):
    title = _("waiting")
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ANN401
        return [("another", _("for another organisation")), ("mine", _("for my organisation"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Link]) -> QuerySet[Link]:
        if self.value() == "mine":
            return queryset.filter(pk__in=waiting_for(request.user))  # type: ignore[arg-type]
        return queryset.filter(state=LinkState.PROPOSED.value) if self.value() == "another" else queryset


@admin.register(Link, site=desk)
class LinkAdmin(ApprovalPages):
    form = LinkForm
    list_display = ["demand_title", "vote", "version", "state", "wants", "role", "votes_weight", "stand", "author"]
    list_filter = [WaitingFilter, "state", "role", "demand__platform"]
    list_select_related = ["author"]
    search_fields = ["demand__demand_id", "roll_call__vote_id", "roll_call__published__title_en"]
    ordering = ["-pk"]
    autocomplete_fields = ["demand", "roll_call"]
    readonly_fields = ["version", "state", "stand", "author", "approver", "published_at"]
    fields = [
        "demand",
        "roll_call",
        ("wants", "votes"),
        ("role", "scope"),
        "contested",
        ("reasoning_ru", "reasoning_en"),
        ("version", "state", "stand"),
        ("author", "approver", "published_at"),
    ]
    actions = ["propose_chosen", "approve_chosen"]
    change_form_template = "admin/scorecards/link/change_form.html"

    def chamber_of(self, obj: Link) -> Chamber:
        return obj.roll_call.chamber

    def get_queryset(self, request: HttpRequest) -> QuerySet[Link]:
        votes = with_latest(RollCall.objects.select_related("chamber"))
        rows = super().get_queryset(request)
        return rows.prefetch_related(Prefetch("demand", demands_worded()), Prefetch("roll_call", votes), "approvals")

    @admin.display(description=_("demand"), ordering="demand__demand_id")
    def demand_title(self, link: Link) -> str:
        return demand_words(link.demand)

    @admin.display(description=_("roll call"))
    def vote(self, link: Link) -> str:
        words = roll_call_words(link.roll_call)
        return words if link.roll_call.published_id else gettext("%(vote)s (not published)") % {"vote": words}

    @admin.display(description=_("weight"))
    def votes_weight(self, link: Link) -> str:
        return f"{link.votes:f}"

    @admin.display(description=_("stands behind it"))
    def stand(self, link: Link) -> str:
        return ", ".join(approval.name for approval in link.approvals.all()) if link.pk else ""

    def is_frozen(self, obj: Link) -> bool:
        return obj.state not in (LinkState.DRAFT, LinkState.PROPOSED)

    def may_be_deleted(self, obj: Link) -> bool:
        return obj.state == LinkState.DRAFT

    def get_fields(self, request: HttpRequest, obj: Link | None = None) -> Any:  # noqa: ANN401
        if obj is None or not self.is_frozen(obj):
            return self.fields
        words = {"demand": "demand_title", "roll_call": "vote", ("wants", "votes"): ("wants", "votes_weight")}
        return [words.get(field, field) for field in self.fields]

    def get_readonly_fields(self, request: HttpRequest, obj: Link | None = None) -> Any:  # noqa: ANN401
        return [*self.readonly_fields, "demand_title", "vote", "votes_weight"]

    def save_model(self, request: HttpRequest, obj: Link, form: Any, change: bool) -> None:  # noqa: ANN401
        """Whoever wrote it last is its author; what was proposed is a draft again, for the words are others."""
        if obj.state == LinkState.PROPOSED and not form.has_changed():
            return
        obj.weight = int(form.cleaned_data["votes"] * WEIGHT_UNIT)
        if not change:
            same = Link.objects.filter(demand=obj.demand, roll_call=obj.roll_call)
            obj.version = (same.aggregate(latest=Max("version"))["latest"] or 0) + 1
        was_proposed = obj.state == LinkState.PROPOSED
        obj.author, obj.state = request.user, LinkState.DRAFT.value  # type: ignore[assignment]
        super().save_model(request, obj, form, change)
        if was_proposed:
            obj.approvals.all().delete()
            messages.warning(request, gettext("It is a draft again: propose it anew."))

    @admin.action(description=_("Propose drafts: preview first"), permissions=["change"])
    def propose_chosen(self, request: HttpRequest, chosen: QuerySet[Link]) -> HttpResponse:
        return _to_page("propose", chosen.filter(state=LinkState.DRAFT.value))

    @admin.action(description=_("Approve proposed links: preview first"), permissions=["approve"])
    def approve_chosen(self, request: HttpRequest, chosen: QuerySet[Link]) -> HttpResponse:
        return _to_page("approve", chosen.filter(state=LinkState.PROPOSED.value))


def _to_page(page: str, links: QuerySet[Link]) -> HttpResponse:
    ids = ",".join(str(pk) for pk in links.order_by("pk").values_list("pk", flat=True))
    return redirect(f"{reverse(f'admin:scorecards_link_{page}')}?links={ids}")
