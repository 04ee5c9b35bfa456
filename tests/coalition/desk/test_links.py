"""Proposing, approving and vetoing links on the desk, and the list of what was not used."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from deputies.people.models import Person
from deputies.votes.enums import Position
from pledges.platform.models import CoalitionMembership
from pledges.scorecards.models import Considered, Link, LinkVeto, Score
from tests import build
from tests.coalition.accounts import door

pytestmark = pytest.mark.django_db


class Desk:
    """A vote, a demand, two organisers of different organisations and one of none."""

    def __init__(self) -> None:
        self.house = build.chamber()
        self.one, self.two = build.deputy(self.house, "Anna One"), build.deputy(self.house, "Boris Two")
        self.platform = build.platform(self.house)
        self.call = build.vote(self.house, {self.one: Position.FOR, self.two: Position.AGAINST})
        left, green = build.organisation(self.platform, "Left"), build.organisation(self.platform, "Green")
        self.anna = door.signed_in(door.organiser("anna", of=left))
        self.clara = door.signed_in(door.organiser("clara", of=green))
        self.root = door.signed_in(door.organiser("root", superuser=True))

    def written(self, **more: Any) -> Link:
        answer = self.anna.post(reverse("admin:scorecards_link_add"), self.form(**more))
        assert answer.status_code == 302, answer.content.decode()
        return Link.objects.latest("pk")

    def form(self, **more: Any) -> dict[str, Any]:
        return {
            "demand": self.platform.demands.get().pk, "roll_call": self.call.pk, "wants": "pass", "votes": "1.5",
            "role": "scoring", "scope": "whole", "reasoning_en": "It is the demand itself.",
        } | more  # fmt: skip

    def join(self, person: Person) -> None:
        CoalitionMembership.objects.create(coalition=self.platform.coalition, person=person, held=(build.START, None))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def page(step: str, link: Link) -> str:
    return f"{reverse(f'admin:scorecards_link_{step}')}?links={link.pk}"


def take(client: Client, step: str, link: Link, **more: Any) -> str:
    seen = client.get(page(step, link)).context["seen"]
    return client.post(page(step, link), {"seen": seen} | more, follow=True).content.decode()


def state() -> str:
    return Link.objects.latest("pk").state


def test_a_link_is_proposed_by_one_organisation_and_published_by_another(desk: Desk) -> None:
    link = desk.written()
    chosen = desk.anna.post(
        reverse("admin:scorecards_link_changelist"), {"action": "propose_chosen", "_selected_action": [link.pk]}
    )
    preview = desk.anna.get(chosen["Location"])
    assert [(str(words), [str(b.person.name) for b in of]) for words, of in preview.context["cases"][0].groups] == [
        ("As the platform asks", ["Anna One"]),
        ("Not as it asks", ["Boris Two"]),
    ]

    assert "Proposed. Scores that moved: 0." in take(desk.anna, "propose", link)
    assert (state(), Score.objects.count()) == ("proposed", 0)
    waiting = reverse("admin:scorecards_link_changelist") + "?waiting=mine"
    shown = {who: len(getattr(desk, who).get(waiting).context["cl"].result_list) for who in ("anna", "clara", "root")}
    assert shown == {"anna": 0, "clara": 1, "root": 0}
    assert "It waits for an organiser of another organisation." in take(desk.anna, "approve", link)
    assert "You speak for no member organisation" in take(desk.root, "approve", link)
    assert "vouch" not in desk.clara.get(page("approve", link)).content.decode().replace('class="form-row vouch', "")

    assert "Approved and published. Scores that moved: 6." in take(desk.clara, "approve", link)
    assert (state(), Link.objects.get().vouched) == ("published", False)
    change = reverse("admin:scorecards_link_change", args=[link.pk])
    assert desk.anna.post(change, desk.form()).status_code == 403


def test_most_of_the_coalitions_own_on_the_other_side_needs_a_tick_of_both(desk: Desk) -> None:
    desk.join(desk.two)
    link = desk.written()
    sentence = "Most of the coalition’s own, 1 of 1, would be shown as not as it asks."

    for client, step, before, after in (
        (desk.anna, "propose", "draft", "proposed"),
        (desk.clara, "approve", "proposed", "published"),
    ):
        told = take(client, step, link)
        assert sentence in told
        assert "tick that it is right" in told
        assert state() == before
        take(client, step, link, direction=link.pk)
        assert state() == after
    ticked = LogEntry.objects.filter(change_message__contains="Ticked: most of the coalition’s own, 1 of 1")
    assert ticked.count() == 2


def test_editing_a_proposed_link_makes_it_a_draft_without_approvals(desk: Desk) -> None:
    link = desk.written()
    take(desk.anna, "propose", link)
    change = reverse("admin:scorecards_link_change", args=[link.pk])

    desk.clara.post(change, desk.form())
    assert state() == "proposed"  # nothing was changed
    told = desk.clara.post(change, desk.form(wants="fail"), follow=True).content.decode()

    assert "It is a draft again" in told
    assert (state(), link.approvals.count()) == ("draft", 0)


def test_a_vote_that_can_be_read_in_two_ways_is_not_counted(desk: Desk) -> None:
    answer = desk.anna.post(reverse("admin:scorecards_link_add"), desk.form(contested="on"))
    assert "can be read in two ways is listed, not counted" in answer.content.decode()

    link = desk.written(contested="on", role="informative")
    take(desk.anna, "propose", link)
    take(desk.clara, "approve", link)
    assert (state(), Score.objects.count()) == ("published", 0)


def test_what_cannot_be_proposed_says_why(desk: Desk) -> None:
    link = desk.written()
    desk.platform.demands.update(in_force_from=build.moment(11).date())
    assert "the demand was not in force, so it cannot be counted" in take(desk.anna, "propose", link)
    draft = build.link(desk.platform.demands.get(), build.draft(desk.house).roll_call, published=False)
    assert "Publish the roll call first" in take(desk.anna, "propose", draft)

    assert set(Link.objects.values_list("state", flat=True)) == {"draft"}


def test_a_veto_has_a_reason_and_is_withdrawn_by_the_organisation_that_made_it(desk: Desk) -> None:
    link = desk.written()
    take(desk.anna, "propose", link)
    take(desk.clara, "approve", link)
    address = reverse("admin:scorecards_link_veto", args=[link.pk])

    assert "Give the reason in Russian or in English" in desk.clara.post(address, {}).content.decode()
    assert "You speak for no member organisation" in desk.root.post(address, {"reason_en": "No."}).content.decode()
    assert state() == "published"
    told = desk.clara.post(address, {"reason_en": "It says too little."}, follow=True).content.decode()
    assert "Vetoed: it is shown as disputed." in told
    assert (state(), Score.objects.count()) == ("vetoed", 0)
    again = desk.clara.post(address, {"reason_en": "It says too little."}, follow=True).content.decode()
    assert "changed meanwhile" in again  # sent twice, it is not taken back
    assert "Green objects: It says too little." in desk.anna.get(address).content.decode()

    assert "The veto is withdrawn." in desk.clara.post(address, {"withdraw": "1"}, follow=True).content.decode()
    assert (state(), LinkVeto.objects.count()) == ("published", 1)


def test_a_vote_that_was_not_used_is_entered_once_and_withdrawn(desk: Desk) -> None:
    add = reverse("admin:scorecards_considered_add")
    given = {"demand": desk.platform.demands.get().pk, "roll_call": desk.call.pk, "reason_en": "It is about money."}

    assert (
        "Reason: give it in Russian or in English." in desk.anna.post(add, given | {"reason_en": ""}).content.decode()
    )
    assert desk.anna.post(add, given).status_code == 302
    assert "in the list for this demand already" in desk.anna.post(add, given).content.decode()
    row = Considered.objects.get()
    assert row.author is not None
    change = reverse("admin:scorecards_considered_change", args=[row.pk])
    assert desk.anna.post(change, given | {"reason_en": "Other."}).status_code == 403
    listed = reverse("admin:scorecards_considered_changelist")
    desk.anna.post(listed, {"action": "withdraw_chosen", "_selected_action": [row.pk]})

    assert Considered.objects.get().withdrawn_at is not None


@pytest.mark.parametrize("links", [1, 3, 20])
def test_the_list_of_links_keeps_to_its_queries(
    desk: Desk, links: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(links):
        call = build.vote(desk.house, {desk.one: Position.FOR})
        take(desk.anna, "propose", build.link(desk.platform.demands.get(), call, published=False))

    with django_assert_max_num_queries(16):
        shown = desk.clara.get(reverse("admin:scorecards_link_changelist") + "?waiting=mine")

    assert len(shown.context["cl"].result_list) == links


def test_an_organisation_is_of_a_faction_of_its_chamber(desk: Desk) -> None:
    elsewhere = build.faction(build.chamber(), "Elsewhere")
    add = reverse("admin:accounts_memberorganisation_add")
    given = {"coalition": desk.platform.coalition_id, "slug": "third", "name_en": "Third", "faction": elsewhere.pk}

    assert "another chamber than the coalition’s" in desk.root.post(add, given).content.decode()
    assert desk.root.post(add, given | {"faction": build.faction(desk.house, "Here").pk}).status_code == 302
