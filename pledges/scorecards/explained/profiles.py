"""The methods that a platform can choose from, written out from their own tables."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deputies.votes.enums import Position
from pledges.scorecards.enums import PositionClass
from pledges.scorecards.explained.parts import Block, Cell, Points, Section, Table, Words, number, share
from pledges.scorecards.method import CHAMBER_RULE, Profile
from pledges.scorecards.method import Cell as Earned
from pledges.scorecards.wording import POSITIONS

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


def methods(profiles: Mapping[str, Profile], default: Profile) -> Section:
    intro = _(
        "A platform names its method before publication. The usual one is “%(name)s”, version %(version)s. The same "
        "function can count by others, so that anybody can compare:"
    )
    heads = [_("Method"), *(str(POSITIONS[position]) for position in SHOWN.values()), _("Breaks")]
    rows = [_row(profile) for profile in profiles.values()]
    kept = [f"{key}. {INVARIANTS[key]}" for key in sorted(set().union(*(each.breaks for each in profiles.values())))]
    blocks: list[Block] = [
        Words(intro % {"name": default.name, "version": default.version}),
        Table(_("What each method gives for a ballot that is neither for nor against"), heads, rows),
        Words(
            _(
                "“0.5 of 1” means that the ballot earns half a vote and the possible total grows by one; “outside” "
                "that it is in no sum; “the rule” that the position rule above decides. For and against are the same "
                "in all."
            )
        ),
        Words(
            _(
                "The score is always the sum of what was earned over the sum of what was possible, each times the "
                "weight of the vote."
            )
        ),
        Points([sentence for profile in profiles.values() for sentence in _special(profile)]),
        Words(_("The last column says which of these a method does not keep; the usual method keeps them all:")),
        Points(kept),
    ]
    return Section("profiles", _("The method as data"), blocks)


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


def _special(profile: Profile) -> Iterator[str]:
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
