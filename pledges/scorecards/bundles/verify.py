"""Check a bundle of scores: python3 -I verify.py [FILE.zip or FOLDER] [--id ID]

A bundle holds everything that the published scores rest on. This file reads nothing but the bundle, needs nothing but
Python 3.9 and its standard library, and shares no code with the site. It checks that the files are whole and are
those the bundle's id stands for, counts every score again from the ballots, and names each stored one that differs.

The formula: score = sum(weight x credit) / sum(weight x mass). A ballot and what the demand asks give a line;
rules.json says what the line earns (credit) of what it could earn (mass). Weights are in thousandths of a vote.
"""
# ruff: noqa: ANN401, B905 - JSON can be anything, and Python 3.9 has no strict zip

from __future__ import annotations

import argparse
import csv
import datetime as dt
import hashlib
import io
import json
import struct
import sys
import time
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor, gcd
from pathlib import Path
from typing import IO, Any

FORMAT, FORMAT_VERSION = "nakaz-bundle", 1
OUTCOMES = ("with", "against", "half", "missed", "excused", "neutral")
ENTRIES = (
    *("manifest.json", "chain.csv", "platform.json", "mandates.csv", "votes.csv", "ballots.csv", "rulings.csv"),
    *("links.csv", "rules.json", "score_lines.csv", "scores.csv", "verify.py"),
)
_TABLES = {  # the columns of each table; rows are in the order of those before the bar, which name a row
    "chain.csv": "number | at event code content id",
    "mandates.csv": "chamber member_id from | until name_ru name_en",
    "votes.csv": "chamber vote_id | version date kind threshold threshold_number result total_for total_against "
    "total_abstain total_not_voting total_absent decision is_main title_ru title_en source_url source_sha256",
    "ballots.csv": "chamber vote_id member_id | group_at_vote position corrected_position basis",
    "rulings.csv": "platform vote_id member_id | kind silence reads_as reason_ru reason_en source_url source_sha256",
    "links.csv": "platform demand_id vote_id | version wants weight role scope reasoning_ru reasoning_en",
    "score_lines.csv": "platform demand_id member_id vote_id | position column outcome weight credit mass counts",
    "scores.csv": "platform member_id demand_id | "
    + " ".join(f"{what}_{outcome}" for what in ("weight", "votes") for outcome in OUTCOMES)
    + " gaps credit mass score_numerator score_denominator percent label",
}
COLUMNS = {name: columns.replace("|", "").split() for name, columns in _TABLES.items()}
KEYS = {name: len(columns.split("|")[0].split()) for name, columns in _TABLES.items()}
WORDS = {  # what may stand in a column; any other word would be read as something else, or as nothing
    ("votes.csv", "kind"): {"by-name", "totals-only", "secret", "attendance"},
    ("votes.csv", "threshold"): {"members", "mandates", "present", "voting", "two-thirds", "fixed"},
    ("votes.csv", "result"): {"adopted", "rejected", "unknown"},
    ("votes.csv", "is_main"): {"yes", "no", ""},
    ("ballots.csv", "basis"): {"official", "named", "inferred", "disputed"},
    ("rulings.csv", "kind"): {"silence", "quorum", "tactical"},
    ("rulings.csv", "silence"): {"against", "nothing", ""},
    ("rulings.csv", "reads_as"): {"for", "against", "abstain", ""},
    ("links.csv", "wants"): {"pass", "fail"},
    ("links.csv", "role"): {"scoring", "informative"},
    ("links.csv", "scope"): {"whole", "part"},
}
BANDS = ("plain_up_to", "least_coverage", "consistently", "consistently_from", "almost_always", "mostly_above")
NEVER_ELIGIBLE = ("presiding", "secret")
CHAPTERS = ("democratic", "social", "red-line")
MOST_BYTES, MOST_JSON, MOST_RATIO = 1 << 30, 1 << 26, 200
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError, OverflowError)
MISSHAPEN = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)


class Refused(Exception):
    """The bundle cannot be read any further; the message says why in one sentence."""


