"""The set-based count: one statement joins ballots, links and the rules of a profile, and sums.

What a position earns comes from `method.rule_rows`, the same records that the pure twin reads; SQL only sums.
A demand's sums are those of its votes. A chapter's and the platform's are the sums of their demands, less what the
votes that several demands share were counted too often: such a vote counts once, with its largest weight, or not at
all where the demands want opposite results of it. So a publication counts the votes of the demands it touches and
the shared ones, and not the whole platform again.
"""

from collections.abc import Collection
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from django.db import connection

from deputies.votes.enums import Position
from pledges.platform.models import Platform
from pledges.scorecards.enums import Outcome, RulingKind
from pledges.scorecards.method import QUORUM_POSITIONS, RULED_POSITIONS, WEIGHT_UNIT, Profile, Tally, rule_rows
from pledges.scorecards.models import COLUMNS


@dataclass(frozen=True, slots=True)
class Key:
    """What a score is of: a person on one demand, on one chapter, or (with neither) on the whole platform."""

    person_id: int
    demand_id: int | None
    chapter: str


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose ballots are summed: which rows of votes_ballot `b` join a vote `a`, and into which parts they fall."""

    ballots: str = "JOIN votes_ballot b ON b.version_id = a.version_id"
    part: str = "''"


EVERYBODY = Whose()

# A link scores if it is published, has the role, is not to a red line, and the demand was in force on the day of the
# vote where the chamber sits. A vote whose date is not known cannot be shown to lie outside, so it scores. Of the votes
# on one decision only the main one scores. Where demands are named, only their votes and the shared ones are looked at,
# each by its key (OFFSET keeps the planner from reading every vote of the chamber instead).
SCORING = """
    SELECT l.demand_id, l.chapter, l.roll_call_id, l.wants, l.weight, v.published_id AS version_id, v.held_at,
        CASE WHEN coalesce(u.silence, CASE v.threshold WHEN 'voting' THEN 'nothing' ELSE 'against' END) = 'nothing'
            THEN 'asked-weak' ELSE 'asked-strong' END AS asked
    FROM (
        SELECT l.demand_id, d.chapter, d.in_force_from, d.in_force_until, l.roll_call_id, l.wants, l.weight,
            count(*) OVER (PARTITION BY l.roll_call_id) > 1 AS is_shared
        FROM scorecards_link l JOIN platform_demand d ON d.id = l.demand_id AND d.chapter <> 'red-line'
        WHERE d.platform_id = %(platform)s AND l.state = 'published' AND l.role = 'scoring'
    ) l
    JOIN LATERAL (
        SELECT r.published_id, v.held_at, v.threshold, (v.held_at AT TIME ZONE c.timezone)::date AS held_on
        FROM votes_rollcall r
        JOIN votes_rollcallversion v ON v.id = r.published_id AND v.kind = 'by-name'
        JOIN people_chamber c ON c.id = r.chamber_id
        WHERE r.id = l.roll_call_id
        AND (r.decision_id IS NULL OR r.id = (SELECT n.main_id FROM votes_decision n WHERE n.id = r.decision_id))
        OFFSET 0
    ) v ON v.held_at IS NULL
        OR (v.held_on >= l.in_force_from AND (l.in_force_until IS NULL OR v.held_on < l.in_force_until))
    LEFT JOIN scorecards_ruling u ON u.platform_id = %(platform)s AND u.roll_call_id = l.roll_call_id
        AND u.state = 'published' AND u.person_id IS NULL
    WHERE %(demands)s::bigint[] IS NULL OR l.is_shared OR l.demand_id = ANY(%(demands)s)
