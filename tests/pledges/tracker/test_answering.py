"""What comes by a personal link: kept, confirmed by one person, published by another."""

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import connections

from deputies.journal.actions import Frozen, freeze
from deputies.journal.models import Event
from deputies.people.models import Person
from deputies.votes.enums import Position
from pledges.platform.models import Platform
from pledges.tracker.actions import (
    AlreadyRecorded,
    AnswerMoved,
    LinkClosed,
    OwnWord,
    confirm_answer,
    publish_answer,
    receive,
    revoke,
    set_aside,
)
from pledges.tracker.enums import AnswerKind, AnswerState
from pledges.tracker.models import Answer, Invitation, Pledge, Signature
from pledges.tracker.reports.answers import explanation_of, spoken_by
from tests import build
from tests.refuses import refused_by

pytestmark = pytest.mark.django_db
HOW = "By the telephone on the chamber's site, to the assistant, on 2 June."
WORDS = "I will vote for it.\n\n  <b>Always</b> — שלום"


def organiser(name: str) -> AbstractBaseUser:
    return get_user_model().objects.create(username=name)


def linked() -> tuple[Person, Platform, Invitation]:
    house = build.chamber()
    person, platform = build.deputy(house), build.platform(house)
    return person, platform, build.invitation(person, platform)


def received(kind: AnswerKind = AnswerKind.PROMISE, **more: Any) -> Answer:
    return build.answer(linked()[2], kind, published=False, **{"text": WORDS, **more})


def confirmed(by: AbstractBaseUser, kind: AnswerKind = AnswerKind.PROMISE, **more: Any) -> Answer:
    return confirm_answer(answer=received(kind, **more), how=HOW, by=by, at=build.LATER)


def test_two_persons_make_a_promise_of_it_in_the_deputys_words() -> None:
    vera, boris = organiser("vera"), organiser("boris")

    done = publish_answer(answer=confirmed(vera), by=boris, at=build.LATER)

    pledge = Pledge.objects.published().get()
    assert (done.pledge, done.state, done.published_at) == (pledge, "published", build.LATER)
    assert (pledge.stance, pledge.words, pledge.language, pledge.said_on) == ("promised", WORDS, "en", build.AT.date())
    assert (pledge.author_id, pledge.reviewer_id, pledge.is_measurable) == (vera.pk, boris.pk, False)
    assert bytes(pledge.source.content or b"").decode() == WORDS
    assert str(pledge.person) not in pledge.source.title
    event = Event.objects.latest("pk")
    assert (event.kind, event.subject) == ("word-given", f"pledge:{pledge.pk}")


def test_a_promise_with_criterion_and_day_can_be_measured() -> None:
    day = dt.date(2025, 1, 1)
    answer = confirmed(organiser("vera"), criterion="A vote for it.", due_on=day)

    publish_answer(answer=answer, by=organiser("boris"), at=build.LATER)

    pledge = Pledge.objects.get()
    assert (pledge.is_measurable, pledge.criterion_en, pledge.due_on) == (True, "A vote for it.", day)


def test_a_refusal_is_recorded_as_one() -> None:
    answer = confirmed(organiser("vera"), AnswerKind.REFUSE, text="")

    publish_answer(answer=answer, by=organiser("boris"), at=build.LATER)

    pledge = Pledge.objects.get()
    assert (pledge.stance, pledge.words, pledge.review) == ("refused", "", "published")


def test_a_signature_is_under_the_version_that_was_in_force_when_it_came() -> None:
    person, platform, link = linked()
    vera, boris = organiser("vera"), organiser("boris")
    answer = build.answer(link, AnswerKind.SIGN, published=False, demand=None, text="")
    confirm_answer(answer=answer, how=HOW, by=vera, at=build.LATER)

    publish_answer(answer=answer, by=boris, at=build.LATER)

    signature = Signature.objects.get()
    assert (signature.person, signature.platform_version, signature.demand) == (person, platform.published, None)
    assert signature.signed_on == build.AT.date()
    assert Event.objects.latest("pk").subject == f"signature:{signature.pk}"


@pytest.mark.parametrize("kind", [AnswerKind.COMMENT, AnswerKind.EXPLAIN, AnswerKind.REPLY])
def test_other_words_are_published_and_nothing_else(kind: AnswerKind) -> None:
    person, platform, link = linked()
    vote = build.vote(platform.coalition.chamber, {person: Position.FOR})
    about: dict[AnswerKind, dict[str, Any]] = {
        AnswerKind.COMMENT: {"demand": platform.demands.get()},
        AnswerKind.EXPLAIN: {"roll_call": vote},
        AnswerKind.REPLY: {"roll_call": vote, "demand": platform.demands.get()},
    }
    answer = build.answer(link, kind, published=False, **about[kind])
    confirm_answer(answer=answer, how=HOW, by=organiser("vera"), at=build.LATER)

    publish_answer(answer=answer, by=organiser("boris"), at=build.LATER)

    assert Answer.objects.published().get().kind == kind
    assert (Pledge.objects.count(), Signature.objects.count()) == (0, 0)
    told = Event.objects.filter(subject=f"answer:{answer.pk}").count()
    assert told == (0 if kind is AnswerKind.REPLY else 1)  # readers learn of a reply with its finding


def test_whoever_confirmed_it_cannot_publish_it() -> None:
    vera = organiser("vera")
    answer = confirmed(vera)

    with pytest.raises(OwnWord):
        publish_answer(answer=answer, by=vera, at=build.LATER)

    answer.refresh_from_db()
    assert (answer.state, Pledge.objects.count()) == ("confirmed", 0)


