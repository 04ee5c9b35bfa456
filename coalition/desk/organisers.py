"""Organisers and their groups: made by superusers, with no address of theirs kept."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest

from coalition.accounts import second_factor
from coalition.accounts.models import User
from coalition.desk.history import ReadOnly
from coalition.desk.site import desk


@admin.register(User, site=desk)
class UserAdmin(DjangoUserAdmin[User]):
    """A pseudonym is enough: neither a name nor an e-mail address is asked for."""

    list_display = ["username", "display_name", "is_active", "is_staff", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_staff", "is_superuser", "groups"]
    search_fields = ["username", "display_name"]
    filter_horizontal = ["groups"]
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "display_name", "password", "last_login", "date_joined"]}),
        ("Rights", {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "display_name", "password1", "password2"]}),
        ("Rights", {"fields": ["is_staff", "groups"]}),
    ]
    actions = ["forget_second_factor"]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # what they entered names them; an account is made inactive

    @admin.action(description="Forget the second factor (device lost)", permissions=["change"])
    def forget_second_factor(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        for user in chosen:
            second_factor.forget(user)
            self.log_change(request, user, "Second factor forgotten.")
            messages.success(request, f"{user.username} sets up a new second factor at the next sign-in.")


@admin.register(Group, site=desk)
class GroupAdmin(ReadOnly, DjangoGroupAdmin):
    """To be looked at: what each group may do is written in accounts/roles.py."""
