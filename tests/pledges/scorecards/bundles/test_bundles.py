"""The chain of bundles: built from the database, and counted again by the checker alone."""

import datetime as dt
import random
import threading
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import connection, transaction

from coalition.accounts.models import User
from deputies.journal.models import Event
from deputies.people.enums import Threshold
from deputies.people.models import Chamber, Identifier, Person
from deputies.sources.enums import Basis
from deputies.sources.models import cite
from deputies.votes.actions import open_correction
from deputies.votes.enums import Kind, Position
from deputies.votes.models import Decision, RollCall
from pledges.platform.enums import Chapter
from pledges.platform.models import Demand
from pledges.scorecards.actions import designate, publish_platform, publish_roll_calls, rescore
from pledges.scorecards.bundles import verify
from pledges.scorecards.bundles.actions import NothingPublished, build_bundle
from pledges.scorecards.bundles.reports import BundleEntry, archive_of, chain_faults, every_bundle, latest_bundle
from pledges.scorecards.enums import Role, RulingKind, Silence, Wants
from pledges.scorecards.export import member_ids
from pledges.scorecards.models import Bundle, Link, Ruling, Score
from pledges.scorecards.profiles import PROFILES
from pledges.scorecards.tasks import keep_bundles
from tests import build, tidy
from tests.pledges.scorecards.bundles.handmade import unpacked
from tests.refuses import refused_by

pytestmark = pytest.mark.django_db
NOW = build.LATER


def small() -> tuple[Chamber, Person, Person, RollCall]:
    """A chamber with two deputies, and a vote that is linked to the one demand."""
    chamber = build.chamber()
    anna, boris = build.deputy(chamber), build.deputy(chamber)
    platform = build.platform(chamber)
    roll_call = build.vote(chamber, {anna: Position.FOR, boris: Position.AGAINST})
    build.link(platform.demands.get(), roll_call)
    return chamber, anna, boris, roll_call


def correct(roll_call: RollCall, person: Person, position: Position) -> None:
    draft = open_correction(
        roll_call=roll_call, by=None, reason="The protocol says otherwise.", evidence=cite(title="The protocol")
    )
    draft.ballots.filter(person=person).update(position=position.value)
    build.publish(draft, at=build.LATER)


def checked(bundle: Bundle, at: Path) -> verify.Report:
    (at / "bundle.zip").write_bytes(bundle.archive)
    return verify.check(at / "bundle.zip", bundle.ident)


def test_nothing_published_gives_no_bundle() -> None:
    build.chamber()

    with pytest.raises(NothingPublished):
        build_bundle(at=NOW)

    assert (keep_bundles(), latest_bundle()) == (0, None)


def test_built_twice_without_a_change_it_is_the_same_to_the_byte(tmp_path: Path) -> None:
    small()

    tidy.run("bundle", "build", tmp_path / "a.zip")
    tidy.run("bundle", "build", tmp_path / "b.zip")

    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert Bundle.objects.count() == 1
    bundle = Bundle.objects.get()
    assert tidy.run("bundle", "verify", tmp_path / "a.zip").splitlines()[0] == (
        f"Verified: bundle 1, id {bundle.ident}."
    )


def test_the_same_record_gives_the_same_content_whenever_it_is_written() -> None:
    small()
    first = build_bundle(at=NOW)
    chamber = Chamber.objects.get()

    build.vote(chamber, {})  # not linked: it stands in no score, and the journal moves on
    second = build_bundle(at=NOW)

    assert (second.number, second.content) == (2, first.content)
    assert second.ident != first.ident


def test_a_publication_continues_the_chain(tmp_path: Path) -> None:
    _, anna, _, roll_call = small()
    bundles = [build_bundle(at=NOW)]
    for position in (Position.ABSTAIN, Position.AGAINST):
        correct(roll_call, anna, position)
        bundles.append(build_bundle(at=NOW))

    assert [checked(bundle, tmp_path).findings for bundle in bundles] == [[], [], []]
    assert [(b.number, b.previous) for b in bundles] == [(1, None), (2, bundles[0]), (3, bundles[1])]
    assert len({bundle.content for bundle in bundles}) == 3
    chain = unpacked(bytes(bundles[2].archive))["chain.csv"].decode().splitlines()
    assert [line.rpartition(",")[2] for line in chain] == ["id", bundles[0].ident, bundles[1].ident]
    last = Event.objects.latest("pk")
    assert (bundles[2].event, bundles[2].at, bundles[2].built_at) == (last, last.at, NOW)
    assert every_bundle() == [
        BundleEntry(b.number, b.ident, b.previous.ident if b.previous else "", b.at, len(b.archive))
        for b in reversed(bundles)
    ]
    assert [archive_of(number) for number in (1, 4)] == [bundles[0].archive, None]


