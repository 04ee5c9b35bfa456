"""What the front page of the desk shows: chambers that are not ready, drafts that wait, and counts."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.http import urlencode

from coalition.digests.reports import FEWEST_SHOWN, subscriber_counts
from deputies.people.models import Chamber, Faction
from deputies.votes.enums import State
from deputies.votes.models import RollCall, RollCallVersion
from pledges.platform.enums import PlatformState
from pledges.platform.models import Coalition, CoalitionMembership, Platform, PlatformVersion
from pledges.scorecards.enums import LinkState
from pledges.scorecards.models import Link


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a chamber needs before its pages say something."""

    words: str
    url: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Overview:
    chambers: list[tuple[Chamber, list[Step]]]
    drafts: list[RollCallVersion]
    draft_links: int
    readers: list[tuple[Chamber, str]]


def _add(noun: str, **given: int) -> str:
    return f"{reverse(f'admin:{noun}_add')}?{urlencode(given)}"


def _coalition_page(chamber: Chamber) -> str:
    """Where its members are added, or the coalition itself."""
    coalition: int | None = chamber.coalition_id  # type: ignore[attr-defined]
    if coalition is None:
        return _add("platform_coalition", chamber=chamber.pk)
    return f"{reverse('admin:platform_coalition_change', args=[coalition])}#memberships-group"


def _platform_page(chamber: Chamber) -> str:
    """Where the platform goes on: its draft version, the platform itself, or a new one."""
    found: tuple[int | None, int | None, int | None]
    found = chamber.draft_id, chamber.platform_id, chamber.coalition_id  # type: ignore[attr-defined]
    match found:
        case int(draft), _, _:
            return reverse("admin:platform_platformversion_change", args=[draft])
        case _, int(platform), _:
            return reverse("admin:platform_platform_change", args=[platform])
        case _, _, int(coalition):
            return _add("platform_platform", coalition=coalition)
    return _add("platform_platform")


def steps_of(chamber: Chamber) -> list[Step]:
    """The way from an empty chamber to a first scorecard; `chamber` as `chambers_counted` reads it."""
    here = reverse("admin:people_chamber_change", args=[chamber.pk])

    c = chamber
    return [
        Step("Add a term", f"{here}#terms-group", c.n_terms > 0),  # type: ignore[attr-defined]
        Step("Add a voting rule: how many votes adopt a decision", f"{here}#voting_rules-group", c.n_rules > 0),  # type: ignore[attr-defined]
        Step("Add the districts", f"{here}#districts-group", c.n_districts > 0),  # type: ignore[attr-defined]
        Step("Add the factions", _add("people_faction", chamber=chamber.pk), c.has_faction),  # type: ignore[attr-defined]
        Step(
            f"Add the deputies: {c.n_mandates} so far, {chamber.seats} seats",  # type: ignore[attr-defined]
            reverse("admin:people_mandate_newcomers", args=[chamber.pk]),
            c.n_mandates > 0,  # type: ignore[attr-defined]
        ),
        Step("Add the coalition and its members", _coalition_page(chamber), c.has_member),  # type: ignore[attr-defined]
        Step("Add the platform, its demands and their text, and publish it", _platform_page(chamber), c.has_platform),  # type: ignore[attr-defined]
        Step("Record the first roll call", _add("votes_rollcall", chamber=chamber.pk), c.has_roll_call),  # type: ignore[attr-defined]
        Step("Link it to the demand it is about", _add("scorecards_link"), c.has_link),  # type: ignore[attr-defined]
    ]


def _few(count: int | None) -> str:
    return f"fewer than {FEWEST_SHOWN}" if count is None else f"{count} or more"


def chambers_counted() -> QuerySet[Chamber]:
    """Every chamber with what `steps_of` looks at, in one query."""

    def there(rows: object) -> Exists:
        return Exists(rows)  # type: ignore[arg-type]

    def first(rows: QuerySet[Any]) -> Subquery:
        return Subquery(rows.values("pk")[:1])

    here = OuterRef("pk")
    platforms = Platform.objects.filter(coalition__chamber=here)
    drafts = PlatformVersion.objects.filter(platform__coalition__chamber=here, state=PlatformState.DRAFT.value)
    return Chamber.objects.annotate(
        n_terms=Count("terms", distinct=True),
        n_rules=Count("voting_rules", distinct=True),
        n_districts=Count("districts", distinct=True),
        n_mandates=Count("mandates", distinct=True),
        has_faction=there(Faction.objects.filter(chamber=here)),
        coalition_id=first(Coalition.objects.filter(chamber=here).order_by("pk")),
        has_member=there(CoalitionMembership.objects.filter(coalition__chamber=here)),
        draft_id=first(drafts.order_by("pk")),
        platform_id=first(platforms.order_by(F("published").asc(nulls_first=True), "pk")),
        has_platform=there(platforms.filter(published__isnull=False)),
        has_roll_call=there(RollCall.objects.filter(chamber=here)),
        has_link=there(Link.objects.filter(roll_call__chamber=here)),
    ).order_by("pk")


def overview_of(user: AbstractBaseUser | AnonymousUser) -> Overview:
    """What waits for `user`, of what they may look at."""
    may_count: bool = user.has_perm("digests.view_counts")  # type: ignore[union-attr]
    readers = [(r.chamber, _few(r.at_least)) for r in subscriber_counts()] if may_count else []
    if not user.has_perm("votes.view_rollcall"):  # type: ignore[union-attr]
        return Overview([], [], 0, readers)
    waiting = RollCallVersion.objects.filter(state__in=[State.DRAFT.value, State.SUBMITTED.value])
    counted = [(chamber, steps_of(chamber)) for chamber in chambers_counted()]
    return Overview(
        chambers=[(chamber, steps) for chamber, steps in counted if not all(step.is_done for step in steps)],
        drafts=list(waiting.select_related("roll_call__chamber", "entered_by").order_by("-pk")[:20]),
        draft_links=Link.objects.filter(state=LinkState.DRAFT.value).count(),
        readers=readers,
    )
