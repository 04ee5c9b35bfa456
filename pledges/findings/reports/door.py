"""What stands behind a deputy's personal link: what they can speak of, and what they have sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import F

from deputies.sources.language import Words
from deputies.votes.models import Ballot, RollCall
from pledges.findings.enums import FindingKind, FindingState
from pledges.findings.models import Finding
from pledges.platform.enums import COUNTED, Chapter
from pledges.platform.models import Demand, DemandText
from pledges.scorecards.enums import LinkState
from pledges.tracker.enums import AnswerKind, AnswerState
from pledges.tracker.models import Answer, Invitation

VOTES = 20  # the latest ones
OF_DEMAND = (AnswerKind.SIGN, AnswerKind.PROMISE, AnswerKind.REFUSE, AnswerKind.COMMENT)
PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that a deputy can speak of, and how; `key` names it in forms."""

    key: str
    kinds: tuple[AnswerKind, ...]
    title: Words
    text: DemandText | None = None
    ballot: Ballot | None = None
    finding: Finding | None = None

    @property
    def demand(self) -> Demand | None:
        return self.finding.link.demand if self.finding else self.text.demand if self.text else None

    @property
    def vote(self) -> RollCall | None:
        version = self.finding.version if self.finding else self.ballot.version if self.ballot else None
        return version.roll_call if version else None


@dataclass(frozen=True)
class Door:
    """A personal link with its demands, the votes to explain, our open questions, and what came by it, latest first."""

    invitation: Invitation
    platform: Subject
    demands: list[Subject]
    votes: list[Subject]
    questions: list[Subject]
    sent: list[tuple[Answer, Words]]

    @cached_property
    def subjects(self) -> Mapping[str, Subject]:
        return {one.key: one for one in (self.platform, *self.demands, *self.votes, *self.questions)}

    @property
    def chapters(self) -> list[tuple[Chapter, list[Subject]]]:
        chapters = [(c, [one for one in self.demands if one.text and one.text.demand.chapter == c]) for c in COUNTED]
        return [(chapter, demands) for chapter, demands in chapters if demands]


def door_of(invitation: Invitation) -> Door:
    """What the holder of a link finds; five queries. What is written of a published platform only."""
    version = invitation.platform.published
    texts = list(DemandText.objects.filter(version=version).select_related("demand").order_by("order", "pk"))
    answers = list(
        Answer.objects.filter(invitation=invitation)
        .select_related("demand", "roll_call__published")
        .order_by("-received_at", "-pk")
    )
    title = version.title if version else Words(str(invitation.platform), "en")
    explained = {a.roll_call_id for a in answers if a.kind == AnswerKind.EXPLAIN and a.state != AnswerState.SET_ASIDE}
    return Door(
        invitation,
        Subject(PLATFORM, (AnswerKind.SIGN,), title),
        [Subject(f"demand-{t.demand_id}", OF_DEMAND, t.title, text=t) for t in texts if t.demand.chapter in COUNTED],
        [
            Subject(f"vote-{ballot.version.roll_call_id}", (AnswerKind.EXPLAIN,), ballot.version.title, ballot=ballot)
            for ballot in _linked_ballots(invitation)
            if ballot.version.roll_call_id not in explained
        ],
        [
            Subject(f"question-{f.pk}", (AnswerKind.REPLY,), f.version.title, text=_text(texts, f), finding=f)
            for f in _open_questions(invitation)
        ],
        [(answer, _about(answer, texts, title)) for answer in answers],
    )


def _linked_ballots(invitation: Invitation) -> list[Ballot]:
    """The deputy's ballots in the latest votes that count for a demand of the platform."""
    linked = RollCall.objects.filter(
        links__demand__platform=invitation.platform_id, links__state=LinkState.PUBLISHED.value
    )
    cast = Ballot.objects.filter(person=invitation.person_id, version__roll_call__in=linked.values("pk"))
    cast = cast.filter(version__roll_call__published=F("version")).select_related("version__roll_call__chamber")
    return list(cast.order_by(F("version__held_at").desc(nulls_last=True), "-pk")[:VOTES])


def _open_questions(invitation: Invitation) -> list[Finding]:
    """Votes about which a letter of ours asked and to which no reply is published, the silence published or not."""
    asked = Finding.objects.filter(
        person=invitation.person_id,
        kind=FindingKind.DIFFERS.value,
        state__in=[FindingState.ASKED.value, FindingState.SILENT.value, FindingState.PUBLISHED.value],
        reply=None,
        link__demand__platform=invitation.platform_id,
    )
    return list(asked.select_related("version__roll_call__chamber", "link__demand").order_by("asked_at", "pk"))


def _text(texts: Iterable[DemandText], finding: Finding) -> DemandText | None:
    return next((text for text in texts if text.demand_id == finding.link.demand_id), None)


def _about(answer: Answer, texts: Iterable[DemandText], platform: Words) -> Words:
    if answer.roll_call and answer.roll_call.published:
        return answer.roll_call.published.title
    if answer.demand is None:
        return platform
    found = next((text.title for text in texts if text.demand_id == answer.demand_id), None)
    return found or Words(answer.demand.demand_id, "en")
