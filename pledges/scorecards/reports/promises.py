"""Where the word given meets the record: a deputy's promises against their votes, and what a demand can count on."""

from collections.abc import Iterable
from dataclasses import dataclass

from deputies.people.enums import Threshold
from deputies.votes.reports.seats import Holding
from pledges.platform.enums import Chapter
from pledges.platform.models import DemandText
from pledges.scorecards.reports.cards import Scorecard
from pledges.scorecards.reports.evidence import Line, tally_of
from pledges.scorecards.reports.measures import Measure
from pledges.scorecards.reports.platform import PlatformInForce
from pledges.scorecards.standing import Strength
from pledges.tracker.enums import Stance, Status
from pledges.tracker.reports.words import Given, Word


@dataclass(frozen=True, slots=True)
class Promise:
    """What a deputy said of a demand, beside their votes since; `since` is None where none can be named.

    `breaches` and `looked_at` are of a red line, which has no measure.
    """

    text: DemandText
    said: Word
    since: Measure | None
    breaches: int = 0
    looked_at: int = 0

    @property
    def is_of_its_own(self) -> bool:
        """Whether something was said of this very demand, and not only of the whole platform by signing it."""
        return bool(self.said.given) or any(one.number is None for one in self.said.signed)


def promises_of(in_force: PlatformInForce, card: Scorecard, word: Word) -> list[Promise]:
    """Every demand that a deputy signed or said something of, in the platform's order, dropped ones last."""
    found = []
    for text in in_force.texts:
        said = word.of(text.demand)
        if said.given or said.signed:
            found.append(_promise(in_force, text, said, _since(card, text, said)))
    known = {text.demand_id for text in in_force.texts}
    dropped = {one.text.demand_id: one.text for one in word.given if one.text.demand_id not in known}
    return found + [Promise(text, word.of(text.demand), None) for text in dropped.values()]


def _since(card: Scorecard, text: DemandText, said: Word) -> list[Line]:
    """The evidence of the votes held after the deputy signed, or after the day of their first word."""
    days = [day for one in said.given if (day := one.certain_from)]
    first = min(days, default=None)
    return [
        line
        for line in card.evidence
        if line.link.demand_id == text.demand_id
        and (line.is_bound or (first is not None and (day := line.day) is not None and day > first))
    ]


def _promise(in_force: PlatformInForce, text: DemandText, said: Word, since: list[Line]) -> Promise:
    if text.demand.chapter == Chapter.RED_LINE:
        looked_at = {line.version.pk for line in since if line.is_looked_at}
        return Promise(text, said, None, sum(line.is_breach for line in since), len(looked_at))
    return Promise(text, said, Measure(tally_of(since, in_force.profile), in_force.profile))


@dataclass(frozen=True, slots=True)
class Support:
    """Who gave their word for a demand, of those who hold a seat now, and what the chamber's rule asks for.

    `said` are the latest words of everybody who ever sat and of parties, by stance and name. `signed` are those with a
    seat whose signature stands and who said nothing besides, `unheard` all others with a seat. `votes` are the signed
    and those with a seat whose promise events have not overtaken. `strength` is None where no source states the rule.
    """

    said: list[tuple[Stance, list[Given]]]
    signed: list[Holding]
    unheard: list[Holding]
    seated: int
    votes: int
    strength: Strength | None


def support_of(word: Word, holdings: Iterable[Holding], seats: int) -> Support:
    """What a demand can count on among the deputies in `holdings`; `word` is that of the demand. No query."""
    latest: dict[tuple[int | None, int | None], Given] = {}
    for one in word.given:  # the latest comes first
        latest.setdefault((one.pledge.person_id, one.pledge.party_id), one)
    seated = {holding.mandate.person_id: holding for holding in holdings if not holding.has_left}
    spoke = {person: one for (person, _), one in latest.items() if person is not None}
    signers = {one.signature.person_id for one in word.signed if one.stands}
    signed = [holding for person, holding in seated.items() if person in signers and person not in spoke]
    promised = [one for person, one in spoke.items() if person in seated and one.status not in (None, Status.OVERTAKEN)]
    votes, rule = len(promised) + len(signed), word.rule
    by_name = sorted(latest.values(), key=lambda one: one.pledge.person.sort_key if one.pledge.person else "")
    return Support(
        said=[
            (stance, given) for stance in Stance if (given := [one for one in by_name if one.pledge.stance == stance])
        ],
        signed=signed,
        unheard=[one for person, one in seated.items() if person not in spoke and person not in signers],
        seated=len(seated),
        votes=votes,
        strength=Strength(Threshold(rule.threshold), votes, seats, len(seated), rule.threshold_number)
        if rule
        else None,
    )
