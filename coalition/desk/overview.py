"""The front page of the desk as a work queue: what waits for whoever looks at it, what is late, what changed."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from coalition.accounts.models import User
from coalition.desk.queue import drafts_of, overdue_pledges, to_publish, to_review, words_to_review
from coalition.desk.voices import waiting_for
from coalition.digests.models import MailRoom
from coalition.digests.reports import few, subscriber_counts, unheard
from deputies.journal.models import Dispute
from deputies.people.models import Chamber, Faction
from deputies.votes.enums import EDITABLE, NameState, State
from deputies.votes.models import RollCall, RollCallVersion, Sitting
from deputies.votes.reports.translations import stale_votes
from pledges.findings.models import AgendaLink, Finding
from pledges.platform.enums import PlatformState
from pledges.platform.models import Coalition, CoalitionMembership, Platform, PlatformVersion
from pledges.scorecards.models import Link
from pledges.tracker.enums import Review
from pledges.tracker.models import Answer, Pledge, PledgeStatus


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a chamber needs before its pages say something."""

    words: str
    url: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits, with the page where it goes on."""

    words: str
    url: str
    told: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """The things of one kind that wait; `more` is how many are not listed."""

    title: str
    items: list[Item]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Letters:
    """What keeps letters from their readers: somebody who stopped them all, or a worker or mail server that is down."""

    stopped: MailRoom | None
    unheard: list[str]


@dataclass(frozen=True, slots=True)
class Overview:
    chambers: list[tuple[Chamber, list[Step]]]
    queues: list[Queue]
    readers: list[tuple[Chamber, str]]
    letters: Letters
    drill: Sitting | None = None  # while nobody has begun on it


def _add(noun: str, **given: int) -> str:
    return f"{reverse(f'admin:{noun}_add')}?{urlencode(given)}"


def _coalition_page(chamber: Chamber) -> str:
    """Where its members are added, or the coalition itself."""
    coalition: int | None = chamber.coalition_id  # type: ignore[attr-defined]
    if coalition is None:
        return _add("platform_coalition", chamber=chamber.pk)
    return f"{reverse('admin:platform_coalition_change', args=[coalition])}#memberships-group"


def _platform_page(chamber: Chamber) -> str:
    """Where the platform goes on: its draft version, the platform itself, or a new one."""
    found: tuple[int | None, int | None, int | None]
    found = chamber.draft_id, chamber.platform_id, chamber.coalition_id  # type: ignore[attr-defined]
    match found:
        case int(draft), _, _:
            return reverse("admin:platform_platformversion_change", args=[draft])
        case _, int(platform), _:
            return reverse("admin:platform_platform_change", args=[platform])
        case _, _, int(coalition):
            return _add("platform_platform", coalition=coalition)
    return _add("platform_platform")


def steps_of(chamber: Chamber) -> list[Step]:
    """The way from an empty chamber to a first scorecard; `chamber` as `chambers_counted` reads it."""
    here = reverse("admin:people_chamber_change", args=[chamber.pk])

    c = chamber
    return [
        Step(_("Add a term"), f"{here}#terms-group", c.n_terms > 0),  # type: ignore[attr-defined]
        Step(_("Add a voting rule: how many votes adopt a decision"), f"{here}#voting_rules-group", c.n_rules > 0),  # type: ignore[attr-defined]
        Step(_("Add the districts"), f"{here}#districts-group", c.n_districts > 0),  # type: ignore[attr-defined]
        Step(_("Add the factions"), _add("people_faction", chamber=chamber.pk), c.has_faction),  # type: ignore[attr-defined]
        Step(
            _("Add the deputies: %(count)d so far, %(seats)d seats") % {"count": c.n_mandates, "seats": chamber.seats},  # type: ignore[attr-defined]
            reverse("admin:people_mandate_newcomers", args=[chamber.pk]),
            c.n_mandates > 0,  # type: ignore[attr-defined]
        ),
        Step(_("Add the coalition and its members"), _coalition_page(chamber), c.has_member),  # type: ignore[attr-defined]
        Step(
            _("Add the platform, its demands and their text, and publish it"),
            _platform_page(chamber),
            c.has_platform,  # type: ignore[attr-defined]
        ),
        Step(_("Record the first roll call"), _add("votes_rollcall", chamber=chamber.pk), c.has_roll_call),  # type: ignore[attr-defined]
        Step(_("Link it to the demand it is about"), _add("scorecards_link"), c.has_link),  # type: ignore[attr-defined]
    ]


def chambers_counted() -> QuerySet[Chamber]:
    """Every chamber with what `steps_of` looks at, in one query."""

    def there(rows: object) -> Exists:
        return Exists(rows)  # type: ignore[arg-type]

    def first(rows: QuerySet[Any]) -> Subquery:
        return Subquery(rows.values("pk")[:1])

    here = OuterRef("pk")
    platforms = Platform.objects.filter(coalition__chamber=here)
    drafts = PlatformVersion.objects.filter(platform__coalition__chamber=here, state=PlatformState.DRAFT.value)
    return Chamber.objects.annotate(
        n_terms=Count("terms", distinct=True),
        n_rules=Count("voting_rules", distinct=True),
        n_districts=Count("districts", distinct=True),
        n_mandates=Count("mandates", distinct=True),
        has_faction=there(Faction.objects.filter(chamber=here)),
        coalition_id=first(Coalition.objects.filter(chamber=here).order_by("pk")),
        has_member=there(CoalitionMembership.objects.filter(coalition__chamber=here)),
        draft_id=first(drafts.order_by("pk")),
        platform_id=first(platforms.order_by(F("published").asc(nulls_first=True), "pk")),
        has_platform=there(platforms.filter(published__isnull=False)),
        has_roll_call=there(RollCall.objects.filter(chamber=here)),
        has_link=there(Link.objects.filter(roll_call__chamber=here)),
    ).order_by("pk")


SHOWN = 8
LATE = dt.timedelta(days=3)


def overview_of(user: AbstractBaseUser | AnonymousUser, at: dt.datetime) -> Overview:
    """What waits for `user`; a bounded number of queries, however much does."""
    readers = [(r.chamber, few(r.at_least)) for r in subscriber_counts()] if _may(user, "digests.view_counts") else []
    letters = Letters(MailRoom.stopped(), unheard(at).words)
    if not isinstance(user, User) or not user.has_perm("votes.view_rollcall"):
        return Overview([], [], readers, letters)
    counted = (
        [(chamber, steps_of(chamber)) for chamber in chambers_counted()] if user.has_perm("people.add_chamber") else []
    )
    found = [
        _of_versions(_("To review"), to_review(user), "review") if user.has_perm("votes.review_rollcall") else None,
        _of_versions(_("Approved, to publish"), to_publish(), "publish")
        if user.has_perm("votes.publish_rollcall")
        else None,
        *_entry_queues(user, at),
        _of_links(user),
        *_of_words(user, at),
        _of_coming_votes(user),
        _of_disputes(user),
        *_of_findings(user),
        *_of_answers(user),
        _stale(),
    ]
    unfinished = [(chamber, steps) for chamber, steps in counted if not all(step.is_done for step in steps)]
    queues = [queue for queue in found if queue is not None and queue.items]
    drill = _untouched_drill() if user.has_perm("votes.change_rollcall") else None
    return Overview(unfinished, queues, readers, letters, drill)


def _untouched_drill() -> Sitting | None:
    drills = Sitting.objects.filter(is_drill=True).exclude(roll_calls__versions__opened_at__isnull=False)
    return drills.select_related("chamber").order_by("pk").first()


def _may(user: AbstractBaseUser | AnonymousUser, permission: str) -> bool:
    return isinstance(user, User) and user.has_perm(permission)


def _entry_queues(user: User, at: dt.datetime) -> list[Queue]:
    if not user.has_perm("votes.change_rollcall"):
        return []
    unmatched = RollCallVersion.objects.filter(state__in=EDITABLE, written_names__state=NameState.UNMATCHED.value)
    changed = RollCall.objects.exclude(source_changed_at=None).order_by("source_changed_at")
    late = Sitting.objects.filter(began_at__lt=at - LATE, is_drill=False).exclude(roll_calls__published__isnull=False)
    return [
        _of_versions(_("My drafts"), drafts_of(user), "change"),
        _of_versions(
            _("Names to decide"), unmatched.select_related("roll_call__chamber").distinct().order_by("pk"), "names"
        ),
        _queue(
            _("Sittings without votes"),
            late.select_related("chamber").order_by("began_at"),
            lambda sitting: Item(str(sitting), reverse("admin:votes_sitting_change", args=[sitting.pk])),
        ),
        _queue(
            _("The source changed since"),
            changed.select_related("chamber", "published"),
            lambda call: Item(str(call.published.title if call.published else call.vote_id), _page("change", call.pk)),
        ),
    ]


def _page(name: str, roll_call_id: int) -> str:
    return reverse(f"admin:votes_rollcall_{name}", args=[roll_call_id])


def _queue(title: str, rows: QuerySet[Any], item_of: Callable[[Any], Item]) -> Queue:
    shown = list(rows[: SHOWN + 1])
    more = rows.count() - SHOWN if len(shown) > SHOWN else 0
    return Queue(title, [item_of(row) for row in shown[:SHOWN]], more)


def _of_versions(title: str, rows: QuerySet[RollCallVersion], page: str) -> Queue:
    return _queue(
        title,
        rows,
        lambda version: Item(
            str(version.title),
            _page(page, version.roll_call_id),
            " · ".join(filter(None, [*_place(version), str(version.get_state_display())])),
        ),
    )


def _place(version: RollCallVersion) -> tuple[str, str, str]:
    """Chamber, day and number: two questions of one title are told apart."""
    chamber = version.roll_call.chamber
    day = date_format(version.held_at.astimezone(chamber.zone)) if version.held_at else ""
    return str(chamber.name), day, version.question_number


def _of_links(user: User) -> Queue | None:
    if not user.has_perm("scorecards.approve_link"):
        return None
    return _queue(
        _("Links that wait for another organisation"),
        waiting_for(user).select_related("demand", "roll_call").order_by("pk"),
        lambda link: Item(
            link.demand.demand_id, reverse("admin:scorecards_link_change", args=[link.pk]), link.roll_call.vote_id
        ),
    )


def _of_words(user: User, at: dt.datetime) -> list[Queue]:
    """What was recorded of deputies' words and waits for a second person, and promises whose day has passed."""
    found = []
    if user.has_perm("tracker.review_word"):
        pledges, statuses = words_to_review(Pledge, user), words_to_review(PledgeStatus, user)
        found.append(_queue(_("Words of deputies, to publish"), pledges, lambda one: _of_pledge(one, "review")))
        found.append(_queue(_("Statuses of pledges, to publish"), statuses, _of_status))
    if user.has_perm("tracker.add_pledgestatus"):
        title = _("Promises past their day, without a final status")
        found.append(_queue(title, overdue_pledges(at.date()), lambda one: _of_pledge(one, "change")))
    return found


