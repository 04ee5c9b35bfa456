"""Who said what of each demand, district by district: for organisers who ask for the words that are missing."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from deputies.people.models import Chamber, Faction, Mandate
from deputies.votes.reports.eligibility import Seated, seated_at
from deputies.votes.reports.houses import terms_of
from pledges.platform.models import DemandText
from pledges.scorecards.models import Score
from pledges.scorecards.reports.measures import Measure
from pledges.scorecards.reports.platform import PlatformInForce
from pledges.tracker.enums import LastWord, Stance
from pledges.tracker.models import Pledge, Signature

SAID = {
    Stance.PROMISED: LastWord.PLEDGED,
    Stance.REFUSED: LastWord.REFUSED,
    Stance.UNDECIDED: LastWord.UNDECIDED,
    Stance.SILENT: LastWord.SILENT,
}
Subject = tuple[int, int]  # a person and a demand


@dataclass(frozen=True, slots=True)
class Word:
    """What was said last, since when, and the pledge in which it was said; a signature has none."""

    last: LastWord
    on: dt.date | None = None
    pledge: int | None = None


Words = dict[Subject, Word]


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a deputy stands on a demand: by their word, and by their record, which is None where no vote counts."""

    text: DemandText
    word: Word
    record: Measure | None


@dataclass(frozen=True, slots=True)
class Row:
    """A district with the deputy who sits for it and one cell for each demand that is shown."""

    mandate: Mandate
    faction: Faction | None
    cells: list[Cell]

    @property
    def is_unsaid(self) -> bool:
        """Whether no word is known on one of the demands."""
        return any(cell.word.last is LastWord.NONE for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Column:
    """A demand with how many said what of it."""

    text: DemandText
    sums: list[tuple[LastWord, int]]


@dataclass(frozen=True, slots=True)
class Campaign:
    """The table; its sums are of the `counted` deputies of the faction that is asked for, whatever rows are shown."""

    columns: list[Column]
    rows: list[Row]
    factions: list[Faction]
    counted: int
    day: dt.date


def campaign_of(
    in_force_now: PlatformInForce, at: dt.datetime, *, chapter: str = "", faction: str = "", unsaid_only: bool = False
) -> Campaign:
    """What is on record at `at`, or at the end of the term of the platform; six queries however many deputies.

    A party's pledge is nobody's but the party's. `chapter` and `faction` (a slug) narrow it down.
    """
    chamber = in_force_now.platform.coalition.chamber
    moment = _moment(in_force_now, chamber, at)
    day, seated = moment.astimezone(chamber.zone).date(), seated_at(chamber, moment)
    texts = [text for text in in_force_now.texts if chapter in ("", text.demand.chapter)]
    words, records = _words(in_force_now, day), _records(in_force_now)
    rows = [_row(one, texts, words, records) for one in seated if faction in ("", _slug(one))]
    sums = [Counter(row.cells[place].word.last for row in rows) for place in range(len(texts))]
    columns = [Column(t, [(w, n[w]) for w in LastWord if n[w]]) for t, n in zip(texts, sums, strict=True)]
    factions = {one.faction_membership.faction for one in seated if one.faction_membership}
    shown = [row for row in rows if row.is_unsaid or not unsaid_only]
    return Campaign(columns, shown, sorted(factions, key=lambda f: f.name), len(rows), day)


def _moment(in_force_now: PlatformInForce, chamber: Chamber, at: dt.datetime) -> dt.datetime:
    """The moment of the latest term in which a demand came into force."""
    began = max((text.demand.in_force_from for text in in_force_now.texts), default=at.date())
    houses = terms_of(chamber, at)
    of_platform = (h for h in houses if h.since is None or h.since.astimezone(chamber.zone).date() <= began)
    return next((house.at for house in of_platform), at)


def _slug(one: Seated) -> str:
    return one.faction_membership.faction.slug if one.faction_membership else ""


def _row(one: Seated, texts: list[DemandText], words: Words, records: dict[Subject, Measure]) -> Row:
    person = one.mandate.person_id
    cells = [
        Cell(text, words.get((person, text.demand_id), Word(LastWord.NONE)), records.get((person, text.demand_id)))
        for text in texts
    ]
    return Row(one.mandate, one.faction_membership.faction if one.faction_membership else None, cells)


def _records(in_force_now: PlatformInForce) -> dict[Subject, Measure]:
    """The stored scores on each demand that rest on a vote; one query."""
    scores = Score.objects.filter(platform=in_force_now.platform, demand__isnull=False)
    measures = {(one.person_id, one.demand_id or 0): Measure(one.tally, in_force_now.profile) for one in scores}
    return {subject: measure for subject, measure in measures.items() if measure.counted}


def _words(in_force_now: PlatformInForce, day: dt.date) -> Words:
    """The last word of everybody on everything by `day`; two queries."""
    platform = in_force_now.platform
    pledges = Pledge.objects.published().filter(demand__platform=platform, person__isnull=False, said_on__lte=day)
    signed = Q(platform_version__platform=platform) | Q(demand__platform=platform)
    signatures = Signature.objects.filter(signed, signed_on__lte=day).order_by("signed_on", "pk")
    spoken = _spoken(pledges.order_by("said_on", "pk"))
    written = _written(signatures, day, [text.demand_id for text in in_force_now.texts])
    return {subject: _last(spoken.get(subject), written.get(subject)) for subject in spoken.keys() | written.keys()}


def _spoken(pledges: Iterable[Pledge]) -> Words:
    """The latest of `pledges`, the earliest first; a silence never replaces what was said before it."""
    found: Words = {}
    for pledge in pledges:
        subject, said = (pledge.person_id or 0, pledge.demand_id), SAID[Stance(pledge.stance)]
        if said is not LastWord.SILENT or subject not in found:
            found[subject] = Word(said, pledge.said_on, pledge.pk)
    return found


def _written(signatures: Iterable[Signature], day: dt.date, demands: list[int]) -> Words:
    """What `signatures` say by `day`, each of the platform of every demand; one that stands goes before a withdrawn."""
    found: Words = {}
    for signature in signatures:
        withdrawn = signature.withdrawn_on if signature.withdrawn_on and signature.withdrawn_on <= day else None
        word = Word(LastWord.WITHDRAWN, withdrawn) if withdrawn else Word(LastWord.SIGNED, signature.signed_on)
        for demand in [signature.demand_id] if signature.demand_id else demands:
            subject = signature.person_id, demand
            if not withdrawn or found.get(subject, word).last is LastWord.WITHDRAWN:
                found[subject] = word
    return found


def _last(spoken: Word | None, written: Word | None) -> Word:
    """The later of a pledge and a signature; a promise stands beside a signature, a silence undoes none."""
    if spoken is None or written is None:
        return spoken or written or Word(LastWord.NONE)
    if spoken.last is LastWord.PLEDGED and written.last is LastWord.SIGNED:
        return spoken
    if spoken.last is LastWord.SILENT or (written.on or dt.date.min) > (spoken.on or dt.date.min):
        return written
    return spoken
