from collections import Counter
from random import Random

import pytest
from pytest_django import DjangoAssertNumQueries

from deputies.people.models import Chamber, Mandate, Person
from deputies.sources.enums import Basis
from deputies.sources.models import cite
from deputies.votes.cohesion import Pair
from deputies.votes.enums import Kind, Position, Relation
from deputies.votes.models import Ballot, FactionStatement
from deputies.votes.reports.pairs import Cast, Common, Comparison, compared, told
from tests import build

pytestmark = pytest.mark.django_db
FOR, AGAINST, ABSENT = Position.FOR, Position.AGAINST, Position.ABSENT


def mandates(*people: Person) -> list[list[Mandate]]:
    return [list(person.mandates.all()) for person in people]


def relations(comparison: Comparison) -> list[Relation]:
    return [vote.relation for vote in comparison.votes]


def two() -> tuple[Chamber, Person, Person]:
    chamber = build.chamber()
    return chamber, build.deputy(chamber, "Ada Example", group="Red"), build.deputy(chamber, "Bo Example")


def test_votes_are_told_apart_the_latest_first() -> None:
    chamber, ada, bo = two()
    for day, positions in enumerate([(FOR, FOR), (FOR, AGAINST), (FOR, ABSENT)]):
        build.vote(chamber, dict(zip((ada, bo), positions, strict=True)), held_at=build.moment(10 + day))

    found = compared(chamber, mandates(ada, bo))

    assert relations(found) == [Relation.NO_VOTE, Relation.DIFFERENT, Relation.SAME]
    assert (found.recorded, found.both_voted, found.without) == (3, 2, 1)
    assert found.pair == Pair(same=1, differ=1, absent=1)


def test_a_vote_that_one_could_not_cast_is_in_no_number_but_that_of_all() -> None:
    chamber, ada, bo = two()
    late = build.deputy(chamber, "Cy Example", held=(build.moment(20), None))
    build.vote(chamber, {ada: FOR, bo: Position.PRESIDING})
    build.vote(chamber, {ada: FOR, bo: Position.RECUSED})
    build.vote(chamber, {ada: FOR, bo: FOR}, kind=Kind.ATTENDANCE.value)

    assert compared(chamber, mandates(ada, bo)) == Comparison([], 2)
    assert compared(chamber, mandates(ada, late)) == Comparison([], 2)


def test_a_record_without_a_name_and_a_worked_out_ballot_are_no_disagreement() -> None:
    chamber, ada, bo = two()
    named = build.vote(chamber, {ada: FOR})
    version = build.draft(chamber, {ada: FOR})
    build.ballot(version, bo, AGAINST, basis=Basis.INFERRED.value, note_en="From the totals.")
    build.publish(version)
    secret = build.vote(chamber, {}, kind=Kind.SECRET.value)

    found = {vote.roll_call_id: vote for vote in compared(chamber, mandates(ada, bo)).votes}

    assert {vote.relation for vote in found.values()} == {Relation.NO_VOTE}
    assert found[named.pk].casts == (Cast(FOR, Basis.OFFICIAL), None)
    assert found[version.roll_call_id].casts[1] == Cast(AGAINST, Basis.INFERRED)
    assert found[secret.pk].casts == (None, None)


def test_a_ballot_on_which_sources_disagree_is_compared_as_it_stands() -> None:
    chamber, ada, bo = two()
    version = build.draft(chamber, {ada: FOR})
    build.ballot(version, bo, AGAINST, basis=Basis.DISPUTED.value, note_en="A newspaper says otherwise.")
    build.publish(version)

    assert relations(compared(chamber, mandates(ada, bo))) == [Relation.DIFFERENT]


def test_a_deputy_agrees_with_themselves_wherever_they_voted() -> None:
    chamber, ada, _ = two()
    for position in Position:
        build.vote(chamber, {ada: position})

    found = compared(chamber, mandates(ada, ada))

    assert Counter(relations(found)) == {Relation.SAME: 8, Relation.NO_VOTE: 7}


def test_the_count_is_that_of_looking_at_every_vote(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    chance = Random(16)  # noqa: S311 - not for secrets
    chamber, ada, bo = two()
    left = build.deputy(chamber, "Cy Example", held=(build.START, build.moment(25, hour=0)))
    for day in range(40):
        drawn = {person: chance.choice(list(Position)) for person in (ada, bo, left) if chance.random() < 0.8}
        cast = {person: position for person, position in drawn.items() if person != left or day < 25}
        build.vote(chamber, cast, held_at=build.moment(day))

    for pair in ((ada, bo), (bo, ada), (ada, left), (left, bo)):
        held = mandates(*pair)
        with django_assert_num_queries(2):
            found = compared(chamber, held)
        assert slowly(chamber, *pair) == (len(found.votes), found.pair.same, found.pair.differ, found.without)


def slowly(chamber: Chamber, one: Person, other: Person) -> tuple[int, int, int, int]:
    """Common votes, alike, differently, the rest: vote by vote, as a reader with the record would."""
    camps = {"for": "yes", "proxy-for": "yes", "casting-for": "yes", "abstain": "neither", "proxy-abstain": "neither"}
    camps |= {"against": "no", "proxy-against": "no", "casting-against": "no"}
    unable = ("presiding", "paired-for", "paired-against", "recused", "suspended")
    counts = Counter[str]()
    for vote in chamber.roll_calls.exclude(published=None):
        assert vote.published is not None
        marks = []
        for person in (one, other):
            ballot = Ballot.objects.filter(version=vote.published, person=person).first()
            sat = person.mandates.filter(held__contains=vote.published.held_at).exists()
            marks.append(ballot.position if ballot else "" if sat else "presiding")
        if marks[0] not in unable and marks[1] not in unable:
            first, second = (camps.get(mark) for mark in marks)
            counts["rest" if not first or not second else "same" if first == second else "differ"] += 1
    return counts.total(), counts["same"], counts["differ"], counts["rest"]


def test_a_vote_in_full_has_both_ballots_and_free_votes(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    chamber, ada, bo = two()
    version = build.draft(chamber, {ada: FOR})
    free = FactionStatement.objects.create(
        version=version, faction=build.faction(chamber, "Red"), is_free_vote=True, source=cite(title="A letter")
    )
    build.publish(version)

    with django_assert_num_queries(3):
        full = told([Common(version.pk, version.roll_call_id, (None, None))], [ada.pk, bo.pk])

    assert full[version.pk].version == version
    assert full[version.pk].sides == [(Ballot.objects.get(person=ada), free), (None, None)]


def test_a_vote_without_a_day_is_common_where_the_record_names_both() -> None:
    chamber, ada, bo = two()
    build.vote(chamber, {ada: FOR, bo: FOR}, held_precision="unknown")
    build.vote(chamber, {ada: FOR}, held_precision="unknown")

    assert relations(compared(chamber, mandates(ada, bo))) == [Relation.SAME]
