"""Putting one reader's letter together."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import override

from coalition.digests import letters, sealing
from coalition.digests.enums import DeliveryKind
from coalition.digests.messages import Letter
from coalition.digests.models import Subscription
from coalition.digests.news import news_of


@dataclass(frozen=True, slots=True)
class Followed:
    """A target's key, and the last event before its reader began to follow it."""

    key: str
    after_event: int


@dataclass(frozen=True, slots=True)
class Reader:
    """All that a letter needs to know of whom it goes to and what it covers: events with after < id <= until.

    `told` are the events that a letter sent at once is to tell; for a digest, those that such letters have told since
    the last digest, so that it leaves them out.
    """

    kind: DeliveryKind
    period: str
    after_event: int
    until_event: int
    told: frozenset[int]
    subscriber: int
    language: str
    rhythm: str
    plain_subject: bool
    sign_of_life: bool
    follows: tuple[Followed, ...]
    sealed: bytes
    quiet: bool = False


class Composer:
    """Writes letters; what letters share is worded once and kept while the composer lives."""

    def compose(self, reader: Reader, at: dt.datetime) -> Letter | None:
        """The letter of one reader; None if there is nothing to say. Raises CannotOpen, KeyMissing."""
        keys: Mapping[str, int] = {followed.key: followed.after_event for followed in reader.follows}
        follows = list(Subscription.objects.confirmed().filter(subscriber=reader.subscriber).with_labels())
        follows = [subscription for subscription in follows if subscription.target.key in keys]
        with override(reader.language):
            news = news_of(follows, reader.after_event, reader.until_event, at)
        if not news:
            return None
        return letters.weekly(
            sealed=sealing.open_sealed(reader.sealed),
            language=reader.language,
            period=reader.period,
            news=news,
            follows=follows,
        )
