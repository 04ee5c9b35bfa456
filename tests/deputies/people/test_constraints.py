import pytest
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from deputies.people.models import (
    Alias,
    Chamber,
    District,
    Faction,
    FactionMembership,
    Identifier,
    Mandate,
    Office,
    Person,
    SideMembership,
    Term,
    VotingRule,
)
from deputies.votes.reports.eligibility import eligible_at
from tests import build
from tests.refuses import refused_by

pytestmark = pytest.mark.django_db
FROM_DAY_20 = DateTimeTZRange(build.moment(20), None)


def mandate_of(person: Person) -> Mandate:
    return person.mandates.get()


def test_a_chamber_has_seats_and_a_name() -> None:
    with refused_by("people_chamber_has_seats"):
        Chamber.objects.create(slug="empty", name_en="Empty", seats=0)
    with refused_by("people_chamber_has_name"):
        Chamber.objects.create(slug="nameless", seats=3)


def test_a_chamber_cannot_take_the_address_of_a_page() -> None:
    with pytest.raises(ValidationError, match="address of another page"):
        Chamber(slug="method", name_en="Method", seats=3).full_clean()
    with pytest.raises(ValidationError, match="not a time zone"):
        Chamber(slug="fine", name_en="Fine", seats=3, timezone="Moscow").full_clean()


def test_one_voting_rule_at_a_time_and_a_number_with_a_fixed_threshold() -> None:
    chamber = build.chamber()
    with refused_by("people_votingrule_one_at_a_time"):
        VotingRule.objects.create(chamber=chamber, in_force=FROM_DAY_20, threshold="members")
    chamber.voting_rules.all().delete()
    with refused_by("people_votingrule_number_with_fixed"):
        VotingRule.objects.create(chamber=chamber, in_force=FROM_DAY_20, threshold="fixed")
    with refused_by("people_votingrule_number_with_fixed"):
        VotingRule.objects.create(chamber=chamber, in_force=FROM_DAY_20, threshold="members", threshold_number=3)


def test_terms_do_not_overlap() -> None:
    chamber = build.chamber()
    with refused_by("people_term_one_at_a_time"):
        Term.objects.create(chamber=chamber, number=2, held=FROM_DAY_20)
    with refused_by("people_term_number_once"):
        Term.objects.create(chamber=chamber, number=1, held=DateTimeTZRange(None, build.START))


def test_numbers_slugs_and_ids_are_taken_once() -> None:
    chamber = build.chamber()
    person = build.deputy(chamber, group="Blue")
    with refused_by("people_district_number_once"):
        District.objects.create(chamber=chamber, number=1)
    with refused_by("people_faction_slug_once"):
        Faction.objects.create(chamber=chamber, slug="blue", name_en="Blue again")
    with refused_by("people_faction_has_name"):
        Faction.objects.create(chamber=chamber, slug="nameless")
    Identifier.objects.create(person=person, scheme="clerk", value="7")
    with refused_by("people_identifier_once"):
        Identifier.objects.create(person=build.deputy(chamber), scheme="clerk", value="7")
    Alias.objects.create(person=person, name="A. Obraztsova")
    with refused_by("people_alias_once"):
        Alias.objects.create(person=person, name="A. Obraztsova")
    with refused_by("people_person_has_name"):
        Person.objects.create(slug="nameless")


def test_nobody_holds_two_mandates_and_no_seat_two_people() -> None:
    chamber = build.chamber()
    anna, boris = build.deputy(chamber), build.deputy(chamber)
    common = {"chamber": chamber, "term": chamber.terms.get(), "held": FROM_DAY_20}
    with refused_by("people_mandate_one_at_a_time"):
        Mandate.objects.create(person=anna, **common)
    newcomer = Person.objects.create(slug="newcomer", name_en="Newcomer")
    with refused_by("people_mandate_one_per_seat"):
        Mandate.objects.create(person=newcomer, district=mandate_of(boris).district, **common)

    second_seat = Mandate.objects.create(person=newcomer, district=mandate_of(boris).district, seat=2, **common)
    assert second_seat.pk


def test_a_seat_changes_hands_at_a_moment() -> None:
    chamber = build.chamber()
    noon = build.moment(20)
    anna = build.deputy(chamber, held=(build.START, noon))
    boris = Person.objects.create(slug="boris", name_en="Boris")
    Mandate.objects.create(
        person=boris, chamber=chamber, term=chamber.terms.get(), district=mandate_of(anna).district,
        held=DateTimeTZRange(noon, None),
    )  # fmt: skip

    assert [eligible.mandate.person for eligible in eligible_at(chamber, noon)] == [boris]
    assert [eligible.mandate.person for eligible in eligible_at(chamber, build.moment(20, hour=11))] == [anna]
    assert set(Person.objects.of_chamber(chamber)) == {anna, boris}


@pytest.mark.parametrize(
    ("rule", "model", "what"),
    [
        ("people_factionmembership_one_at_a_time", FactionMembership, {"faction": "Red"}),
        ("people_sidemembership_one_at_a_time", SideMembership, {"side": "opposition"}),
        ("people_office_once_at_a_time", Office, {"title_en": "Chair"}),
    ],
)
def test_dated_facts_of_a_mandate_do_not_overlap(rule: str, model: type[models.Model], what: dict[str, str]) -> None:
    chamber = build.chamber()
    mandate = mandate_of(build.deputy(chamber))
    columns = {name: build.faction(chamber, value) if name == "faction" else value for name, value in what.items()}
    model._default_manager.create(mandate=mandate, held=DateTimeTZRange(build.START, build.moment(30)), **columns)

    with refused_by(rule):
        model._default_manager.create(mandate=mandate, held=FROM_DAY_20, **columns)


def test_names_sort_with_yo_as_ye() -> None:
    names = ["Жукова", "Ёлкина", "Дёмина"]
    for number, name in enumerate(names):
        Person.objects.create(slug=f"p{number}", name_ru=name)

    assert [p.name_ru for p in Person.objects.order_by("sort_key")] == ["Дёмина", "Ёлкина", "Жукова"]
