"""Who went across a red line: recorded votes only, each with its ground, whether published or not."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace

from deputies.votes.models import Ballot
from pledges.scorecards.reports.evidence import CAST, Line
from pledges.scorecards.reports.platform import PlatformInForce


def crossings_of(in_force_now: PlatformInForce, evidence: Collection[Line]) -> dict[int, list[Line]]:
    """The votes across a red line among some votes on one, by id of the version and then by name; one query."""
    by_version: defaultdict[int, list[Line]] = defaultdict(list)
    for line in evidence:
        by_version[line.version.pk].append(line)
    cast = Ballot.objects.filter(version__in=by_version, position__in=[position.value for position in CAST])
    found: dict[int, list[Line]] = {}
    for ballot in cast.select_related("person").order_by("person__sort_key", "person__slug"):
        for line in by_version[ballot.version_id]:
            ruling = in_force_now.rulings.get((line.link.roll_call_id, ballot.person_id))
            cast_then = replace(line, ballot=ballot, ruling=ruling)
            if cast_then.crosses:
                found.setdefault(ballot.version_id, []).append(cast_then)
    return found
