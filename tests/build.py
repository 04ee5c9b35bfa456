"""Typed builders: the smallest true rows of each kind, so that a test names only what it is about."""

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import OuterRef, Subquery

from coalition.accounts.models import MemberOrganisation
from deputies.journal.actions import file_dispute
from deputies.journal.models import Dispute, Evidence
from deputies.people.enums import Threshold
from deputies.people.models import Chamber, District, Faction, FactionMembership, Mandate, Person, Term, VotingRule
from deputies.sources.models import cite
from deputies.votes.actions import announce, content_hashes
from deputies.votes.enums import Position
from deputies.votes.models import AgendaItem, Ballot, RollCall, RollCallVersion
from pledges.findings.actions import ask, sweep, take_up
from pledges.findings.actions import publish as publish_finding
from pledges.findings.actions.expecting import publish_link
from pledges.findings.enums import FindingKind, FindingState
from pledges.findings.models import AgendaLink, Finding
from pledges.platform.enums import Chapter
from pledges.platform.models import Coalition, Demand, DemandText, Platform, PlatformVersion
from pledges.scorecards.actions import publish_platform, publish_roll_calls
from pledges.scorecards.enums import Role, Wants
from pledges.scorecards.models import Link, Ruling
from pledges.tracker.actions import confirm_answer, invite, publish_answer, receive
from pledges.tracker.enums import AnswerKind, AnswerState, Review, Stance, Status
from pledges.tracker.models import Answer, Invitation, Pledge, PledgeStatus, Signature

START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
AT = dt.datetime(2024, 6, 1, 12, tzinfo=dt.UTC)
LATER = dt.datetime(2024, 6, 2, 12, tzinfo=dt.UTC)
_numbers = count(1)


def moment(day: int, hour: int = 12) -> dt.datetime:
    """Noon (UTC) on the day-th day after the term began."""
    return START + dt.timedelta(days=day, hours=hour)


def chamber(*, seats: int = 5, threshold: Threshold = Threshold.VOTING, slug: str = "", **more: Any) -> Chamber:
    number = next(_numbers)
    made = Chamber.objects.create(
        slug=slug or f"chamber-{number}", name_en=f"Chamber {number}", name_ru=f"Палата {number}", seats=seats, **more
    )
    Term.objects.create(chamber=made, number=1, name_en="First term", held=DateTimeTZRange(START, None))
    VotingRule.objects.create(chamber=made, in_force=DateTimeTZRange(None, None), threshold=threshold.value)
    return made


def faction(in_chamber: Chamber, name: str) -> Faction:
    made, _ = Faction.objects.get_or_create(chamber=in_chamber, slug=name.lower(), defaults={"name_en": name})
    return made


def deputy(
    in_chamber: Chamber,
    name: str = "",
    *,
    group: str = "",
    held: tuple[dt.datetime | None, dt.datetime | None] = (START, None),
) -> Person:
    """A person with a mandate in a district of their own, and in a faction if `group` names one."""
    number = next(_numbers)
    person = Person.objects.create(slug=f"person-{number}", name_en=name or f"Person {number}")
    mandate = Mandate.objects.create(
        person=person,
        chamber=in_chamber,
        term=in_chamber.terms.get(),
        district=District.objects.create(chamber=in_chamber, number=in_chamber.districts.count() + 1),
        held=DateTimeTZRange(*held),
    )
    if group:
        FactionMembership.objects.create(mandate=mandate, faction=faction(in_chamber, group), held=mandate.held)
    return person


def draft(
    in_chamber: Chamber,
    positions: Mapping[Person, Position] | None = None,
    *,
    held_at: dt.datetime | None = None,
    threshold: Threshold | None = None,
    roll_call: RollCall | None = None,
    **more: Any,
) -> RollCallVersion:
    """A draft version with these ballots, the first or the next of its roll call."""
    number = next(_numbers)
    roll_call = roll_call or RollCall.objects.create(chamber=in_chamber, vote_id=f"v{number}", slug=f"v{number}")
    version = RollCallVersion.objects.create(
        roll_call=roll_call,
        number=roll_call.versions.count() + 1,
        held_at=None if more.get("held_precision") == "unknown" else held_at or moment(10),
        threshold=(threshold or Threshold(in_chamber.voting_rules.get().threshold)).value,
        **{"title_en": f"Question {number}"} | (_correcting() if roll_call.versions.exists() else {}) | more,
    )
    Ballot.objects.bulk_create(_ballots(version, positions or {}))
    return version


