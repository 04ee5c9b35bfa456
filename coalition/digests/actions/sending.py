"""Composing planned letters and handing them to the mail server.

Each letter is one short transaction: a statement that claims it with all that composing needs, the mail server's
answer, a statement that marks it. A letter is sent twice only if the worker dies between the mail server's yes and the
commit; both then carry the same Message-ID.
"""

import datetime as dt
import logging
from dataclasses import dataclass
from traceback import format_tb
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from psycopg import Cursor

from coalition.digests import sealing
from coalition.digests.actions.stopping import give_back, take_turns
from coalition.digests.composing import Composer, Followed, Reader
from coalition.digests.enums import DeliveryKind, DeliveryState
from coalition.digests.models import Bounce, Delivery, DeliveryQuerySet
from coalition.digests.posting import NotNow, Post, Refused

logger = logging.getLogger(__name__)

MONTH = dt.timedelta(days=27)  # without any letter, after which who asked for it gets a sign of life

# The subscriber is locked too: two letters of one reader never overlap, and nobody is erased while a letter leaves.
# A letter sent at once tells what no digest has told meanwhile; a digest leaves out what such letters told.
_CLAIM = """
SELECT d.id, d.kind, d.period, d.after_event, d.until_event, CASE d.kind
        WHEN 'at-once' THEN ARRAY(SELECT e FROM unnest(d.told) AS e WHERE e > s.watermark)
        ELSE ARRAY(SELECT unnest(o.told) FROM digests_delivery o WHERE o.subscriber_id = s.id
            AND o.kind = 'at-once' AND o.state = 'sent' AND o.until_event > d.after_event) END,
    s.id, s.language, s.rhythm, s.plain_subject, s.sign_of_life, a.sealed, s.bounce_hash,
    d.kind <> 'keep' AND s.paused_until > %(at)s,
    d.kind = 'digest' AND s.sign_of_life AND s.confirmed_at < %(quiet_since)s AND NOT EXISTS (
        SELECT FROM digests_delivery o
        WHERE o.subscriber_id = s.id AND o.state = 'sent' AND o.sent_at > %(quiet_since)s),
    ARRAY(SELECT concat_ws(':', f.what, f.chamber_id, coalesce(f.person_id, f.district_id, f.demand_id))
        FROM digests_subscription f WHERE f.subscriber_id = s.id AND f.confirmed_at IS NOT NULL ORDER BY f.id),
    ARRAY(SELECT f.after_event
        FROM digests_subscription f WHERE f.subscriber_id = s.id AND f.confirmed_at IS NOT NULL ORDER BY f.id)
FROM digests_delivery d
JOIN digests_subscriber s ON s.id = d.subscriber_id
JOIN digests_address a ON a.subscriber_id = s.id
WHERE d.id = %(id)s AND d.state = 'planned' AND s.stage = 'confirmed'
    AND NOT EXISTS (SELECT FROM digests_mailroom WHERE stopped_at IS NOT NULL)
FOR NO KEY UPDATE OF d, s SKIP LOCKED
"""
_CLOSE = """
WITH closed AS (
    UPDATE digests_delivery SET state = %(state)s, sent_at = %(sent_at)s WHERE id = %(id)s
    RETURNING subscriber_id, kind, until_event
)
UPDATE digests_subscriber s SET watermark = greatest(s.watermark, closed.until_event) FROM closed
WHERE s.id = closed.subscriber_id AND closed.kind = 'digest' AND %(covers)s
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A planned letter that is ours until the transaction ends."""

    pk: int
    reader: Reader
    bounce_hash: str
    is_paused: bool


