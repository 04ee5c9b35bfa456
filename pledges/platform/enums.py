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


class PlatformState(StrEnum):
    """How far a version of a platform is: a draft can change, a published one cannot."""

    DRAFT = "draft"
    PUBLISHED = "published"
    REPLACED = "replaced"
