"""What happens once in the invented city, so that readers meet it: a text in two votes, a free vote, a later word.

All of it is added before publishing; the ruling of the coalition follows the minutes it is about.
"""

from collections.abc import Mapping

from coalition.demo.files import Facts, both, cited, tree
from deputies.people.models import Mandate
from deputies.votes.models import Decision, FactionStatement, RollCall, RollCallVersion
from pledges.platform.models import Platform
from pledges.scorecards.enums import RulingKind
from pledges.scorecards.models import Ruling

Versions = Mapping[str, RollCallVersion]  # by vote id


def decide_in_two_votes(facts: Facts, versions: Versions) -> None:
    """One text with its two votes, of which the main one counts."""
    calls = [versions[one].roll_call for one in facts["votes"]]
    version = versions[facts["main"]]
    decision = Decision.objects.create(
        chamber=version.roll_call.chamber,
        key=facts["decision_id"],
        title_en=version.title_en,
        title_ru=version.title_ru,
        main=version.roll_call,
    )
    for call in calls:
        call.decision = decision
    RollCall.objects.bulk_update(calls, ["decision"])


def leave_free(facts: Facts, versions: Versions) -> None:
    """A faction that said it left its deputies free."""
    version = versions[facts["vote_id"]]
    faction = version.roll_call.chamber.factions.get(slug=facts["faction"])
    FactionStatement.objects.create(version=version, faction=faction, is_free_vote=True, source=cited(facts["source"]))


def declare_later(facts: Facts, versions: Versions, mandates: Mapping[str, Mandate]) -> None:
    """A deputy who said after the vote that it was meant otherwise; the recorded act stays."""
    ballot = versions[facts["vote_id"]].ballots.get(mandate=mandates[facts["member_id"]])
    ballot.corrected_position, ballot.corrected_on = facts["position"], facts["on"]
    ballot.corrected_source = cited(facts["source"])
    ballot.save()


def ruling_on(vote_id: str, platform: Platform, versions: Versions) -> list[Ruling]:
    """The draft of the coalition's ruling on a vote; empty on all votes but one."""
    facts = tree("zarechny/platform")["ruling"]
    if vote_id != facts["vote_id"]:
        return []
    ruling = Ruling.objects.create(
        platform=platform,
        roll_call=versions[vote_id].roll_call,
        kind=RulingKind.SILENCE.value,
        silence=facts["silence"],
        source=cited(facts["source"]),
        **both(facts, "reason"),
    )
    return [ruling]
