"""One load for the whole module, undone at its end; the tests only read."""

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import models, transaction
from django.db.models import Count, F, Q
from django.test import Client
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from coalition.accounts.models import User
from coalition.demo.drill import expected, questions
from deputies.journal.models import Event
from deputies.people.models import Chamber, FactionMembership, Mandate
from deputies.sources.models import Document
from deputies.votes.actions import Entry, acknowledge, approve, content_hashes, save_draft, submit
from deputies.votes.enums import Position
from deputies.votes.models import AgendaItem, Ballot, Decision, FactionStatement, RollCall, RollCallVersion, Sitting
from deputies.votes.reports.arithmetic import arithmetic_of, arithmetics_of
from deputies.votes.reports.eligibility import eligible_at
from deputies.votes.reports.findings import everybody, findings_of
from pledges.findings.actions import sweep
from pledges.findings.models import Finding
from pledges.platform.enums import Chapter
from pledges.platform.models import CoalitionMembership, Platform
from pledges.scorecards.actions import differences
from pledges.scorecards.bundles.contents import read_files
from pledges.scorecards.bundles.verify import check
from pledges.scorecards.models import Bundle, Link, Ruling, Score, ScoreChange
from pledges.scorecards.reports.evidence import lines, links_of
from pledges.scorecards.reports.platform import platform_in_force
from pledges.scorecards.reports.redlines import crossings_of
from pledges.tracker.models import Pledge, Signature, Statement

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", stdout=io.StringIO())
        yield
        transaction.set_rollback(True)


def chamber(slug: str) -> Chamber:
    return Chamber.objects.get(slug=slug)


def versions(slug: str) -> list[RollCallVersion]:
    return list(RollCallVersion.objects.filter(published_of__chamber__slug=slug).select_related("roll_call__chamber"))


def test_counts() -> None:
    counts = {
        one.slug: (one.districts.count(), one.mandates.count(), one.roll_calls.published().count())
        for one in Chamber.objects.all()
    }

    assert counts == {"zarechny": (45, 48, 120), "moscow": (45, 44, 8)}


def test_the_record_is_sound() -> None:
    call_command("check_record", stdout=(said := io.StringIO()))

    assert said.getvalue().startswith("Sound: ")


def test_the_scores_can_be_checked_with_a_first_bundle(tmp_path: Path) -> None:
    bundle = Bundle.objects.get()
    (tmp_path / "bundle.zip").write_bytes(bundle.archive)

    report = check(tmp_path / "bundle.zip", bundle.ident)

    assert (report.findings, report.number, report.scores) == ([], 1, Score.objects.count())


def test_loading_again_changes_nothing() -> None:
    tables: list[type[models.Model]] = [
        Ballot,
        Bundle,
        Chamber,
        Document,
        Event,
        Link,
        Mandate,
        RollCallVersion,
        Score,
        ScoreChange,
        Signature,
        Sitting,
    ]
    before = [table._default_manager.count() for table in tables]

    call_command("load_demo", stdout=io.StringIO())
    call_command("load_demo", "--if-empty", stdout=(said := io.StringIO()))

    assert [table._default_manager.count() for table in tables] == before
    assert said.getvalue() == "The site has chambers already: nothing loaded.\n"


def test_only_the_invented_chamber_is_marked_as_invented() -> None:
    assert {one.slug: one.is_invented for one in Chamber.objects.all()} == {"zarechny": True, "moscow": False}


def test_every_row_of_moscow_has_a_source() -> None:
    moscow = chamber("moscow")

    assert not moscow.mandates.filter(source=None).exists()
    assert not FactionMembership.objects.filter(mandate__chamber=moscow, source=None).exists()
    assert not Ballot.objects.filter(version__roll_call__chamber=moscow, source=None).exists()
    assert not RollCallVersion.objects.filter(roll_call__chamber=moscow, source=None).exists()
    assert not moscow.districts.filter(source=None).exclude(areas_note__startswith="No source found.").exists()


def test_no_ballot_of_a_real_person_is_read_from_the_official_record() -> None:
    real = Ballot.objects.filter(version__roll_call__chamber__slug="moscow")

    assert set(real.values_list("basis", flat=True)) == {"named", "inferred"}
    assert not real.filter(note_en="").exists()


