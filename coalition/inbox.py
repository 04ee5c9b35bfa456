"""A letter box for development: an SMTP server that keeps every letter as a file and sends none.

python -m coalition.inbox FOLDER [--port N] prints the port it listens on.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import itertools
import signal
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
LARGEST_LETTER = 10_000_000  # bytes


class Inbox:
    """Stores letters as FOLDER/TIME-N.eml; a file is there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = itertools.count(1)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.store(envelope, dt.datetime.now(dt.UTC))
        return "250 Stored"

    def store(self, envelope: Envelope, at: dt.datetime) -> Path:
        """Keep the letter below two lines that say who it came from and whom it was for."""
        name = f"{at:%Y%m%dT%H%M%S.%f}-{next(self.numbers)}"
        top = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
        letter = envelope.content or b""
        draft = self.folder / f".{name}"
        draft.touch(mode=0o600)
        draft.write_bytes(top.encode() + (letter.encode() if isinstance(letter, str) else letter))
        return draft.rename(self.folder / f"{name}.eml")


async def serve(folder: Path, port: int) -> None:
    """Take letters until SIGINT or SIGTERM."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    inbox = Inbox(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(inbox, data_size_limit=LARGEST_LETTER, enable_SMTPUTF8=True, hostname="localhost", loop=loop),
        host=HOST,
        port=port,
    )
    ending = asyncio.Event()
    for request in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(request, ending.set)
    print(server.sockets[0].getsockname()[1], flush=True)
    await ending.wait()
    server.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m coalition.inbox", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0, help="any free one if not given")
    chosen = parser.parse_args()
    try:
        asyncio.run(serve(chosen.folder, chosen.port))
    except OSError as error:
        sys.exit(f"The letter box cannot listen on {HOST}:{chosen.port} or write to {chosen.folder}: {error.strerror}.")


if __name__ == "__main__":
    main()
