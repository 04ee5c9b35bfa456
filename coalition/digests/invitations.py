"""The letter with a deputy's personal link: by e-mail, and the same words in print.

The address is erased in the transaction that marks the letter as sent; arguments and logs hold ids only.
"""

import datetime as dt
import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext, override

from coalition.digests.letters import site_url
from coalition.digests.messages import Letter, headers_of
from coalition.digests.posting import NotNow, Post, Refused
from coalition.digests.questions import NoQuestion, question_about
from coalition.digests.sealing import Sealed
from deputies.people.models import Chamber, Person
from deputies.sources.language import Words
from pledges.findings.enums import FindingState
from pledges.findings.models import Finding
from pledges.findings.reports.told import JOINED
from pledges.platform.models import Coalition
from pledges.scorecards import wording
from pledges.tracker.actions import token_of
from pledges.tracker.models import Invitation

logger = logging.getLogger(__name__)


def words_of(invitation: Invitation) -> dict[str, Any]:
    """What a letter says, in the language that is active; its platform is published."""
    coalition: Coalition = invitation.platform.coalition
    chamber: Chamber = coalition.chamber
    person: Person = invitation.person
    platform = invitation.platform.published
    return {
        "person": person.name,
        "chamber": chamber.name,
        "is_invented": chamber.is_invented,
        "coalition": coalition.name,
        "platform": platform.title if platform else Words("", "en"),
        "until": wording.day_words(invitation.expires_at.astimezone(chamber.zone).date()),
        "url": site_url("word", token=token_of(invitation)),
        "contact": settings.CONTACT,
        "language": invitation.language,
    }


def letter_of(invitation: Invitation) -> Letter:
    """The letter to the address that the invitation still has, about the vote it asks of; its subject says nothing.

    Raises NoQuestion where the vote is not asked about any more.
    """
    asked = Finding.objects.select_related(*JOINED).filter(invitation=invitation).first()
    if asked and asked.state not in (FindingState.ASKED, FindingState.SILENT):
        raise NoQuestion
    with override(invitation.language):
        words = words_of(invitation) | {"subject": gettext("A letter to the deputy")}
        if asked:
            question = question_about(asked, invitation.language)
            text, html = question.text, question.html
        else:
            text, html = (render_to_string(f"emails/invitation.{kind}", words) for kind in ("txt", "html"))
    sealed = Sealed(invitation.email, token_of(invitation))
    headers = headers_of(sealed, "invitation", invitation.language)
    return Letter(address=sealed.address, subject=words["subject"], text=text, html=html, headers=headers)


@transaction.atomic
def send_invitation(*, invitation_id: int, at: dt.datetime, post: Post) -> bool:
    """Send one letter and forget its address; whether it went out.

    A mail server that says no for good ends it too: the letter is then for print.
    """
    waiting = Invitation.objects.to_send(at).select_related("person", "platform__coalition__chamber")
    waiting = waiting.select_related("platform__published")
    invitation = waiting.select_for_update(skip_locked=True, of=("self",)).filter(pk=invitation_id).first()
    if invitation is None:
        return False
    try:
        post.send(letter_of(invitation))
        invitation.sent_at = at
    except NoQuestion:
        logger.warning("invitation %s asks of nothing any more", invitation_id)
    except NotNow as problem:
        logger.warning("invitation %s put off: %s", invitation_id, problem)
        return False
    except Refused as refusal:
        logger.warning("invitation %s refused: %s", invitation_id, refusal)
    invitation.email = ""
    invitation.save(update_fields=["sent_at", "email"])
    return invitation.sent_at is not None


def send_invitations(*, at: dt.datetime) -> int:
    """Send all letters that wait, and forget the addresses of those whose link is over; how many went out."""
    Invitation.objects.filter(expires_at__lte=at).exclude(email="").update(email="")
    waiting = list(Invitation.objects.to_send(at).order_by("pk").values_list("pk", flat=True))
    with Post() as post:
        return sum(send_invitation(invitation_id=pk, at=at, post=post) for pk in waiting if not post.is_down)
