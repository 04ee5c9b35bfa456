"""The grid of a roll call: its rows by faction, the totals beside the official ones, what a correction changes."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deputies.people.models import Faction
from deputies.people.names import is_patronymic, words_of
from deputies.votes.actions import Entry
from deputies.votes.checks import HEADINGS, readings
from deputies.votes.enums import Position
from deputies.votes.models import POSITION_CHOICES, Ballot, RollCallVersion
from deputies.votes.reports.eligibility import Eligible
from deputies.votes.reports.findings import everybody, totals_of

KEYS = {
    Position.FOR: "1",
    Position.AGAINST: "2",
    Position.ABSTAIN: "3",
    Position.PRESENT_NOT_VOTING: "4",
    Position.EXCUSED: "5",
    Position.NO_MARK: "9",
    Position.ABSENT: "0",
}
OTHER = "6"  # opens the list of the rarer ones
OPTIONS = {
    "yes": gettext_lazy("For"),
    "no": gettext_lazy("Against"),
    "abstain": gettext_lazy("Abstained"),
    "not_voting": gettext_lazy("Present without voting"),
    "absent": gettext_lazy("Absent"),
}


def choices() -> list[tuple[str, str]]:
    """Those with a key first, in the order of the keys; the rarer ones after them."""
    own = [(position.value, f"{key} {POSITION_CHOICES[position.value]}") for position, key in KEYS.items()]
    return own + [(value, str(words)) for value, words in POSITION_CHOICES.items() if value not in KEYS]


def surname_first(name: str) -> str:
    """Surname and initials, as protocols print them; a name that already begins with the surname stays as it is."""
    given, _space, surname = name.rpartition(" ")
    words = words_of(name)
    if not given or "," in name or not words or words[-1].short or (len(words) > 2 and is_patronymic(words[-1])):
        return name
    return f"{surname} {' '.join(f'{part[0]}.' for part in given.split())}"


@dataclass(frozen=True, slots=True)
class Line:
    """One deputy who could vote, with what was entered and what the previous question has, to be looked at only."""

    eligible: Eligible
    entry: Entry
    last: str = ""

    @property
    def mandate_id(self) -> int:
        return self.eligible.mandate.pk

    @property
    def person_id(self) -> int:
        return self.eligible.mandate.person_id

    @property
    def name(self) -> str:
        return str(self.eligible.mandate.person.name)

    @property
    def listed(self) -> str:
        """Surname and initials, as protocols print them."""
        return surname_first(self.name)

    @property
    def words(self) -> str:
        """Every spelling that typing letters may jump to, surnames first."""
        person = self.eligible.mandate.person
        return f"{surname_first(person.name_ru)} {surname_first(person.name_en)}".casefold()

    @property
    def position_words(self) -> str:
        return str(POSITION_CHOICES.get(self.entry.position, _("no ballot")))

    @property
    def last_words(self) -> str:
        return str(POSITION_CHOICES[self.last]) if self.last else ""

    @property
    def faction(self) -> Faction | None:
        return self.eligible.faction_membership.faction if self.eligible.faction_membership else None


@dataclass(frozen=True, slots=True)
class Group:
    """The deputies of one faction, by surname."""

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

    @property
    def told(self) -> str:
        """Such as "Against 1/2, 1 missing"."""
        if self.official is None:
            return f"{self.words} {self.entered}"
        told = f"{self.words} {self.entered}/{self.official}"
        if self.agrees:
            return told
        apart = self.official - self.entered
        return told + ", " + (_("%(count)d missing") if apart > 0 else _("%(count)d too many")) % {"count": abs(apart)}


def lines_of(
    version: RollCallVersion, entries: Mapping[int, Entry] | None = None, eligible: Iterable[Eligible] | None = None
) -> list[Line]:
    """The rows of a version, with `entries` by id of the mandate instead of what is stored if they are given."""
    could_vote = list(everybody(version) if eligible is None else eligible)
    if entries is None:
        entries = entries_of(version.ballots.all(), could_vote)
    last = _previous_marks(version)
    lines = [Line(one, entries.get(one.mandate.pk, Entry()), last.get(one.mandate.person_id, "")) for one in could_vote]
    return sorted(lines, key=lambda line: line.listed.casefold().replace("ё", "е"))


def _previous_marks(version: RollCallVersion) -> dict[int, str]:
    """Marks by person in the question before this one at the same sitting."""
    before = previous_of(version)
    return dict(before.ballots.values_list("person_id", "position")) if before else {}


def previous_of(version: RollCallVersion) -> RollCallVersion | None:
    """The latest version of the question before this one at the same sitting, if anybody has a mark in it."""
    sitting = version.roll_call.sitting_id
    if sitting is None or version.held_at is None:
        return None
    others = RollCallVersion.objects.filter(roll_call__sitting=sitting, ballots__isnull=False)
    earlier = others.exclude(roll_call=version.roll_call_id).filter(held_at__lte=version.held_at)
    same_time_later = earlier.exclude(held_at=version.held_at, roll_call__gt=version.roll_call_id)
    return same_time_later.order_by("-held_at", "-roll_call", "-number").first()


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


def totals_beside(version: RollCallVersion, lines: Iterable[Line]) -> list[Total]:
    """The options in the order of the grid."""
    counts = Counter(Position(line.entry.position) for line in lines if line.entry.position)
    printed, shown = totals_of(version), []
    for option, words in OPTIONS.items():
        own, others = HEADINGS[option]
        official: int | None = getattr(printed, option)
        agrees = official is None or official in readings(option, counts)
        shown.append(Total(option, str(words), " ".join((own, *others)), counts[own], official, agrees))
    return shown


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
        return _("no ballot")
    words = str(POSITION_CHOICES[ballot.position]).lower()
    return f"{words} ({ballot.excuse})" if ballot.excuse else words
