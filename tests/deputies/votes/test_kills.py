"""A process that dies at any statement of paste, hand on, approve, publish, correct or import has changed nothing."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections, transaction

from coalition.desk.actions import approve_and_publish
from deputies.people.imports import Wishes, import_people
from deputies.people.models import Chamber
from deputies.sources.models import cite
from deputies.votes.actions import Named, approve, submit, take_names
from deputies.votes.enums import State
from deputies.votes.imports.run import Meaning, import_roll_calls
from deputies.votes.models import RollCallVersion
from pledges.scorecards.actions import publish_roll_calls
from tests import build, tidy
from tests.deputies.votes.desk import YES, Desk, faults, fresh, seal
from tests.deputies.votes.protocols import digest

pytestmark = pytest.mark.django_db(transaction=True)
ALL = "NAKAZ_EXAMPLES" in os.environ  # in the long trials at every statement
Act = Callable[[], object]
DIED_IN_ITS_CONNECTION = 3


class Rehearsed(Exception):
    """Takes the rehearsal back."""


def counts(sql: str, *, outer: int = 0) -> bool:
    """Whether a statement is part of the transaction of the act; marks of places inside it are not counted."""
    depth = connection.in_atomic_block + len(connection.savepoint_ids) - outer
    return depth > 0 and not sql.startswith(("SAVEPOINT", "RELEASE"))


def statements_of(act: Act) -> int:
    """How many statements it sends."""
    sent = 0

    def count(execute: Any, sql: str, *more: Any) -> Any:
        nonlocal sent
        sent += counts(sql, outer=1)
        return execute(sql, *more)

    with suppress(Rehearsed), transaction.atomic(), connection.execute_wrapper(count):
        act()
        raise Rehearsed
    return sent


@contextmanager
def dying_after(number: int, die: Act) -> Iterator[None]:
    sent = 0

    def count(execute: Any, sql: str, *more: Any) -> Any:
        nonlocal sent
        sent += counts(sql)
        answer = execute(sql, *more)
        if sent == number:
            die()
        return answer

    with connection.execute_wrapper(count):
        yield


def kill_process() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def lose_the_connection() -> None:
    """As when the server ends the session: by another session, while the transaction is open."""
    own = connection.connection
    assert own is not None
    with psycopg.connect(**own.info.get_parameters(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [own.info.backend_pid])


def in_a_child_that_dies(act: Act, number: int, die: Act) -> None:
    connections.close_all()  # none is shared by two processes
    child = os.fork()
    if not child:
        try:
            with dying_after(number, die):
                act()
        except BaseException:  # nothing of the parent may run in the child
            os._exit(DIED_IN_ITS_CONNECTION)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) in (-signal.SIGKILL, DIED_IN_ITS_CONNECTION)


def dies_anywhere(act: Act) -> None:
    """At each statement, or in short at the first, one amid them and the last, nothing is changed; then it is done."""
    number = statements_of(act)
    places = range(1, number + 1) if ALL else sorted({1, number // 2, number})
    before, wrong = digest(), faults()
    for nth, place in enumerate(places):
        for die in (kill_process, lose_the_connection) if ALL else ((kill_process, lose_the_connection)[nth % 2],):
            in_a_child_that_dies(act, place, die)
            assert digest() == before, (place, die)
    assert faults() == wrong
    act()
    assert digest() != before
    assert faults() == []


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_while_a_list_is_pasted(desk: Desk) -> None:
    version = desk.save(desk.start(), {desk.people[0]: YES})
    found, names = {desk.people[1].pk: "against"}, [Named(3, "Person", "for", "Several")]

    dies_anywhere(
        lambda: take_names(
            version=version, seen=seal(version), found=found, unmatched=names, rest=None, by=desk.anna, at=build.AT
        )
    )

    assert (version.ballots.count(), version.written_names.count()) == (2, 1)


def test_while_a_draft_is_saved(desk: Desk) -> None:
    version = desk.at(State.CHECKED)

    dies_anywhere(lambda: desk.save(version, dict.fromkeys(desk.people, "against"), title_en="Another title"))


def test_while_it_is_handed_on(desk: Desk) -> None:
    version = desk.at(State.CHECKED)

    dies_anywhere(lambda: submit(version=version, by=desk.anna, seen=seal(version), at=build.AT))


def test_while_it_is_approved(desk: Desk) -> None:
    version = desk.submitted()

    dies_anywhere(lambda: approve(version=version, by=desk.boris, seen=seal(version), at=build.AT))


def linked(desk: Desk, version: RollCallVersion) -> RollCallVersion:
    """A vote that counts, so that publishing it moves scores."""
    build.link(build.platform(desk.chamber).demands.get(), version.roll_call)
    return version


def test_while_it_is_published(desk: Desk) -> None:
    version = linked(desk, desk.reviewed())

    dies_anywhere(lambda: desk.publish(version))


def test_while_it_is_approved_and_published_at_once(desk: Desk) -> None:
    version = linked(desk, desk.submitted())

    dies_anywhere(lambda: approve_and_publish(version=fresh(version), by=desk.boris, seen=seal(version), at=build.AT))


def test_while_a_correction_is_opened(desk: Desk) -> None:
    version = desk.at(State.PUBLISHED)
    cite(title="Erratum")

    dies_anywhere(lambda: desk.correct(version.roll_call))


def test_while_a_correction_takes_its_place(desk: Desk) -> None:
    old = linked(desk, desk.at(State.PUBLISHED))
    draft = desk.save(desk.correct(old.roll_call), dict.fromkeys(desk.people, "against"))
    correction = desk.hand_on_until_review(draft)

    dies_anywhere(lambda: desk.publish(correction))

    assert (fresh(old).state, fresh(correction).state) == (State.CORRECTED, State.PUBLISHED)


def test_while_a_folder_is_imported_and_published(tmp_path: Path) -> None:
    import_people(folder=tidy.folder(tmp_path), slug="council", wishes=Wishes())
    chamber = Chamber.objects.get()

    def bring() -> None:
        with transaction.atomic():
            outcome = import_roll_calls(folder=tmp_path, chamber=chamber, meaning=Meaning(), at=build.AT)
            publish_roll_calls(versions=outcome.drafts, by=None, vouched=True, at=build.AT)

    dies_anywhere(bring)

    assert RollCallVersion.objects.filter(state=State.PUBLISHED).count() == 3
