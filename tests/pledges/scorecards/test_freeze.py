"""What is published in a frozen chamber: corrections by three persons, and nothing else."""

import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from coalition.accounts.models import User
from deputies.journal.actions import Frozen, freeze, thaw
from deputies.journal.models import Event, Freeze
from deputies.people.models import Chamber
from deputies.sources.models import cite
from deputies.votes.actions import open_correction
from deputies.votes.enums import Position, State
from deputies.votes.models import Decision, RollCallVersion
from pledges.platform.models import PlatformVersion
from pledges.scorecards.actions import announce_method, designate, publish_platform, publish_roll_calls
from pledges.scorecards.enums import LinkState, RulingKind, Silence
from pledges.scorecards.models import Link, ScoreChange
from pledges.scorecards.profiles import PROFILES
from tests import build

pytestmark = pytest.mark.django_db


def stop(chamber: str) -> Freeze:
    by = User.objects.create_user(f"who froze {chamber}")
    return freeze(chamber=chamber, reason_ru="", reason_en="Election.", by=by, at=build.AT)


def person(name: str) -> User:
    return User.objects.get_or_create(username=name)[0]


def correction(house: Chamber, *, reviewed_by: str = "") -> RollCallVersion:
    deputy = build.deputy(house)
    roll_call = build.vote(house, {deputy: Position.FOR})
    draft = open_correction(
        roll_call=roll_call, by=person("anna"), reason="The protocol says against.", evidence=cite(title="The protocol")
    )
    draft.ballots.update(position=Position.AGAINST.value)
    if reviewed_by:
        build.approved(draft, entered_by=person("anna"), reviewed_by=person(reviewed_by))
    return draft


@pytest.mark.parametrize("where", ["house", ""])
def test_no_new_vote_is_published(where: str) -> None:
    house = build.chamber(slug="house")
    draft = build.draft(house, {build.deputy(house): Position.FOR}, entered_by=person("anna"))
    stop(where)
    before = Event.objects.count()

    for by, vouched in ((person("boris"), False), (person("boris"), True), (None, True)):
        with pytest.raises(Frozen):
            publish_roll_calls(versions=[draft], by=by, vouched=vouched, at=build.LATER)

    assert (RollCallVersion.objects.get().state, Event.objects.count()) == (State.DRAFT, before)


def test_a_correction_is_published_by_two_besides_the_one_who_entered_it() -> None:
    house = build.chamber(slug="house")
    draft = correction(house, reviewed_by="boris")
    stop("house")

    publish_roll_calls(versions=[draft], by=person("vera"), vouched=False, at=build.LATER)

    assert RollCallVersion.objects.get(pk=draft.pk).state == State.PUBLISHED


@pytest.mark.parametrize(
    ("reviewer", "publisher", "vouched"),
    [
        ("", "vera", False),  # nobody reviewed it
        ("boris", "boris", False),  # the reviewer publishes
        ("boris", "anna", False),  # who entered it publishes
        ("boris", "", False),  # nobody publishes
        ("boris", "vera", True),  # vouched, though there are three
    ],
)
def test_a_correction_by_fewer_or_vouched_is_refused(reviewer: str, publisher: str, vouched: bool) -> None:
    house = build.chamber(slug="house")
    draft = correction(house, reviewed_by=reviewer)
    before = RollCallVersion.objects.get(pk=draft.pk).state
    stop("house")

    with pytest.raises(Frozen):
        publish_roll_calls(
            versions=[draft], by=person(publisher) if publisher else None, vouched=vouched, at=build.LATER
        )

    assert RollCallVersion.objects.get(pk=draft.pk).state == before


def test_who_entered_it_is_asked_of_the_database_not_of_the_caller() -> None:
    house = build.chamber(slug="house")
    draft = correction(house, reviewed_by="boris")
    stale = RollCallVersion.objects.select_related("roll_call__chamber").get(pk=draft.pk)
    stale.entered_by = person("vera")
    stop("house")

    with pytest.raises(Frozen):
        publish_roll_calls(versions=[stale], by=person("anna"), vouched=False, at=build.LATER)


def test_one_new_vote_holds_back_the_corrections_beside_it() -> None:
    house = build.chamber(slug="house")
    drafts = [correction(house, reviewed_by="boris"), build.draft(house)]
    stop("house")

    with pytest.raises(Frozen):
        publish_roll_calls(versions=drafts, by=person("vera"), vouched=False, at=build.LATER)


def test_no_platform_link_ruling_or_decision_is_published() -> None:
    house = build.chamber(slug="house")
    roll_call = build.vote(house, {build.deputy(house): Position.FOR})
    platform = build.platform(house)
    link = build.link(platform.demands.get(), roll_call, published=False)
    ruling = build.ruling(
        platform, roll_call, published=False, kind=RulingKind.SILENCE.value, silence=Silence.NOTHING.value
    )
    version = PlatformVersion.objects.create(platform=platform, number=2, title_en="Second")
    decision = Decision.objects.create(chamber=house, key="d")
    stop("house")
    moved, events = ScoreChange.objects.count(), Event.objects.count()

    for what in ({"version": version}, {"links": [link]}, {"rulings": [ruling]}, {"retire": [link]}, {}):
        with pytest.raises(Frozen):
            publish_platform(**{"version": None, "links": []} | what, platform=platform, vouched=False, at=build.LATER)
    with pytest.raises(Frozen):
        designate(decision=decision, main=roll_call, roll_calls=[roll_call], at=build.LATER)
    with pytest.raises(Frozen):
        announce_method(platform=platform, profile=PROFILES["half-credit"], at=build.LATER)

    assert (ScoreChange.objects.count(), Event.objects.count()) == (moved, events)
    assert Link.objects.get().state == LinkState.DRAFT


def test_another_chamber_goes_on_and_so_does_this_one_after_the_thaw() -> None:
    house, other = build.chamber(slug="house"), build.chamber(slug="other")
    made = stop("house")

    build.vote(other, {build.deputy(other): Position.FOR})
    thaw(stop=made, by=person("anna"), at=build.LATER)
    build.vote(house, {build.deputy(house): Position.FOR})

    assert RollCallVersion.objects.filter(state=State.PUBLISHED.value).count() == 2


def test_the_command_says_why_and_ends_with_one() -> None:
    house = build.chamber(slug="house")
    platform = build.platform(house)
    stop("house")

    with pytest.raises(CommandError, match="“house” is frozen since 2024-06-01") as caught:
        call_command("announce_method", "--platform", platform.slug, "--profile", "half-credit")

    assert caught.value.returncode == 1


@pytest.mark.django_db(transaction=True)
def test_who_waits_while_a_freeze_begins_is_stopped_by_it() -> None:
    """The moment they asked lies before the freeze; what counts is that it was there when their turn came."""
    house = build.chamber(slug="house")
    draft = build.draft(house, {build.deputy(house): Position.FOR})
    outcome: list[str] = []

    def publisher() -> None:
        try:
            publish_roll_calls(versions=[draft], by=None, vouched=True, at=build.START)
            outcome.append("published")
        except Frozen:
            outcome.append("frozen")
        connection.close()

    thread = threading.Thread(target=publisher)
    with transaction.atomic():
        stop("house")
        thread.start()
        thread.join(0.5)
        assert outcome == []
    thread.join(20)

    assert outcome == ["frozen"]
    assert RollCallVersion.objects.get().state == State.DRAFT
