"""Rotating keys, killed anywhere; giving them up."""

import io
import os
import signal
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, connections, transaction
from django.test import Client
from pytest_django import Settings

from coalition.digests import keyfiles, sealing
from coalition.digests.actions import rotating, signing
from coalition.digests.enums import BounceKind
from coalition.digests.models import Address, SignUp, Subscriber, Suppression
from coalition.digests.sealing import INDEX, PRIVATE, PUBLIC, CannotOpen, KeyMissing, Sealed
from coalition.local import APP_ROLE, ROOT
from tests import build
from tests.coalition.digests.build import AT, asked
from tests.coalition.digests.sink import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.coalition.digests.urls")]
ADDRESSES = ["anna@example.org", "boris@example.org", "clara@example.org"]
Act = Callable[[], object]


@pytest.fixture(autouse=True)
def keys(settings: Settings, tmp_path: Path) -> Path:
    """A folder with keys of its own."""
    for setting in (PUBLIC, PRIVATE, INDEX):
        setattr(settings, setting, tmp_path / setting.lower())
    fresh_keys()
    return tmp_path


def fresh_keys() -> None:
    """Key 1 in every file."""
    keyfiles.write(PRIVATE, {1: bytes(range(32))})
    keyfiles.write(PUBLIC, {1: keyfiles.public_half(bytes(range(32)))})
    keyfiles.write(INDEX, {1: bytes(32)})


def numbers(setting: str) -> list[int]:
    return list(keyfiles.present(setting))


def reader(address: str) -> Address:
    token = sealing.new_token()
    subscriber = Subscriber.objects.create(token_hash=token, bounce_hash=token, language="en")
    index = sealing.blind_index(address)
    return Address.objects.create(subscriber=subscriber, sealed=sealing.seal(address, token), blind_index=index)


def readers() -> None:
    for address in ADDRESSES:
        reader(address)
        signing.sign_up(address=address, language="en", targets=[], at=AT)


def rotate(step: str, wait: Act = lambda: None) -> list[int]:
    act = {"sealing": rotating.rotate_sealing, "index": rotating.rotate_index}[step]
    return act(say=lambda words: None, wait=wait)


def opened() -> list[Sealed]:
    rows = [*Address.objects.order_by("pk"), *SignUp.objects.order_by("pk")]
    return [sealing.open_sealed(bytes(row.sealed)) for row in rows]


def found() -> list[str]:
    """Whose index is that of their address."""
    rows = Address.objects.order_by("pk")
    addresses = [(sealing.open_sealed(bytes(row.sealed)).address, row.blind_index) for row in rows]
    return [address for address, index in addresses if index in sealing.blind_indexes(address)]


def in_use(setting: str) -> list[int]:
    """The numbers of the keys that rows are made with."""
    return sorted({int(digits, 16) for _model, counts in rotating.rows_by_key(setting) for digits in counts})


def command(*words: str) -> str:
    out = io.StringIO()
    call_command("sealing", *words, stdout=out)
    return out.getvalue()


def dies_at(step: int, act: Act) -> bool:
    """Whether a process that was to die after so many statements and writings of files did not get that far."""
    connections.close_all()
    child = os.fork()
    if not child:
        taken, sync = 0, os.fsync

        def count(_: object = None) -> None:
            nonlocal taken
            taken += 1
            if taken == step:
                os.kill(os.getpid(), signal.SIGKILL)

        def synced(descriptor: int) -> None:
            sync(descriptor)
            count()

        def executed(execute: Any, *words: Any) -> Any:
            answer = execute(*words)
            count()
            return answer

        os.fsync = synced  # type: ignore[assignment]
        with suppress(BaseException), connection.execute_wrapper(executed):  # nothing of the parent may run here
            act()
            os._exit(0)
        os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, -signal.SIGKILL)
    return code == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["sealing", "index"])
def test_a_rotation_killed_anywhere_is_finished_by_the_next(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotating, "BATCH", 2)
    readers()
    before, of_readers, of_sign_ups = opened(), list(Address.objects.all()), list(SignUp.objects.all())
    place = 1

    while not dies_at(place, lambda: rotate(step)):
        assert (opened(), found()) == (before, ADDRESSES), place
        rotate(step)

        assert (opened(), found()) == (before, ADDRESSES), place
        assert (in_use(PRIVATE), in_use(INDEX)) == (numbers(PRIVATE), numbers(INDEX)), place
        assert keyfiles.public_fits()
        Address.objects.bulk_update(of_readers, ["sealed", "blind_index"])
        SignUp.objects.bulk_update(of_sign_ups, ["sealed"])
        fresh_keys()
        place += 1 if "NAKAZ_EXAMPLES" in os.environ else 3  # in the long trials at every step
    assert place > 20