@dataclass
class Report:
    """What was found; the bundle is good if `findings` is empty."""

    findings: list[str] = field(default_factory=list)
    number: int = 0
    ident: str = ""
    ballots: int = 0
    lines: int = 0
    scores: int = 0
    seconds: float = 0.0

    def text(self) -> str:
        """The findings one to a line, or what was verified."""
        if self.findings:
            shown = ["".join(c if c.isprintable() else "?" for c in finding) for finding in self.findings]
            return "\n".join([*shown, f"NOT VERIFIED: findings: {len(shown)}."])
        return (
            f"Verified: bundle {self.number}, id {self.ident}.\n"
            f"{self.lines} score lines and {self.scores} scores follow from {self.ballots} ballots; "
            f"checked in {self.seconds:.2f} s."
        )


# --- the archive ------------------------------------------------------------------------------------------------------


class Archive:
    """The files of a bundle, in a zip or in the folder it was unpacked to; `read` counts the rows read of tables."""

    def __init__(self, path: Path) -> None:
        self.zip: zipfile.ZipFile | None = None
        self.folder, self.read = path, dict.fromkeys(COLUMNS, 0)
        if path.is_dir():
            self.names = [name for name in ENTRIES if (path / name).is_file()]
            return
        if not path.is_file():
            raise Refused(f"There is no file {path}.")
        try:
            self.zip = zipfile.ZipFile(path)
        except DAMAGED:
            raise Refused(f"{path.name} is not a zip archive, or was cut short.") from None
        self.names = self.zip.namelist()
        size = sum(info.file_size for info in self.zip.infolist())
        if size > MOST_BYTES or size > (1 << 26) + MOST_RATIO * path.stat().st_size:
            raise Refused(f"{path.name} would unpack to {size} bytes, too many for a bundle of its size.")
        begins = min((info.header_offset for info in self.zip.infolist()), default=0)
        if begins or not ends_with_its_end(path):
            raise Refused(f"{path.name} holds bytes before or after the archive, where another one can hide.")
        if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in self.zip.infolist()):
            raise Refused(f"{path.name} is packed in a way that bundles are not.")

    def order(self) -> Iterator[str]:
        """What is wrong with the entries. Raises Refused if one is missing."""
        missing = [name for name in ENTRIES if name not in self.names]
        foreign = sorted(set(self.names) - set(ENTRIES))
        if "manifest.json" in missing:
            raise Refused("This is not a bundle of scores: it has no manifest.json.")
        if missing:
            raise Refused(f"The archive was cut: it lacks {', '.join(missing)}.")
        if len(set(self.names)) != len(self.names):
            raise Refused("The archive holds a file twice, so that two readers could see different ones.")
        if foreign:
            yield f"The archive holds files that are not of a bundle: {', '.join(foreign)}."
        elif self.names != list(ENTRIES):
            yield "The archive was reordered: its entries are not in the order of the format."

    def open(self, name: str) -> IO[bytes]:
        return self.zip.open(name) if self.zip else (self.folder / name).open("rb")

    def blocks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, a little at a time."""
        try:
            with self.open(name) as file:
                while block := file.read(1 << 20):
                    yield block
        except DAMAGED as error:
            raise Refused(f"{name} is damaged: {error}.") from None

    def json(self, name: str) -> Any:
        content = b""
        for block in self.blocks(name):
            content += block
            if len(content) > MOST_JSON:
                raise Refused(f"{name} is too large.")
        try:
            return json.loads(content.decode("utf-8"), object_pairs_hook=once_each)
        except (ValueError, RecursionError):
            raise Refused(f"{name} is not JSON in UTF-8 with each name once.") from None

    def rows(self, name: str, found: list[str]) -> Iterator[list[str]]:
        """The rows of a table; adds to `found` where they leave their order. Raises Refused if one is cut."""
        width, keys, before, in_order = len(COLUMNS[name]), KEYS[name], [""], name != "chain.csv"
        words = [(COLUMNS[name].index(at), allowed) for (table, at), allowed in WORDS.items() if table == name]
        try:
            with self.open(name) as file:
                reader = csv.reader(io.TextIOWrapper(file, encoding="utf-8", newline=""), strict=True)
                if next(reader, None) != COLUMNS[name]:
                    raise Refused(f"{name} does not begin with the columns {','.join(COLUMNS[name])}.")
                for row in reader:
                    if len(row) != width:
                        raise Refused(
                            f"{name} was cut or edited: line {reader.line_num} does not have {width} columns."
                        )
                    if in_order and row[:keys] <= before:
                        in_order = False
                        found.append(f"{name} was reordered: line {reader.line_num} is out of place or there twice.")
                    before = row[:keys]
                    self.read[name] += 1
                    for at, allowed in words:
                        if row[at] not in allowed:
                            found.append(
                                f"{name}: {' / '.join(before)}: {row[at] or 'nothing'} in {COLUMNS[name][at]}."
                            )
                    yield row
        except (csv.Error, *DAMAGED) as error:
            raise Refused(f"{name} is damaged: {error}.") from None


def once_each(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    """A table by name. Raises ValueError if a name stands twice, so that two readers could see different values."""
    found: dict[Any, Any] = {}
    for name, told in pairs:
        if name in found:
            raise ValueError(f"{name}, which stands there twice")
        found[name] = told
    return found


def whole(text: str) -> int:
    """A whole number of at least 1. Raises ValueError if it is written in another way than 1000."""
    if not text.isascii() or not text.isdigit() or text.startswith("0"):
        raise ValueError(f"the whole number {text[:20]}")
    return int(text)


def day(text: str) -> dt.date:
    """Raises ValueError if it is written in another way than 2024-06-30."""
    found = dt.date.fromisoformat(text)
    if found.isoformat() != text:
        raise ValueError(f"the day {text[:20]}")
    return found


def ends_with_its_end(path: Path) -> bool:
    """Whether nothing follows the record that ends a zip, and no comment."""
    with path.open("rb") as file:
        file.seek(-22, 2)
        return file.read(4) == b"PK\x05\x06"


# --- the chain --------------------------------------------------------------------------------------------------------


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def content_hash(files: dict[str, str]) -> str:
    """One hash over the files (SHA-256 by name) of a bundle; chain.csv is proved by the chain itself."""
    lines = [f"{name} {files[name]}\n" for name in sorted(files) if name != "chain.csv"]
    return digest("".join(lines).encode())


def chain_id(*, previous: str, number: int | str, at: str, event: int | str, code: str, content: str) -> str:
    """The id of a bundle: a hash over the id before it and what its manifest states."""
    told = (f"{FORMAT} {FORMAT_VERSION}", previous, number, at, event, code, content)
    return digest("".join(f"{part}\n" for part in told).encode())


def chain_findings(manifest: dict[str, Any], rows: Iterable[list[str]]) -> Iterator[str]:
    """Where the earlier bundles do not lead to this one."""
    previous, number = "", 0
    for number, row in enumerate(rows, 1):
        told = dict(zip(COLUMNS["chain.csv"], row))
        ident = told.pop("id")
        if told["number"] != str(number):
            yield f"chain.csv was cut or reordered: bundle {told['number'][:20]} stands where {number} belongs."
            return
        if ident != chain_id(previous=previous, **told):
            yield f"chain.csv was changed: the id of bundle {number} does not follow from what stands there."
            return
        previous = ident
    if manifest["number"] != number + 1:
        yield f"chain.csv was cut: it has {number} earlier bundles, and this is number {manifest['number']}."
    elif manifest["previous"] != previous:
        yield "manifest.json was changed: the bundle before this one is not the last of chain.csv."


def read_manifest(archive: Archive) -> dict[str, Any]:
    """The manifest, with every field of the type that the format says."""
    manifest = archive.json("manifest.json")
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise Refused("This is not a bundle of scores: manifest.json names another format.")
    if manifest.get("format_version") != FORMAT_VERSION:
        raise Refused(f"This bundle is of another version of the format; this file reads version {FORMAT_VERSION}.")
    texts = [manifest.get(name) for name in ("id", "previous", "content", "at", "code")]
    numbers = [manifest.get(name) for name in ("number", "event")]
    files = manifest.get("files")
    if not all(type(text) is str for text in texts) or not all(type(number) is int for number in numbers):
        raise Refused("manifest.json lacks fields of the format.")
    if type(files) is not dict or sorted(files) != sorted(ENTRIES[1:]):
        raise Refused("manifest.json does not list the files of a bundle.")
    if not all(type(told) is dict and type(told.get("sha256")) is str for told in files.values()):
        raise Refused("manifest.json does not tell the SHA-256 of its files.")
    return manifest


def file_findings(archive: Archive, manifest: dict[str, Any]) -> Iterator[str]:
    """Which files are not those of the manifest, and whether the manifest is the one its id stands for."""
    files = {name: told["sha256"] for name, told in manifest["files"].items()}
    for name in ENTRIES[1:]:
        hashed = hashlib.sha256()
        for block in archive.blocks(name):
            hashed.update(block)
        if hashed.hexdigest() != files[name]:
            yield f"{name} was changed: its SHA-256 is not the one in manifest.json."
    if content_hash(files) != manifest["content"]:
        yield "manifest.json was changed: its content hash does not follow from its files."
    stated = ("previous", "number", "at", "event", "code", "content")
    if manifest["id"] != chain_id(**{name: manifest[name] for name in stated}):
        yield "manifest.json was changed: its id does not follow from what it states."


# --- the rules --------------------------------------------------------------------------------------------------------


class Tally:
    """A record summed: weights and numbers of votes by outcome, our gaps, and the points."""

    def __init__(self) -> None:
        self.weights, self.votes = dict.fromkeys(OUTCOMES, 0), dict.fromkeys(OUTCOMES, 0)
        self.gaps = self.credit = self.mass = 0

    def add(self, outcome: str, weight: int, credit: int, mass: int) -> None:
        if outcome == "gap":
            self.gaps += 1
        else:
            self.weights[outcome] += weight
            self.votes[outcome] += 1
        self.credit += weight * credit
        self.mass += weight * mass

    @property
    def counted(self) -> int:
        """Votes behind the score, each once whatever its weight."""
        return self.votes["with"] + self.votes["against"] + self.votes["half"]

    @property
    def numbers(self) -> list[int]:
        """The sums in the order of scores.csv."""
        return [*self.weights.values(), *self.votes.values(), self.gaps, self.credit, self.mass]


class Profile:
    """One method as rules.json writes it out."""

    def __init__(self, told: dict[str, Any], weight_unit: int, point_unit: int) -> None:
        self.weight_unit, self.point_unit = weight_unit, point_unit
        self.ignores_weight, self.as_corrected = told["ignores_weight"] is True, told["as_corrected"] is True
        self.rules: dict[tuple[str, str, bool], tuple[str, int, int]] = {}
        for position, column, strong, outcome, credit, mass in told["rules"]:
            if not (type(credit) is type(mass) is int and 0 <= credit <= mass):
                raise ValueError(f"what {position} earns of what it can earn: {credit} of {mass}")
            if self.rules.setdefault((position, column, strong), (outcome, credit, mass)) != (outcome, credit, mass):
                raise ValueError(f"one rule for {position}, {column}")
        self.caps = [(Fraction(cap["margin"]), int(cap["absences"]), Fraction(cap["share"])) for cap in told["caps"]]
        self.bands = {name: Fraction(told["bands"][name]) for name in BANDS}

    def score(self, tally: Tally) -> Fraction | None:
        """The share of the possible points that was earned, within the caps of the method; None without evidence."""
        if not tally.mass:
            return None
        score, missed = Fraction(tally.credit, tally.mass), tally.votes["missed"]
        for margin, absences, share in self.caps:
            if missed >= absences and missed >= share * (tally.counted + missed):
                score = min(max(score, margin), 1 - margin)
        return score

    def label(self, tally: Tally, score: Fraction) -> str:
        """The words of a record, the same for both sides of one half."""
        if tally.counted <= self.bands["plain_up_to"]:
            return "plain"
        covered = tally.weights["with"] + tally.weights["against"] + tally.weights["half"]
        if not covered or Fraction(covered, covered + tally.weights["missed"]) < self.bands["least_coverage"]:
            return "counts-only"
        word = self.band(max(score, 1 - score), tally.counted)
        return f"{word}-not" if score < Fraction(1, 2) and word != "sometimes" else word

    def band(self, score: Fraction, counted: int) -> str:
        """The label of a score of at least one half."""
        if score >= self.bands["consistently"] and counted >= self.bands["consistently_from"]:
            return "consistently"
        if score == 1:
            return "in-all"
        if score >= self.bands["almost_always"]:
            return "almost-always"
        return "mostly" if score > self.bands["mostly_above"] else "sometimes"

    def shown(self, tally: Tally) -> list[str]:
        """Numerator, denominator, per cent (half up) and label; as votes and not reduced, unless a cap moved it."""
        score = self.score(tally)
        if score is None:
            return ["", "", "", "no-recorded-vote"]
        top, bottom = score.numerator, score.denominator
        if score == Fraction(tally.credit, tally.mass):
            divisor = gcd(gcd(self.weight_unit * self.point_unit, tally.credit), tally.mass)
            top, bottom = tally.credit // divisor, tally.mass // divisor
        return [str(top), str(bottom), str(floor(100 * score + Fraction(1, 2))), self.label(tally, score)]


# --- the record -------------------------------------------------------------------------------------------------------


def read_as(position: str, basis: str, ruling: list[str] | None) -> str:
    """A position as it is read: what was worked out from totals is a gap, and a ruling can read it otherwise."""
    if basis == "inferred":
        return "data-missing"
    kind, _, other = ruling or ["", "", ""]
    if kind == "quorum" and position in ("absent", "no-mark", "present-not-voting", "not-for"):
        return other or position
    if kind == "tactical" and position not in ("presiding", "secret", "data-missing"):
        return other or position
    return position


@dataclass
class Ask:
    """What a demand, chapter or platform (`of`) asks of one vote."""

    of: str
    vote: str
    wants: str
    weight: int


@dataclass
class Platform:
    """A platform with what its chamber did; `lines` and `scores` count it again."""

    name: str
    profile: Profile
    silence_counts: list[str]  # the thresholds under which silence has the effect of a vote against
    demands: dict[str, dict[str, Any]]
    votes: dict[str, dict[str, str]]
    ballots: dict[str, list[list[str]]]  # by vote: member, position, corrected position, basis
    rulings: dict[tuple[str, str], list[str]]  # by vote and member: kind, silence, reads_as; no member: the whole vote
    links: list[dict[str, str]]

    def why_not(self, link: dict[str, str]) -> str:
        """Why a link is listed and not counted; "yes" if it is counted."""
        demand, vote = self.demands[link["demand_id"]], self.votes[link["vote_id"]]
        if demand["chapter"] == "red-line":
            return "red-line"
        if link["role"] != "scoring":
            return "informative"
        if vote["kind"] != "by-name":
            return "not-by-name"
        if vote["decision"] and vote["is_main"] != "yes":
            return "not-the-main-vote"
        until = demand["in_force_until"] or "9999-12-31"
        return "yes" if not vote["date"] or demand["in_force_from"] <= vote["date"] < until else "not-in-force"

    def column(self, ask: Ask) -> str:
        """What is asked: to pass where silence has the effect of a vote against or not, or to fail."""
        if ask.wants == "fail":
            return "opposed"
        silence = self.rulings.get((ask.vote, ""), ["", "", ""])[1]
        counts = silence == "against" if silence else self.votes[ask.vote]["threshold"] in self.silence_counts
        return "asked-strong" if counts else "asked-weak"

    def readings(self, ask: Ask) -> Iterator[tuple[str, str, str, int, tuple[str, int, int]]]:
        """Member, position, column, weight and rule for everyone whose position is eligible."""
        column, strong = self.column(ask), ask.weight > self.profile.weight_unit
        weight = self.profile.weight_unit if self.profile.ignores_weight else ask.weight
        for member, recorded, corrected, basis in self.ballots.get(ask.vote, []):
            position = corrected if corrected and self.profile.as_corrected else recorded
            position = read_as(position, basis, self.rulings.get((ask.vote, member)))
            rule = self.profile.rules.get((position, column, strong))
            if rule is None and position not in NEVER_ELIGIBLE:
                raise ValueError(f"a rule for {position}, {column}")
            if rule is not None:
                yield member, position, column, weight, rule

    def lines(self) -> Iterator[tuple[tuple[str, ...], list[str]]]:
        """Every score line: its key and its other columns."""
        for link in self.links:
            counts = self.why_not(link)
            ask = Ask(link["demand_id"], link["vote_id"], link["wants"], whole(link["weight"]))
            for member, position, column, weight, (outcome, credit, mass) in self.readings(ask):
                told = [position, column, outcome, str(weight), str(credit), str(mass), counts]
                yield (self.name, ask.of, member, ask.vote), told

    def asks(self) -> Iterator[Ask]:
        """Everything that is asked of a vote: by each demand, and once by each chapter and by the platform.

        There a vote has the largest of its weights, and is left out if the demands want opposite results of it.
        """
        merged: dict[tuple[str, str], Ask] = {}
        for link in self.links:
            if self.why_not(link) != "yes":
                continue
            vote, wants, weight = link["vote_id"], link["wants"], whole(link["weight"])
            yield Ask(link["demand_id"], vote, wants, weight)
            for of in (f"chapter:{self.demands[link['demand_id']]['chapter']}", "platform"):
                known = merged.setdefault((of, vote), Ask(of, vote, wants, weight))
                known.weight = max(known.weight, weight)
                known.wants = wants if known.wants == wants else "both"
        yield from (ask for ask in merged.values() if ask.wants != "both")

    def scores(self) -> Iterator[tuple[tuple[str, ...], list[str]]]:
        """Every score: its key and its other columns."""
        tallies: dict[tuple[str, ...], Tally] = defaultdict(Tally)
        for ask in self.asks():
            for member, _, _, weight, (outcome, credit, mass) in self.readings(ask):
                tallies[self.name, member, ask.of].add(outcome, weight, credit, mass)
        for key, tally in tallies.items():
            yield key, [*map(str, tally.numbers), *self.profile.shown(tally)]


def read_platforms(archive: Archive, found: list[str]) -> list[Platform]:
    """Everything that the counting needs, by platform; adds to `found` the rows that belong to nothing."""
    votes: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    ballots: dict[str, dict[str, list[list[str]]]] = defaultdict(lambda: defaultdict(list))
    rulings: dict[str, dict[tuple[str, str], list[str]]] = defaultdict(dict)
    links: dict[str, list[dict[str, str]]] = defaultdict(list)
    members = {(row[0], row[1]) for row in archive.rows("mandates.csv", found)}
    for row in archive.rows("votes.csv", found):
        if row[3]:
            day(row[3])
        votes[row[0]][row[1]] = dict(zip(COLUMNS["votes.csv"], row))
    for chamber, vote, member, _, *told in archive.rows("ballots.csv", found):
        ballots[chamber][vote].append([member, *told])
    for row in archive.rows("rulings.csv", found):
        rulings[row[0]][row[1], row[2]] = row[3:6]
    for row in archive.rows("links.csv", found):
        links[row[0]].append(dict(zip(COLUMNS["links.csv"], row)))
    found += [f"ballots.csv: {where}." for where in stray_ballots(ballots, votes, members)]
    found += [f"votes.csv: {where}: two main votes." for where in two_main_votes(votes)]
    rules, platforms = archive.json("rules.json"), archive.json("platform.json")["platforms"]
    units = whole(str(rules["weight_unit"])), whole(str(rules["point_unit"]))
    profiles = once_each(((told["name"], told["version"]), Profile(told, *units)) for told in rules["profiles"])
    read = once_each((told["platform"], told) for told in platforms)
    found += [f"{name}: there is no platform {slug}." for name, of in (("links.csv", links), ("rulings.csv", rulings))
              for slug in of if slug not in read]  # fmt: skip
    return [
        Platform(
            name=slug,
            profile=profiles[told["profile"], told["profile_version"]],
            silence_counts=rules["silence_counts"],
            demands=once_each(map(demand, told["demands"])),
            votes=votes[told["chamber"]],
            ballots=ballots[told["chamber"]],
            rulings=rulings[slug],
            links=links[slug],
        )
        for slug, told in read.items()
    ]


def demand(told: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A demand by its id. Raises ValueError if its chapter or a day is none."""
    ident, chapter, until = told["demand_id"], told["chapter"], told["in_force_until"]
    if chapter not in CHAPTERS or ident == "platform" or ident.startswith("chapter:"):
        raise ValueError(f"the chapter of {ident}, {chapter}")
    day(told["in_force_from"])
    if until is not None:
        day(until)
    return ident, told


