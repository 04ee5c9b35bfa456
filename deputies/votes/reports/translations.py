"""Summaries in two languages, one of which changed while the other did not follow."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from deputies.sources.rows import Written
from deputies.votes.enums import State
from deputies.votes.models import RollCallVersion

_FIELDS = ("summary_ru", "summary_en", "published_at")
_SHOWN = (State.PUBLISHED.value, State.CORRECTED.value)
_SAID = """
SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.number), '[]')
FROM (SELECT number, summary_ru, summary_en, published_at FROM votes_rollcallversion
    WHERE roll_call_id = {0} AND state IN ('published', 'corrected')) s
"""


@dataclass(frozen=True, slots=True)
class Stale:
    """That the text in language `lang` is older than the other one, which changed at `changed_at`."""

    lang: str
    changed_at: dt.datetime


def stale_among(versions: Iterable[Mapping[str, Any]]) -> Stale | None:
    """Which summary of a vote lags behind after its published `versions`, the first one first; None if neither does.

    A language that changes alone is ahead until the other one changes, at once or in a later version. A language that
    has no text at all is missing, not stale.
    """
    ahead: Stale | None = None
    before: dict[str, str] = {}
    for version in versions:
        now = {code: version[f"summary_{code}"] for code in ("ru", "en")}
        changed = [code for code in now if before and now[code] != before[code]]
        if len(changed) == 2 or (changed and (not before[changed[0]] or (ahead and ahead.lang in changed))):
            ahead = None  # both, a first translation, or the one that was behind
        elif changed:
            ahead = Stale("en" if changed == ["ru"] else "ru", version["published_at"])
        before = now
    return ahead if before and all(before.values()) else None


def summaries() -> Written:
    """An annotation of a roll call with its summaries in every published version, for `stale_in`."""
    return Written(_SAID, "pk")


def stale_in(said: Iterable[Mapping[str, Any]]) -> Stale | None:
    """As `stale_among`, of what `summaries` packed."""
    return stale_among({**one, "published_at": dt.datetime.fromisoformat(one["published_at"])} for one in said)


def stale_votes() -> list[int]:
    """Ids of the published roll calls with a summary that lags behind; one query over those that were corrected."""
    versions = RollCallVersion.objects.filter(roll_call__published__number__gt=1, state__in=_SHOWN)
    rows = versions.order_by("roll_call", "number").values("roll_call", *_FIELDS)
    return [pk for pk, said in groupby(rows, key=itemgetter("roll_call")) if stale_among(said)]
