"""The history on the desk: what the pages show, and the way back from one change."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from deputies.journal.models import History
from deputies.people.models import Alias, Mandate, Person
from deputies.votes.enums import Position
from pledges.platform.models import Platform
from tests import build
from tests.coalition.accounts import door

pytestmark = pytest.mark.django_db


def posted(page: Any) -> dict[str, Any]:
    """What a browser would send back from the page's form, as it was shown."""
    forms = [page.context["adminform"].form]
    for formset in page.context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.forms]
    sent: dict[str, Any] = {}
    for form in forms:
        for field in form:
            widget, value = field.field.widget, field.value()
            if hasattr(widget, "decompress"):
                parts = value if isinstance(value, list) else widget.decompress(value)
                sent |= {f"{field.html_name}_{n}": part or "" for n, part in enumerate(parts)}
            elif value is not None and value is not False:
                sent[field.html_name] = value
    return sent


def page_of(row: Any, name: str) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{name}", args=[row.pk])


def latest(row: Any) -> History:
    return History.objects.filter(table_name=row._meta.db_table, row_id=row.pk).latest("id")


@pytest.fixture
def person() -> Person:
    return Person.objects.create(slug="anna-ivanova", name_ru="Анна Иванова", name_en="Anna Ivanova")


def renamed(client: Client, person: Person, name: str) -> History:
    form = posted(client.get(page_of(person, "change")))
    answer = client.post(page_of(person, "change"), form | {"name_en": name})
    assert answer.status_code == 302
    return latest(person)


def test_a_change_on_the_desk_is_told_with_the_account_and_the_page(person: Person) -> None:
    anna = door.organiser()

    entry = renamed(door.signed_in(anna), person, "Anne Ivanova")

    assert (entry.account_id, entry.action) == (anna.pk, "admin:people_person_change")
    assert (entry.before, entry.after) == ({"name_en": "Anna Ivanova"}, {"name_en": "Anne Ivanova"})


def test_the_history_of_a_row_says_who_changed_which_field(person: Person) -> None:
    anna = door.organiser()
    anna.display_name = "Swift"
    anna.save()
    client = door.signed_in(anna)
    renamed(client, person, "Anne Ivanova")
    Alias.objects.create(person=person, name="Иванова А. А.")
    person.aliases.all().delete()

    page = client.get(page_of(person, "history"))

    changes = page.context["changes"]
    assert [(change.operation, change.who if change.who == "Swift" else "", change.row[:5]) for change in changes] == [
        ("remove", "", "alias"),
        ("change", "Swift", ""),
        ("add", "", ""),
    ]
    assert [(one.field, one.before, one.after) for one in changes[1].differences] == [
        ("Name in English", "Anna Ivanova", "Anne Ivanova")
    ]
    assert [change.may_be_reverted for change in changes] == [False, True, False]


def test_a_change_is_taken_back_through_the_form_and_told_again(person: Person) -> None:
    client = door.signed_in(door.organiser())
    entry = renamed(client, person, "Anne Ivanova")
    Person.objects.filter(pk=person.pk).update(note_en="Written since")
    address = f"{page_of(person, 'change')}?revert={entry.pk}"

    preview = client.get(address)
    person.refresh_from_db()
    unsaved = person.name_en
    answer = client.post(address, posted(preview))

    person.refresh_from_db()
    assert "Not saved yet" in preview.content.decode()
    assert unsaved == "Anne Ivanova"
    assert answer.status_code == 302
    assert (person.name_en, person.note_en) == ("Anna Ivanova", "Written since")
    assert latest(person).after == {"name_en": "Anna Ivanova"}


def test_periods_and_choices_come_back_as_they_were() -> None:
    house = build.chamber()
    mandate = build.deputy(house).mandates.get()
    Mandate.objects.filter(pk=mandate.pk).update(held=(build.moment(3), build.moment(9)), left="resigned")
    entry = latest(mandate)
    client = door.signed_in(door.organiser())
    address = f"{page_of(mandate, 'change')}?revert={entry.pk}"

    preview = client.get(address)
    answer = client.post(address, posted(preview))

    held = mandate.held
    mandate.refresh_from_db()
    assert answer.status_code == 302, answer.context["errors"]
    assert (mandate.held, mandate.left) == (held, "")


