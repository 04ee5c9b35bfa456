"""The set-based count: one statement joins ballots, links and the rules of a profile, and sums.

What a position earns comes from `method.rule_rows`, the same records that the pure twin reads; SQL only sums.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection

from pledges.platform.models import Platform
from pledges.scorecards.enums import Outcome
from pledges.scorecards.method import WEIGHT_UNIT, Profile, Tally, rule_rows


@dataclass(frozen=True, slots=True)
class Key:
    """What a score is of: a person on one demand, on one chapter, or (with neither) on the whole platform."""

    person_id: int
    demand_id: int | None
    chapter: str


# A link scores if it is published, has the role, and the demand was in force on the day of the vote where the
# chamber sits. A vote whose date is not known cannot be shown to lie outside, so it scores.
SCORING = """
    SELECT l.demand_id, d.chapter, l.roll_call_id, l.wants, l.weight, r.published_id AS version_id,
        CASE WHEN v.threshold = 'voting' THEN 'asked-weak' ELSE 'asked-strong' END AS asked
    FROM scorecards_link l
    JOIN platform_demand d ON d.id = l.demand_id
    JOIN votes_rollcall r ON r.id = l.roll_call_id
    JOIN votes_rollcallversion v ON v.id = r.published_id AND v.kind = 'by-name'
    JOIN people_chamber c ON c.id = r.chamber_id
    WHERE d.platform_id = %(platform)s AND l.state = 'published' AND l.role = 'scoring'
    AND (v.held_at IS NULL OR (
        (v.held_at AT TIME ZONE c.timezone)::date >= d.in_force_from
        AND (d.in_force_until IS NULL OR (v.held_at AT TIME ZONE c.timezone)::date < d.in_force_until)
    ))
"""
# Ballots are summed by position first, so that the rules join a few rows for each deputy and not every ballot.
# Chapters and the platform count a vote once with its largest weight; opposite directions leave it out.
_COUNT = f"""
WITH rule (position, col, strong, outcome, credit, mass) AS (VALUES {{rules}}),
scoring AS MATERIALIZED ({SCORING}),
pull AS (
    SELECT demand_id, '' AS chapter, version_id, asked, wants, weight FROM scoring
    WHERE %(demands)s::bigint[] IS NULL OR demand_id = ANY(%(demands)s)
    UNION ALL
    SELECT NULL, chapter, version_id, asked, min(wants), max(weight) FROM scoring
    WHERE %(demands)s::bigint[] IS NULL
    OR chapter IN (SELECT chapter FROM platform_demand WHERE id = ANY(%(demands)s))
    GROUP BY chapter, version_id, asked HAVING min(wants) = max(wants)
    UNION ALL
    SELECT NULL, '', version_id, asked, min(wants), max(weight) FROM scoring
    GROUP BY version_id, asked HAVING min(wants) = max(wants)
),
ask AS (
    SELECT demand_id, chapter, version_id, CASE WHEN wants = 'fail' THEN 'opposed' ELSE asked END AS col,
        weight > {WEIGHT_UNIT} AS strong, CASE WHEN %(flat)s THEN {WEIGHT_UNIT} ELSE weight END AS weight
    FROM pull
),
reading AS MATERIALIZED (
    SELECT b.person_id, a.demand_id, a.chapter, a.col, a.strong,
        CASE WHEN b.basis = 'inferred' THEN 'data-missing' ELSE b.position END AS position,
        sum(a.weight) AS weight, count(*) AS votes
    FROM ask a
    JOIN votes_ballot b ON b.version_id = a.version_id
    WHERE (%(persons)s::bigint[] IS NULL OR b.person_id = ANY(%(persons)s))
    GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT g.person_id, g.demand_id, g.chapter, {{sums}}, sum(g.weight * r.credit), sum(g.weight * r.mass)
FROM reading g JOIN rule r USING (position, col, strong)
GROUP BY g.person_id, g.demand_id, g.chapter
"""  # noqa: S608 - constants of ours; arguments are bound
_SUMMED = [outcome.value for outcome in Outcome if outcome is not Outcome.GAP]
_SUMS = ", ".join(
    [f"coalesce(sum(g.weight) FILTER (WHERE r.outcome = '{outcome}'), 0)" for outcome in _SUMMED]
    + [f"coalesce(sum(g.votes) FILTER (WHERE r.outcome = '{outcome}'), 0)" for outcome in [*_SUMMED, Outcome.GAP.value]]
)


def count(
    platform: Platform,
    profile: Profile,
    *,
    persons: Collection[int] | None = None,
    demands: Collection[int] | None = None,
) -> dict[Key, Tally]:
    """What deputies' records sum to under `profile`, by what it is of.

    `persons` and `demands` narrow it to those deputies, and to those demands, their chapters and the platform.
    Deputies without an eligible ballot on a scoring vote have no entry.
    """
    rules = ", ".join(
        f"('{row.position}', '{row.column}', {row.strong}, '{row.outcome}', {row.credit}::bigint, {row.mass}::bigint)"
        for row in rule_rows(profile)
    )
    arguments: dict[str, Any] = {
        "platform": platform.pk,
        "flat": profile.ignores_weight,
        "persons": None if persons is None else list(persons),
        "demands": None if demands is None else list(demands),
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(rules=rules, sums=_SUMS), arguments)
        return {Key(*row[:3]): Tally(*(int(value) for value in row[3:])) for row in cursor.fetchall()}
