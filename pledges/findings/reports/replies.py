"""What deputies replied to the letters about findings."""

from collections.abc import Collection
from dataclasses import dataclass, field

from pledges.findings.models import Finding
from pledges.tracker.enums import AnswerKind, AnswerState
from pledges.tracker.models import Answer

WAITING = (AnswerState.RECEIVED.value, AnswerState.CONFIRMED.value)


@dataclass(frozen=True, slots=True)
class Replies:
    """The latest published reply by finding, and the findings to which one came that waits for organisers."""

    published: dict[int, Answer] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)


def replies_to(findings: Collection[Finding]) -> Replies:
    """What came after each letter, about its vote and demand; one query. Needs version and link of each finding."""
    replies = Replies()
    about = {(one.person_id, one.version.roll_call_id, one.link.demand_id): one for one in findings if one.asked_at}
    sent = Answer.objects.filter(kind=AnswerKind.REPLY.value, state__in=[*WAITING, AnswerState.PUBLISHED.value])
    sent = sent.filter(invitation__person__in={person for person, _, _ in about}).select_related("invitation")
    for answer in sent.order_by("received_at", "pk") if about else ():
        finding = about.get((answer.invitation.person_id, answer.roll_call_id or 0, answer.demand_id or 0))
        if finding is None or finding.asked_at is None or answer.received_at < finding.asked_at:
            continue
        if answer.state == AnswerState.PUBLISHED:
            replies.published[finding.pk] = answer
        else:
            replies.waiting.add(finding.pk)
    return replies
