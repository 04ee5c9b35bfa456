"""Seals, indexes and tokens."""

from pathlib import Path

import pytest
from pytest_django import Settings

from coalition.digests import sealing
from coalition.digests.sealing import CannotOpen, KeyMissing, Sealed, blind_index, open_sealed, seal

TOKEN = "t" * sealing.TOKEN_LENGTH


@pytest.mark.parametrize("address", ["a@b.io", "анна@пример.рф", "x" * 64 + "@" + "y" * 185 + ".org"])
def test_the_holder_of_the_private_key_reads_what_was_sealed(address: str) -> None:
    assert open_sealed(seal(address, TOKEN)) == Sealed(address, TOKEN)


def test_a_seal_says_its_key_and_hides_address_and_length() -> None:
    short, long = seal("a@b.io", TOKEN), seal("anna.reader@example.org", TOKEN)

    assert (short[0], long[0]) == (1, 1)
    assert len(short) == len(long)
    assert b"a@b.io" not in short
    assert seal("a@b.io", TOKEN) != short


def test_a_process_without_the_private_key_seals_and_cannot_open(settings: Settings) -> None:
    settings.SEALING_PRIVATE_KEY_FILE = settings.INDEX_KEY_FILE = None

    sealed = seal("a@b.io", TOKEN)

    with pytest.raises(CannotOpen, match="mail worker only: NAKAZ_SEALING_PRIVATE_KEY_FILE is not set"):
        open_sealed(sealed)
    with pytest.raises(KeyMissing, match="NAKAZ_INDEX_KEY_FILE is not set"):
        blind_index("a@b.io")


def test_a_seal_for_another_purpose_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(sealing, "INFO", b"another purpose")
        sealed = seal("a@b.io", TOKEN)

    with pytest.raises(CannotOpen, match="another key or purpose"):
        open_sealed(sealed)


@pytest.mark.parametrize("damage", [b"", b"\x02rest", b"\x01", b"\x01" + bytes(100)])
def test_a_damaged_seal_is_refused(damage: bytes) -> None:
    with pytest.raises(CannotOpen):
        open_sealed(damage)


def test_a_destroyed_key_opens_nothing(settings: Settings, tmp_path: Path) -> None:
    sealed = seal("a@b.io", TOKEN)
    settings.SEALING_PRIVATE_KEY_FILE = tmp_path / "gone"

    with pytest.raises(CannotOpen, match="does not hold 32 bytes written in hexadecimal"):
        open_sealed(sealed)


def test_spellings_of_one_address_share_an_index() -> None:
    assert blind_index(" Anna@Example.ORG ") == blind_index("anna@example.org")
    assert blind_index("anna@example.org") != blind_index("anne@example.org")


def test_what_a_seal_holds_is_never_printed() -> None:
    assert repr(Sealed("a@b.io", TOKEN)) == "Sealed(…)"


def test_hashes_of_a_token_are_bound_to_their_purpose() -> None:
    assert len(sealing.new_token()) == sealing.TOKEN_LENGTH
    assert len({TOKEN, sealing.token_hash(TOKEN), sealing.bounce_token(TOKEN), sealing.message_id(TOKEN, "w")}) == 4
    assert blind_index("a@b.io") != sealing.suppression_mark("a@b.io")


def test_a_message_id_tells_nothing_of_what_it_is_for() -> None:
    first = sealing.message_id(TOKEN, "2024-W23")

    assert first == sealing.message_id(TOKEN, "2024-W23")
    assert first != sealing.message_id(TOKEN, "2024-W24")
    assert first.endswith("@127.0.0.1>")
    assert TOKEN not in first
