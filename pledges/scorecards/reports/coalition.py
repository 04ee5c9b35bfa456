"""The coalition in its chamber: its seats, what it can carry, what the chamber decided."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet

from deputies.people.enums import Threshold
from deputies.people.models import Chamber, Faction, Mandate, Person, VotingRule
from deputies.sources.prepared import prepared
from deputies.votes.enums import Kind, Result
from deputies.votes.models import Ballot, RollCallVersion
from deputies.votes.reports.arithmetic import Arithmetic, arithmetics_of
from deputies.votes.reports.eligibility import Seated
from pledges.platform.enums import COUNTED, Chapter
from pledges.platform.models import Coalition, CoalitionMembership, DemandText
from pledges.scorecards.enums import Role, Wants
from pledges.scorecards.method import Conflict, Pull, once
from pledges.scorecards.models import Link
from pledges.scorecards.reports.evidence import in_force
from pledges.scorecards.reports.margins import Concerned, Margin, concerned_in, margin_of
from pledges.scorecards.reports.platform import PlatformInForce
from pledges.scorecards.standing import Strength
from pledges.tracker.reports.words import Signed, signatures_of


def coalition_of(chamber: Chamber) -> Coalition | None:
    """The first coalition of a chamber, for one without a published platform; one query."""
    return chamber.coalitions.order_by("pk").first()


@dataclass(frozen=True, slots=True)
class Sides:
    """Who belongs to the coalition and who signed, over all time; asked for moments without further queries."""

    memberships: list[CoalitionMembership]
    signatures: list[Signed]

    def members_at(self, moment: dt.datetime | None) -> dict[int, Person]:
        """The coalition's deputies at a moment by id; everybody who ever was one where it is not known."""
        return {m.person_id: m.person for m in self.memberships if moment is None or moment in m.held}

    def signers_on(self, day: dt.date | None, demands: Collection[int]) -> set[int]:
        """Ids of those whose signature to one of `demands`, or to a version with one, stood on a day."""
        return {
            signature.person_id
            for one in self.signatures
            for signature in [one.signature]
            if not one.demands.isdisjoint(demands)
            and (day is None or signature.signed_on <= day)
            and (day is None or signature.withdrawn_on is None or signature.withdrawn_on > day)
        }


def sides_of(coalition: Coalition, in_force_now: PlatformInForce | None) -> Sides:
    """All memberships and signatures of a coalition; two queries, one without a platform."""
    memberships = coalition.memberships.select_related("person").order_by("person__sort_key")
    if in_force_now is None:
        return Sides(list(memberships), [])
    return Sides(list(memberships), signatures_of(in_force_now.platform))


@dataclass(frozen=True, slots=True)
class Bench:
    """The deputies of one faction who hold a seat: the coalition's, and how many others."""

    faction: Faction | None
    members: list[Mandate] = field(default_factory=list)
    others: list[Mandate] = field(default_factory=list)


def benches(seated: Iterable[Seated], members: Collection[int]) -> list[Bench]:
    """The seats by faction, those with most of the coalition's first, those without a known faction last."""
    found: dict[int | None, Bench] = {}
    for one in seated:
        faction = one.faction_membership.faction if one.faction_membership else None
        bench = found.setdefault(faction.pk if faction else None, Bench(faction))
        (bench.members if one.mandate.person_id in members else bench.others).append(one.mandate)
    return sorted(found.values(), key=lambda b: (b.faction is None, -len(b.members), -len(b.others)))


def rule_at(chamber: Chamber, moment: dt.datetime) -> VotingRule | None:
    """The voting rule in force at a moment; None if no source states one. One query."""
    return next(iter(_rules(chamber, moment)), None)


@prepared
def _rules(chamber: Chamber, moment: dt.datetime) -> QuerySet[VotingRule]:
    return VotingRule.objects.filter(chamber=chamber).at(moment)[:1]


@dataclass(frozen=True, slots=True)
class Majority:
    """One of the majorities that a chamber knows, and what the coalition has of it."""

    strength: Strength
    is_rule: bool


def majorities(chamber: Chamber, rule: VotingRule | None, *, votes: int, filled: int) -> list[Majority]:
    """The chamber's own rule first, then the majority and two thirds of all seats."""
    own = Threshold(rule.threshold) if rule else None
    kinds = dict.fromkeys([*([own] if own else []), Threshold.MEMBERS, Threshold.TWO_THIRDS])
    number = rule.threshold_number if rule else None
    return [Majority(Strength(kind, votes, chamber.seats, filled, number), kind is own) for kind in kinds]


@dataclass(frozen=True, slots=True)
class Prospect:
    """What the coalition and whoever else signed a demand can do for it, under the threshold of its latest vote."""

    text: DemandText
    strength: Strength
    signed: int  # of those votes, by signatories outside the coalition


def prospects(
    in_force_now: PlatformInForce,
    links: Collection[Link],
    sides: Sides,
    *,
    members: Collection[int],
    seated: Collection[int],
    day: dt.date,
    otherwise: Strength,
) -> list[Prospect]:
    """One for each demand of the two chapters, under the rule of `otherwise` where no vote counts for it yet."""
    latest: dict[int, Link] = {}
    for link in links:  # the latest vote comes first
        version = link.roll_call.published
        if link.role == Role.SCORING and version is not None and _decides(link, version):
            latest.setdefault(link.demand_id, link)
    found = []
    for text in in_force_now.texts:
        if text.demand.chapter in COUNTED:
            signers = sides.signers_on(day, [text.demand_id]).intersection(seated).difference(members)
            strength = _strength_for(latest.get(text.demand_id), otherwise, otherwise.votes + len(signers))
            found.append(Prospect(text, strength, len(signers)))
    return found


