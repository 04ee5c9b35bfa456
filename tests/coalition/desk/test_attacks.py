"""Forms that no page of the desk offers, and addresses of its own making."""

import pytest
from django.db import connection
from django.urls import reverse

from deputies.journal.actions import Frozen, freeze, thaw
from deputies.journal.models import Freeze
from deputies.votes.enums import NameState
from pledges.scorecards.links.actions import withdraw_veto
from tests import build
from tests.coalition.accounts.door import organiser, signed_in
from tests.deputies.votes.desk import Desk, faults
from tests.pledges.scorecards.links.test_actions import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("said", ["rubbish", "matched", "9" * 5000, "-1", "٣"])
def test_a_name_is_decided_only_as_the_page_offers(said: str) -> None:
    desk = Desk()
    version = desk.save(desk.start())
    written = version.written_names.create(line=1, name="Somebody", position="for", why="nobody")
    page = signed_in(organiser("clara"))

    response = page.post(reverse("admin:votes_rollcall_names", args=[version.roll_call_id]), {f"n-{written.pk}": said})

    assert response.status_code in (302, 404)
    written.refresh_from_db()
    assert written.state == NameState.UNMATCHED


@pytest.mark.parametrize("number", ["9" * 5000, "٣", "-1", "9" * 25])
@pytest.mark.parametrize(
    "address",
    [
        "/admin/votes/rollcall/add/?chamber={}", "/admin/votes/rollcall/add/?sitting={}",
        "/admin/people/person/add/?chamber={}", "/admin/votes/sitting/add/?chamber={}",
        "/admin/scorecards/link/propose/?links={}", "/admin/scorecards/link/approve/?links={}",
        "/admin/people/person/?revert={}", "/admin/journal/history/?q={}", "/admin/journal/history/?table={}",
    ],
)  # fmt: skip
def test_a_number_that_no_row_has_is_no_error_of_ours(address: str, number: str) -> None:
    build.chamber()
    assert signed_in(organiser("clara")).get(address.format(number)).status_code in (200, 302, 404)


def test_a_correction_is_asked_for_with_any_number_of_a_report() -> None:
    desk = Desk()
    version = desk.publish(desk.reviewed())
    address = reverse("admin:votes_rollcall_correct", args=[version.roll_call_id])

    assert signed_in(organiser("clara")).get(f"{address}?dispute={'9' * 5000}").status_code == 200


# What the owner of the tables can do, the check of the record finds


def test_a_rule_that_was_put_to_sleep_is_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE votes_rollcallversion DISABLE TRIGGER votes_rollcallversion_immutable")

    assert [fault for fault in faults() if "votes_rollcallversion_immutable is disabled" in fault]


def test_words_changed_after_two_organisations_approved_them_are_found() -> None:
    world = World()
    world.publish()
    assert faults() == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE scorecards_link DISABLE TRIGGER scorecards_link_guard")
        cursor.execute("UPDATE scorecards_link SET reasoning_en = 'Something else'")
        cursor.execute("ALTER TABLE scorecards_link ENABLE TRIGGER scorecards_link_guard")

    assert [fault for fault in faults() if "two organisations did not approve it" in fault]


def test_one_organisation_moves_no_score_of_a_frozen_chamber_by_a_veto() -> None:
    world = World()
    world.publish()
    freeze(chamber="", reason_ru="", reason_en="Election.", by=world.users["anna"], at=build.AT)

    with pytest.raises(Frozen):
        world.veto(world.clara)
    thaw(stop=Freeze.objects.get(), by=world.users["anna"], at=build.LATER)
    world.veto(world.clara)
    freeze(chamber="", reason_ru="", reason_en="Election.", by=world.users["anna"], at=build.LATER)
    with pytest.raises(Frozen):
        withdraw_veto(link=world.link, voice=world.clara, at=build.LATER)


def test_a_link_that_counts_nowhere_yet_can_be_objected_to_while_frozen() -> None:
    world = World()
    world.propose()
    freeze(chamber="", reason_ru="", reason_en="Election.", by=world.users["anna"], at=build.AT)

    assert world.veto(world.clara)
