"""The grid of a roll call: its rows, what is wrong with them, and what a correction changes."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from coalition.desk.actions import Entry
from deputies.people.enums import Threshold
from deputies.people.models import Faction
from deputies.votes.checks import HEADINGS, House, Problem, Totals, problems, readings
from deputies.votes.enums import Kind, Position, Result
from deputies.votes.models import POSITION_CHOICES, Ballot, RollCallVersion
from deputies.votes.reports.eligibility import Eligible

KEYS = {
    Position.FOR: "1",
    Position.AGAINST: "2",
    Position.ABSTAIN: "3",
    Position.PRESENT_NOT_VOTING: "4",
    Position.EXCUSED: "5",
    Position.NO_MARK: "9",
    Position.ABSENT: "0",
}
OPTIONS = {
    "yes": "For",
    "no": "Against",
    "abstain": "Abstained",
    "not_voting": "Present without voting",
    "absent": "Absent",
}
# those with a key first, in the order of the keys; the rarer ones after them
CHOICES = [(p.value, f"{key} {POSITION_CHOICES[p.value]}") for p, key in KEYS.items()] + [
    (value, str(words)) for value, words in POSITION_CHOICES.items() if value not in KEYS
]
NAMED_KINDS = (Kind.BY_NAME, Kind.ATTENDANCE)
OVERRULED = ("total-differs", "result-contradicts")  # a note can say why the source contradicts itself
ENOUGH_FOR_A_LINE = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One deputy who could vote, with what was entered."""

    eligible: Eligible
    entry: Entry

    @property
    def mandate_id(self) -> int:
        return self.eligible.mandate.pk

    @property
    def name(self) -> str:
        return str(self.eligible.mandate.person.name)

    @property
    def words(self) -> str:
        """Every spelling that typing letters may jump to."""
        person = self.eligible.mandate.person
        return f"{person.name_ru} {person.name_en}".casefold()

    @property
    def position_words(self) -> str:
        return str(POSITION_CHOICES.get(self.entry.position, "no ballot"))

    @property
    def faction(self) -> Faction | None:
        return self.eligible.faction_membership.faction if self.eligible.faction_membership else None


