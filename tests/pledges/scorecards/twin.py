"""The slow, obvious twin of the set-based count: plain loops over rows, from the pure core alone."""

import random
from collections import defaultdict
from collections.abc import Collection

from deputies.people.enums import Threshold
from deputies.people.models import Chamber
from deputies.sources.enums import Basis
from deputies.votes.enums import Kind, Position
from deputies.votes.models import Ballot, RollCallVersion
from pledges.platform.enums import COUNTED, Chapter
from pledges.platform.models import Platform
from pledges.scorecards.actions import publish_platform
from pledges.scorecards.counting import Key, count
from pledges.scorecards.enums import Role, RulingKind, Silence, Wants
from pledges.scorecards.method import Conflict, Profile, Pull, Reading, Recorded, Tally, column, once, read, tally
from pledges.scorecards.models import Link, Ruling
from pledges.scorecards.profiles import PROFILES
from tests import build


def slow_twin(platform: Platform, profile: Profile) -> dict[Key, Tally]:
    """Every score that is not empty, one deputy and one vote after the other."""
    links = [link for link in _published_links(platform) if _counts(link)]
    versions = {link.roll_call_id: _version(link) for link in links}
    ballots: dict[int, dict[int, Ballot]] = defaultdict(dict)
    for ballot in Ballot.objects.filter(version__in=[version.pk for version in versions.values()]):
        ballots[ballot.person_id][ballot.version_id] = ballot
    rulings = {(r.roll_call_id, r.person_id): r for r in Ruling.objects.filter(platform=platform, state="published")}
    scopes: list[tuple[int | None, str, list[Link]]] = [(None, "", links)]
    scopes += [(None, c.value, [link for link in links if link.demand.chapter == c]) for c in COUNTED]
    scopes += [(d.pk, "", [link for link in links if link.demand_id == d.pk]) for d in platform.demands.all()]
    result = {}
    for demand_id, chapter, chosen in scopes:
        pulls = once(Pull(link.roll_call_id, Wants(link.wants), link.weight) for link in chosen)
        for person_id, own in ballots.items():
            readings = [
                reading
                for roll_call_id, pull in pulls.items()
                for version in [versions[roll_call_id]]  # type: ignore[index]
                if isinstance(pull, Pull) and version.pk in own
                for reading in [_read(own[version.pk], version, pull, rulings, profile)]
                if reading is not None
            ]
            if readings:
                result[Key(person_id, demand_id, chapter)] = tally(readings)
    return result


def _published_links(platform: Platform) -> Collection[Link]:
    links = Link.objects.filter(demand__platform=platform, state="published", roll_call__published__isnull=False)
    return links.select_related("demand", "roll_call__published", "roll_call__chamber", "roll_call__decision")


def _version(link: Link) -> RollCallVersion:
    assert link.roll_call.published is not None
    return link.roll_call.published


def _counts(link: Link) -> bool:
    version, demand, decision = _version(link), link.demand, link.roll_call.decision
    if link.role != Role.SCORING or demand.chapter == Chapter.RED_LINE or version.kind != Kind.BY_NAME:
        return False
    if decision is not None and decision.main_id != link.roll_call_id:
        return False
    if version.held_at is None:
        return True
    day = version.held_at.astimezone(link.roll_call.chamber.zone).date()
    return day >= demand.in_force_from and (demand.in_force_until is None or day < demand.in_force_until)


def _read(
    ballot: Ballot,
    version: RollCallVersion,
    pull: Pull | Conflict,
    rulings: dict[tuple[int, int | None], Ruling],
    profile: Profile,
) -> Reading | None:
    assert isinstance(pull, Pull)
    whole = rulings.get((version.roll_call_id, None))
    own = rulings.get((version.roll_call_id, ballot.person_id))
    ruled = (RulingKind(own.kind), Position(own.reads_as) if own.reads_as else None) if own else None
    corrected = Position(ballot.corrected_position) if ballot.corrected_position else None
    recorded = Recorded(Position(ballot.position), corrected, ballot.basis == Basis.INFERRED, ruled)
    silence = Silence(whole.silence) if whole else None
    position = recorded.read_as(as_corrected=profile.as_corrected)
    return read(profile, position, column(pull.wants, Threshold(version.threshold), silence), pull.weight)


def assert_twins_agree(platform: Platform) -> None:
    """The count of the database and the twin give the same sums by every method."""
    for profile in PROFILES.values():
        counted, slow = count(platform, profile), slow_twin(platform, profile)
        assert counted == slow, profile.name
        assert counted


def link_some(chamber: Chamber, votes: int = 25) -> Platform:
    """A platform of four demands linked to some of a chamber's votes at random, the same each time it is asked."""
    chance = random.Random(chamber.slug)  # noqa: S311 - a choice that can be repeated, not a secret
    platform = build.platform(chamber, demands=[Chapter.DEMOCRATIC, Chapter.SOCIAL, Chapter.SOCIAL, Chapter.DEMOCRATIC])
    platform.demands.update(in_force_from="1900-01-01")
    calls = sorted(chamber.roll_calls.published(), key=lambda call: call.vote_id)
    links = [
        Link(
            demand=demand,
            roll_call=call,
            wants=chance.choice(list(Wants)).value,
            weight=chance.choice([1000, 1000, 2000, 250]),
            reasoning_en="Chosen at random.",
        )
        for call in chance.sample(calls, min(votes, len(calls)))
        for demand in chance.sample(list(platform.demands.order_by("pk")), chance.choice([1, 1, 2, 3]))
    ]
    Link.objects.bulk_create(links)
    publish_platform(platform=platform, version=None, links=links, vouched=True, at=build.LATER)
    return platform