def _of_pledge(pledge: Pledge, page: str) -> Item:
    words = f"{pledge.who}: {pledge.get_stance_display()}"
    due = _("due on %(day)s") % {"day": date_format(pledge.due_on)} if pledge.due_on else date_format(pledge.said_on)
    return Item(words, reverse(f"admin:tracker_pledge_{page}", args=[pledge.pk]), f"{pledge.demand.demand_id}, {due}")


def _of_status(status: PledgeStatus) -> Item:
    pledge = status.pledge
    words = f"{pledge.who}: {status.get_status_display()}"
    told = f"{pledge.demand.demand_id}, {date_format(status.on)}"
    return Item(words, reverse("admin:tracker_pledgestatus_review", args=[status.pk]), told)


def _of_coming_votes(user: User) -> Queue | None:
    if not user.has_perm("findings.publish_agendalink"):
        return None
    waiting = AgendaLink.objects.filter(review=Review.PROPOSED.value, item__frozen_at=None).exclude(author=user)
    return _queue(
        _("Demands of coming votes that wait for a second person"),
        waiting.select_related("demand", "item").order_by("item__starts_at", "pk"),
        lambda link: Item(
            str(link.item.title),
            reverse("admin:findings_agendalink_change", args=[link.pk]),
            link.demand.demand_id,
        ),
    )