@dataclass(frozen=True, slots=True)
class Group:
    """The deputies of one faction, by district."""

    faction: Faction | None
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Total:
    """One option: how many were entered beside what the source prints."""

    option: str
    words: str
    positions: str  # as the script counts them: the option itself, then what may be printed with it
    entered: int
    official: int | None
    agrees: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something to put right before publishing, or only to look at; with the rows that it is about."""

    words: str
    blocks: bool = True
    lines: Sequence[Line] = field(default_factory=list)


def entries_of(ballots: Iterable[Ballot], eligible: Iterable[Eligible]) -> dict[int, Entry]:
    """What is stored, by id of the mandate."""
    mandate_of = {one.mandate.person_id: one.mandate.pk for one in eligible}
    return {
        mandate_of[ballot.person_id]: Entry(ballot.position, ballot.excuse)
        for ballot in ballots
        if ballot.person_id in mandate_of
    }


def posted_entries(posted: Mapping[str, str], eligible: Iterable[Eligible]) -> dict[int, Entry]:
    """What a form says, by id of the mandate; "fill" answers only for the rows of a faction left empty."""
    entries = {}
    for one in eligible:
        pk, faction_id = one.mandate.pk, one.faction_membership.faction_id if one.faction_membership else 0
        position = posted.get(f"p-{pk}") or posted.get(f"fill-{faction_id}") or ""
        if position in POSITION_CHOICES:
            entries[pk] = Entry(position, posted.get(f"e-{pk}", "").strip()[:300])
    return entries


def groups_of(lines: Iterable[Line]) -> list[Group]:
    """By faction, those without one last; the order within stays."""
    groups: dict[int, Group] = {}
    for line in lines:
        key = line.faction.pk if line.faction else 0
        groups.setdefault(key, Group(line.faction, [])).lines.append(line)
    return sorted(groups.values(), key=lambda group: (group.faction is None, str(group.faction)))


def totals_of(version: RollCallVersion) -> Totals:
    v = version
    return Totals(v.total_for, v.total_against, v.total_abstain, v.total_not_voting, v.total_absent)


def counts_of(lines: Iterable[Line]) -> Counter[Position]:
    return Counter(Position(line.entry.position) for line in lines if line.entry.position)


def totals_beside(version: RollCallVersion, lines: Iterable[Line]) -> list[Total]:
    """The options in the order of the grid."""
    counts, printed = counts_of(lines), totals_of(version)
    shown = []
    for option, words in OPTIONS.items():
        own, others = HEADINGS[option]
        official: int | None = getattr(printed, option)
        agrees = official is None or official in readings(option, counts)
        shown.append(Total(option, words, " ".join((own, *others)), counts[own], official, agrees))
    return shown


def troubles_of(version: RollCallVersion, lines: Sequence[Line]) -> list[Trouble]:
    """Everything between this draft and its publication, and what deserves a second look."""
    found = []
    if version.source_id is None:
        found.append(Trouble("No source. Give the address or the title of the official record."))
    named = version.kind in NAMED_KINDS
    if named and not lines:
        found.append(Trouble("Nobody held a seat at that moment. Correct the date, or add the mandates first."))
    missing = [line for line in lines if named and not line.entry.position]
    if missing:
        found.append(Trouble(f"Not entered yet: {len(missing)} of {len(lines)} deputies.", lines=missing))
    entered = [line for line in lines if line.entry.position]
    if not named and entered:
        found.append(Trouble("A vote of this kind has no names. Choose “By name”, or empty these rows.", lines=entered))
    house = House(
        threshold=Threshold(version.threshold),
        number=version.threshold_number,
        stated=True,  # at the desk a contradiction stops publishing, whoever stated the threshold
        seats=version.roll_call.chamber.seats,
        filled=len(lines),
    )
    counts = counts_of(lines) if named and not missing else Counter[Position]()
    for problem in problems(totals=totals_of(version), counts=counts, result=Result(version.result), house=house):
        overruled = problem.code in OVERRULED and bool(version.note_ru or version.note_en)
        hint = " The note says why." if overruled else ""
        found.append(Trouble(_words(problem) + hint, blocks=problem.blocking and not overruled))
    return [*found, *_alone(lines)]


def _words(problem: Problem) -> str:
    facts = problem.facts
    explain = " Correct it, or say in the note why the source contradicts itself."
    if problem.code == "total-differs":
        words = OPTIONS[str(facts["option"])]
        return f"{words}: {facts['counted']} by name, {facts['official']} in the official totals.{explain}"
    if problem.code == "result-contradicts":
        wanted = f"{facts['needed']} were needed" if "needed" in facts else f"{facts['votes_against']} voted against"
        return f"The result says “{facts['result']}”, but {facts['votes_for']} voted for and {wanted}.{explain}"
    if problem.code == "everyone-absent":
        return "Everybody is absent. Is this the right record?"
    return f"The numbers do not fit together ({problem.code})."


def _alone(lines: Sequence[Line]) -> list[Trouble]:
    """Those whom the grid has against the whole rest of their faction: most often a slip of the eye."""
    decided = (Position.FOR, Position.AGAINST)
    found = []
    for group in groups_of(line for line in lines if line.entry.position in decided):
        sides = Counter(line.entry.position for line in group.lines)
        few = [line for line in group.lines if sides[line.entry.position] == 1]
        if group.faction and len(group.lines) >= ENOUGH_FOR_A_LINE and len(few) == 1:
            words = f"{few[0].name} is alone against the rest of “{group.faction}”. Look at the source again."
            found.append(Trouble(words, blocks=False, lines=few))
    return found


def changes_between(old: Mapping[int, Ballot], new: Mapping[int, Ballot]) -> list[str]:
    """What a correction changes by name; ballots by id of the person, with the person."""
    changes = []
    for person_id in sorted(old.keys() | new.keys()):
        before, after = old.get(person_id), new.get(person_id)
        said, says = (_said(ballot) for ballot in (before, after))
        if said != says:
            person = (after or before).person  # type: ignore[union-attr]  # one of them is there
            changes.append(f"{person.name}: {said} → {says}")
    return sorted(changes)


def _said(ballot: Ballot | None) -> str:
    if ballot is None:
        return "no ballot"
    words = str(POSITION_CHOICES[ballot.position]).lower()
    return f"{words} ({ballot.excuse})" if ballot.excuse else words
