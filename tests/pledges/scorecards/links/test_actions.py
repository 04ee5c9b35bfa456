"""Two member organisations make a link count, one can stop it, and the database holds them to it."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection

from coalition.accounts.models import User
from coalition.desk.voices import voice_on, waiting_for
from deputies.votes.enums import Position
from pledges.platform.models import CoalitionMembership
from pledges.scorecards.actions import NothingToPublish, differences, publish_platform
from pledges.scorecards.enums import Cause, LinkState, Role
from pledges.scorecards.links.actions import (
    NotInForce,
    NotWaiting,
    SameSide,
    Voice,
    approve_links,
    propose_links,
    veto_link,
    withdraw_veto,
)
from pledges.scorecards.models import Considered, Link, LinkApproval, LinkVeto, Score, ScoreChange
from pledges.scorecards.reports.links import preview_of
from tests import build
from tests.coalition.accounts import door
from tests.refuses import refused_by

pytestmark = pytest.mark.django_db


class World:
    """A draft link, and organisers of two organisations of its coalition."""

    def __init__(self, **says: Any) -> None:
        self.house = build.chamber()
        self.deputy = build.deputy(self.house)
        self.platform = build.platform(self.house)
        vote = build.vote(self.house, {self.deputy: Position.FOR})
        self.link = build.link(self.platform.demands.get(), vote, published=False, **says)
        left, green = (build.organisation(self.platform, name) for name in ("Left", "Green"))
        self.users = {
            name: door.organiser(name, roles=(), of=of)
            for name, of in (("anna", left), ("boris", left), ("clara", green))
        }
        self.anna, self.boris, self.clara = map(self.voice, self.users.values())

    def voice(self, user: Any) -> Voice:
        voice = voice_on(self.link, user)
        assert voice is not None
        return voice

    def propose(self) -> None:
        propose_links(links=[self.link], voice=self.anna, at=build.AT)

    def publish(self) -> None:
        self.propose()
        approve_links(links=[self.link], voice=self.clara, at=build.AT)

    def veto(self, by: Voice) -> LinkVeto:
        return veto_link(link=self.link, voice=by, reason_ru="", reason_en="It says too little.", at=build.LATER)

    @property
    def state(self) -> str:
        return Link.objects.get(pk=self.link.pk).state


def test_a_second_organisation_publishes_a_link() -> None:
    world = World()

    world.propose()
    assert (world.state, Score.objects.count()) == (LinkState.PROPOSED, 0)
    (event,) = approve_links(links=[world.link], voice=world.clara, at=build.AT)

    link = Link.objects.get()
    assert (link.state, link.author, link.approver, link.vouched) == ("published", world.anna.by, world.clara.by, False)
    assert ScoreChange.objects.filter(event=event).count() == 3
    assert [a.organisation for a in link.approvals.order_by("pk")] == ["left", "green"]
    assert len({a.seal for a in link.approvals.all()}) == 1
    assert differences(world.platform) == []


@pytest.mark.parametrize("who", ["anna", "boris"])
def test_the_second_approval_is_of_another_organisation(who: str) -> None:
    world = World()
    world.propose()

    with pytest.raises(SameSide):
        approve_links(links=[world.link], voice=getattr(world, who), at=build.AT)

    assert (world.state, LinkApproval.objects.count()) == (LinkState.PROPOSED, 1)


def test_only_the_expected_state_moves_on() -> None:
    world = World()

    with pytest.raises(NotWaiting):
        approve_links(links=[world.link], voice=world.clara, at=build.AT)
    with pytest.raises(NotWaiting):
        world.veto(world.clara)
    with pytest.raises(NothingToPublish):
        publish_platform(platform=world.platform, version=None, links=[world.link], vouched=False, at=build.AT)
    world.propose()
    with pytest.raises(NotWaiting):
        world.propose()
    with pytest.raises(NotWaiting):
        withdraw_veto(link=world.link, voice=world.anna, at=build.AT)


def test_a_vote_from_before_the_demand_is_listed_and_never_counted() -> None:
    world = World()
    world.platform.demands.update(in_force_from=build.moment(11).date())

    with pytest.raises(NotInForce):
        world.propose()
    Link.objects.update(role=Role.INFORMATIVE.value)
    world.publish()

    assert (world.state, Score.objects.count()) == (LinkState.PUBLISHED, 0)


# --- vetoes -----------------------------------------------------------------------------------------------------------


def test_a_veto_stops_the_counting_and_its_withdrawal_starts_it_again() -> None:
    world = World()
    world.publish()

    world.veto(world.clara)
    assert (world.state, Score.objects.count()) == (LinkState.VETOED, 0)
    assert set(ScoreChange.objects.filter(at=build.LATER).values_list("cause", flat=True)) == {Cause.PLATFORM_EDIT}
    assert differences(world.platform) == []

    with pytest.raises(NotWaiting):
        withdraw_veto(link=world.link, voice=world.boris, at=build.LATER)
    withdraw_veto(link=world.link, voice=world.clara, at=build.LATER)
    assert (world.state, Score.objects.count()) == (LinkState.PUBLISHED, 3)
    assert LinkVeto.objects.get().withdrawn_at == build.LATER  # kept as history


def test_each_objection_has_to_be_withdrawn() -> None:
    world = World()
    world.propose()
    world.veto(world.clara)
    world.veto(world.boris)

    with pytest.raises(NotWaiting):
        approve_links(links=[world.link], voice=world.clara, at=build.AT)
    withdraw_veto(link=world.link, voice=world.clara, at=build.LATER)
    assert world.state == LinkState.VETOED
    withdraw_veto(link=world.link, voice=world.anna, at=build.LATER)  # of the same organisation as boris

    assert world.state == LinkState.PROPOSED


def test_a_new_version_takes_the_place_of_a_disputed_one() -> None:
    world = World()
    world.publish()
    world.veto(world.clara)
    second = build.link(world.link.demand, world.link.roll_call, role=Role.INFORMATIVE, published=False)

    propose_links(links=[second], voice=world.clara, at=build.LATER)
    approve_links(links=[second], voice=world.boris, at=build.LATER)

    assert (world.state, Link.objects.get(version=2).state) == (LinkState.RETIRED, LinkState.PUBLISHED)


# --- what the database refuses ----------------------------------------------------------------------------------------


def run(statement: str, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


PUBLISH = "UPDATE scorecards_link SET state = 'published', published_at = now(), approver_id = %s"


def test_no_statement_publishes_what_two_organisations_have_not_approved() -> None:
    world = World()

    with refused_by("scorecards_link_by_two_organisations"):
        run(PUBLISH, world.clara.by.pk)
    world.propose()
    for approver in (world.clara, world.boris, world.anna):
        with refused_by("scorecards_link_by_two_organisations"):
            run(PUBLISH, approver.by.pk)
    with refused_by("scorecards_link_immutable"):
        run(PUBLISH + ", vouched = true", world.clara.by.pk)
    LinkApproval.objects.create(link=world.link, at=build.AT, **world.clara.says())
    with refused_by("scorecards_link_immutable"):
        run(PUBLISH + ", wants = 'fail'", world.clara.by.pk)
    with refused_by("scorecards_link_immutable"):
        run("UPDATE scorecards_link SET weight = 5000")

    run(PUBLISH, world.clara.by.pk)


def test_an_approval_of_other_words_does_not_count() -> None:
    world = World()
    world.propose()
    LinkApproval.objects.create(link=world.link, at=build.AT, **world.clara.says())
    run("UPDATE scorecards_link SET state = 'draft', wants = 'fail'")
    run("UPDATE scorecards_link SET state = 'proposed'")

    with refused_by("scorecards_link_by_two_organisations"):
        run(PUBLISH, world.clara.by.pk)


def test_approvals_that_cannot_be() -> None:
    world = World()
    other = build.organisation(build.platform(world.house), "Elsewhere")
    stranger = door.organiser("stranger", of=other)
    with refused_by("scorecards_linkapproval_of_proposed"):
        LinkApproval.objects.create(link=world.link, at=build.AT, **world.clara.says())
    world.propose()

    with refused_by("scorecards_linkapproval_once_each"):
        LinkApproval.objects.create(link=world.link, at=build.AT, **world.boris.says())
    with refused_by("scorecards_linkapproval_of_own_organisation"):
        LinkApproval.objects.create(link=world.link, at=build.AT, **world.clara.says() | {"by": world.boris.by})
    with refused_by("scorecards_linkapproval_of_own_organisation"):
        LinkApproval.objects.create(link=world.link, at=build.AT, by=stranger, organisation="elsewhere")
    with refused_by("scorecards_linkapproval_kept"):
        LinkApproval.objects.update(organisation="green")
    with refused_by("scorecards_linkapproval_kept"):
        LinkApproval.objects.all().delete()
    User.objects.filter(username="anna").update(organisation=world.users["clara"].organisation)
    with refused_by("scorecards_linkapproval_once_a_person"):
        LinkApproval.objects.create(link=world.link, at=build.AT, by=world.users["anna"], organisation="green")


def test_vetoes_that_cannot_be() -> None:
    world = World()
    world.propose()
    with refused_by("scorecards_linkveto_has_reason"):
        veto_link(link=world.link, voice=world.clara, reason_ru="", reason_en="", at=build.AT)
    with refused_by("scorecards_linkveto_of_own_organisation"):
        LinkVeto.objects.create(
            link=world.link, at=build.AT, reason_en="No.", by=world.users["boris"], organisation="green"
        )
    with refused_by("scorecards_link_veto_stands"):
        run("UPDATE scorecards_link SET state = 'vetoed'")
    world.veto(world.clara)

    with refused_by("scorecards_linkveto_once_each"):
        world.veto(world.clara)
    with refused_by("scorecards_link_veto_stands"):
        run("UPDATE scorecards_link SET state = 'proposed'")
    with refused_by("scorecards_linkveto_kept"):
        LinkVeto.objects.update(reason_en="Other words.")
    with refused_by("scorecards_linkveto_kept"):
        LinkVeto.objects.all().delete()


def test_entries_of_what_was_not_used_that_cannot_be() -> None:
    world = World()
    given: dict[str, Any] = {"demand": world.link.demand, "at": build.AT, "reason_en": "It is about money."}
    call = world.link.roll_call
    row = Considered.objects.create(roll_call=call, **given)

    with refused_by("scorecards_considered_once"):
        Considered.objects.create(roll_call=call, **given)
    with refused_by("scorecards_considered_has_reason"):
        Considered.objects.create(roll_call=call, **given | {"reason_en": ""})
    with refused_by("scorecards_considered_of_one_chamber"):
        Considered.objects.create(roll_call=build.vote(build.chamber(), {}), **given)
    with refused_by("scorecards_considered_kept"):
        Considered.objects.update(reason_en="Another.")
    with refused_by("scorecards_considered_kept"):
        row.delete()
    Considered.objects.update(withdrawn_at=build.LATER)
    with refused_by("scorecards_considered_kept"):
        Considered.objects.update(withdrawn_at=None)


# --- what waits, and what speaks against a link -----------------------------------------------------------------------


def test_a_link_waits_for_the_others_of_its_coalition() -> None:
    world = World()
    stranger = door.organiser("stranger", of=build.organisation(build.platform(world.house), "Elsewhere"))
    nobody = door.organiser("nobody")
    world.propose()

    waiting = {
        user.username: list(waiting_for(user)) for user in (world.users["anna"], world.users["boris"], stranger, nobody)
    }

    assert list(waiting_for(world.users["clara"])) == [world.link]
    assert waiting == {"anna": [], "boris": [], "stranger": [], "nobody": []}


def test_a_sign_taken_the_wrong_way_is_seen_by_the_coalitions_own() -> None:
    house = build.chamber()
    own, others = [build.deputy(house) for _ in range(3)], [build.deputy(house) for _ in range(4)]
    platform = build.platform(house)
    for person in own:
        CoalitionMembership.objects.create(coalition=platform.coalition, person=person, held=(build.START, None))
    cast = dict.fromkeys(own, Position.AGAINST) | dict.fromkeys(others, Position.FOR)
    cast[own[2]] = Position.ABSENT
    link = build.link(platform.demands.get(), build.vote(house, cast), published=False)
    link = Link.objects.get()
    preview = preview_of(link)
    assert (preview.is_doubtful, preview.own_against, preview.own_cast) == (True, 2, 2)
    assert not preview.is_unanimous

    link.wants = "fail"
    assert not preview_of(link).is_doubtful
    alike = build.vote(house, dict.fromkeys(own, Position.FOR))
    other = build.link(platform.demands.get(), alike, published=False)
    assert preview_of(Link.objects.get(pk=other.pk)).is_unanimous


# --- at once ----------------------------------------------------------------------------------------------------------


def at_once(*acts: Callable[[], object]) -> list[str]:
    """What each act ended in, all started at the same moment in transactions of their own; "" is success."""
    start, ended = threading.Barrier(len(acts)), [""] * len(acts)

    def run_one(number: int, act: Callable[[], object]) -> None:
        start.wait(20)
        try:
            act()
        except (NotWaiting, SameSide, IntegrityError) as refusal:
            ended[number] = type(refusal).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run_one, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return ended


@pytest.mark.django_db(transaction=True)
def test_two_approvals_at_once_publish_once() -> None:
    world = World()
    dora = world.voice(door.organiser("dora", roles=(), of=build.organisation(world.platform, "Third")))
    world.propose()

    ended = at_once(
        lambda: approve_links(links=[world.link], voice=world.clara, at=build.AT),
        lambda: approve_links(links=[world.link], voice=dora, at=build.AT),
    )

    assert sorted(ended) == ["", "NotWaiting"]
    assert (world.state, LinkApproval.objects.count()) == (LinkState.PUBLISHED, 2)
    assert ScoreChange.objects.count() == 3
    assert differences(world.platform) == []


@pytest.mark.django_db(transaction=True)
def test_a_veto_and_an_approval_at_once_end_disputed() -> None:
    world = World()
    world.propose()

    approved, vetoed = at_once(
        lambda: approve_links(links=[world.link], voice=world.clara, at=build.AT), lambda: world.veto(world.boris)
    )

    assert vetoed == ""
    assert approved in ("", "NotWaiting")
    assert (world.state, Score.objects.count()) == (LinkState.VETOED, 0)
    assert (Link.objects.get().published_at is not None) == (approved == "")
    assert differences(world.platform) == []
