"""The moves of pledges, their statuses and answers: the database allows exactly those of the tables in `enums`."""

import datetime as dt
from itertools import product
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from deputies.sources.models import cite
from pledges.platform.models import Demand
from pledges.tracker.enums import (
    ANSWERS,
    REVIEWS,
    STATUSES,
    UNMEASURED,
    AnswerKind,
    AnswerState,
    Review,
    Stance,
    Status,
)
from pledges.tracker.models import Answer, Invitation, Pledge, PledgeStatus
from tests import build
from tests.refuses import refused_by

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def demand() -> Demand:
    return build.platform(build.chamber()).demands.get()


def promise(**more: Any) -> Pledge:
    to = demand()
    return build.pledge(build.deputy(to.platform.coalition.chamber), to, **more)


def status(pledge: Pledge, word: Status, on: dt.date, **more: Any) -> PledgeStatus:
    return PledgeStatus.objects.create(
        pledge=pledge, status=word.value, on=on, note_en="It was seen.", evidence=cite(title="Minutes"), **more
    )


def published(one: PledgeStatus) -> PledgeStatus:
    one.review, one.vouched, one.reviewed_at = Review.PUBLISHED.value, True, build.AT
    one.save()
    return one


def reached(word: Status) -> tuple[Pledge, dt.date]:
    """A promise that came to a status by legal moves, and the day after."""
    pledge = promise(is_measurable=False, criterion_en="", due_on=None) if word in UNMEASURED else promise()
    day = pledge.said_on
    if word is not Status.PROMISED:
        published(status(pledge, word, day))
    return pledge, day + DAY


@pytest.mark.parametrize(("old", "new"), list(product(Status, Status)))
def test_a_pledge_goes_only_where_the_table_lets_it(old: Status, new: Status) -> None:
    pledge, day = reached(old)
    can_say = (
        {Status.NOT_MEASURABLE, Status.OVERTAKEN} if not pledge.is_measurable else set(Status) - {Status.NOT_MEASURABLE}
    )

    may = old.may_become(new) and new in can_say
    if may:
        assert published(status(pledge, new, day)).review == Review.PUBLISHED
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            status(pledge, new, day)


def test_a_promise_without_a_criterion_is_never_assessed() -> None:
    pledge = promise(is_measurable=False, criterion_en="", due_on=None)

    with refused_by("tracker_pledgestatus_measured"):
        status(pledge, Status.KEPT, pledge.said_on)


def test_a_promise_with_a_criterion_is_never_called_not_measurable() -> None:
    pledge = promise()

    with refused_by("tracker_pledgestatus_measured"):
        status(pledge, Status.NOT_MEASURABLE, pledge.said_on)


def test_a_refusal_has_no_status() -> None:
    refusal = promise(stance=Stance.REFUSED.value)

    with refused_by("tracker_pledgestatus_of_a_promise"):
        status(refusal, Status.KEPT, refusal.said_on)


def test_a_status_does_not_begin_before_the_one_it_follows() -> None:
    pledge = promise()
    published(status(pledge, Status.IN_PROGRESS, pledge.said_on + 2 * DAY))

    with refused_by("tracker_pledgestatus_forward"):
        status(pledge, Status.KEPT, pledge.said_on + DAY)


def test_two_statuses_of_a_pledge_do_not_wait_at_once() -> None:
    pledge = promise()
    status(pledge, Status.IN_PROGRESS, pledge.said_on)

    with refused_by("tracker_pledgestatus_one_proposed"):
        status(pledge, Status.KEPT, pledge.said_on)


@pytest.mark.parametrize(("old", "new"), list(product(Review, Review)))
def test_a_review_goes_only_where_the_table_lets_it(old: Review, new: Review) -> None:
    pledge = promise(published=False)
    if old is not Review.PROPOSED:
        move(pledge, old)

    if old is new or new in REVIEWS[old]:
        move(pledge, new)
    else:
        with refused_by("tracker_pledge_moves"):
            move(pledge, new)


def move(pledge: Pledge, to: Review) -> None:
    pledge.review, pledge.vouched, pledge.reviewed_at, pledge.rejected_why = to.value, True, build.AT, "no source"
    pledge.save()


def test_a_pledge_is_never_deleted_and_its_words_never_change() -> None:
    pledge = promise()

    with refused_by("tracker_pledge_stays"):
        Pledge.objects.filter(pk=pledge.pk).update(words="Ничего не обещаю.")
    with refused_by("tracker_pledge_stays"):
        pledge.delete()


def test_a_pledge_that_is_published_at_once_is_refused() -> None:
    to = demand()

    with refused_by("tracker_pledge_moves"):
        build.pledge(
            build.deputy(to.platform.coalition.chamber), to, published=False, review="published", vouched=True,
            reviewed_at=build.AT,
        )  # fmt: skip


REFUSED_PLEDGES: list[tuple[str, dict[str, Any]]] = [
    ("tracker_pledge_of_one", {"person": None}),
    ("tracker_pledge_known_stance", {"stance": "perhaps"}),
    ("tracker_pledge_silence_has_no_words", {"stance": "silent", "words": "Nothing."}),
    ("tracker_pledge_promise_has_words", {"words": ""}),
    ("tracker_pledge_measurable_says_how", {"criterion_en": ""}),
    ("tracker_pledge_measurable_says_how", {"due_on": None}),
    ("tracker_pledge_measurable_says_how", {"is_measurable": False}),
    ("tracker_pledge_due_after_said", {"due_on": build.START.date() - DAY}),
]


