"""What the numbers of a folder say against one another, in sentences."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace

from deputies.sources.tables import BadFile, Problems
from deputies.votes.checks import House, Problem, problems
from deputies.votes.enums import Position, Result
from deputies.votes.imports.match import Register
from deputies.votes.imports.tidy import Vote

FIRST = 5


@dataclass(slots=True)
class Findings:
    """What is worth a look and stops nothing, by vote id."""

    against_threshold: list[str] = field(default_factory=list)
    everyone_absent: list[str] = field(default_factory=list)
    illegible: list[str] = field(default_factory=list)
    unknown_results: Counter[str] = field(default_factory=Counter)

    def sentences(self) -> list[str]:
        found = []
        if self.against_threshold:
            found.append(
                f"{len(self.against_threshold)} results do not follow from the chamber's threshold "
                f"(a vote may need another majority): {_first(self.against_threshold)}."
            )
        if self.everyone_absent:
            found.append(f"{len(self.everyone_absent)} votes have nobody present: {_first(self.everyone_absent)}.")
        if self.illegible:
            found.append(
                f"{len(self.illegible)} rows print a total above the number of seats and lack another one, so it "
                f"is taken as not stated: {_first(self.illegible)}."
            )
        if self.unknown_results:
            words = [f'"{word}"' for word in self.unknown_results]
            found.append(f"{self.unknown_results.total()} results are kept as text only: {_first(words)}.")
        return found


def check(
    votes: dict[int, Vote], counts: Mapping[int, Counter[Position]], register: Register, bad: Problems
) -> Findings:
    """Refuse through `bad` what cannot stand; the rest is in the findings.

    Totals that cannot be read are taken out of `votes`, with a note on the vote.
    """
    findings = Findings()
    for number, given in list(votes.items()):
        vote = votes[number] = _legible(given, counts.get(number, {}), register.chamber.seats, findings)
        threshold = vote.threshold or register.rule_at(vote.held)
        if threshold is None:
            remedy = "Give the chamber a voting rule for that day, or the vote a threshold."
            bad.add(vote.row.bad(f'no voting rule was in force at vote "{vote.vote_id}"', remedy))
            continue
        house = House(*threshold, vote.threshold is not None, register.chamber.seats, len(register.seats_at(vote.held)))
        found = problems(totals=vote.totals, counts=counts.get(number, {}), result=vote.result, house=house)
        _sort(vote, found, findings, bad)
        if vote.result is Result.UNKNOWN and vote.result_text:
            findings.unknown_results[vote.result_text] += 1
    return findings


def _legible(vote: Vote, counts: Mapping[Position, int], seats: int, findings: Findings) -> Vote:
    """The vote without a total that no house could reach, in a row that lacks another: two cells run together.

    In a row that states all of for, against and abstain such a total stays, to be refused.
    """
    stated = asdict(vote.totals)
    most = max(seats, sum(counts.values()))
    broken = [name for name, total in stated.items() if total is not None and total > most]
    if not broken or None not in (stated["yes"], stated["no"], stated["abstain"]):
        return vote
    findings.illegible.append(vote.vote_id)
    said = "; ".join(f'The source prints {stated[name]} under "{name}", more than there are seats.' for name in broken)
    note = vote.note[0], f"{vote.note[1]}\n{said}".strip()
    return replace(vote, totals=replace(vote.totals, **dict.fromkeys(broken)), note=note)


def _sort(vote: Vote, found: Iterable[Problem], findings: Findings, bad: Problems) -> None:
    for problem in found:
        if problem.blocking:
            bad.add(_sentence(vote, problem))
        elif problem.code == "result-contradicts":
            findings.against_threshold.append(vote.vote_id)
        elif problem.code == "everyone-absent":
            findings.everyone_absent.append(vote.vote_id)


def _sentence(vote: Vote, problem: Problem) -> BadFile:
    facts = problem.facts
    if problem.code == "total-differs":
        text = f'vote "{vote.vote_id}": the official total of "{facts["option"]}" is {facts["official"]}'
        text += f", ballots.csv has {facts['counted']}"
        return vote.row.bad(text, "Correct the one that is wrong, or leave the total empty if the source states none.")
    votes = f"{facts['votes_for']} votes for"
    bar = f"{votes}, {facts['needed']} needed" if "needed" in facts else f"{votes}, {facts['votes_against']} against"
    text = f'vote "{vote.vote_id}": the result "{vote.result_text}" contradicts its threshold ({bar})'
    return vote.row.bad(text, "Correct the result, the totals or the threshold.")


def _first(names: list[str]) -> str:
    return ", ".join(names[:FIRST]) + (", …" if len(names) > FIRST else "")
