"""Bringing answers of parties into pledges: small folders written here, and the real questionnaire of Prague."""

from pathlib import Path

import pytest
from django.core.management.base import CommandError

from deputies.journal.models import Event
from deputies.people.models import Chamber, Party
from pledges.platform.models import Platform
from pledges.scorecards.reports.evidence import lines, links_of
from pledges.scorecards.reports.parties import votes_of_party
from pledges.scorecards.reports.platform import platform_in_force
from pledges.tracker.enums import Review, Stance
from pledges.tracker.models import Pledge
from tests import tidy

pytestmark = pytest.mark.django_db
EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "examples" / "prague-2014"

QUESTIONS = "question_id,text\n1,Should the parks be kept?\n2,May people speak?\n"
ANSWERS = """question_id,party_id,option,explanation
1,10,yes,"We will keep ""all"" of them."
1,20,no,
2,10,abstain,Perhaps.
2,99,yes,
3,10,yes,Not asked of anybody here.
"""
MAPPING = "demand_id,question_id,promised_by\nparks,1,yes\nspeech,2,yes\n"
PARTIES = "party_id,party\n10,Party\n20,Other\n"


def platform(at: Path) -> Path:
    """The small platform of `tidy`, published, and a folder of answers beside it."""
    tidy.folder(at)
    tidy.run("import_people", at, chamber="council", name="Council", seats="3")
    tidy.run("import_rollcalls", at, "--publish", chamber="council")
    tidy.run("import_platform", at, "--publish", chamber="council", platform="p")
    answers = at / "answers"
    answers.mkdir()
    for name, text in {
        "questions": QUESTIONS, "answers": ANSWERS, "mapping": MAPPING, "parties": PARTIES,
    }.items():  # fmt: skip
        (answers / f"{name}.csv").write_text(text)
    return answers


def bring(folder: Path, *flags: str, mapping: Path | None = None, platform: str = "p") -> str:
    said = ("--said-on=2020-01-15", "--precision=month", "--language=en")
    return tidy.run("import_pledges", folder, *said, *flags, f"--mapping={mapping or folder}", platform=platform)


def test_answers_become_words_of_parties_that_wait_for_a_second_person(tmp_path: Path) -> None:
    folder = platform(tmp_path)

    out = bring(folder)

    assert out.splitlines() == [
        "1 parties are not in parties.csv of the mapping and were left out.",
        "3 pledges proposed: a second person publishes them at the desk.",
    ]
    found = Pledge.objects.order_by("demand__demand_id", "party__name_en").values_list(
        "demand__demand_id", "party__name_en", "stance", "words", "review"
    )
    assert list(found) == [
        ("parks", "Other", Stance.REFUSED.value, "no: Should the parks be kept?", Review.PROPOSED.value),
        ("parks", "Party", Stance.PROMISED.value, 'We will keep "all" of them.', Review.PROPOSED.value),
        ("speech", "Party", Stance.UNDECIDED.value, "Perhaps.", Review.PROPOSED.value),
    ]


def test_published_answers_are_vouched_for_and_told_to_the_journal_once(tmp_path: Path) -> None:
    folder = platform(tmp_path)

    first, second = bring(folder, "--publish"), bring(folder, "--publish")

    assert (first.splitlines()[-1], second.splitlines()[-1]) == ("3 pledges published.", "Nothing changed.")
    assert Pledge.objects.published().filter(vouched=True).count() == 3
    assert Event.objects.filter(kind="word-given").count() == 3


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("mapping", "parks,1", "lakes,1", 'mapping.csv, line 2: the platform has no demand "lakes"'),
        ("mapping", "1,yes", "1,maybe", 'mapping.csv, line 2: unknown answer "maybe"'),
        ("parties", "20,Other", "20,Others", 'parties.csv, line 3: no deputy of the chamber has the party "Others"'),
        ("answers", "1,20,no", "1,20,nay", 'answers.csv, line 3: unknown option "nay"'),
    ],
)
def test_a_bad_file_is_refused_with_its_place_and_nothing_is_stored(
    tmp_path: Path, file: str, old: str, new: str, message: str
) -> None:
    folder = platform(tmp_path)
    path = folder / f"{file}.csv"
    path.write_text(path.read_text().replace(old, new))

    with pytest.raises(CommandError) as refusal:
        bring(folder, "--publish")

    assert message in str(refusal.value)
    assert not Pledge.objects.exists()


def test_an_unknown_platform_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Import it with import_platform first"):
        bring(platform(tmp_path), platform="another")


def linked_votes(rollcalls: Path, at: Path) -> Path:
    """The members, and of the roll calls those that the example links, so that nobody waits for the other 1,822."""
    wanted = {row["vote_id"] for row in tidy.read(EXAMPLE / "links.csv")}
    for name in ("members", "votes", "ballots"):
        rows = tidy.read(rollcalls / f"{name}.csv")
        kept = [list(row.values()) for row in rows if name == "members" or row["vote_id"] in wanted]
        (at / f"{name}.csv").write_text(tidy.table(list(rows[0]), kept))
    return at


def test_the_parties_of_prague_meet_their_deputies_votes(tmp_path: Path) -> None:
    rollcalls = linked_votes(tidy.real("data", "rollcalls", "prague-2014"), tmp_path)
    answers = tidy.real("data", "pledges", "prague-2014-vaa")
    tidy.run(
        "import_people", rollcalls, "--seats=65", "--threshold=members", chamber="prague", name="Prague City Assembly"
    )
    tidy.run("import_rollcalls", rollcalls, "--publish", chamber="prague")
    tidy.run("import_platform", EXAMPLE, "--publish", chamber="prague", platform="example-prague-2014")

    bring(answers, "--publish", mapping=EXAMPLE, platform="example-prague-2014")

    assert Pledge.objects.published().count() == 21
    refused = Pledge.objects.filter(stance=Stance.REFUSED.value).values_list("demand__demand_id", "party__name_en")
    assert list(refused) == [("accounting", "ODS")]
    assert votes_on("contracts", "Piráti") == (4, 4, 0)
    assert votes_on("contracts", "ANO 2011")[1] == 0


def votes_on(demand_id: str, party: str) -> tuple[int, int, int]:
    """Deputies of the party in the one vote on a demand: all, as asked, otherwise."""
    in_force = platform_in_force(Chamber.objects.get())
    assert in_force is not None
    demand = Platform.objects.get().demands.get(demand_id=demand_id)
    evidence = lines(links_of(in_force, demand=demand), {}, in_force)
    (vote,) = votes_of_party(Party.objects.get(name_en=party), evidence, in_force.rulings)
    return vote.deputies, vote.as_asked, vote.otherwise