def _correcting() -> dict[str, Any]:
    return {"reason": "the clerk's erratum", "evidence": cite(title="An erratum")}


def submitted(version: RollCallVersion, *, entered_by: Any) -> RollCallVersion:
    """The version as one person entered, checked and submitted it."""
    RollCallVersion.objects.filter(pk=version.pk).update(state="checked", entered_by=entered_by)
    RollCallVersion.objects.filter(pk=version.pk).update(state="submitted", submitted_at=AT)
    version.refresh_from_db()
    return version


def approved(version: RollCallVersion, *, entered_by: Any, reviewed_by: Any) -> RollCallVersion:
    """The version as two persons left it: entered and checked by one, approved by the other."""
    submitted(version, entered_by=entered_by)
    seal = content_hashes([version.pk])[version.pk]
    reviewed = {"state": "reviewed", "reviewed_by": reviewed_by, "reviewed_at": AT, "reviewed_hash": seal}
    RollCallVersion.objects.filter(pk=version.pk).update(**reviewed)
    version.refresh_from_db()
    return version


def ballot(version: RollCallVersion, person: Person, position: Position = Position.FOR, **more: Any) -> Ballot:
    [made] = _ballots(version, {person: position}, **more)
    made.save()
    return made


def _ballots(version: RollCallVersion, positions: Mapping[Person, Position], **more: Any) -> list[Ballot]:
    """Unsaved ballots, each with the mandate in the chamber and the first faction of its deputy; one query for all."""
    mandates = Mandate.objects.filter(chamber=version.roll_call.chamber_id, person__in=list(positions))
    first = FactionMembership.objects.filter(mandate=OuterRef("pk")).order_by("pk").values("faction")[:1]
    held = {person: row for person, *row in mandates.values_list("person", "pk", Subquery(first))}
    return [
        Ballot(
            version=version,
            person=person,
            mandate_id=held[person.pk][0],
            faction_id=held[person.pk][1],
            position=position.value,
            **more,
        )
        for person, position in positions.items()
    ]


def publish(*versions: RollCallVersion, at: dt.datetime = AT) -> None:
    publish_roll_calls(versions=versions, by=None, vouched=True, at=at)


def vote(in_chamber: Chamber, positions: Mapping[Person, Position], **more: Any) -> RollCall:
    """A published roll call with these ballots."""
    version = draft(in_chamber, positions, **more)
    publish(version)
    return version.roll_call


def platform(
    in_chamber: Chamber, *, demands: Sequence[Chapter] = (Chapter.SOCIAL,), profile: str = "votes-cast"
) -> Platform:
    """A published platform with one demand for each chapter named, in force since the term began, without links."""
    number = next(_numbers)
    coalition = Coalition.objects.create(
        chamber=in_chamber, slug=f"coalition-{number}", name_en=f"Coalition {number}", name_ru=f"Коалиция {number}"
    )
    made = Platform.objects.create(coalition=coalition, slug=f"platform-{number}")
    version = PlatformVersion.objects.create(platform=made, title_en=f"Platform {number}", profile=profile)
    for order, chapter in enumerate(demands, 1):
        demand = Demand.objects.create(
            platform=made, slug=f"d{order}", demand_id=f"d{order}", chapter=chapter.value, in_force_from=START.date()
        )
        DemandText.objects.create(version=version, demand=demand, order=order, title_en=f"Demand {order}")
    publish_platform(platform=made, version=version, links=[], vouched=True, at=AT)
    return made


