"""Who left and who follows in the district, who came, and a term that began."""

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coalition.digests.concerns import everybody, of_chamber, of_seat
from coalition.digests.enums import What
from coalition.digests.items import Item, Piece, Section, Span, Told
from coalition.digests.targets import Target
from deputies.journal.enums import EventKind
from deputies.journal.models import Event
from deputies.people.enums import Left
from deputies.people.models import Mandate
from pledges.scorecards import wording

RECENT = dt.timedelta(days=60)  # what was long ago is only written down better


def seat_items(span: Span) -> Iterator[Item]:
    """One item for each seat that changed hands, one for a new term; one query, none without a change."""
    changed = {pk: event for event in span.of(EventKind.MANDATE_CHANGED.value) for pk in event.facts["mandates"]}
    if not changed:
        return
    held = Mandate.objects.filter(chamber=span.chamber).select_related("person", "district", "term")
    every = list(held.order_by("held", "pk"))
    begun: dict[int, list[Mandate]] = {}
    for mandate in every:
        event = changed.get(mandate.pk)
        if event is None:
            continue
        successor = next((one for one in every if _succeeds(one, mandate)), None)
        before = next((one for one in every if _succeeds(mandate, one)), None)
        if event.subject.startswith("term:") and mandate.held.lower == mandate.term.held.lower:
            begun.setdefault(event.pk, []).append(mandate)
        elif _is_left(mandate, every, event):
            yield _left(span, mandate, successor, event)
        elif before and before.pk not in changed and _is_recent(mandate.held.lower, event):
            yield _came(span, mandate, event)
    for pk, mandates in begun.items():
        if _is_recent(mandates[0].held.lower, changed[mandates[0].pk]):
            yield _term(span, mandates, pk)


def _is_left(mandate: Mandate, every: Sequence[Mandate], event: Event) -> bool:
    """Whether the deputy left before the end of the term and holds no later mandate of the chamber."""
    later = any(one.person_id == mandate.person_id and _follows(one, mandate) for one in every)
    early = mandate.left not in ("", Left.TERM_ENDED) and not later
    return early and _is_recent(mandate.held.upper, event)


def _is_recent(moment: dt.datetime | None, event: Event) -> bool:
    return moment is not None and abs(event.at - moment) <= RECENT


def _succeeds(mandate: Mandate, before: Mandate) -> bool:
    same = mandate.district_id is not None and (mandate.district_id, mandate.seat) == (before.district_id, before.seat)
    return same and _follows(mandate, before)


def _follows(mandate: Mandate, before: Mandate) -> bool:
    return bool(before.held.upper and mandate.held.lower and mandate.held.lower >= before.held.upper)


def _left(span: Span, mandate: Mandate, successor: Mandate | None, event: Event) -> Item:
    own = frozenset({Target(What.PERSON, span.chamber.pk, mandate.person_id).key})
    return Item(
        of_seat(mandate) | of_chamber(span.chamber.pk, What.CHAMBER),
        partial(_told_left, span, mandate, successor),
        section=Section.SEATS,
        about=("left", mandate.pk),
        events=(event.pk,),
        parts=(Piece(own, lambda: Told("", (_("Following this deputy by letter ends in 30 days."),))),),
    )


def _told_left(span: Span, mandate: Mandate, successor: Mandate | None) -> Told:
    day = wording.date_words(mandate.ended, span.chamber.zone)
    words = {"name": span.name(mandate.person), "date": day, "why": mandate.get_left_display().lower()}
    said, url = _("%(name)s: the mandate ended, %(date)s (%(why)s).") % words, _page(span, mandate)
    if successor is None:
        return Told(said, url=url)
    return Told(said, (_holder(span, successor),), links=((_("The successor"), _page(span, successor)),), url=url)


def _came(span: Span, mandate: Mandate, event: Event) -> Item:
    return Item(
        of_seat(mandate) | of_chamber(span.chamber.pk, What.CHAMBER),
        lambda: Told(_holder(span, mandate), url=_page(span, mandate)),
        section=Section.SEATS,
        about=("came", mandate.pk),
        events=(event.pk,),
    )


def _holder(span: Span, mandate: Mandate) -> str:
    words = {"n": mandate.district.number if mandate.district else "?", "name": span.name(mandate.person)}
    return _("The mandate of district %(n)s is now held by %(name)s.") % words


def _term(span: Span, mandates: list[Mandate], event: int) -> Item:
    return Item(
        everybody(span.chamber.pk),
        partial(_told_term, span, mandates),
        section=Section.SEATS,
        about=("term", mandates[0].term_id),
        events=(event,),
    )


def _told_term(span: Span, mandates: list[Mandate]) -> Told:
    count = len(mandates)
    deputies = ngettext("%(count)d deputy holds a mandate.", "%(count)d deputies hold a mandate.", count)
    anew = _("Scores begin anew; following a deputy or a district goes on.")
    return Told(_("A new term has begun."), (deputies % {"count": count}, anew), span.url("deputy_list"))


def _page(span: Span, mandate: Mandate) -> str:
    return span.url("deputy_page", slug=mandate.person.slug)
