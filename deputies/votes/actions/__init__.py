"""Changes of the record of votes: entering, reviewing, publishing, correcting."""

from deputies.votes.actions.entering import (
    DraftChanged,
    Entry,
    Named,
    NotThatDeputy,
    acknowledge,
    decide_name,
    discard_draft,
    key_again,
    save_draft,
    settle,
    start_agenda,
    start_roll_call,
    take_names,
)
from deputies.votes.actions.publishing import (
    CorrectionOpen,
    NotPublishable,
    content_hashes,
    mark_published,
    open_correction,
)
from deputies.votes.actions.reviewing import NotReady, NotSecond, approve, send_back, submit, take_back

__all__ = [
    "CorrectionOpen",
    "DraftChanged",
    "Entry",
    "Named",
    "NotPublishable",
    "NotReady",
    "NotSecond",
    "NotThatDeputy",
    "acknowledge",
    "approve",
    "content_hashes",
    "decide_name",
    "discard_draft",
    "key_again",
    "mark_published",
    "open_correction",
    "save_draft",
    "send_back",
    "settle",
    "start_agenda",
    "start_roll_call",
    "submit",
    "take_back",
    "take_names",
]
