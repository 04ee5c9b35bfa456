"""Tables of deputies' own word."""

from pledges.tracker.models.answers import (
    ANSWER_CHOICES,
    KIND_CHOICES,
    Answer,
    AnswerQuerySet,
    Asked,
    Invitation,
)
from pledges.tracker.models.pledges import STANCE_CHOICES, STATUS_CHOICES, Pledge, PledgeQuerySet, PledgeStatus
from pledges.tracker.models.reviews import REVIEW_CHOICES, Reviewed
from pledges.tracker.models.signatures import Signature
from pledges.tracker.models.statements import Statement

__all__ = [
    "ANSWER_CHOICES",
    "KIND_CHOICES",
    "REVIEW_CHOICES",
    "STANCE_CHOICES",
    "STATUS_CHOICES",
    "Answer",
    "AnswerQuerySet",
    "Asked",
    "Invitation",
    "Pledge",
    "PledgeQuerySet",
    "PledgeStatus",
    "Reviewed",
    "Signature",
    "Statement",
]
