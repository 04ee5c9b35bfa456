"""Demands and their links to votes, from demands.csv and links.csv into drafts of a platform."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from deputies.people.models import Chamber
from deputies.people.slugs import slug_of, unused
from deputies.sources.models import cite
from deputies.sources.tables import BadFile, Problems, Row, is_russian, opened
from deputies.votes.models import RollCall
from pledges.platform.enums import Chapter, PlatformState, names_a_total
from pledges.platform.models import Coalition, Demand, DemandText, Platform, PlatformVersion
from pledges.scorecards.enums import LinkState, Role, Wants
from pledges.scorecards.method import WEIGHT_UNIT, Profile
from pledges.scorecards.models import Link
from pledges.scorecards.profiles import DEFAULT

DEMAND_COLUMNS = ("demand_id", "chapter", "title")
LINK_COLUMNS = ("demand_id", "vote_id", "wants")
TEXTS = ("title_ru", "title_en", "text_ru", "text_en")
SAYS = ("wants", "weight", "role", "reasoning_ru", "reasoning_en")

AT_DESK = (LinkState.PROPOSED.value, LinkState.VETOED.value)  # organisers have the word on these

Pair = tuple[str, str]  # demand_id and vote_id


class OtherChamber(Exception):
    """A platform of that name belongs to another chamber."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What the caller says of the platform; None keeps what is stored, or takes the default for a new one."""

    slug: str
    coalition: str | None = None
    profile: Profile | None = None
    in_force_from: dt.date | None = None


@dataclass(slots=True)
class ImportedPlatform:
    """Drafts to publish and links to retire; `version` is None when the published text is that of the file."""

    platform: Platform
    version: PlatformVersion | None = None
    links: list[Link] = field(default_factory=list)
    retire: list[Link] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    @property
    def waits(self) -> bool:
        """Whether something is not published yet."""
        return bool(self.version or self.links or self.retire)


@transaction.atomic
def import_platform(
    *, folder: Path, chamber: Chamber, intent: Intent, today: dt.date, published_votes_only: bool
) -> ImportedPlatform:
    """Make drafts of what is new or changed in `folder`; demands are in force from the first linked vote, or `today`.

    Raises BadFile, BadFiles or OtherChamber, and then nothing is stored.
    """
    demands = _read_demands(folder)
    votes = {each.vote_id: each for each in chamber.roll_calls.all()}
    links = _read_links(folder, demands, votes, published_votes_only)
    outcome = ImportedPlatform(_platform(chamber, intent))
    first = intent.in_force_from or _first_vote(chamber, links) or today
    stored = _store_demands(outcome, demands, first)
    outcome.version = _version(outcome, intent, demands, stored)
    _store_links(outcome, links, stored, votes)
    return outcome


# Reading


def _read_demands(folder: Path) -> dict[str, dict[str, Any]]:
    """The demands by their ids, in the order of the file."""
    problems, demands = Problems(), dict[str, dict[str, Any]]()
    with opened(folder / "demands.csv", DEMAND_COLUMNS) as table:
        for order, row in enumerate(table):
            try:
                demand_id = row.text("demand_id", 100, required=True)
                if demand_id in demands:
                    raise row.bad(f'demand_id "{demand_id}" is there twice', "Give every demand its own id.")
                if names_a_total(demand_id):
                    told = f'demand_id "{demand_id}" is what files of scores call a chapter or the platform'
                    raise row.bad(told, "Give the demand another id.")
                demands[demand_id] = {"row": row, "order": order, **_demand(row)}
            except BadFile as problem:
                problems.add(problem)
    problems.refuse()
    return demands


def _demand(row: Row) -> dict[str, Any]:
    chapter = _word(row, "chapter", Chapter)
    title, text = row.both("title", 300), row.both("text")
    if not any(title):
        raise row.bad("the title is empty", "Fill it in.")
    return {
        "chapter": chapter,
        "source_url": row.address("source_url"),
        **dict(zip(TEXTS, (*title, *text), strict=True)),
    }


def _read_links(
    folder: Path, demands: Mapping[str, Any], votes: Mapping[str, RollCall], published_only: bool
) -> dict[Pair, dict[str, Any]]:
    problems, links = Problems(), dict[Pair, dict[str, Any]]()
    with opened(folder / "links.csv", LINK_COLUMNS) as table:
        for row in table:
            try:
                pair = row["demand_id"], row["vote_id"]
                _check_pair(row, pair, demands, votes, published_only)
                if pair in links:
                    raise row.bad(f'"{pair[1]}" is linked to "{pair[0]}" twice', "Remove one of the two rows.")
                links[pair] = _link(row)
            except BadFile as problem:
                problems.add(problem)
    problems.refuse()
    return links


