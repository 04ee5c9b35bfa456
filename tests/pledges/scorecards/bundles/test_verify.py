"""The checker that goes into every archive, on an archive written by hand; it needs no database."""

import ast
import csv
import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from deputies.people.enums import Threshold
from deputies.votes.enums import Position
from pledges.scorecards.bundles import archive, verify
from pledges.scorecards.enums import Outcome
from pledges.scorecards.method import QUORUM_POSITIONS, RULED_POSITIONS
from tests.pledges.scorecards.bundles import handmade
from tests.pledges.scorecards.bundles.handmade import altered, findings, ident_of, repacked, sealed, unpacked

SOURCE = Path(verify.__file__).read_text()
CHANGED = "ballots.csv was changed: its SHA-256 is not the one in manifest.json."


def test_a_good_archive_is_verified(tmp_path: Path) -> None:
    file = tmp_path / "bundle.zip"
    file.write_bytes(sealed())

    report = verify.check(file, ident_of(sealed())[:12])

    assert report.findings == []
    assert (report.number, report.ident, report.ballots) == (3, ident_of(sealed()), 4)
    assert (report.lines, report.scores) == (8, 8)
    assert report.text().startswith(f"Verified: bundle 3, id {ident_of(sealed())}.")


def test_the_same_files_give_the_same_bytes() -> None:
    assert sealed() == sealed()
    assert handmade.files(links=handmade.TABLES["links.csv"][::-1]) == handmade.files()


def test_one_changed_ballot_names_exactly_the_lines_and_scores_that_differ(tmp_path: Path) -> None:
    tampered = altered(sealed(), "ballots.csv", lambda rows: rows.replace(b"b,blue,abstain", b"b,blue,for"))

    line = "position abstain, counted for; outcome against, counted with; credit 0, counted 10"
    one = "weight_with 0, counted 1000; weight_against 1000, counted 0; votes_with 0, counted 1; votes_against 1, counted 0"  # fmt: skip  # noqa: E501
    one += "; credit 0, counted 10000; score_numerator 0, counted 1; percent 0, counted 100"
    assert findings(tmp_path, tampered) == [
        CHANGED,
        f"score_lines.csv: p / d1 / b / v1: stored with {line}.",
        f"score_lines.csv: p / d2 / b / v1: stored with {line}.",
        f"scores.csv: p / b / chapter:social: stored with {one}.",
        f"scores.csv: p / b / d1: stored with {one}.",
        f"scores.csv: p / b / d2: stored with {one}.",
        f"scores.csv: p / b / platform: stored with {one}.",
    ]


def test_a_ballot_that_earns_the_same_shows_only_in_its_lines(tmp_path: Path) -> None:
    tampered = altered(sealed(), "ballots.csv", lambda rows: rows.replace(b"b,blue,abstain", b"b,blue,not-for"))

    assert findings(tmp_path, tampered) == [
        CHANGED,
        "score_lines.csv: p / d1 / b / v1: stored with position abstain, counted not-for.",
        "score_lines.csv: p / d2 / b / v1: stored with position abstain, counted not-for.",
    ]


def test_a_method_may_count_what_was_later_declared(tmp_path: Path) -> None:
    declared = [row.replace("absent,,", "absent,against,") for row in handmade.TABLES["ballots.csv"]]
    (method,) = handmade.RULES["profiles"]
    as_corrected = archive.document({**handmade.RULES, "profiles": [{**method, "as_corrected": True}]})
    as_recorded = handmade.files(ballots=declared)

    assert findings(tmp_path, sealed(as_recorded)) == []
    found = findings(tmp_path, sealed(as_recorded | {"rules.json": as_corrected}))
    assert [finding.split(": stored")[0] for finding in found] == [
        *(f"score_lines.csv: p / {demand} / b / v2" for demand in ("d1", "r1")),
        *(f"scores.csv: p / b / {of}" for of in ("chapter:social", "d1", "platform")),
    ]


