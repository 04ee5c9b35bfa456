"""Which letters are due: one delivery for each subscriber and period, written by the database, many at a time.

Python works out hours and names of periods once for each rhythm and time zone, and never holds a subscriber: planning
a million of them takes no more memory than planning ten thousand.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from coalition.digests.enums import DeliveryState, Rhythm
from coalition.digests.models import Delivery, Subscriber
from coalition.digests.reports import latest_event, latest_event_by
from coalition.digests.rhythms import day_at_once, next_due, period_of
from coalition.digests.targets import parsed
from coalition.digests.urgent import Urgent, urgent_events

BATCH = 10_000
PATIENCE = dt.timedelta(minutes=2)  # how long the tasks of planned letters may take before the sweep rings again
RECENT = dt.timedelta(hours=48)  # what is older is urgent no more
KEPT = dt.timedelta(days=60)  # longer than any period and any dispute's hold

# A reader hears again from the event on that followed the end of the pause.
_END_PAUSES = """
UPDATE digests_subscriber s SET paused_until = NULL, watermark = greatest(s.watermark,
    (SELECT e.id FROM journal_event e WHERE e.at <= s.paused_until ORDER BY e.id DESC LIMIT 1))
WHERE s.paused_until <= %(at)s
"""
# OFFSET 0 keeps the question about one subscriber from becoming a join over all letters.
_CLAIM = """
SELECT rhythm, timezone, next_digest_at, array_agg(id) FROM (
    SELECT s.id, s.rhythm, s.timezone, s.next_digest_at FROM digests_subscriber s
    WHERE s.next_digest_at <= %(at)s AND s.stage = 'confirmed' AND s.paused_until IS NULL AND NOT EXISTS (
        SELECT FROM digests_delivery d
        WHERE d.subscriber_id = s.id AND d.state = 'planned' AND d.kind = 'digest' OFFSET 0
    )
    ORDER BY s.next_digest_at LIMIT %(batch)s FOR NO KEY UPDATE SKIP LOCKED
) due GROUP BY rhythm, timezone, next_digest_at
"""
# A letter that had nothing to say gives its period back to one that has; nothing else goes into a used period.
_GIVE_BACK = """
ON CONFLICT (subscriber_id, period) DO UPDATE SET state = 'planned', planned_at = excluded.planned_at, attempts = 0,
    next_try_at = excluded.next_try_at, until_event = greatest(d.until_event, excluded.until_event),
    told = d.told || excluded.told
WHERE d.state = 'empty'
RETURNING d.id
"""
_INSERT = """
INSERT INTO digests_delivery AS d (subscriber_id, kind, period, after_event, until_event, told, state, attempts,
    planned_at, next_try_at)
"""
_PLAN = f"""
WITH slot AS (
    SELECT * FROM unnest(%(rhythms)s::text[], %(zones)s::text[], %(dues)s::timestamptz[], %(nexts)s::timestamptz[],
        %(periods)s::text[]) AS slot (rhythm, timezone, due, next, period)
), moved AS (
    UPDATE digests_subscriber s SET next_digest_at = slot.next FROM slot
    WHERE s.id = ANY(%(ids)s) AND (s.rhythm, s.timezone, s.next_digest_at) = (slot.rhythm, slot.timezone, slot.due)
    RETURNING s.id, s.rhythm, s.watermark, slot.period
)
{_INSERT}
SELECT id, 'digest', period, watermark, greatest(watermark, (SELECT max(id) FROM journal_event)), '{{}}', 'planned', 0,
    %(at)s, %(again_at)s
