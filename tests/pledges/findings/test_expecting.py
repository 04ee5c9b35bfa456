"""What is expected of whom, read from the record, and written down once when voting begins."""

import datetime as dt
import threading

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, connections, transaction
from pytest_django import DjangoAssertNumQueries

from deputies.journal.actions import Frozen, freeze
from deputies.journal.models import Event
from deputies.people.models import Chamber, FactionMembership, Person
from deputies.sources.models import cite
from deputies.votes.actions import HasBegun, hold, revise, withdraw
from deputies.votes.enums import Position
from deputies.votes.models import AgendaItem
from pledges.findings.actions.expecting import freeze_due, freeze_expectations, publish_link
from pledges.findings.models import AgendaLink, Expectation
from pledges.findings.reports.expected import expectations_of
from pledges.findings.reports.upcoming import by_rung, hits_of
from pledges.platform.enums import COUNTED
from pledges.platform.models import Demand
from pledges.scorecards.enums import Role, Wants
from pledges.tracker.actions import NotProposed, OwnWord
from pledges.tracker.enums import Stance, Status
from pledges.tracker.models import PledgeStatus
from tests import build

pytestmark = pytest.mark.django_db
STARTS = build.AT + dt.timedelta(days=10)
BEFORE = STARTS.date() - dt.timedelta(days=1)
FOR, AGAINST, ABSENT = Position.FOR, Position.AGAINST, Position.ABSENT


@pytest.fixture
def house() -> Chamber:
    return build.chamber(seats=5)


@pytest.fixture
def demand(house: Chamber) -> Demand:
    return build.platform(house).demands.get()


def told(item: AgendaItem) -> dict[str, tuple[str, str, int, int]]:
    rows = expectations_of(item, item.starts_at)
    return {one.person.name_en: (one.rung, one.position, one.votes, one.of_votes) for one in rows}


def linked(demand: Demand, wants: Wants = Wants.PASS) -> AgendaItem:
    item = build.item(demand.platform.coalition.chamber, STARTS)
    build.item_link(demand, item, wants=wants)
    return item


def earlier(
    demand: Demand, *votes: dict[Person, Position], wants: Wants = Wants.PASS, role: Role = Role.SCORING
) -> None:
    for n, positions in enumerate(votes):
        vote = build.vote(demand.platform.coalition.chamber, positions, held_at=build.moment(20 + n))
        build.link(demand, vote, wants=wants, role=role)


def test_each_stands_on_the_first_rung_that_gives_something(house: Chamber, demand: Demand) -> None:
    pledged, signed, voted, other, *rest = (
        build.deputy(house, name, group="Red") for name in ("Pledged", "Signed", "Voted", "Other", "A", "B", "C")
    )
    new = build.deputy(house, "New", group="Red")
    build.deputy(house, "Alone")
    earlier(demand, *[dict.fromkeys([pledged, signed, voted, *rest], FOR) | {other: AGAINST}] * 2)
    build.pledge(pledged, demand, BEFORE, stance=Stance.REFUSED.value)
    build.signature(signed, demand, BEFORE)

    assert told(linked(demand)) == {
        "Pledged": ("pledged", "against", 0, 0),
        "Signed": ("signed", "for", 0, 0),
        "Voted": ("voted-so", "for", 2, 2),
        "Other": ("voted-so", "against", 2, 2),
        **dict.fromkeys("ABC", ("voted-so", "for", 2, 2)),
        new.name_en: ("faction-line", "for", 2, 2),
        "Alone": ("unknown", "", 0, 0),
    }


def test_a_demand_that_wants_it_to_fail_asks_for_a_vote_against(house: Chamber, demand: Demand) -> None:
    signed, voted = build.deputy(house, "Signed"), build.deputy(house, "Voted")
    build.signature(signed, demand, BEFORE)
    earlier(demand, {voted: AGAINST}, {voted: AGAINST}, wants=Wants.FAIL)  # as the demand asked then

    assert told(linked(demand, Wants.FAIL)) == {
        "Signed": ("signed", "against", 0, 0), "Voted": ("voted-so", "against", 2, 2),
    }  # fmt: skip


def test_absence_is_no_position_and_votes_that_do_not_count_are_none(house: Chamber, demand: Demand) -> None:
    ada = build.deputy(house, "Ada")
    earlier(demand, {ada: FOR}, {ada: ABSENT}, {ada: Position.ABSTAIN}, {ada: Position.PRESENT_NOT_VOTING})
    earlier(demand, {ada: FOR}, role=Role.INFORMATIVE)

    assert told(linked(demand)) == {"Ada": ("unknown", "", 0, 0)}


