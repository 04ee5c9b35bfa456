"""One deputy's mandates with what came with them, in one query."""

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from pytest_django import DjangoAssertNumQueries

from deputies.people.models import Mandate, Office, SideMembership
from deputies.sources.models import cite
from deputies.votes.reports.deputies import mandates_of
from tests import build

pytestmark = pytest.mark.django_db


def test_a_mandate_comes_with_its_dated_facts(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    chamber = build.chamber(slug="town")
    person = build.deputy(chamber, group="Red", held=(build.START, build.moment(90)))
    mandate, source = Mandate.objects.get(), cite(title="The minutes")
    first = DateTimeTZRange(build.START, build.moment(30, 9))
    then = DateTimeTZRange(build.moment(30, 9), None)
    SideMembership.objects.create(mandate=mandate, side="majority", held=then, source=source)
    SideMembership.objects.create(mandate=mandate, side="opposition", held=first)
    Office.objects.create(mandate=mandate, title_en="Chair", held=first)

    with django_assert_num_queries(1):
        (found,) = mandates_of("town", person.slug)

    sides = found.sides  # type: ignore[attr-defined]
    assert [(side.side, side.held, side.source) for side in sides] == [
        ("opposition", first, None),
        ("majority", then, source),
    ]
    assert [office.title for office in found.offices_held] == ["Chair"]  # type: ignore[attr-defined]
    assert [(m.faction.name, m.held) for m in found.factions] == [("Red", mandate.held)]  # type: ignore[attr-defined]
