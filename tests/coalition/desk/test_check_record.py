"""What `check_record` says of approvals that the database would have refused, had its rules not been off."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deputies.sources.models import cite
from deputies.votes.enums import Position, State
from deputies.votes.models import AgendaItem, RollCallVersion, WrittenName
from pledges.findings.models import Finding
from pledges.platform.enums import Chapter
from pledges.tracker.models import Answer, Invitation
from tests import build
from tests.deputies.votes.desk import Desk, faults

pytestmark = pytest.mark.django_db
TABLE = "votes_rollcallversion"


def damage(statement: str, *, rule: str = "") -> None:
    """Change rows behind the back of the triggers, and of the constraint that is called `rule`."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL session_replication_role = replica")
        if rule:
            cursor.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT {TABLE}_{rule}")
        cursor.execute(statement)


def told(words: str) -> bool:
    return any(words in sentence for sentence in faults())


@pytest.mark.parametrize("state", State)
def test_what_people_did_at_the_desk_is_sound(state: State) -> None:
    Desk().at(state)

    assert faults() == []


def test_what_was_changed_after_its_approval_is_found() -> None:
    Desk().at(State.REVIEWED)
    damage("UPDATE votes_ballot SET position = 'against'")

    assert told("it was changed after it was approved")


def test_what_was_published_otherwise_than_approved_is_found() -> None:
    Desk().at(State.PUBLISHED)
    damage(f"UPDATE {TABLE} SET reviewed_hash = repeat('a', 64)", rule="published_as_reviewed")  # noqa: S608

    assert told("it was changed after it was approved")


@pytest.mark.parametrize("who", ["entered_by_id", "NULL"])
def test_one_person_alone_is_found(who: str) -> None:
    Desk().at(State.PUBLISHED)
    damage(f"UPDATE {TABLE} SET reviewed_by_id = {who}, hands = '{{}}'", rule="published_by_two")  # noqa: S608

    assert told("no second person approved it")


@pytest.mark.parametrize("lacks", ["reason = ''", "evidence_id = NULL"])
def test_a_correction_without_its_reason_is_found(lacks: str) -> None:
    Desk().at(State.CORRECTED)
    damage(f"UPDATE {TABLE} SET {lacks} WHERE number = 2", rule="correction_has_reason")  # noqa: S608

    assert told("it corrects without a reason or evidence")


def test_what_waits_in_spite_of_a_contradiction_is_found() -> None:
    Desk().at(State.SUBMITTED)
    damage(f"UPDATE {TABLE} SET total_for = 1")  # noqa: S608

    assert told("waits for a second person with: total-differs. Take it back.")


def test_a_name_that_nobody_decided_is_found() -> None:
    version = Desk().at(State.PUBLISHED)
    WrittenName.objects.create(version=version, line=1, name="Person", why="Several")

    assert told("a name of its source was never decided")


def test_more_published_votes_ask_no_more() -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            faults()
        return len(asked)

    desk = Desk()
    for _ in range(2):
        desk.at(State.PUBLISHED)
    few = queries()
    for _ in range(3):
        desk.at(State.PUBLISHED)

    assert RollCallVersion.objects.count() == 5
    assert queries() == few


def test_a_published_signature_by_link_that_is_not_on_record_is_found() -> None:
    demand = build.platform(build.chamber()).demands.get()
    invitation = Invitation.objects.create(
        platform=demand.platform, person=build.deputy(demand.platform.coalition.chamber), nonce="n",
        made_at=build.AT, expires_at=build.LATER,
    )  # fmt: skip
    answer = Answer.objects.create(invitation=invitation, kind="sign", demand=demand, received_at=build.AT)
    assert faults() == []

    damage(
        "UPDATE tracker_answer SET state = 'published', vouched = true, confirmed_how = 'x', confirmed_at = now(),"
        " published_at = now()"
    )

    assert told(f"Answer {answer.pk}: it is published and the word it gives is not on record")


def test_a_finding_on_a_corrected_vote_is_found() -> None:
    demand = build.platform(build.chamber(), demands=[Chapter.RED_LINE]).demands.get()
    person = build.deputy(demand.platform.coalition.chamber)
    roll_call = build.vote(demand.platform.coalition.chamber, {person: Position.AGAINST})
    roll_call.refresh_from_db()
    assert roll_call.published_id is not None
    link = build.link(demand, roll_call)
    finding = Finding.objects.create(
        kind="red-line", person=person, version_id=roll_call.published_id, link=link, position="against",
        detected_at=build.AT,
    )  # fmt: skip
    damage("UPDATE findings_finding SET state = 'published', vouched = true, published_at = now()")
    assert faults() == []

    build.publish(build.draft(roll_call.chamber, {person: Position.FOR}, roll_call=roll_call))

    assert told(f"Finding {finding.pk}")


def test_a_coming_vote_that_was_held_in_another_chamber_is_found() -> None:
    chamber, other = build.chamber(), build.chamber()
    roll_call = build.vote(other, {build.deputy(other): Position.FOR})
    item = AgendaItem.objects.create(
        chamber=chamber, slug="parks", title_en="Parks", starts_at=build.AT, threshold="voting",
        source=cite(title="An agenda"), announced_at=build.AT,
    )  # fmt: skip

    held = f"state = 'held', frozen_at = now(), roll_call_id = {roll_call.pk}"
    damage(f"UPDATE votes_agendaitem SET {held} WHERE id = {item.pk}")  # noqa: S608

    assert told('Coming vote "parks": its roll call is of another chamber')