def test_a_stored_score_that_was_changed_is_named(tmp_path: Path) -> None:
    tampered = altered(sealed(), "scores.csv", lambda rows: rows.replace(b"1,1,100,plain", b"1,1,99,plain"))

    assert findings(tmp_path, tampered) == [
        "scores.csv was changed: its SHA-256 is not the one in manifest.json.",
        "scores.csv: p / a / d2: stored with percent 99, counted 100.",
    ]


def test_a_row_too_few_or_too_many_is_named(tmp_path: Path) -> None:
    last = handmade.TABLES["score_lines.csv"][-1]
    cut = altered(sealed(), "score_lines.csv", lambda rows: rows.replace(last.encode() + b"\n", b""))
    more = altered(sealed(), "score_lines.csv", lambda rows: rows + last.replace("r1,b,v2", "r1,c,v2").encode() + b"\n")
    changed = "score_lines.csv was changed: its SHA-256 is not the one in manifest.json."

    assert findings(tmp_path, cut) == [
        changed,
        "score_lines.csv was cut or edited: it has 7 rows, and not as many as manifest.json says.",
        "score_lines.csv: p / r1 / b / v2: follows from the ballots and links, but is not stored.",
    ]
    assert findings(tmp_path, more) == [
        changed,
        "score_lines.csv was cut or edited: it has 9 rows, and not as many as manifest.json says.",
        "score_lines.csv: p / r1 / c / v2: stored, but does not follow from the ballots and links.",
    ]


def test_a_forged_archive_in_order_shows_another_id_than_the_page(tmp_path: Path) -> None:
    tables = {name.removesuffix(".csv"): list(rows) for name, rows in handmade.TABLES.items()}
    tables["ballots"][3] = "c,v2,b,blue,excused,,official"
    tables["score_lines"] = [row.replace("b,v2,absent,opposed,missed", "b,v2,excused,opposed,excused") for row in tables["score_lines"]]  # fmt: skip  # noqa: E501
    tables["scores"] = [row.replace("0,1000,0,2000,0,0,0,1,0,1,0", "0,1000,0,0,2000,0,0,1,0,0,1") for row in tables["scores"]]  # fmt: skip  # noqa: E501
    forged = sealed(handmade.files(**tables))

    assert findings(tmp_path, forged) == []
    assert findings(tmp_path, forged, ident_of(sealed())[:12]) == [
        f"This is another bundle: its id is {ident_of(forged)}, and not {ident_of(sealed())[:12]}."
    ]
    assert findings(tmp_path, sealed(), ident_of(sealed())) == []


def test_hashes_adapted_halfway_do_not_help(tmp_path: Path) -> None:
    entries = unpacked(sealed())
    entries["votes.csv"] = entries["votes.csv"].replace(b"First", b"Other")
    manifest = json.loads(entries["manifest.json"])
    manifest["files"]["votes.csv"]["sha256"] = verify.digest(entries["votes.csv"])

    assert findings(tmp_path, repacked(entries | {"manifest.json": archive.document(manifest)})) == [
        "manifest.json was changed: its content hash does not follow from its files."
    ]
    manifest["content"] = verify.content_hash({name: told["sha256"] for name, told in manifest["files"].items()})
    assert findings(tmp_path, repacked(entries | {"manifest.json": archive.document(manifest)})) == [
        "manifest.json was changed: its id does not follow from what it states."
    ]


@pytest.mark.parametrize("field", ["at", "code", "event", "number", "previous"])
def test_every_field_of_the_manifest_is_proved_by_the_id(tmp_path: Path, field: str) -> None:
    entries = unpacked(sealed())
    manifest = json.loads(entries["manifest.json"])
    manifest[field] = manifest[field] + 1 if isinstance(manifest[field], int) else f"{manifest[field]}0"

    found = findings(tmp_path, repacked(entries | {"manifest.json": archive.document(manifest)}))

    assert found[0] == "manifest.json was changed: its id does not follow from what it states."


def rewritten_chain(change: Callable[[list[str]], list[str]]) -> bytes:
    return altered(sealed(), "chain.csv", lambda rows: "".join(change(rows.decode().splitlines(True))).encode())


