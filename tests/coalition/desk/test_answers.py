"""Inviting deputies at the desk, printing their letters, and publishing what they send by two persons."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from coalition.desk.invitations import InvitationAdmin
from coalition.desk.overview import overview_of
from coalition.desk.site import desk
from deputies.people.models import Mandate, Person
from pledges.tracker.actions import revoke, token_of
from pledges.tracker.enums import AnswerKind
from pledges.tracker.models import Answer, Invitation, Pledge
from tests import build
from tests.coalition.accounts import door
from tests.coalition.desk.build import desk_of
from tests.coalition.pages.build import Town, town

pytestmark = pytest.mark.django_db
INVITE = "/admin/tracker/invitation/invite/"


def form(built: Town, lines: str = "", **more: Any) -> dict[str, Any]:
    return {"platform": built.platform.pk, "language": "en", "expires_on": "2999-12-31", "lines": lines, **more}


def linker(name: str = "lena") -> Client:
    return door.signed_in(door.organiser(name, roles=["Linkers"]))


def named(built: Town, *names: str) -> None:
    for person, name in zip(built.people, names, strict=True):
        Person.objects.filter(pk=person.pk).update(name_en=name, name_ru=name)


def told(client: Client, built: Town, lines: str) -> str:
    return unescape(client.post(INVITE, form(built, lines, preview="1")).content.decode())


def test_a_preview_says_to_whom_each_letter_would_go() -> None:
    built = town(3)
    named(built, "Anna Obraztsova", "Boris Lugov", "Vera Zavolokina")
    build.invitation(built.people[2], built.platform, at=timezone.now(), expires_at=timezone.now().replace(year=2998))

    page = told(linker(), built, "Obraztsova; office@example.org")

    rows = re.findall(r"<tr><td>(.*?)</td><td>(.*?)</td></tr>", page)
    assert [row[:2] for row in rows[:2]] == [("Anna Obraztsova", "office@example.org"), ("Boris Lugov", "in print")]
    assert rows[2][1].startswith("has a link until")
    assert "Links to be made: 2" in re.sub(r"\s+", " ", page)
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("Nobody Known; a@example.org", "no deputy of that day has this name"),
        ("Lugov; a@example.org", "more than one deputy"),
        ("Anna Obraztsova; not an address", "write a name, a semicolon and an e-mail address"),
        ("Anna Obraztsova", "write a name, a semicolon and an e-mail address"),
        ("Anna Obraztsova; a@example.org\nObraztsova; b@example.org", "another line names the same deputy"),
    ],
)
def test_nobody_is_guessed_and_nothing_is_made(lines: str, problem: str) -> None:
    built = town(3)
    named(built, "Anna Obraztsova", "Boris Lugov", "Gleb Lugov")
    client = linker()

    page = unescape(client.post(INVITE, form(built, lines, make="1")).content.decode())

    assert problem in page
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize("deputies", [1, 3])
def test_everybody_who_sits_gets_a_link(deputies: int) -> None:
    built = town(deputies)
    gone = build.deputy(built.chamber)
    Mandate.objects.filter(person=gone).update(held=(build.START, build.moment(20)), left="resigned")
    client = linker()

    for _ in range(2):
        client.post(INVITE, form(built, make="1"))

    made = Invitation.objects.order_by("pk")
    assert {one.person for one in made} == set(built.people)
    assert made.count() == deputies
    assert [str(one.made_by) for one in made] == ["lena"] * deputies


def test_the_list_says_how_far_each_link_is() -> None:
    built = town(3)
    now = timezone.now()
    later: dict[str, Any] = {"at": now, "expires_at": now.replace(year=2999)}
    links = [build.invitation(built.people[n], built.platform, email=e, **later) for n, e in enumerate(["a@b.org", ""])]
    links.append(build.invitation(built.people[2], built.platform))
    page = InvitationAdmin(Invitation, desk)

    states = [page.how_far(one) for one in links]
    Invitation.objects.filter(pk=links[0].pk).update(email="", sent_at=now)
    revoke(invitation=links[1], at=now)
    later_states = [page.how_far(one) for one in Invitation.objects.order_by("pk")]

    assert (states, later_states) == (
        ["waits to be sent", "for print", "over"],
        ["sent by e-mail", "revoked", "over"],
    )


def test_no_page_but_the_print_shows_what_opens_a_link() -> None:
    built = town(1)
    now = timezone.now()
    made = build.invitation(built.people[0], built.platform, at=now, expires_at=now.replace(year=2999))
    client = linker()
    pages = [f"/admin/tracker/invitation/{rest}" for rest in ("", f"{made.pk}/change/", f"{made.pk}/history/")]

    shown = "".join(client.get(page).content.decode() for page in pages)

    assert [word for word in (made.nonce, token_of(made)) if word in shown] == []


def test_letters_are_printed_each_in_its_language_and_only_those_that_work() -> None:
    built = town(3)
    now = timezone.now()
    works: dict[str, Any] = {"at": now, "expires_at": now.replace(year=2999)}
    english = build.invitation(built.people[0], built.platform, language="en", **works)
    russian = build.invitation(built.people[1], built.platform, language="ru", **works)
    over = build.invitation(built.people[2], built.platform)

    response = linker().get(f"/admin/tracker/invitation/print/?invitations={english.pk},{russian.pk},{over.pk},x")

    page = response.content.decode()
    letters = re.findall(r'<article class="letter" lang="(\w+)">', page)
    assert (letters, "no-store" in response["Cache-Control"]) == (["en", "ru"], True)
    assert [token_of(one) in page for one in (english, russian, over)] == [True, True, False]
    assert page.count('<svg class="qr"') == 2
    assert ("You may say nothing." in page, "Можно ничего не говорить." in page) == (True, True)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_each_letter_is_one_sheet_of_a4(browser: Browser, live_server: LiveServer) -> None:
    built = town(3)
    now = timezone.now()
    ids = [
        str(build.invitation(person, built.platform, language="ru", at=now, expires_at=now.replace(year=2999)).pk)
        for person in built.people
    ]
    page = desk_of(browser, live_server, door.organiser("lena"))
    page.goto(f"{live_server.url}/admin/tracker/invitation/print/?invitations={','.join(ids)}")

    pdf = page.pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 3
    boxes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert {tuple(round(float(side)) for side in box) for box in boxes} <= {(595, 842), (596, 842)}


def waiting(built: Town, text: str = "My <own> words.") -> Answer:
    now = timezone.now()
    link = build.invitation(built.people[0], built.platform, at=now, expires_at=now.replace(year=2999))
    return build.answer(link, AnswerKind.PROMISE, published=False, text=text, at=now)


def test_one_confirms_and_another_publishes() -> None:
    answer = waiting(town(1))
    page = f"/admin/tracker/answer/{answer.pk}/"
    both = door.signed_in(door.organiser("vera", roles=["Linkers", "Publishers"]))
    publisher = door.signed_in(door.organiser("boris", roles=["Publishers"]))

    empty = both.post(f"{page}confirm/", {"how": ""}).content.decode()
    both.post(f"{page}confirm/", {"how": "By telephone, the assistant, 2 June."})
    own = both.post(f"{page}publish/", follow=True).content.decode()
    answer.refresh_from_db()
    assert ("This field is required." in empty, answer.state) == (True, "confirmed")
    assert "You confirmed it, so another person must publish it." in own
    assert "My &lt;own&gt; words." in own
    assert "By telephone, the assistant, 2 June." in own
    assert "publish/" not in own

    done = publisher.post(f"{page}publish/", follow=True).content.decode()

    assert "Published, word for word." in done
    assert Pledge.objects.published().get().words == "My <own> words."
    assert "Somebody else was faster" in publisher.post(f"{page}publish/", follow=True).content.decode()


def test_setting_aside_needs_a_reason_and_publishes_nothing() -> None:
    answer = waiting(town(1))
    client = linker()
    page = f"/admin/tracker/answer/{answer.pk}/set-aside/"

    client.post(page, {"why": ""})
    answer.refresh_from_db()
    assert answer.state == "received"
    client.post(page, {"why": "The office does not know of it."})

    answer.refresh_from_db()
    assert (answer.state, answer.set_aside_why) == ("set-aside", "The office does not know of it.")


def test_the_words_are_nowhere_to_be_edited() -> None:
    answer = waiting(town(1))
    client = door.signed_in(door.organiser("anna", superuser=True))
    page = f"/admin/tracker/answer/{answer.pk}/change/"

    assert client.post(page, {"text": "Other words."}).status_code == 403
    assert 'name="text"' not in client.get(page).content.decode()


def test_the_front_page_tells_each_what_waits() -> None:
    answer = waiting(town(1))
    confirmer = door.organiser("lena", roles=["Linkers"])
    publisher = door.organiser("boris", roles=["Publishers"])
    both = door.organiser("vera", roles=["Linkers", "Publishers"])

    def queues(user: object) -> list[str]:
        found = overview_of(user, timezone.now()).queues  # type: ignore[arg-type]
        return [queue.title for queue in found if queue.title.startswith("Deputies")]

    assert [queues(user) for user in (confirmer, publisher)] == [["Deputies’ answers to confirm"], []]
    door.signed_in(both).post(f"/admin/tracker/answer/{answer.pk}/confirm/", {"how": "By telephone."})
    assert [queues(user) for user in (confirmer, publisher, both)] == [[], ["Deputies’ answers to publish"], []]
