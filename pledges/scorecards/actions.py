"""Publishing, and the scores that follow in the same transaction: a page never shows a stale score."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection, transaction

from deputies.journal.actions import Frozen, append, append_all, settle_disputes, wait_for_turn, wait_unless_frozen
from deputies.journal.enums import EventKind
from deputies.journal.models import Event
from deputies.journal.reports import frozen
from deputies.votes.actions import mark_published
from deputies.votes.models import Ballot, Decision, RollCall, RollCallVersion
from pledges.platform.enums import PlatformState
from pledges.platform.models import Platform, PlatformVersion
from pledges.scorecards.counting import STORE, Key, count, counted
from pledges.scorecards.enums import Cause, LinkState
from pledges.scorecards.method import Profile, Tally
from pledges.scorecards.models import Link, Ruling, Score
from pledges.scorecards.profiles import profile_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


Decided = TypeVar("Decided", Link, Ruling)


class NothingToPublish(Exception):
    """The platform version, link or ruling is not a draft."""


class NotInShadow(Exception):
    """Another method has not been counted in shadow, for readers to see, as long as it must."""


SHADOW = dt.timedelta(days=28)


def publish_roll_calls(
    *, versions: Collection[RollCallVersion], by: "AbstractBaseUser | None", vouched: bool, at: dt.datetime
) -> list[Event]:
    """Publish drafts, recount the scores they touch and write the journal, all or nothing.

    `by` is the second person, or with `vouched` the one who stands for both. Raises NotPublishable or Frozen.
    """
    if not versions:
        return []
    with transaction.atomic():
        # The journal's lock comes first: publications follow one another, so each recount sees the one before.
        _hold_to_freeze(versions, by, vouched)
        events = append_all([_event_of(version, at) for version in versions])
        if corrected := [version.roll_call_id for version in versions if version.number > 1]:
            settle_disputes(roll_calls=corrected, at=at)
        before = mark_published(versions=versions, by=by, vouched=vouched, at=at)
        _recount_after(versions, events, [*before, *(version.pk for version in versions)])
    return events


def _hold_to_freeze(versions: Collection[RollCallVersion], by: "AbstractBaseUser | None", vouched: bool) -> None:
    """Wait for the journal's lock; in a frozen chamber let only corrections pass that two others stand for.

    These are the reviewer, written on the version, and `by`, who publishes. Raises Frozen.
    """
    wait_for_turn()
    for slug in {version.roll_call.chamber.slug for version in versions}:
        if stop := frozen(slug):
            stored = RollCallVersion.objects.select_for_update().filter(pk__in=[version.pk for version in versions])
            own = stored.filter(roll_call__chamber__slug=slug).order_by("pk")
            if vouched or not all(version.number > 1 and _others(version, by) == 2 for version in own):
                raise Frozen(stop)


def _others(version: RollCallVersion, by: "AbstractBaseUser | None") -> int:
    """How many persons besides the one who entered it stand for a version that `by` publishes."""
    return len({version.reviewed_by_id, by.pk if by else None} - {None, version.entered_by_id})


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
    touched = _touched([version.roll_call_id for version in versions])
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


def _touched(roll_calls: Iterable[RollCall | int]) -> dict[Platform, list[int]]:
    """The demands that these votes are linked to, by platform."""
    linked = Platform.objects.filter(
        demands__links__roll_call__in=roll_calls, demands__links__state=LinkState.PUBLISHED.value
    )
    touched = linked.select_related("published").annotate(touched=ArrayAgg("demands", distinct=True))
    return {platform: platform.touched for platform in touched.order_by("pk")}


def publish_platform(
    *,
    version: PlatformVersion | None,
    links: Collection[Link],
    retire: Collection[Link] = (),
    rulings: Collection[Ruling] = (),
    withdraw: Collection[Ruling] = (),
    platform: Platform,
    vouched: bool,
    at: dt.datetime,
    approver: "AbstractBaseUser | None" = None,
) -> Event:
    """Publish a draft version of a platform, draft links and rulings, take others back, and recount; all or nothing.

    A draft takes the place of what is published on the same matter: of the same demand and roll call, or of the same
    deputy in the same roll call. Raises NothingToPublish, NotInShadow or Frozen.
    """
    with transaction.atomic():
        wait_unless_frozen(platform.coalition.chamber.slug)
        event = append(
            kind=EventKind.PLATFORM_PUBLISHED,
            chamber=platform.coalition.chamber.slug,
            subject=f"platform:{platform.pk}",
            facts={"platform": platform.pk, "version": version.pk if version else None},
            at=at,
        )
        is_ruled = version is None and not links and not retire
        cause = Cause.RULING if is_ruled and (rulings or withdraw) else _cause(platform, version, at)
        if version is not None:
            _publish_version(platform, version, vouched, at)
        _retire(Link, retire)
        _retire(Ruling, withdraw)
        _publish_judgements(Link, links, LinkState.DRAFT if vouched else LinkState.PROPOSED, vouched, at, approver)
        _publish_judgements(Ruling, rulings, LinkState.DRAFT, vouched, at, approver)
        recount(platform=platform, cause=cause, event=event)
    return event


def _cause(platform: Platform, version: PlatformVersion | None, at: dt.datetime) -> Cause:
    """Why scores will move; another method must have been announced and shown in shadow before. Raises NotInShadow."""
    old = platform.versions.filter(published_of=platform).first()
    if version is None or old is None or version.profile == old.profile or not platform.scores.exists():
        return Cause.PLATFORM_EDIT
    if platform.shadow_profile != version.profile or platform.shadow_since is None:
        raise NotInShadow(f"announce the method “{version.profile}” first, {SHADOW.days} days before it counts")
    if at < platform.shadow_since + SHADOW:
        since = platform.shadow_since.date()
        raise NotInShadow(f"“{version.profile}” is in shadow since {since}; it can count {SHADOW.days} days later")
    return Cause.METHOD_VERSION


def _publish_version(platform: Platform, version: PlatformVersion, vouched: bool, at: dt.datetime) -> None:
    # as it is stored now: somebody may have published it while we waited for the journal's lock
    if not platform.versions.select_for_update().filter(pk=version.pk, state=PlatformState.DRAFT.value).exists():
        raise NothingToPublish(f"{version} is not a draft")
    platform.versions.filter(state=PlatformState.PUBLISHED.value).update(state=PlatformState.REPLACED.value)
    version.state, version.published_at, version.vouched = PlatformState.PUBLISHED.value, at, vouched
    version.save(update_fields=["state", "published_at", "vouched"])
    platform.published = version
    platform.shadow_profile, platform.shadow_since = "", None
    platform.save(update_fields=["published", "shadow_profile", "shadow_since"])


def announce_method(*, platform: Platform, profile: Profile | None, at: dt.datetime) -> None:
    """Count by another method in shadow, for readers to see who would change; None takes the announcement back.

    Raises Frozen.
    """
    with transaction.atomic():
        wait_unless_frozen(platform.coalition.chamber.slug)
        append(
            kind=EventKind.METHOD_ANNOUNCED,
            chamber=platform.coalition.chamber.slug,
            subject=f"platform:{platform.pk}",
            facts={"platform": platform.pk, "profile": profile.name if profile else ""},
            at=at,
        )
        platform.shadow_profile, platform.shadow_since = (profile.name, at) if profile else ("", None)
        platform.save(update_fields=["shadow_profile", "shadow_since"])


def _publish_judgements(
    model: type[Decided],
    drafts: Collection[Decided],
    state: LinkState,
    vouched: bool,
    at: dt.datetime,
    approver: "AbstractBaseUser | None",
) -> None:
    """Publish what is in `state`, each in place of what was published on the same matter, disputed or not."""
    chosen = model.objects.select_for_update().filter(pk__in=[one.pk for one in drafts], state=state.value)
    if chosen.count() != len(drafts):
        raise NothingToPublish(f"only a {state.value} can be published")
    matters = {one.matter for one in drafts}
    calls = {one.roll_call_id for one in drafts}
    seen = [LinkState.PUBLISHED.value, LinkState.VETOED.value]
    before = model.objects.filter(roll_call__in=calls, state__in=seen, published_at__isnull=False)
    _retire(model, [one for one in before if one.matter in matters])
    for one in drafts:
        one.state, one.published_at, one.vouched = LinkState.PUBLISHED.value, at, vouched
        one.approver = approver  # type: ignore[assignment]
    fields = ["state", "published_at", "vouched", "approver"]
    model.objects.bulk_update(drafts, fields, batch_size=500)


def _retire(model: type[Decided], gone: Collection[Decided]) -> None:
    model.objects.filter(pk__in=[one.pk for one in gone]).update(state=LinkState.RETIRED.value)


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

    `persons` and `demands` narrow it to those deputies, and to those demands, their chapters and the platform.
    """
    if platform.published is None:
        return 0
    start, arguments = counted(platform, profile_of(platform.published), persons=persons, demands=demands)
    why = {"event": event.pk, "cause": cause.value, "at": event.at, "roll_call": roll_call.pk if roll_call else None}
    with connection.cursor() as cursor:
        if demands is None:  # many ballots: let them be summed in memory
            cursor.execute("SELECT set_config('work_mem', '64MB', true)")
        cursor.execute(start + STORE, arguments | why)
        moved: int = cursor.rowcount
    return moved


