"""Scores that moved, with the cause: of each deputy from the first state to the last, and how many moved in all."""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from coalition.digests.concerns import of_chamber, of_latest_seats
from coalition.digests.corrections import VOTES
from coalition.digests.enums import What
from coalition.digests.items import Item, Section, Span, Told
from pledges.platform.enums import Chapter
from pledges.scorecards.method import Tally
from pledges.scorecards.models import ScoreChange

MOVES = {
    Chapter.DEMOCRATIC: gettext_noop("%(name)s: %(before)s to %(after)s on democratic demands. Cause: %(causes)s."),
    Chapter.SOCIAL: gettext_noop("%(name)s: %(before)s to %(after)s on social demands. Cause: %(causes)s."),
}


def score_items(span: Span) -> Iterator[Item]:
    """One item for each deputy and chapter whose score is not what it was, one for each cause; two queries.

    Nobody whose new vote is held has moved, as that moved them.
    """
    if span.in_force is None:
        return
    changes = ScoreChange.objects.filter(platform=span.in_force.platform, event__in=[e.pk for e in span.events])
    found = list(changes.exclude(chapter="").select_related("person").order_by("event", "pk"))
    new = {event.facts["roll_call"] for event in span.of(*VOTES)}
    held = {person for roll_call, person in span.held if roll_call in new}
    moves: dict[tuple[int, str], list[ScoreChange]] = defaultdict(list)
    for change in found:
        if change.person_id not in held:
            moves[change.person_id, change.chapter].append(change)
    yield from _moves(
        span, [of_one for of_one in moves.values() if _shown(of_one[0].before) != _shown(of_one[-1].after)]
    )
    yield from _moved(span, found)


def _moves(span: Span, moves: list[list[ScoreChange]]) -> Iterator[Item]:
    seats = of_latest_seats(span.chamber.pk, {of_one[0].person_id for of_one in moves})
    for of_one in sorted(moves, key=lambda of_one: (of_one[0].person.sort_key, of_one[0].person_id, of_one[0].chapter)):
        person = of_one[0].person_id
        yield Item(
            seats.get(person, frozenset()),
            partial(_told, span, of_one),
            section=Section.SCORES,
            about=("score", person, of_one[0].chapter),
            events=tuple(sorted({change.event_id for change in of_one})),
        )


def _told(span: Span, changes: list[ScoreChange]) -> Told:
    person, causes = changes[0].person, dict.fromkeys(str(change.get_cause_display()) for change in changes)
    words = {
        "name": span.name(person),
        "before": _of(Tally(**changes[0].before)),
        "after": _of(Tally(**changes[-1].after)),
        "causes": ", ".join(causes),
    }
    return Told(_(MOVES[Chapter(changes[0].chapter)]) % words, url=span.url("deputy_page", slug=person.slug))


def _moved(span: Span, changes: list[ScoreChange]) -> Iterator[Item]:
    """For who follows the chamber: how many deputies' scores moved, in the order the causes came up."""
    by_cause: dict[str, list[ScoreChange]] = defaultdict(list)
    for change in changes:
        if _shown(change.before) != _shown(change.after):
            by_cause[change.cause].append(change)
    for cause, of_cause in by_cause.items():
        yield Item(
            of_chamber(span.chamber.pk, What.CHAMBER),
            partial(_counted, span, of_cause),
            section=Section.SCORES,
            about=("scores", cause),
            events=tuple(sorted({change.event_id for change in of_cause})),
        )


def _counted(span: Span, changes: list[ScoreChange]) -> Told:
    count = len({change.person_id for change in changes})
    sentence = ngettext(
        "The score of %(count)d deputy changed. Cause: %(cause)s.",
        "The scores of %(count)d deputies changed. Cause: %(cause)s.",
        count,
    ) % {"count": count, "cause": changes[0].get_cause_display()}
    return Told(sentence, url=span.url("deputy_list"))


def _shown(state: dict[str, int]) -> tuple[int, int, int, int, int]:
    """What a letter shows of a score: an absence more is no news of it."""
    tally = Tally(**state)
    return tally.votes_with, tally.votes_half, tally.counted, tally.credit, tally.mass


def _of(tally: Tally) -> str:
    """Such as "8 of 10": the counted votes that went as the platform asks."""
    if not tally.counted:
        return _("no counted vote")
    whole, half = divmod(tally.votes_with + Fraction(tally.votes_half, 2), 1)
    return _("%(with)s of %(counted)d") % {"with": f"{whole}{'½' if half else ''}", "counted": tally.counted}
