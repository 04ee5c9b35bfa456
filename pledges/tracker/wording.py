"""Deputies' words in numbers, as sentences."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pledges.tracker.enums import Stance, Status
from pledges.tracker.models import STATUS_CHOICES
from pledges.tracker.reports.words import Given, counts_of


def stance_count(stance: Stance, n: int) -> str:
    """So many promises, refusals, answers and silences."""
    match stance:
        case Stance.PROMISED:
            text = ngettext("%(n)d promise", "%(n)d promises", n)
        case Stance.REFUSED:
            text = ngettext("%(n)d refusal", "%(n)d refusals", n)
        case Stance.UNDECIDED:
            text = ngettext("%(n)d answer, neither yes nor no", "%(n)d answers, neither yes nor no", n)
        case Stance.SILENT:
            text = ngettext("%(n)d asked, no answer", "%(n)d asked, no answer", n)
    return text % {"n": n}


def counts_sentence(given: Iterable[Given]) -> str:
    """ "17 promises, 2 refusals, 1 asked, no answer." """
    stances, _statuses = counts_of(given)
    said = [stance_count(stance, stances[stance]) for stance in Stance if stances[stance]]
    return f"{', '.join(said)}." if said else _("No pledge is on record.")


def statuses_sentence(given: Iterable[Given]) -> str:
    """ "Kept: 4 · Differs from the pledge: 1 · Not assessed yet: 12"; "" without a promise."""
    statuses = counts_of(given)[1]
    waiting = statuses.pop(Status.PROMISED, 0)
    told = [f"{STATUS_CHOICES[status.value]}: {statuses[status]}" for status in Status if statuses[status]]
    return " · ".join([*told, *([f"{_('Not assessed yet')}: {waiting}"] if waiting else [])])
