"""Another method is counted in shadow, for readers to see, before it counts."""

import datetime as dt
from fractions import Fraction

import pytest
from django.core.management import CommandError, call_command

from deputies.journal.enums import EventKind
from deputies.journal.models import Event
from deputies.votes.enums import Position
from pledges.platform.enums import Chapter
from pledges.platform.models import Platform, PlatformVersion
from pledges.scorecards.actions import SHADOW, NotInShadow, announce_method, publish_platform
from pledges.scorecards.enums import Cause, Label
from pledges.scorecards.models import Score, ScoreChange
from pledges.scorecards.profiles import PROFILES
from pledges.scorecards.reports.platform import platform_in_force
from pledges.scorecards.reports.shadow import shadow_of
from tests import build
from tests.refuses import refused_by

pytestmark = pytest.mark.django_db
OTHER = PROFILES["absence-against"]


@pytest.fixture
def platform() -> Platform:
    """Anna is absent in three of six votes and for in the rest; Boris is for in all six."""
    chamber = build.chamber()
    anna, boris = build.deputy(chamber, "Anna"), build.deputy(chamber, "Boris")
    made = build.platform(chamber)
    for nth in range(6):
        own = Position.FOR if nth < 3 else Position.ABSENT
        build.link(made.demands.get(), build.vote(chamber, {anna: own, boris: Position.FOR}))
    return made


def publish(platform: Platform, at: dt.datetime) -> None:
    draft = PlatformVersion.objects.create(platform=platform, number=2, title_en="Two", profile=OTHER.name)
    publish_platform(platform=platform, version=draft, links=[], vouched=True, at=at)


def test_a_method_that_was_not_announced_cannot_count(platform: Platform) -> None:
    before = list(Score.objects.order_by("pk").values())

    with pytest.raises(NotInShadow, match="announce the method “absence-against” first, 28 days before it counts"):
        publish(platform, build.LATER)

    platform.refresh_from_db()
    assert platform.published is not None
    assert platform.published.profile == "votes-cast"
    assert list(Score.objects.order_by("pk").values()) == before


def test_it_counts_after_the_time_in_shadow_and_says_why_scores_moved(platform: Platform) -> None:
    announce_method(platform=platform, profile=OTHER, at=build.AT)
    with pytest.raises(NotInShadow, match="is in shadow since 2024-06-01"):
        publish(platform, build.AT + SHADOW - dt.timedelta(seconds=1))

    platform.versions.filter(number=2).delete()
    publish(platform, build.AT + SHADOW)

    platform.refresh_from_db()
    assert (platform.shadow_profile, platform.shadow_since) == ("", None)
    moved = ScoreChange.objects.filter(cause=Cause.METHOD_VERSION.value)
    assert {change.person.name for change in moved} == {"Anna"}
    assert Event.objects.filter(kind=EventKind.METHOD_ANNOUNCED.value).count() == 1


def test_the_shadow_names_who_would_change(platform: Platform) -> None:
    in_force = platform_in_force(platform.coalition.chamber)
    assert in_force is not None
    assert shadow_of(in_force) is None

    announce_method(platform=in_force.platform, profile=OTHER, at=build.AT)
    shadow = shadow_of(in_force)

    assert shadow is not None
    (shift,) = shadow.shifts
    assert (shift.person.name, shift.chapter, shadow.same) == ("Anna", Chapter.SOCIAL, 1)
    assert (shift.now.label, shift.then.label) == (Label.IN_ALL, Label.SOMETIMES)
    assert [shift.now.score, shift.then.score] == [Fraction(1), Fraction(1, 2)]


def test_without_scores_a_method_may_be_chosen_freely() -> None:
    platform = build.platform(build.chamber())

    publish(platform, build.LATER)

    platform.refresh_from_db()
    assert platform.published is not None
    assert platform.published.profile == OTHER.name


def test_a_method_in_shadow_has_a_date() -> None:
    with refused_by("platform_platform_shadow_has_date"):
        Platform.objects.filter(pk=build.platform(build.chamber()).pk).update(shadow_profile=OTHER.name)


def test_only_what_was_announced_can_be_taken_back(platform: Platform) -> None:
    with pytest.raises(CommandError, match="no method is announced for"):
        call_command("announce_method", "--platform", platform.slug, "--cancel")

    assert not Event.objects.filter(kind=EventKind.METHOD_ANNOUNCED.value).exists()
