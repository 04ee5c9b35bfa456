"""The words of platforms."""

from enum import StrEnum


class Chapter(StrEnum):
    """The two chapters of demands; they are never merged into one headline."""

    DEMOCRATIC = "democratic"
    SOCIAL = "social"


class PlatformState(StrEnum):
    """How far a version of a platform is: a draft can change, a published one cannot."""

    DRAFT = "draft"
    PUBLISHED = "published"
    REPLACED = "replaced"