def send_waiting(
    *, at: dt.datetime, among: DeliveryQuerySet, most: int | None = None, composer: Composer | None = None
) -> list[DeliveryState]:
    """Send the waiting letters `among`, oldest first; what became of each. One that fails does not hold up the next.

    Letters beyond those that may go out in the minute of `at` go on waiting, as all do while letters are stopped.
    """
    waiting = list(among.waiting().order_by("planned_at", "pk").values_list("pk", flat=True)[:most])
    turns = take_turns(wanted=len(waiting), at=at)
    composer = composer or Composer()
    states: list[DeliveryState | None] = []
    with Post() as post:
        while len(states) < turns and not post.is_down:
            states.append(_send_or_put_off(waiting[len(states)], at, post, composer))
    give_back(turns=turns - states.count(DeliveryState.SENT), at=at)
    unreached = [DeliveryState.PLANNED] * (len(waiting) - len(states))
    return [state for state in states if state is not None] + unreached


def _send_or_put_off(pk: int, at: dt.datetime, post: Post, composer: Composer) -> DeliveryState | None:
    try:
        return send_letter(delivery_id=pk, at=at, post=post, composer=composer)
    except (sealing.KeyMissing, OperationalError, InterfaceError):  # none of the next letters would fare better
        raise
    except Exception as error:
        where = "".join(format_tb(error.__traceback__))  # without its words, which may hold anything of a letter's
        logger.error("letter %s failed: %s\n%s", pk, type(error).__name__, where)
        for delivery in Delivery.objects.waiting().filter(pk=pk):
            delivery.put_off(at)
        return DeliveryState.PLANNED


@transaction.atomic
def send_letter(*, delivery_id: int, at: dt.datetime, post: Post, composer: Composer) -> DeliveryState | None:
    """Compose one planned letter, send it and mark it; None if it is done, another worker has it, or all are stopped.

    The row stays locked while the mail server answers, and the watermark moves in the same transaction.
    """
    claimed = claim(delivery_id, at)
    if claimed is None:
        return None
    if claimed.is_paused:
        return _close(claimed, DeliveryState.EMPTY, covers=False)
    try:
        letter = composer.compose(claimed.reader, at)
        if letter is None:
            return _close(claimed, DeliveryState.EMPTY)
        post.send(letter, cleared=True)
    except NotNow as problem:
        logger.warning("letter %s put off: %s", delivery_id, problem)
        Delivery.objects.get(pk=delivery_id).put_off(at)
        return DeliveryState.PLANNED
    except Refused as refusal:
        logger.warning("letter %s refused: %s", delivery_id, refusal)
        Bounce.objects.create(bounce_hash=claimed.bounce_hash, kind=refusal.kind.value, at=at)
        return _close(claimed, DeliveryState.REFUSED, covers=False)
    return _close(claimed, DeliveryState.SENT, sent_at=at)


def claim(pk: int, at: dt.datetime) -> Claimed | None:
    row = _prepared(_CLAIM, {"id": pk, "at": at, "quiet_since": at - MONTH}).fetchone()
    if row is None:
        return None
    _, kind, period, after, until, told, subscriber, language, rhythm, plain, life, sealed, *more = row
    bounce_hash, is_paused, quiet, keys, followed_after = more
    reader = Reader(
        kind=DeliveryKind(kind),
        period=period,
        after_event=after,
        until_event=until,
        told=frozenset(told),
        subscriber=subscriber,
        language=language,
        rhythm=rhythm,
        plain_subject=plain,
        sign_of_life=life,
        follows=tuple(map(Followed, keys, followed_after)),
        sealed=bytes(sealed),
        quiet=quiet,
    )
    return Claimed(pk, reader, bounce_hash, bool(is_paused))


def _close(
    claimed: Claimed, state: DeliveryState, *, sent_at: dt.datetime | None = None, covers: bool = True
) -> DeliveryState:
    """Mark a letter; the watermark of its reader moves if it is a digest that `covers` its events."""
    _prepared(_CLOSE, {"id": claimed.pk, "state": state.value, "sent_at": sent_at, "covers": covers})
    return state


def _prepared(statement: str, arguments: dict[str, object]) -> Cursor[tuple[Any, ...]]:
    """Run a statement that the database plans once a connection, not once a letter; Django has no door for that."""
    session = connection.connection
    session.prepare_threshold = 0  # Django forbids it, and its own cursors never do it
    with connection.wrap_database_errors:
        return Cursor(session).execute(statement, arguments)
