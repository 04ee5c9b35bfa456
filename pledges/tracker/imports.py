"""What parties answered before an election, from answers.csv into pledges on the demands of a platform."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.db import transaction

from deputies.people.models import Party
from deputies.sources.enums import Basis, Precision
from deputies.sources.models import Document, cite
from deputies.sources.tables import BadFile, Problems, Row, opened
from pledges.platform.models import Demand, Platform
from pledges.tracker.enums import Review, Stance
from pledges.tracker.models import Pledge

AGREES: Final = {"yes": "no", "no": "yes"}  # each with its opposite


@dataclass(frozen=True, slots=True)
class Occasion:
    """When and where the answers were given; `language` is that of the explanations."""

    said_on: dt.date
    precision: Precision
    source: str
    language: str = ""
    name_ru: str = ""
    name_en: str = ""


@dataclass(slots=True)
class ImportedPledges:
    """New pledges that wait for a second person, and what was left out, in sentences."""

    waiting: list[Pledge] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@transaction.atomic
def import_pledges(*, folder: Path, mapping: Path, platform: Platform, occasion: Occasion) -> ImportedPledges:
    """Make proposed pledges of the answers in `folder` whose question `mapping` names; known ones are left as they are.

    A party that answered as the mapping says promised the demand, one that answered the opposite refused it, and one
    that answered neither is undecided. Parties without a row in the mapping's parties.csv are left out, with a note.
    Raises BadFile or BadFiles, and then nothing is stored.
    """
    demands = {demand.demand_id: demand for demand in platform.demands.all()}
    asked, questions = _read_mapping(mapping, demands), _read_questions(folder)
    parties = _read_parties(mapping, platform)
    outcome, left_out = ImportedPledges(), set[str]()
    source, problems = _source(occasion), Problems()
    with opened(folder / "answers.csv", ("question_id", "party_id", "option")) as table:
        for row in table:
            for demand, promised_by in asked.get(row["question_id"], []):
                if row["party_id"] not in parties:
                    left_out.add(row["party_id"])
                    continue
                try:
                    says = _says(row, promised_by, questions)
                except BadFile as problem:
                    problems.add(problem)
                    continue
                _store(outcome, demand, parties[row["party_id"]], says, occasion, source)
    problems.refuse()
    if left_out:
        outcome.notes.append(f"{len(left_out)} parties are not in parties.csv of the mapping and were left out")
    return outcome


def _says(row: Row, promised_by: str, questions: Mapping[str, str]) -> dict[str, str]:
    option = row["option"]
    known = {promised_by: Stance.PROMISED, AGREES[promised_by]: Stance.REFUSED, "abstain": Stance.UNDECIDED}
    if option not in known:
        raise row.bad(f'unknown option "{option}"', "Write one of: yes, no, abstain.")
    # who gave no explanation said yes or no to the sentence that was put to them
    words = row.text("explanation", 5000) or f"{option}: {questions.get(row['question_id'], '')}".rstrip(": ")
    return {"stance": known[option].value, "words": words}


def _store(
    outcome: ImportedPledges, demand: Demand, party: Party, says: dict[str, str], occasion: Occasion, source: Document
) -> None:
    """One pledge, unless the party's word on the demand is known from the same day."""
    known = Pledge.objects.filter(demand=demand, party=party, said_on=occasion.said_on, stance=says["stance"])
    if known.exclude(review=Review.REJECTED.value).exists():
        return
    made = Pledge.objects.create(
        demand=demand,
        party=party,
        said_on=occasion.said_on,
        said_precision=occasion.precision.value,
        language=occasion.language,
        occasion_ru=occasion.name_ru,
        occasion_en=occasion.name_en,
        basis=Basis.NAMED.value,
        source=source,
        **says,
    )
    outcome.waiting.append(made)


def _source(occasion: Occasion) -> Document:
    return cite(url=occasion.source) if occasion.source.startswith("http") else cite(title=occasion.source)


def _read_questions(folder: Path) -> dict[str, str]:
    """The sentence of each question; none where the folder has no questions.csv."""
    if not (folder / "questions.csv").exists():
        return {}
    with opened(folder / "questions.csv", ("question_id", "text")) as table:
        return {row["question_id"]: row["text"] for row in table}


def _read_mapping(mapping: Path, demands: Mapping[str, Demand]) -> dict[str, list[tuple[Demand, str]]]:
    """The demands that each question is about, each with the answer that promises it."""
    problems, asked = Problems(), dict[str, list[tuple[Demand, str]]]()
    with opened(mapping / "mapping.csv", ("demand_id", "question_id", "promised_by")) as table:
        for row in table:
            try:
                if row["demand_id"] not in demands:
                    told = f'the platform has no demand "{row["demand_id"]}"'
                    raise row.bad(told, "Import it with import_platform first, or correct the demand_id.")
                if row["promised_by"] not in AGREES:
                    raise row.bad(f'unknown answer "{row["promised_by"]}"', "Write yes or no in promised_by.")
                asked.setdefault(row["question_id"], []).append((demands[row["demand_id"]], row["promised_by"]))
            except BadFile as problem:
                problems.add(problem)
    problems.refuse()
    return asked


def _read_parties(mapping: Path, platform: Platform) -> dict[str, Party]:
    """The parties of the chamber's record by their ids in the answers; a name that nobody has is never guessed."""
    of_chamber = Party.objects.filter(mandates__chamber=platform.coalition.chamber).distinct()
    known = {name: party for party in of_chamber for name in (party.name_ru, party.name_en) if name}
    problems, parties = Problems(), dict[str, Party]()
    with opened(mapping / "parties.csv", ("party_id", "party")) as table:
        for row in table:
            if row["party"] in known:
                parties[row["party_id"]] = known[row["party"]]
            else:
                told = f'no deputy of the chamber has the party "{row["party"]}"'
                problems.add(row.bad(told, f"The record has: {', '.join(sorted(known)) or 'none'}."))
    problems.refuse()
    return parties