def test_claims_on_factions_are_statements() -> None:
    claims = FactionStatement.objects.filter(is_free_vote=False)
    claimed = claims.values_list("version__roll_call__vote_id", flat=True)

    assert sorted(set(claimed)) == ["mgd-disabled-parking", "mgd-pension-repeal"]
    assert not Ballot.objects.filter(version__roll_call__vote_id="mgd-pension-repeal").exists()


def test_the_first_reading_of_the_budget_lacks_four_seats() -> None:
    version = RollCallVersion.objects.get(roll_call__vote_id="mgd-2019-budget-1")

    assert arithmetic_of(version).not_in_record == 4


def test_no_real_deputy_signed_anything() -> None:
    assert not Signature.objects.filter(person__mandates__chamber__slug="moscow").exists()
    assert not Pledge.objects.filter(demand__platform__coalition__chamber__slug="moscow").exists()
    assert Statement.objects.count() == Statement.objects.filter(platform__slug="mandate-2019").count() == 6


def test_the_only_score_of_a_real_deputy_rests_on_the_one_named_ballot() -> None:
    people = Score.objects.filter(platform__slug="mandate-2019").values_list("person__slug", flat=True)

    assert set(people) == {"darya-besedina"}


def test_dates_known_to_the_month_are_not_made_days() -> None:
    mandate = Mandate.objects.get(person__slug="nikolay-gubenko")

    assert (mandate.ended.precision, mandate.left) == ("month", "died")
    assert mandate.ended.at is not None
    assert mandate.ended.at.astimezone(mandate.chamber.zone).date() == dt.date(2020, 8, 1)


def test_totals_of_zarechny_equal_the_ballots() -> None:
    named = {
        "total_for": Count("ballots", Q(ballots__position="for")),
        "total_against": Count("ballots", Q(ballots__position="against")),
        "total_abstain": Count("ballots", Q(ballots__position="abstain")),
        "total_not_voting": Count("ballots", Q(ballots__position="present-not-voting")),
        "total_absent": Count("ballots", Q(ballots__position__in=["absent", "excused"])),
    }
    by_name = RollCallVersion.objects.filter(roll_call__chamber__slug="zarechny", kind="by-name", vouched=True)

    assert by_name.count() == 119
    for total, counted in named.items():
        differing = by_name.annotate(counted=counted).exclude(**{total: None}).exclude(counted=F(total))
        assert list(differing) == []


def test_results_of_zarechny_follow_from_the_thresholds() -> None:
    several = [version for version in versions("zarechny") if version.kind == "by-name"]
    numbers = arithmetics_of(several)

    assert [v for v in several if (v.result == "adopted") != (numbers[v.pk].short_by == 0)] == []
    assert {numbers[v.pk].short_by for v in several} >= {1, 2, 3, 4}


def test_everyone_who_could_vote_in_zarechny_has_a_ballot_and_nobody_else() -> None:
    for version in versions("zarechny"):
        if version.kind == "by-name":
            eligible = {one.mandate.pk for one in eligible_at(version.roll_call.chamber, version.held_at)}
            assert set(version.ballots.values_list("mandate", flat=True)) == eligible


def test_ballots_carry_the_faction_of_that_moment() -> None:
    before, after = "tram-close-resolution", "hearings-online-second"
    factions = Ballot.objects.filter(person__slug="kseniya-parusova").values_list(
        "version__roll_call__vote_id", "faction__slug"
    )

    assert {vote_id: faction for vote_id, faction in factions if vote_id in (before, after)} == {
        before: "centre",
        after: "zemstvo",
    }


def test_seats_that_changed_hands_were_vacant_in_between() -> None:
    zarechny = chamber("zarechny")
    filled = [
        zarechny.mandates.at(zarechny.midnight(day)).count()
        for day in (dt.date(2024, 6, 1), dt.date(2024, 8, 1), dt.date(2024, 10, 1), dt.date(2025, 5, 1))
    ]

    assert filled == [45, 44, 45, 44]


def test_the_minutes_are_kept_and_say_that_they_are_invented() -> None:
    for version in versions("zarechny"):
        assert version.source is not None
        assert version.source.content is not None
        assert bytes(version.source.content).decode().splitlines()[1].startswith("INVENTED DOCUMENT")


