"""What an announced method would change, counted in shadow before it counts."""

from dataclasses import dataclass

from deputies.people.models import Person
from pledges.platform.enums import COUNTED, Chapter
from pledges.platform.models import Platform
from pledges.scorecards.counting import Key, count
from pledges.scorecards.method import Profile, Tally
from pledges.scorecards.profiles import PROFILES
from pledges.scorecards.reports.measures import Measure
from pledges.scorecards.reports.platform import PlatformInForce


@dataclass(frozen=True, slots=True)
class Shift:
    """A chapter of a deputy that would read otherwise by the announced method."""

    person: Person
    chapter: Chapter
    now: Measure
    then: Measure


@dataclass(frozen=True, slots=True)
class Shadow:
    """An announced method with everyone whose percentage or label it would change, by name; `same` is the rest."""

    profile: Profile
    shifts: list[Shift]
    same: int

    @property
    def people(self) -> int:
        """How many deputies it would change."""
        return len({shift.person.pk for shift in self.shifts})


def announced() -> list[Platform]:
    """The platforms for which another method is in shadow, with their chambers; one query."""
    platforms = Platform.objects.exclude(shadow_profile="").exclude(published=None)
    return list(platforms.select_related("coalition__chamber").order_by("coalition__chamber__slug"))


def shadow_of(in_force_now: PlatformInForce) -> Shadow | None:
    """What the announced method would change; None if none is announced. Three queries."""
    platform = in_force_now.platform
    if not platform.shadow_profile:
        return None
    profile = PROFILES[platform.shadow_profile]
    now, then = count(platform, in_force_now.profile), count(platform, profile)
    people = Person.objects.filter(pk__in={key.person_id for key in now.keys() | then.keys()}).order_by("sort_key")
    shifts = [
        Shift(person, chapter, own, other)
        for person in people
        for chapter in COUNTED
        for key in [Key(person.pk, None, chapter.value)]
        for own in [Measure(now.get(key, Tally()), in_force_now.profile)]
        for other in [Measure(then.get(key, Tally()), profile)]
        if (own.label, own.percent) != (other.label, other.percent)
    ]
    return Shadow(profile, shifts, len(people) - len({shift.person.pk for shift in shifts}))
