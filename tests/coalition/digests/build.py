"""Rows of letters, and the smallest journeys through them."""

import datetime as dt
from functools import cache
from typing import Any

from coalition.digests.actions import signing
from coalition.digests.composing import Composer, Followed, Reader
from coalition.digests.enums import DeliveryKind, What
from coalition.digests.messages import Letter
from coalition.digests.models import Address, Subscriber, Subscription
from coalition.digests.reports import latest_event
from coalition.digests.sealing import TOKEN_LENGTH, blind_index, bounce_token, new_token, seal, token_hash
from coalition.digests.targets import Target
from deputies.people.models import Chamber, District, Person
from pledges.platform.models import Demand
from tests.coalition.digests.sink import Sink, token_in

AT = dt.datetime(2024, 6, 3, 12, tzinfo=dt.UTC)  # a Monday, after what tests.build publishes
TUESDAY = dt.datetime(2024, 6, 4, 7, tzinfo=dt.UTC)
WEEK = dt.timedelta(days=7)
READER = "Anna.Reader@example.org"
TOKEN = "t" * TOKEN_LENGTH


def asked(
    chamber: Chamber, *, address: str = READER, person: Person | None = None, language: str = "en", at: dt.datetime = AT
) -> None:
    """Somebody asked for letters, and the worker has taken it."""
    target = Target(What.PERSON, chamber.pk, person.pk) if person else Target(What.CHAMBER, chamber.pk)
    signing.sign_up(address=address, language=language, targets=[target.key], at=at)
    signing.take_sign_ups(at=at)


def reader(
    sink: Sink, chamber: Chamber, *, address: str = READER, person: Person | None = None, language: str = "en"
) -> Subscriber:
    """A confirmed subscriber; the letter that asked is gone from the sink."""
    asked(chamber, address=address, person=person, language=language)
    signing.confirm(token=token_in(sink.letters[-1]), at=AT)
    sink.envelopes.clear()
    return Subscriber.objects.get(address__blind_index=blind_index(address))


def owner(*targets: Target, at: dt.datetime, address: str = READER, language: str = "en") -> tuple[Subscriber, str]:
    """A confirmed reader of `targets` to whom nothing was written, and the token of their links."""
    token = new_token()
    hashes = {"token_hash": token_hash(token), "bounce_hash": token_hash(bounce_token(token))}
    somebody = Subscriber.objects.create(language=language, **hashes)
    Address.objects.create(subscriber=somebody, sealed=seal(address, token), blind_index=blind_index(address))
    for target in targets:
        Subscription.objects.create(subscriber=somebody, asked_at=at, **Subscription.to(target))
    assert signing.confirm(token=token, at=at)
    somebody.refresh_from_db()
    return somebody, token


def reader_for(*follows: str | Followed, after: int = 0, until: int | None = None, **more: Any) -> Reader:
    """Somebody who follows these keys, since ever, and whose letter covers a range of the journal."""
    says: dict[str, Any] = {
        "kind": DeliveryKind.DIGEST, "period": "2024-W23", "told": frozenset(), "subscriber": 0, "language": "en",
        "rhythm": "weekly", "plain_subject": True, "sign_of_life": False, "sealed": sealed(), **more,
    }  # fmt: skip
    followed = tuple(Followed(one, 0) if isinstance(one, str) else one for one in follows)
    until = latest_event() if until is None else until
    return Reader(after_event=after, until_event=until, follows=followed, **says)


def letter_for(*follows: str | Followed, at: dt.datetime = AT, **more: Any) -> Letter | None:
    """What a reader gets, by a composer of their own."""
    return Composer().compose(reader_for(*follows, **more), at)


@cache
def sealed() -> bytes:
    return seal(READER, TOKEN)


def text_for(*follows: str | Followed, **more: Any) -> str:
    """The text of that letter, on one line; "" where there is none."""
    letter = letter_for(*follows, **more)
    return " ".join(letter.text.split()) if letter else ""


def key(what: What, chamber: Chamber, row: Person | Demand | District | None = None) -> str:
    return Target(what, chamber.pk, row.pk if row else None).key
