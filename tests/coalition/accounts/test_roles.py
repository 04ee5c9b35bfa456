"""The table of roles, and that the groups of the database follow it."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission

from coalition.accounts.models import User
from coalition.accounts.roles import ROLES, WORKING, bring_in_line
from tests.coalition.accounts import door

pytestmark = pytest.mark.django_db


def permissions_of(role: str) -> set[str]:
    rows = Permission.objects.filter(group__name=role).values_list("content_type__app_label", "codename")
    return {".".join(row) for row in rows}


def test_every_permission_of_the_table_exists() -> None:
    there = {".".join(row) for row in Permission.objects.values_list("content_type__app_label", "codename")}

    assert {name for names in ROLES.values() for name in names} - there == set()


@pytest.mark.parametrize("role", ROLES)
def test_a_group_has_what_the_table_says(role: str) -> None:
    assert permissions_of(role) == set(ROLES[role])


def test_there_are_no_other_groups() -> None:
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


def test_a_group_that_was_changed_by_hand_is_put_right() -> None:
    group = Group.objects.get(name="Auditors")
    group.permissions.set(Permission.objects.filter(codename="change_user"))
    Group.objects.get(name="Linkers").delete()

    bring_in_line()

    assert permissions_of("Auditors") == set(ROLES["Auditors"])
    assert permissions_of("Linkers") == set(ROLES["Linkers"])


def test_a_permission_that_was_lost_is_made_again() -> None:
    Permission.objects.filter(codename="freeze").delete()

    bring_in_line()

    assert permissions_of("Publishers") == set(ROLES["Publishers"])


def test_only_superusers_may_anything_with_users_and_groups() -> None:
    assert not [name for names in ROLES.values() for name in names if name.startswith(("accounts.", "auth."))]


def test_who_enters_neither_reviews_nor_publishes() -> None:
    decisive = {
        "votes.review_rollcall", "votes.publish_rollcall", "platform.publish_platformversion",
        "scorecards.publish_ruling", "scorecards.approve_link", "journal.freeze", "journal.answer_dispute",
        "findings.publish_agendalink",
    }  # fmt: skip

    assert {role: decisive & set(names) for role, names in ROLES.items() if decisive & set(names)} == {
        "Reviewers": {"votes.review_rollcall"},
        "Linkers": {"scorecards.approve_link"},
        "Publishers": decisive - {"votes.review_rollcall", "scorecards.approve_link"},
    }


def test_auditors_change_nothing_and_mail_operators_see_counts_only() -> None:
    assert {name.partition(".")[2].partition("_")[0] for name in ROLES["Auditors"]} == {"view"}
    assert ROLES["Mail operators"] == ("digests.view_counts",)


def test_no_role_reaches_subscribers() -> None:
    reaching = {name for names in ROLES.values() for name in names if name.startswith("digests.")}

    assert reaching == {"digests.view_counts"}


def test_the_old_group_is_divided_and_put_together_again() -> None:
    migration = import_module("coalition.accounts.migrations.0005_roles")
    anna, boris = door.organiser("anna", roles=()), door.organiser("boris", roles=["Auditors"])
    old = Group.objects.create(name="Organisers")
    old.user_set.add(anna)

    migration.divide(apps, None)

    assert set(anna.groups.values_list("name", flat=True)) == set(WORKING)
    assert not Group.objects.filter(name="Organisers").exists()

    migration.join(apps, None)

    assert list(anna.groups.values_list("name", flat=True)) == ["Organisers"]
    assert User.objects.get(pk=anna.pk).has_perm("votes.change_rollcall")
    assert list(boris.groups.values_list("name", flat=True)) == ["Auditors"]