@pytest.mark.parametrize(
    ("chain", "finding"),
    [
        (lambda rows: [rows[0], rows[2], rows[1]], "chain.csv was cut or reordered: bundle 2 stands where 1 belongs."),
        (lambda rows: [rows[0], rows[2]], "chain.csv was cut or reordered: bundle 2 stands where 1 belongs."),
        (lambda rows: rows[:2], "chain.csv was cut: it has 1 earlier bundles, and this is number 3."),
        (
            lambda rows: [rows[0], rows[1].replace("a" * 64, "b" * 64), rows[2]],
            "chain.csv was changed: the id of bundle 1 does not follow from what stands there.",
        ),
    ],
)
def test_a_cut_or_reordered_chain_shows(tmp_path: Path, chain: Callable[[list[str]], list[str]], finding: str) -> None:
    assert finding in findings(tmp_path, rewritten_chain(chain))


def test_reordered_rows_and_entries_show(tmp_path: Path) -> None:
    entries = unpacked(sealed())
    header, *rows = entries["ballots.csv"].splitlines(keepends=True)
    backwards = repacked(entries | {"ballots.csv": b"".join([header, *rows[::-1]])})

    assert findings(tmp_path, backwards) == [
        CHANGED, "ballots.csv was reordered: line 3 is out of place or there twice.",
    ]  # fmt: skip
    assert findings(tmp_path, repacked(dict(sorted(entries.items())))) == [
        "The archive was reordered: its entries are not in the order of the format."
    ]


def test_a_cut_archive_says_what_is_missing(tmp_path: Path) -> None:
    entries = unpacked(sealed())
    without = {name: content for name, content in entries.items() if name != "links.csv"}

    assert findings(tmp_path, repacked(without)) == ["The archive was cut: it lacks links.csv."]
    assert findings(tmp_path, sealed()[:-40]) == ["bundle.zip is not a zip archive, or was cut short."]
    assert findings(tmp_path, altered(sealed(), "links.csv", lambda rows: rows[:-5]))[-1:] == [
        "links.csv was cut or edited: line 6 does not have 10 columns."
    ]


def test_a_foreign_archive_is_refused_with_a_reason(tmp_path: Path) -> None:
    entries = unpacked(sealed())
    manifest = json.loads(entries["manifest.json"])
    other = archive.document(manifest | {"format": "another-format"})
    newer = archive.document(manifest | {"format_version": 2})

    assert findings(tmp_path, b"Not a zip at all.") == ["bundle.zip is not a zip archive, or was cut short."]
    assert findings(tmp_path, repacked({"letter.txt": b"Dear all"})) == [
        "This is not a bundle of scores: it has no manifest.json."
    ]
    assert findings(tmp_path, repacked(entries | {"manifest.json": other})) == [
        "This is not a bundle of scores: manifest.json names another format."
    ]
    assert findings(tmp_path, repacked(entries | {"manifest.json": newer})) == [
        "This bundle is of another version of the format; this file reads version 1."
    ]
    assert findings(tmp_path, repacked(entries | {"letter.txt": b"Dear all"})) == [
        "The archive holds files that are not of a bundle: letter.txt."
    ]
    assert verify.check(tmp_path / "nothing.zip").findings == [f"There is no file {tmp_path / 'nothing.zip'}."]


def rewritten(name: str, old: str, new: str) -> dict[str, bytes]:
    """The files by hand with one piece of one replaced, to be sealed in order."""
    packed = handmade.files()
    assert old.encode() in packed[name]
    return packed | {name: packed[name].replace(old.encode(), new.encode())}


AGAIN = "The scores cannot be counted again: the files lack or misspell "