@pytest.mark.parametrize(("rule", "says"), REFUSED_PLEDGES)
def test_the_database_refuses_a_pledge_that(rule: str, says: dict[str, Any]) -> None:
    to = demand()
    row = {"person": build.deputy(to.platform.coalition.chamber), "to": to} | says

    with refused_by(rule):
        build.pledge(**row)


def test_one_person_cannot_publish_a_pledge() -> None:
    someone = get_user_model().objects.create(username="vera")
    pledge = promise(published=False, author=someone)

    with refused_by("tracker_pledge_published_by_two"):
        Pledge.objects.filter(pk=pledge.pk).update(review="published", reviewer=someone, reviewed_at=build.AT)


def test_a_review_is_dated_and_a_rejection_says_why() -> None:
    pledge = promise(published=False)

    with refused_by("tracker_pledge_reviewed_has_date"):
        Pledge.objects.filter(pk=pledge.pk).update(review="published", vouched=True)
    with refused_by("tracker_pledge_rejected_says_why"):
        Pledge.objects.filter(pk=pledge.pk).update(review="rejected", reviewed_at=build.AT)


def test_the_same_word_is_recorded_once() -> None:
    first = promise()

    with refused_by("tracker_pledge_once"):
        build.pledge(first.person, first.demand, first.said_on)


def answer(kind: AnswerKind = AnswerKind.PROMISE, **more: Any) -> Answer:
    to = demand()
    invitation = Invitation.objects.create(
        platform=to.platform, person=build.deputy(to.platform.coalition.chamber), nonce=f"nonce-{to.pk}",
        made_at=build.AT, expires_at=build.LATER,
    )  # fmt: skip
    says = {"demand": to, "text": "Обещаю.", "language": "ru", "received_at": build.AT}
    return Answer.objects.create(invitation=invitation, kind=kind.value, **says | more)


def step(one: Answer, to: AnswerState) -> None:
    one.state, one.vouched = to.value, True
    one.confirmed_at, one.confirmed_how, one.set_aside_why = build.AT, "by telephone", "not theirs"
    one.published_at = build.AT if to is AnswerState.PUBLISHED else None
    one.save()


WAY = {
    AnswerState.RECEIVED: [],
    AnswerState.CONFIRMED: [AnswerState.CONFIRMED],
    AnswerState.PUBLISHED: [AnswerState.CONFIRMED, AnswerState.PUBLISHED],
    AnswerState.SET_ASIDE: [AnswerState.SET_ASIDE],
}


@pytest.mark.parametrize(("old", "new"), list(product(AnswerState, AnswerState)))
def test_an_answer_goes_only_where_the_table_lets_it(old: AnswerState, new: AnswerState) -> None:
    one = answer()
    for state in WAY[old]:
        step(one, state)

    if old is new or new in ANSWERS[old]:
        step(one, new)
    else:
        with refused_by("tracker_answer_moves"):
            step(one, new)


REFUSED_ANSWERS: list[tuple[str, AnswerKind, dict[str, Any]]] = [
    ("tracker_answer_about_one_thing", AnswerKind.EXPLAIN, {}),
    ("tracker_answer_about_one_thing", AnswerKind.PROMISE, {"demand": None}),
    ("tracker_answer_about_one_thing", AnswerKind.REPLY, {}),
    ("tracker_answer_has_words", AnswerKind.PROMISE, {"text": ""}),
]


@pytest.mark.parametrize(("rule", "kind", "says"), REFUSED_ANSWERS)
def test_the_database_refuses_an_answer_that(rule: str, kind: AnswerKind, says: dict[str, Any]) -> None:
    with refused_by(rule):
        answer(kind, **says)


def test_an_answer_is_confirmed_by_a_channel_and_published_by_another_person() -> None:
    one = answer()
    someone = get_user_model().objects.create(username="vera")

    with refused_by("tracker_answer_confirmed_says_how"):
        Answer.objects.filter(pk=one.pk).update(state="confirmed", confirmed_at=build.AT)
    with refused_by("tracker_answer_set_aside_says_why"):
        Answer.objects.filter(pk=one.pk).update(state="set-aside")
    Answer.objects.filter(pk=one.pk).update(
        state="confirmed", confirmed_at=build.AT, confirmed_how="by telephone", confirmed_by=someone
    )
    with refused_by("tracker_answer_published_by_two"):
        Answer.objects.filter(pk=one.pk).update(state="published", published_at=build.AT, published_by=someone)
    with refused_by("tracker_answer_published_has_date"):
        Answer.objects.filter(pk=one.pk).update(state="published", vouched=True)


def test_what_a_deputy_wrote_is_never_edited() -> None:
    one = answer()

    with refused_by("tracker_answer_stays"):
        Answer.objects.filter(pk=one.pk).update(text="Обещаю всё.")


def test_an_address_is_forgotten_once_the_letter_is_sent_or_the_link_revoked() -> None:
    one = answer().invitation

    for moment in ("sent_at", "revoked_at"):
        rule = f"tracker_invitation_{moment.removesuffix('_at')}_forgets_address"
        with refused_by(rule):
            Invitation.objects.filter(pk=one.pk).update(email="duma@example.org", **{moment: build.AT})
    with refused_by("tracker_invitation_ends_later"):
        Invitation.objects.filter(pk=one.pk).update(expires_at=one.made_at)


def test_the_tables_name_every_state() -> None:
    assert set(STATUSES) == set(Status)
    assert set(ANSWERS) == set(AnswerState)
    assert set(REVIEWS) == set(Review)
