"""What makes organisers look at a platform again: one case that fires and one that does not for every rule."""

from collections.abc import Sequence

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext

from deputies.people.models import Chamber, Person
from deputies.votes.enums import Position
from deputies.votes.models import RollCall
from pledges.platform.enums import Chapter
from pledges.platform.models import CoalitionMembership, Demand, DemandText, PlatformVersion
from pledges.scorecards.actions import publish_platform
from pledges.scorecards.enums import LintRule, Role, Wants
from pledges.scorecards.models import Link
from pledges.scorecards.reports.lint import Found, lint
from tests import build

pytestmark = pytest.mark.django_db
LATE = (build.AT - build.START).days + 30  # a day after the platform was published
WORDED = {"measured_en": "By votes.", "done_en": "A law."}


@pytest.fixture
def house() -> Chamber:
    return build.chamber()


def demand(house: Chamber, chapter: Chapter = Chapter.SOCIAL, **words: str) -> Demand:
    """A demand of a published platform whose first version says `words` of it beside its title."""
    made = build.platform(house, demands=())
    version = PlatformVersion.objects.create(platform=made, number=2, title_en="Second")
    it = Demand.objects.create(
        platform=made, slug="d", demand_id="d", chapter=chapter.value, in_force_from=build.START.date()
    )
    DemandText.objects.create(version=version, demand=it, title_en="It", **WORDED | words)
    publish_platform(platform=made, version=version, links=[], vouched=True, at=build.AT)
    return it


def split(house: Chamber, people: Sequence[Person], *, day: int = LATE) -> RollCall:
    """A vote in which the first was for and the others were against."""
    positions = [Position.FOR, *[Position.AGAINST] * (len(people) - 1)]
    return build.vote(house, dict(zip(people, positions, strict=True)), held_at=build.moment(day))


def members(house: Chamber, of: Demand, count: int) -> list[Person]:
    people = [build.deputy(house) for _ in range(count)]
    for person in people:
        CoalitionMembership.objects.create(
            coalition=of.platform.coalition, person=person, held=DateTimeTZRange(build.START, None)
        )
    return people


def read(of: Demand, **more: list[int]) -> list[Found]:
    of.platform.refresh_from_db()
    version = of.platform.published
    assert version
    return lint(version, **more)


def rules(of: Demand, **more: list[int]) -> list[LintRule]:
    return [found.rule for found in read(of, **more)]


def linked(house: Chamber, of: Demand, count: int, *, wants: Wants = Wants.PASS) -> list[Link]:
    people = [build.deputy(house), build.deputy(house)]
    return [build.link(of, split(house, people, day=LATE + n), wants=wants) for n in range(count)]


def test_a_demand_without_a_vote_is_found(house: Chamber) -> None:
    of = demand(house)

    assert rules(of) == [LintRule.NO_VOTE]


def test_a_link_that_nobody_proposed_is_none_unless_it_is_about_to_be(house: Chamber) -> None:
    of = demand(house)
    draft = build.link(of, split(house, [build.deputy(house), build.deputy(house)]), published=False)

    assert rules(of) == [LintRule.NO_VOTE]
    assert rules(of, also=[draft.pk]) == [LintRule.FEW_VOTES]


def test_fewer_than_three_counted_votes_are_found(house: Chamber) -> None:
    of = demand(house)
    links = linked(house, of, 2)
    people = [build.deputy(house), build.deputy(house)]
    build.link(of, split(house, people, day=LATE + 9), role=Role.INFORMATIVE)

    (found,) = read(of)

    assert (found.rule, found.n, set(found.links)) == (LintRule.FEW_VOTES, 2, set(links))
    build.link(of, split(house, people, day=LATE + 10))
    assert rules(of) == []


@pytest.mark.parametrize(("wants", "rule"), [(Wants.PASS, LintRule.WANTS_ALL), (Wants.FAIL, LintRule.WANTS_NONE)])
def test_five_votes_of_one_direction_are_found(house: Chamber, wants: Wants, rule: LintRule) -> None:
    of = demand(house)
    linked(house, of, 4, wants=wants)
    assert rules(of) == []

    linked(house, of, 1, wants=wants)

    (found,) = read(of)
    assert (found.rule, found.n, len(found.links)) == (rule, 5, 5)
    linked(house, of, 1, wants=Wants.FAIL if wants is Wants.PASS else Wants.PASS)
    assert rules(of) == []


