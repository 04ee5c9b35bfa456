"""Deputies' words as readers see them."""

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from deputies.people.models import Party
from deputies.sources.models import cite
from pledges.platform.enums import COUNTED
from pledges.platform.models import DemandText, Platform, PlatformVersion
from pledges.tracker.enums import Stance, Status
from pledges.tracker.models import Statement
from pledges.tracker.reports.words import counts_of, platform_with, signatures_of, signers_of, word_on
from pledges.tracker.wording import counts_sentence, statuses_sentence
from tests import build
from tests.refuses import refused_by

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 3, 1)


def platform() -> Platform:
    return build.platform(build.chamber(), demands=COUNTED)


def test_nothing_is_said_of_a_new_platform() -> None:
    word = word_on(platform(), at=build.AT)

    assert (word.given, word.signed, word.statements) == ([], [], [])
    assert word.rule is not None
    assert counts_sentence(word.given) == "No pledge is on record."
    assert statuses_sentence(word.given) == ""


@pytest.mark.parametrize("people", [1, 3])
def test_everything_comes_in_one_query(django_assert_num_queries: DjangoAssertNumQueries, people: int) -> None:
    made = platform()
    demand, chamber = made.demands.earliest("pk"), made.coalition.chamber
    for n in range(people):
        person = build.deputy(chamber)
        build.status(build.pledge(person, demand, DAY), Status.IN_PROGRESS, DAY)
        build.signature(person, demand, DAY + dt.timedelta(days=n))

    with django_assert_num_queries(1):
        word = word_on(made, at=build.AT)
        told = [(one.by.name, one.text.title, one.pledge.source.title, one.latest) for one in word.given]
        signed = [(one.signature.person.name, one.signature.source.title) for one in word.signed]

    assert len(told) == len(signed) == people
    assert {(text, source) for _, text, source, _ in told} == {("Demand 1", "An interview")}


def test_the_latest_status_counts_and_a_proposed_one_is_not_told() -> None:
    made = platform()
    pledge = build.pledge(build.deputy(made.coalition.chamber), made.demands.earliest("pk"), DAY)
    build.status(pledge, Status.IN_PROGRESS, DAY)
    build.status(pledge, Status.KEPT, DAY + dt.timedelta(days=9))
    build.status(pledge, Status.DIFFERS, DAY + dt.timedelta(days=10), published=False)

    (given,) = word_on(made, at=build.AT).given

    assert given.status is Status.KEPT
    assert [one.status if one else "due" for one in given.steps] == ["in-progress", "kept", "due"]


def test_the_day_on_which_it_was_due_stands_among_the_steps() -> None:
    made = platform()
    demand, person = made.demands.earliest("pk"), build.deputy(made.coalition.chamber)
    pledge = build.pledge(person, demand, DAY, due_on=DAY + dt.timedelta(days=5))
    build.status(pledge, Status.STALLED, DAY + dt.timedelta(days=6))

    (given,) = word_on(made, at=build.AT).given

    assert [one.status if one else "due" for one in given.steps] == ["due", "stalled"]


def test_refusals_and_silences_have_no_status_and_are_counted_apart() -> None:
    made = platform()
    demand, chamber = made.demands.earliest("pk"), made.coalition.chamber
    build.pledge(build.deputy(chamber), demand)
    for stance in (Stance.REFUSED, Stance.SILENT, Stance.SILENT):
        build.pledge(
            build.deputy(chamber), demand, stance=stance.value, is_measurable=False, due_on=None, criterion_en=""
        )

    given = word_on(made, at=build.AT).given

    assert counts_of(given) == (
        {Stance.PROMISED: 1, Stance.REFUSED: 1, Stance.SILENT: 2},
        {Status.PROMISED: 1},
    )
    assert counts_sentence(given) == "1 promise, 1 refusal, 2 asked, no answer."
    assert statuses_sentence(given) == "Not assessed yet: 1"


