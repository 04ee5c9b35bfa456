"""What is done about letters that came back."""

import datetime as dt
import io
import logging
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.utils import timezone
from pytest_django import Settings

from coalition.digests import bounces, sealing, tasks
from coalition.digests.actions import bouncing, signing
from coalition.digests.bounces import Returned
from coalition.digests.enums import BounceKind
from coalition.digests.models import Address, Bounce, SignUp, Subscriber, Suppression
from coalition.digests.sealing import open_sealed, suppression_mark, token_hash
from tests import build
from tests.coalition.digests.build import AT, READER, asked, reader
from tests.coalition.digests.returned import TOKEN, complaint, report
from tests.coalition.digests.sink import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.coalition.digests.urls")]
DAY = dt.timedelta(days=1)
OTHER = "b@example.org"


def note(token: str, kind: BounceKind, *, at: dt.datetime) -> None:
    """A letter came back that carried what belongs to the token of somebody's links."""
    bouncing.note(bounce_hash=token_hash(sealing.bounce_token(token)), kind=kind, at=at)


def back(whose: Subscriber, kind: BounceKind, at: dt.datetime = AT) -> None:
    """A letter of somebody's came back, and the worker has taken it."""
    token = open_sealed(bytes(whose.address.sealed)).token
    note(token, kind, at=at)
    bouncing.take_bounces(at=at)


@pytest.mark.parametrize("kind", [BounceKind.HARD, BounceKind.COMPLAINT])
@pytest.mark.parametrize("count", [1, 3])
def test_whose_letters_reach_nobody_or_annoy_is_erased_and_not_written_to_for_a_year(
    sink: Sink, kind: BounceKind, count: int
) -> None:
    chamber = build.chamber()
    lost = [reader(sink, chamber, address=f"lost{n}@example.org") for n in range(count)]
    other = reader(sink, chamber, address=OTHER)
    back(lost[0], BounceKind.SOFT)

    for one in lost:
        token = open_sealed(bytes(one.address.sealed)).token
        note(token, kind, at=AT)
    assert bouncing.take_bounces(at=AT) == count

    assert (Subscriber.objects.get(), Address.objects.get().pk, Bounce.objects.count()) == (other, other.pk, 0)
    assert set(Suppression.objects.values_list("mark", "reason", "until")) == {
        (suppression_mark(f"LOST{n}@example.org"), kind.value, AT + 365 * DAY) for n in range(count)
    }


def test_a_suppressed_address_gets_no_letter_and_leaves_no_row(sink: Sink) -> None:
    chamber = build.chamber()
    back(reader(sink, chamber), BounceKind.HARD)

    asked(chamber, address=READER.upper(), at=AT + 364 * DAY)
    suppressed = (len(sink.letters), SignUp.objects.count(), Subscriber.objects.count())
    asked(chamber, at=AT + 365 * DAY)

    assert (suppressed, len(sink.letters), Subscriber.objects.count()) == ((0, 0, 0), 1, 1)


def test_an_address_that_is_suppressed_again_stays_so_for_longer(sink: Sink) -> None:
    chamber = build.chamber()
    back(reader(sink, chamber), BounceKind.HARD)
    Suppression.objects.update(until=AT)

    back(reader(sink, chamber), BounceKind.COMPLAINT, AT + DAY)

    assert list(Suppression.objects.values_list("reason", "until")) == [("complaint", AT + 366 * DAY)]


def test_three_soft_ones_within_thirty_days_pause_for_thirty_and_count_anew(sink: Sink) -> None:
    somebody = reader(sink, build.chamber())

    def paused(*days: float) -> dt.datetime | None:
        for day in days:
            back(somebody, BounceKind.SOFT, AT + day * DAY)
        somebody.refresh_from_db()
        return somebody.paused_until

    assert paused(0, 20, 30.5) is None  # the first is too old to count
    assert paused(40) == AT + 70 * DAY
    assert Bounce.objects.count() == 0
    assert paused(71, 72) == AT + 70 * DAY
    assert paused(73) == AT + 103 * DAY