def stray_ballots(
    ballots: dict[str, dict[str, list[list[str]]]],
    votes: dict[str, dict[str, dict[str, str]]],
    members: set[tuple[str, str]],
) -> Iterator[str]:
    """Ballots in a vote that is not in the bundle, or of somebody who never held a seat."""
    for chamber, of_chamber in ballots.items():
        for vote, cast in of_chamber.items():
            if vote not in votes[chamber]:
                yield f"{chamber} / {vote}: there is no such vote"
            strangers = [member for member, *_ in cast if (chamber, member) not in members]
            yield from (f"{chamber} / {vote} / {member}: they held no seat" for member in strangers)


def two_main_votes(votes: dict[str, dict[str, dict[str, str]]]) -> Iterator[str]:
    """Decisions of which more than one vote would count."""
    for chamber, of_chamber in votes.items():
        main = [vote["decision"] for vote in of_chamber.values() if vote["is_main"] == "yes"]
        yield from (f"{chamber} / {decision}" for decision in sorted(set(main)) if main.count(decision) > 1)


# --- the comparison ---------------------------------------------------------------------------------------------------


def differing(name: str, stored: Iterable[list[str]], counted: dict[tuple[str, ...], list[str]]) -> Iterator[str]:
    """Each stored row that differs from what was counted, by its key; takes the rows out of `counted`."""
    keys, columns = KEYS[name], COLUMNS[name]
    for row in stored:
        again = counted.pop(tuple(row[:keys]), None)
        where = f"{name}: {' / '.join(row[:keys])}"
        if again is None:
            yield f"{where}: stored, but does not follow from the ballots and links."
        elif again != row[keys:]:
            pairs = zip(columns[keys:], row[keys:], again)
            told = [f"{column} {old or 'empty'}, counted {new or 'empty'}" for column, old, new in pairs if old != new]
            yield f"{where}: stored with {'; '.join(told)}."
    for key in sorted(counted):
        yield f"{name}: {' / '.join(key)}: follows from the ballots and links, but is not stored."