def test_only_what_was_asked_for_comes() -> None:
    made, chamber = (one := platform()), one.coalition.chamber
    first, second = made.demands.order_by("pk")
    vera, boris = build.deputy(chamber), build.deputy(chamber)
    asked, other = build.pledge(vera, first), build.pledge(boris, second)
    build.pledge(vera, second, published=False)

    assert [one.pledge for one in word_on(made, at=build.AT).given] == [other, asked]
    assert [one.pledge for one in word_on(made, at=build.AT, demand=first).given] == [asked]
    assert [one.pledge for one in word_on(made, at=build.AT, person=boris).given] == [other]
    assert [one.pledge for one in word_on(made, at=build.AT, pledge=other.pk).given] == [other]
    assert platform_with(chamber, asked.pk) == made
    assert platform_with(build.chamber(), asked.pk) is None


def test_a_party_gives_its_word_too() -> None:
    made = platform()
    party = Party.objects.create(slug="green", name_en="Green")
    build.pledge(None, made.demands.earliest("pk"), party=party)

    (given,) = word_on(made, at=build.AT).given

    assert (given.by, given.pledge.person) == (party, None)


@pytest.mark.parametrize(
    ("precision", "day"),
    [
        ("day", dt.date(2024, 2, 3)),
        ("month", dt.date(2024, 2, 29)),
        ("year", dt.date(2024, 12, 31)),
        ("unknown", None),
    ],
)
def test_a_vote_follows_a_word_only_where_that_is_certain(precision: str, day: dt.date | None) -> None:
    made = platform()
    person = build.deputy(made.coalition.chamber)
    build.pledge(person, made.demands.earliest("pk"), dt.date(2024, 2, 3), said_precision=precision)

    assert word_on(made, at=build.AT).given[0].certain_from == day


def test_a_signature_covers_the_demands_of_its_version_and_no_later_one() -> None:
    made = platform()
    first, second = made.demands.order_by("pk")
    version = made.published
    assert version is not None
    early, late, single = (build.deputy(made.coalition.chamber) for _ in range(3))
    newer = PlatformVersion.objects.create(platform=made, number=2)
    DemandText.objects.create(version=newer, demand=second, title_en="Demand 2")
    PlatformVersion.objects.filter(pk=newer.pk).update(state="replaced", published_at=build.LATER)
    build.signature(early, version, DAY)
    build.signature(late, newer, DAY)
    build.signature(single, first, DAY, withdrawn_on=DAY, withdrawn_source=cite(title="A letter"))

    signed = {one.signature.person: one for one in signatures_of(made)}

    assert {person: one.demands for person, one in signed.items()} == {
        early: {first.pk, second.pk},
        late: {second.pk},
        single: {first.pk},
    }
    assert [(one.number, len(one.standing), len(one.withdrawn)) for one in signers_of(signed.values())] == [
        (2, 1, 0),
        (1, 1, 0),
        (None, 0, 1),
    ]
    assert {one.signature.person for one in word_on(made, at=build.AT, demand=first).signed} == {early, single}


def statement(of: Platform, **more: object) -> Statement:
    says = {"made_by_en": "Thirteen deputies", "text_en": "Free them.", "said_on": DAY, "source": cite(title="A paper")}
    return Statement.objects.create(platform=of, **says | more)


def test_a_statement_of_a_group_is_told_of_its_demand_and_of_nobody() -> None:
    made = platform()
    demand = made.demands.earliest("pk")
    told = statement(made, demand=demand)
    apart = statement(made)
    person = build.deputy(made.coalition.chamber)

    assert word_on(made, at=build.AT).statements == [told, apart]
    assert word_on(made, at=build.AT, demand=demand).statements == [told]
    assert word_on(made, at=build.AT, person=person).statements == []


@pytest.mark.parametrize(
    ("without", "rule"), [("made_by_en", "tracker_statement_says_who"), ("text_en", "tracker_statement_says_what")]
)
def test_a_statement_says_who_stated_what(without: str, rule: str) -> None:
    made = platform()

    with refused_by(rule):
        statement(made, **{without: ""})