def test_the_latest_bundle_says_whether_a_change_awaits_the_next() -> None:
    _, anna, _, roll_call = small()
    first = build_bundle(at=NOW)
    covering = latest_bundle()
    correct(roll_call, anna, Position.ABSTAIN)
    behind = latest_bundle()
    number = keep_bundles()
    caught_up = latest_bundle()

    assert covering is not None
    assert behind is not None
    assert caught_up is not None
    assert (covering.number, covering.short, covering.covers_everything) == (1, first.ident[:12], True)
    assert (behind.number, behind.ident, behind.covers_everything) == (1, first.ident, False)
    assert (number, caught_up.number, caught_up.covers_everything) == (2, 2, True)
    assert (keep_bundles(), Bundle.objects.count()) == (2, 2)


def test_it_names_members_by_the_chambers_ids_and_nobody_who_worked_on_it() -> None:
    chamber, anna, boris, roll_call = small()
    Identifier.objects.create(person=anna, scheme=chamber.slug, value="№ 7")
    Identifier.objects.create(person=boris, scheme="another source", value="b-17")
    writer, reader = (User.objects.create_user(name, password="x") for name in ("kseniya-writes", "rustam-reads"))
    draft = open_correction(roll_call=roll_call, by=writer, reason="A slip.", evidence=cite(title="The protocol"))
    build.approved(draft, entered_by=writer, reviewed_by=reader)
    publish_roll_calls(versions=[draft], by=reader, vouched=False, at=build.LATER)

    entries = unpacked(bytes(build_bundle(at=NOW).archive))

    ballots = [row.split(",")[2] for row in entries["ballots.csv"].decode().splitlines()[1:]]
    assert ballots == sorted([boris.slug, "№ 7"])
    text = b"\n".join(entries.values())
    assert [name for name in ("kseniya", "rustam", "b-17") if name.encode() in text] == []


CHANCES = [*[Position.FOR, Position.AGAINST] * 4, *Position]


def legislature(profile: str, seed: int) -> None:
    """A small chamber with a platform of everything that the method knows, at random."""
    chance = random.Random(f"{profile} {seed}")  # noqa: S311 - the same legislatures in every run
    chamber = build.chamber(threshold=chance.choice([Threshold.VOTING, Threshold.MEMBERS]), timezone="Europe/Moscow")
    people = [build.deputy(chamber, group=chance.choice(["red", "blue"])) for _ in range(6)]
    chapters = (Chapter.SOCIAL, Chapter.SOCIAL, Chapter.DEMOCRATIC, Chapter.RED_LINE)
    platform = build.platform(chamber, demands=chapters, profile=profile)
    Demand.objects.filter(platform=platform, slug="d2").update(in_force_until=dt.date(2024, 1, 20))
    calls = [vote(chamber, people, chance) for _ in range(10)]
    decision = Decision.objects.create(chamber=chamber, key="bill")
    RollCall.objects.filter(pk__in=[call.pk for call in calls[:3]]).update(decision=decision)
    designate(decision=decision, main=calls[0], at=build.AT)
    links = [
        Link(
            demand=demand, roll_call=call, wants=chance.choice(list(Wants)).value, reasoning_en="Why,\r\n\"because\"",
            weight=chance.choice([1, 500, 1000, 1000, 1500, 2000]), role=chance.choice([*Role, Role.SCORING]).value,
        )
        for demand in platform.demands.all() for call in calls if chance.random() < 0.6
    ]  # fmt: skip
    Link.objects.bulk_create(links)
    rulings = [ruling(platform.pk, call, people, chance) for call in calls]
    Ruling.objects.bulk_create(rulings)
    publish_platform(platform=platform, version=None, links=links, rulings=rulings, vouched=True, at=build.AT)


def vote(chamber: Chamber, people: list[Person], chance: random.Random) -> RollCall:
    held_at = build.START + dt.timedelta(days=chance.randint(-3, 25), hours=chance.randint(0, 23))
    kind = chance.choice([*[Kind.BY_NAME] * 8, Kind.SECRET])
    version = build.draft(chamber, held_at=held_at, threshold=chance.choice(list(Threshold)[:5]), kind=kind.value)
    for person in chance.sample(people, k=chance.randint(1, len(people))):
        more: dict[str, object] = {}
        if chance.random() < 0.1:
            more = {"basis": Basis.INFERRED.value, "note_en": "From the totals."}
        elif chance.random() < 0.2:
            source = cite(url="https://example.org/correction")
            more = {"corrected_position": chance.choice([Position.FOR, Position.AGAINST]).value}
            more |= {"corrected_source": source}
        build.ballot(version, person, chance.choice(CHANCES), **more)
    build.publish(version)
    return version.roll_call