def test_a_pause_that_its_reader_chose_is_not_cut_short(sink: Sink) -> None:
    somebody = reader(sink, build.chamber())
    Subscriber.objects.update(paused_until=AT + 90 * DAY)

    for hour in range(3):
        back(somebody, BounceKind.SOFT, AT + hour * DAY / 24)

    assert Subscriber.objects.get().paused_until == AT + 90 * DAY


def test_what_is_said_twice_counts_once(sink: Sink) -> None:
    somebody = reader(sink, build.chamber())

    for _ in range(4):
        back(somebody, BounceKind.SOFT)

    assert (Bounce.objects.count(), Subscriber.objects.get().paused_until) == (1, None)


def test_the_letter_that_asks_counts_too(sink: Sink, settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL, settings.BOUNCES_COME_BACK = "Summary <summary@letters.example>", True
    chamber, other = build.chamber(), build.chamber()
    for one in (chamber, other):  # the second letter goes to somebody known
        asked(one)
    froms = {envelope.mail_from for envelope in sink.envelopes}
    [came_back_to] = froms

    for at in (AT, AT + DAY, AT + 2 * DAY):
        bouncing.note_message(report("4.2.2", to=f"To: {came_back_to}"), at=at)
    bouncing.take_bounces(at=AT)
    unconfirmed = Subscriber.objects.get()
    bouncing.note_message(report("5.1.1", to=f"To: {came_back_to}"), at=AT)
    bouncing.take_bounces(at=AT)

    assert unconfirmed.paused_until is None
    assert (Subscriber.objects.count(), Suppression.objects.get().mark) == (0, suppression_mark(READER))


def test_unknown_tokens_are_forgotten_and_say_nothing(sink: Sink, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    reader(sink, build.chamber())
    caplog.clear()

    for content in (report("5.1.1"), report("4.2.2"), complaint()):
        assert bouncing.note_message(content, at=AT)
    assert bouncing.take_bounces(at=AT) == 3

    assert (Bounce.objects.count(), Suppression.objects.count(), Subscriber.objects.count()) == (0, 0, 1)
    assert [r for r in caplog.records if r.name.startswith("coalition")] == []


def test_many_are_taken_in_batches(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bouncing, "BATCH", 2)
    for number in range(5):
        bouncing.note(bounce_hash=f"{number}", kind=BounceKind.SOFT, at=AT)

    assert (bouncing.take_bounces(at=AT), bouncing.take_bounces(at=AT), Bounce.objects.count()) == (5, 0, 0)


def test_a_worker_without_keys_takes_nothing_and_a_damaged_seal_holds_nobody_up(
    sink: Sink, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    chamber = build.chamber()
    damaged, other = reader(sink, chamber), reader(sink, chamber, address=OTHER)
    for one in (damaged, other):
        token = open_sealed(bytes(one.address.sealed)).token
        note(token, BounceKind.HARD, at=AT)
    Address.objects.filter(pk=damaged.pk).update(sealed=b"\x01damaged")
    key, settings.INDEX_KEY_FILE = settings.INDEX_KEY_FILE, None

    with pytest.raises(sealing.KeyMissing):
        bouncing.take_bounces(at=AT)
    kept = (Subscriber.objects.count(), Bounce.objects.filter(taken_at=None).count())
    settings.INDEX_KEY_FILE = key
    bouncing.take_bounces(at=AT)

    assert (kept, Subscriber.objects.count()) == ((2, 2), 0)
    assert Suppression.objects.get().mark == suppression_mark(OTHER)
    assert [r.message for r in caplog.records if r.name.startswith("coalition")] == [
        f"subscriber {damaged.pk} is erased and not suppressed: the seal cannot be opened"
    ]


def test_no_table_and_no_log_holds_what_came_back(sink: Sink, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    bouncing.note_message(report("4.2.2"), at=AT)

    [row] = Bounce.objects.values_list()
    assert row[1:] == (token_hash(TOKEN), "soft", AT, None)
    assert [r.message for r in caplog.records if "anna" in r.message or TOKEN in r.message] == []


def test_a_mail_folder_is_emptied_and_every_message_read_once(
    tmp_path: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    for name, content in {"new/1": report("5.1.1"), "cur/2:2,S": b"Subject: hello\n\n", "new/3": b"\0" * 99}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "new/0").mkdir()
    os.utime(tmp_path / "new/1", (AT.timestamp(), AT.timestamp()))

    assert bouncing.empty_maildir(tmp_path) == 1
    assert sorted(file.name for file in tmp_path.rglob("*")) == ["0", "cur", "new"]
    (tmp_path / "new/1").write_bytes(report("5.1.1"))  # as after a crash between noting and erasing
    os.utime(tmp_path / "new/1", (AT.timestamp(), AT.timestamp()))
    assert bouncing.empty_maildir(tmp_path) == 1

    assert Bounce.objects.get().at == AT
    assert [r.message for r in caplog.records] == ["a message in the mail folder was left: IsADirectoryError"] * 2


def test_the_worker_empties_the_folder_of_the_settings_each_minute(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new/1").write_bytes(report("5.1.1"))
    settings.BOUNCES_MAILDIR = tmp_path

    assert (tasks.take_bounces(), Bounce.objects.count(), list((tmp_path / "new").iterdir())) == (1, 0, [])
    assert settings.CELERY_BEAT_SCHEDULE["take-bounces"]["schedule"] == 60


class Pipe:
    """Standard input of a command that a mail server starts, which must be read to its end."""

    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


def said(*files: Any, content: bytes = b"", monkeypatch: pytest.MonkeyPatch) -> str:
    words = io.StringIO()
    monkeypatch.setattr("sys.stdin", Pipe(content))
    call_command("take_bounces", *files, stdout=words)
    return words.getvalue()


def test_the_command_reads_a_pipe_or_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [tmp_path / "a", tmp_path / "b", tmp_path / "c"]
    for file, content in zip(files, (report("5.1.1"), complaint(), b"Subject: hello\n\n"), strict=True):
        file.write_bytes(content)

    assert said(content=report("4.2.2"), monkeypatch=monkeypatch) == "Letters that came back: 1.\n"
    assert said(content=b"\xff" * 3_000_000, monkeypatch=monkeypatch) == "Letters that came back: 0.\n"
    assert said(*map(str, files), monkeypatch=monkeypatch) == "Letters that came back: 2.\n"
    assert sorted(Bounce.objects.values_list("kind", flat=True)) == ["complaint", "hard", "soft"]
    assert all(file.exists() for file in files)
    with pytest.raises(CommandError, match=r"^A message cannot be read: No such file or directory\.$"):
        said(str(tmp_path / "d"), monkeypatch=monkeypatch)


def test_the_mail_server_keeps_a_message_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: object, **more: object) -> None:
        raise DatabaseError("it says where it is")

    monkeypatch.setattr(Bounce.objects, "bulk_create", away)

    with pytest.raises(CommandError, match=r"^The database does not answer; nothing was lost\.$") as error:
        said(content=report("5.1.1"), monkeypatch=monkeypatch)

    assert error.value.returncode == 75


def test_noting_needs_the_right_to_add_and_no_other() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE only_notes; GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO only_notes")
        cursor.execute("GRANT INSERT ON digests_bounce TO only_notes; SET LOCAL ROLE only_notes")
        for _ in range(2):
            assert bouncing.note_message(report("5.1.1"), at=AT)
        cursor.execute("RESET ROLE")

    assert Bounce.objects.count() == 1


def test_reading_needs_no_key(settings: Settings) -> None:
    settings.SEALING_PRIVATE_KEY_FILE = settings.INDEX_KEY_FILE = None

    assert bouncing.note_message(report("5.1.1"), at=timezone.now())
    assert bounces.read(report("5.1.1")) == Returned(TOKEN, BounceKind.HARD)


def test_somebody_who_was_erased_can_sign_up_with_another_address(sink: Sink) -> None:
    chamber = build.chamber()
    back(reader(sink, chamber), BounceKind.COMPLAINT)

    assert reader(sink, chamber, address=OTHER).stage == "confirmed"
    assert signing.take_sign_ups(at=AT) == 0