def test_only_a_word_of_an_earlier_day_counts_and_the_latest_of_them(house: Chamber, demand: Demand) -> None:
    late, turned, unsure, silent, void, proposed, gone = (
        build.deputy(house, name) for name in ("Late", "Turned", "Unsure", "Silent", "Void", "Proposed", "Gone")
    )
    first = BEFORE - dt.timedelta(days=9)
    build.pledge(late, demand, STARTS.date())
    build.pledge(turned, demand, first)
    build.pledge(turned, demand, BEFORE, stance=Stance.REFUSED.value)
    build.pledge(unsure, demand, first)
    build.pledge(unsure, demand, BEFORE, stance=Stance.UNDECIDED.value)
    build.pledge(silent, demand, first)
    build.pledge(silent, demand, BEFORE, stance=Stance.SILENT.value)
    build.pledge(proposed, demand, BEFORE, published=False)
    status = PledgeStatus.objects.create(
        pledge=build.pledge(void, demand, first), status=Status.OVERTAKEN.value, on=BEFORE, note_en="It is law now.",
        evidence=cite(title="The law"),
    )  # fmt: skip
    PledgeStatus.objects.filter(pk=status.pk).update(review="published", vouched=True, reviewed_at=build.AT)
    build.signature(gone, demand, first, withdrawn_on=BEFORE)

    assert {name: (rung, position) for name, (rung, position, *_) in told(linked(demand)).items()} == {
        **dict.fromkeys(["Late", "Unsure", "Void", "Proposed", "Gone"], ("unknown", "")),
        "Turned": ("pledged", "against"),
        "Silent": ("pledged", "for"),
    }


def test_who_signed_the_platform_signed_each_of_its_demands(house: Chamber) -> None:
    platform = build.platform(house, demands=COUNTED)
    build.signature(build.deputy(house, "Ada"), platform.published, BEFORE)  # type: ignore[arg-type]
    one, other = platform.demands.order_by("pk")
    item = linked(one)
    signed = told(item)
    build.item_link(other, item, wants=Wants.FAIL)

    assert signed == {"Ada": ("signed", "for", 0, 0)}
    assert told(item) == {"Ada": ("unknown", "", 0, 0)}  # the two demands ask opposite votes


def test_only_who_holds_a_seat_when_voting_begins_and_in_the_faction_of_then(house: Chamber, demand: Demand) -> None:
    build.deputy(house, "Left", held=(build.START, STARTS))
    build.deputy(house, "Comes", held=(STARTS, None))
    moved = build.deputy(house, "Moved", group="Green")
    red = [build.deputy(house, group="Red") for _ in range(3)]
    earlier(demand, dict.fromkeys(red, AGAINST))
    FactionMembership.objects.filter(mandate__person=moved).update(faction=build.faction(house, "Red"))

    found = told(linked(demand))

    assert "Left" not in found
    assert (found["Comes"][0], found["Moved"]) == ("unknown", ("faction-line", "against", 1, 1))


def test_without_a_link_nothing_is_expected_of_anybody(house: Chamber, demand: Demand) -> None:
    build.signature(build.deputy(house, "Ada"), demand, BEFORE)
    item = build.item(house, STARTS)
    build.item_link(demand, item, published=False)

    assert told(item) == {"Ada": ("unknown", "", 0, 0)}


