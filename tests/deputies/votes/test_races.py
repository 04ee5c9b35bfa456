"""Two people at once, each on a connection of their own: one clear winner, one clear message, and nothing lost."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from coalition.accounts.models import User
from coalition.desk.actions import approve_and_publish, rehearse
from deputies.journal.actions import wait_for_turn
from deputies.people.imports import Wishes, import_people
from deputies.people.models import Chamber
from deputies.sources.models import cite
from deputies.votes.actions import (
    CorrectionOpen,
    DraftChanged,
    Entry,
    NotPublishable,
    NotReady,
    approve,
    decide_name,
    open_correction,
    save_draft,
    send_back,
    submit,
    take_back,
)
from deputies.votes.enums import NameState, State
from deputies.votes.imports.run import Meaning, import_roll_calls
from deputies.votes.models import RollCall, RollCallVersion, WrittenName
from deputies.votes.reports.findings import everybody
from pledges.scorecards.actions import publish_roll_calls
from tests import build, tidy
from tests.coalition.accounts import door
from tests.deputies.votes.desk import YES, Desk, faults, fresh, seal

pytestmark = pytest.mark.django_db(transaction=True)
LOSES = (DraftChanged, NotReady, NotPublishable, CorrectionOpen)
Act = Callable[[], object]


def race(*acts: Act, last: Act = lambda: None) -> list[object]:
    """What becomes of acts that begin together: their exception, or None for each that was done.

    The first holds its locks until the second is seen waiting for one, or had the time to; `last` ends its transaction.
    """
    outcomes: list[object] = [None] * len(acts)
    under_way = threading.Event()

    def run(place: int, act: Act) -> None:
        try:
            if place == 0:
                with transaction.atomic():
                    act()
                    under_way.set()
                    wait_for_a_waiting_lock()
                    last()
            else:
                under_way.wait(20)
                act()
        except Exception as error:
            outcomes[place] = error
        finally:
            under_way.set()
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "they wait for one another"
    return outcomes


def wait_for_a_waiting_lock() -> None:
    with connection.cursor() as cursor:
        for _ in range(20):
            cursor.execute("SELECT pg_sleep(0.05)")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone()[0]:
                return


def one_wins(first: Act, second: Act) -> type[Exception]:
    """Whoever comes first is done, and the other is told by a named exception; which one."""
    outcomes = race(first, second)
    assert outcomes[0] is None, outcomes
    assert isinstance(outcomes[1], LOSES), outcomes
    assert faults() == []
    return type(outcomes[1])


@pytest.fixture
def desk() -> Desk:
    return Desk()


def publisher(desk: Desk, version: RollCallVersion) -> Act:
    return lambda: publish_roll_calls(versions=[fresh(version)], by=desk.boris, vouched=False, at=build.AT)


def saver(version: RollCallVersion, mark: str, by: User) -> Act:
    """Somebody who opened the draft as it is now, and has one more mark to save."""
    opened, seen = fresh(version), seal(version)
    eligible = everybody(opened)
    entries = {one.mandate.pk: Entry(mark) for one in eligible}
    return lambda: save_draft(version=opened, seen=seen, eligible=eligible, entries=entries, by=by, at=build.AT)


def submitter(desk: Desk, version: RollCallVersion) -> Act:
    seen = seal(version)
    return lambda: submit(version=version, by=desk.anna, seen=seen, at=build.AT)


def approver(version: RollCallVersion, by: User) -> Act:
    seen = seal(version)
    return lambda: approve(version=version, by=by, seen=seen, at=build.AT)


def marks(version: RollCallVersion) -> set[str]:
    return set(version.ballots.values_list("position", flat=True))


def test_two_who_save_one_draft(desk: Desk) -> None:
    version = desk.at(State.CHECKED)

    first, second = saver(version, "against", desk.anna), saver(version, "abstain", desk.boris)

    assert one_wins(first, second) is DraftChanged
    assert (marks(version), fresh(version).entered_by) == ({"against"}, desk.anna)


def test_one_saves_while_another_submits(desk: Desk) -> None:
    version = desk.at(State.CHECKED)

    assert one_wins(saver(version, "against", desk.boris), submitter(desk, version)) is DraftChanged
    assert (marks(version), fresh(version).state in ("matched", "checked")) == ({"against"}, True)


def test_one_submits_while_another_saves(desk: Desk) -> None:
    version = desk.at(State.CHECKED)

    assert one_wins(submitter(desk, version), saver(version, "against", desk.boris)) is DraftChanged
    assert (marks(version), fresh(version).state, fresh(version).entered_by) == ({YES}, "submitted", desk.anna)


def test_one_takes_back_while_another_submits_again(desk: Desk) -> None:
    version = desk.submitted()

    assert one_wins(lambda: take_back(version=version, at=build.AT), submitter(desk, version)) is DraftChanged
    assert fresh(version).state == State.CHECKED


def test_one_submits_while_another_takes_back(desk: Desk) -> None:
    version = desk.at(State.CHECKED)

    assert one_wins(submitter(desk, version), lambda: take_back(version=version, at=build.AT)) is DraftChanged
    assert fresh(version).state == State.SUBMITTED


def test_two_who_submit(desk: Desk) -> None:
    version = desk.at(State.CHECKED)

    assert one_wins(submitter(desk, version), submitter(desk, version)) is DraftChanged
    assert fresh(version).state == State.SUBMITTED


def test_two_who_approve(desk: Desk) -> None:
    version, vera = desk.submitted(), User.objects.create(username="vera")

    assert one_wins(approver(version, desk.boris), approver(version, vera)) is DraftChanged
    assert fresh(version).reviewed_by == desk.boris


def test_one_approves_while_another_takes_back(desk: Desk) -> None:
    version = desk.submitted()

    approved, taken = race(approver(version, desk.boris), lambda: take_back(version=version, at=build.AT))

    assert (approved, taken) == (None, None)
    after = fresh(version)
    assert (after.state, after.reviewed_by, after.reviewed_hash) == (State.CHECKED, None, "")


def test_one_takes_back_while_another_approves(desk: Desk) -> None:
    version = desk.submitted()

    assert one_wins(lambda: take_back(version=version, at=build.AT), approver(version, desk.boris)) is DraftChanged
    assert (fresh(version).state, fresh(version).reviewed_by) == (State.CHECKED, None)


def both_at_once(desk: Desk, version: RollCallVersion) -> Act:
    seen = seal(version)
    return lambda: approve_and_publish(version=fresh(version), by=desk.boris, seen=seen, at=build.AT)


def back_sender(desk: Desk, version: RollCallVersion) -> Act:
    return lambda: send_back(version=version, by=desk.boris, reason="Look again")


def test_one_approves_and_publishes_while_another_sends_back(desk: Desk) -> None:
    version = desk.submitted()

    assert one_wins(both_at_once(desk, version), back_sender(desk, version)) is DraftChanged
    assert fresh(version).state == State.PUBLISHED


def test_one_sends_back_while_another_approves_and_publishes(desk: Desk) -> None:
    version = desk.submitted()

    assert one_wins(back_sender(desk, version), both_at_once(desk, version)) is DraftChanged
    assert (fresh(version).state, fresh(version).returned) == (State.REJECTED, "Look again")


def test_two_who_publish(desk: Desk) -> None:
    version = desk.reviewed()

    assert one_wins(publisher(desk, version), publisher(desk, version)) is NotPublishable
    assert fresh(version).state == State.PUBLISHED


def test_one_publishes_while_another_takes_back(desk: Desk) -> None:
    version = desk.reviewed()

    assert one_wins(publisher(desk, version), lambda: take_back(version=version, at=build.AT)) is DraftChanged
    assert fresh(version).state == State.PUBLISHED


def test_one_takes_back_while_another_publishes(desk: Desk) -> None:
    version = desk.reviewed()

    assert one_wins(lambda: take_back(version=version, at=build.AT), publisher(desk, version)) is NotPublishable
    assert fresh(version).state == State.CHECKED


def test_two_who_open_a_correction(desk: Desk) -> None:
    roll_call = desk.at(State.PUBLISHED).roll_call

    assert one_wins(lambda: desk.correct(roll_call), lambda: desk.correct(roll_call)) is CorrectionOpen
    assert roll_call.versions.count() == 2


def test_two_who_decide_one_name(desk: Desk) -> None:
    version = desk.save(desk.start(), dict.fromkeys(desk.people[:1], YES))
    name = WrittenName.objects.create(version=version, line=3, name="Person", position="against", why="Several")

    def decider(nth: int, by: User) -> Act:
        pick: dict[str, Any] = {"written": name, "state": NameState.MATCHED, "person": desk.people[nth]}
        return lambda: decide_name(**pick, by=by, at=build.AT)

    assert one_wins(decider(1, desk.anna), decider(2, desk.boris)) is DraftChanged
    assert dict(version.ballots.values_list("person", "position")) == {
        desk.people[0].pk: YES,
        desk.people[1].pk: "against",
    }


# The importer beside people


BUDGET = {"votes": tidy.VOTES.replace("Budget", "The budget")}


@pytest.fixture
def council(tmp_path: Path) -> Chamber:
    import_people(folder=tidy.folder(tmp_path), slug="council", wishes=Wishes())
    return Chamber.objects.get()


def importer(council: Chamber, folder: Path, *, publish: bool = False) -> Act:
    def bring() -> None:
        with transaction.atomic():
            outcome = import_roll_calls(folder=folder, chamber=council, meaning=Meaning(), at=build.AT)
            if publish:
                publish_roll_calls(versions=outcome.drafts, by=None, vouched=True, at=build.AT)

    return bring


def corrector(desk: Desk) -> Act:
    roll_call = RollCall.objects.get(vote_id="v#2")
    evidence = cite(title="Erratum")
    return lambda: open_correction(roll_call=roll_call, by=desk.anna, reason="A slip", evidence=evidence, at=build.AT)


@pytest.mark.parametrize("publish", [False, True])
def test_one_opens_a_correction_while_the_same_vote_is_imported(
    council: Chamber, desk: Desk, tmp_path: Path, publish: bool
) -> None:
    importer(council, tidy.folder(tmp_path), publish=True)()

    outcomes = race(corrector(desk), importer(council, tidy.folder(tmp_path, **BUDGET), publish=publish))

    assert outcomes == [None, None]
    roll_call = RollCall.objects.get(vote_id="v#2")
    assert list(roll_call.versions.values_list("number", "state").order_by("number")) == [
        (1, "published"),
        (2, "draft"),
    ]
    assert (roll_call.versions.get(number=2).entered_by, roll_call.source_changed_at) == (desk.anna, build.AT)
    assert faults() == []


def test_a_vote_is_imported_while_one_opens_its_correction(council: Chamber, desk: Desk, tmp_path: Path) -> None:
    importer(council, tidy.folder(tmp_path), publish=True)()

    assert one_wins(importer(council, tidy.folder(tmp_path, **BUDGET)), corrector(desk)) is CorrectionOpen


def test_one_publishes_a_correction_while_the_same_vote_is_imported(
    council: Chamber, desk: Desk, tmp_path: Path
) -> None:
    importer(council, tidy.folder(tmp_path), publish=True)()
    corrector(desk)()
    draft = RollCall.objects.get(vote_id="v#2").versions.get(number=2)
    by_hand = desk.hand_on_until_review(draft)

    outcomes = race(publisher(desk, by_hand), importer(council, tidy.folder(tmp_path, **BUDGET), publish=True))

    assert outcomes == [None, None]
    roll_call = RollCall.objects.get(vote_id="v#2")
    assert (roll_call.published, roll_call.source_changed_at) == (by_hand, build.AT)
    assert faults() == []


def test_one_saves_a_draft_while_the_same_vote_is_imported(council: Chamber, desk: Desk, tmp_path: Path) -> None:
    """What a person saved meanwhile is theirs, and the importer only says that the source differs."""
    importer(council, tidy.folder(tmp_path))()
    version = RollCallVersion.objects.get(roll_call__vote_id="v#2")

    outcomes = race(saver(version, "abstain", desk.anna), importer(council, tidy.folder(tmp_path, **BUDGET)))

    assert outcomes == [None, None]
    assert (marks(version), fresh(version).title_en, fresh(version).entered_by) == ({"abstain"}, "Budget", desk.anna)
    assert RollCall.objects.get(vote_id="v#2").source_changed_at == build.AT


def test_a_vote_is_imported_while_one_saves_its_draft(council: Chamber, desk: Desk, tmp_path: Path) -> None:
    importer(council, tidy.folder(tmp_path))()
    version = RollCallVersion.objects.get(roll_call__vote_id="v#2")

    first, second = importer(council, tidy.folder(tmp_path, **BUDGET)), saver(version, "abstain", desk.anna)

    assert one_wins(first, second) is DraftChanged
    assert fresh(version).title_en == "The budget"


# Through the pages: the loser reads what happened


def page(name: str, version: RollCallVersion) -> str:
    return reverse(f"admin:votes_rollcall_{name}", args=[version.roll_call_id])


def told(answer: Any) -> str:
    context = answer.context or {}
    form = context.get("form")
    errors = [str(error) for error in form.non_field_errors()] if form is not None and form.is_bound else []
    return " ".join([*map(str, context.get("messages", ())), *errors])


def posts(client: Client, address: str, given: dict[str, Any], answers: list[str]) -> Act:
    def post() -> None:
        answers.append(told(client.post(address, given, follow=True)))

    return post


@pytest.fixture
def anna() -> Client:
    return door.signed_in(door.organiser("anna"))


@pytest.fixture
def boris() -> Client:
    return door.signed_in(door.organiser("boris"))


def test_the_loser_of_two_who_save_reads_whose_rows_differ(desk: Desk, anna: Client, boris: Client) -> None:
    version = desk.at(State.CHECKED)
    opened = anna.get(page("change", version)).context
    given = {name: value for name, value in opened["form"].initial.items() if value is not None}
    given |= {"held_at": "2024-01-11T12:00:00", "seen": opened["seen"], "save": "", "source_title": "Minutes"}
    rows = {f"p-{person.mandates.get().pk}": "against" for person in desk.people}
    answers: list[str] = []

    outcomes = race(saver(version, "abstain", desk.boris), posts(anna, page("change", version), given | rows, answers))

    assert outcomes == [None, None]
    assert "Somebody else changed this draft after you opened it" in answers[0]
    assert marks(version) == {"abstain"}


def reviewed_in_full(client: Client, version: RollCallVersion) -> dict[str, str]:
    context = client.get(page("review", version)).context
    return {part.key: "1" for part in context["parts"]} | {"seen": context["seal"]}


def test_the_loser_of_two_who_publish_reads_that_it_is_published(desk: Desk, boris: Client) -> None:
    version = desk.submitted()
    given, answers = reviewed_in_full(boris, version) | {"publish": ""}, list[str]()

    outcomes = race(both_at_once(desk, version), posts(boris, page("review", version), given, answers))

    assert outcomes == [None, None]
    assert "Somebody else approved, published or took it back meanwhile" in answers[0]
    assert fresh(version).published_by == desk.boris


def test_the_loser_of_two_who_correct_reads_that_one_is_open(desk: Desk, boris: Client) -> None:
    version = desk.at(State.PUBLISHED)
    given = {"reason": "The clerk's erratum", "source_url": "https://example.org/erratum"}
    answers: list[str] = []

    outcomes = race(lambda: desk.correct(version.roll_call), posts(boris, page("correct", version), given, answers))

    assert outcomes == [None, None]
    assert "A correction is being worked on already" in answers[0]
    assert version.roll_call.versions.count() == 2


def test_one_looks_ahead_while_another_approves_and_publishes(desk: Desk) -> None:
    """Both need the journal and the version; they take them in one order, and neither is refused."""
    version = desk.submitted()

    looked = race(wait_for_turn, both_at_once(desk, version), last=lambda: rehearse(version=version, at=build.AT))

    assert looked == [None, None]
    assert fresh(version).state == State.PUBLISHED
