"""How letters name what is followed."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape

from coalition.digests.enums import What
from coalition.digests.items import MARGIN
from coalition.digests.models import Subscription
from coalition.digests.targets import ONE_OF_MANY, Target, parsed
from coalition.digests.templatetags.letters import wrapped
from deputies.people.models import Chamber
from pledges.platform.models import DemandText


@dataclass(frozen=True, slots=True)
class Label:
    """A line of the text, a line of the HTML, and the bytes of both."""

    text: str
    html: str
    size: int


def labels_of(keys: Collection[str]) -> dict[str, Label]:
    """The labels of some keys in the language that is active; five queries at most. What is gone has an empty one."""
    targets = {key: target for key in keys if (target := parsed(key))}
    chambers = Chamber.objects.in_bulk({target.chamber for target in targets.values()})
    rows: dict[tuple[What, int], Any] = {}
    for what, model in ONE_OF_MANY.items():
        if wanted := {target.row for target in targets.values() if target.what is what}:
            rows |= {(what, pk): row for pk, row in model.objects.in_bulk(wanted).items()}
    _with_titles([row for (what, _pk), row in rows.items() if what is What.DEMAND])
    return {key: _label(targets.get(key), chambers, rows) for key in keys}


def _with_titles(demands: list[Any]) -> None:
    texts = DemandText.objects.filter(demand__in=demands).exclude(version__published_at=None)
    ordered = list(texts.order_by("version__number")) if demands else []
    for demand in demands:
        demand.published_texts = [text for text in ordered if text.demand_id == demand.pk]


def _label(target: Target | None, chambers: dict[int, Chamber], rows: dict[tuple[What, int], Any]) -> Label:
    row = rows.get((target.what, target.row)) if target and target.row else None
    if target is None or target.chamber not in chambers or (target.row and row is None):
        return Label("", "", 0)
    named = {target.what.value: row} if row else {}
    words = Subscription(what=target.what.value, chamber=chambers[target.chamber], **named).label
    text, html = f"{wrapped(words, len(MARGIN))}\n", f"<li>{escape(words)}</li>"
    return Label(text, html, len(text.encode()) + len(html.encode()))