"""
# The votes to look at, with a weight and a number that are negative where a total takes back what its demands counted.
_PULLS = """
    scoring AS MATERIALIZED (
        SELECT s.*, count(*) OVER (PARTITION BY version_id) > 1 AS in_platform_twice,
            count(*) OVER (PARTITION BY version_id, chapter) > 1 AS in_chapter_twice,
            %(demands)s::bigint[] IS NULL OR demand_id = ANY(%(demands)s) AS is_touched,
            %(demands)s::bigint[] IS NULL
                OR chapter IN (SELECT chapter FROM platform_demand WHERE id = ANY(%(demands)s)) AS chapter_is_touched
        FROM ({scoring}) s
    ),
    pull AS (
        SELECT demand_id, chapter, version_id, roll_call_id, held_at, asked, wants, weight, 1 AS sign
        FROM scoring WHERE is_touched
        UNION ALL
        SELECT NULL, chapter, version_id, roll_call_id, held_at, asked, wants, weight, -1
        FROM scoring WHERE in_chapter_twice AND chapter_is_touched
        UNION ALL
        SELECT NULL, chapter, version_id, roll_call_id, held_at, asked, min(wants), max(weight), 1
        FROM scoring WHERE in_chapter_twice AND chapter_is_touched
        GROUP BY 2, 3, 4, 5, 6 HAVING min(wants) = max(wants)
        UNION ALL
        SELECT NULL, '', version_id, roll_call_id, held_at, asked, wants, weight, -1
        FROM scoring WHERE in_platform_twice
        UNION ALL
        SELECT NULL, '', version_id, roll_call_id, held_at, asked, min(wants), max(weight), 1
        FROM scoring WHERE in_platform_twice
        GROUP BY 3, 4, 5, 6 HAVING min(wants) = max(wants)
    ),
    ask AS MATERIALIZED (
        SELECT demand_id, chapter, version_id, roll_call_id, held_at,
            CASE WHEN wants = 'fail' THEN 'opposed' ELSE asked END AS col, weight > {unit} AS strong,
            dense_rank() OVER (ORDER BY demand_id, chapter, CASE WHEN wants = 'fail' THEN 'opposed' ELSE asked END,
                weight > {unit}) AS kind,
            sum(sign * CASE WHEN %(flat)s THEN {unit} ELSE weight END) AS weight, sum(sign) AS votes
        FROM pull GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(sign) <> 0 OR sum(sign * weight) <> 0
    )
"""
# Ballots are summed by position first, so that the rules join a few rows for each deputy and not every ballot; and by a
# number in place of what is asked, since a full recount groups millions of them. A ballot under a ruling is taken back
# where it was recorded and added where it is read, which spares all the others a look at the rulings.
_READINGS = """
    reading AS MATERIALIZED (
        SELECT b.person_id, {part} AS part, a.kind,
            CASE WHEN b.basis = 'inferred' THEN 'data-missing' ELSE {recorded} END AS position,
            sum(a.weight) AS weight, sum(a.votes) AS votes
        FROM ask a
        {ballots}
        WHERE (%(persons)s::bigint[] IS NULL OR b.person_id = ANY(%(persons)s))
        GROUP BY 1, 2, 3, 4
        UNION ALL
        SELECT b.person_id, {part}, a.kind, x.position, sum(x.sign * a.weight), sum(x.sign * a.votes)
        FROM ask a
        {ballots}
        JOIN scorecards_ruling u ON u.platform_id = %(platform)s AND u.roll_call_id = a.roll_call_id
            AND u.person_id = b.person_id AND u.state = 'published' AND u.reads_as <> ''
            AND {recorded} = ANY(CASE u.kind WHEN '{quorum}' THEN {silent} ELSE {ruled} END)
        CROSS JOIN LATERAL (VALUES ({recorded}, -1), (u.reads_as, 1)) x (position, sign)
        WHERE b.basis <> 'inferred' AND (%(persons)s::bigint[] IS NULL OR b.person_id = ANY(%(persons)s))
        GROUP BY 1, 2, 3, 4
    ),
    summed AS MATERIALIZED (
        SELECT g.person_id, g.part, a.demand_id, a.chapter, {sums}
        FROM reading g JOIN (SELECT DISTINCT kind, demand_id, chapter, col, strong FROM ask) a USING (kind)
        JOIN rule r USING (position, col, strong)
        GROUP BY 1, 2, 3, 4
    )
