"""The history: whatever changes a row, by whichever door, leaves its trace; and nobody changes the trace."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from coalition.accounts.models import User
from coalition.desk.changes import kept_models
from coalition.desk.management.commands import check_record
from deputies.journal.actions import acting
from deputies.journal.models import Event, History
from deputies.people.models import Chamber, Party, Person
from deputies.sources.models import keep_copy
from deputies.votes.enums import Position
from deputies.votes.models import Ballot
from tests import build
from tests.coalition.accounts import door
from tests.refuses import refused_by

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("database-role")]


def run(statement: str, *arguments: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments or None)


class Told(list[Any]):
    """What the block wrote: (operation, before, after, account, action) of one table, in order."""


@contextmanager
def told(table: str) -> Iterator[Told]:
    last = History.objects.order_by("-id").values_list("id", flat=True).first() or 0
    found = Told()
    yield found
    rows = History.objects.filter(table_name=table, id__gt=last).order_by("id")
    found += [(row.operation, row.before, row.after, row.account_id, row.action) for row in rows]


def test_each_way_to_write_is_told_with_who_and_what() -> None:
    house = build.chamber()

    with told("people_party") as rows, acting(account_id=7, action="admin:people_party_change"):
        party = Party.objects.create(slug="a", name_en="A")
        party.name_en = "B"
        party.save()
        Party.objects.update(name_en="C")
        run("UPDATE people_party SET name_en = 'D' WHERE id = %s", party.pk)
        Party.objects.bulk_create([Party(slug="x", name_en="X"), Party(slug="y", name_en="Y")])
        Party.objects.filter(slug="y").delete()
    with told("people_chamber") as after:
        Chamber.objects.filter(pk=house.pk).update(seats=9)

    assert {(who, what) for *_, who, what in rows} == {(7, "admin:people_party_change")}
    assert [row[0] for row in rows] == ["add", "change", "change", "change", "add", "add", "remove"]
    assert [row[1:3] for row in rows[1:4]] == [
        ({"name_en": "A"}, {"name_en": "B"}),
        ({"name_en": "B"}, {"name_en": "C"}),
        ({"name_en": "C"}, {"name_en": "D"}),
    ]
    assert (rows[0][1], rows[0][2]["slug"], rows[6][1]["slug"], rows[6][2]) == (None, "a", "y", None)
    assert after == [("change", {"seats": 5}, {"seats": 9}, None, "")]  # who acted before is forgotten


def test_a_failed_block_forgets_who_acted() -> None:
    party = Party.objects.create(slug="a", name_en="A")
    with pytest.raises(ValueError, match="stop"), acting(account_id=7, action="something"):
        raise ValueError("stop")

    with told("people_party") as rows:
        party.delete()

    assert [row[3:] for row in rows] == [(None, "")]


def test_without_an_account_the_program_is_named() -> None:
    party = Party.objects.create(slug="a", name_en="A")
    run("SET application_name = 'manage.py import_people'")

    with told("people_party") as rows:
        party.delete()
    run("RESET application_name")

    assert rows[0][4] == "manage.py import_people"


def test_a_write_that_changes_nothing_is_not_told() -> None:
    party = Party.objects.create(slug="a", name_en="A")

    with told("people_party") as rows:
        party.save()

    assert rows == []


def test_a_new_id_is_a_row_removed_and_a_row_added() -> None:
    party = Party.objects.create(slug="a", name_en="A")

    with told("people_party") as rows:
        Party.objects.filter(pk=party.pk).update(id=party.pk + 1000)

    assert sorted(row[0] for row in rows) == ["add", "remove"]


def test_every_kept_table_has_its_triggers_and_a_missing_one_is_named() -> None:
    assert list(check_record.history()) == []
    for table in kept_models():
        run(f"ALTER TABLE {table} DISABLE TRIGGER journal_history_change")
    run("ALTER TABLE journal_history ENABLE TRIGGER journal_history_append_only")  # and no longer always

    assert [line.split(" is ")[0] for line in check_record.history()] == sorted(
        [
            "Table journal_history: the trigger journal_history_append_only",
            *(f"Table {table}: the trigger journal_history_change" for table in kept_models()),
        ]
    )


def test_a_column_that_is_added_later_is_told_too() -> None:
    party = Party.objects.create(slug="a", name_en="A")
    document = keep_copy(content=b"bytes", title="Minutes")
    run("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE people_party ADD COLUMN motto text")
    run("ALTER TABLE sources_document ADD COLUMN shelf text")

    with told("people_party") as rows:
        run("UPDATE people_party SET motto = 'new' WHERE id = %s", party.pk)
    with told("sources_document") as documents:
        run("UPDATE sources_document SET shelf = 'B' WHERE id = %s", document.pk)

    assert rows[0][1:3] == ({"motto": None}, {"motto": "new"})
    assert documents[0][1:3] == ({"shelf": None}, {"shelf": "B"})


def test_ballots_of_a_draft_are_told_when_they_are_changed_or_removed() -> None:
    house = build.chamber()
    with told("votes_ballot") as rows:
        draft = build.draft(house, {build.deputy(house): Position.FOR})
        draft.ballots.update(position=Position.AGAINST.value)
        draft.ballots.all().delete()

    assert [row[:3] for row in rows[:1]] == [("change", {"position": "for"}, {"position": "against"})]
    assert (rows[1][0], rows[1][1]["position"], len(rows)) == ("remove", "against", 2)


def test_neither_secrets_nor_names_nor_bytes_nor_readers_are_in_the_history() -> None:
    with told("accounts_user") as rows:
        anna = User.objects.create_user("anna", email="anna@example.org", password=door.PASSWORD, first_name="Anna")
        anna.set_password("another password")
        anna.last_login = build.AT
        anna.save()
        anna.is_superuser = True
        anna.save()
    with told("sources_document") as documents:
        keep_copy(content=b"minutes", title="Minutes")

    left_out = {"password", "last_login", "email", "first_name", "last_name"}
    assert [row[0] for row in rows] == ["add", "change"]
    assert left_out.isdisjoint(rows[0][2])
    assert rows[1][1:3] == ({"is_superuser": False}, {"is_superuser": True})
    assert "content" not in documents[0][2]
    assert documents[0][2]["title"] == "Minutes"
    assert not any(table.startswith(("digests", "mfa", "account_", "django_session")) for table in watched())


def watched() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'journal_history_%%'")
        return {row[0] for row in cursor.fetchall()}


def test_who_is_made_an_organiser_is_told() -> None:
    with told("accounts_user_groups") as rows:
        door.organiser(roles=["Entrants"])

    assert [row[0] for row in rows] == ["add"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_history SET action = ''",
        "DELETE FROM journal_history",
        "TRUNCATE journal_history",
        "SET LOCAL session_replication_role = replica; DELETE FROM journal_history",
    ],
)
def test_nobody_changes_the_history(statement: str) -> None:
    with refused_by("journal_history_append_only"):
        run(statement)


def test_triggers_that_sleep_for_others_still_tell() -> None:
    party = Party.objects.create(slug="a", name_en="A")

    with told("people_party") as rows:
        run("SET LOCAL session_replication_role = replica")
        party.delete()
    run("SET LOCAL session_replication_role = origin")

    assert [row[0] for row in rows] == ["remove"]


# The role of the application


@pytest.fixture
def as_application() -> Iterator[None]:
    run("SET CONSTRAINTS ALL IMMEDIATE")
    call_command("restrict_app_role", verbosity=0)
    call_command("restrict_app_role", verbosity=0)
    run("SET LOCAL ROLE nakaz_app")
    yield
    run("RESET ROLE")


@pytest.mark.usefixtures("as_application")
def test_the_application_writes_the_record_and_the_history_follows() -> None:
    house = build.chamber()
    with told("people_person") as rows:
        deputy = build.deputy(house)
        Person.objects.filter(pk=deputy.pk).update(note_en="Noted")
    made = build.vote(house, {deputy: Position.FOR})

    assert [row[0] for row in rows] == ["add", "change"]
    made.refresh_from_db()
    assert made.published is not None
    assert Event.objects.exists()


@pytest.mark.usefixtures("as_application")
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO journal_history (table_name, row_id, operation, action) VALUES ('people_person', 1, 'add', '')",
        "UPDATE journal_history SET action = ''",
        "DELETE FROM journal_history",
        "TRUNCATE journal_history",
        "ALTER TABLE journal_history DISABLE TRIGGER ALL",
        "ALTER TABLE journal_history DROP COLUMN action",
        "DROP TABLE journal_history",
        "ALTER TABLE people_person DISABLE TRIGGER journal_history_change",
        "DROP TRIGGER journal_history_change ON people_person",
        "SELECT journal_forget_history('people_person')",
        "DROP FUNCTION journal_keep_change",
        "ALTER FUNCTION journal_keep_change RESET ALL",
        "SELECT journal_write('people_person', 1, NULL, '{}')",
        "CREATE TEMP TABLE people_person (id bigint); CREATE TRIGGER forged AFTER INSERT ON people_person"
        " REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION journal_keep_change()",
        "SET session_replication_role = replica",
        "TRUNCATE people_person CASCADE",
        "UPDATE journal_event SET subject = ''",
        "DELETE FROM journal_event",
        "UPDATE scorecards_scorechange SET cause = ''",
        "DELETE FROM scorecards_bundle",
        "CREATE ROLE another",
    ],
)
def test_the_application_cannot_alter_the_past(statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
        run(statement)


@pytest.mark.usefixtures("as_application")
def test_a_table_of_its_own_does_not_hide_the_history_from_the_trigger() -> None:
    party = Party.objects.create(slug="a", name_en="A")
    run("CREATE TEMP TABLE journal_history (LIKE public.journal_history)")
    run("CREATE TEMP TABLE after_rows (LIKE public.people_party)")

    Party.objects.update(name_en="B")
    run("DROP TABLE pg_temp.journal_history")

    latest = History.objects.filter(table_name="people_party", row_id=party.pk).latest("id")
    assert latest.after == {"name_en": "B"}


def test_a_role_that_could_undo_it_is_refused_in_words() -> None:
    call_command("restrict_app_role", verbosity=0)
    run("ALTER ROLE nakaz_app CREATEROLE")

    with pytest.raises(CommandError, match="could undo what it must not"):
        call_command("restrict_app_role", verbosity=0)


def test_an_account_that_may_not_make_roles_is_told_what_to_do() -> None:
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("CREATE ROLE nakaz_nobody; SET LOCAL ROLE nakaz_nobody")

    words = "As a superuser run `CREATE ROLE nakaz_app LOGIN NOINHERIT; CREATE ROLE nakaz_web LOGIN NOINHERIT;` once"
    with pytest.raises(CommandError, match=words):
        call_command("restrict_app_role", verbosity=0)


# What is never stored

_OF_A_READER = re.compile(
    r"(^|_)(ip|ips|ipv[46]|(ip|remote|network|client)_?addr(ess)?|agent|host|hostname|referr?er)(_|$)"
)


def test_no_table_has_a_place_for_an_address_of_the_network() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, udt_name FROM information_schema.columns WHERE table_schema = 'public'"
        )
        columns = cursor.fetchall()

    tables = {table for table, *_ in columns}
    assert {"django_session", "account_emailaddress", "mfa_authenticator", "journal_history"} <= tables
    assert [
        (table, column)
        for table, column, kind in columns
        if _OF_A_READER.search(column) or kind in {"inet", "cidr", "macaddr", "macaddr8"}
    ] == []
    assert Ballot.objects.count() == 0