def test_only_unanimous_votes_are_found(house: Chamber) -> None:
    of, people = demand(house), [build.deputy(house) for _ in range(2)]
    for day in range(3):
        build.link(of, build.vote(house, dict.fromkeys(people, Position.FOR), held_at=build.moment(LATE + day)))

    (found,) = read(of)

    assert (found.rule, found.n) == (LintRule.UNANIMOUS, 3)
    build.link(of, split(house, people, day=LATE + 5))
    assert rules(of) == []


def test_a_vote_that_the_totals_divided_is_not_unanimous(house: Chamber) -> None:
    of = demand(house)
    for day in range(3):
        totals = {"total_for": 4, "total_against": 1}
        known = {build.deputy(house): Position.FOR}
        build.link(of, build.vote(house, known, held_at=build.moment(LATE + day), **totals))

    assert rules(of) == []


def test_a_vote_held_before_the_platform_was_published_is_found(house: Chamber) -> None:
    of, people = demand(house), [build.deputy(house) for _ in range(2)]
    linked(house, of, 3)
    assert rules(of) == []

    earlier = build.link(of, split(house, people, day=10))
    build.link(of, split(house, people, day=11), role=Role.INFORMATIVE)  # listed, not counted

    (found,) = read(of)
    assert (found.rule, found.n, found.links) == (LintRule.EARLIER, 1, (earlier,))


def test_a_direction_by_which_most_of_the_own_are_not_as_asked_is_found(house: Chamber) -> None:
    of = demand(house)
    own = members(house, of, 3)
    linked(house, of, 3)
    right = build.link(of, split(house, own, day=LATE + 8), wants=Wants.FAIL)
    assert rules(of) == []

    wrong = build.link(of, split(house, own, day=LATE + 9))

    (found,) = read(of)
    assert (found.rule, found.links, found.n, found.of) == (LintRule.OWN_AGAINST, (wrong,), 2, 3)
    assert right not in found.links


def test_who_was_no_member_on_that_day_is_not_of_the_own(house: Chamber) -> None:
    of = demand(house)
    linked(house, of, 3)
    later = [build.deputy(house) for _ in range(3)]
    for person in later:
        CoalitionMembership.objects.create(
            coalition=of.platform.coalition, person=person, held=DateTimeTZRange(build.moment(LATE + 60), None)
        )
    build.link(of, split(house, later))

    assert rules(of) == []


@pytest.mark.parametrize(
    ("chapter", "words", "rule"),
    [
        (Chapter.SOCIAL, {"measured_en": ""}, LintRule.NOT_MEASURED),
        (Chapter.DEMOCRATIC, {"done_en": ""}, LintRule.NO_GOAL),
        (Chapter.RED_LINE, {"done_en": ""}, LintRule.NO_BREACH),
    ],
)
def test_a_demand_that_lacks_words_is_found(
    house: Chamber, chapter: Chapter, words: dict[str, str], rule: LintRule
) -> None:
    lacking, whole = demand(house, chapter, **words), demand(house, chapter)

    assert rules(lacking) == [LintRule.NO_VOTE, rule]
    assert rules(whole) == [LintRule.NO_VOTE]


def test_of_a_red_line_one_vote_is_enough(house: Chamber) -> None:
    of = demand(house, Chapter.RED_LINE)
    linked(house, of, 1)

    assert rules(of) == []


def test_a_draft_of_a_first_version_is_read_too(house: Chamber) -> None:
    made = build.platform(house)
    draft = PlatformVersion.objects.create(platform=made, number=2, title_en="Second")
    DemandText.objects.create(version=draft, demand=made.demands.get(), title_en="It", **WORDED)

    assert [found.rule for found in lint(draft)] == [LintRule.NO_VOTE]


def test_the_queries_do_not_grow_with_demands_and_votes(house: Chamber) -> None:
    made = build.platform(house, demands=[Chapter.SOCIAL] * 12)
    people = [build.deputy(house) for _ in range(4)]
    asked, linked_so_far = [], 0
    for count in (1, 3, 12):
        for of in list(made.demands.order_by("pk"))[linked_so_far:count]:
            build.link(of, split(house, people))
        linked_so_far = count
        version = PlatformVersion.objects.select_related("platform__coalition__chamber").get(published_of=made)
        with CaptureQueriesContext(connection) as queries:
            lint(version)
        asked.append(len(queries))

    assert asked == [6, 6, 6]
