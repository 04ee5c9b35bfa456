"""What a mail provider tells of our letters afterwards, by webhooks that anymail checks.

Whose letter it was is told by the token that went with it, never by the recipient's address.
"""

from anymail import urls as of_all
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.dispatch import receiver
from django.urls import URLPattern
from django.utils import timezone

from coalition.digests.actions import bouncing
from coalition.digests.bounces import kind_of
from coalition.digests.enums import BounceKind
from coalition.digests.sealing import token_hash

FAILED = {EventType.BOUNCED, EventType.REJECTED}
UNWANTED = {EventType.COMPLAINED, EventType.UNSUBSCRIBED}


def webhooks(provider: str) -> list[URLPattern]:
    """Where one provider tells what became of letters; the doors of all others stay shut.

    Raises ImproperlyConfigured.
    """
    names = {f"{provider}_tracking_webhook", f"{provider}_webhook"}
    found = [pattern for pattern in of_all.urlpatterns if pattern.name in names]
    if not found:
        raise ImproperlyConfigured(f"NAKAZ_MAIL_PROVIDER: anymail hears of no letters of “{provider}”.")
    return found


@receiver(tracking)
def note_event(event: AnymailTrackingEvent, **more: object) -> None:
    kind, token = _kind(event), (event.metadata or {}).get("bounce")
    if kind and isinstance(token, str):
        bouncing.note(bounce_hash=token_hash(token), kind=kind, at=event.timestamp or timezone.now())


def _kind(event: AnymailTrackingEvent) -> BounceKind | None:
    """As for plain SMTP, what the reader's server said decides; without its words, why the provider gave up."""
    if event.event_type in UNWANTED or event.reject_reason in (RejectReason.SPAM, RejectReason.UNSUBSCRIBED):
        return BounceKind.COMPLAINT
    if event.event_type not in FAILED:
        return None
    dead = event.reject_reason in (RejectReason.BOUNCED, RejectReason.INVALID)
    return kind_of(str(event.mta_response or "")) or (BounceKind.HARD if dead else BounceKind.SOFT)


urlpatterns = webhooks(settings.MAIL_PROVIDER) if settings.MAIL_PROVIDER else []
