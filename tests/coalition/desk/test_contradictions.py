"""Findings at the desk: who may do what, the page with its legal steps, the letter, the queues."""

import datetime as dt

import pytest
from django.urls import reverse

from coalition.accounts.models import User
from coalition.digests.letters import site_url
from coalition.digests.questions import question_about
from deputies.people.enums import Threshold
from deputies.votes.enums import Position, Result
from pledges.findings.actions import ask, dismiss, sweep, take_up
from pledges.findings.models import Finding
from pledges.tracker.actions import token_of
from tests import build
from tests.coalition.accounts import door

pytestmark = pytest.mark.django_db


def found() -> Finding:
    chamber = build.chamber(slug="town", threshold=Threshold.MEMBERS)
    demand = build.platform(chamber).demands.get()
    anna = build.deputy(chamber, "Anna Example", group="Red")
    build.pledge(anna, demand, words="Проголосую за.")
    positions = {anna: Position.PRESENT_NOT_VOTING, build.deputy(chamber, "Boris Other", group="Red"): Position.FOR}
    build.link(demand, build.vote(chamber, positions, result=Result.REJECTED.value, total_for=1))
    sweep(at=build.AT)
    return Finding.objects.get()


def page(finding: Finding, step: str = "change") -> str:
    return reverse(f"admin:findings_finding_{step}", args=[finding.pk])


def organiser(name: str, *roles: str) -> User:
    return door.organiser(name, roles=list(roles))


def test_a_linker_takes_up_and_asks_and_a_publisher_publishes() -> None:
    finding = found()
    vera, boris = (door.signed_in(organiser(n, r)) for n, r in (("vera", "Linkers"), ("boris", "Publishers")))

    shown = vera.get(page(finding)).text
    assert [words in shown for words in ("Take it up", "Dismiss it", "Publish as", "The letter goes out")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert "Проголосую за." in shown
    assert "Did not support; 3 votes were needed" in shown
    assert "Boris Other: for" in shown
    vera.post(page(finding, "take_up"))
    assert "5" in vera.post(page(finding, "ask"), {"days": "4"}).text
    vera.post(page(finding, "ask"), {"days": "5"})
    finding.refresh_from_db()
    assert finding.reply_until is not None
    assert (finding.state, finding.asked_by) == ("asked", User.objects.get(username="vera"))
    assert "Publish as" not in boris.get(page(finding)).text

    sweep(at=finding.reply_until + dt.timedelta(days=1))
    assert "Findings to publish" in boris.get(reverse("admin:index")).text
    assert boris.post(page(finding, "ask"), {"days": "5"}).status_code == 403
    assert vera.post(page(finding, "publish")).status_code == 403
    boris.post(page(finding, "publish"))

    finding.refresh_from_db()
    assert (finding.state, finding.published_by) == ("published", User.objects.get(username="boris"))


def test_it_is_dismissed_only_with_a_reason_in_both_languages() -> None:
    finding, client = found(), door.signed_in(organiser("vera", "Linkers"))
    assert "Findings to look at" in client.get(reverse("admin:index")).text

    client.post(page(finding, "dismiss"), {"reason_ru": "Не о том.", "reason_en": ""})
    assert Finding.objects.get().state == "detected"
    client.post(page(finding, "dismiss"), {"reason_ru": "Не о том.", "reason_en": "Not about it."})

    assert (Finding.objects.get().state, Finding.objects.get().reason_en) == ("dismissed", "Not about it.")


def test_the_list_begins_with_what_can_go_on() -> None:
    finding, client = found(), door.signed_in(organiser("vera", "Linkers"))
    person = build.deputy(finding.version.roll_call.chamber, "Clara Ended")
    same = {"kind": "differs", "version": finding.version, "link": finding.link, "pledge": finding.pledge}
    ended = Finding.objects.create(person=person, position="against", detected_at=build.LATER, **same)
    dismiss(finding=ended, reason_ru="Нет.", reason_en="No.")

    shown = client.get(reverse("admin:findings_finding_changelist")).text

    assert 0 < shown.index("Anna Example") < shown.index("Clara Ended")


def test_an_auditor_sees_it_and_can_do_nothing() -> None:
    finding, client = found(), door.signed_in(organiser("olga", "Auditors"))

    shown = client.get(page(finding)).text

    assert "Take it up" not in shown
    assert [client.post(page(finding, s)).status_code for s in ("take_up", "ask", "publish", "dismiss")] == [403] * 4


def test_the_letter_says_what_is_on_record_and_asks() -> None:
    finding = found()
    take_up(finding=finding, by=None, at=build.AT, vouched=True)
    finding = ask(finding=finding, by=None, at=build.AT)
    assert finding.invitation is not None
    link = site_url("word", token=token_of(finding.invitation))

    english, russian = question_about(finding, "en"), question_about(finding, "ru")

    assert english.subject == "A question about the vote of 11 January 2024, 12:00"
    assert max(len(line) for line in english.text.splitlines() if line != link) <= 70
    told = " ".join(english.text.split())
    for words in (
        "Hello, Anna Example.",
        "did not vote",
        "Did not support; 3 votes were needed.",
        "Проголосую за.",
        link,
    ):
        assert words in told
        assert words in english.html
    assert "oted against" not in told
    assert "Здравствуйте, Anna Example." in russian.text
    assert "Вопрос о голосовании" in russian.subject


def test_both_languages_of_the_letter_are_printed_at_the_desk() -> None:
    client = door.signed_in(organiser("vera", "Linkers"))

    shown = client.get(page(found(), "letter")).text

    assert "Hello, Anna Example." in shown
    assert "Здравствуйте, Anna Example." in shown
