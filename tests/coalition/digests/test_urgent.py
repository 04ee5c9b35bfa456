"""What is told at once, and to whom."""

import datetime as dt

import pytest

from coalition.digests.enums import What
from coalition.digests.reports import latest_event
from coalition.digests.targets import Target
from coalition.digests.urgent import Urgent, urgent_events
from deputies.people.models import Chamber, Person
from deputies.votes.actions.announcing import put_back, revise, withdraw
from deputies.votes.enums import Position, Result
from deputies.votes.models import AgendaItem
from pledges.findings.actions import sweep
from pledges.findings.enums import FindingKind
from pledges.platform.enums import Chapter
from pledges.platform.models import Demand
from pledges.scorecards.enums import Wants
from tests import build

pytestmark = pytest.mark.django_db
AT = build.LATER
DAY = dt.timedelta(days=1)
SOON = AT + 10 * DAY


@pytest.fixture
def chamber() -> Chamber:
    return build.chamber(slug="town")


@pytest.fixture
def anna(chamber: Chamber) -> Person:
    return build.deputy(chamber, "Anna Example")


@pytest.fixture
def demands(chamber: Chamber) -> list[Demand]:
    return list(build.platform(chamber, demands=[Chapter.SOCIAL, Chapter.DEMOCRATIC]).demands.order_by("pk"))


def keys(
    chamber: Chamber, *people: Person, demands: tuple[Demand, ...] = (), more: tuple[What, ...] = ()
) -> frozenset[str]:
    """Those of some deputies with their districts, of demands, and of what a chamber has once."""
    found = [Target(what, chamber.pk) for what in more]
    found += [Target(What.DEMAND, chamber.pk, demand.pk) for demand in demands]
    for person in people:
        found.append(Target(What.PERSON, chamber.pk, person.pk))
        found.append(Target(What.DISTRICT, chamber.pk, person.mandates.get().district_id))
    return frozenset(target.key for target in found)


def urgent(after: int, at: dt.datetime = AT) -> list[Urgent]:
    return urgent_events(after, latest_event(), at)


def coming(chamber: Chamber, demand: Demand) -> AgendaItem:
    item = build.item(chamber, SOON, at=AT - DAY)
    build.item_link(demand, item, at=AT - DAY)
    return item


def test_a_coming_vote_is_a_warning_once_it_is_linked(chamber: Chamber, anna: Person, demands: list[Demand]) -> None:
    start = latest_event()
    item = build.item(chamber, SOON)
    assert urgent(start) == []

    build.item_link(demands[0], item)

    (one,) = urgent(start)
    everybody = keys(chamber, anna, demands=(demands[0],), more=(What.CHAMBER, What.UPCOMING, What.SOCIAL))
    assert (one.keys, one.until, one.mailed_by) == (everybody, SOON, None)
    assert urgent(start, at=SOON) == []


def test_a_further_demand_of_the_same_vote_warns_only_who_follows_that(
    chamber: Chamber, anna: Person, demands: list[Demand]
) -> None:
    item = coming(chamber, demands[0])
    start = latest_event()

    build.item_link(demands[1], item, wants=Wants.FAIL)

    (one,) = urgent(start)
    assert one.keys == keys(chamber, demands=(demands[1],), more=(What.DEMOCRATIC,))


def test_a_vote_that_moves_is_urgent_only_where_it_comes_nearer(
    chamber: Chamber, anna: Person, demands: list[Demand]
) -> None:
    item = coming(chamber, demands[0])
    start = latest_event()

    item.starts_at = SOON + DAY
    revise(item=item, at=AT)
    assert urgent(start) == []
    item.starts_at = SOON - DAY
    revise(item=item, at=AT)
    assert [one.until for one in urgent(start)] == [SOON - DAY]

    withdraw(item=item, at=AT)
    start = latest_event()
    assert urgent(start) == []
    put_back(item=item, at=AT)
    assert len(urgent(start)) == 1


def test_a_red_line_that_was_crossed_is_urgent_unless_its_row_is_disputed(chamber: Chamber, anna: Person) -> None:
    red_line = build.platform(chamber, demands=[Chapter.RED_LINE]).demands.get()
    vote = build.vote(chamber, {anna: Position.FOR})
    build.link(red_line, vote, wants=Wants.FAIL)
    start = latest_event()

    build.flags(at=AT)

    (one,) = urgent(start)
    assert one.keys == keys(chamber, anna)
    build.dispute(vote, anna, shows=["https://example.org/p"], at=AT)
    assert urgent(start) == []


def test_a_finding_that_is_withdrawn_is_urgent_for_who_was_told(
    chamber: Chamber, anna: Person, demands: list[Demand]
) -> None:
    build.signature(anna, demands[0], build.START.date())
    build.link(demands[0], build.vote(chamber, {anna: Position.AGAINST}))
    start = latest_event()
    build.findings(FindingKind.DIFFERS, at=AT)
    published = latest_event()
    assert urgent(start) == []

    anna.signatures.update(withdrawn_on=build.START.date())
    sweep(at=AT)

    assert urgent(start) == [Urgent(published + 1, keys(chamber, anna), mailed_by=published)]


def test_a_corrected_ballot_concerns_its_deputy_and_a_corrected_result_everybody(
    chamber: Chamber, anna: Person, demands: list[Demand]
) -> None:
    boris = build.deputy(chamber, "Boris Example")
    vote = build.vote(chamber, {anna: Position.FOR, boris: Position.FOR}, result=Result.ADOPTED.value)
    published = latest_event()
    build.link(demands[0], vote)
    start = latest_event()

    positions = {anna: Position.AGAINST, boris: Position.FOR}
    build.publish(build.draft(chamber, positions, roll_call=vote, result=Result.ADOPTED.value))
    second = latest_event()
    build.publish(build.draft(chamber, positions, roll_call=vote, result=Result.REJECTED.value))

    everybody = keys(chamber, anna, boris, demands=(demands[0],), more=(What.CHAMBER, What.SOCIAL))
    assert urgent_events(start, second, AT) == [Urgent(second, keys(chamber, anna), mailed_by=published)]
    assert urgent(second) == [Urgent(latest_event(), everybody, mailed_by=published)]