def test_nothing_of_an_old_key_is_left() -> None:
    readers()

    assert (rotate("sealing"), rotate("index")) == ([], [])

    assert (numbers(PUBLIC), numbers(PRIVATE), numbers(INDEX)) == ([2], [2], [2])
    assert (in_use(PRIVATE), in_use(INDEX)) == ([2], [2])
    assert [sealed.address for sealed in opened()] == ADDRESSES * 2
    assert found() == ADDRESSES


def test_the_workers_role_may_rotate_and_not_purge() -> None:
    readers()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        call_command("restrict_app_role", verbosity=0)
        cursor.execute(f"SET LOCAL ROLE {APP_ROLE}")

        assert (rotate("sealing"), rotate("index")) == ([], [])
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            rotating.erase_letters()
        cursor.execute("RESET ROLE")

    assert (found(), in_use(PRIVATE), in_use(INDEX)) == (ADDRESSES, [2], [2])


def test_what_is_sealed_for_the_old_key_meanwhile_is_not_lost() -> None:
    seals: list[bytes] = []

    def late() -> None:
        SignUp.objects.create(sealed=seals[0], language="en", asked_at=AT)

    seals.append(sealing.seal("late@example.org", sealing.new_token()))
    rotate("sealing", late)

    assert [sealed.address for sealed in opened()] == ["late@example.org"]
    assert (in_use(PRIVATE), numbers(PRIVATE)) == ([2], [2])


def test_a_damaged_row_keeps_its_key_and_harms_no_other() -> None:
    readers()
    damaged = Address.objects.earliest("pk")
    Address.objects.filter(pk=damaged.pk).update(sealed=bytes([1]) + bytes(100))

    assert rotate("sealing") == [1]
    assert rotate("sealing") == [1]

    assert numbers(PRIVATE) == [1, 2]
    assert [sealed.address for sealed in opened_but(damaged)] == ADDRESSES[1:]


def opened_but(damaged: Address) -> list[Sealed]:
    return [sealing.open_sealed(bytes(row.sealed)) for row in Address.objects.exclude(pk=damaged.pk).order_by("pk")]


def test_whoever_asks_again_during_a_rotation_is_known(sink: Sink) -> None:
    house = build.chamber()
    known = reader("anna@example.org").subscriber
    keyfiles.write(INDEX, keyfiles.present(INDEX) | {2: bytes(range(32))})

    asked(house, address="Anna@Example.org")
    asked(house, address="new@example.org")

    assert list(known.subscriptions.values_list("chamber", flat=True)) == [house.pk]
    assert [row.blind_index[:2] for row in Address.objects.order_by("pk")] == ["01", "02"]


def test_one_reader_known_by_two_index_keys_is_one_again() -> None:
    first = reader("anna@example.org")
    keyfiles.write(INDEX, keyfiles.present(INDEX) | {2: bytes(range(32))})
    reader("anna@example.org")

    rotate("index")

    assert [row.pk for row in Address.objects.all()] == [first.pk]
    assert (Subscriber.objects.count(), found(), numbers(INDEX)) == (1, ["anna@example.org"], [2])


def test_an_address_that_may_not_be_written_to_stays_known_until_its_mark_expires() -> None:
    mark = sealing.suppression_mark("anna@example.org")
    suppression = Suppression.objects.create(mark=mark, reason=BounceKind.HARD.value, until=AT)

    assert rotate("index") == [1]
    assert rotate("index") == [1]
    assert mark in sealing.suppression_marks("anna@example.org")
    assert mark != sealing.suppression_mark("anna@example.org")
    suppression.delete()

    assert (rotate("index"), numbers(INDEX)) == ([], [3])


def test_a_second_rotation_waits_its_turn() -> None:
    parameters = connection.get_connection_params() | {"cursor_factory": None}
    with psycopg.connect(**parameters, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [rotating._ROTATING])

        with pytest.raises(CommandError, match="Another process changes the keys"):
            command("rotate")

    assert numbers(PRIVATE) == [1]


def test_the_last_number_is_said() -> None:
    keyfiles.write(PRIVATE, {255: bytes(range(32))})

    with pytest.raises(CommandError, match="numbers from 1 to 255, and 255 is taken"):
        command("rotate")


def test_key_files_are_their_owners_alone_and_old_keys_are_overwritten(keys: Path) -> None:
    file = keys / "sealing_private_key_file"
    file.chmod(0o644)
    with file.open("rb") as held:
        rotate("sealing")
        left = held.read()

    assert bytes(range(32)).hex().encode() not in left
    assert {stat.S_IMODE(one.stat().st_mode) for one in keys.iterdir()} == {0o600}
    assert len(list(keys.iterdir())) == 3


