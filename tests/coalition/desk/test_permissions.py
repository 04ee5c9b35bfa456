"""Who may open which page of the desk: the whole matrix."""

import pytest
from django.test import Client
from django.urls import reverse

from coalition.accounts.roles import ROLES
from coalition.desk.site import desk
from pledges.platform.models import PlatformVersion
from tests import build
from tests.coalition.accounts import door

ACCOUNTS = {"user", "group", "memberorganisation"}
WRITTEN_BY_ACTIONS = {"event", "scorechange", "history", "dispute", "finding", "invitation", "answer"}
NOT_ADDED = WRITTEN_BY_ACTIONS | {"demand"}
MODELS = sorted((m._meta.app_label, m._meta.model_name or "") for m in desk._registry)

pytestmark = pytest.mark.django_db


def answers(client: Client, app: str, model: str) -> tuple[int, int]:
    listed = client.get(reverse(f"admin:{app}_{model}_changelist")).status_code
    return listed, client.get(reverse(f"admin:{app}_{model}_add")).status_code


@pytest.mark.parametrize(("app", "model"), MODELS)
def test_nobody_without_a_second_factor_sees_anything(app: str, model: str) -> None:
    anonymous = Client()
    password_only = door.signed_in(door.organiser("boris", superuser=True), second_factor=False)

    for client in (anonymous, password_only):
        assert answers(client, app, model) == (302, 302)


@pytest.mark.parametrize(("app", "model"), MODELS)
def test_organisers_keep_the_record_and_no_accounts(app: str, model: str) -> None:
    expected = (403, 403) if model in ACCOUNTS else (200, 403 if model in NOT_ADDED else 200)

    assert answers(door.signed_in(door.organiser()), app, model) == expected


@pytest.mark.parametrize(("app", "model"), MODELS)
def test_superusers_also_keep_the_accounts(app: str, model: str) -> None:
    expected = 403 if model in NOT_ADDED | {"group"} else 200

    assert answers(door.signed_in(door.organiser(superuser=True)), app, model) == (200, expected)


@pytest.mark.parametrize(("app", "model"), MODELS)
def test_staff_without_a_group_see_nothing(app: str, model: str) -> None:
    assert answers(door.signed_in(door.organiser(roles=())), app, model) == (403, 403)


def test_staff_without_a_group_reach_no_page_of_ours() -> None:
    house = build.chamber()
    draft = build.draft(house)
    version = PlatformVersion.objects.create(platform=build.platform(house), number=2)
    link = build.link(version.platform.demands.get(), draft.roll_call, published=False)
    client = door.signed_in(door.organiser(roles=()))

    for page in (
        reverse("admin:people_mandate_newcomers", args=[house.pk]),
        reverse("admin:scorecards_link_propose"),
        reverse("admin:scorecards_link_approve"),
        reverse("admin:scorecards_link_veto", args=[link.pk]),
        reverse("admin:platform_platformversion_publish", args=[version.pk]),
        *(
            reverse(f"admin:votes_rollcall_{name}", args=[draft.roll_call_id])
            for name in ("change", "correct", "publish")
        ),
    ):
        assert client.get(page).status_code == 403, page
    assert client.post(reverse("admin:votes_rollcall_discard", args=[draft.roll_call_id])).status_code == 403


def test_subscribers_have_no_page() -> None:
    assert "digests" not in {app for app, _ in MODELS}


def test_records_have_no_delete_button() -> None:
    house = build.chamber()
    person = build.deputy(house)
    client = door.signed_in(door.organiser(superuser=True))

    for app, model, pk in (("people", "chamber", house.pk), ("people", "person", person.pk)):
        assert client.post(reverse(f"admin:{app}_{model}_delete", args=[pk]), {"post": "yes"}).status_code == 403
        listed = client.get(reverse(f"admin:{app}_{model}_changelist")).content.decode()
        assert "delete_selected" not in listed


def test_mail_operators_see_how_many_subscribers_there_are_and_nothing_else() -> None:
    house = build.chamber()
    build.draft(house)

    seen = door.signed_in(door.organiser("vera", roles=["Mail operators"])).get(reverse("admin:index"))

    assert f"{house.name}: fewer than 20" in seen.content.decode()
    assert (seen.context["overview"].queues, seen.context["overview"].chambers, seen.context["app_list"]) == (
        [],
        [],
        [],
    )


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"Mail operators"}))
def test_nobody_else_sees_how_many_subscribers_there_are(role: str) -> None:
    build.chamber()

    seen = door.signed_in(door.organiser("vera", roles=[role])).get(reverse("admin:index"))

    assert "Subscribers" not in seen.content.decode()