def _check_pair(
    row: Row, pair: Pair, demands: Mapping[str, Any], votes: Mapping[str, RollCall], published_only: bool
) -> None:
    if pair[0] not in demands:
        raise row.bad(f'unknown demand "{pair[0]}"', "Add it to demands.csv, or correct the demand_id.")
    if pair[1] not in votes:
        raise row.bad(f'unknown vote "{pair[1]}"', "Import it with import_rollcalls first, or correct the vote_id.")
    if published_only and votes[pair[1]].published_id is None:
        raise row.bad(f'the vote "{pair[1]}" is not published', "Publish it first: import_rollcalls --publish.")


def _link(row: Row) -> dict[str, Any]:
    reasoning = row.both("reasoning")
    return {
        "wants": _word(row, "wants", Wants),
        "weight": _weight(row),
        "role": _word(row, "role", Role) if row["role"] else Role.SCORING.value,
        "reasoning_ru": reasoning[0],
        "reasoning_en": reasoning[1],
    }


def _word(row: Row, column: str, words: type[Chapter] | type[Wants] | type[Role]) -> str:
    try:
        return words(row[column]).value
    except ValueError as error:
        known = ", ".join(word.value for word in words)
        raise row.bad(f'unknown word "{row[column]}" in "{column}"', f"Write one of: {known}.") from error


def _weight(row: Row) -> int:
    """In thousandths of a vote; 1 if the file gives none."""
    text = row["weight"] or "1"
    if re.fullmatch(r"-\d+(\.\d+)?", text):
        raise row.bad(f'the weight "{text}" is negative', "Write it without the minus and swap pass and fail in wants.")
    thousandths = Decimal(text) * WEIGHT_UNIT if re.fullmatch(r"\d{1,6}(\.\d{1,3}0*)?", text) else Decimal(0)
    if not 1 <= thousandths <= 1_000_000_000:
        raise row.bad(
            f'the weight "{text}" is not a positive decimal', "Write one like 1 or 0.125, at most 3 decimals."
        )
    return int(thousandths)


# Storing


def _platform(chamber: Chamber, intent: Intent) -> Platform:
    platform = Platform.objects.select_related("coalition__chamber", "published").filter(slug=intent.slug).first()
    if platform is not None:
        if platform.coalition.chamber_id != chamber.pk:
            raise OtherChamber(f'The platform "{intent.slug}" is of "{platform.coalition.chamber.slug}".')
        return platform
    name = intent.coalition or intent.slug
    names = {"name_ru": name} if is_russian(name) else {"name_en": name}
    coalition, _ = Coalition.objects.get_or_create(chamber=chamber, slug=slug_of(name, limit=80), defaults=names)
    return Platform.objects.create(coalition=coalition, slug=intent.slug)


def _first_vote(chamber: Chamber, links: Mapping[Pair, Any]) -> dt.date | None:
    """The day of the earliest linked vote whose date is known, by the latest version of each."""
    versions = (
        RollCall.objects.filter(chamber=chamber, vote_id__in={vote_id for _, vote_id in links})
        .order_by("pk", "-versions__number")
        .distinct("pk")
        .values_list("versions__held_at", flat=True)
    )
    moments = [moment for moment in versions if moment is not None]
    return min(moments).astimezone(chamber.zone).date() if moments else None


def _store_demands(outcome: ImportedPlatform, rows: Mapping[str, Any], first: dt.date) -> dict[str, Demand]:
    platform = outcome.platform
    stored = {demand.demand_id: demand for demand in platform.demands.all()}
    taken = {demand.slug for demand in stored.values()}
    new = []
    for demand_id, row in rows.items():
        demand = stored.get(demand_id)
        if demand is None:
            slug = unused(slug_of(demand_id, limit=70), taken)
            taken.add(slug)
            new.append(
                Demand(platform=platform, slug=slug, demand_id=demand_id, chapter=row["chapter"], in_force_from=first)
            )
        elif demand.chapter != row["chapter"]:
            if platform.published is not None:
                text = f'the demand "{demand_id}" is published in the chapter "{demand.chapter}"'
                raise row["row"].bad(text, "Keep it there, or give it a new demand_id.")
            demand.chapter = row["chapter"]
            demand.save(update_fields=["chapter"])
            outcome.done.append(f'demand "{demand_id}" moved to "{demand.chapter}"')
    Demand.objects.bulk_create(new)
    if new:
        outcome.done.append(f"{len(new)} new demands, in force from {first}")
    return {**stored, **{demand.demand_id: demand for demand in new}}


