import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from deputies.people.imports import Wishes, import_people
from deputies.people.models import Chamber, Faction
from deputies.sources.models import Document, cite
from deputies.sources.tables import BadFile, BadFiles
from deputies.votes.enums import Position
from deputies.votes.imports.run import Imported, Meaning, import_roll_calls
from deputies.votes.models import Ballot, RollCall, RollCallVersion
from pledges.scorecards.actions import publish_roll_calls
from tests import tidy

pytestmark = pytest.mark.django_db

AT = dt.datetime(2024, 6, 1, tzinfo=dt.UTC)
MEMBERSHIPS = (
    "member_id,body,start,end\na,council,2020-01-01,\nb,council,2020-01-01,\nc,council,2020-01-01,2020-02-20\n"
)


def bring(folder: Path, publish: bool = False, **meaning: Any) -> Imported:
    if not Chamber.objects.exists():
        import_people(folder=folder, slug="council", wishes=Wishes())
    outcome = import_roll_calls(folder=folder, chamber=Chamber.objects.get(), meaning=Meaning(**meaning), at=AT)
    if publish:
        publish_roll_calls(versions=outcome.drafts, by=None, vouched=True, at=AT)
    return outcome


def positions(vote_id: str) -> list[tuple[str, str]]:
    """Member and position in the latest version, by member."""
    version = RollCallVersion.objects.filter(roll_call__vote_id=vote_id).order_by("-number")[0]
    rows = version.ballots.order_by("person__identifiers__value")
    return list(rows.values_list("person__identifiers__value", "position"))


def numbers(outcome: Imported) -> Sequence[int]:
    return outcome.new, outcome.unchanged, outcome.redrafted, outcome.corrected


def test_a_folder_becomes_drafts(tmp_path: Path) -> None:
    outcome = bring(tidy.folder(tmp_path))

    assert numbers(outcome) == (3, 0, 0, 0)
    assert positions("v/1") == [("a", "for"), ("b", "for"), ("c", "against")]
    assert positions("v#2") == [("a", "for"), ("b", "against"), ("c", "present-not-voting")]
    kept = RollCallVersion.objects.order_by("pk").values_list(
        "roll_call__slug",
        "state",
        "kind",
        "title_ru",
        "title_en",
        "held_precision",
        "result",
        "total_for",
        "total_absent",
    )
    assert list(kept) == [
        ("v-1", "draft", "by-name", "О парках", "", "day", "adopted", 2, None),
        ("v-2", "draft", "by-name", "", "Budget", "day", "rejected", None, None),
        ("v3", "draft", "totals-only", "", "Only totals", "unknown", "adopted", 2, None),
    ]
    assert set(Ballot.objects.values_list("position_raw", flat=True)) == {"за", "против", ""}
    assert set(Document.objects.values_list("url", "title")) == {
        ("https://example.org/1", ""),
        ("", "council: votes.csv"),
        ("", "council: ballots.csv"),
    }


def test_again_changes_nothing(tmp_path: Path) -> None:
    folder = tidy.folder(tmp_path)
    first = bring(folder)
    before = tidy.rows_kept()

    outcome = bring(folder)

    assert numbers(outcome) == (0, 3, 0, 0)
    assert outcome.drafts == first.drafts
    assert tidy.rows_kept() == before


def test_published_again_changes_nothing(tmp_path: Path) -> None:
    folder = tidy.folder(tmp_path)
    bring(folder, publish=True)
    before = tidy.rows_kept()

    outcome = bring(folder, publish=True)

    assert (numbers(outcome), outcome.drafts) == ((0, 3, 0, 0), [])
    assert tidy.rows_kept() == before


def test_a_draft_is_replaced(tmp_path: Path) -> None:
    bring(tidy.folder(tmp_path))

    outcome = bring(tidy.folder(tmp_path, ballots=tidy.BALLOTS.replace("v#2,a,yes", "v#2,a,abstain")))

    assert numbers(outcome) == (0, 2, 1, 0)
    assert positions("v#2")[0] == ("a", "abstain")
    assert RollCallVersion.objects.count() == 3


def test_a_published_vote_gets_another_version(tmp_path: Path) -> None:
    bring(tidy.folder(tmp_path), publish=True)

    outcome = bring(tidy.folder(tmp_path, votes=tidy.VOTES.replace("Budget", "The budget")), publish=True)

    assert numbers(outcome) == (0, 2, 0, 1)
    published = RollCall.objects.get(vote_id="v#2").published
    assert published is not None
    assert (published.number, published.title_en) == (2, "The budget")
    assert published.reason == "The source changed: votes.csv and ballots.csv"
    assert published.ballots.count() == 3


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("v#2,c,not voting,,\n", ""),
        ("v#2,c,not voting,,", "v#2,c,not voting,,Blue\nv3,a,abstain,,\nv3,b,yes,,\nv3,c,yes,,"),
        ("v/1,b,yes,за,Red", "v/1,b,yes,За,Red"),
        ("v/1,b,yes,за,Red", "v/1,b,yes,за,Blue"),
    ],
)
def test_every_difference_in_ballots_is_seen(tmp_path: Path, old: str, new: str) -> None:
    bring(tidy.folder(tmp_path), publish=True)

    assert bring(tidy.folder(tmp_path, ballots=tidy.BALLOTS.replace(old, new))).corrected == 1