def test_the_coalition_of_zarechny_has_about_twenty_members_of_three_factions() -> None:
    zarechny = chamber("zarechny")
    at = zarechny.midnight(dt.date(2025, 1, 1))
    members = CoalitionMembership.objects.filter(coalition__chamber=zarechny, held__contains=at)
    factions = FactionMembership.objects.filter(mandate__person__in=members.values("person"), held__contains=at)

    assert members.count() == 22
    assert set(factions.values_list("faction__slug", flat=True)) == {"labour", "shore", "zemstvo"}


def test_scores_are_sound_and_vary() -> None:
    assert [differences(platform) for platform in Platform.objects.all()] == [[], []]
    whole = Score.objects.filter(platform__slug="zarechny-mandate", demand=None, chapter="", mass__gt=0)
    shares = sorted(score.credit / score.mass for score in whole)

    assert len(shares) == 48
    assert shares[0] < 0.2
    assert shares[-1] == 1
    assert len([share for share in shares if 0.3 < share < 0.9]) >= 15


def test_a_vote_before_the_demand_was_in_force_counts_for_nobody() -> None:
    link = Link.objects.get(roll_call__vote_id="video-first")

    assert (link.role, link.state) == ("informative", "published")
    assert not ScoreChange.objects.filter(roll_call=link.roll_call).exists()


def test_a_correction_moves_the_scores_of_two_namesakes() -> None:
    changes = ScoreChange.objects.filter(cause="correction")

    assert set(changes.values_list("roll_call__vote_id", "person__slug")) == {
        ("evict-first", "aleksey-zavolokin"),
        ("evict-first", "andrey-zavolokin"),
    }


def test_events_are_in_the_order_of_time() -> None:
    moments = list(Event.objects.order_by("pk").values_list("at", flat=True))

    assert moments == sorted(moments)


def test_the_invented_city_shows_each_particular_once() -> None:
    free = FactionStatement.objects.get(is_free_vote=True)
    declared = Ballot.objects.get(corrected_position="for")
    decision = Decision.objects.get(chamber__slug="zarechny")
    ruling = Ruling.objects.get()
    in_force = platform_in_force(chamber("zarechny"))
    assert in_force is not None
    (red_line,) = in_force.of_chapter(Chapter.RED_LINE)
    crossings = crossings_of(in_force, lines(links_of(in_force, demand=red_line.demand), {}, in_force))

    assert (free.version.roll_call.vote_id, free.faction.slug) == ("oak-second", "city")
    assert (declared.person.slug, declared.position) == ("gleb-kamyshev", "abstain")
    assert decision.main is not None
    assert (decision.main.vote_id, decision.roll_calls.count()) == ("clinic-merge-second", 2)
    assert (ruling.roll_call.vote_id, ruling.kind, ruling.silence) == ("detained-resolution", "silence", "nothing")
    assert [[line.ballot.person.slug for line in found if line.ballot] for found in crossings.values()] == [
        ["arseny-shatunin", "yegor-kletnyov", "ilya-molotilov"]
    ]


def test_the_invented_city_plays_findings_to_every_end() -> None:
    """One with a reply, one in silence, one kept against the faction, one dismissed, one withdrawn, one still open."""
    told = Finding.objects.exclude(state="detected").order_by("published_at", "pk")
    ends = [(one.kind, one.person.slug, one.state, one.reply is not None) for one in told.select_related("person")]

    assert [end for end in ends if end[0] != "red-line"] == [
        ("as-pledged", "inna-gramotina", "published", False),
        ("differs", "prokhor-kuznechikhin", "published", False),
        ("differs", "aleksey-zavolokin", "withdrawn", False),
        ("differs", "gleb-kamyshev", "published", True),
        ("differs", "lev-volnov", "dismissed", False),
        ("differs", "elvira-gornova", "asked", False),
    ]
    assert {end[2] for end in ends if end[0] == "red-line"} == {"published"}
    assert not Finding.objects.filter(kind="red-line").exclude(state="published").exists()
    assert sweep(at=dt.datetime(2026, 11, 21, tzinfo=dt.UTC)) == 0