@pytest.mark.parametrize(
    ("name", "old", "new", "finding"),
    [
        ("links.csv", "fail,2000", "fail,-2000", f"{AGAIN}the whole number -2000."),
        ("links.csv", "fail,2000", "fail,2_000", f"{AGAIN}the whole number 2_000."),
        ("links.csv", "fail,2000", "fail,٢٠٠٠", f"{AGAIN}the whole number ٢٠٠٠."),
        ("links.csv", "fail,2000", "fail,0", f"{AGAIN}the whole number 0."),
        ("links.csv", "p,r1,v2", "q,r1,v2", "links.csv: there is no platform q."),
        ("links.csv", "scoring", "Scoring", "links.csv: p / d1 / v1: Scoring in role."),
        ("votes.csv", "rejected", "", "votes.csv: c / v2: nothing in result."),
        ("votes.csv", "2024-02-01", "2024-2-1", f"{AGAIN}Invalid isoformat string: '2024-2-1'."),
        ("ballots.csv", "b,blue,absent", "b,blue,drunk", f"{AGAIN}a rule for drunk, opposed."),
        ("ballots.csv", "b,blue,absent", "z,blue,secret", "ballots.csv: c / v2 / z: they held no seat."),
        ("ballots.csv", "c,v2,b", "c,v3,b", "ballots.csv: c / v3: there is no such vote."),
        ("platform.json", '"d1"', '"d2"', f"{AGAIN}d2, which stands there twice."),
        ("platform.json", '"social"', '"other"', f"{AGAIN}the chapter of d1, other."),
        ("platform.json", '"d1"', '"platform"', f"{AGAIN}the chapter of platform, social."),
        (
            "platform.json",
            '"chamber": "c"',
            '"chamber": "b", "chamber": "c"',
            "platform.json is not JSON in UTF-8 with",
        ),
        ("rules.json", '"weight_unit": 1000', '"weight_unit": 1e3', f"{AGAIN}the whole number 1000.0."),
        ("rules.json", '"mostly_above"', '"mostly"', f"{AGAIN}'mostly_above'."),
        (
            "rules.json",
            '"with",\n     10,',
            '"with",\n     20,',
            f"{AGAIN}what for earns of what it can earn: 20 of 10.",
        ),
    ],
)
def test_a_file_in_order_that_two_readers_could_read_apart_is_refused(
    tmp_path: Path, name: str, old: str, new: str, finding: str
) -> None:
    found = findings(tmp_path, sealed(rewritten(name, old, new)))

    assert finding in [line[: len(finding)] for line in found]


def test_two_main_votes_of_a_decision_are_named(tmp_path: Path) -> None:
    votes = [
        line.replace(",0,0,,,", ",0,0,k,yes,").replace(",0,1,,,", ",0,1,k,yes,")
        for line in handmade.TABLES["votes.csv"]
    ]

    assert findings(tmp_path, sealed(handmade.files(votes=votes))) == ["votes.csv: c / k: two main votes."]


def test_a_long_reason_is_written_and_read(tmp_path: Path) -> None:
    assert findings(tmp_path, sealed(rewritten("links.csv", "It would undo it", "long " * 40_000))) == []
    assert csv.field_size_limit() == 131_072


@pytest.mark.parametrize("junk", [(b"junk", b""), (b"", b"junk"), (sealed(), b""), (b"", sealed()[:-1])])
def test_nothing_hides_around_the_archive(tmp_path: Path, junk: tuple[bytes, bytes]) -> None:
    before, after = junk

    assert findings(tmp_path, before + sealed() + after)[0] in (
        "bundle.zip holds bytes before or after the archive, where another one can hide.",
        "bundle.zip is not a zip archive, or was cut short.",
    )


def test_an_archive_that_would_fill_the_disk_is_refused(tmp_path: Path) -> None:
    bomb = repacked(unpacked(sealed()) | {"ballots.csv": bytes(200 << 20)})

    (finding,) = findings(tmp_path, bomb)

    assert finding.endswith("too many for a bundle of its size.")