def test_what_a_rule_forbids_is_refused_in_words_and_nothing_is_saved(person: Person) -> None:
    client = door.signed_in(door.organiser())
    Person.objects.filter(pk=person.pk).update(slug="anna-i")
    Person.objects.create(slug="anna-ivanova", name_en="Somebody else")
    address = f"{page_of(person, 'change')}?revert={latest(person).pk}"

    answer = client.post(address, posted(client.get(address)))

    person.refresh_from_db()
    assert answer.status_code == 200
    assert answer.context["errors"]
    assert person.slug == "anna-i"


def test_what_readers_have_seen_is_not_set_back() -> None:
    house = build.chamber()
    version = build.platform(house).versions.get()
    roll_call = build.vote(house, {build.deputy(house): Position.FOR})
    client = door.signed_in(door.organiser())

    for row in (version, roll_call):
        page = client.get(page_of(row, "history"))
        assert not any(change.may_be_reverted for change in page.context["changes"])
        assert "Publish a correction or a new version instead" in page.content.decode()
    address = f"{page_of(version, 'change')}?revert={latest(version).pk}"
    assert "Not saved yet" not in client.get(address).content.decode()
    assert client.post(address, {"title_en": "Other"}).status_code == 403


def test_a_roll_call_tells_the_changes_of_its_versions_and_ballots() -> None:
    house = build.chamber()
    draft = build.draft(house, {build.deputy(house): Position.FOR})
    draft.ballots.update(position=Position.AGAINST.value)

    page = door.signed_in(door.organiser()).get(page_of(draft.roll_call, "history"))

    latest_change = page.context["changes"][0]
    assert latest_change.row.startswith("ballot")
    assert [(one.before, one.after) for one in latest_change.differences] == [("For", "Against")]


@pytest.mark.parametrize("number", ["0", "x", "9" * 30, "-1", "%00"])
def test_an_address_that_names_no_change_opens_the_plain_form(person: Person, number: str) -> None:
    client = door.signed_in(door.organiser())

    page = client.get(f"{page_of(person, 'change')}?revert={number}")

    assert page.status_code == (400 if number == "%00" else 200)
    assert "Not saved yet" not in page.content.decode()


def test_who_may_only_look_takes_nothing_back(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(name_en="Anne Ivanova")
    looking = door.organiser(roles=())
    looking.user_permissions.add(*Permission.objects.filter(codename__in=["view_person", "view_history"]))
    client = door.signed_in(looking)

    page = client.get(page_of(person, "history"))
    listed = client.get(reverse("admin:journal_history_changelist"))

    assert not any(change.may_be_reverted for change in page.context["changes"])
    assert {entry.table_name for entry in listed.context["cl"].result_list} == {"people_person"}
    assert client.get(page_of(build.platform(build.chamber()), "history")).status_code == 403


def test_accounts_are_in_the_list_for_those_who_keep_them() -> None:
    listed = reverse("admin:journal_history_changelist") + "?table=accounts_user"
    organiser, keeper = door.signed_in(door.organiser()), door.signed_in(door.organiser("boris", superuser=True))

    assert [len(client.get(listed).context["cl"].result_list) for client in (organiser, keeper)] == [0, 2]


def test_the_list_is_filtered_and_searched(person: Person) -> None:
    client = door.signed_in(door.organiser())
    Person.objects.filter(pk=person.pk).update(name_en="Anne Ivanova")
    Platform.objects.all().delete()
    listed = reverse("admin:journal_history_changelist")

    found = client.get(f"{listed}?table=people_person&operation__exact=change&q={person.pk}").context["cl"].result_list

    assert [entry.after for entry in found] == [{"name_en": "Anne Ivanova"}]
    assert client.get(f"{listed}?q=nonsense").status_code == 200
    assert client.get(reverse("admin:journal_history_change", args=[found[0].pk])).status_code == 200
    assert client.post(reverse("admin:journal_history_change", args=[found[0].pk]), {}).status_code == 403
    assert client.post(reverse("admin:journal_history_delete", args=[found[0].pk]), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_pages_ask_as_often_for_many_changes_as_for_one(
    person: Person, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = door.signed_in(door.organiser())
    for n in range(number):
        Person.objects.filter(pk=person.pk).update(name_en=f"Name {n}")
    client.get(page_of(person, "history"))

    with django_assert_num_queries(12):
        client.get(page_of(person, "history"))
    with django_assert_num_queries(7):
        client.get(reverse("admin:journal_history_changelist"))