def test_the_drill_is_one_sitting_without_marks_that_nobody_has_begun_on() -> None:
    drill = Sitting.objects.get(is_drill=True)
    drafts = RollCallVersion.objects.filter(roll_call__sitting=drill).order_by("roll_call")

    assert (drill.chamber.slug, drill.day) == ("zarechny", dt.date(2026, 10, 15))
    assert [(one.question_number, one.state, one.entered_by, one.opened_at) for one in drafts] == [
        (f"37.{nth}", "draft", None, None) for nth in (1, 2, 3)
    ]
    assert not Ballot.objects.filter(version__in=drafts).exists()
    assert [
        (one.total_for, one.total_against, one.total_abstain, one.total_not_voting, one.total_absent) for one in drafts
    ] == [(23, 14, 6, 0, 2), (21, 15, 6, 1, 2), (24, 11, 3, 3, None)]


def test_the_marks_of_the_drill_are_those_of_everyone_who_could_vote_then() -> None:
    drill = Sitting.objects.get(is_drill=True)
    could_vote = {one.mandate.person_id for one in eligible_at(drill.chamber, drill.chamber.midnight(drill.day))}

    assert [expected(question).keys() == could_vote for question in questions()] == [True] * 3
    assert [len(question.marks) for question in questions()] == [45] * 3


def approve_with(version: RollCallVersion, marks: dict[int, Position], entrant: User, second: User) -> None:
    """Enter exactly these marks, acknowledge every warning, hand it on and approve it."""
    at = timezone.now()
    eligible = everybody(version)
    entries = {
        one.mandate.pk: Entry(mark, "болезнь" if mark is Position.EXCUSED else "")
        for one in eligible
        for mark in [marks[one.mandate.person_id]]
    }
    seen = content_hashes([version.pk])[version.pk]
    save_draft(version=version, seen=seen, eligible=eligible, entries=entries, by=entrant, at=at)
    warnings = {one.key: one.code for one in findings_of(version, at=at) if not one.blocking}
    acknowledge(version=version, words=warnings, by=entrant, at=at)
    seal = content_hashes([version.pk])[version.pk]
    submit(version=version, by=entrant, seen=seal, at=at)
    approve(version=version, by=second, seen=seal, at=at)


def told(command: str, *words: str) -> str:
    call_command(command, *words, stdout=(said := io.StringIO()))
    return said.getvalue()


def test_an_approved_drill_reaches_no_reader_no_score_and_no_file(client: Client) -> None:
    lists = [("scores", "--platform", "zarechny-mandate"), ("groups", "--chamber", "zarechny", "--coalition", "labour")]
    before, events = [told(*words) for words in lists], Event.objects.count()
    entrant, second = (User.objects.create_user(name) for name in ("entrant", "second"))
    for question in questions():
        version = RollCallVersion.objects.get(roll_call__sitting__is_drill=True, question_number=question.number)
        approve_with(version, expected(question), entrant, second)
    paths = ["", "votes/", "deputies/", "platform/", "coalition/", "deputies/savva-olkhin/"]
    pages = [f"/{lang}/zarechny/{path}" for lang in ("en", "ru") for path in paths] + ["/en/", "/en/data/"]
    shown = [client.get(page) for page in pages]
    public = {page: answer.status_code for page, answer in zip(pages, shown, strict=True)}
    calls = RollCall.objects.filter(sitting__is_drill=True)
    names = [*(question.item.title for question in questions()), *calls.values_list("slug", flat=True)]
    files = [*(answer.content for answer in shown), *read_files().values()]

    assert set(public.values()) == {200}, public
    assert [name for name in names for file in files if name.encode() in file] == []
    assert [client.get(f"/en/zarechny/votes/{call.slug}/").status_code for call in calls] == [404] * 3
    assert [told(*words) for words in lists] == before
    assert Event.objects.count() == events


def test_zarechny_announces_expects_and_compares() -> None:
    items = AgendaItem.objects.filter(chamber__slug="zarechny")

    states = dict(items.values_list("state").annotate(Count("pk")).order_by())
    assert states == {"held": 3, "withdrawn": 1, "planned": 1}
    assert items.filter(state="held", expectations__rung="unknown").exists()
    assert items.get(state="planned").starts_at > timezone.now()
    assert not AgendaItem.objects.filter(chamber__slug="moscow").exists()
