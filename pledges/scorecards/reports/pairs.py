"""The common votes of two deputies in the order of the platform, differences first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from deputies.votes.enums import Relation
from deputies.votes.reports.pairs import Common
from pledges.platform.models import DemandText
from pledges.scorecards.models import Link


@dataclass(frozen=True, slots=True)
class Row:
    """A common vote with the demands that it is linked to, in the platform's order; none where it is not linked."""

    vote: Common
    texts: list[DemandText]

    @property
    def text(self) -> DemandText | None:
        """The demand under which it is listed."""
        return self.texts[0] if self.texts else None


def in_order(
    votes: Iterable[Common], links: Mapping[int, list[tuple[Link, DemandText]]], texts: Sequence[DemandText]
) -> list[Row]:
    """Differences first; within each relation demand by demand, votes that are not linked last, else as they come."""
    order = {text.demand_id: place for place, text in enumerate(texts)}
    rows = [
        Row(vote, sorted((text for _, text in links.get(vote.roll_call_id, [])), key=lambda t: order[t.demand_id]))
        for vote in votes
    ]
    relations = list(Relation)
    return sorted(
        rows,
        key=lambda row: (
            relations.index(row.vote.relation),
            order[row.text.demand_id] if row.text else len(order),
        ),
    )
