"""The seats of a term, and who held them."""

import pytest

from deputies.people.models import Mandate
from deputies.votes.reports.eligibility import seated_at
from deputies.votes.reports.houses import house
from deputies.votes.reports.seats import holdings_of, seats_of
from tests import build

pytestmark = pytest.mark.django_db


def test_who_held_the_seats_comes_in_the_order_of_the_seats() -> None:
    """Those of one seat in the order of time, and those without a known district last."""
    chamber = build.chamber()
    people = [build.deputy(chamber, held=(build.START, build.moment(5) if n == 1 else None)) for n in range(4)]
    first, left, last, unplaced = (person.mandates.get() for person in people)
    successor = build.deputy(chamber, held=(build.moment(6), None)).mandates.get()
    Mandate.objects.filter(pk=successor.pk).update(district=left.district)
    Mandate.objects.filter(pk=unplaced.pk).update(district=None)
    found = house(chamber.slug, build.AT)
    assert found is not None

    held = [holding.mandate for holding in holdings_of(found)]

    assert held == [first, left, successor, last, unplaced]
    assert held == [holding.mandate for seat in seats_of(found) for holding in seat.holdings]


def test_who_is_seated_has_the_faction_of_that_moment() -> None:
    chamber = build.chamber()
    member, independent = build.deputy(chamber, group="Red"), build.deputy(chamber)
    build.deputy(chamber, held=(build.START, build.moment(5)))

    seated = seated_at(chamber, build.moment(10))

    assert [(one.mandate.person, one.faction_membership and str(one.faction_membership.faction)) for one in seated] == [
        (member, str(member.mandates.get().faction_memberships.get().faction)),
        (independent, None),
    ]