MOVES: dict[str, Callable[[Answer, AbstractBaseUser], object]] = {
    "confirmed": lambda answer, by: confirm_answer(answer=answer, how=HOW, by=by, at=build.LATER),
    "published": lambda answer, by: publish_answer(answer=answer, by=by, at=build.LATER),
    "set-aside": lambda answer, by: set_aside(answer=answer, why="Not theirs."),
}


@pytest.mark.parametrize("start", list(AnswerState))
@pytest.mark.parametrize("end", list(MOVES))
def test_an_answer_goes_only_where_it_may(start: AnswerState, end: str) -> None:
    vera, boris = organiser("vera"), organiser("boris")
    answer = received()
    way = {AnswerState.RECEIVED: (), AnswerState.PUBLISHED: ("confirmed", "published")}.get(start, (start.value,))
    for step, by in zip(way, (vera, boris), strict=False):
        MOVES[step](answer, by)

    if start.may_become(AnswerState(end)):
        MOVES[end](answer, boris)
        expected = end
    else:
        with pytest.raises(AnswerMoved):
            MOVES[end](answer, boris)
        expected = start.value

    answer.refresh_from_db()
    assert answer.state == expected


def test_the_same_is_recorded_once() -> None:
    person, platform, link = linked()
    build.answer(link, AnswerKind.PROMISE)
    vote = build.vote(platform.coalition.chamber, {person: Position.FOR})
    build.answer(link, AnswerKind.EXPLAIN, roll_call=vote, demand=None)
    build.answer(link, AnswerKind.SIGN, demand=None)
    again = [
        build.answer(link, AnswerKind.PROMISE, published=False, text="Once more."),
        build.answer(link, AnswerKind.EXPLAIN, published=False, roll_call=vote, demand=None, text="Once more."),
        build.answer(link, AnswerKind.SIGN, published=False, demand=None, text="Once more."),
    ]

    for answer in again:
        confirm_answer(answer=answer, how=HOW, by=None, at=build.LATER)
        with pytest.raises(AlreadyRecorded):
            publish_answer(answer=answer, by=None, vouched=True, at=build.LATER)

    assert (Pledge.objects.count(), Signature.objects.count(), Answer.objects.published().count()) == (1, 1, 3)


def test_what_is_sent_twice_is_one_while_it_waits() -> None:
    link = linked()[2]

    first = build.answer(link, published=False)
    second = build.answer(link, published=False, at=build.LATER)

    assert (first, Answer.objects.count()) == (second, 1)


@pytest.mark.parametrize("how", ["revoked", "over"])
def test_nothing_comes_by_a_link_that_ended(how: str) -> None:
    link, at = linked()[2], build.LATER
    if how == "revoked":
        revoke(invitation=link, at=build.AT)
    else:
        at = link.expires_at

    with pytest.raises(LinkClosed):
        receive(invitation=link, kind=AnswerKind.SIGN, language="en", at=at)


def test_nothing_is_published_in_a_frozen_chamber() -> None:
    vera = organiser("vera")
    answer = confirmed(vera)
    slug = answer.invitation.platform.coalition.chamber.slug
    freeze(chamber=slug, reason_ru="Выборы", reason_en="Election", by=vera, at=build.AT)

    with pytest.raises(Frozen):
        publish_answer(answer=answer, by=organiser("boris"), at=build.LATER)


def test_only_a_promise_is_measured_and_by_both() -> None:
    link = linked()[2]
    for kind, more in (
        (AnswerKind.COMMENT, {"criterion": "A vote.", "due_on": dt.date(2025, 1, 1)}),
        (AnswerKind.PROMISE, {"criterion": "A vote."}),
        (AnswerKind.PROMISE, {"due_on": dt.date(2025, 1, 1)}),
    ):
        with refused_by("tracker_answer_promise_measured"):
            build.answer(link, kind, published=False, **more)


def test_reports_show_what_is_published_only() -> None:
    person, platform, link = linked()
    vote = build.vote(platform.coalition.chamber, {person: Position.FOR})
    waiting = build.answer(link, AnswerKind.EXPLAIN, published=False, roll_call=vote, demand=None)
    build.answer(link, published=False)
    assert (explanation_of(vote, person), spoken_by(person, platform)) == (None, [])

    confirm_answer(answer=waiting, how=HOW, by=None, at=build.AT)
    assert explanation_of(vote, person) is None
    publish_answer(answer=waiting, by=None, vouched=True, at=build.AT)

    assert explanation_of(vote, person) == waiting
    assert [(one.answer, one.vote, one.demand) for one in spoken_by(person, platform)] == [(waiting, vote.slug, "")]


def at_once(act: Callable[[AbstractBaseUser], object], *people: AbstractBaseUser) -> list[str]:
    """What became of several who act at the same time."""
    outcomes: list[str] = []

    def run(by: AbstractBaseUser) -> None:
        try:
            act(by)
            outcomes.append("done")
        except AnswerMoved:
            outcomes.append("too late")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[by]) for by in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_or_publish_at_once_one_does() -> None:
    vera, boris, olga = organiser("vera"), organiser("boris"), organiser("olga")
    pk = received().pk

    confirming = at_once(lambda by: MOVES["confirmed"](Answer.objects.get(pk=pk), by), vera, vera)
    publishing = at_once(lambda by: MOVES["published"](Answer.objects.get(pk=pk), by), boris, olga)

    assert (confirming, publishing) == (["done", "too late"], ["done", "too late"])
    assert (Pledge.objects.count(), Event.objects.filter(kind="word-given").count()) == (1, 1)
