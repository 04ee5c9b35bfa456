"""Organisers and their groups: made by superusers, with no address of theirs kept."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coalition.accounts import second_factor
from coalition.accounts.models import MemberOrganisation, User
from coalition.desk.history import ReadOnly
from coalition.desk.record import RecordAdmin, RecordForm
from coalition.desk.site import desk


@admin.register(User, site=desk)
class UserAdmin(DjangoUserAdmin[User]):
    """A pseudonym is enough: neither a name nor an e-mail address is asked for."""

    list_display = ["username", "display_name", "organisation", "is_active", "is_staff", "is_superuser", "last_login"]
    list_filter = ["organisation", "is_active", "is_staff", "is_superuser", "groups"]
    list_select_related = ["organisation__coalition"]
    search_fields = ["username", "display_name"]
    filter_horizontal = ["groups"]
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "display_name", "organisation", "password", "last_login", "date_joined"]}),
        (_("Rights"), {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "display_name", "organisation", "password1", "password2"]}),
        (_("Rights"), {"fields": ["is_staff", "groups"]}),
    ]
    actions = ["forget_second_factor"]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # what they entered names them; an account is made inactive

    @admin.action(description=_("Forget the second factor (device lost)"), permissions=["change"])
    def forget_second_factor(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        for user in chosen:
            second_factor.forget(user)
            self.log_change(request, user, "Second factor forgotten.")
            said = gettext("%(name)s sets up a new second factor at the next sign-in.")
            messages.success(request, said % {"name": user.username})


class OrganisationForm(RecordForm):
    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        coalition, faction = cleaned.get("coalition"), cleaned.get("faction")
        if coalition and faction and coalition.chamber_id != faction.chamber_id:
            self.add_error("faction", gettext("This faction sits in another chamber than the coalition’s."))
        return cleaned


@admin.register(MemberOrganisation, site=desk)
class MemberOrganisationAdmin(RecordAdmin[MemberOrganisation]):
    """Who made a coalition. Approvals name an organisation by its slug, so that stays as it was first written."""

    form = OrganisationForm
    list_display = ["name", "slug", "coalition", "faction"]
    list_filter = ["coalition"]
    list_select_related = ["coalition", "faction__chamber"]
    search_fields = ["slug", "name_ru", "name_en"]
    ordering = ["coalition", "slug"]
    autocomplete_fields = ["coalition", "faction"]
    fields = ["coalition", "slug", ("name_ru", "name_en"), "faction"]

    def get_readonly_fields(self, request: HttpRequest, obj: MemberOrganisation | None = None) -> list[str]:
        return ["coalition", "slug"] if obj else []


@admin.register(Group, site=desk)
class GroupAdmin(ReadOnly, DjangoGroupAdmin):
    """To be looked at: what each group may do is written in accounts/roles.py."""