def _of_disputes(user: User) -> Queue | None:
    if not user.has_perm("journal.answer_dispute"):
        return None
    return _queue(
        _("Reports of mistakes, by deadline"),
        Dispute.objects.open().by_deadline(),
        lambda report: Item(
            _("Report %(number)s") % {"number": report.number},
            reverse("admin:journal_dispute_change", args=[report.pk]),
            _("answer by %(day)s") % {"day": date_format(report.answer_by)},
        ),
    )


def _of_findings(user: User) -> list[Queue]:
    """What linkers are to look at and ask about, and what publishers are to decide that others took up."""
    found = []
    if user.has_perm("findings.change_finding"):
        waiting = Finding.objects.to_ask().order_by("detected_at", "pk")
        found.append(_queue(_("Findings to look at"), waiting.select_related("person", "version"), _finding))
    if user.has_perm("findings.review_finding"):
        ready = Finding.objects.to_publish().exclude(taken_by=user).order_by("settled_at", "taken_at", "pk")
        found.append(_queue(_("Findings to publish"), ready.select_related("person", "version"), _finding))
    return found


def _finding(finding: Finding) -> Item:
    url = reverse("admin:findings_finding_change", args=[finding.pk])
    told = (str(finding.get_kind_display()), str(finding.get_state_display()), str(finding.version.title))
    return Item(str(finding.person.name), url, " · ".join(told))


def _of_answers(user: User) -> list[Queue]:
    """What deputies sent: to confirm, and to publish by another person than the one who confirmed."""
    queues = []
    if user.has_perm("tracker.change_answer"):
        queues.append((_("Deputies’ answers to confirm"), Answer.objects.to_confirm()))
    if user.has_perm("tracker.review_word"):
        queues.append((_("Deputies’ answers to publish"), Answer.objects.to_publish().exclude(confirmed_by=user)))
    return [_queue(title, rows.select_related("invitation__person"), _answer_item) for title, rows in queues]


def _answer_item(answer: Answer) -> Item:
    page = reverse("admin:tracker_answer_change", args=[answer.pk])
    told = f"{answer.get_kind_display()} · {date_format(answer.received_at)}"
    return Item(str(answer.invitation.person.name), page, told)


def _stale() -> Queue:
    """Published votes with a summary in one language only, or in one changed while the other did not follow."""
    missing = Q(summary_ru="") ^ Q(summary_en="")
    rows = RollCallVersion.objects.filter(missing | Q(roll_call__in=stale_votes()), state=State.PUBLISHED.value)
    return _of_versions(_("Translations to renew"), rows.select_related("roll_call__chamber").order_by("pk"), "change")