def link(
    to: Demand,
    roll_call: RollCall,
    *,
    wants: Wants = Wants.PASS,
    weight: int = 1000,
    role: Role = Role.SCORING,
    published: bool = True,
) -> Link:
    made = Link.objects.create(
        demand=to,
        roll_call=roll_call,
        version=Link.objects.filter(demand=to, roll_call=roll_call).count() + 1,
        wants=wants.value,
        weight=weight,
        role=role.value,
        reasoning_en="It is what the demand asks.",
    )
    if published:
        publish_platform(platform=to.platform, version=None, links=[made], vouched=True, at=AT)
    return made


def organisation(of: Platform, name: str) -> MemberOrganisation:
    return MemberOrganisation.objects.create(
        coalition=of.coalition, slug=name.lower(), name_en=name, name_ru=f"Организация {name}"
    )


def ruling(of: Platform, roll_call: RollCall, *, published: bool = True, **says: Any) -> Ruling:
    """A ruling with a reason and a source; `says` is its kind and what it rules."""
    more = {"source": cite(title="A statement"), "reason_en": "They said so.", "reason_ru": "Они так сказали."}
    made = Ruling.objects.create(platform=of, roll_call=roll_call, **more | says)
    if published:
        publish_platform(platform=of, version=None, links=[], rulings=[made], vouched=True, at=AT)
    return made


def signature(person: Person, of: Demand | PlatformVersion, signed_on: dt.date, **more: Any) -> Signature:
    """That a deputy signed a demand, or a version of a platform."""
    to = {"demand": of} if isinstance(of, Demand) else {"platform_version": of}
    return Signature.objects.create(
        person=person, signed_on=signed_on, source=cite(title="A signed sheet"), **to, **more
    )


def pledge(
    person: Person | None, to: Demand, said_on: dt.date | None = None, *, published: bool = True, **more: Any
) -> Pledge:
    """A promise with a criterion and a day, as one caller vouched for it; `more` may make it another stance."""
    said_on = said_on or START.date()
    measurable = {"is_measurable": True, "criterion_en": "A vote for it.", "due_on": said_on + dt.timedelta(days=365)}
    says = {"stance": Stance.PROMISED.value, "words": "Обещаю.", "language": "ru", **measurable}
    if more.get("stance", Stance.PROMISED.value) != Stance.PROMISED.value:
        says = {"words": ""}
    made = Pledge.objects.create(
        person=person, demand=to, said_on=said_on, **{"source": cite(title="An interview")} | says | more
    )
    if published:
        made.review, made.vouched, made.reviewed_at = Review.PUBLISHED.value, True, AT
        made.save()
    return made


def status(
    of: Pledge, word: Status = Status.KEPT, on: dt.date | None = None, *, published: bool = True, **more: Any
) -> PledgeStatus:
    """That a promise came to a status a day after it was given, as one caller vouched for it."""
    on = on or of.said_on + dt.timedelta(days=1)
    says = {"note_en": "It was seen.", "evidence": cite(title="The minutes")}
    made = PledgeStatus.objects.create(pledge=of, status=word.value, on=on, **says | more)
    if published:
        made.review, made.vouched, made.reviewed_at = Review.PUBLISHED.value, True, AT
        made.save()
    return made


def findings(kind: FindingKind, *, at: dt.datetime = AT, taken_by: Any = None) -> list[Finding]:
    """What a sweep of the record raises of a kind, taken up and published by one who vouches; what differs, in silence.

    Those that differ are asked at once and published when the time to reply is over.
    """
    sweep(at=at)
    for one in Finding.objects.filter(kind=kind.value, state=FindingState.DETECTED.value).order_by("pk"):
        take_up(finding=one, by=taken_by, at=at, vouched=True)
        if kind is FindingKind.DIFFERS:
            ask(finding=one, by=taken_by, at=at)
    later = at + dt.timedelta(days=31) if kind is FindingKind.DIFFERS else at
    sweep(at=later)
    ready = [FindingState.UNDER_REVIEW.value, FindingState.SILENT.value]
    chosen = Finding.objects.filter(kind=kind.value, state__in=ready).order_by("pk")
    return [publish_finding(finding=one, by=None, at=later, vouched=True) for one in chosen]


