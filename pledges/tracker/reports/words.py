"""Deputies' words as readers see them: pledges with their statuses, signatures with their withdrawals, statements."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef

from deputies.people.models import Chamber, Party, Person, VotingRule
from deputies.sources.dates import latest_day
from deputies.sources.models import Document
from deputies.sources.rows import Written, outside, packed
from pledges.platform.models import CoalitionMembership, Demand, DemandText, Platform
from pledges.tracker.enums import Stance, Status
from pledges.tracker.models import Pledge, PledgeStatus, Signature, Statement
from pledges.tracker.reports.answers import OwnWords, unpacked_words, words_of


@dataclass(frozen=True, slots=True)
class Given:
    """A published pledge with the statuses it came to, the first one first, and the last words of its demand."""

    pledge: Pledge
    text: DemandText
    statuses: list[PledgeStatus]

    @property
    def status(self) -> Status | None:
        """As it was assessed last; a promise begins as promised, anything else has no status."""
        if self.pledge.stance != Stance.PROMISED:
            return None
        return Status(self.latest.status) if self.latest else Status.PROMISED

    @property
    def latest(self) -> PledgeStatus | None:
        return self.statuses[-1] if self.statuses else None

    @property
    def steps(self) -> list[PledgeStatus | None]:
        """The statuses in their order; None stands for the day on which the promise was due, where one was set."""
        due_on = self.pledge.due_on
        if due_on is None:
            return list(self.statuses)
        before = [one for one in self.statuses if one.on <= due_on]
        return [*before, None, *self.statuses[len(before) :]]

    @property
    def by(self) -> Person | Party:
        return self.pledge.person or self.pledge.party  # type: ignore[return-value]  # a constraint keeps one of them

    @property
    def certain_from(self) -> dt.date | None:
        """The last day on which it may have been said: later votes certainly follow it; None where none is known."""
        return latest_day(self.pledge.said_on, self.pledge.said_precision)


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature: the number of the version it is of, None where it is of one demand, and the demands it covers."""

    signature: Signature
    number: int | None
    demands: frozenset[int]

    @property
    def stands(self) -> bool:
        return self.signature.withdrawn_on is None


@dataclass(frozen=True, slots=True)
class Word:
    """What was said of a platform, or of one demand or by one deputy; `rule` is the chamber's on the day asked for.

    Only of one deputy there is the latest membership in the coalition, if a source states one, and what they answered
    to voters and explained of votes.
    """

    given: list[Given]  # the latest first
    signed: list[Signed]  # by name
    statements: list[Statement]  # the first one first
    rule: VotingRule | None
    membership: CoalitionMembership | None = None
    spoken: Sequence[OwnWords] = ()  # the latest first

    def of(self, demand: Demand) -> "Word":
        """What was said of one demand."""
        return Word(
            [one for one in self.given if one.pledge.demand_id == demand.pk],
            [one for one in self.signed if demand.pk in one.demands],
            [one for one in self.statements if one.demand_id == demand.pk],
            self.rule,
        )


def word_on(
    platform: Platform,
    *,
    at: dt.datetime,
    demand: Demand | None = None,
    person: Person | None = None,
    pledge: int | None = None,
) -> Word:
    """What was said of a platform, of one demand, by one deputy or in one pledge; `rule` is that of `at`.

    One query, in which everything comes packed: the pages that show it ask for much else.
    """
    on, by = demand.pk if demand else None, person.pk if person else None
    given = _and(p_demand_id=on, p_person_id=by, p_id=pledge)
    signed = _and(s_person_id=by) + (f" AND {on} = ANY({_COVERED})" if on else "")
    stated = _and(x_demand_id=on) + (" AND false" if by or pledge else "")
    row = (
        Platform.objects.filter(pk=platform.pk)
        .values_list(
            Written(_given_rows() + f"{given})", "pk"),
            Written(_text_rows() + f"{given}))", "pk"),
            Written(_signed_rows() + f"{signed})", "pk"),
            Written(_stated_rows() + f"{stated})", "pk"),
            Written(_rule_row() + f" AND r.in_force @> '{at.isoformat()}'::timestamptz LIMIT 1", "coalition"),
            Written(f"{_membership_row()} AND m.person_id = {by or 0} ORDER BY m.held DESC LIMIT 1", "coalition"),
            words_of(by or 0),
        )
        .get()
    )
    texts = {one.demand_id: one for text in row[1] for one in [outside(DemandText, text, "demand")]}
    return Word(
        [_given(one, texts[one["demand_id"]]) for one in row[0] if one["demand_id"] in texts],
        [_signed(one) for one in row[2]],
        [outside(Statement, one, "source") for one in row[3]],
        outside(VotingRule, row[4]) if row[4] else None,
        outside(CoalitionMembership, row[5], "source") if row[5] else None,
        unpacked_words(row[6]),
    )


