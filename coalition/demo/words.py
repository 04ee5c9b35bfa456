"""What the invented deputies signed and promised and what came of it, and the second version of their platform."""

import datetime as dt
from collections.abc import Mapping

from coalition.demo.files import Row, both, cited, moment, table, tree, worded
from deputies.people.models import Mandate, Party
from deputies.sources.enums import Precision
from pledges.platform.models import Demand, PlatformVersion
from pledges.scorecards.actions import publish_platform
from pledges.tracker.actions import publish_word
from pledges.tracker.models import Pledge, PledgeStatus, Signature

Mandates = Mapping[str, Mandate]  # by member id
Demands = Mapping[str, Demand]  # by demand id


def sign(version: PlatformVersion, demands: Demands, mandates: Mandates) -> None:
    """Who signed a version of the platform, and with the first version who signed single demands."""
    signed = cited(tree("zarechny/platform")["signed"])
    for row in table("zarechny/signatures"):
        if (row["version"] or "1") == str(version.number):
            Signature.objects.create(
                person=mandates[row["member_id"]].person,
                platform_version=None if row["demand_id"] else version,
                demand=demands.get(row["demand_id"]),
                signed_on=row["signed_on"],
                withdrawn_on=row["withdrawn_on"] or None,
                withdrawn_source=cited(row["withdrawn_source"]) if row["withdrawn_source"] else None,
                source=signed,
            )


class Words:
    """The handwritten pledges and statuses, published in the order in which they were said."""

    def __init__(self, demands: Demands, mandates: Mandates) -> None:
        self._demands, self._mandates = demands, mandates
        self._pledges: dict[str, Pledge] = {}
        told = [(row["said_on"], row) for row in table("zarechny/pledges")]
        told += [(row["on"], row) for row in table("zarechny/statuses")]
        self._waiting = sorted(told, key=lambda one: one[0])  # a status stands behind the pledge of its day

    def publish_until(self, day: dt.date, *, at: dt.datetime) -> None:
        """Publish what was said before a day and is not out yet."""
        while self._waiting and self._waiting[0][0] < day.isoformat():
            row = self._waiting.pop(0)[1]
            if "status" in row:
                publish_word(word=self._status(row), by=None, vouched=True, at=at)
            else:
                publish_word(word=self._pledge(row), by=None, vouched=True, at=at)

    def _pledge(self, row: Row) -> Pledge:
        person = self._mandates[row["member_id"]].person if row["member_id"] else None
        party = None if person else Party.objects.get(slug=f"zarechny-{row['party']}")
        pledge = self._pledges[row["pledge_id"]] = Pledge.objects.create(
            demand=self._demands[row["demand_id"]],
            person=person,
            party=party,
            said_precision=row["said_precision"] or Precision.DAY.value,
            is_measurable=bool(row["due_on"]),
            due_on=row["due_on"] or None,
            source=cited(row["source"]),
            **{name: row[name] for name in ("stance", "words", "language", "said_on")},
            **both(row, "occasion", "criterion"),
        )
        return pledge

    def _status(self, row: Row) -> PledgeStatus:
        pledge, evidence = self._pledges[row["pledge_id"]], cited(row["evidence"])
        told = {"status": row["status"], "on": row["on"], **both(row, "note")}
        return PledgeStatus.objects.create(pledge=pledge, evidence=evidence, **told)


def adopt_second_version(first: PlatformVersion, demands: Demands, mandates: Mandates) -> None:
    """The platform as the coalition worded it anew three years later: one demand in other words, and one more."""
    facts, platform = tree("zarechny/platform")["second"], first.platform
    at = moment(platform.coalition.chamber, facts["in_force_from"])
    second = PlatformVersion.objects.create(
        platform=platform, number=2, source=cited(facts["source"]), **both(facts, "title", "intro")
    )
    changed = {row["demand_id"]: row for row in table("zarechny/demands_2")}
    for row in [*(changed.pop(row["demand_id"], row) for row in table("zarechny/demands")), *changed.values()]:
        worded(second, row, demands.get(row["demand_id"]), facts["in_force_from"][:10])
    publish_platform(version=second, links=[], platform=platform, vouched=True, at=at)
    sign(second, demands, mandates)