FROM moved WHERE rhythm <> 'sitting' OR EXISTS (
    SELECT FROM digests_subscription f JOIN people_chamber c ON c.id = f.chamber_id
    JOIN journal_event e ON e.chamber = c.slug AND e.id > greatest(moved.watermark, f.after_event)
    WHERE f.subscriber_id = moved.id AND f.confirmed_at IS NOT NULL AND e.kind IN ('vote-published', 'vote-corrected')
)
{_GIVE_BACK}
"""  # noqa: S608 - no value is put into it
# Planners of letters sent at once take turns, so that midnight between two of them gives nobody two letters.
_TURN = "SELECT pg_advisory_xact_lock(7230458)"
_AT_ONCE = f"""
WITH wanted AS (
    SELECT * FROM unnest(%(events)s::bigint[], %(whats)s::text[], %(chambers)s::bigint[], %(rows)s::bigint[],
        %(mailed_by)s::bigint[]) AS wanted (event, what, chamber_id, row_id, mailed_by)
), zone AS (
    SELECT * FROM unnest(%(zones)s::text[], %(periods)s::text[]) AS zone (timezone, period)
), chosen AS (
    SELECT s.id, zone.period, array_agg(DISTINCT w.event) AS told, min(w.event) AS first, max(w.event) AS last
    FROM wanted w
    JOIN digests_subscription f ON f.chamber_id = w.chamber_id AND f.what = w.what
        AND coalesce(f.person_id, f.district_id, f.demand_id, 0) = w.row_id
    JOIN digests_subscriber s ON s.id = f.subscriber_id
    JOIN zone ON zone.timezone = s.timezone
    WHERE s.id > %(after)s AND s.stage = 'confirmed' AND (s.at_once OR s.rhythm = 'urgent') AND s.paused_until IS NULL
        AND f.confirmed_at IS NOT NULL AND w.event > greatest(f.after_event, s.watermark)
        AND NOT EXISTS (
            SELECT FROM digests_delivery d WHERE d.subscriber_id = s.id AND (w.event = ANY(d.told)
                OR (d.kind = 'digest' AND d.state = 'planned' AND d.until_event >= w.event)) OFFSET 0
        )
        AND (w.mailed_by IS NULL OR (w.mailed_by > f.after_event AND w.mailed_by <= s.watermark) OR EXISTS (
            SELECT FROM digests_delivery d
            WHERE d.subscriber_id = s.id AND d.state = 'sent' AND w.mailed_by = ANY(d.told) OFFSET 0
        ))
    GROUP BY s.id, zone.period ORDER BY s.id LIMIT %(batch)s
), planned AS (
    {_INSERT}
    SELECT id, 'at-once', period, first - 1, last, told, 'planned', 0, %(at)s, %(again_at)s FROM chosen
    {_GIVE_BACK}
)
SELECT (SELECT max(id) FROM chosen), ARRAY(SELECT id FROM planned)
"""  # noqa: S608
_RING_AGAIN = """
UPDATE digests_delivery SET next_try_at = %(again_at)s WHERE id IN (
    SELECT id FROM digests_delivery
    WHERE state = 'planned' AND (next_try_at IS NULL OR next_try_at <= %(at)s)
    ORDER BY planned_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
) RETURNING id
"""


def plan_letters(*, at: dt.datetime) -> Iterator[list[int]]:
    """Plan every letter whose time has come by `at`; yields the ids of deliveries, batch by batch."""
    yield from plan_digests(at=at)
    recent = latest_event_by(at - RECENT)
    yield from plan_at_once(urgent=urgent_events(recent, latest_event(), at), at=at)


def plan_digests(*, at: dt.datetime) -> Iterator[list[int]]:
    """Plan the digests of everybody whose time has come by `at`; yields the ids of deliveries, batch by batch.

    Paused readers are left alone. After a sitting nobody gets a digest if there was none in a chamber they follow.
    """
    _rows(_END_PAUSES, at=at)
    while (planned := _plan_batch(at)) is not None:
        yield planned


@transaction.atomic
def _plan_batch(at: dt.datetime) -> list[int] | None:
    """Claim some due subscribers and plan their digests; None if nobody is due."""
    claimed = _rows(_CLAIM, at=at, batch=BATCH)
    if not claimed:
        return None
    slots = []
    for rhythm, name, due, _ in claimed:
        zone = ZoneInfo(name)
        slots.append((rhythm, name, due, next_due(Rhythm(rhythm), at, zone), period_of(Rhythm(rhythm), due, zone)))
    columns = dict(
        zip(("rhythms", "zones", "dues", "nexts", "periods"), map(list, zip(*slots, strict=True)), strict=True)
    )
    ids = [pk for *_, of_slot in claimed for pk in of_slot]
    return [pk for (pk,) in _rows(_PLAN, ids=ids, at=at, again_at=at + PATIENCE, **columns)]


def plan_at_once(*, urgent: Sequence[Urgent], at: dt.datetime) -> Iterator[list[int]]:
    """Plan letters about `urgent` events to whom they concern, one a day each; yields ids of deliveries, by batches.

    Whoever had today's letter hears of them tomorrow, or in a digest if that comes first.
    """
    wanted = [
        (one.event, target.what.value, target.chamber, target.row or 0, one.mailed_by)
        for one in urgent
        for key in sorted(one.keys)
        if (one.until is None or one.until > at) and (target := parsed(key))
    ]
    if not wanted:
        return
    names = ("events", "whats", "chambers", "rows", "mailed_by")
    columns = dict(zip(names, map(list, zip(*wanted, strict=True)), strict=True))
    zones = list(Subscriber.objects.order_by().values_list("timezone", flat=True).distinct())
    periods = [day_at_once(at, ZoneInfo(name)) for name in zones]
    after: int | None = 0
    while after is not None:
        with transaction.atomic():
            _rows(_TURN)
            asked = columns | {"zones": zones, "periods": periods, "after": after, "batch": BATCH}
            [(after, planned)] = _rows(_AT_ONCE, at=at, again_at=at + PATIENCE, **asked)
        if planned:
            yield planned


def ring_again(*, at: dt.datetime) -> list[int]:
    """Letters whose tasks are overdue, or that were put off until `at`; each is found again after PATIENCE."""
    return [pk for (pk,) in _rows(_RING_AGAIN, at=at, again_at=at + PATIENCE, batch=BATCH)]


def forget_letters(*, at: dt.datetime) -> int:
    """Erase what is known of letters that are done and older than sixty days; how many."""
    done = Delivery.objects.exclude(state=DeliveryState.PLANNED.value)
    return done.filter(planned_at__lt=at - KEPT).delete()[0]


def _rows(statement: str, **arguments: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - whatever a column holds
    """What a statement returns; it takes columns of values, which no queryset can."""
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments or None)
        return cursor.fetchall() if cursor.description else []
