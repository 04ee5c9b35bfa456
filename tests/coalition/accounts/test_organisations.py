"""Which member organisations cannot be."""

import pytest

from coalition.accounts.models import MemberOrganisation
from tests import build
from tests.refuses import refused_by

pytestmark = pytest.mark.django_db


def test_an_organisation_is_named_and_stands_once_in_its_coalition() -> None:
    house = build.chamber()
    platform = build.platform(house)
    left = build.organisation(platform, "Left")
    MemberOrganisation.objects.update(faction=build.faction(house, "Left"))
    left.refresh_from_db()

    with refused_by("accounts_memberorganisation_slug_once"):
        build.organisation(platform, "Left")
    with refused_by("accounts_memberorganisation_faction_once"):
        MemberOrganisation.objects.create(
            coalition=platform.coalition, slug="other", name_en="Other", faction=left.faction
        )
    with refused_by("accounts_memberorganisation_has_name"):
        MemberOrganisation.objects.create(coalition=platform.coalition, slug="none")
    assert str(left.name) == "Left"
