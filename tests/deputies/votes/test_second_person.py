"""Tricks by which one person could stand for two, or show a second one something else than what is published."""

from collections.abc import Callable

import pytest
from django.db import connection

from coalition.desk.actions import publish_approved
from coalition.desk.queue import to_review
from deputies.people.models import Mandate
from deputies.sources.models import Document, cite, keep_copy
from deputies.votes.actions import (
    Named,
    NotReady,
    NotSecond,
    approve,
    decide_name,
    key_again,
    submit,
    take_back,
    take_names,
)
from deputies.votes.enums import NameState, Position, State
from deputies.votes.models import RollCallVersion
from deputies.votes.reports.findings import differences_of_keying
from tests import build
from tests.deputies.votes.desk import YES, Desk, faults, fresh, seal
from tests.refuses import refused_by

pytestmark = pytest.mark.django_db
NO = Position.AGAINST.value


def handed_on(desk: Desk, version: RollCallVersion) -> RollCallVersion:
    """Submitted by Boris, who is named as the one who entered it."""
    desk.see(version, by=desk.boris)
    submit(version=version, by=desk.boris, seen=seal(version), at=build.AT)
    return fresh(version)


def test_whoever_entered_rows_cannot_approve_them_after_another_saved_the_draft() -> None:
    desk = Desk()
    version = desk.save(desk.start())
    version = handed_on(desk, desk.save(version, by=desk.boris, title_en="Parks and gardens"))

    assert version.entered_by == desk.boris
    assert version not in to_review(desk.anna)
    with pytest.raises(NotSecond):
        approve(version=version, by=desk.anna, seen=seal(version), at=build.AT)


def test_whoever_took_it_back_and_entered_it_again_does_not_free_the_first_person() -> None:
    desk = Desk()
    version = desk.submitted()
    take_back(version=version, at=build.AT)
    version = handed_on(
        desk, desk.save(version, {**dict.fromkeys(desk.people, YES), desk.people[0]: NO}, by=desk.boris)
    )

    with pytest.raises(NotSecond):
        approve(version=version, by=desk.anna, seen=seal(version), at=build.AT)


def test_saving_without_a_change_is_no_entry() -> None:
    desk = Desk()
    version = desk.save(desk.save(desk.start()), by=desk.boris)

    assert (version.entered_by, version.hands) == (desk.anna, [desk.anna.pk])


def named_by(desk: Desk, version: RollCallVersion) -> None:
    take_names(
        version=version,
        seen=seal(version),
        found={desk.people[0].pk: YES},
        unmatched=[Named(1, "Somebody", YES, "nobody")],
        rest=None,
        by=desk.boris,
        at=build.AT,
    )


def decided_by(desk: Desk, version: RollCallVersion) -> None:
    written = version.written_names.create(line=1, name="Somebody", position=YES, why="nobody")
    decide_name(written=written, state=NameState.IGNORED, by=desk.boris, at=build.AT)


@pytest.mark.parametrize("act", [named_by, decided_by, lambda desk, version: desk.see(version, by=desk.boris)])
def test_pasting_deciding_a_name_and_acknowledging_a_warning_are_a_hand_in_it(
    act: Callable[[Desk, RollCallVersion], None],
) -> None:
    desk = Desk()
    version = desk.save(desk.start(), dict.fromkeys(desk.people, Position.ABSENT.value))  # a doubt to acknowledge
    act(desk, version)

    assert fresh(version).is_by(desk.boris.pk)


def test_the_database_refuses_an_approval_by_a_hand_and_so_does_the_check_of_the_record() -> None:
    desk = Desk()
    version = handed_on(desk, desk.save(desk.save(desk.start()), by=desk.boris, title_en="Parks and gardens"))
    approval = {"state": State.REVIEWED, "reviewed_by": desk.anna, "reviewed_hash": seal(version)}

    with refused_by("votes_rollcallversion_reviewed_by_no_hand"):
        RollCallVersion.objects.filter(pk=version.pk).update(**approval)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE votes_rollcallversion DROP CONSTRAINT votes_rollcallversion_reviewed_by_no_hand")
    RollCallVersion.objects.filter(pk=version.pk).update(**approval)
    desk.publish(version)
    assert any("no second person" in fault for fault in faults())


def test_whoever_entered_a_key_vote_cannot_key_it_again_after_another_saved_it() -> None:
    desk = Desk()
    version = desk.save(desk.save(desk.start(is_key=True)), by=desk.boris, title_en="Parks and gardens")
    key_again(version=version, positions={p.pk: YES for p in desk.people}, by=desk.anna, at=build.AT)

    assert [finding.code for finding in differences_of_keying(fresh(version))] == ["not-keyed-again"]


def test_the_header_of_an_agenda_is_no_hand_in_the_names() -> None:
    desk = Desk()
    version = desk.start()
    RollCallVersion.objects.filter(pk=version.pk).update(hands=[])

    assert desk.save(version, by=desk.boris).hands == [desk.boris.pk]


# What is changed around a version that waits


def test_a_seat_entered_after_submission_stops_the_approval() -> None:
    desk = Desk()
    version = desk.submitted()
    build.deputy(desk.chamber, "Dora Dogwood")

    with pytest.raises(NotReady):
        approve(version=version, by=desk.boris, seen=seal(version), at=build.AT)


def test_a_mandate_ended_after_approval_stops_the_publication() -> None:
    desk = Desk()
    version = desk.reviewed()
    mandate = Mandate.objects.get(person=desk.people[0])
    mandate.held = (mandate.held.lower, build.moment(5))
    mandate.save()

    with pytest.raises(NotReady) as caught:
        publish_approved(version=version, by=desk.boris, seen=seal(version), at=build.AT)
    assert "without-seat" in [finding.code for finding in caught.value.found]


def test_a_mark_of_somebody_without_a_seat_does_not_hide_in_a_draft() -> None:
    desk = Desk()
    version = desk.save(desk.start())
    Mandate.objects.filter(person=desk.people[0]).update(held=(None, build.moment(5)))
    desk.see(version)

    with pytest.raises(NotReady):
        submit(version=version, by=desk.anna, seen=seal(version), at=build.AT)


@pytest.mark.parametrize("state", [State.SUBMITTED, State.REVIEWED, State.PUBLISHED, State.CORRECTED])
def test_the_source_that_a_second_person_saw_cannot_be_changed_under_it(state: State) -> None:
    source = Desk().at(state).source
    assert source is not None

    for change in ({"url": "https://example.org/other"}, {"title": "Other"}, {"content": b"x", "sha256": "0" * 64}):
        with refused_by("votes_rollcallversion_source_stays"):
            Document.objects.filter(pk=source.pk).update(**change)
    Document.objects.filter(pk=source.pk).update(read_at=build.AT)


def test_the_evidence_of_a_correction_stays_and_the_source_of_a_draft_does_not() -> None:
    desk = Desk()
    old = desk.publish(desk.reviewed())
    draft = desk.correct(old.roll_call)
    Document.objects.filter(pk=draft.evidence_id or 0).update(title="Erratum of the clerk")
    desk.hand_on(draft)

    with refused_by("votes_rollcallversion_source_stays"):
        Document.objects.filter(pk=draft.evidence_id or 0).update(title="Another")
    assert cite(title="Another")
    assert keep_copy(content=b"x", title="Another")