@pytest.mark.parametrize("publish", [False, True])
@pytest.mark.parametrize("kept", [0, 3])
def test_a_file_cut_off_between_two_votes_takes_no_names_away(tmp_path: Path, publish: bool, kept: int) -> None:
    bring(tidy.folder(tmp_path), publish)
    before = tidy.rows_kept()
    lines = tidy.BALLOTS.splitlines(keepends=True)

    with pytest.raises(BadFiles, match=r'^votes\.csv, line \d: vote "v.*": no row in ballots\.csv, 3 ballots in the'):
        bring(tidy.folder(tmp_path, ballots="".join(lines[: 1 + kept])), publish)

    assert tidy.rows_kept() == before


def test_a_correction_by_hand_is_left_and_the_change_reported(tmp_path: Path) -> None:
    bring(tidy.folder(tmp_path), publish=True)
    roll_call = RollCall.objects.get(vote_id="v#2")
    version = RollCallVersion.objects.create(
        roll_call=roll_call,
        number=2,
        title_en="By hand",
        threshold="voting",
        held_precision="unknown",
        reason="A slip",
        evidence=cite(title="An erratum"),
    )
    publish_roll_calls(versions=[version], by=None, vouched=True, at=AT)
    before = tidy.rows_kept()

    same = bring(tidy.folder(tmp_path))
    changed = bring(tidy.folder(tmp_path, votes=tidy.VOTES.replace("Budget", "The budget")))

    assert (numbers(same), same.notes) == ((0, 3, 0, 0), [])
    assert changed.notes == ['Vote "v#2": source changed since the correction; left as it is, look at it.']
    assert RollCallVersion.objects.count() == len(before["RollCallVersion"])


def test_factions_are_those_of_the_vote(tmp_path: Path) -> None:
    bring(tidy.folder(tmp_path, ballots=tidy.BALLOTS.replace("v/1,a,yes,за,Red", "v/1,a,yes,за,Green")))

    factions = Ballot.objects.order_by("version", "person__identifiers__value").values_list("faction__slug", flat=True)
    assert list(factions) == ["green", "red", "blue", "red", "red", "blue"]
    assert Faction.objects.count() == 3


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        (None, [("a", "for"), ("b", "against")]),
        (Position.ABSENT, [("a", "for"), ("b", "against"), ("c", "absent")]),
        (Position.DATA_MISSING, [("a", "for"), ("b", "against"), ("c", "data-missing")]),
    ],
)
def test_the_caller_says_what_no_row_means(
    tmp_path: Path, missing: Position | None, expected: list[tuple[str, str]]
) -> None:
    folder = tidy.folder(tmp_path, ballots=tidy.BALLOTS.replace("v#2,c,not voting,,\n", ""))

    bring(folder, missing=missing)

    assert positions("v#2") == expected
    assert positions("v3") == []


def test_who_had_no_mandate_is_not_missing(tmp_path: Path) -> None:
    folder = tidy.folder(tmp_path, memberships=MEMBERSHIPS, ballots=tidy.BALLOTS.replace("v#2,c,not voting,,\n", ""))

    bring(folder, missing=Position.ABSENT)

    assert positions("v#2") == [("a", "for"), ("b", "against")]


def test_the_caller_says_what_not_voting_means(tmp_path: Path) -> None:
    bring(tidy.folder(tmp_path), not_voting=Position.NO_MARK)

    assert positions("v#2")[2] == ("c", "no-mark")


def test_a_result_against_the_chambers_rule_is_reported(tmp_path: Path) -> None:
    outcome = bring(tidy.folder(tmp_path, votes=tidy.VOTES.replace("О парках,,pass", "О парках,,fail")))

    assert outcome.notes == [
        "1 results do not follow from the chamber's threshold (a vote may need another majority): v/1."
    ]


def test_a_total_that_no_house_could_reach_is_not_one(tmp_path: Path) -> None:
    votes = tidy.VOTES.replace("pass,2,1,,", "pass,2,,512,")

    outcome = bring(tidy.folder(tmp_path, votes=votes))

    version = RollCallVersion.objects.get(roll_call__vote_id="v/1")
    assert (version.total_for, version.total_abstain) == (2, None)
    assert version.note_en == 'The source prints 512 under "abstain", more than there are seats.'
    assert outcome.notes == [
        "1 rows print a total above the number of seats and lack another one, so it is taken as not stated: v/1."
    ]


