"""What came by a personal link: kept as it was sent, confirmed by one person, published by another."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction

from deputies.journal.actions import append, wait_unless_frozen
from deputies.journal.enums import EventKind
from deputies.sources.models import Document, keep_copy
from deputies.votes.models import RollCall
from pledges.platform.models import Demand
from pledges.tracker.actions.pledging import OwnWord, publish_word
from pledges.tracker.enums import AnswerKind, AnswerState, Review, Stance
from pledges.tracker.models import Answer, Invitation, Pledge, Signature

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

WITHOUT_WORDS = {AnswerKind.SIGN: "Подпись / Signed", AnswerKind.REFUSE: "Отказ / Refused"}
STANCES = {AnswerKind.PROMISE: Stance.PROMISED, AnswerKind.REFUSE: Stance.REFUSED}


class LinkClosed(Exception):
    """The link ended while its page was open."""


class AnswerMoved(Exception):
    """Somebody has confirmed it, published it or set it aside meanwhile, or a step is missing."""


class AlreadyRecorded(Exception):
    """The record has this signature, this word of that day, or an explanation of that vote."""


@transaction.atomic
def receive(
    *,
    invitation: Invitation,
    kind: AnswerKind,
    language: str,
    at: dt.datetime,
    demand: Demand | None = None,
    roll_call: RollCall | None = None,
    text: str = "",
    criterion: str = "",
    due_on: dt.date | None = None,
) -> Answer:
    """Keep an answer as it was sent; the same one sent twice is one while it waits. Raises LinkClosed."""
    open_link = Invitation.objects.working(at).select_for_update(of=("self",)).filter(pk=invitation.pk).first()
    if open_link is None:
        raise LinkClosed
    answer, _ = Answer.objects.get_or_create(
        invitation=open_link,
        state=AnswerState.RECEIVED.value,
        kind=kind.value,
        demand=demand,
        roll_call=roll_call,
        text=text,
        language=language,
        criterion=criterion,
        due_on=due_on,
        defaults={"received_at": at},
    )
    return answer


@transaction.atomic
def confirm_answer(*, answer: Answer, how: str, by: "AbstractBaseUser | None", at: dt.datetime) -> Answer:
    """Record how a second channel said that the words are the deputy's. Raises AnswerMoved."""
    current = _moved(answer, AnswerState.CONFIRMED)
    current.confirmed_by, current.confirmed_how, current.confirmed_at = by, how, at  # type: ignore[assignment]
    current.save(update_fields=["state", "confirmed_by", "confirmed_how", "confirmed_at"])
    return current


@transaction.atomic
def publish_answer(*, answer: Answer, by: "AbstractBaseUser | None", at: dt.datetime, vouched: bool = False) -> Answer:
    """Publish what another person confirmed, and record the signature, promise or refusal that it is.

    With `vouched` one caller stands for both. Raises AnswerMoved, OwnWord, AlreadyRecorded or Frozen.
    """
    wait_unless_frozen(answer.invitation.platform.coalition.chamber.slug)
    current = _moved(answer, AnswerState.PUBLISHED)
    if not vouched and (by is None or current.confirmed_by_id in (None, by.pk)):
        raise OwnWord(f"{current} needs a second person")
    current.published_by, current.published_at, current.vouched = by, at, vouched  # type: ignore[assignment]
    if current.kind == AnswerKind.SIGN:
        current.signature = _sign(current)
        _tell(current, f"signature:{current.signature.pk}", at)
    elif current.kind in STANCES:
        current.pledge = publish_word(word=_pledge(current), by=by, at=at, vouched=vouched)
    else:
        _check_first(current)
        if current.kind != AnswerKind.REPLY:  # readers learn of a reply with the finding that it is about
            _tell(current, f"answer:{current.pk}", at)
    current.save(update_fields=["state", "published_by", "published_at", "vouched", "signature", "pledge"])
    return current


@transaction.atomic
def set_aside(*, answer: Answer, why: str) -> Answer:
    """Put an answer aside with a reason; it stays on record at the desk. Raises AnswerMoved."""
    current = _moved(answer, AnswerState.SET_ASIDE)
    current.set_aside_why = why
    current.save(update_fields=["state", "set_aside_why"])
    return current


def _moved(answer: Answer, to: AnswerState) -> Answer:
    """The row as it is stored now, locked, in its next state: of two who move it at once only one does."""
    rows = Answer.objects.select_related("invitation__person", "invitation__platform__coalition__chamber")
    current = rows.select_for_update(of=("self",)).get(pk=answer.pk)
    if not AnswerState(current.state).may_become(to):
        raise AnswerMoved(f"{current}: {current.state} does not become {to}")
    current.state = to.value
    return current


def _sign(answer: Answer) -> Signature:
    """The signature under the demand, or under the version of the platform that was in force when it came."""
    versions = answer.invitation.platform.versions.filter(published_at__lte=answer.received_at)
    version = None if answer.demand else versions.order_by("-published_at", "-number")[0]
    of: dict[str, Any] = {"demand": answer.demand, "platform_version": version, "person": answer.invitation.person}
    if Signature.objects.filter(**of, withdrawn_on=None).exists():
        raise AlreadyRecorded
    return Signature.objects.create(**of, signed_on=_day(answer), source=_copy(answer))


def _pledge(answer: Answer) -> Pledge:
    """The promise or refusal as one person proposes it: whoever confirmed the answer."""
    said = {
        "demand": answer.demand,
        "person": answer.invitation.person,
        "stance": STANCES[AnswerKind(answer.kind)].value,
        "said_on": _day(answer),
    }
    if Pledge.objects.filter(**said).exclude(review=Review.REJECTED.value).exists():
        raise AlreadyRecorded
    return Pledge.objects.create(
        **said,
        words=answer.text,
        language=answer.language,
        occasion_ru="По личной ссылке",
        occasion_en="By personal link",
        author=answer.confirmed_by,
        source=_copy(answer),
        is_measurable=bool(answer.criterion),
        due_on=answer.due_on,
        **{f"criterion_{answer.language}": answer.criterion},
    )


def _check_first(answer: Answer) -> None:
    """One explanation of a vote by one deputy: the next one cannot take its place."""
    same = Answer.objects.published().filter(invitation__person=answer.invitation.person_id, roll_call=answer.roll_call)
    if answer.kind == AnswerKind.EXPLAIN and same.filter(kind=answer.kind).exists():
        raise AlreadyRecorded


def _copy(answer: Answer) -> Document:
    """The words as they came, to the byte; where none came with a signature or refusal, that it was sent."""
    day = _day(answer).isoformat()
    words = answer.text or f"{WITHOUT_WORDS[AnswerKind(answer.kind)]}: {answer.demand or answer.invitation.platform}"
    return keep_copy(
        content="\n\n".join(filter(None, [words, answer.criterion])).encode(),
        title=f"Слова депутата по личной ссылке, {day} / A deputy’s words by personal link, {day}",
        media_type="text/plain; charset=utf-8",
    )


def _day(answer: Answer) -> dt.date:
    return answer.received_at.astimezone(answer.invitation.platform.coalition.chamber.zone).date()


def _tell(answer: Answer, subject: str, at: dt.datetime) -> None:
    append(
        kind=EventKind.WORD_GIVEN,
        chamber=answer.invitation.platform.coalition.chamber.slug,
        subject=subject,
        facts={
            "answer": answer.pk,
            "demand": answer.demand_id,
            "roll_call": answer.roll_call_id,
            "person": answer.invitation.person_id,
        },
        at=at,
    )
