"""Plain text for a terminal: lines of at most 70 columns."""

import textwrap

from django import template

register = template.Library()
COLUMNS = 70


@register.filter
def wrapped(words: str, indent: int = 0) -> str:
    """`words` in lines of at most 70 columns, each after `indent` spaces."""
    margin = " " * indent
    return textwrap.fill(
        " ".join(str(words).split()), COLUMNS, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False
    )


@register.filter
def ruled(words: str, stroke: str = "=") -> str:
    """A heading with a rule of its own length below it."""
    heading = wrapped(words)
    return f"{heading}\n{stroke * max(len(line) for line in heading.splitlines() or [''])}"
