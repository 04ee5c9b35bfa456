from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from coalition.accounts.models import User
from tests import build
from tests.coalition.accounts import door

pytestmark = pytest.mark.django_db


def run(*words: str) -> list[str]:
    out = StringIO()
    call_command("first_organiser", *words, stdout=out)
    return out.getvalue().splitlines()


def password_in(lines: list[str]) -> str:
    return lines[1].split()[-1]


def test_the_first_organiser_can_sign_in() -> None:
    lines = run()

    user = User.objects.get()
    assert lines[0] == "Organisers' login: organiser"
    assert user.check_password(password_in(lines))
    assert (user.is_staff, user.is_superuser, user.email) == (True, True, "")
    assert lines[2] == "Set up your second factor at first sign-in: /admin/"


def test_a_second_run_changes_nothing_and_says_how_to_reset() -> None:
    password = password_in(run())

    assert run() == [
        "There is an organisers' login already. If the first one is lost: manage.py first_organiser --reset"
    ]
    assert User.objects.get().check_password(password)


def test_a_reset_gives_another_password_and_forgets_the_second_factor() -> None:
    old = password_in(run())
    user = User.objects.get()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})

    new = password_in(run("--reset"))

    user.refresh_from_db()
    assert new != old
    assert user.check_password(new)
    assert not Authenticator.objects.exists()


def test_no_login_is_made_beside_others() -> None:
    door.organiser("boris")

    run()

    assert User.objects.get().username == "boris"
    with pytest.raises(CommandError, match="no user “organiser”"):
        run("--reset")


def test_a_drill_comes_with_a_second_person_of_another_organisation() -> None:
    house = build.chamber(is_invented=True)
    house.sittings.create(began_at=build.AT, is_drill=True)
    platform = build.platform(house)
    one, other = (build.organisation(platform, name) for name in ("Left", "Green"))

    lines = run()

    first, second = User.objects.order_by("pk")
    assert lines[0] == "Organisers' login: organiser"
    assert lines[3] == "Second person's login, for the drill: reviewer"
    assert first.check_password(password_in(lines))
    assert second.check_password(password_in(lines[3:]))
    assert (second.is_staff, second.is_superuser) == (True, False)
    assert {group.name for group in second.groups.all()} == {"Reviewers", "Linkers", "Publishers"}
    assert (first.organisation, second.organisation) == (one, other)