def manifest_findings(archive: Archive, manifest: dict[str, Any]) -> Iterator[str]:
    """Where the manifest tells of other rows or methods than the files, all read by now."""
    for name, number in archive.read.items():
        if manifest["files"][name].get("rows") != number:
            yield f"{name} was cut or edited: it has {number} rows, and not as many as manifest.json says."
    fields = ("platform", "version", "profile", "profile_version")
    told = [{name: platform[name] for name in fields} for platform in archive.json("platform.json")["platforms"]]
    if manifest.get("platforms") != told:
        yield "manifest.json was changed: it names other platforms or methods than platform.json."


def check_counting(archive: Archive, manifest: dict[str, Any], report: Report) -> None:
    """Count everything again and compare it with what is stored."""
    found: list[str] = []
    platforms = read_platforms(archive, report.findings)
    lines = {key: told for platform in platforms for key, told in platform.lines()}
    scores = {key: told for platform in platforms for key, told in platform.scores()}
    report.ballots, report.lines, report.scores = archive.read["ballots.csv"], len(lines), len(scores)
    found += differing("score_lines.csv", archive.rows("score_lines.csv", report.findings), lines)
    found += differing("scores.csv", archive.rows("scores.csv", report.findings), scores)
    report.findings += [*manifest_findings(archive, manifest), *found]