def designate(
    *, decision: Decision, main: RollCall | None, roll_calls: Collection[RollCall] | None = None, at: dt.datetime
) -> Event:
    """Say which of the votes on a decision is its main one, the only one that can count, and recount their demands.

    `roll_calls` are all the votes on it, if they are to be others than now; the main one must be among them.
    Raises Frozen.
    """
    with transaction.atomic():
        wait_unless_frozen(decision.chamber.slug)
        subject = f"decision:{decision.pk}"
        facts = {"decision": decision.pk, "main": main.pk if main else None}
        slug = decision.chamber.slug
        event = append(kind=EventKind.SCORES_RECOUNTED, chamber=slug, subject=subject, facts=facts, at=at)
        touched = {call.pk for call in decision.roll_calls.all()}
        Decision.objects.filter(pk=decision.pk).update(main=None)
        if roll_calls is not None:
            decision.roll_calls.exclude(pk__in=[call.pk for call in roll_calls]).update(decision=None)
            RollCall.objects.filter(pk__in=[call.pk for call in roll_calls]).update(decision=decision)
            touched |= {call.pk for call in roll_calls}
        decision.main = main
        decision.save(update_fields=["main"])
        for platform, demands in _touched(touched).items():
            recount(platform=platform, demands=demands, cause=Cause.MAIN_VOTE, event=event, roll_call=main)
    return event


_EMPTY = Tally()


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
    new = count(platform, profile_of(platform.published))
    old = {
        Key(score.person_id, score.demand_id, score.chapter): score.tally
        for score in Score.objects.filter(platform=platform)
    }
    return [
        Difference(platform.slug, key, old.get(key, _EMPTY), new.get(key, _EMPTY))
        for key in sorted(new.keys() | old.keys(), key=lambda k: (k.person_id, k.demand_id or 0, k.chapter))
        if new.get(key, _EMPTY) != old.get(key, _EMPTY)
    ]


def rescore(*, platform: Platform, at: dt.datetime, cause: Cause = Cause.METHOD_VERSION) -> int:
    """Recount a whole platform, journal it if anything moved; how many scores moved."""
    with transaction.atomic():
        wait_for_turn()  # what is published meanwhile is counted by what we see, or sees what we do
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
