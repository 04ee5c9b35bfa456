"""For which member organisation an organiser speaks, and what waits for it."""

from django.db.models import QuerySet

from coalition.accounts.models import User
from pledges.scorecards.enums import LinkState
from pledges.scorecards.links.actions import Voice
from pledges.scorecards.models import Link


def voice_on(link: Link, user: User) -> Voice | None:
    """For whom an organiser speaks on a link; None if their organisation is not of its coalition, or they have none."""
    of = user.organisation
    if of is None or of.coalition_id != link.demand.platform.coalition_id:
        return None
    return Voice(user, of.slug, of.name_ru, of.name_en)


def waiting_for(user: User) -> QuerySet[Link]:
    """The proposed links that this organiser could approve: of others, of another organisation of their coalition."""
    organisation = user.organisation
    if organisation is None:
        return Link.objects.none()
    proposed = Link.objects.filter(
        state=LinkState.PROPOSED.value, demand__platform__coalition=organisation.coalition_id
    ).exclude(author=user)
    return proposed.exclude(approvals__organisation=organisation.slug)
