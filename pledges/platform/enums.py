"""The words of platforms."""

from enum import StrEnum


class Chapter(StrEnum):
    """The two chapters of demands, never merged into one headline, and the red lines beside them.

    A red line is something the deputies must never vote for (or against): crossing it is shown with its evidence and
    changes no number.
    """

    DEMOCRATIC = "democratic"
    SOCIAL = "social"
    RED_LINE = "red-line"


COUNTED = (Chapter.DEMOCRATIC, Chapter.SOCIAL)


def names_a_total(demand_id: str) -> bool:
    """Whether files of scores call a chapter or the platform so; no demand may have such an id."""
    return demand_id == "platform" or demand_id.startswith("chapter:")


class PlatformState(StrEnum):
    """How far a version of a platform is: a draft can change, a published one cannot."""

    DRAFT = "draft"
    PUBLISHED = "published"
    REPLACED = "replaced"