def ruling(platform: int, call: RollCall, people: list[Person], chance: random.Random) -> Ruling:
    made = Ruling(platform_id=platform, roll_call=call, reason_en="Said in public.")
    made.source = cite(url="https://example.org/statement")
    made.kind = chance.choice(list(RulingKind)).value
    if made.kind == RulingKind.SILENCE.value:
        made.silence = chance.choice(list(Silence)).value
    else:
        made.person = chance.choice(people)
        made.reads_as = chance.choice([Position.FOR, Position.AGAINST, Position.ABSTAIN]).value
    return made


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_checker_agrees_with_every_stored_score_under_every_method(tmp_path: Path, seed: int) -> None:
    for profile in PROFILES:
        legislature(profile, seed)

    report = checked(build_bundle(at=NOW), tmp_path)

    assert report.findings == []
    assert report.scores == Score.objects.count()
    counts = {row.rpartition(",")[2] for row in unpacked(bytes(Bundle.objects.get().archive))["score_lines.csv"].decode().splitlines()}  # fmt: skip  # noqa: E501
    assert counts == {"counts", "yes", "informative", "not-in-force", "not-by-name", "not-the-main-vote", "red-line"}


def test_a_stored_score_that_does_not_follow_is_found(tmp_path: Path) -> None:
    _, anna, _, _ = small()
    score = Score.objects.filter(person=anna, demand=None, chapter="").get()
    Score.objects.filter(pk=score.pk).update(with_weight=2000, credit=20_000, mass=20_000)

    bundle = build_bundle(at=NOW)

    assert [finding.split(": stored")[0] for finding in checked(bundle, tmp_path).findings] == [
        f"scores.csv: {score.platform.slug} / {anna.slug} / platform"
    ]
    rescore(platform=score.platform, at=NOW)
    assert checked(build_bundle(at=NOW), tmp_path).findings == []


def test_the_check_of_the_record_looks_at_the_chain() -> None:
    _, anna, _, roll_call = small()
    build_bundle(at=NOW)
    correct(roll_call, anna, Position.ABSTAIN)
    build_bundle(at=NOW)
    assert list(chain_faults()) == []

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE scorecards_bundle DISABLE TRIGGER scorecards_bundle_append_only")
    Bundle.objects.filter(number=1).update(code="other")
    Bundle.objects.filter(number=2).update(archive=b"nothing")

    (first, second) = chain_faults()
    assert first == "Bundle 1: its id does not follow from what it states."
    assert second.startswith("Bundle 2: ")
    assert second.endswith(" is not a zip archive, or was cut short.")
    with pytest.raises(CommandError, match="Bundle 1: its id does not follow"):
        tidy.run("check_record")


def test_bundles_are_only_ever_added() -> None:
    small()
    first = build_bundle(at=NOW)

    with refused_by("scorecards_bundle_append_only"):
        Bundle.objects.update(code="other")
    with refused_by("scorecards_bundle_append_only"):
        Bundle.objects.all().delete()
    assert Bundle.objects.get() == first


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("scorecards_bundle_number_once", {"number": 2}),
        ("scorecards_bundle_ident_once", {"ident": "b" * 64}),
        ("scorecards_bundle_chain_never_forks", {"follows": 0}),
        ("scorecards_bundle_only_first_begins", {"number": 1}),
        ("scorecards_bundle_only_first_begins", {"follows": None}),
        ("scorecards_bundle_of_hashes", {"ident": "B" * 64}),
        ("scorecards_bundle_of_hashes", {"content": ""}),
    ],
)
def test_what_the_database_refuses_of_the_chain(rule: str, changes: dict[str, object]) -> None:
    small()
    event = Event.objects.latest("pk")
    bundles = [
        Bundle(number=n, ident=letter * 64, content="0" * 64, at=event.at, event=event, archive=b"", built_at=NOW)
        for n, letter in enumerate("abc", 1)
    ]
    bundles[0].save()
    bundles[1].previous = bundles[0]
    bundles[1].save()
    follows = changes.pop("follows", 1)
    bundles[2].previous = bundles[follows] if isinstance(follows, int) else None
    for field, value in changes.items():
        setattr(bundles[2], field, value)

    with refused_by(rule):
        bundles[2].save()


