"""Votes published and corrected: several events of one vote are one item for each deputy, and one for other readers."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from django.utils.translation import gettext as _

from coalition.digests.concerns import of_chamber, of_demands, of_seat, of_seats
from coalition.digests.corrections import VOTES, Change, Correction, corrections_by
from coalition.digests.enums import What
from coalition.digests.items import Item, Piece, Section, Span, Told
from deputies.journal.enums import EventKind
from deputies.journal.models import Event
from deputies.votes.enums import Position
from deputies.votes.models import Ballot, RollCall, RollCallVersion
from deputies.votes.reports.arithmetic import Arithmetic, arithmetics_of
from pledges.platform.models import DemandText
from pledges.scorecards import wording
from pledges.scorecards.enums import Outcome, Wants
from pledges.scorecards.models import Link
from pledges.scorecards.reports.evidence import line_of, links_by_vote

Pairs = list[tuple[Link, DemandText]]


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote as readers see it now, with what the platform asks of it."""

    version: RollCallVersion
    numbers: Arithmetic
    pairs: Pairs
    events: tuple[int, ...]

    @property
    def result(self) -> str:
        return wording.result_sentence(self.version.result, self.numbers)

    @property
    def followers(self) -> frozenset[str]:
        """Who follows the chamber or a linked demand; nobody of a vote that is not linked."""
        chamber = self.version.roll_call.chamber_id
        demands = of_demands(chamber, [text.demand for _link, text in self.pairs])
        return demands | of_chamber(chamber, What.CHAMBER) if self.pairs else demands


def vote_items(span: Span) -> Iterator[Item]:
    """New votes by deputy, then as a whole, then corrections of what was published before the span; six queries."""
    by_call: dict[int, list[Event]] = defaultdict(list)
    for event in span.of(*VOTES):
        by_call[event.facts["roll_call"]].append(event)
    new = {pk for pk, events in by_call.items() if events[0].kind == EventKind.VOTE_PUBLISHED}
    corrections = corrections_by([event for pk, events in by_call.items() if pk not in new for event in events])
    shown = RollCallVersion.objects.filter(published_of__in=new).select_related(
        "roll_call__chamber", "roll_call__decision__main"
    )
    votes = _votes(span, [*shown, *(one.now for one in corrections.values())], by_call)
    yield from _new(span, [votes[pk] for pk in by_call if pk in new and pk in votes])
    before = arithmetics_of([one.before for one in corrections.values()]) if corrections else {}
    for pk, correction in corrections.items():
        told = wording.result_sentence(correction.before.result, before[correction.before.pk])
        yield _corrected(span, votes[pk], correction, told)


def _votes(span: Span, versions: list[RollCallVersion], events: Mapping[int, list[Event]]) -> dict[int, Vote]:
    if not versions:
        return {}
    numbers = arithmetics_of(versions)
    calls: list[RollCall] = [version.roll_call for version in versions]
    pairs = links_by_vote(span.in_force, calls) if span.in_force else {}
    return {
        one.roll_call_id: Vote(
            one,
            numbers[one.pk],
            pairs.get(one.roll_call_id, []),
            tuple(event.pk for event in events[one.roll_call_id]),
        )
        for one in versions
    }


def _new(span: Span, votes: list[Vote]) -> Iterator[Item]:
    by_version = {vote.version.pk: vote for vote in votes}
    ballots = Ballot.objects.filter(version__in=by_version).select_related("person", "mandate")
    for ballot in ballots.order_by("person__sort_key", "person", "version__roll_call") if votes else ():
        vote = by_version[ballot.version_id]
        row = vote.version.roll_call_id, ballot.person_id
        if row not in span.held:
            yield Item(
                of_seat(ballot.mandate),
                partial(_told_of_deputy, span, vote, ballot),
                row,
                section=Section.DEPUTIES,
                about=("vote", *row),
                covers=("vote", row[0]),
                events=vote.events,
            )
    for vote in votes:
        if vote.pairs:
            about = "vote", vote.version.roll_call_id
            yield Item(vote.followers, partial(_told, span, vote), about=about, events=vote.events)


