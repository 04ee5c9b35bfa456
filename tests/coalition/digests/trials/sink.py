"""A mail server in a process of its own that writes down what it accepts before it says so, and misbehaves on request.

python -m tests.coalition.digests.trials.sink [--log FILE] [--seed N] [--port N] prints the port it listens on. With a
seed it puts letters off, keeps clients waiting, hangs up in the middle of a letter, and dies after it has accepted one
and before it says so. Each accepted letter is a line "MESSAGE-ID RECIPIENT", synchronised to the disk; what it does
wrong is a line "- WHAT".
"""

import argparse
import asyncio
import os
import random
import sys
from email.parser import BytesHeaderParser
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

OFTEN = {"greylist": 0.03, "delay": 0.02, "hang-up": 0.004, "die": 0.001}  # of letters


class Book:
    """What was accepted, on the disk before anybody is told."""

    def __init__(self, name: str | None) -> None:
        self._file = os.open(name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600) if name else None

    def write(self, *words: str) -> None:
        if self._file is not None:
            os.write(self._file, (" ".join(words) + "\n").encode())
            os.fdatasync(self._file)


class Sink:
    def __init__(self, book: Book, luck: random.Random | None) -> None:
        self.book, self._luck = book, luck

    def happens(self, what: str) -> bool:
        happens = self._luck is not None and self._luck.random() < OFTEN[what]
        if happens:
            self.book.write("-", what)
        return happens

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, to: str, options: list[str]) -> str:
        if self.happens("greylist"):
            return "451 4.7.1 Try again later"
        if self.happens("delay"):
            await asyncio.sleep(0.5)
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        if self.book._file is not None:
            self.book.write(BytesHeaderParser().parsebytes(content)["Message-ID"], *envelope.rcpt_tos)
        if self.happens("die"):
            os._exit(1)
        return "250 OK"


class Line(SMTP):
    """Sometimes hangs up in the middle of a letter."""

    async def smtp_DATA(self, arg: str) -> None:
        if self.event_handler.happens("hang-up"):
            await self.push("354 Go on")
            await self._reader.read(100)
            assert self.transport is not None
            self.transport.close()
            return
        await super().smtp_DATA(arg)


async def serve(sink: Sink, port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Line(sink, hostname="localhost", loop=loop), "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


def main(words: list[str] | None = None) -> Any:
    parser = argparse.ArgumentParser()
    parser.add_argument("--log")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--port", type=int, default=0)
    args = parser.parse_args(words)
    luck = None if args.seed is None else random.Random(args.seed)  # noqa: S311
    asyncio.run(serve(Sink(Book(args.log), luck), args.port))


if __name__ == "__main__":
    sys.exit(main())
