"""What deputies said in their own words, as readers see it; nothing here is read before it is published."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery, Sum

from deputies.people.models import Person
from deputies.sources.language import Words, reader_words
from deputies.votes.models import RollCall
from pledges.platform.enums import PlatformState
from pledges.platform.models import Demand, DemandText, Platform
from pledges.tracker.enums import AnswerKind
from pledges.tracker.models import Answer, Asked

FEWEST_SHOWN = 20  # a smaller number could point to those who asked
_SPOKEN = [AnswerKind.COMMENT.value, AnswerKind.EXPLAIN.value]


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A published answer with what it is about: a demand, or a vote."""

    answer: Answer
    title: Words
    demand: Demand | None
    vote: RollCall | None


def explanation_of(vote: RollCall, person: Person) -> Answer | None:
    """A deputy's own words beside their ballot in a vote; one query."""
    explained = Answer.objects.published().filter(kind=AnswerKind.EXPLAIN.value, roll_call=vote)
    return explained.filter(invitation__person=person).order_by("pk").first()


def spoken_by(person: Person, platform: Platform) -> list[OwnWords]:
    """What a deputy answered to voters and explained of votes, the latest first; one query."""
    texts = DemandText.objects.filter(demand=OuterRef("demand")).exclude(version__state=PlatformState.DRAFT.value)
    latest = texts.order_by("-version__number")
    answers = (
        Answer.objects.published()
        .filter(kind__in=_SPOKEN, invitation__person=person, invitation__platform=platform)
        .select_related("demand", "roll_call__published")
        .annotate(title_ru=Subquery(latest.values("title_ru")[:1]), title_en=Subquery(latest.values("title_en")[:1]))
        .order_by("-received_at", "-pk")
    )
    return [_told(answer) for answer in answers]


def _told(answer: Answer) -> OwnWords:
    vote = answer.roll_call if answer.roll_call and answer.roll_call.published else None
    if vote and vote.published:
        return OwnWords(answer, vote.published.title, None, vote)
    title = reader_words(ru=answer.title_ru or "", en=answer.title_en or "")  # type: ignore[attr-defined]
    return OwnWords(answer, title, answer.demand, None)


def asked_of(person: Person, since: dt.date) -> int | None:
    """How many readers said since a day that they had asked; None below the number that is shown. One query."""
    found: int = Asked.objects.filter(person=person, day__gte=since).aggregate(n=Sum("count"))["n"] or 0
    return found if found >= FEWEST_SHOWN else None
