"""Decisions and rulings at the desk: one organiser writes, another publishes, and nothing moves before."""

import pytest
from django.test import Client
from django.urls import reverse

from coalition.accounts.models import User
from deputies.people.models import Chamber
from deputies.sources.models import cite
from deputies.votes.enums import Position
from deputies.votes.models import Decision, RollCall
from pledges.platform.models import Platform
from pledges.scorecards.actions import differences
from pledges.scorecards.enums import LinkState
from pledges.scorecards.models import Ruling, Score
from tests import build
from tests.coalition.accounts import door

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> Client:
    return door.signed_in(door.organiser("anna"))


@pytest.fixture
def boris() -> Client:
    return door.signed_in(door.organiser("boris"))


@pytest.fixture
def platform() -> Platform:
    """Two votes of one deputy, against and for; both are linked."""
    chamber = build.chamber()
    deputy = build.deputy(chamber, "Vera")
    made = build.platform(chamber)
    for position in (Position.AGAINST, Position.FOR):
        build.link(made.demands.get(), build.vote(chamber, {deputy: position}))
    return made


def counted() -> tuple[int, int]:
    score = Score.objects.get(demand__isnull=False)
    assert differences(score.platform) == []
    return score.tally.votes_with, score.tally.votes_against


def write(client: Client, platform: Platform, **said: object) -> Ruling:
    call = platform.demands.get().links.earliest("pk").roll_call
    sent = {
        "platform": platform.pk, "roll_call": call.pk, "kind": "tactical", "silence": "", "reads_as": "for",
        "person": call.chamber.mandates.get().person_id, "reason_ru": "", "reason_en": "To bring it up again.",
        "source": cite(title="The minutes").pk,
    }  # fmt: skip
    page = client.post(reverse("admin:scorecards_ruling_add"), sent | said)
    assert page.status_code == 302, page.content.decode()
    return Ruling.objects.latest("pk")


def review(client: Client, doing: str, ruling: Ruling, seen: str | None = None) -> str:
    address = f"{reverse(f'admin:scorecards_ruling_{doing}')}?rulings={ruling.pk}"
    shown = client.get(address)
    hidden = seen if seen is not None else shown.context["seen"]
    return client.post(address, {"seen": hidden}, follow=True).content.decode()


def test_a_ruling_is_published_by_another_organiser_only(anna: Client, boris: Client, platform: Platform) -> None:
    ruling = write(anna, platform)
    assert counted() == (1, 1)

    assert "A ruling is always published or withdrawn by another organiser" in review(anna, "publish", ruling)
    assert counted() == (1, 1)
    preview = boris.get(f"{reverse('admin:scorecards_ruling_publish')}?rulings={ruling.pk}").content.decode()
    assert "Scores that would move: 3" in preview
    assert "Vera is read as “for”" in preview
    assert counted() == (1, 1)  # a preview is only a look

    assert "Done. Scores that moved: 3." in review(boris, "publish", ruling)
    assert counted() == (2, 0)
    ruling.refresh_from_db()
    assert (ruling.author, ruling.approver, ruling.vouched) == (
        User.objects.get(username="anna"),
        User.objects.get(username="boris"),
        False,
    )

    assert "Done. Scores that moved: 3." in review(boris, "withdraw", ruling)
    assert counted() == (1, 1)


def test_what_is_published_is_what_was_seen(anna: Client, boris: Client, platform: Platform) -> None:
    ruling = write(anna, platform)

    page = review(boris, "publish", ruling, seen="another")

    assert "were changed after you opened this page" in page
    assert Ruling.objects.get().state == LinkState.DRAFT


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"kind": "silence"}, "A ruling on silence says what silence does, and names nobody."),
        ({"source": ""}, "what the ballot is read as needs a public statement"),
        ({"reads_as": "secret"}, "choose for, against or abstained"),
        ({"kind": "quorum"}, "Whoever voted did not break the quorum. On record: against."),
        ({"reason_en": ""}, "Reason: give it in Russian or in English."),
    ],
)
def test_a_bad_ruling_is_explained(anna: Client, platform: Platform, said: dict[str, str], words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        write(anna, platform, **said)
    assert not Ruling.objects.exists()


def test_a_ruling_on_a_quorum_is_refused_once_the_record_has_a_vote(
    anna: Client, boris: Client, platform: Platform
) -> None:
    call = platform.demands.get().links.earliest("pk").roll_call
    deputy = call.chamber.mandates.get().person
    build.publish(build.draft(call.chamber, {deputy: Position.ABSENT}, roll_call=call))
    ruling = write(anna, platform, kind="quorum")
    build.publish(build.draft(call.chamber, {deputy: Position.AGAINST}, roll_call=call), at=build.LATER)

    page = review(boris, "publish", ruling)

    assert "whoever voted did not break the quorum" in page
    ruling.refresh_from_db()
    assert ruling.state == LinkState.DRAFT


def test_a_ruling_stays_in_its_chamber(anna: Client, platform: Platform) -> None:
    elsewhere = build.chamber()
    stranger = build.deputy(elsewhere)
    call = build.vote(elsewhere, {stranger: Position.FOR})

    with pytest.raises(AssertionError, match="They never held a seat in the chamber of this vote"):
        write(anna, platform, person=stranger.pk)
    with pytest.raises(AssertionError, match="This vote was held in another chamber than the platform"):
        write(anna, platform, roll_call=call.pk, person=stranger.pk)
    assert not Ruling.objects.exists()


def decide(
    client: Client, chamber: Chamber, votes: str, main: RollCall | None, decision: Decision | None = None
) -> str:
    address = (
        reverse("admin:votes_decision_change", args=[decision.pk]) if decision else reverse("admin:votes_decision_add")
    )
    sent = {"chamber": chamber.pk, "key": "bill-1", "title_ru": "", "title_en": "The bill", "votes": votes,
            "main": main.pk if main else ""}  # fmt: skip
    return client.post(address, sent, follow=True).content.decode()


def test_the_main_vote_of_a_text_is_chosen(anna: Client, platform: Platform) -> None:
    chamber = platform.coalition.chamber
    first, last = RollCall.objects.order_by("pk")
    both = f"{first.vote_id}\n{last.vote_id}"

    assert "this chamber has no vote with the id “nowhere”" in decide(anna, chamber, f"{both}\nnowhere", last)
    assert "It must be one of the votes on this text" in decide(anna, chamber, first.vote_id, last)
    assert (Decision.objects.count(), counted()) == (0, (1, 1))

    assert "Scores that moved: 3." in decide(anna, chamber, both, last)
    decision = Decision.objects.get()
    assert (decision.main, counted()) == (last, (1, 0))
    assert "Scores that moved: 3." in decide(anna, chamber, both, first, decision)
    assert counted() == (0, 1)

    assert "Scores that moved: 3." in decide(anna, chamber, last.vote_id, last, decision)  # the first is alone again
    assert (list(decision.roll_calls.all()), counted()) == ([last], (1, 1))
