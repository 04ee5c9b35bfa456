"""How groups measure up: pooled over what their members did while they were members, never a mean of percentages."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Final

from deputies.people.models import Person
from pledges.platform.models import Demand
from pledges.scorecards.counting import Key, Whose, count_parts
from pledges.scorecards.enums import Label
from pledges.scorecards.method import Profile, Tally
from pledges.scorecards.reports.measures import Measure
from pledges.scorecards.reports.platform import PlatformInForce

FEWEST_OTHERS: Final = 3  # a comparison with fewer others would single them out
FEWEST_VOTES: Final = 5
FEWEST_MEMBERS: Final = 3

# The groups that each ballot belonged to at the moment of the vote, as "kind:name"; a faction's name is its slug.
_GROUPS = """
    JOIN votes_ballot b ON b.version_id = a.version_id
    CROSS JOIN LATERAL (
        SELECT 'faction:' || f.slug AS name FROM people_faction f WHERE f.id = b.faction_id
        UNION ALL
        SELECT 'side:' || m.side FROM people_sidemembership m WHERE m.mandate_id = b.mandate_id AND m.held @> a.held_at
        UNION ALL
        SELECT 'coalition:' FROM platform_coalitionmembership m JOIN platform_platform p USING (coalition_id)
        WHERE p.id = %(platform)s AND m.person_id = b.person_id AND m.held @> a.held_at
    ) g
"""
GROUPS = Whose(_GROUPS, "g.name")
_OTHERS = """
    JOIN votes_ballot own ON own.version_id = a.version_id AND own.person_id = %(deputy)s AND own.basis <> 'inferred'
        AND own.position NOT IN ('presiding', 'secret', 'data-missing')
    JOIN votes_ballot b ON b.version_id = own.version_id AND b.faction_id = own.faction_id
        AND b.person_id <> own.person_id
"""
OTHERS = Whose(_OTHERS, "''")


@dataclass(frozen=True, slots=True)
class Group:
    """What a group did on a demand, a chapter or the platform: all eligible votes of its members summed.

    `lowest`, `middle` and `highest` are the scores of its members that have one, each for their time in the group.
    """

    pooled: Measure
    members: int  # with an eligible ballot on a scoring vote
    lowest: Fraction | None = None
    middle: Fraction | None = None
    highest: Fraction | None = None
    scored: int = 0  # members that have one

    @property
    def is_small(self) -> bool:
        """Whether anything but counts would single its members out."""
        return self.scored < FEWEST_MEMBERS


Scope = tuple[int | None, str]  # a demand, or a chapter; neither is the platform


def groups_of(in_force_now: PlatformInForce, *, demand: Demand | None = None) -> dict[str, dict[Scope, Group]]:
    """The groups of the chamber by name ("faction:SLUG", "side:opposition", "coalition:") and scope; one query.

    With `demand` only the scope of that demand is there.
    """
    demands = None if demand is None else [demand.pk]
    counted = count_parts(in_force_now.platform, in_force_now.profile, GROUPS, demands=demands)
    return pooled(counted, in_force_now.profile)


def pooled(counted: Mapping[tuple[str, Key], Tally], profile: Profile) -> dict[str, dict[Scope, Group]]:
    """Members' sums put together by group and scope."""
    members: dict[str, dict[Scope, list[Tally]]] = {}
    for (part, key), tally in counted.items():
        members.setdefault(part, {}).setdefault((key.demand_id, key.chapter), []).append(tally)
    return {
        part: {scope: _group(tallies, profile) for scope, tallies in scopes.items()} for part, scopes in members.items()
    }


def _group(tallies: list[Tally], profile: Profile) -> Group:
    scores = sorted(score for tally in tallies if (score := profile.score(tally)) is not None)
    whole = Measure(sum(tallies, Tally()), profile)
    if not scores:
        return Group(whole, len(tallies))
    return Group(whole, len(tallies), scores[0], median(scores), scores[-1], len(scores))


def others_of(in_force_now: PlatformInForce, person: Person) -> dict[Scope, Group]:
    """The rest of a deputy's faction in the same votes, by scope, where there are at least three others; one query.

    Where the deputy changed faction, the others are those of the faction of each vote.
    """
    counted = count_parts(in_force_now.platform, in_force_now.profile, OTHERS, deputy=person.pk)
    found = pooled(counted, in_force_now.profile).get("", {})
    return {scope: group for scope, group in found.items() if group.members >= FEWEST_OTHERS}


def differs(own: Measure, others: Measure) -> bool:
    """Whether a deputy may be said to differ: labels on different sides of the middle, five votes or more in both."""
    if min(own.counted, others.counted) < FEWEST_VOTES or own.score is None or others.score is None:
        return False
    if Label.SOMETIMES in (own.label, others.label) or Label.COUNTS_ONLY in (own.label, others.label):
        return False
    return (own.score > Fraction(1, 2)) != (others.score > Fraction(1, 2))
