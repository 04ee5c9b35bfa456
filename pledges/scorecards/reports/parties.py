"""What a party's deputies did in the votes on a demand on which the party gave its word."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace

from deputies.people.models import Party
from deputies.votes.models import Ballot
from pledges.scorecards.enums import Outcome
from pledges.scorecards.reports.evidence import Line
from pledges.scorecards.reports.platform import Rulings


@dataclass(frozen=True, slots=True)
class PartyVote:
    """One vote on a demand with the outcomes of the deputies who were elected for the party."""

    line: Line
    outcomes: Counter[Outcome]

    @property
    def as_asked(self) -> int:
        return self.outcomes[Outcome.WITH]

    @property
    def otherwise(self) -> int:
        return self.outcomes[Outcome.AGAINST]

    @property
    def missed(self) -> int:
        return self.outcomes[Outcome.MISSED]

    @property
    def deputies(self) -> int:
        """Those whose ballot is on record, whatever it shows."""
        return self.outcomes.total()


def votes_of_party(party: Party, evidence: Collection[Line], rulings: Rulings) -> list[PartyVote]:
    """The counted votes of `evidence`, which is without ballots, with what the party's deputies did; one query."""
    counted = {line.version.pk: PartyVote(line, Counter()) for line in evidence if line.counts}
    for ballot in Ballot.objects.filter(version__in=counted, mandate__party=party):
        found = counted[ballot.version_id]
        ruling = rulings.get((found.line.link.roll_call_id, ballot.person_id))
        outcome = replace(found.line, ballot=ballot, ruling=ruling).outcome
        if outcome is not None:
            found.outcomes[outcome] += 1
    return [vote for vote in counted.values() if vote.deputies]