def _strength_for(link: Link | None, otherwise: Strength, votes: int) -> Strength:
    seats, filled = otherwise.seats, otherwise.filled
    version = link.roll_call.published if link else None
    if link is None or version is None:
        return Strength(otherwise.threshold, votes, seats, filled, otherwise.number)
    return Strength(
        Threshold(version.threshold), votes, seats, filled, version.threshold_number, wants=Wants(link.wants)
    )


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How a chamber decided the votes that count: as the platform asks, otherwise, or with no result on record."""

    as_asked: int
    otherwise: int
    unknown: int
    conflicting: int  # left out: the demands want opposite results

    @property
    def known(self) -> int:
        return self.as_asked + self.otherwise


def verdicts(links: Iterable[Link], chapter: Chapter | None = None) -> Verdicts:
    """The official results of the distinct scoring votes of a chapter, or of both; nothing is computed."""
    chapters = COUNTED if chapter is None else (chapter,)
    pulls = []
    results: dict[Hashable, Result] = {}
    for link in links:
        version = link.roll_call.published
        if version is not None and link.demand.chapter in chapters and _decides(link, version):
            pulls.append(Pull(link.roll_call_id, Wants(link.wants), link.weight, Role(link.role)))
            results[link.roll_call_id] = Result(version.result)
    wanted = {Wants.PASS: Result.ADOPTED, Wants.FAIL: Result.REJECTED}
    counted: Counter[str] = Counter()
    for pull in once(pulls).values():
        if isinstance(pull, Conflict):
            counted["conflicting"] += 1
        elif results[pull.vote] is Result.UNKNOWN:
            counted["unknown"] += 1
        else:
            counted["as_asked" if results[pull.vote] is wanted[pull.wants] else "otherwise"] += 1
    return Verdicts(*(counted[name] for name in ("as_asked", "otherwise", "unknown", "conflicting")))


def counted_versions(links: Iterable[Link]) -> list[int]:
    """Ids of the versions of the votes that count for a demand of the two chapters, each once, the latest first."""
    versions = {
        link.roll_call.published.pk: None
        for link in links
        if link.roll_call.published is not None
        and link.role == Role.SCORING
        and link.demand.chapter in COUNTED
        and _decides(link, link.roll_call.published)
    }
    return list(versions)


def _decides(link: Link, version: RollCallVersion) -> bool:
    """Whether a vote is the one that counts for its text and was held while the demand was in force."""
    decision = link.roll_call.decision
    if version.kind == Kind.ATTENDANCE or (decision is not None and decision.main_id != link.roll_call_id):
        return False
    zone = link.roll_call.chamber.zone
    return version.held_at is None or in_force(link.demand, version.held_at.astimezone(zone).date())


@dataclass(frozen=True, slots=True)
class CloseVote:
    """A linked vote that a few votes decided, and whose ballots were not as the platform asks."""

    version: RollCallVersion
    numbers: Arithmetic
    margin: Margin
    concerned: Concerned | None

    @property
    def missing(self) -> int:
        return sum(len(group) for group in self.concerned.ballots.values()) if self.concerned else 0


def close_votes(links: Iterable[Link], sides: Sides, *, most: int) -> tuple[list[CloseVote], int]:
    """The latest `most` close votes among linked ones, and how many more there are; two queries."""
    by_vote: dict[int, list[Link]] = {}
    for link in links:
        by_vote.setdefault(link.roll_call_id, []).append(link)
    linked = {pk: version for pk, found in by_vote.items() if (version := found[0].roll_call.published)}
    numbers = arithmetics_of(linked.values())
    margins = {pk: margin_of(version, numbers[version.pk]) for pk, version in linked.items()}
    close = [(pk, margin) for pk, margin in margins.items() if margin and margin.is_close]
    shown = close[:most]
    ballots = _ballots_in([linked[pk].pk for pk, _ in shown])
    votes = []
    for pk, margin in shown:
        version = linked[pk]
        concerned = _concerned_then(version, by_vote[pk], sides)
        named = ballots.get(version.pk, [])
        missing = concerned_in(version, numbers[version.pk], named, by_vote[pk], concerned)
        votes.append(CloseVote(version, numbers[version.pk], margin, missing))
    return votes, len(close) - len(shown)


def _concerned_then(version: RollCallVersion, links: Collection[Link], sides: Sides) -> set[int]:
    held_at = version.held_at
    day = held_at.astimezone(version.roll_call.chamber.zone).date() if held_at else None
    return set(sides.members_at(held_at)) | sides.signers_on(day, [link.demand_id for link in links])


def _ballots_in(versions: Collection[int]) -> Mapping[int, list[Ballot]]:
    found: dict[int, list[Ballot]] = {}
    for ballot in Ballot.objects.filter(version__in=versions):
        found.setdefault(ballot.version_id, []).append(ballot)
    return found
