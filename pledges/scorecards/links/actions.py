"""How a link comes to count: proposed for one organisation, approved for another, and what an objection does."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from deputies.journal.actions import append, wait_for_turn, wait_unless_frozen
from deputies.journal.enums import EventKind
from deputies.journal.models import Event
from pledges.scorecards.actions import publish_platform, recount
from pledges.scorecards.enums import Cause, LinkState
from pledges.scorecards.models import Link, LinkApproval, LinkVeto
from pledges.scorecards.reports.links import is_refused

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


class NotWaiting(Exception):
    """The link is in another state than the one in which this can be done to it."""


class SameSide(Exception):
    """The person or the organisation stands behind the link already: it needs another one of each."""


class NotInForce(Exception):
    """The vote was held when the demand was not in force: it can be listed and not counted."""


@dataclass(frozen=True, slots=True)
class Voice:
    """An organiser, and the member organisation that they speak for."""

    by: "AbstractBaseUser"
    slug: str
    name_ru: str
    name_en: str

    def says(self) -> dict[str, object]:
        return {
            "by": self.by,
            "organisation": self.slug,
            "organisation_ru": self.name_ru,
            "organisation_en": self.name_en,
        }


@transaction.atomic
def propose_links(*, links: Collection[Link], voice: Voice, at: dt.datetime) -> list[Event]:
    """Put drafts before the other organisations; the proposal is the first approval, and no event yet.

    Raises NotWaiting if one is not a draft, NotInForce.
    """
    for link in _locked(links, LinkState.DRAFT):
        if is_refused(link):
            raise NotInForce(f"{link} counts a vote held when the demand was not in force")
        link.state, link.author = LinkState.PROPOSED.value, voice.by  # type: ignore[assignment]
        link.save(update_fields=["state", "author"])
        LinkApproval.objects.create(link=link, at=at, **voice.says())
    return []


@transaction.atomic
def approve_links(*, links: Collection[Link], voice: Voice, at: dt.datetime) -> list[Event]:
    """Stand behind proposed links for a second organisation, which publishes them; an event for each platform.

    Raises NotWaiting, SameSide or NotInForce; then nothing is published.
    """
    by_platform: dict[int, list[Link]] = {}
    for link in _locked(links, LinkState.PROPOSED):
        if is_refused(link):
            raise NotInForce(f"{link} counts a vote held when the demand was not in force")
        if any(one.by_id == voice.by.pk or one.organisation == voice.slug for one in link.approvals.all()):
            raise SameSide(f"{link} needs another person of another organisation")
        LinkApproval.objects.create(link=link, at=at, **voice.says())
        by_platform.setdefault(link.demand.platform_id, []).append(link)
    return [
        publish_platform(
            version=None, links=of, platform=of[0].demand.platform, vouched=False, approver=voice.by, at=at
        )
        for of in by_platform.values()
    ]


@transaction.atomic
def veto_link(*, link: Link, voice: Voice, reason_ru: str, reason_en: str, at: dt.datetime) -> LinkVeto:
    """Object to a link for an organisation: it is shown as disputed, and no longer counted from now on.

    Raises NotWaiting if it is a draft, or replaced; IntegrityError without a reason, or if the organisation objects
    already.
    """
    (stored,) = _locked([link], LinkState.PROPOSED, LinkState.PUBLISHED, LinkState.VETOED)
    veto = LinkVeto.objects.create(link=stored, reason_ru=reason_ru, reason_en=reason_en, at=at, **voice.says())
    _move(stored, LinkState.VETOED, at)
    return veto


@transaction.atomic
def withdraw_veto(*, link: Link, voice: Voice, at: dt.datetime) -> None:
    """Take an organisation's objection back; without another one the link is what it was before.

    Raises NotWaiting if the link is not disputed by this organisation.
    """
    (stored,) = _locked([link], LinkState.VETOED)
    if not stored.vetoes.filter(organisation=voice.slug, withdrawn_at=None).update(withdrawn_at=at):
        raise NotWaiting(f"{link} is not disputed by {voice.slug}")
    if not stored.vetoes.filter(withdrawn_at=None).exists():
        _move(stored, LinkState.PUBLISHED if stored.published_at else LinkState.PROPOSED, at)


def _locked(links: Collection[Link], *states: LinkState) -> list[Link]:
    """The links as they are stored, until the transaction ends; raises NotWaiting if one is in another state."""
    wait_for_turn()  # publications, approvals and objections follow one another
    chosen = Link.objects.select_for_update(of=("self",)).filter(pk__in=[link.pk for link in links], state__in=states)
    joined = chosen.select_related(
        "demand__platform__coalition__chamber",
        "demand__platform__published",
        "roll_call__published",
        "roll_call__chamber",
    )
    stored = list(joined.order_by("pk"))
    if len(stored) != len(links):
        raise NotWaiting(f"{len(links) - len(stored)} of these links are not {' or '.join(states)}")
    return stored


def _move(link: Link, state: LinkState, at: dt.datetime) -> None:
    """Another state, with the scores that follow if the link was or is counted. Raises Frozen if any would."""
    if link.state == state:
        return
    is_counted = LinkState.PUBLISHED in (link.state, state)
    if is_counted:
        wait_unless_frozen(link.demand.platform.coalition.chamber.slug)
    link.state = state.value
    link.save(update_fields=["state"])
    if is_counted:
        platform = link.demand.platform
        event = append(
            kind=EventKind.SCORES_RECOUNTED,
            chamber=platform.coalition.chamber.slug,
            subject=f"platform:{platform.pk}",
            facts={"platform": platform.pk, "link": link.pk},
            at=at,
        )
        recount(
            platform=platform, demands=[link.demand_id], cause=Cause.PLATFORM_EDIT, event=event,
            roll_call=link.roll_call,
        )  # fmt: skip