def _told_of_deputy(span: Span, vote: Vote, ballot: Ballot) -> Told:
    """Such as "Anna Obraztsova: for (as the platform asks: Elect judges)." """
    ballot_words = wording.POSITIONS[Position(ballot.position)]
    heading = f"{span.name(ballot.person)}: {ballot_words}{_meaning(span, vote, ballot)}."
    return Told(heading, (_sentence(vote.version.summary or vote.version.title), vote.result), _page(span, vote))


def _told(span: Span, vote: Vote) -> Told:
    asks = (asked(Wants(link.wants), text) for link, text in vote.pairs)
    return Told(vote.version.title, (vote.result, vote.version.summary, *asks), _page(span, vote))


def asked(wants: Wants, text: DemandText) -> str:
    """What the platform asks of a vote, and by which demand."""
    if wants is Wants.PASS:
        return _("The platform asks to adopt it: %(demand)s.") % {"demand": text.title}
    return _("The platform asks not to adopt it: %(demand)s.") % {"demand": text.title}


def _corrected(span: Span, vote: Vote, correction: Correction, told: str) -> Item:
    """What was told before and what is right: of the whole where its result reads otherwise, and of each deputy."""
    parts = tuple(
        Piece(of_seat(change.mandate), partial(_changed, span, vote, change), (call, who))
        for call in [vote.version.roll_call_id]
        for who, change in sorted(correction.changes.items(), key=lambda pair: pair[1].mandate.person.sort_key)
        if (call, who) not in span.held
    )
    is_whole = correction.now.withdrawn or told != vote.result
    seats = of_seats(correction.seats) if is_whole else frozenset()
    return Item(
        vote.followers | seats | frozenset().union(*(part.keys for part in parts)),
        partial(_told_corrected, span, vote, correction, told if is_whole else ""),
        section=Section.CORRECTIONS,
        about=("corrected", vote.version.roll_call_id),
        events=vote.events,
        parts=parts,
    )


def _told_corrected(span: Span, vote: Vote, correction: Correction, told: str) -> Told:
    version = correction.now
    why = _("Why it was corrected: %(reason)s") % {"reason": wording.own_half(version.reason)} if version.reason else ""
    before = _("Shown before: %(told)s") % {"told": told} if told else ""
    if version.withdrawn:
        heading = _("Taken out of the record: %(title)s") % {"title": version.title}
        return Told(heading, (before, why), _page(span, vote))
    return Told(_("Corrected: %(title)s") % {"title": version.title}, (vote.result, before, why), _page(span, vote))


def _changed(span: Span, vote: Vote, change: Change) -> Told:
    was = wording.POSITIONS[Position(change.before.position)] if change.before else ""
    now = wording.POSITIONS[Position(change.now.position)] if change.now else _("no ballot on record")
    said = _("was “%(was)s”, is “%(now)s”") if change.before else _("was not in the record, is “%(now)s”")
    meaning = _meaning(span, vote, change.now) if change.now else ""
    return Told("", (f"{span.name(change.mandate.person)}: {said % {'was': was, 'now': now}}{meaning}.",))


def _meaning(span: Span, vote: Vote, ballot: Ballot) -> str:
    """What a ballot counts for, in brackets; "" where that is nothing."""
    demands: dict[Outcome, list[str]] = defaultdict(list)
    for link, text in vote.pairs if span.in_force else ():
        assert span.in_force
        link.roll_call = vote.version.roll_call
        line = line_of(link, text, vote.version, ballot, span.in_force.profile, span.in_force.rulings)
        if line.counts and line.outcome:
            demands[line.outcome].append(str(text.title))
    meanings = "; ".join(f"{wording.OUTCOMES[outcome]}: {', '.join(titles)}" for outcome, titles in demands.items())
    return f" ({meanings})" if meanings else ""


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def _page(span: Span, vote: Vote) -> str:
    return span.url("vote_page", slug=vote.version.roll_call.slug)
