"""Publishing, and the scores that follow in the same transaction: a page never shows a stale score."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from deputies.journal.actions import append, append_all
from deputies.journal.enums import EventKind
from deputies.journal.models import Event
from deputies.votes.actions import mark_published
from deputies.votes.models import Ballot, RollCall, RollCallVersion
from pledges.platform.enums import PlatformState
from pledges.platform.models import Demand, Platform, PlatformVersion
from pledges.scorecards.counting import Key, count
from pledges.scorecards.enums import Cause, LinkState
from pledges.scorecards.method import Tally
from pledges.scorecards.models import Link, Score, ScoreChange
from pledges.scorecards.profiles import PROFILES

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


class NothingToPublish(Exception):
    """The platform version or link is not a draft."""


# The columns of a stored score, in the order of Tally's fields.
COLUMNS = [
    "with_weight",
    "against_weight",
    "half_weight",
    "missed_weight",
    "excused_weight",
    "neutral_weight",
    "with_votes",
    "against_votes",
    "half_votes",
    "missed_votes",
    "excused_votes",
    "neutral_votes",
    "gap_votes",
    "credit",
    "mass",
]
_EMPTY = Tally()


def stored_tally(score: Score) -> Tally:
    """The sums of a stored score."""
    return Tally(*(getattr(score, column) for column in COLUMNS))


def publish_roll_calls(
    *, versions: Collection[RollCallVersion], by: "AbstractBaseUser | None", vouched: bool, at: dt.datetime
) -> list[Event]:
    """Publish drafts, recount the scores they touch and write the journal, all or nothing.

    `by` is the second person, or with `vouched` the one who stands for both. Raises NotPublishable.
    """
    if not versions:
        return []
    with transaction.atomic():
        # The journal's lock comes first: publications follow one another, so each recount sees the one before.
        events = append_all([_event_of(version, at) for version in versions])
        before = RollCall.objects.filter(pk__in=[v.roll_call_id for v in versions]).values_list("published_id")
        seen = [pk for (pk,) in before if pk] + [version.pk for version in versions]
        mark_published(versions=versions, by=by, vouched=vouched, at=at)
        _recount_after(versions, events, seen)
    return events


def _event_of(version: RollCallVersion, at: dt.datetime) -> Event:
    return Event(
        kind=EventKind.VOTE_CORRECTED if version.number > 1 else EventKind.VOTE_PUBLISHED,
        chamber=version.roll_call.chamber.slug,
        subject=f"roll-call:{version.roll_call_id}",
        facts={"roll_call": version.roll_call_id, "version": version.pk},
        at=at,
    )


def _recount_after(versions: Collection[RollCallVersion], events: list[Event], seen: list[int]) -> None:
    """Recount the demands these votes are linked to, for everyone with a ballot before or after."""
    touched: dict[Platform, list[int]] = defaultdict(list)
    links = Link.objects.filter(
        roll_call__in=[version.roll_call_id for version in versions], state=LinkState.PUBLISHED.value
    )
    for link in links.select_related("demand__platform__published").distinct("demand"):
        touched[link.demand.platform].append(link.demand_id)
    if not touched:
        return
    persons = list(Ballot.objects.filter(version__in=seen).values_list("person", flat=True).distinct())
    single = next(iter(versions)).roll_call if len(versions) == 1 else None
    corrections = all(version.number > 1 for version in versions)
    for platform, demands in touched.items():
        recount(
            platform=platform,
            persons=persons,
            demands=demands,
            cause=Cause.CORRECTION if corrections else Cause.NEW_VOTE,
            event=events[-1],
            roll_call=single,
        )


def publish_platform(
    *,
    version: PlatformVersion | None,
    links: Collection[Link],
    retire: Collection[Link] = (),
    platform: Platform,
    vouched: bool,
    at: dt.datetime,
    approver: "AbstractBaseUser | None" = None,
) -> Event:
    """Publish a draft version of a platform and draft links, retire links, and recount everyone; all or nothing.

    A draft link takes the place of the published one of the same demand and roll call. Raises NothingToPublish.
    """
    with transaction.atomic():
        event = append(
            kind=EventKind.PLATFORM_PUBLISHED,
            chamber=platform.coalition.chamber.slug,
            subject=f"platform:{platform.pk}",
            facts={"platform": platform.pk, "version": version.pk if version else None},
            at=at,
        )
        if version is not None:
            _publish_version(platform, version, vouched, at)
        _publish_links(links, retire, vouched, at, approver)
        recount(platform=platform, cause=Cause.PLATFORM_EDIT, event=event)
    return event


def _publish_version(platform: Platform, version: PlatformVersion, vouched: bool, at: dt.datetime) -> None:
    # as it is stored now: somebody may have published it while we waited for the journal's lock
    if not platform.versions.select_for_update().filter(pk=version.pk, state=PlatformState.DRAFT.value).exists():
        raise NothingToPublish(f"{version} is not a draft")
    platform.versions.filter(state=PlatformState.PUBLISHED.value).update(state=PlatformState.REPLACED.value)
    version.state, version.published_at, version.vouched = PlatformState.PUBLISHED.value, at, vouched
    version.save(update_fields=["state", "published_at", "vouched"])
    platform.published = version
    platform.save(update_fields=["published"])


def _publish_links(
    links: Collection[Link],
    retire: Collection[Link],
    vouched: bool,
    at: dt.datetime,
    approver: "AbstractBaseUser | None",
) -> None:
    drafts = Link.objects.select_for_update().filter(pk__in=[link.pk for link in links], state=LinkState.DRAFT.value)
    if drafts.count() != len(links):
        raise NothingToPublish("only draft links can be published")
    pairs = {(link.demand_id, link.roll_call_id) for link in links}
    replaced = [
        link.pk
        for link in Link.objects.filter(demand__in={d for d, _ in pairs}, state=LinkState.PUBLISHED.value)
        if (link.demand_id, link.roll_call_id) in pairs
    ]
    Link.objects.filter(pk__in=[*replaced, *(link.pk for link in retire)]).update(state=LinkState.RETIRED.value)
    for link in links:
        link.state, link.published_at, link.vouched = LinkState.PUBLISHED.value, at, vouched
        link.approver = approver  # type: ignore[assignment]
    Link.objects.bulk_update(links, ["state", "published_at", "vouched", "approver"], batch_size=500)


def recount(
    *,
    platform: Platform,
    cause: Cause,
    event: Event,
    persons: Collection[int] | None = None,
    demands: Collection[int] | None = None,
    roll_call: RollCall | None = None,
) -> int:
    """Count again from scratch, store what differs with its cause, and return how many scores moved.

    `persons` and `demands` narrow it as they narrow `count`.
    """
    if platform.published is None:
        return 0
    new = count(platform, PROFILES[platform.published.profile], persons=persons, demands=demands)
    old = _stored(platform, persons, demands)
    moved = {key for key in new.keys() | old.keys() if new.get(key, _EMPTY) != old.get(key, _EMPTY)}
    Score.objects.bulk_create(
        [_row(platform, key, new[key]) for key in moved if key in new],
        update_conflicts=True,
        unique_fields=["platform", "person", "demand", "chapter"],
        update_fields=COLUMNS,
        batch_size=1000,
    )
    for key in moved - new.keys():
        Score.objects.filter(
            platform=platform, person=key.person_id, demand=key.demand_id, chapter=key.chapter
        ).delete()
    ScoreChange.objects.bulk_create(
        [
            ScoreChange(
                event=event, platform=platform, person_id=key.person_id, demand_id=key.demand_id, chapter=key.chapter,
                roll_call=roll_call, cause=cause.value, at=event.at,
                before=asdict(old.get(key, _EMPTY)), after=asdict(new.get(key, _EMPTY)),
            )
            for key in sorted(moved, key=lambda k: (k.person_id, k.chapter, k.demand_id or 0))
        ],
        batch_size=1000,
    )  # fmt: skip
    return len(moved)


def _stored(
    platform: Platform, persons: Collection[int] | None = None, demands: Collection[int] | None = None
) -> dict[Key, Tally]:
    scores = Score.objects.filter(platform=platform)
    if persons is not None:
        scores = scores.filter(person__in=persons)
    if demands is not None:
        chapters = Demand.objects.filter(pk__in=demands).values("chapter")
        scores = scores.filter(Q(demand__in=demands) | Q(demand=None, chapter="") | Q(chapter__in=chapters))
    rows: Iterable[tuple[int, ...]] = scores.values_list("person_id", "demand_id", "chapter", *COLUMNS)
    return {Key(*row[:3]): Tally(*row[3:]) for row in rows}  # type: ignore[arg-type]


def _row(platform: Platform, key: Key, tally: Tally) -> Score:
    values = (getattr(tally, field.name) for field in fields(Tally))
    return Score(
        platform=platform, person_id=key.person_id, demand_id=key.demand_id, chapter=key.chapter,
        **dict(zip(COLUMNS, values, strict=True)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored score that a full recount would change."""

    platform: str
    key: Key
    stored: Tally
    counted: Tally


def differences(platform: Platform) -> list[Difference]:
    """Where the stored scores differ from a full recount; empty when the record is sound."""
    if platform.published is None:
        return []
    new, old = count(platform, PROFILES[platform.published.profile]), _stored(platform)
    return [
        Difference(platform.slug, key, old.get(key, _EMPTY), new.get(key, _EMPTY))
        for key in sorted(new.keys() | old.keys(), key=lambda k: (k.person_id, k.demand_id or 0, k.chapter))
        if new.get(key, _EMPTY) != old.get(key, _EMPTY)
    ]


def rescore(*, platform: Platform, at: dt.datetime, cause: Cause = Cause.METHOD_VERSION) -> int:
    """Recount a whole platform, journal it if anything moved; how many scores moved."""
    with transaction.atomic():
        if not differences(platform):
            return 0
        event = append(
            kind=EventKind.SCORES_RECOUNTED,
            chamber=platform.coalition.chamber.slug,
            subject=f"platform:{platform.pk}",
            facts={"platform": platform.pk},
            at=at,
        )
        return recount(platform=platform, cause=cause, event=event)
