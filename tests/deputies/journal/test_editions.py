"""Which transactions tell that readers see something else, and that none of them hides another."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from deputies.journal.tasks import clear_editions
from deputies.people.models import Party
from deputies.sources.models import cite
from deputies.votes.enums import Position, State
from deputies.votes.models import RollCallVersion
from deputies.votes.reports.editions import edition_at, edition_without
from pledges.scorecards.actions import rescore
from tests import build

EVERYBODY = pytest.mark.django_db(transaction=True)


def told() -> set[str]:
    """The tables that told in the transaction that the test is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject FROM journal_edition WHERE xid = pg_current_xact_id()")
        return {name for (name,) in cursor.fetchall()}


@contextmanager
def another() -> Iterator[psycopg.Connection]:
    """A connection of somebody else, with a transaction of their own."""
    with psycopg.connect(**{**connection.get_connection_params(), "cursor_factory": psycopg.Cursor}) as other:
        yield other


@pytest.mark.django_db
def test_a_change_tells_once_and_one_that_touches_no_row_does_not() -> None:
    assert told() == set()
    Party.objects.filter(slug="nobody").update(name_en="B")
    Party.objects.filter(slug="nobody").delete()
    assert told() == set()

    Party.objects.create(slug="a", name_en="A")
    Party.objects.create(slug="b", name_en="B")
    assert told() == {"people_party"}


@pytest.mark.django_db
def test_a_draft_tells_that_it_is_there_and_nothing_of_itself_until_it_is_published() -> None:
    chamber = build.chamber()
    deputies = [build.deputy(chamber), build.deputy(chamber)]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM journal_edition")

    draft = build.draft(chamber, {deputies[0]: Position.FOR}, source=cite(title="The minutes"))
    build.ballot(draft, deputies[1])
    RollCallVersion.objects.filter(pk=draft.pk).update(title_en="Reworded", state=State.CHECKED.value)
    draft.ballots.all().delete()
    assert told() == {"votes_rollcall"}  # the page of its sitting says that one more is being entered

    build.publish(draft)
    assert {"votes_rollcall", "votes_rollcallversion", "journal_event"} <= told()


@pytest.mark.django_db
def test_a_count_that_moves_no_score_tells_nothing_of_scores() -> None:
    chamber = build.chamber()
    deputy = build.deputy(chamber)
    platform = build.platform(chamber)
    build.link(platform.demands.get(), build.vote(chamber, {deputy: Position.FOR}))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM journal_edition")

    rescore(platform=platform, at=build.LATER)

    assert "scorecards_score" not in told()


@EVERYBODY
def test_a_transaction_that_commits_late_changes_the_edition() -> None:
    """The later transaction commits first and is the newest row; the earlier one is seen all the same."""
    with another() as early, another() as late:
        early.execute("INSERT INTO people_party (slug, name_ru, name_en) VALUES ('early', '', 'Early')")
        late.execute("INSERT INTO people_party (slug, name_ru, name_en) VALUES ('late', '', 'Late')")
        before = edition_at(build.AT).name
        late.commit()
        between = edition_at(build.AT).name
        early.commit()
        after = edition_at(build.AT).name

    assert len({before, between, after}) == 3


@EVERYBODY
def test_writers_do_not_wait_for_one_another() -> None:
    with another() as first, another() as second:
        for each in (first, second):
            each.execute("SET lock_timeout = '1s'")
            each.execute("INSERT INTO people_party (slug, name_ru, name_en) VALUES (%s, '', 'A')", [str(id(each))])
        first.commit()
        second.commit()


@EVERYBODY
def test_what_is_rolled_back_leaves_the_edition() -> None:
    before = edition_at(build.AT)
    with another() as other:
        other.execute("INSERT INTO people_party (slug, name_ru, name_en) VALUES ('a', '', 'A')")
        other.rollback()

    assert edition_at(build.AT) == before


@EVERYBODY
def test_clearing_makes_an_edition_that_never_was_and_loses_no_late_commit() -> None:
    clear_editions(most=0)
    seen = {edition_at(build.AT).name}
    for number in range(3):
        Party.objects.create(slug=f"p{number}", name_en="P")
        seen.add(edition_at(build.AT).name)
    with another() as late:
        late.execute("INSERT INTO people_party (slug, name_ru, name_en) VALUES ('late', '', 'Late')")
        assert not clear_editions(most=1000)
        assert clear_editions(most=1)
        cleared = edition_at(build.AT).name
        late.commit()
    after = edition_at(build.AT).name

    assert len({*seen, cleared, after}) == 6


@EVERYBODY
def test_an_edition_without_tables_outlives_their_changes_only() -> None:
    before = edition_without(["people_party"])
    Party.objects.create(slug="a", name_en="A")
    assert edition_without(["people_party"]) == before

    build.chamber()
    assert edition_without(["people_party"]) != before


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO journal_edition (subject) VALUES ('people_party')",
        "DELETE FROM journal_edition",
        "UPDATE journal_edition SET at = now()",
        "SELECT journal_forget_editions('people_party')",
    ],
)
def test_the_application_writes_it_through_changes_alone(statement: str) -> None:
    call_command("restrict_app_role", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE nakaz_app")
        Party.objects.create(slug="a", name_en="A")
        assert told() == {"people_party"}
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
            cursor.execute(statement)
        cursor.execute("SELECT journal_clear_editions(0)")
        cursor.execute("RESET ROLE")
