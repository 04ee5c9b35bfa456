"""The platform that a chamber's deputies are held to: its words, its method, its rulings and its people."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from deputies.people.models import Chamber
from deputies.sources.models import Document
from deputies.sources.prepared import prepared
from deputies.sources.rows import Written, outside, packed
from deputies.votes.reports.houses import House
from pledges.platform.enums import Chapter, PlatformState
from pledges.platform.models import Demand, DemandText, Platform
from pledges.scorecards.method import Profile
from pledges.scorecards.models import Ruling
from pledges.scorecards.profiles import profile_named, profile_of

Rulings = Mapping[tuple[int, int | None], Ruling]  # by roll call and person; None is the whole vote


@dataclass(frozen=True, slots=True)
class PlatformInForce:
    """A chamber's published platform: who chose, by which method, in which words, with which rulings."""

    platform: Platform
    profile: Profile
    texts: list[DemandText]  # in the platform's order
    rulings: Rulings
    methods: Sequence[tuple[dt.datetime, Profile]] = ()  # that of each version since it was published, the latest first

    def method_at(self, moment: dt.datetime) -> Profile:
        """The method by which scores were counted at `moment`; the present one before anything was published."""
        return next((profile for since, profile in self.methods if since <= moment), self.profile)

    def of_chapter(self, chapter: Chapter) -> list[DemandText]:
        return [text for text in self.texts if text.demand.chapter == chapter]

    def text_of(self, demand_id: int) -> DemandText:
        return next(text for text in self.texts if text.demand_id == demand_id)


def platform_of(house: House) -> PlatformInForce | None:
    """The first published platform of a term, so that no score is carried over; None if it has none. One query.

    A platform is of the term in which a demand of it came into force; of the first one if that was before any term.
    """
    days = (moment and moment.astimezone(house.chamber.zone).date() for moment in (house.since, house.until))
    return platform_in_force(house.chamber, *days)


def platform_in_force(
    chamber: Chamber, since: dt.date | None = None, until: dt.date | None = None
) -> PlatformInForce | None:
    """The first published platform of a chamber with a demand in force from a day in a term; None if it has none.

    One query.
    """
    return next(iter(_in_force(_published(chamber, None, since, until))), None)


def platform_by_id(pk: int) -> PlatformInForce | None:
    """One platform as it is published; None if it is not. One query."""
    return next(iter(_in_force(_published(None, pk, None, None))), None)


def platforms_in_force(chamber: Chamber) -> list[PlatformInForce]:
    """Every published platform of a chamber, of whichever term; one query."""
    return _in_force(_published(chamber, None, None, None))


def _in_force(platforms: Iterable[Any]) -> list[PlatformInForce]:
    """The platforms with the rows that `_published` packs into them."""
    return [
        PlatformInForce(
            platform,
            profile_of(platform.published),
            [outside(DemandText, row, "demand", "source") for row in platform.text_rows],
            _unpacked(platform.ruling_rows),
            [(dt.datetime.fromisoformat(since), profile_named(*named)) for since, *named in platform.method_rows],
        )
        for platform in platforms
    ]


@prepared
def _published(
    chamber: Chamber | None, pk: int | None, since: dt.date | None, until: dt.date | None
) -> QuerySet[Platform]:
    platforms = Platform.objects.filter(published__isnull=False)
    demands = Demand.objects.filter(platform=OuterRef("pk"))
    if chamber is not None:
        platforms = platforms.filter(coalition__chamber=chamber)
    if pk is not None:
        platforms = platforms.filter(pk=pk)
    if since is not None:
        demands = demands.filter(in_force_from__gte=since)
    if until is not None:
        demands = demands.filter(in_force_from__lt=until)
    return (
        (platforms if since is until is None else platforms.filter(Exists(demands)))
        .select_related("published__source", "coalition__chamber")
        .defer("published__source__content")
        .annotate(text_rows=Written(_texts(), "published"), ruling_rows=Written(_rulings(), "pk"))
        .annotate(method_rows=Written(_METHODS, "pk"))
        .order_by("pk")
    )


def rulings_of(platform: Platform) -> Rulings:
    """The published rulings of a platform; one query."""
    return _unpacked(Platform.objects.filter(pk=platform.pk).values_list(Written(_rulings(), "pk"), flat=True)[0])


@cache
def _texts() -> str:
    row = f"{packed(DemandText, 't')} || {packed(Demand, 'd', 'demand__')} || {packed(Document, 's', 'source__')}"
    return f"""
        SELECT coalesce(jsonb_agg({row} ORDER BY d.chapter, t."order", t.id), '[]') FROM platform_demandtext t
        JOIN platform_demand d ON d.id = t.demand_id LEFT JOIN sources_document s ON s.id = t.source_id
        WHERE t.version_id = {{0}}
    """  # noqa: S608


_METHODS = """
    SELECT coalesce(jsonb_agg(jsonb_build_array(v.published_at, v.profile, v.profile_version)
        ORDER BY v.published_at DESC), '[]')
    FROM platform_platformversion v WHERE v.platform_id = {0} AND v.published_at IS NOT NULL
"""


@cache
def _rulings() -> str:
    return f"""
        SELECT coalesce(jsonb_agg({packed(Ruling, "r")} || {packed(Document, "s", "source__")} ORDER BY r.id), '[]')
        FROM scorecards_ruling r LEFT JOIN sources_document s ON s.id = r.source_id
        WHERE r.platform_id = {{0}} AND r.state = 'published'
    """  # noqa: S608


def _unpacked(rows: list[dict[str, Any]]) -> Rulings:
    rulings = [outside(Ruling, row, "source") for row in rows]
    return {(ruling.roll_call_id, ruling.person_id): ruling for ruling in rulings}


def demand_by_slug(in_force_now: PlatformInForce | None, slug: str) -> DemandText | None:
    """The words of a demand of the platform in force; None if it has no such demand."""
    return next((text for text in in_force_now.texts if text.demand.slug == slug), None) if in_force_now else None


def texts_in_force() -> QuerySet[DemandText]:
    """The words of every demand of the platforms that chambers are held to: of each its first published one."""
    published = Platform.objects.filter(published__isnull=False).order_by("coalition__chamber", "pk")
    return DemandText.objects.filter(version__published_of__in=published.distinct("coalition__chamber"))


def dropped_demand(chamber: Chamber, slug: str) -> DemandText | None:
    """The last published words of a demand that no platform in force has; one query."""
    texts = DemandText.objects.filter(demand__slug=slug, demand__platform__coalition__chamber=chamber)
    earlier = texts.filter(version__state=PlatformState.REPLACED.value).select_related("version__platform__coalition")
    return earlier.order_by("-version__published_at", "-pk").first()
