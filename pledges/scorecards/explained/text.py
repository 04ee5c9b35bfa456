"""The method for readers, in the active language, from the records that count: the page and docs/method.md print it."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from pledges.scorecards.explained import around, counting, profiles
from pledges.scorecards.explained.parts import Block, Cell, Formulas, Points, Section, Words
from pledges.scorecards.method import Profile
from pledges.scorecards.profiles import DEFAULT, PROFILES


def title() -> str:
    return _("How we count")


def intro() -> str:
    return _(
        "A nakaz is the mandate that voters give their deputy: the platform. The coalition that wrote it says which "
        "recorded votes bear on which demand, and which result the demand asks for. The rest is counting, by the rules "
        "on this page."
    )


def sections(default: Profile = DEFAULT, methods: Mapping[str, Profile] = PROFILES) -> list[Section]:
    """All of it, in the order of reading; `default` is the method whose table and labels are shown."""
    return [
        counting.record(),
        counting.position_rule(default),
        counting.rulings(),
        counting.score(),
        counting.labels(default.bands),
        counting.totals(),
        around.corrections(),
        profiles.methods(methods, default),
        around.groups(),
        around.attendance(),
        around.bundles(),
        around.changes(),
        around.meaning(),
        around.mistake(),
    ]


def markdown() -> str:
    """The same as a file."""
    parts = [f"# {title()}", intro()]
    for section in sections():
        parts += [f"## {section.heading}", *map(_block, section.blocks)]
    return "\n\n".join(parts) + "\n"


def _block(block: Block) -> str:
    match block:
        case Words():
            return block.text
        case Points():
            return "\n".join(f"- {item}" for item in block.items)
        case Formulas():
            return "\n".join(f"    {line}" for line in block.lines)
    rows = [block.heads, ["---"] * len(block.heads), *([_cell(cell) for cell in row] for row in block.rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cell(cell: Cell) -> str:
    return f"`{cell.text}`" if cell.is_code else cell.text