@pytest.mark.parametrize("deputies", [1, 45, 150])
def test_however_many_deputies_it_asks_the_same_few_queries(
    house: Chamber, demand: Demand, deputies: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    people = [build.deputy(house, group="Red") for _ in range(deputies)]
    earlier(demand, *[dict.fromkeys(people, FOR)] * 3)
    item = linked(demand)

    with django_assert_max_num_queries(9):
        rows = expectations_of(item, STARTS)

    assert [(one.rung, one.votes) for one in rows] == [("voted-so", 3)] * deputies


def test_it_is_written_down_once_and_later_pledges_change_nothing(house: Chamber, demand: Demand) -> None:
    ada = build.deputy(house, "Ada")
    pledge = build.pledge(ada, demand, BEFORE)
    item = linked(demand)

    assert freeze_due(at=STARTS - dt.timedelta(seconds=1)) == 0
    assert freeze_due(at=STARTS + dt.timedelta(minutes=1)) == 1
    build.pledge(ada, demand, BEFORE + dt.timedelta(days=1), stance=Stance.REFUSED.value)
    assert freeze_due(at=STARTS + dt.timedelta(minutes=2)) == 0
    assert not freeze_expectations(item=item, at=STARTS)

    one, stored = Expectation.objects.get(), AgendaItem.objects.get()
    assert (one.rung, one.position, one.pledge, one.demand) == ("pledged", "for", pledge, demand)
    assert one.frozen_at == stored.frozen_at == STARTS + dt.timedelta(minutes=1)
    assert not stored.frozen_late


def test_what_was_written_late_says_so_and_a_day_is_written_at_its_first_moment() -> None:
    house = build.chamber(timezone="Europe/Moscow")
    item = build.item(house, STARTS, is_day_only=True)

    assert freeze_due(at=house.midnight(STARTS.date()) + dt.timedelta(minutes=11)) == 1

    item.refresh_from_db()
    assert item.frozen_late


def test_what_is_off_the_agenda_is_not_written_down_and_what_was_cannot_be_moved(house: Chamber) -> None:
    off, begun = build.item(house, STARTS), build.item(house, STARTS)
    withdraw(item=off, at=build.LATER)

    assert freeze_due(at=STARTS) == 1

    begun.refresh_from_db()
    begun.starts_at += dt.timedelta(days=1)
    with pytest.raises(HasBegun):
        revise(item=begun, at=STARTS)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_it_once() -> None:
    demand = build.platform(build.chamber()).demands.get()
    people = [build.deputy(demand.platform.coalition.chamber) for _ in range(3)]
    item = linked(demand)
    done: list[bool] = []

    def work() -> None:
        done.append(freeze_expectations(item=item, at=STARTS))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    connections.close_all()

    assert (sorted(done), Expectation.objects.count()) == ([False, False, True], len(people))


def test_a_second_person_publishes_a_link_and_the_journal_says_so(demand: Demand) -> None:
    vera, boris = (get_user_model().objects.create(username=name) for name in ("vera", "boris"))
    item = build.item(demand.platform.coalition.chamber, STARTS)
    link = build.item_link(demand, item, published=False, author=vera)

    with pytest.raises(OwnWord):
        publish_link(link=link, by=vera, at=build.LATER)
    publish_link(link=link, by=boris, at=build.LATER)
    with pytest.raises(NotProposed):
        publish_link(link=link, by=boris, at=build.LATER)

    stored, event = AgendaLink.objects.get(), Event.objects.last()
    assert event is not None
    assert (stored.review, stored.reviewer, stored.reviewed_at) == ("published", boris, build.LATER)
    assert (event.kind, event.facts) == (
        "vote-announced", {"item": item.pk, "demand": demand.pk, "link": link.pk},
    )  # fmt: skip


def test_no_link_is_published_once_voting_has_begun_or_while_the_chamber_is_frozen(demand: Demand) -> None:
    house = demand.platform.coalition.chamber
    item = build.item(house, STARTS)
    link = build.item_link(demand, item, published=False)

    with pytest.raises(HasBegun):
        publish_link(link=link, by=None, vouched=True, at=STARTS)
    by = get_user_model().objects.create(username="vera")
    freeze(chamber=house.slug, reason_ru="", reason_en="Election.", by=by, at=build.LATER)
    with pytest.raises(Frozen):
        publish_link(link=link, by=None, vouched=True, at=build.LATER)


def test_an_expected_position_names_its_demand(house: Chamber, demand: Demand) -> None:
    ada, item = build.deputy(house), build.item(house, STARTS)
    signature = build.signature(ada, demand, BEFORE)
    row = Expectation(item=item, person=ada, rung="signed", position="for", signature=signature, frozen_at=STARTS)

    with pytest.raises(IntegrityError, match="findings_expectation_names_demand"), transaction.atomic():
        row.save()


def test_the_hit_rate_tells_rungs_apart_and_leaves_silence_out(house: Chamber, demand: Demand) -> None:
    signers = [build.deputy(house) for _ in range(4)]
    voters = [build.deputy(house) for _ in range(3)]
    unknown = build.deputy(house)
    for person in signers:
        build.signature(person, demand, BEFORE)
    earlier(demand, *[dict.fromkeys(voters, AGAINST)] * 2)
    item = linked(demand)
    freeze_due(at=STARTS)
    cast = dict(zip(signers, [FOR, FOR, AGAINST, ABSENT], strict=True)) | dict.fromkeys(voters, AGAINST)
    hold(item=item, roll_call=build.vote(house, cast | {unknown: FOR}, held_at=STARTS))
    waiting = linked(demand)

    found = hits_of([item, waiting])

    total = {rung.value: dict(hits) for rung, hits in by_rung(found.values()) if hits["expected"]}
    assert list(found) == [item.pk]
    assert total == {
        "signed": {"as_expected": 2, "otherwise": 1, "no_vote": 1, "recorded": 3, "expected": 4},
        "voted-so": {"as_expected": 3, "recorded": 3, "expected": 3},
    }


def test_a_word_that_may_be_of_a_later_day_or_is_not_stated_is_no_ground(house: Chamber, demand: Demand) -> None:
    year, disputed, known = (build.deputy(house, name) for name in ("Year", "Disputed", "Known"))
    day = dt.date(2024, 1, 5)
    build.pledge(year, demand, day, said_precision="year")
    build.pledge(disputed, demand, day, basis="disputed")
    build.signature(known, demand, day, signed_precision="month")

    assert {name: rung for name, (rung, *_) in told(linked(demand)).items()} == {
        "Year": "unknown",
        "Disputed": "unknown",
        "Known": "signed",
    }
