from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db.models import F

from deputies.sources.models import cite
from deputies.votes.enums import Position, State
from deputies.votes.models import Ballot, FactionStatement, RollCall, RollCallVersion
from tests import build
from tests.refuses import refused_by

pytestmark = pytest.mark.django_db


def test_ids_numbers_and_slugs_are_taken_once() -> None:
    chamber = build.chamber()
    version = build.draft(chamber)
    known = version.roll_call
    with refused_by("votes_rollcall_vote_id_once"):
        RollCall.objects.create(chamber=chamber, vote_id=known.vote_id, slug="other")
    with refused_by("votes_rollcall_slug_once"):
        RollCall.objects.create(chamber=chamber, vote_id="other", slug=known.slug)
    with refused_by("votes_rollcallversion_number_once"):
        RollCallVersion.objects.create(roll_call=known, number=1, held_at=build.AT, title_en="x", threshold="voting")


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("votes_rollcallversion_has_title", {"title_en": ""}),
        ("votes_rollcallversion_date_or_unknown", {"held_at": None}),
        ("votes_rollcallversion_date_or_unknown", {"held_precision": "unknown"}),
        ("votes_rollcallversion_number_with_fixed", {"threshold": "fixed"}),
        ("votes_rollcallversion_number_with_fixed", {"threshold_number": 7}),
        ("votes_rollcallversion_moves", {"state": State.PUBLISHED, "published_at": build.AT}),
        ("votes_rollcallversion_moves", {"state": State.REVIEWED}),
        ("votes_rollcallversion_moves", {"state": State.SUBMITTED}),
        ("votes_rollcallversion_published_is_sealed", {"state": State.PUBLISHED, "vouched": True}),
        ("votes_rollcallversion_sent_back_has_reason", {"state": State.REJECTED}),
        ("votes_rollcallversion_moves", {"state": "thought-of"}),
    ],
)
def test_a_header_that_cannot_be(rule: str, wrong: dict[str, object]) -> None:
    version = build.draft(build.chamber())

    with refused_by(rule):
        RollCallVersion.objects.filter(pk=version.pk).update(**wrong)


def test_a_version_cannot_begin_in_a_state_that_is_none() -> None:
    with refused_by("votes_rollcallversion_known_state"):
        build.draft(build.chamber(), state="thought-of")


@pytest.mark.parametrize("lacks", [{"reason": ""}, {"evidence": None}])
def test_a_correction_needs_a_reason_and_evidence_once_it_is_submitted(lacks: dict[str, Any]) -> None:
    chamber = build.chamber()
    draft = build.draft(chamber, roll_call=build.vote(chamber, {}), state=State.CHECKED, **lacks)

    with refused_by("votes_rollcallversion_correction_has_reason"):
        RollCallVersion.objects.filter(pk=draft.pk).update(state=State.SUBMITTED)


@pytest.fixture
def submitted() -> RollCallVersion:
    """Entered by one person, waiting for another."""
    entrant = get_user_model().objects.create(username="entrant")
    version = build.draft(build.chamber(), entered_by=entrant, state=State.CHECKED)
    RollCallVersion.objects.filter(pk=version.pk).update(state=State.SUBMITTED)
    return version


@pytest.mark.parametrize("state", [State.SUBMITTED, State.REVIEWED, State.PUBLISHED, State.CORRECTED])
def test_a_version_begins_as_a_draft(state: State) -> None:
    with refused_by("votes_rollcallversion_begins_as_draft"):
        build.draft(build.chamber(), state=state)


def test_nobody_approves_what_they_entered(submitted: RollCallVersion) -> None:
    rows = RollCallVersion.objects.filter(pk=submitted.pk)
    reviewer = get_user_model().objects.create(username="reviewer")

    with refused_by("votes_rollcallversion_published_by_two"):
        rows.update(state=State.REVIEWED, reviewed_by=F("entered_by"), reviewed_hash="a" * 64)
    with refused_by("votes_rollcallversion_published_by_two"):
        rows.update(state=State.REVIEWED, reviewed_hash="a" * 64)
    with refused_by("votes_rollcallversion_reviewed_is_sealed"):
        rows.update(state=State.REVIEWED, reviewed_by=reviewer)
    with refused_by("votes_rollcallversion_immutable"):
        rows.update(state=State.REVIEWED, entered_by=reviewer, reviewed_by=F("entered_by"), reviewed_hash="a" * 64)

    assert rows.update(state=State.REVIEWED, reviewed_by=reviewer, reviewed_hash="a" * 64) == 1