def platform_with(chamber: Chamber, pledge: int) -> Platform | None:
    """The platform of a chamber that a published pledge is on, with its coalition; one query."""
    given = Pledge.objects.published().filter(pk=pledge, demand__platform=OuterRef("pk"))
    return Platform.objects.filter(Exists(given), coalition__chamber=chamber).select_related("coalition").first()


def signatures_of(platform: Platform) -> list[Signed]:
    """Who signed a version of a platform or a demand of it, by name; one query."""
    packed_rows = Platform.objects.filter(pk=platform.pk).values_list(Written(f"{_signed_rows()})", "pk"), flat=True)[0]
    return [_signed(row) for row in packed_rows]


def _and(**columns: int | None) -> str:
    """The condition that columns, named "p_id" for p.id, have these values, as far as they are given."""
    wanted = {name.replace("_", ".", 1): value for name, value in columns.items() if value is not None}
    return "".join(f" AND {column} = {value:d}" for column, value in wanted.items())


def _given(row: dict[str, Any], text: DemandText) -> Given:
    pledge = outside(Pledge, row, "person", "party", "source")
    return Given(pledge, text, [outside(PledgeStatus, one, "evidence") for one in row["statuses"]])


def _signed(row: dict[str, Any]) -> Signed:
    signature = outside(Signature, row, "person", "source", "withdrawn_source")
    return Signed(signature, row["number"], frozenset(row["demands"]))


@cache
def _given_rows() -> str:
    of = f"{packed(Person, 'n', 'person__')} || {packed(Party, 'y', 'party__')} || {packed(Document, 'o', 'source__')}"
    row = f"{packed(Pledge, 'p')} || {of} || jsonb_build_object('statuses', u.rows)"
    status = f"{packed(PledgeStatus, 'u')} || {packed(Document, 'e', 'evidence__')}"
    return f"""(
        SELECT coalesce(jsonb_agg({row} ORDER BY p.said_on DESC, p.id DESC), '[]')
        FROM tracker_pledge p JOIN platform_demand d ON d.id = p.demand_id
        LEFT JOIN people_person n ON n.id = p.person_id LEFT JOIN people_party y ON y.id = p.party_id
        JOIN sources_document o ON o.id = p.source_id
        CROSS JOIN LATERAL (
            SELECT coalesce(jsonb_agg({status} ORDER BY u."on", u.id), '[]') AS rows
            FROM tracker_pledgestatus u JOIN sources_document e ON e.id = u.evidence_id
            WHERE u.pledge_id = p.id AND u.review = 'published'
        ) u
        WHERE d.platform_id = {{0}} AND p.review = 'published'"""  # noqa: S608


@cache
def _text_rows() -> str:
    """The last published words of the demands of some pledges."""
    return f"""(
        SELECT coalesce(jsonb_agg(l.text), '[]') FROM (
            SELECT DISTINCT ON (t.demand_id) {packed(DemandText, "t")} || {packed(Demand, "d", "demand__")} AS text
            FROM platform_demandtext t JOIN platform_platformversion v ON v.id = t.version_id
            JOIN platform_demand d ON d.id = t.demand_id
            WHERE v.platform_id = {{0}} AND v.state <> 'draft'
            ORDER BY t.demand_id, v.number DESC
        ) l WHERE EXISTS (
            SELECT FROM tracker_pledge p WHERE p.demand_id = (l.text->>'demand_id')::bigint AND p.review = 'published'
    """  # noqa: S608


