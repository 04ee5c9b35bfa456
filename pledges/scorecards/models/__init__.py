from pledges.scorecards.models.approvals import Considered, LinkApproval, LinkVeto
from pledges.scorecards.models.judgements import Link, Ruling
from pledges.scorecards.models.scores import COLUMNS, Bundle, Score, ScoreChange

__all__ = [
    "COLUMNS",
    "Bundle",
    "Considered",
    "Link",
    "LinkApproval",
    "LinkVeto",
    "Ruling",
    "Score",
    "ScoreChange",
]