def test_a_large_folder_is_staged_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deputies.votes.imports.store.BATCH", 2)

    assert bring(tidy.folder(tmp_path)).ballots == 6
    assert Ballot.objects.count() == 6


ONE_WORD = (
    "Write one of: yes, no, abstain, not voting, absent, excused, paired yes, paired no, not for, presiding, "
    "casting yes, casting no, proxy yes, proxy no, proxy abstain, recused, suspended, secret, unknown, data missing."
)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("ballots", "v/1,b,yes", "v/1,b,yess", f'ballots.csv, line 3: unknown option word "yess". {ONE_WORD}'),
        ("ballots", "v/1,b", "v/1,x", 'ballots.csv, line 3: unknown member "x". '
         "Import members.csv first, or correct the member_id."),
        ("ballots", "v/1,b", "v9,b", 'ballots.csv, line 3: unknown vote "v9". '
         "Add it to votes.csv, or correct the vote_id."),
        ("ballots", "v/1,b", "v/1,a", 'ballots.csv, line 3: a second ballot of "a" in vote "v/1", after line 2. '
         "Remove one of them."),
        ("ballots", "за,Red", "за," + "x" * 201, 'ballots.csv, line 2: "group_at_vote" has 201 characters. '
         "Write at most 200."),
        ("votes", "pass,2,1", "pass,3,1", 'votes.csv, line 2: vote "v/1": the official total of "yes" is 3, '
         "ballots.csv has 2. Correct the one that is wrong, or leave the total empty if the source states none."),
        ("votes", "pass,2,1,", "pass,2,1,many", 'votes.csv, line 2: the total "many" of "abstain" is not a whole '
         "number. Write a whole number, or leave it empty if the source states none."),
        ("votes", "2020-02-01", "01.02.98", 'votes.csv, line 2: "01.02.98" is not a date. Write it like 2019-09-08, '
         "2019-09-08 14:30, 2019-09 or 2019, or leave it empty if it is not known."),
        ("votes", "2020-02-01", "2020-02-21", 'ballots.csv, line 4: the mandate of "c" ended 2020-02-20. '
         "Correct the date of the vote, the ballot, or memberships.csv."),
        ("votes", "2020-02-01", "2019-12-31", 'ballots.csv, line 2: the mandate of "a" began 2020-01-01. '
         "Correct the date of the vote, the ballot, or memberships.csv."),
        ("votes", "v#2,2020", "v/1,2020", 'votes.csv, line 3: vote_id "v/1" is already in line 2. '
         "Give every vote its own id."),
        ("votes", "", "vote_id,date,result,threshold\nv/1,2020-02-01,fail,voting\nv#2,2020-02-01,fail,\n",
         'votes.csv, line 2: vote "v/1": the result "fail" contradicts its threshold (2 votes for, 1 against). '
         "Correct the result, the totals or the threshold."),
        ("votes", "", "vote_id,date,result,threshold\nv/1,2020-02-01,pass,3\nv#2,2020-02-01,fail,\n",
         'votes.csv, line 2: vote "v/1": the result "pass" contradicts its threshold (2 votes for, 3 needed). '
         "Correct the result, the totals or the threshold."),
    ],
)  # fmt: skip
def test_a_contradiction_stops_everything(tmp_path: Path, file: str, old: str, new: str, message: str) -> None:
    """`new` stands in the place of `old`, or of the whole file."""
    texts = {"votes": tidy.VOTES.replace("2020-03-01", "2020-02-02"), "ballots": tidy.BALLOTS}
    assert old in texts[file]
    texts[file] = texts[file].replace(old, new, 1) if old else new
    folder = tidy.folder(tmp_path, memberships=MEMBERSHIPS)
    import_people(folder=folder, slug="council", wishes=Wishes())
    before = tidy.rows_kept()

    with pytest.raises((BadFile, BadFiles)) as refusal:
        bring(tidy.folder(tmp_path, memberships=MEMBERSHIPS, **texts))

    assert str(refusal.value).splitlines()[0] == message
    assert tidy.rows_kept() == before


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    ballots = tidy.BALLOTS.replace(",yes,", ",aye,")

    with pytest.raises(BadFiles) as refusal:
        bring(tidy.folder(tmp_path, ballots=ballots))

    assert [problem.line for problem in refusal.value.problems] == [2, 3, 5]


def test_days_are_those_of_the_chamber(tmp_path: Path) -> None:
    folder = tidy.folder(tmp_path)
    import_people(folder=folder, slug="council", wishes=Wishes(timezone="Europe/Moscow"))

    bring(folder)

    version = RollCallVersion.objects.get(roll_call__vote_id="v/1")
    assert version.held_at == dt.datetime(2020, 1, 31, 21, tzinfo=dt.UTC)