"""
_TOTALS = """
    untouched AS (
        SELECT s.person_id, '' AS part, d.chapter, {columns}
        FROM scorecards_score s JOIN platform_demand d ON d.id = s.demand_id
        WHERE s.platform_id = %(platform)s AND NOT d.id = ANY(%(demands)s)
        AND (%(persons)s::bigint[] IS NULL OR s.person_id = ANY(%(persons)s))
    ),
    counted AS (
        SELECT person_id, part, demand_id, '' AS chapter, {columns} FROM summed WHERE demand_id IS NOT NULL
        UNION ALL
        SELECT person_id, part, NULL, chapter, {added}
        FROM (
            SELECT person_id, part, chapter, {columns} FROM summed WHERE chapter <> ''
            UNION ALL
            SELECT person_id, part, chapter, {columns} FROM untouched
            WHERE chapter IN (SELECT chapter FROM platform_demand WHERE id = ANY(%(demands)s))
        ) of_chapter
        GROUP BY 1, 2, chapter HAVING {any_vote}
        UNION ALL
        SELECT person_id, part, NULL, '', {added}
        FROM (
            SELECT person_id, part, {columns} FROM summed WHERE demand_id IS NOT NULL OR chapter = ''
            UNION ALL
            SELECT person_id, part, {columns} FROM untouched
        ) of_platform
        GROUP BY 1, 2 HAVING {any_vote}
    )
"""
_CORRECTED = "CASE WHEN b.corrected_position <> '' THEN b.corrected_position ELSE b.position END"
_SUMMED = [outcome.value for outcome in Outcome if outcome is not Outcome.GAP]
_SUMS = ", ".join(
    f"coalesce(sum({value}) FILTER (WHERE r.outcome = '{outcome}'), 0)::bigint AS {name}"
    for name, value, outcome in zip(
        COLUMNS[:-2],
        ["g.weight"] * len(_SUMMED) + ["g.votes"] * (len(_SUMMED) + 1),
        [*_SUMMED, *_SUMMED, Outcome.GAP.value],
        strict=True,
    )
)
_SUMS += ", sum(g.weight * r.credit)::bigint AS credit, sum(g.weight * r.mass)::bigint AS mass"


_MEASURES = [field.name for field in fields(Tally)]
# What follows `counted` to store it: scores that differ are replaced, those of nobody's ballots removed, and each move
# is kept with its cause (arguments: event, cause, roll_call, at). The number of rows is the number of moves.
STORE = f"""
    , stored AS (
        SELECT s.* FROM scorecards_score s
        WHERE s.platform_id = %(platform)s AND (%(persons)s::bigint[] IS NULL OR s.person_id = ANY(%(persons)s))
        AND (%(demands)s::bigint[] IS NULL OR s.demand_id = ANY(%(demands)s) OR (s.demand_id IS NULL AND (
            s.chapter = '' OR s.chapter IN (SELECT chapter FROM platform_demand WHERE id = ANY(%(demands)s)))))
    ),
    moved AS MATERIALIZED (
        SELECT s.id AS old, c.person_id IS NOT NULL AS is_counted, coalesce(c.person_id, s.person_id) AS person_id,
            coalesce(c.demand_id, s.demand_id) AS demand_id, coalesce(c.chapter, s.chapter) AS chapter,
            {", ".join(f"coalesce(s.{name}, 0) AS old_{name}, coalesce(c.{name}, 0) AS {name}" for name in COLUMNS)}
        FROM counted c FULL JOIN stored s ON s.person_id = c.person_id AND s.chapter = c.chapter
            AND coalesce(s.demand_id, 0) = coalesce(c.demand_id, 0)
        WHERE ({", ".join(f"c.{name}" for name in COLUMNS)})
            IS DISTINCT FROM ({", ".join(f"s.{name}" for name in COLUMNS)})
    ),
    changed AS (
        UPDATE scorecards_score s SET {", ".join(f"{name} = m.{name}" for name in COLUMNS)}
        FROM moved m WHERE s.id = m.old AND m.is_counted
    ),
    removed AS (DELETE FROM scorecards_score s USING moved m WHERE s.id = m.old AND NOT m.is_counted),
    added AS (
        INSERT INTO scorecards_score (platform_id, person_id, demand_id, chapter, {", ".join(COLUMNS)})
        SELECT %(platform)s, person_id, demand_id, chapter, {", ".join(COLUMNS)} FROM moved WHERE old IS NULL
    )