def reply(
    finding: Finding, text: str = "Вот почему.", *, at: dt.datetime | None = None, published: bool = True
) -> Answer:
    """What a deputy wrote to the letter about a finding, by a personal link; as one caller vouched for it."""
    at = at or (finding.asked_at or AT) + dt.timedelta(days=1)
    platform = finding.link.demand.platform
    invitation = Invitation.objects.create(
        platform=platform, person=finding.person, nonce=f"n{next(_numbers)}", made_at=at,
        expires_at=at + dt.timedelta(days=60),
    )  # fmt: skip
    made = Answer.objects.create(
        invitation=invitation, kind=AnswerKind.REPLY.value, demand=finding.link.demand,
        roll_call=finding.version.roll_call, text=text, language="ru", received_at=at,
    )  # fmt: skip
    return published_reply(made) if published else made


def published_reply(answer: Answer) -> Answer:
    """The answer after the two steps that make it public."""
    answer.state, answer.confirmed_at, answer.confirmed_how = AnswerState.CONFIRMED.value, LATER, "By telephone."
    answer.vouched = True
    answer.save()
    answer.state, answer.published_at = AnswerState.PUBLISHED.value, LATER
    answer.save()
    return answer


def flags(*, at: dt.datetime = AT) -> list[Finding]:
    """Every vote across a red line on record, reviewed and published."""
    return findings(FindingKind.RED_LINE, at=at)


def invitation(person: Person, of: Platform, *, email: str = "", **more: Any) -> Invitation:
    """A personal link that works from AT for thirty days, its letter not sent yet."""
    says: dict[str, Any] = {"language": "en", "expires_at": AT + dt.timedelta(days=30), "by": None, "at": AT, **more}
    return invite(platform=of, persons=[person], emails={person.pk: email}, **says)[0]


def answer(link: Invitation, kind: AnswerKind = AnswerKind.COMMENT, *, published: bool = True, **more: Any) -> Answer:
    """What came by a link, about the first demand unless `more` names a demand or a vote."""
    if "roll_call" not in more and "demand" not in more:
        more["demand"] = link.platform.demands.order_by("pk")[0]
    says: dict[str, Any] = {"language": "en", "at": AT, "text": "My own words."} | more
    made = receive(invitation=link, kind=kind, **says)
    if published:
        confirm_answer(answer=made, how="By telephone.", by=None, at=AT)
        made = publish_answer(answer=made, by=None, vouched=True, at=AT)
    return made


def dispute(
    roll_call: RollCall | None = None,
    person: Person | None = None,
    *,
    shows: Sequence[str] = (),
    at: dt.datetime = LATER,
    zone: str = "UTC",
    token: str = "",
    **more: Any,
) -> Dispute:
    """A report on a row, with the addresses that it `shows` as evidence."""
    subject = {
        "chamber": roll_call.chamber.slug if roll_call else "",
        "roll_call": roll_call.pk if roll_call else None,
        "person": person.pk if person else None,
    }
    return file_dispute(
        dispute=Dispute(**subject, **{"should_say": "against"} | more),
        evidence=[Evidence.of_address(url) for url in shows],
        token=token or f"token-{next(_numbers)}",
        zone=ZoneInfo(zone),
        at=at,
    )


def item(in_chamber: Chamber, starts_at: dt.datetime, *, at: dt.datetime = AT, **more: Any) -> AgendaItem:
    """A coming vote announced at `at` under the chamber's only rule."""
    said = {"title_en": f"Coming question {next(_numbers)}", "source": cite(title="Agenda")}
    threshold = in_chamber.voting_rules.get().threshold
    return announce(
        item=AgendaItem(chamber=in_chamber, starts_at=starts_at, **{"threshold": threshold} | said | more), at=at
    )


def item_link(
    to: Demand, of: AgendaItem, *, wants: Wants = Wants.PASS, published: bool = True, at: dt.datetime = AT, **more: Any
) -> AgendaLink:
    """That a coming vote is about a demand, as one caller vouched for it."""
    made = AgendaLink.objects.create(
        item=of, demand=to, wants=wants.value, **{"reasoning_en": "It is what the demand asks."} | more
    )
    return publish_link(link=made, by=None, vouched=True, at=at) if published else made
