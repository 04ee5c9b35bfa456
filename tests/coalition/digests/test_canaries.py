"""Addresses that show whether the list has leaked."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from coalition.digests.actions import bouncing, signing
from coalition.digests.models import (
    Address,
    Bounce,
    Confirmation,
    Delivery,
    SignUp,
    Subscriber,
    Subscription,
    Suppression,
)  # fmt: skip
from coalition.digests.sealing import blind_index, open_sealed, suppression_mark
from tests import build
from tests.coalition.digests.build import reader
from tests.coalition.digests.sink import Sink, token_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.coalition.digests.urls")]
CANARY = "Quiet.Bird@example.org"


def planted(*options: str, address: str = f"{CANARY}\n", monkeypatch: pytest.MonkeyPatch) -> str:
    words = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(address))
    call_command("plant_canary", *options, stdout=words)
    return words.getvalue()


def row(model: Any, subscriber: Subscriber) -> dict[str, Any]:
    """A subscriber's only row of a table, without what differs between any two readers."""
    values = model.objects.filter(**{"pk" if model is Subscriber else "subscriber": subscriber.pk}).values().get()
    differs = {"id", "subscriber_id", "token_hash", "bounce_hash", "sealed", "blind_index"}
    return {
        key: type(cell) if isinstance(cell, dt.datetime) else cell for key, cell in values.items() if key not in differs
    }


@pytest.mark.parametrize("deputy", [False, True])
def test_nothing_in_the_database_tells_it_from_a_reader(
    sink: Sink, monkeypatch: pytest.MonkeyPatch, *, deputy: bool
) -> None:
    chamber = build.chamber(timezone="Europe/Moscow")
    somebody = build.deputy(chamber)
    now = timezone.now()
    signing.sign_up(
        address="a@example.org",
        language="ru",
        targets=[f"person:{chamber.pk}:{somebody.pk}" if deputy else f"chamber:{chamber.pk}"],
        at=now,
    )
    signing.take_sign_ups(at=now - dt.timedelta(minutes=5))
    signing.confirm(token=token_in(sink.letters[0]), at=now)

    planted("--chamber", chamber.slug, *(["--deputy", somebody.slug] if deputy else []), monkeypatch=monkeypatch)

    true = Subscriber.objects.get(address__blind_index=blind_index("a@example.org"))
    canary = Subscriber.objects.get(address__blind_index=blind_index(CANARY))
    for model in (Subscriber, Address, Subscription, Confirmation):
        assert row(model, canary) == row(model, true)
    assert len(bytes(canary.address.sealed)) == len(bytes(true.address.sealed))
    assert canary.next_digest_at == true.next_digest_at
    assert [kind.objects.count() for kind in (SignUp, Delivery, Bounce, Suppression)] == [0, 0, 0, 0]
    assert len(sink.letters) == 1  # the reader's: the canary was asked nothing


def test_its_dates_are_those_of_somebody_who_asked_and_confirmed_within_the_hour(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    chamber = build.chamber()
    for number in range(6):
        planted("--chamber", chamber.slug, address=f"{number}@example.org", monkeypatch=monkeypatch)

    waits = set()
    for subscriber in Subscriber.objects.all():
        [asks], [follows] = subscriber.confirmations.all(), subscriber.subscriptions.all()
        assert follows.asked_at == asks.sent_at
        assert follows.confirmed_at == asks.used_at == subscriber.confirmed_at == subscriber.kept_at
        assert subscriber.confirmed_at
        waits.add(subscriber.confirmed_at - asks.sent_at)
    assert len(waits) > 1
    assert dt.timedelta(minutes=1) <= min(waits) <= max(waits) < dt.timedelta(minutes=42)


def test_it_behaves_like_a_reader_afterwards(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    planted("--chamber", build.chamber().slug, monkeypatch=monkeypatch)

    sealed = open_sealed(bytes(Address.objects.get().sealed))

    assert sealed.address == CANARY
    assert signing.leave(token=sealed.token)


def test_the_command_says_what_to_note_and_never_the_address(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    chamber = build.chamber()
    somebody = build.deputy(chamber)

    words = planted("--chamber", chamber.slug, "--deputy", somebody.slug, monkeypatch=monkeypatch)

    assert f"the day ({timezone.now():%Y-%m-%d}), and that it\nfollows {chamber.slug}/{somebody.slug}." in words
    assert "docs/leak-response.md" in words
    assert "example.org" not in words


def test_what_cannot_be_planted_is_said_and_leaves_nothing(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    chamber, elsewhere = build.chamber(), build.deputy(build.chamber())
    reader(sink, chamber, address="known@example.org")
    Suppression.objects.create(
        mark=suppression_mark("gone@example.org"), reason="hard", until=timezone.now() + bouncing.SUPPRESSED_FOR
    )

    for address in ("known@EXAMPLE.org", "gone@example.org"):
        with pytest.raises(CommandError, match="Letters go to this address already, or nobody may write to it"):
            planted("--chamber", chamber.slug, address=address, monkeypatch=monkeypatch)
    for address in ("", "nobody", "a@b@"):
        with pytest.raises(CommandError, match="That is not an e-mail address"):
            planted("--chamber", chamber.slug, address=address, monkeypatch=monkeypatch)
    with pytest.raises(CommandError, match="There is no chamber “nowhere”"):
        planted("--chamber", "nowhere", monkeypatch=monkeypatch)
    with pytest.raises(CommandError, match=f"There is no deputy “{elsewhere.slug}” in {chamber.slug}"):
        planted("--chamber", chamber.slug, "--deputy", elsewhere.slug, monkeypatch=monkeypatch)

    assert (Subscriber.objects.count(), SignUp.objects.count()) == (1, 0)


def test_it_is_planted_only_where_the_workers_keys_are(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SEALING_PRIVATE_KEY_FILE = None

    with pytest.raises(CommandError, match="NAKAZ_SEALING_PRIVATE_KEY_FILE is not set"):
        planted("--chamber", build.chamber().slug, monkeypatch=monkeypatch)

    assert (Subscriber.objects.count(), SignUp.objects.count()) == (0, 0)