def test_damaged_archives_are_refused_without_a_traceback(tmp_path: Path) -> None:
    chance = random.Random(20)  # noqa: S311 - the same damage in every run
    good = sealed()
    for _ in range(300):
        damaged = bytearray(good)
        for _ in range(chance.randint(1, 20)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        findings(tmp_path, bytes(damaged))  # a damaged time of day in the zip is no damage to the bundle
        assert findings(tmp_path, bytes(damaged[: chance.randrange(len(damaged) - 22)]))


def test_files_of_any_shape_are_refused_without_a_traceback(tmp_path: Path) -> None:
    chance = random.Random(21)  # noqa: S311 - the same damage in every run
    entries = unpacked(sealed())
    shapes: list[bytes] = [b"", b"[]", b"{}", b"null", b"[" * 100_000, b'{"platforms": 3}', b"\xff\xfe", b'"', b"1,2\n"]
    for name in entries:
        for shape in shapes:
            assert findings(tmp_path, repacked(entries | {name: shape}))
        for _ in range(20):
            content = bytearray(entries[name])
            content[chance.randrange(len(content))] = chance.randrange(256)
            if bytes(content) != entries[name]:
                assert findings(tmp_path, repacked(entries | {name: bytes(content)}))


def test_it_runs_from_the_unpacked_archive_alone(tmp_path: Path) -> None:
    for name, content in unpacked(sealed()).items():
        (tmp_path / name).write_bytes(content)
    command = [sys.executable, "-I", "-S", "verify.py"]

    good = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", env={})
    (tmp_path / "ballots.csv").write_bytes((tmp_path / "ballots.csv").read_bytes().replace(b"absent", b"excused"))
    bad = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", env={})

    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.startswith(f"Verified: bundle 3, id {ident_of(sealed())}.\n8 score lines and 8 scores follow")
    assert (bad.returncode, bad.stderr) == (1, "")
    assert [line.split(": stored")[0] for line in bad.stdout.splitlines()] == [
        CHANGED,
        *(f"score_lines.csv: p / {demand} / b / v2" for demand in ("d1", "r1")),
        *(f"scores.csv: p / b / {of}" for of in ("chapter:social", "d1", "platform")),
        "NOT VERIFIED: findings: 6.",
    ]


def test_it_reads_a_zip_beside_it_and_compares_the_id(tmp_path: Path) -> None:
    (tmp_path / "bundle.zip").write_bytes(sealed())
    command = [sys.executable, "-I", "-S", verify.__file__, "bundle.zip", "--id", "0" * 12]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", env={})

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[0] == (
        f"This is another bundle: its id is {ident_of(sealed())}, and not {'0' * 12}."
    )


def test_a_short_id_proves_nothing(tmp_path: Path) -> None:
    ident = ident_of(sealed())

    assert findings(tmp_path, sealed(), ident[:11]) == [
        f"{ident[:11]} is too short for an id: give the 12 characters that a page prints, or all."
    ]
    assert findings(tmp_path, sealed(), ident[:12].upper()) == []


def test_it_imports_the_standard_library_only_and_reads_as_python_3_9() -> None:
    tree = ast.parse(SOURCE, feature_version=(3, 9))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }

    assert imported - set(sys.stdlib_module_names) == set()
    assert not any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(tree))


def test_its_own_words_are_those_of_the_method() -> None:
    positions = {position.value for position in Position}
    quorum = {p for p in positions if verify.read_as(p, "official", ["quorum", "", "for"]) != p or p == "for"}
    tactical = {p for p in positions if verify.read_as(p, "official", ["tactical", "", "for"]) == "for"}

    assert quorum - {"for"} == {position.value for position in QUORUM_POSITIONS}
    assert tactical == {position.value for position in RULED_POSITIONS}
    assert list(verify.OUTCOMES) == [outcome.value for outcome in Outcome if outcome is not Outcome.GAP]
    assert handmade.RULES["silence_counts"] == [t.value for t in Threshold if t.counts_silence]


def test_two_rows_of_one_key_cannot_be_written() -> None:
    row = ["c", "a", "", "", "Анна", ""]

    with pytest.raises(ValueError, match=r"mandates\.csv has two rows for c / a / "):
        archive.table("mandates.csv", [row, row])


def test_the_zip_says_nothing_of_time_or_machine(tmp_path: Path) -> None:
    (tmp_path / "bundle.zip").write_bytes(sealed())
    with zipfile.ZipFile(tmp_path / "bundle.zip") as packed:
        told = {(info.date_time, info.external_attr >> 16, info.create_system) for info in packed.infolist()}
        names = packed.namelist()

    assert told == {((1980, 1, 1, 0, 0, 0), 0o100644, 3)}
    assert names == list(verify.ENTRIES)
