"""The published votes of a chamber, and one vote with its ballots."""

from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING

from django.db.models import F, OuterRef

from deputies.journal.models import Dispute
from deputies.people.models import Chamber, Faction
from deputies.sources.models import Document
from deputies.sources.prepared import prepared
from deputies.sources.rows import Written, outside, packed
from deputies.votes.enums import State
from deputies.votes.models import Ballot, FactionStatement, RollCall, RollCallVersion
from deputies.votes.reports.arithmetic import seats_begun, seats_filled
from deputies.votes.reports.disputes import disputed
from deputies.votes.reports.houses import House
from deputies.votes.reports.translations import stale_in, summaries

if TYPE_CHECKING:
    from django.db.models import QuerySet


def published_vote(chamber_slug: str, slug: str) -> RollCall | None:
    """A vote that readers see, with its record, its open `disputes` by person, and how many seats were `filled` then.

    `begun` counts the seats that somebody had held in that term by then; `stale` says which language of its summary
    lags behind; `statements` are what sources claim whole factions did. None if there is none. One query.
    """
    for vote in _published_vote(chamber_slug, slug):
        found = [outside(Dispute, row) for row in vote.dispute_rows]  # type: ignore[attr-defined]
        vote.disputes = {dispute.person: dispute for dispute in found}  # type: ignore[attr-defined]
        rows = vote.statement_rows  # type: ignore[attr-defined]
        vote.statements = [outside(FactionStatement, row, "faction", "source") for row in rows]  # type: ignore[attr-defined]
        vote.stale = stale_in(vote.said)  # type: ignore[attr-defined]
        return vote
    return None


@prepared
def _published_vote(chamber_slug: str, slug: str) -> "QuerySet[RollCall]":
    return (
        RollCall.objects.filter(chamber__slug=chamber_slug, slug=slug)
        .published()
        .select_related("chamber", "published__source", "decision", "agenda_item")
        .defer("published__source__content")
        .annotate(
            dispute_rows=disputed(roll_call=OuterRef("pk")),
            filled=seats_filled("chamber", "published__held_at"),
            begun=seats_begun("chamber", "published__held_at"),
            said=summaries(),
            statement_rows=Written(_statements(), "published"),
        )
    )


def withdrawn_vote(chamber_slug: str, slug: str) -> RollCall | None:
    """A vote that a correction took out of the record, with that correction as `notice`; None if it is not one.

    Two queries.
    """
    vote = RollCall.objects.filter(chamber__slug=chamber_slug, slug=slug).withdrawn().select_related("chamber").first()
    if vote is not None:
        vote.notice = vote.versions.get(state=State.PUBLISHED.value)  # type: ignore[attr-defined]
    return vote


def record_of(vote: RollCall) -> RollCallVersion:
    """What is recorded of a published vote."""
    if vote.published is None:
        raise ValueError(f"{vote} is read although it is not published")
    vote.published.roll_call = vote
    return vote.published


@prepared
def named_ballots(version: RollCallVersion) -> "QuerySet[Ballot]":
    """Every ballot of a vote by its `district`, with the deputy and the faction of that moment; one query."""
    return (
        Ballot.objects.filter(version=version)
        .select_related("person", "faction")
        .annotate(district=F("mandate__district__number"))
        .order_by("mandate__district__number", "mandate__seat", "person__sort_key")
    )


def ballot_in(vote: RollCall, person_slug: str) -> Ballot | None:
    """One deputy's ballot in a published vote with everything that it refers to; None if there is none. One query."""
    ballots = Ballot.objects.filter(version=vote.published_id, person__slug=person_slug)
    related = ("person", "faction", "mandate__district", "source", "corrected_source", "proxy")
    return ballots.select_related(*related).defer("source__content", "corrected_source__content").first()


def decided_with(vote: RollCall) -> list[RollCall]:
    """The published votes on the same text, this one included, the earliest first; one query, none without a text."""
    return votes_on(vote.decision_id) if vote.decision_id else []


def votes_on(decision_id: int) -> list[RollCall]:
    """The published votes on a text, the earliest first; one query."""
    votes = RollCall.objects.filter(decision=decision_id).published().select_related("published", "chamber")
    return list(votes.order_by("published__held_at", "published__question_number", "pk"))


@cache
def _statements() -> str:
    related = f"{packed(Faction, 'f', 'faction__')} || {packed(Document, 'd', 'source__')}"
    return f"""
        SELECT coalesce(jsonb_agg({packed(FactionStatement, "s")} || {related} ORDER BY f.slug, s.id), '[]')
        FROM votes_factionstatement s JOIN people_faction f ON f.id = s.faction_id
        JOIN sources_document d ON d.id = s.source_id WHERE s.version_id = {{0}}
    """  # noqa: S608


def free_votes_in(versions: Collection[RollCallVersion]) -> dict[tuple[int, int], FactionStatement]:
    """Where factions left their deputies a free vote, by ids of the version and of the faction; one query."""
    free = FactionStatement.objects.filter(version__in=versions, is_free_vote=True).select_related("faction", "source")
    return {(one.version_id, one.faction_id): one for one in free.defer("source__content").order_by("-pk")}


def votes_in(house: House) -> "QuerySet[RollCall]":
    """The votes of a term that readers see, in the order of `votes_of`."""
    return votes_of(house.chamber).filter(house.votes)


def votes_of(chamber: Chamber) -> "QuerySet[RollCall]":
    """The votes that readers see, the latest first, those without a date last."""
    return (
        chamber.roll_calls.published()
        .select_related("published", "chamber")
        .order_by(F("published__held_at").desc(nulls_last=True), "-published__question_number", "-pk")
    )