def _version(
    outcome: ImportedPlatform, intent: Intent, rows: Mapping[str, Any], stored: Mapping[str, Demand]
) -> PlatformVersion | None:
    """The draft that says what the file says; None if the published version does."""
    latest = outcome.platform.versions.order_by("-number").first()
    profile = intent.profile
    if latest is not None and _same_method(latest, profile) and _texts_of(latest) == _texts_in(rows):
        return latest if latest.state == PlatformState.DRAFT.value else None
    if latest is None or latest.state != PlatformState.DRAFT.value:
        latest = _next_version(outcome.platform, latest)
        outcome.done.append(f"version {latest.number} of the platform")
    else:
        outcome.done.append(f"the draft of version {latest.number} replaced")
    if profile is not None:
        latest.profile, latest.profile_version = profile.name, profile.version
        latest.save()
    latest.texts.all().delete()
    DemandText.objects.bulk_create(
        DemandText(
            version=latest,
            demand=stored[demand_id],
            order=row["order"],
            source=cite(url=row["source_url"]) if row["source_url"] else None,
            **{name: row[name] for name in TEXTS},
        )
        for demand_id, row in rows.items()
    )
    return latest


def _same_method(version: PlatformVersion, profile: Profile | None) -> bool:
    return profile is None or (version.profile, version.profile_version) == (profile.name, profile.version)


def _next_version(platform: Platform, latest: PlatformVersion | None) -> PlatformVersion:
    if latest is None:
        names = {"title_ru": platform.coalition.name_ru, "title_en": platform.coalition.name_en}
        method = {"profile": DEFAULT.name, "profile_version": DEFAULT.version}
        return PlatformVersion.objects.create(platform=platform, **names, **method)
    kept = ("title_ru", "title_en", "intro_ru", "intro_en", "profile", "profile_version", "source")
    words = {name: getattr(latest, name) for name in kept}
    return PlatformVersion.objects.create(platform=platform, number=latest.number + 1, **words)


def _texts_of(version: PlatformVersion) -> list[tuple[Any, ...]]:
    texts = version.texts.order_by("order").values_list("demand__demand_id", *TEXTS, "source__url")
    return [(*text[:-1], text[-1] or "") for text in texts]


def _texts_in(rows: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return [(demand_id, *(row[name] for name in TEXTS), row["source_url"]) for demand_id, row in rows.items()]


def _store_links(
    outcome: ImportedPlatform,
    rows: Mapping[Pair, dict[str, Any]],
    demands: Mapping[str, Demand],
    votes: Mapping[str, RollCall],
) -> None:
    latest, numbers = _links_before(outcome)
    kept = {pair for pair, link in latest.items() if link.state in AT_DESK or link.contested}
    if kept:
        outcome.done.append(f"{len(kept)} links left as the organisers have them: proposed, disputed or contested")
    new, changed = [], []
    for pair, says in rows.items():
        found = latest.get(pair)
        if pair in kept:
            continue
        if found is None or (found.state == LinkState.PUBLISHED.value and not _same(found, says)):
            version = numbers.get(pair, 0) + 1
            new.append(Link(demand=demands[pair[0]], roll_call=votes[pair[1]], version=version, **says))
        elif found.state == LinkState.DRAFT.value:
            outcome.links.append(found)
            if not _same(found, says):
                changed.append(found)
                for name, value in says.items():
                    setattr(found, name, value)
    Link.objects.bulk_create(new)
    Link.objects.bulk_update(changed, SAYS)
    outcome.links += new
    if new or changed:
        outcome.done.append(f"{len(new) + len(changed)} links new or changed")
    _remove_links(outcome, [link for pair, link in latest.items() if pair not in rows and pair not in kept])


def _links_before(outcome: ImportedPlatform) -> tuple[dict[Pair, Link], dict[Pair, int]]:
    """The latest link that is not retired and the highest number of a version, for each demand and vote."""
    latest: dict[Pair, Link] = {}
    numbers: dict[Pair, int] = {}
    links = Link.objects.filter(demand__platform=outcome.platform).select_related("demand", "roll_call")
    for link in links.order_by("version"):
        pair = link.demand.demand_id, link.roll_call.vote_id
        numbers[pair] = link.version
        if link.state != LinkState.RETIRED.value:
            latest[pair] = link
    return latest, numbers


def _remove_links(outcome: ImportedPlatform, gone: list[Link]) -> None:
    """Published links wait to be retired; drafts go at once."""
    outcome.retire = [link for link in gone if link.state == LinkState.PUBLISHED.value]
    drafts = [link.pk for link in gone if link.state == LinkState.DRAFT.value]
    Link.objects.filter(pk__in=drafts).delete()
    if gone:
        named = ", ".join(f"{link.demand.demand_id} to {link.roll_call.vote_id}" for link in gone[:5])
        outcome.done.append(f"{len(gone)} links no longer in links.csv: {named}{', …' if len(gone) > 5 else ''}")


def _same(link: Link, says: Mapping[str, Any]) -> bool:
    return all(getattr(link, name) == value for name, value in says.items())