_COVERED = """(CASE WHEN s.demand_id IS NULL
    THEN ARRAY(SELECT t.demand_id FROM platform_demandtext t WHERE t.version_id = v.id) ELSE ARRAY[s.demand_id] END)"""


@cache
def _signed_rows() -> str:
    read = f"{packed(Document, 'o', 'source__')} || {packed(Document, 'w', 'withdrawn_source__')}"
    covers = f"jsonb_build_object('number', v.number, 'demands', to_jsonb({_COVERED}))"
    row = f"{packed(Signature, 's')} || {packed(Person, 'n', 'person__')} || {read} || {covers}"
    return f"""(
        SELECT coalesce(jsonb_agg({row} ORDER BY n.sort_key, s.signed_on, s.id), '[]')
        FROM tracker_signature s JOIN people_person n ON n.id = s.person_id
        LEFT JOIN platform_platformversion v ON v.id = s.platform_version_id
        LEFT JOIN platform_demand d ON d.id = s.demand_id
        JOIN sources_document o ON o.id = s.source_id LEFT JOIN sources_document w ON w.id = s.withdrawn_source_id
        WHERE {{0}} IN (v.platform_id, d.platform_id) AND v.state IS DISTINCT FROM 'draft'"""  # noqa: S608


@cache
def _stated_rows() -> str:
    return f"""(
        SELECT coalesce(jsonb_agg({packed(Statement, "x")} || {packed(Document, "o", "source__")}
            ORDER BY x.said_on, x.id), '[]')
        FROM tracker_statement x JOIN sources_document o ON o.id = x.source_id WHERE x.platform_id = {{0}}"""  # noqa: S608


@cache
def _membership_row() -> str:
    return f"""
        SELECT {packed(CoalitionMembership, "m")} || {packed(Document, "s", "source__")}
        FROM platform_coalitionmembership m LEFT JOIN sources_document s ON s.id = m.source_id
        WHERE m.coalition_id = {{0}}
    """  # noqa: S608


@cache
def _rule_row() -> str:
    return f"""
        SELECT {packed(VotingRule, "r")} FROM people_votingrule r
        JOIN platform_coalition c ON c.chamber_id = r.chamber_id WHERE c.id = {{0}}"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Signers:
    """Who signed one version of a platform, or single demands of it (`number` is None), and who withdrew."""

    number: int | None
    standing: list[Signed]
    withdrawn: list[Signed]

    @property
    def days(self) -> list[tuple[dt.date, list[Signed]]]:
        """Those that stand by the day on which they signed, the first day first."""
        found: dict[dt.date, list[Signed]] = {}
        for one in self.standing:
            found.setdefault(one.signature.signed_on, []).append(one)
        return sorted(found.items())


def signers_of(signed: Iterable[Signed]) -> list[Signers]:
    """Signatures by version, the latest first, then those of single demands, each deputy once."""
    found: dict[int | None, dict[int, Signed]] = {}
    for one in sorted(signed, key=lambda one: not one.stands):
        found.setdefault(one.number, {}).setdefault(one.signature.person_id, one)
    order = sorted(found, key=lambda number: -(number or 0))
    return [
        Signers(
            number,
            [one for one in found[number].values() if one.stands],
            [one for one in found[number].values() if not one.stands],
        )
        for number in order
    ]


def counts_of(given: Iterable[Given]) -> tuple[Counter[Stance], Counter[Status]]:
    """How many pledges there are of each stance, and promises of each status."""
    listed = list(given)
    return (
        Counter(Stance(one.pledge.stance) for one in listed),
        Counter(one.status for one in listed if one.status is not None),
    )
