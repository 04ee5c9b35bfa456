"""The method for readers, in the active language: the page and docs/method.md print it.

The words are a template, the numbers and tables in them come from the records that count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.template.loader import render_to_string

from deputies.votes.cohesion import SMALLEST_GROUP, Split
from pledges.scorecards.actions import SHADOW
from pledges.scorecards.explained import tables
from pledges.scorecards.explained.tables import INVARIANTS, Cell, Table, share
from pledges.scorecards.method import Profile
from pledges.scorecards.profiles import DEFAULT, PROFILES
from pledges.scorecards.reports.groups import FEWEST_MEMBERS, FEWEST_OTHERS, FEWEST_VOTES

KINDS = {"- ": "points", "    ": "formulas"}  # of a block, by how its lines begin; else it is a paragraph


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of one line, a list without order, or formulas to be read as they stand."""

    kind: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Section:
    """`anchor` is what links from other pages name; it is the same in every language and never changes."""

    anchor: str
    heading: str
    blocks: list[Block | Table] = field(default_factory=list)


def sections(default: Profile = DEFAULT, methods: Mapping[str, Profile] = PROFILES) -> list[Section]:
    """The title with the opening, then all of it in the order of reading; the tables and labels are of `default`."""
    shown = {
        "[rule]": tables.position_rule(default),
        "[labels]": tables.labels(default.bands),
        "[profiles]": tables.methods(methods),
    }
    found: list[Section] = []
    for block in _written(default, methods).strip().split("\n\n"):
        if block.startswith("#"):
            heading, _, anchor = block.lstrip("# ").partition(" #")
            found.append(Section(anchor, heading))
        else:
            found[-1].blocks.append(shown.get(block) or _block(block.splitlines()))
    return found


def _written(default: Profile, methods: Mapping[str, Profile]) -> str:
    halves = Split(1, 1, 0).agreement_index
    assert halves is not None
    broken = sorted(set().union(*(profile.breaks for profile in methods.values())))
    told = {
        "usual": default,
        "plain_up_to": default.bands.plain_up_to,
        "least_coverage": share(default.bands.least_coverage),
        "particulars": [told for profile in methods.values() for told in tables.particulars(profile)],
        "broken": [(number, INVARIANTS[number]) for number in broken],
        "fewest_members": FEWEST_MEMBERS,
        "fewest_others": FEWEST_OTHERS,
        "fewest_votes": FEWEST_VOTES,
        "smallest_group": SMALLEST_GROUP,
        "halves": share(halves),
        "shadow_days": SHADOW.days,
    }
    return render_to_string("method/explained.txt", told)


def _block(lines: list[str]) -> Block:
    mark = next((mark for mark in KINDS if lines[0].startswith(mark)), "")
    return Block(KINDS.get(mark, "words"), [line.removeprefix(mark) for line in lines])


def markdown() -> str:
    """The same as a file."""
    parts = []
    for section in sections():
        parts += [f"{'##' if section.anchor else '#'} {section.heading}", *map(_markdown, section.blocks)]
    return "\n\n".join(parts) + "\n"


def _markdown(block: Block | Table) -> str:
    if isinstance(block, Table):
        rows = [block.heads, ["---"] * len(block.heads), *([_cell(cell) for cell in row] for row in block.rows)]
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)
    mark = next((mark for mark, kind in KINDS.items() if kind == block.kind), "")
    return "\n".join(mark + line for line in block.lines)


def _cell(cell: Cell) -> str:
    return f"`{cell.text}`" if cell.is_code else cell.text
