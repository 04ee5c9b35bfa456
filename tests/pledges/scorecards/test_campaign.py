"""Who said what of each demand, district by district."""

import datetime as dt

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext

from deputies.people.models import Chamber, Party, Person, Term
from deputies.sources.models import cite
from deputies.votes.enums import Position
from pledges.platform.enums import COUNTED, Chapter
from pledges.platform.models import Platform
from pledges.scorecards.reports.campaign import Campaign, campaign_of
from pledges.scorecards.reports.platform import platform_in_force
from pledges.tracker.enums import LastWord, Stance
from pledges.tracker.models import Pledge
from tests import build

pytestmark = pytest.mark.django_db
NOW = build.moment(200)


@pytest.fixture
def house() -> Chamber:
    return build.chamber()


@pytest.fixture
def platform(house: Chamber) -> Platform:
    return build.platform(house, demands=COUNTED)


def day(number: int) -> dt.date:
    return build.moment(number).date()


def read(platform: Platform, **asked: object) -> Campaign:
    in_force_now = platform_in_force(platform.coalition.chamber)
    assert in_force_now
    return campaign_of(in_force_now, NOW, **asked)  # type: ignore[arg-type]


def words(platform: Platform) -> list[list[LastWord]]:
    return [[cell.word.last for cell in row.cells] for row in read(platform).rows]


def test_a_word_is_a_pledge_a_signature_a_refusal_a_silence_or_none(house: Chamber, platform: Platform) -> None:
    first, _ = platform.demands.order_by("pk")
    people = [build.deputy(house) for _ in range(5)]
    promise = build.pledge(people[0], first)
    build.signature(people[1], first, day(3))
    build.pledge(people[2], first, stance=Stance.REFUSED.value)
    build.pledge(people[3], first, stance=Stance.SILENT.value)

    campaign = read(platform)

    assert [row.cells[0].word.last for row in campaign.rows] == [
        LastWord.PLEDGED, LastWord.SIGNED, LastWord.REFUSED, LastWord.SILENT, LastWord.NONE,
    ]  # fmt: skip
    assert (campaign.rows[0].cells[0].word.pledge, campaign.rows[0].cells[0].word.on) == (promise.pk, promise.said_on)
    assert campaign.columns[0].sums == [(row.cells[0].word.last, 1) for row in campaign.rows]
    assert (campaign.columns[1].sums, campaign.counted) == ([(LastWord.NONE, 5)], 5)


def test_a_signature_under_the_platform_is_a_word_on_every_demand(house: Chamber, platform: Platform) -> None:
    assert platform.published
    build.signature(build.deputy(house), platform.published, day(3))

    assert words(platform) == [[LastWord.SIGNED, LastWord.SIGNED]]


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ([(Stance.PROMISED, 1), (Stance.REFUSED, 2)], LastWord.REFUSED),
        ([(Stance.REFUSED, 1), (Stance.PROMISED, 2)], LastWord.PLEDGED),
        ([(Stance.PROMISED, 1), (Stance.SILENT, 2)], LastWord.PLEDGED),
        ([(Stance.SILENT, 1), (Stance.UNDECIDED, 2)], LastWord.UNDECIDED),
        ([(Stance.PROMISED, 1), ("signed", 2)], LastWord.PLEDGED),
        ([("signed", 1), (Stance.REFUSED, 2)], LastWord.REFUSED),
        ([(Stance.REFUSED, 1), ("signed", 2)], LastWord.SIGNED),
        ([("signed", 1), (Stance.SILENT, 2)], LastWord.SIGNED),
        ([("withdrawn", 1)], LastWord.WITHDRAWN),
        ([("withdrawn", 1), ("signed", 9)], LastWord.SIGNED),
        ([("withdrawn", 1), (Stance.PROMISED, 9)], LastWord.PLEDGED),
        ([(Stance.PROMISED, 300)], LastWord.NONE),  # a day to come
    ],
)
def test_the_latest_word_stands(
    house: Chamber, platform: Platform, said: list[tuple[Stance | str, int]], word: LastWord
) -> None:
    person, demand = build.deputy(house), platform.demands.order_by("pk")[0]
    for what, on in said:
        if isinstance(what, Stance):
            build.pledge(person, demand, day(on), stance=what.value)
        elif what == "signed":
            build.signature(person, demand, day(on))
        else:
            source = cite(title="A letter")
            build.signature(person, demand, day(on), withdrawn_on=day(on + 1), withdrawn_source=source)

    assert words(platform) == [[word, LastWord.NONE]]


def test_what_is_proposed_and_what_a_party_promised_is_nobodys_word(house: Chamber, platform: Platform) -> None:
    demand = platform.demands.order_by("pk")[0]
    party = Party.objects.create(slug="party", name_en="Party")
    person = build.deputy(house)
    house.mandates.update(party=party)
    build.pledge(person, demand, published=False)
    of_party = Pledge(demand=demand, party=party, stance="promised", words="Yes.", language="en", said_on=day(1))
    of_party.source = cite(title="The programme")
    of_party.save()
    Pledge.objects.filter(pk=of_party.pk).update(review="published", vouched=True, reviewed_at=build.AT)

    assert words(platform) == [[LastWord.NONE, LastWord.NONE]]


def test_the_record_stands_beside_the_word(house: Chamber, platform: Platform) -> None:
    person, demand = build.deputy(house), platform.demands.order_by("pk")[0]
    for position in (Position.FOR, Position.FOR, Position.AGAINST):
        build.link(demand, build.vote(house, {person: position}))

    first, second = read(platform).rows[0].cells

    assert first.record
    assert (first.record.as_asked, first.record.counted, second.record) == (2, 3, None)


def mixed(house: Chamber, platform: Platform) -> list[Person]:
    people = [build.deputy(house, group=group) for group in ("Red", "Red", "Green")]
    for demand in platform.demands.all():
        build.pledge(people[0], demand)
    return people


def test_it_is_narrowed_to_a_chapter_a_faction_and_what_is_missing(house: Chamber, platform: Platform) -> None:
    people = mixed(house, platform)

    def rows(**asked: object) -> list[Person]:
        return [row.mandate.person for row in read(platform, **asked).rows]

    assert rows() == people
    assert rows(faction="red") == people[:2]
    assert rows(faction="nobody") == []
    assert rows(unsaid_only=True) == people[1:]
    narrow = read(platform, chapter=Chapter.SOCIAL.value, faction="red", unsaid_only=True)
    assert [column.text.demand.chapter for column in narrow.columns] == [Chapter.SOCIAL]
    assert narrow.columns[0].sums == [(LastWord.PLEDGED, 1), (LastWord.NONE, 1)]  # of the faction, not of the rows
    assert (narrow.counted, [one.slug for one in narrow.factions]) == (2, ["green", "red"])


def test_of_a_term_that_ended_it_is_the_last_moment(house: Chamber, platform: Platform) -> None:
    end = build.moment(100)
    Term.objects.filter(chamber=house).update(held=DateTimeTZRange(build.START, end))
    person = build.deputy(house, held=(build.START, end))

    campaign = read(platform)

    assert ([row.mandate.person for row in campaign.rows], campaign.day) == ([person], day(99) + dt.timedelta(days=1))


@pytest.mark.parametrize("count", [1, 3, 45, 100])
def test_six_queries_however_many_deputies(house: Chamber, platform: Platform, count: int) -> None:
    for _ in range(count):
        build.pledge(build.deputy(house, group="Red"), platform.demands.order_by("pk")[0])

    with CaptureQueriesContext(connection) as queries:
        assert len(read(platform).rows) == count

    assert len(queries) == 6
