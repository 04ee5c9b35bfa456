"""What deputies said in their own words, as readers see it; nothing here is read before it is published."""

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Sum

from deputies.people.models import Person
from deputies.sources.language import Words, reader_words
from deputies.sources.rows import Written, outside, packed
from deputies.votes.models import RollCall
from pledges.platform.models import Platform
from pledges.tracker.enums import AnswerKind
from pledges.tracker.models import Answer, Asked

FEWEST_SHOWN = 20  # a smaller number could point to those who asked


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A published answer with what it is about: the slug of a demand, or of a vote, and its title."""

    answer: Answer
    title: Words
    demand: str
    vote: str


def explanation_of(vote: RollCall, person: Person) -> Answer | None:
    """A deputy's own words beside their ballot in a vote; one query."""
    explained = Answer.objects.published().filter(kind=AnswerKind.EXPLAIN.value, roll_call=vote)
    return explained.filter(invitation__person=person).order_by("pk").first()


def spoken_by(person: Person, platform: Platform) -> list[OwnWords]:
    """What a deputy answered to voters and explained of votes, the latest first; one query."""
    rows = Platform.objects.filter(pk=platform.pk).values_list(words_of(person.pk), flat=True)
    return unpacked_words(rows[0])


def words_of(person: int) -> Written:
    """What `spoken_by` says, beside a row of platforms, for `unpacked_words`."""
    return Written(_spoken().replace("<person>", str(int(person))), "pk")


def unpacked_words(rows: list[dict[str, Any]]) -> list[OwnWords]:
    return [
        OwnWords(
            outside(Answer, row),
            reader_words(ru=row["title_ru"] or "", en=row["title_en"] or ""),
            row["demand"] or "",
            row["vote"] or "",
        )
        for row in rows
    ]


@cache
def _spoken() -> str:
    return f"""
        SELECT coalesce(jsonb_agg({packed(Answer, "a")} || jsonb_build_object('vote', r.slug, 'demand', d.slug,
            'title_ru', coalesce(v.title_ru, t.title_ru), 'title_en', coalesce(v.title_en, t.title_en))
            ORDER BY a.received_at DESC, a.id DESC), '[]')
        FROM tracker_answer a JOIN tracker_invitation i ON i.id = a.invitation_id
        LEFT JOIN votes_rollcall r ON r.id = a.roll_call_id LEFT JOIN votes_rollcallversion v ON v.id = r.published_id
        LEFT JOIN platform_demand d ON d.id = a.demand_id LEFT JOIN LATERAL (
            SELECT w.title_ru, w.title_en FROM platform_demandtext w
            JOIN platform_platformversion p ON p.id = w.version_id
            WHERE w.demand_id = a.demand_id AND p.state <> 'draft' ORDER BY p.number DESC LIMIT 1
        ) t ON true
        WHERE i.platform_id = {{0}} AND i.person_id = <person> AND a.state = 'published'
        AND a.kind IN ('comment', 'explain') AND (a.roll_call_id IS NULL OR v.id IS NOT NULL)
    """  # noqa: S608


def asked_of(person: Person, since: dt.date) -> int | None:
    """How many readers said since a day that they had asked; None below the number that is shown. One query."""
    found: int = Asked.objects.filter(person=person, day__gte=since).aggregate(n=Sum("count"))["n"] or 0
    return found if found >= FEWEST_SHOWN else None