@pytest.mark.django_db(transaction=True)
def test_two_builders_at_once_do_not_fork_the_chain() -> None:
    """The second waits for the first before it looks, so it finds the first one's bundle and not an older moment."""
    _, anna, _, roll_call = small()
    first = build_bundle(at=NOW)
    correct(roll_call, anna, Position.ABSTAIN)
    found: list[Bundle] = []

    def second_builder() -> None:
        found.append(build_bundle(at=NOW))
        connection.close()

    thread = threading.Thread(target=second_builder)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE scorecards_bundle IN EXCLUSIVE MODE")
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
        built = build_bundle(at=NOW)
    thread.join(20)

    assert found == [built]
    assert list(Bundle.objects.order_by("number")) == [first, built]


@pytest.mark.django_db(transaction=True)
def test_publishing_does_not_wait_for_a_builder() -> None:
    _, anna, _, roll_call = small()
    done = threading.Event()

    def publisher() -> None:
        correct(roll_call, anna, Position.ABSTAIN)
        done.set()
        connection.close()

    thread = threading.Thread(target=publisher)
    with transaction.atomic():
        build_bundle(at=NOW)
        thread.start()
        assert done.wait(20)
    thread.join(20)

    latest = latest_bundle()
    assert latest is not None
    assert not latest.covers_everything


def test_the_commands_say_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no published platform yet"):
        tidy.run("bundle", "build", tmp_path / "a.zip")
    small()
    with pytest.raises(CommandError, match="Name a file in a folder you can write to"):
        tidy.run("bundle", "build", tmp_path / "no folder" / "a.zip")
    tidy.run("bundle", "build", tmp_path / "a.zip")
    (tmp_path / "a.zip").write_bytes((tmp_path / "a.zip").read_bytes()[:-30])
    with pytest.raises(CommandError, match="is not verified"):
        tidy.run("bundle", "verify", tmp_path / "a.zip")


def test_a_real_chamber_is_counted_again_from_its_bundle(tmp_path: Path) -> None:
    """Every one of the votes of two years of the United States Senate, linked to one demand or another."""
    source = tidy.real("data", "rollcalls", "us-senate-109")
    votes = [row["vote_id"] for row in tidy.read(source / "votes.csv")]
    links = [
        [f"d{nth % 7}", vote, "pass" if nth % 3 else "fail", 1 + nth % 2, "scoring"] for nth, vote in enumerate(votes)
    ]
    folder = tidy.folder(
        tmp_path / "platform", members="", votes="", ballots="",
        demands=tidy.table(["demand_id", "chapter", "title"], [[f"d{n}", "social", f"Demand {n}"] for n in range(7)]),
        links=tidy.table(["demand_id", "vote_id", "wants", "weight", "role"], links),
    )  # fmt: skip
    tidy.run("import_people", source, "--chamber=senate", "--name=Senate", "--seats=100")
    tidy.run("import_rollcalls", source, "--chamber=senate", "--publish")
    tidy.run("import_platform", folder, "--chamber=senate", "--platform=p", "--publish")

    tidy.run("bundle", "build", tmp_path / "senate.zip")
    report = verify.check(tmp_path / "senate.zip")

    print(f"\n{report.text()} {(tmp_path / 'senate.zip').stat().st_size} bytes.")
    assert report.findings == []
    assert (report.ballots, report.lines, report.scores) == (64_500, 64_500, Score.objects.count())


def test_no_two_members_have_one_name_in_files(tmp_path: Path) -> None:
    """A slug can be somebody else's id; who has two ids is named by the first; a ruling can name a stranger."""
    chamber = build.chamber()
    anna, boris, vera = build.deputy(chamber), build.deputy(chamber), build.deputy(build.chamber())
    for person, value in ((anna, "z"), (anna, boris.slug)):
        Identifier.objects.create(person=person, scheme=chamber.slug, value=value)
    roll_call = build.vote(chamber, {anna: Position.FOR, boris: Position.AGAINST})
    platform = build.platform(chamber)
    build.link(platform.demands.get(), roll_call)
    build.ruling(platform, roll_call, kind="tactical", person=vera, reads_as="for")

    bundle = build_bundle(at=NOW)

    assert checked(bundle, tmp_path).findings == []
    rows = unpacked(bytes(bundle.archive))["ballots.csv"].decode().splitlines()[1:]
    assert [row.split(",")[2:5:2] for row in rows] == [[f"page:{boris.slug}", "against"], [boris.slug, "for"]]
    assert set(member_ids(chamber).values()) == {boris.slug, f"page:{boris.slug}"}