def test_only_what_was_approved_is_published(submitted: RollCallVersion) -> None:
    rows = RollCallVersion.objects.filter(pk=submitted.pk)
    reviewer = get_user_model().objects.create(username="reviewer")
    rows.update(state=State.REVIEWED, reviewed_by=reviewer, reviewed_hash="a" * 64)

    with refused_by("votes_rollcallversion_published_as_reviewed"):
        rows.update(state=State.PUBLISHED, published_at=build.AT, content_hash="b" * 64)

    assert rows.update(state=State.PUBLISHED, published_at=build.AT, content_hash="a" * 64) == 1


def test_what_waits_for_review_cannot_be_changed(submitted: RollCallVersion) -> None:
    with refused_by("votes_rollcallversion_immutable"):
        RollCallVersion.objects.filter(pk=submitted.pk).update(total_for=3)
    with refused_by("votes_rollcallversion_immutable"):
        RollCallVersion.objects.filter(pk=submitted.pk)._raw_delete("default")
    with refused_by("votes_ballot_immutable"):
        build.ballot(submitted, build.deputy(submitted.roll_call.chamber))


def test_one_version_of_a_roll_call_is_published() -> None:
    chamber = build.chamber()
    roll_call = build.vote(chamber, {})
    draft = build.draft(chamber, roll_call=roll_call)

    with refused_by("votes_rollcallversion_one_published"):
        RollCallVersion.objects.filter(pk=draft.pk).update(
            state=State.PUBLISHED, vouched=True, published_at=build.AT, content_hash="a" * 64
        )


def test_a_published_version_cannot_be_changed_or_deleted() -> None:
    roll_call = build.vote(build.chamber(), {})
    rows = RollCallVersion.objects.filter(roll_call=roll_call)

    with refused_by("votes_rollcallversion_immutable"):
        rows.update(title_en="Something else")
    with refused_by("votes_rollcallversion_moves"):
        rows.update(state=State.DRAFT)
    with refused_by("votes_rollcallversion_immutable"):
        RollCall.objects.update(published=None)
        rows._raw_delete(rows.db)


def test_ballots_of_a_published_version_cannot_be_touched() -> None:
    chamber = build.chamber()
    anna, boris = build.deputy(chamber), build.deputy(chamber)
    roll_call = build.vote(chamber, {anna: Position.FOR})
    other = build.draft(chamber, {boris: Position.FOR})
    published = RollCall.objects.get(pk=roll_call.pk).published
    assert published is not None

    with refused_by("votes_ballot_immutable"):
        build.ballot(published, boris)
    with refused_by("votes_ballot_immutable"):
        Ballot.objects.filter(version=published).update(position=Position.AGAINST)
    with refused_by("votes_ballot_immutable"):
        Ballot.objects.filter(version=other).update(version=published)
    with refused_by("votes_ballot_immutable"):
        Ballot.objects.filter(version=published).delete()
    with refused_by("votes_factionstatement_immutable"):
        FactionStatement.objects.create(
            version=published, faction=build.faction(chamber, "Blue"), position="for", source=cite(title="A channel")
        )


def test_a_ballot_that_cannot_be() -> None:
    chamber = build.chamber()
    anna, boris = build.deputy(chamber), build.deputy(chamber)
    version = build.draft(chamber)
    build.ballot(version, anna)

    with refused_by("votes_ballot_one_per_person"):
        build.ballot(version, anna, Position.AGAINST)
    with refused_by("votes_ballot_known_position"):
        Ballot.objects.create(version=version, person=boris, mandate=boris.mandates.get(), position="perhaps")
    with refused_by("votes_ballot_person_of_mandate"):
        Ballot.objects.create(version=version, person=boris, mandate=anna.mandates.get(), position="for")
    with refused_by("votes_ballot_correction_has_source"):
        build.ballot(version, boris, corrected_position="against")
    with refused_by("votes_ballot_worked_out_says_how"):
        build.ballot(version, boris, basis="inferred")


def test_a_source_speaks_once_of_a_faction() -> None:
    chamber = build.chamber()
    claim = {
        "version": build.draft(chamber),
        "faction": build.faction(chamber, "Blue"),
        "source": cite(title="A channel"),
    }
    FactionStatement.objects.create(position="for", **claim)

    with refused_by("votes_factionstatement_once"):
        FactionStatement.objects.create(position="against", **claim)


def test_a_published_version_can_only_become_a_corrected_one() -> None:
    roll_call = build.vote(build.chamber(), {})
    rows = RollCallVersion.objects.filter(roll_call=roll_call)

    assert rows.update(state=State.CORRECTED) == 1
    with refused_by("votes_rollcallversion_immutable"):
        rows.update(number=F("number") + 1)
