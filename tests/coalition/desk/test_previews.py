"""What is published is what its preview showed: a draft changed after it is shown again instead."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from coalition.desk import approvals as link_pages
from coalition.desk import platforms as platform_pages
from deputies.votes.enums import Position
from pledges.platform.enums import PlatformState
from pledges.platform.models import Demand, DemandText, PlatformVersion
from pledges.scorecards.enums import LinkState, Wants
from pledges.scorecards.models import Link
from tests import build
from tests.coalition.accounts import door

pytestmark = pytest.mark.django_db
SENTENCE = "changed after you opened this page"


@pytest.fixture
def anna() -> Client:
    return door.signed_in(door.organiser("anna"))


def second_version() -> PlatformVersion:
    platform = build.platform(build.chamber())
    version = PlatformVersion.objects.create(platform=platform, number=2, title_en="Second")
    DemandText.objects.create(version=version, demand=platform.demands.get(), title_en="Keep the trees")
    return version


def draft_link() -> Link:
    house = build.chamber()
    demand = build.platform(house).demands.get()
    return build.link(demand, build.vote(house, {build.deputy(house): Position.FOR}), published=False)


def speaker(link: Link) -> Client:
    """An organiser of a member organisation of the link's coalition."""
    return door.signed_in(door.organiser("vera", of=build.organisation(link.demand.platform, "Left")))


def confirmed(client: Client, url: str) -> dict[str, str]:
    return {"seen": client.get(url).context["seen"], "vouched": "1"}


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (DemandText, {"title_en": "Fell the trees"}),
        (DemandText, {"text_ru": "Рубить"}),
        (PlatformVersion, {"profile": "half-credit"}),
        (PlatformVersion, {"intro_en": "Other words"}),
        (Demand, {"chapter": "democratic"}),
    ],
)
def test_a_version_changed_after_its_preview_is_shown_again(anna: Client, model: Any, change: dict[str, str]) -> None:
    version = second_version()
    url = reverse("admin:platform_platformversion_publish", args=[version.pk])
    sent = confirmed(anna, url)
    own = (
        {"pk": version.pk}
        if model is PlatformVersion
        else {"texts__version" if model is Demand else "version": version}
    )
    model.objects.filter(**own).update(**change)

    again = anna.post(url, sent)

    version.refresh_from_db()
    assert version.state == PlatformState.DRAFT
    assert SENTENCE in again.content.decode()
    anna.post(url, sent | {"seen": again.context["seen"]})
    version.refresh_from_db()
    assert version.state == PlatformState.PUBLISHED


@pytest.mark.parametrize(
    "change", [{"wants": Wants.FAIL.value}, {"weight": 2000}, {"role": "informative"}, {"reasoning_en": "Other words"}]
)
def test_a_link_changed_after_its_preview_is_shown_again(change: dict[str, Any]) -> None:
    link = draft_link()
    anna = speaker(link)
    url = f"{reverse('admin:scorecards_link_propose')}?links={link.pk}"
    sent = confirmed(anna, url)
    Link.objects.filter(pk=link.pk).update(**change)

    again = anna.post(url, sent)

    link.refresh_from_db()
    assert link.state == LinkState.DRAFT
    assert SENTENCE in again.content.decode()
    anna.post(url, sent | {"seen": again.context["seen"]})
    link.refresh_from_db()
    assert link.state == LinkState.PROPOSED


def test_a_link_whose_vote_was_corrected_after_the_preview_is_shown_again() -> None:
    link = draft_link()
    anna = speaker(link)
    url = f"{reverse('admin:scorecards_link_propose')}?links={link.pk}"
    sent = confirmed(anna, url)
    voter = build.deputy(link.roll_call.chamber)
    build.publish(build.draft(link.roll_call.chamber, {voter: Position.AGAINST}, roll_call=link.roll_call))

    assert SENTENCE in anna.post(url, sent).content.decode()


def test_a_change_while_publishing_takes_everything_back(monkeypatch: pytest.MonkeyPatch) -> None:
    version, link = second_version(), draft_link()
    anna = speaker(link)
    pages = {
        platform_pages: reverse("admin:platform_platformversion_publish", args=[version.pk]),
        link_pages: f"{reverse('admin:scorecards_link_propose')}?links={link.pk}",
    }
    for module, url in pages.items():
        sent = confirmed(anna, url)
        stored = [sent["seen"], "changed meanwhile"]
        monkeypatch.setattr(module, "_seal_of", lambda _, left=stored: left.pop(0))

        assert "meanwhile. Review" in anna.post(url, sent, follow=True).content.decode()

    version.refresh_from_db()
    link.refresh_from_db()
    assert (version.state, link.state) == (PlatformState.DRAFT, LinkState.DRAFT)