def test_a_key_that_a_killed_writer_left_beside_is_overwritten_too(keys: Path) -> None:
    left = keys / "sealing_private_key_file.new"
    left.write_text(f"1 {bytes(range(32)).hex()}\n")
    with left.open("rb") as held:
        rotate("sealing")
        gone = held.read()

    assert bytes(range(32)).hex().encode() not in gone
    assert not left.exists()


def test_the_first_keys_are_made_by_a_rotation(keys: Path) -> None:
    for file in keys.iterdir():
        file.unlink()

    command("rotate", "--wait", "0")
    command("rotate", "--index", "--wait", "0")

    reader("anna@example.org")
    assert (opened()[0].address, found()) == ("anna@example.org", ["anna@example.org"])
    assert "cannot be opened" not in command("status")


def test_with_the_keys_destroyed_nothing_opens_and_the_form_still_takes(client: Client, keys: Path) -> None:
    house = build.chamber()
    readers()
    (keys / "index_key_file.new").write_text("left by a killed writer")

    said = command("destroy", "--i-am-sure")

    assert [file.name for file in keys.iterdir()] == ["sealing_public_key_file"]
    assert said.count("Overwritten and removed: ") == 3
    with pytest.raises(CannotOpen):
        opened()
    with pytest.raises(KeyMissing):
        sealing.blind_index("anna@example.org")
    answer = client.post("/en/subscribe/", {"email": "late@example.org", "follow": f"chamber:{house.pk}"})
    assert (answer.status_code, SignUp.objects.count()) == (302, 4)
    assert "What is sealed now cannot be opened" in command("status")


def test_keys_made_after_destruction_have_other_numbers() -> None:
    readers()
    command("destroy", "--i-am-sure")

    rotate("sealing")
    rotate("index")

    assert (numbers(PUBLIC), numbers(PRIVATE), numbers(INDEX)) == ([2], [2], [2])
    assert (in_use(PRIVATE), found_by(ADDRESSES)) == ([1], [])


def found_by(addresses: list[str]) -> list[Address]:
    return [a for one in addresses for a in Address.objects.filter(blind_index__in=sealing.blind_indexes(one))]


def test_a_purge_leaves_no_row_and_no_key() -> None:
    readers()

    said = command("purge", "--i-am-sure")

    assert (Subscriber.objects.count(), Address.objects.count(), SignUp.objects.count()) == (0, 0, 0)
    assert (keyfiles.present(PRIVATE), keyfiles.present(INDEX)) == ({}, {})
    assert said.index("Overwritten and removed") < said.index("is erased here")


@pytest.mark.parametrize("step", ["destroy", "purge"])
def test_nothing_is_destroyed_by_mistake(step: str) -> None:
    readers()

    with pytest.raises(CommandError, match=f"Add --i-am-sure to {step}"):
        command(step)

    assert [sealed.address for sealed in opened()] == ADDRESSES * 2


def test_the_status_tells_no_small_number() -> None:
    readers()
    for row in range(47):
        SignUp.objects.create(sealed=bytes([1, row]), language="en", asked_at=AT)

    said = command("status")

    assert "sealing key 1: fewer than 20 addresses" in said
    assert "sealing key 1: 50 sign ups" in said
    assert "index key 1: fewer than 20 addresses" in said
    assert bytes(range(32)).hex() not in said


@pytest.mark.parametrize(
    ("unset", "words", "message"),
    [
        (PRIVATE, ["rotate"], "NAKAZ_SEALING_PRIVATE_KEY_FILE is not set"),
        (INDEX, ["rotate", "--index"], "NAKAZ_INDEX_KEY_FILE is not set"),
        (INDEX, ["destroy", "--i-am-sure"], "NAKAZ_INDEX_KEY_FILE is not set"),
    ],
)
def test_a_process_without_a_key_file_is_told(settings: Settings, unset: str, words: list[str], message: str) -> None:
    setattr(settings, unset, None)

    with pytest.raises(CommandError, match=message):
        command(*words)


def test_a_folder_that_cannot_be_written_is_told(settings: Settings) -> None:
    settings.SEALING_PRIVATE_KEY_FILE = Path("/proc/self/no/key")

    with pytest.raises(CommandError, match="must be writable here"):
        command("rotate")


def test_the_manual_tells_what_sealing_does_not_do() -> None:
    words = " ".join((ROOT / "docs/operations.md").read_text().split())

    assert "Whoever holds the index key can try guessed addresses against the indexes." in words
    assert "The mail server or provider sees every letter and whom it goes to." in words
    assert "The worker's memory holds keys" in words
