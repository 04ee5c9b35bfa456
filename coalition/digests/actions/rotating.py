"""Changing the keys of readers' addresses, and giving them up.

A rotation may die anywhere: what is left to do is read from the key files and the rows, and running it again does the
rest. A new private key is in its file before anything is sealed for it; an old key leaves its file when, with every
writer shut out, no row is made with it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.db.models.expressions import Combinable
from django.db.models.functions import Left

from coalition.digests import keyfiles, sealing
from coalition.digests.models import Address, SignUp, Subscriber, Suppression
from coalition.digests.sealing import INDEX, PRIVATE, PUBLIC, CannotOpen, NoPrivateKey, Sealed, key_digits

BATCH = 500
_ROTATING = 20_210_416  # a lock of this number is nobody else's
_SEAL = models.Func(
    models.Func("sealed", 1, 1, function="substring"),
    models.Value("hex"),
    function="encode",
    output_field=models.CharField(),
)
# Which rows are made with keys of a file, and the two digits of the number of the key.
USES: dict[str, list[tuple[type[models.Model], Combinable]]] = {
    PRIVATE: [(Address, _SEAL), (SignUp, _SEAL)],
    INDEX: [(Address, Left("blind_index", 2)), (Suppression, Left("mark", 2))],
}


class NotNow(Exception):
    """Another process changes the keys."""


@contextmanager
def _alone() -> Iterator[None]:
    """Raises NotNow unless this is the only rotation; the database lets go of a process that is killed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_ROTATING])
        if cursor.fetchone() != (True,):
            raise NotNow("Another process changes the keys.")
    try:
        yield
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:  # the session is over, and the lock with it
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_ROTATING])


@_alone()
def rotate_sealing(*, say: Callable[[str], object], wait: Callable[[], object]) -> list[int]:
    """Seal every address and sign-up for a new key pair; the old keys that damaged rows keep.

    `wait` returns once nobody seals with a public key read earlier. Raises NotNow, KeyMissing, OutOfNumbers, OSError.
    """
    newest = _new_pair()
    say(f"Addresses are sealed for key {newest} from now on.")
    for pause in (None, wait):
        if pause:
            pause()
        for model, number in USES[PRIVATE]:
            rows = model._default_manager.alias(number=number).exclude(number=key_digits(newest))
            _renew(rows, "sealed", lambda opened: sealing.seal(opened.address, opened.token), say)
    return _retire(PRIVATE, newest)


@_alone()
def rotate_index(*, say: Callable[[str], object], wait: Callable[[], object]) -> list[int]:
    """Make every blind index anew with a new key; the old keys that stay, because something is found by them alone.

    Of an address that may not be written to there is only the mark, so its key stays until the mark has expired. Raises
    as `rotate_sealing` does.
    """
    newest = _new_index_key()
    say(f"Addresses are found by index key {newest} from now on.")
    for pause in (None, wait):
        if pause:
            pause()
        rows = Address.objects.exclude(blind_index__startswith=key_digits(newest))
        _renew(rows, "blind_index", lambda opened: sealing.blind_index(opened.address), say)
    return _retire(INDEX, newest)


def destroy_keys() -> Iterator[Path]:
    """Make every address unreadable, in every copy of the database too; yields what was overwritten and removed.

    Needs no database. The public key stays, so that the form goes on taking what nobody will read. Raises KeyMissing,
    OSError.
    """
    for setting in (PRIVATE, INDEX):
        yield from keyfiles.destroy(setting)


def erase_letters() -> None:
    """Empty every table of letters; only the owner of the tables may."""
    tables = [model._meta.db_table for model in apps.get_app_config("digests").get_models()]
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)}")


def rows_by_key(setting: str) -> list[tuple[type[models.Model], dict[str, int]]]:
    """How many rows of each model are made with each key of a file, by the digits of its number."""
    return [
        (model, dict(model._default_manager.values_list(number).annotate(models.Count("pk")).order_by()))
        for model, number in USES[setting]
    ]


def _new_pair() -> int:
    """The number of the newest key, made now unless a rotation is under way, and published."""
    private = keyfiles.present(PRIVATE)
    if len(private) < 2:
        private |= keyfiles.new_key(private, keyfiles.present(PUBLIC))
        keyfiles.write(PRIVATE, private)
    newest = max(private)
    keyfiles.write(PUBLIC, {newest: keyfiles.public_half(private[newest])})
    return newest


def _new_index_key() -> int:
    """The number of the newest index key, made now unless a rotation is under way."""
    keys = keyfiles.present(INDEX)
    (_, by_index), (_, by_mark) = rows_by_key(INDEX)
    old = {key_digits(number) for number in keys if number != max(keys)}
    if not old & by_index.keys() and old <= by_mark.keys():
        used = 0 if keys else max((int(digits, 16) for digits in by_index.keys() | by_mark.keys()), default=0)
        keys |= keyfiles.new_key(keys, used=used)
        keyfiles.write(INDEX, keys)
    return max(keys)


def _renew(
    rows: models.QuerySet[Any], field: str, anew: Callable[[Sealed], bytes | str], say: Callable[[str], object]
) -> None:
    """Rewrite `field` of every one of `rows` that can be opened, in small transactions."""
    done, last = 0, 0
    while (batch := _renew_batch(rows.filter(pk__gt=last), field, anew)) is not None:
        done, last = done + BATCH, batch
        say(f"Rewritten: up to {done}.")


@transaction.atomic
def _renew_batch(rows: models.QuerySet[Any], field: str, anew: Callable[[Sealed], bytes | str]) -> int | None:
    """The primary key of the last row looked at; None if there was none.

    Two who asked for letters with one address as its index key changed are one reader: the later is erased.
    """
    batch = list(rows.order_by("pk").select_for_update()[:BATCH])
    renewed = {}
    for row in batch:
        try:
            setattr(row, field, anew(sealing.open_sealed(bytes(row.sealed))))
        except NoPrivateKey:
            raise
        except CannotOpen:
            continue
        renewed[getattr(row, field)] = row
    if field == "blind_index":
        Subscriber.objects.filter(address__blind_index__in=list(renewed)).delete()
    rows.model._default_manager.bulk_update(renewed.values(), [field])
    return batch[-1].pk if batch else None


def _retire(setting: str, newest: int) -> list[int]:
    """Drop the keys that no row is made with, while nobody writes such rows; the old ones that stay."""
    tables = ", ".join(model._meta.db_table for model, _ in USES[setting])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '10s'; LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")
        in_use = {digits for _model, counts in rows_by_key(setting) for digits in counts}
        keys = keyfiles.present(setting)
        kept = {number: key for number, key in keys.items() if number == newest or key_digits(number) in in_use}
        if kept != keys:
            keyfiles.write(setting, kept)
    return sorted(set(kept) - {newest})