def check(path: Path, ident: str = "") -> Report:
    """Check the bundle in a zip or folder; `ident` is the id, or its first 12 characters, that a page printed."""
    report, began = Report(), time.monotonic()
    limit = csv.field_size_limit(MOST_JSON)  # a reason can be longer than Python reads unasked
    try:
        archive = Archive(path)
        report.findings += archive.order()
        manifest = read_manifest(archive)
        report.number, report.ident = manifest["number"], manifest["id"]
        if ident and len(ident) < 12:
            report.findings.append(
                f"{ident} is too short for an id: give the 12 characters that a page prints, or all."
            )
        elif not report.ident.startswith(ident.lower()):
            report.findings.append(f"This is another bundle: its id is {report.ident}, and not {ident}.")
        report.findings += file_findings(archive, manifest)
        report.findings += chain_findings(manifest, archive.rows("chain.csv", report.findings))
        check_counting(archive, manifest, report)
    except Refused as refused:
        report.findings.append(str(refused))
    except MISSHAPEN as error:
        report.findings.append(f"The scores cannot be counted again: the files lack or misspell {error}.")
    csv.field_size_limit(limit)
    report.seconds = time.monotonic() - began
    return report


def main(arguments: list[str] | None = None) -> int:
    """0 if the bundle is good, 1 if it is not."""
    parser = argparse.ArgumentParser(description="Check a bundle of scores with nothing but the bundle.")
    here = Path(__file__).resolve().parent
    parser.add_argument("path", nargs="?", type=Path, default=here, help="the zip, or the folder it was unpacked to")
    parser.add_argument("--id", default="", help="the id, or its first 12 characters, that a page printed")
    options = parser.parse_args(arguments)
    report = check(options.path, options.id)
    sys.stdout.buffer.write(f"{report.text()}\n".encode())
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main())
