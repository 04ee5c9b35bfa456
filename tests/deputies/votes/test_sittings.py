"""What the database refuses of sittings, written names, acknowledgements and second entries."""

import datetime as dt

import pytest
from django.contrib.auth import get_user_model

from deputies.votes.enums import NameState
from deputies.votes.models import Acknowledgement, Departure, Keying, RollCall, Sitting, WrittenName
from tests import build
from tests.refuses import refused_by

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def test_a_sitting_that_cannot_be() -> None:
    chamber = build.chamber()
    Sitting.objects.create(chamber=chamber, began_at=build.AT)

    with refused_by("votes_sitting_once"):
        Sitting.objects.create(chamber=chamber, began_at=build.AT)
    with refused_by("votes_sitting_ends_after_it_begins"):
        Sitting.objects.create(chamber=chamber, began_at=build.LATER, ended_at=build.LATER)


def test_a_roll_call_is_of_the_chamber_of_its_sitting() -> None:
    sitting = Sitting.objects.create(chamber=build.chamber(), began_at=build.AT)
    elsewhere = build.draft(build.chamber()).roll_call

    with refused_by("votes_rollcall_of_chamber_of_sitting"):
        RollCall.objects.filter(pk=elsewhere.pk).update(sitting=sitting)


def test_a_departure_that_cannot_be() -> None:
    chamber = build.chamber()
    sitting, person = Sitting.objects.create(chamber=chamber, began_at=build.AT), build.deputy(chamber)
    Departure.objects.create(sitting=sitting, person=person, left_at=build.AT + HOUR)

    with refused_by("votes_departure_once"):
        Departure.objects.create(sitting=sitting, person=person, left_at=build.AT + HOUR)
    with refused_by("votes_departure_returns_later"):
        Departure.objects.create(sitting=sitting, person=person, left_at=build.AT, returned_at=build.AT)


def test_a_written_name_that_cannot_be() -> None:
    chamber = build.chamber()
    version, person = build.draft(chamber), build.deputy(chamber)
    by = get_user_model().objects.create(username="anna")
    WrittenName.objects.create(version=version, line=1, name="Ivanov", why="two of them")

    with refused_by("votes_writtenname_once"):
        WrittenName.objects.create(version=version, line=1, name="Ivanov", why="two of them")
    with refused_by("votes_writtenname_matched_is_somebody"):
        WrittenName.objects.create(version=version, line=2, name="A", state=NameState.MATCHED, decided_by=by)
    with refused_by("votes_writtenname_matched_is_somebody"):
        WrittenName.objects.create(version=version, line=2, name="A", person=person)
    with refused_by("votes_writtenname_decided_by_somebody"):
        WrittenName.objects.create(version=version, line=2, name="A", state=NameState.IGNORED)


def test_a_warning_is_acknowledged_once_and_a_vote_keyed_again_once() -> None:
    version, by = build.draft(build.chamber()), get_user_model().objects.create(username="anna")
    Acknowledgement.objects.create(version=version, key="k", words="w", by=by, at=build.AT)
    Keying.objects.create(version=version, positions={}, by=by, at=build.AT)

    with refused_by("votes_acknowledgement_once"):
        Acknowledgement.objects.create(version=version, key="k", words="w", by=by, at=build.AT)
    with refused_by("votes_keying_version_id_key"):
        Keying.objects.create(version=version, positions={}, by=by, at=build.AT)
