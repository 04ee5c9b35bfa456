"""How the links came about: who stands behind them, who objects and why, what was not used, what one would say."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from deputies.sources.language import Words, reader_words
from deputies.votes.models import Ballot
from pledges.platform.models import DemandText, Platform
from pledges.scorecards.enums import LinkState, Outcome, Role
from pledges.scorecards.models import Considered, Link
from pledges.scorecards.profiles import DEFAULT, profile_of
from pledges.scorecards.reports.evidence import COUNTS, Line, dated, in_force, line_of, published_links
from pledges.scorecards.reports.platform import PlatformInForce, rulings_of


def apart(links: Iterable[Link]) -> tuple[list[Link], list[Link]]:
    """The published links, and of the disputed ones the latest on each matter, unless a later one is published."""
    shown = list(links)
    published = [link for link in shown if link.state == LinkState.PUBLISHED]
    latest = {link.matter: link for link in sorted(shown, key=lambda link: link.version)}
    return published, [link for link in latest.values() if link.state == LinkState.VETOED]


@dataclass(frozen=True, slots=True)
class Unused:
    """A recorded vote that was considered for a demand and not used."""

    text: DemandText
    slug: str
    title: Words
    reason: Words


@dataclass(frozen=True, slots=True)
class Linked:
    """How many recorded votes the coalition compared with its demands, and how many of them are in a sum."""

    votes: int
    counted: int


def linked_in(in_force_now: PlatformInForce) -> Linked:
    """How many votes are linked; one query."""
    votes, counted = Count("roll_call", distinct=True), Count("roll_call", distinct=True, filter=COUNTS)
    return Linked(**_dated_links(in_force_now).aggregate(votes=votes, counted=counted))


def _dated_links(in_force_now: PlatformInForce) -> QuerySet[Link]:
    return dated(published_links(in_force_now), in_force_now.platform.coalition.chamber.timezone)


def choice_of(in_force_now: PlatformInForce) -> tuple[Linked, list[Unused]]:
    """How many votes are linked, and which ones were considered and not used; one query."""
    texts = {text.demand_id: text for text in in_force_now.texts}
    used = Link.objects.filter(
        demand=OuterRef("demand"), roll_call=OuterRef("roll_call"), state=LinkState.PUBLISHED.value
    )
    rows = Considered.objects.filter(
        ~Exists(used), withdrawn_at=None, demand__in=list(texts), roll_call__published__isnull=False
    ).order_by("demand__chapter", "demand", "-pk")
    title = {f"title_{code}": f"roll_call__published__title_{code}" for code in ("ru", "en")}
    said = JSONObject(demand="demand", slug="roll_call__slug", reason_ru="reason_ru", reason_en="reason_en", **title)
    links = _dated_links(in_force_now)
    votes, counted, unused = Platform.objects.filter(pk=in_force_now.platform.pk).values_list(
        *(ArraySubquery(of.values("roll_call").distinct()) for of in (links, links.filter(COUNTS))),
        ArraySubquery(rows.values(_said=said)),
    )[0]
    return Linked(len(votes), len(counted)), [
        Unused(
            texts[one["demand"]],
            one["slug"],
            reader_words(ru=one["title_ru"], en=one["title_en"]),
            reader_words(ru=one["reason_ru"], en=one["reason_en"]),
        )
        for one in unused
    ]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a link says of every deputy who could vote, and what speaks against its being right."""

    link: Link
    lines: list[Line]
    own: frozenset[int]  # the coalition's deputies at that moment

    @property
    def groups(self) -> list[tuple[Outcome, list[Ballot]]]:
        """The ballots by what they would be shown as, in the order of the words."""
        found: dict[Outcome, list[Ballot]] = {outcome: [] for outcome in Outcome}
        for line in self.lines:
            if line.outcome is not None and line.ballot is not None:
                found[line.outcome].append(line.ballot)
        return [(outcome, ballots) for outcome, ballots in found.items() if ballots]

    def _own_shown(self, *outcomes: Outcome) -> int:
        return sum(
            len([b for b in of if b.person_id in self.own]) for outcome, of in self.groups if outcome in outcomes
        )

    @property
    def own_against(self) -> int:
        """How many of the coalition's own would be shown as not as the platform asks."""
        return self._own_shown(Outcome.AGAINST)

    @property
    def own_cast(self) -> int:
        """How many of the coalition's own it would be counted for, this way or that."""
        return self._own_shown(Outcome.AGAINST, Outcome.WITH, Outcome.HALF)

    @property
    def is_doubtful(self) -> bool:
        """Whether most of the coalition's own would be shown as against it: as after a sign taken the wrong way."""
        return self.own_against * 2 > self.own_cast

    @property
    def is_unanimous(self) -> bool:
        """Whether all who would be counted would be shown alike, so that the vote tells nobody apart."""
        return len({outcome for outcome, _ in self.groups} & {Outcome.WITH, Outcome.AGAINST, Outcome.HALF}) == 1


def is_out_of_force(link: Link) -> bool:
    """Whether the published vote was held on a day when the demand was not in force."""
    held_at = link.roll_call.published.held_at if link.roll_call.published else None
    return held_at is not None and not in_force(link.demand, held_at.astimezone(link.roll_call.chamber.zone).date())


def is_refused(link: Link) -> bool:
    """Whether the link would count a vote that can only be listed."""
    return link.role == Role.SCORING and is_out_of_force(link)


def preview_of(link: Link) -> Preview:
    """What publishing a link would say; a few queries. Raises ValueError if its roll call is not published."""
    version, current = link.roll_call.published, link.demand.platform.published
    if version is None:
        raise ValueError(f"{link} cannot be read: its roll call is not published")
    profile = profile_of(current) if current else DEFAULT
    rulings, text = rulings_of(link.demand.platform), DemandText(demand=link.demand)
    ballots = version.ballots.select_related("person", "faction").order_by("person__sort_key")
    memberships = link.demand.platform.coalition.memberships.all()
    if version.held_at is not None:
        memberships = memberships.filter(held__contains=version.held_at)
    return Preview(
        link,
        [line_of(link, text, version, ballot, profile, rulings) for ballot in ballots],
        frozenset(memberships.values_list("person", flat=True)),
    )


_JUDGED = """
SELECT array_agg((r.id, r.published_id, ARRAY(
    SELECT (l.id, l.state, ARRAY(SELECT a.id FROM scorecards_linkapproval a WHERE a.link_id = l.id ORDER BY 1),
        ARRAY(SELECT (v.id, v.withdrawn_at) FROM scorecards_linkveto v WHERE v.link_id = l.id ORDER BY 1))
    FROM scorecards_link l WHERE l.roll_call_id = r.id ORDER BY l.id)) ORDER BY r.id)::text
FROM votes_rollcall own JOIN people_chamber c ON c.id = own.chamber_id
JOIN votes_rollcall r ON r.id = own.id OR r.decision_id = own.decision_id
WHERE c.slug = %s AND own.slug = %s
"""


def judged_with(chamber: str, slug: str) -> str:
    """The versions of a vote, of those on the same text and of their links, none of which changes; one query.

    Two pages of a vote differ only in these and in tables that no other vote touches.
    """
    with connection.cursor() as cursor:
        cursor.execute(_JUDGED, [chamber, slug])
        return str(cursor.fetchone()[0])