INSERT INTO scorecards_scorechange
    (event_id, platform_id, person_id, demand_id, chapter, roll_call_id, cause, at, before, after)
SELECT %(event)s, %(platform)s, person_id, demand_id, chapter, %(roll_call)s, %(cause)s, %(at)s,
    jsonb_build_object({", ".join(f"'{m}', old_{name}" for m, name in zip(_MEASURES, COLUMNS, strict=True))}),
    jsonb_build_object({", ".join(f"'{m}', {name}" for m, name in zip(_MEASURES, COLUMNS, strict=True))})
FROM moved ORDER BY person_id, chapter, demand_id
"""  # noqa: S608 - constants of ours; arguments are bound


def _listed(positions: Collection[Position]) -> str:
    return "ARRAY[" + ", ".join(f"'{position}'" for position in positions) + "]"


def counted(
    platform: Platform,
    profile: Profile,
    *,
    persons: Collection[int] | None = None,
    demands: Collection[int] | None = None,
    whose: Whose = EVERYBODY,
) -> tuple[str, dict[str, Any]]:
    """The beginning of a statement, up to a table `counted`, and its arguments.

    `counted` holds what records sum to under `profile`: person_id, part, demand_id, chapter and COLUMNS. `persons` and
    `demands` narrow it to those deputies, and to those demands, their chapters and the platform; the sums of the other
    demands are then taken as stored. Deputies without an eligible ballot on a scoring vote are not in it.
    """
    return _start_of(profile, whose), {
        "platform": platform.pk,
        "flat": profile.ignores_weight,
        "persons": None if persons is None else list(persons),
        "demands": None if demands is None else list(demands),
    }


@cache
def _start_of(profile: Profile, whose: Whose) -> str:
    """The text of that statement, which is long and always the same."""
    rules = ", ".join(
        f"('{row.position}', '{row.column}', {row.strong}, '{row.outcome}', {row.credit}::bigint, {row.mass}::bigint)"
        for row in rule_rows(profile)
    )
    readings = _READINGS.format(
        part=whose.part,
        ballots=whose.ballots,
        recorded=_CORRECTED if profile.as_corrected else "b.position",
        quorum=RulingKind.QUORUM.value,
        silent=_listed(QUORUM_POSITIONS),
        ruled=_listed(RULED_POSITIONS),
        sums=_SUMS,
    )
    totals = _TOTALS.format(
        columns=", ".join(COLUMNS),
        added=", ".join(f"sum({name})::bigint AS {name}" for name in COLUMNS),
        any_vote=f"sum({' + '.join(name for name in COLUMNS if name.endswith('_votes'))}) > 0",
    )
    pulls = _PULLS.format(scoring=SCORING, unit=WEIGHT_UNIT)
    return (
        f"WITH rule (position, col, strong, outcome, credit, mass) AS (VALUES {rules}), {pulls}, {readings}, {totals}"
    )


def count(platform: Platform, profile: Profile, *, persons: Collection[int] | None = None) -> dict[Key, Tally]:
    """What deputies' records sum to under `profile`, by what it is of; all of it counted anew."""
    start, arguments = counted(platform, profile, persons=persons)
    return {Key(*row[:3]): Tally(*row[3:]) for row in _rows(f"{start} SELECT person_id, demand_id, chapter", arguments)}


def count_parts(
    platform: Platform, profile: Profile, whose: Whose, *, demands: Collection[int] | None = None, **more: int
) -> dict[tuple[str, Key], Tally]:
    """Like `count`, apart for each part that the ballots fall into; `more` are arguments of `whose`.

    `demands` narrows it to those demands, without chapters and the platform.
    """
    start, arguments = counted(platform, profile, demands=demands, whose=whose)
    start += " SELECT part, person_id, demand_id, chapter"
    found = _rows(start, arguments | more)
    return {(row[0], Key(*row[1:4])): Tally(*row[4:]) for row in found if demands is None or row[2] is not None}


def _rows(statement: str, arguments: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"{statement}, {', '.join(COLUMNS)} FROM counted", arguments)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
