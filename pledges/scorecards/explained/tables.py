"""The tables of the explanation, and what they do not show: written out from the records that count."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deputies.votes.enums import Position
from pledges.scorecards.enums import Column, Label, PositionClass
from pledges.scorecards.method import CHAMBER_RULE, CLASSES, LabelBands, Profile, percent, rule
from pledges.scorecards.method import Cell as Earned
from pledges.scorecards.wording import CLASSES as CLASS_WORDS
from pledges.scorecards.wording import COLUMNS, LABELS, OUTCOMES, POSITIONS

# What a method may fail to keep, by the numbers that `Profile.breaks` names.
INVARIANTS: Mapping[int, str | Promise] = {
    1: gettext_lazy("Exchanging “as asked” and “not as asked” mirrors the score."),
    2: gettext_lazy("One more absence never changes the score."),
    4: gettext_lazy("A vote of weight 2 is worth two votes."),
    11: gettext_lazy("The score lies within its range, whose low end is the score with absence against."),
}
# What a method counts like is a project's name, or these words.
NOT_A_NAME: Mapping[str, str | Promise] = {
    "chambers with an absolute majority of members": gettext_lazy("chambers with an absolute majority of members"),
}
SHOWN = {
    PositionClass.ABSTAIN: Position.ABSTAIN,
    PositionClass.NOT_VOTING: Position.PRESENT_NOT_VOTING,
    PositionClass.ABSENT: Position.ABSENT,
    PositionClass.EXCUSED: Position.EXCUSED,
}


@dataclass(frozen=True, slots=True)
class Cell:
    """`shape` is the outcome whose square stands beside the text; `is_code` text is a name to type."""

    text: str
    shape: str = ""
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` have a cell for each of `heads`; the first one names the row."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    kind = "table"

    @property
    def is_wide(self) -> bool:
        """Whether its columns must be narrow to fit."""
        return len(self.heads) > 4


def share(value: Fraction) -> str:
    """A bound of the method in per cent."""
    return f"{percent(value)}\N{NO-BREAK SPACE}%"


def number(tenths: int) -> str:
    """Tenths of a vote as a reader of the active language writes them: 1, 0.5 or 0,5."""
    return str(localize(tenths // 10 if tenths % 10 == 0 else tenths / 10))


def position_rule(profile: Profile) -> Table:
    rows = [
        [Cell(str(CLASS_WORDS[group])), *(_outcome(profile, group, column) for column in Column)]
        for group in PositionClass
    ]
    return Table(_("The position rule"), [_("Ballot"), *(str(COLUMNS[column]) for column in Column)], rows)


def _outcome(profile: Profile, group: PositionClass, column: Column) -> Cell:
    found = rule(profile, CLASSES[group][0], column, strong=False)
    assert found is not None  # every class is of eligible positions
    return Cell(str(OUTCOMES[found.outcome]), shape=found.outcome.value)


def labels(bands: LabelBands) -> Table:
    consistently = {"share": share(bands.consistently), "n": bands.consistently_from}
    bounds = {
        Label.CONSISTENTLY: _("%(share)s or more, from %(n)s votes") % consistently,
        Label.IN_ALL: _("all, from %(n)s votes") % {"n": bands.plain_up_to + 1},
        Label.ALMOST_ALWAYS: _("%(share)s or more") % {"share": share(bands.almost_always)},
        Label.MOSTLY: _("more than %(share)s") % {"share": share(bands.mostly_above)},
        Label.SOMETIMES: _("between that and its mirror"),
    }
    rows = [[Cell(bound), Cell(str(LABELS[label]))] for label, bound in bounds.items()]
    return Table(_("Which share of the counted votes reads how"), [_("Share of counted votes"), _("Words")], rows)


def methods(profiles: Mapping[str, Profile]) -> Table:
    heads = [_("Method"), *(str(POSITIONS[position]) for position in SHOWN.values()), _("Breaks")]
    rows = [_row(profile) for profile in profiles.values()]
    return Table(_("What each method gives for a ballot that is neither for nor against"), heads, rows)


def _row(profile: Profile) -> list[Cell]:
    earned = [Cell(_earned(profile.cells.get((group, False), CHAMBER_RULE))) for group in SHOWN]
    breaks = ", ".join(str(key) for key in sorted(profile.breaks)) or "–"
    return [Cell(profile.name, is_code=True), *earned, Cell(breaks)]


def _earned(cell: Earned | str) -> str:
    if not isinstance(cell, Earned):
        return _("the rule")
    if cell.mass == 0:
        return _("outside")
    return _("%(credit)s of %(mass)s") % {"credit": number(cell.credit), "mass": number(cell.mass)}


def particulars(profile: Profile) -> Iterator[str]:
    """What the table does not show of a method: who counts so, its strong votes, its caps."""
    like = [str(NOT_A_NAME.get(name, name)) for name in profile.reproduces]
    if like:
        yield _("%(name)s counts like: %(like)s.") % {"name": profile.name, "like": ", ".join(like)}
    strong = profile.cells.get((PositionClass.FOR, True), CHAMBER_RULE)
    if profile.ignores_weight and isinstance(strong, Earned):
        text = _("%(name)s: a vote that weighs more than one counts as %(n)s, however much more it weighs.")
        yield text % {"name": profile.name, "n": number(strong.mass)}
    for cap in profile.caps:
        bounds = {"name": profile.name, "low": share(cap.margin), "high": share(1 - cap.margin)}
        if cap.share > Fraction(0):
            text = _("%(name)s: where absences are at least %(share)s, the score stays from %(low)s to %(high)s.")
            yield text % (bounds | {"share": cap.share})
        else:
            text = _("%(name)s: from %(n)s absences on, the score stays from %(low)s to %(high)s.")
            yield text % (bounds | {"n": cap.absences})
