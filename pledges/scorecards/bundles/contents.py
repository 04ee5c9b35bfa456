"""What the published scores rest on, read from the database as the rows of a bundle's files."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from deputies.people.enums import Threshold
from deputies.people.models import Chamber, Mandate
from deputies.votes.enums import Kind
from deputies.votes.models import Ballot, RollCall, RollCallVersion
from pledges.platform.models import Demand, DemandText, Platform
from pledges.scorecards import counting, labels, method, profiles
from pledges.scorecards.bundles import archive
from pledges.scorecards.enums import LinkState, Role
from pledges.scorecards.export import member_ids, score_cells
from pledges.scorecards.method import POINT_UNIT, WEIGHT_UNIT, Profile, read, rule_rows
from pledges.scorecards.models import COLUMNS, Link, Ruling, Score
from pledges.scorecards.profiles import profile_of
from pledges.scorecards.reports.evidence import Line, recorded

Row = list[str]
MemberId = Callable[[Chamber, int], str]


class Cast(NamedTuple):
    """One ballot, without the rest of its row: there are many."""

    version: int
    person: int
    group: str | None
    position: str
    corrected: str
    basis: str


def code_version() -> str:
    """Which version of the counting this is: a hash over its own modules."""
    sources = [Path(str(module.__file__)).read_bytes() for module in (counting, labels, method, profiles)]
    return hashlib.sha256(b"\n".join(sources)).hexdigest()[:16]


def read_files() -> dict[str, bytes]:
    """The files of a bundle by name; a handful of queries, which have to see one moment of the database."""
    platforms = list(
        Platform.objects.filter(published__isnull=False)
        .select_related("published", "coalition__chamber")
        .order_by("slug")
    )
    of_platform = {platform.pk: platform for platform in platforms}
    links = list(_links(platforms))
    versions = {version.pk: version for version in map(_version, links)}
    ballots = _ballots(versions)
    rulings = _rulings(platforms, links)
    chambers = {platform.coalition.chamber for platform in platforms}
    mandates = list(Mandate.objects.filter(chamber__in=chambers).select_related("chamber", "person"))
    member = _member_ids(chambers, rulings)
    tables: dict[str, Iterable[Row]] = {
        "mandates.csv": (_mandate_row(mandate, member) for mandate in mandates),
        "votes.csv": map(_vote_row, versions.values()),
        "ballots.csv": (_ballot_row(b, versions[pk].roll_call, member) for pk, of in ballots.items() for b in of),
        "rulings.csv": (_ruling_row(ruling, member) for ruling in rulings),
        "links.csv": (_link_row(link, of_platform[link.demand.platform_id]) for link in links),
        "score_lines.csv": _line_rows(links, of_platform, ballots, rulings, member),
        "scores.csv": _score_rows(of_platform, member),
    }
    return {
        "platform.json": archive.document({"platforms": _platforms(platforms)}),
        "rules.json": archive.document(_rules(platforms)),
        "verify.py": archive.verifier(),
        **{name: archive.table(name, rows) for name, rows in tables.items()},
    }


# --- what is read, each in one query ----------------------------------------------------------------------------------


def _links(platforms: Iterable[Platform]) -> Iterable[Link]:
    published = Link.objects.filter(
        demand__platform__in=platforms, state=LinkState.PUBLISHED.value, roll_call__published__isnull=False
    )
    joined = published.select_related(
        "demand", "roll_call__chamber", "roll_call__decision", "roll_call__published__source"
    )
    return joined.defer("roll_call__published__source__content")


def _version(link: Link) -> RollCallVersion:
    version = link.roll_call.published
    if version is None:
        raise ValueError(f"{link} is read although its roll call is not published")
    version.roll_call = link.roll_call
    return version


def _ballots(versions: Iterable[int]) -> dict[int, list[Cast]]:
    """Ballots by version."""
    found: dict[int, list[Cast]] = defaultdict(list)
    fields = ("version", "person", "faction__slug", "position", "corrected_position", "basis")
    for row in Ballot.objects.filter(version__in=versions).values_list(*fields):
        found[row[0]].append(Cast(*row))
    return found


def _rulings(platforms: Iterable[Platform], links: Iterable[Link]) -> list[Ruling]:
    """The published rulings on votes that their platform has linked."""
    linked = {(link.demand.platform_id, link.roll_call_id) for link in links}
    rulings = Ruling.objects.filter(platform__in=platforms, state=LinkState.PUBLISHED.value)
    rulings = rulings.select_related("platform", "roll_call__chamber", "source", "person").defer("source__content")
    return [ruling for ruling in rulings if (ruling.platform_id, ruling.roll_call_id) in linked]


def _member_ids(chambers: Iterable[Chamber], rulings: Iterable[Ruling]) -> MemberId:
    """How files name a person of a chamber; somebody a ruling names who never sat there has the slug of their page."""
    ids = {(chamber.slug, pk): name for chamber in chambers for pk, name in member_ids(chamber).items()}
    for ruling in rulings:
        if ruling.person is not None:
            ids.setdefault((ruling.roll_call.chamber.slug, ruling.person.pk), f"page:{ruling.person.slug}")
    return lambda chamber, person: ids[chamber.slug, person]


# --- how it is written ------------------------------------------------------------------------------------------------


def _text(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _number(number: int | None) -> str:
    return "" if number is None else str(number)


def moment(at: dt.datetime | None) -> str:
    """A moment in UTC, such as 2024-06-01T12:00:00Z; empty if there is none."""
    return "" if at is None else at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def _source(row: RollCallVersion | Ruling) -> Row:
    return [row.source.url, row.source.sha256] if row.source else ["", ""]


def _mandate_row(mandate: Mandate, member: MemberId) -> Row:
    chamber, person, held = mandate.chamber, mandate.person, mandate.held
    period = [moment(held.lower), moment(held.upper)]
    return [chamber.slug, member(chamber, person.pk), *period, person.name_ru, person.name_en]


def _vote_row(version: RollCallVersion) -> Row:
    roll_call, decision = version.roll_call, version.roll_call.decision
    day = "" if version.held_at is None else version.held_at.astimezone(roll_call.chamber.zone).date().isoformat()
    totals = (version.total_for, version.total_against, version.total_abstain, version.total_not_voting)
    is_main = ("yes" if decision.main_id == roll_call.pk else "no") if decision else ""
    return [
        *(roll_call.chamber.slug, roll_call.vote_id, str(version.number), day, version.kind, version.threshold),
        *(_number(version.threshold_number), version.result, *map(_number, totals), _number(version.total_absent)),
        *(decision.key if decision else "", is_main, _text(version.title_ru), _text(version.title_en)),
        *_source(version),
    ]


def _ballot_row(cast: Cast, roll_call: RollCall, member: MemberId) -> Row:
    key = [roll_call.chamber.slug, roll_call.vote_id, member(roll_call.chamber, cast.person)]
    return [*key, cast.group or "", cast.position, cast.corrected, cast.basis]


def _ruling_row(ruling: Ruling, member: MemberId) -> Row:
    roll_call = ruling.roll_call
    key = [ruling.platform.slug, roll_call.vote_id]
    key.append(member(roll_call.chamber, ruling.person_id) if ruling.person_id else "")
    reason = [_text(ruling.reason_ru), _text(ruling.reason_en)]
    return [*key, ruling.kind, ruling.silence, ruling.reads_as, *reason, *_source(ruling)]


def _link_row(link: Link, platform: Platform) -> Row:
    key = [platform.slug, link.demand.demand_id, link.roll_call.vote_id]
    judged = [str(link.version), link.wants, str(link.weight), link.role, link.scope]
    return [*key, *judged, _text(link.reasoning_ru), _text(link.reasoning_en)]


def _line_rows(
    links: Iterable[Link],
    platforms: dict[int, Platform],
    ballots: dict[int, list[Cast]],
    rulings: Iterable[Ruling],
    member: MemberId,
) -> Iterator[Row]:
    """Every score line, read by the functions that the pages use."""
    ruled = {(ruling.platform_id, ruling.roll_call_id, ruling.person_id): ruling for ruling in rulings}
    for link in links:
        platform, roll_call, version = platforms[link.demand.platform_id], link.roll_call, _version(link)
        silence = ruled.get((platform.pk, roll_call.pk, None))
        line = Line(link, DemandText(demand=link.demand), version, None, _profile(platform), silence=silence)
        slug, demand_id, chamber, vote_id = platform.slug, link.demand.demand_id, roll_call.chamber, roll_call.vote_id
        why, alike = _why_not(line), cache(partial(_read, line))  # most ballots of a vote are read alike
        for cast in ballots.get(version.pk, ()):
            told = alike(cast[3:], ruled.get((platform.pk, roll_call.pk, cast.person)))
            if told is not None:
                yield [slug, demand_id, member(chamber, cast.person), vote_id, *told, why]


def _read(line: Line, record: tuple[str, str, str], ruling: Ruling | None) -> Row | None:
    """What a ballot is read as and what that earns; None if it is not eligible."""
    position, corrected, basis = record
    ballot = Ballot(position=position, corrected_position=corrected, basis=basis)
    read_as = recorded(ballot, ruling).read_as(as_corrected=line.profile.as_corrected)
    reading = read(line.profile, read_as, line.column, line.link.weight)
    if reading is None:
        return None
    points = [str(reading.weight), str(reading.credit), str(reading.mass)]
    return [read_as.value, line.column.value, reading.outcome.value, *points]


def _why_not(line: Line) -> str:
    """Why a link is listed and not counted; "yes" if it is counted."""
    reasons = {
        "red-line": line.is_red_line,
        "informative": line.link.role != Role.SCORING,
        "not-by-name": line.version.kind != Kind.BY_NAME,
        "not-the-main-vote": line.is_secondary,
        "not-in-force": line.is_before_in_force,
        "yes": True,
    }
    return next(reason for reason, holds in reasons.items() if holds)


def _score_rows(platforms: dict[int, Platform], member: MemberId) -> Iterator[Row]:
    for score in Score.objects.filter(platform__in=platforms).select_related("demand"):
        platform = platforms[score.platform_id]
        of = score.demand.demand_id if score.demand else f"chapter:{score.chapter}" if score.chapter else "platform"
        key = [platform.slug, member(platform.coalition.chamber, score.person_id), of]
        sums = [str(getattr(score, column)) for column in COLUMNS]
        yield [*key, *sums, *score_cells(score.tally, _profile(platform))]


def _profile(platform: Platform) -> Profile:
    if platform.published is None:
        raise ValueError(f"{platform} is read although it is not published")
    return profile_of(platform.published)


def _platforms(platforms: Iterable[Platform]) -> list[dict[str, object]]:
    texts: dict[int, DemandText] = {
        text.demand_id: text for text in DemandText.objects.filter(version__published_of__in=platforms)
    }
    demands: dict[int, list[dict[str, object]]] = defaultdict(list)
    for demand in Demand.objects.filter(platform__in=platforms).order_by("demand_id"):
        demands[demand.platform_id].append(_demand(demand, texts.get(demand.pk, DemandText())))
    return [_platform(platform, demands[platform.pk]) for platform in platforms]


def _platform(platform: Platform, demands: list[dict[str, object]]) -> dict[str, object]:
    version, chamber, profile = platform.published, platform.coalition.chamber, _profile(platform)
    return {
        "platform": platform.slug,
        "version": version.number if version else None,
        "title_ru": version.title_ru if version else "",
        "title_en": version.title_en if version else "",
        "chosen_by_ru": platform.chosen_by_ru or platform.coalition.name_ru,
        "chosen_by_en": platform.chosen_by_en or platform.coalition.name_en,
        "chamber": chamber.slug,
        "chamber_ru": chamber.name_ru,
        "chamber_en": chamber.name_en,
        "is_invented": chamber.is_invented,
        "seats": chamber.seats,
        "timezone": chamber.timezone,
        "profile": profile.name,
        "profile_version": profile.version,
        "demands": demands,
    }


def _demand(demand: Demand, text: DemandText) -> dict[str, object]:
    return {
        "demand_id": demand.demand_id,
        "chapter": demand.chapter,
        "in_force_from": demand.in_force_from.isoformat(),
        "in_force_until": demand.in_force_until.isoformat() if demand.in_force_until else None,
        "title_ru": text.title_ru,
        "title_en": text.title_en,
        "text_ru": _text(text.text_ru),
        "text_en": _text(text.text_en),
    }


def _rules(platforms: Iterable[Platform]) -> dict[str, object]:
    used = {(profile.name, profile.version): profile for profile in map(_profile, platforms)}
    return {
        "weight_unit": WEIGHT_UNIT,
        "point_unit": POINT_UNIT,
        "silence_counts": [threshold.value for threshold in Threshold if threshold.counts_silence],
        "profiles": [_method(profile) for _, profile in sorted(used.items())],
    }


def _method(profile: Profile) -> dict[str, object]:
    return {
        "name": profile.name,
        "version": profile.version,
        "ignores_weight": profile.ignores_weight,
        "as_corrected": profile.as_corrected,
        "caps": [{"margin": str(c.margin), "absences": c.absences, "share": str(c.share)} for c in profile.caps],
        "bands": {name: str(bound) for name, bound in asdict(profile.bands).items()},
        "rules": [
            [row.position.value, row.column.value, row.strong, row.outcome.value, row.credit, row.mass]
            for row in rule_rows(profile)
        ],
    }
