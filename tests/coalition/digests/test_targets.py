"""Keys of what can be followed."""

import pytest

from coalition.digests.enums import What
from coalition.digests.targets import Target, existing, parsed
from tests import build


@pytest.mark.parametrize("target", [Target(What.CHAMBER, 3), Target(What.SOCIAL, 3), Target(What.PERSON, 3, 12)])
def test_a_key_names_one_target(target: Target) -> None:
    assert parsed(target.key) == target


@pytest.mark.parametrize(
    "key", ["", "chamber", "chamber:3:4", "person:3", "person:3:", "person:3:x", "nobody:3", "social:03", "chamber:²"]
)
def test_what_is_no_key_names_nothing(key: str) -> None:
    assert parsed(key) is None


@pytest.mark.django_db
def test_only_what_is_there_and_of_its_chamber_can_be_followed() -> None:
    chamber, other = build.chamber(), build.chamber()
    anna, demand = build.deputy(chamber), build.platform(chamber).demands.get()
    kept = [f"chamber:{chamber.pk}", f"person:{chamber.pk}:{anna.pk}", f"demand:{chamber.pk}:{demand.pk}"]
    strange = [f"person:{other.pk}:{anna.pk}", "chamber:999999", f"district:{chamber.pk}:999999", "rubbish"]

    assert [target.key for target in existing([*kept, *strange, *kept])] == kept
