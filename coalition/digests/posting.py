"""Handing letters to the mail server, over one connection for many, with no address in any error or log."""

import contextlib
import smtplib
from types import TracebackType

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as Smtp
from django.utils import timezone

from coalition.digests.enums import BounceKind
from coalition.digests.messages import Letter
from coalition.digests.models import MailRoom


class NotNow(Exception):
    """The mail server cannot take the letter now; try again later."""


class Refused(Exception):
    """The mail server will never take this letter; `kind` is what that says of the address."""

    kind = BounceKind.HARD


class Post:
    """The way to the mail server; opened with the first letter, used for all that follow, closed at the end."""

    def __init__(self) -> None:
        self.is_down = False  # the server is not reached or does not let us in, or letters are stopped: no use going on
        self._server: BaseEmailBackend | None = None

    def __enter__(self) -> "Post":
        self.is_down = MailRoom.stopped() is not None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._hang_up()

    def send(self, letter: Letter, *, cleared: bool = False) -> None:
        """Return once the server has accepted `letter`; `cleared`: the caller has looked whether letters are stopped.

        Raises NotNow, Refused: outside of any `except`, because smtplib's own errors carry the address.
        """
        if not cleared and MailRoom.stopped():
            self.is_down = True
            raise NotNow("letters are stopped")
        if problem := self._try(letter):
            raise problem

    def _try(self, letter: Letter) -> NotNow | Refused | None:
        try:
            if self._server is None:
                self._server = get_connection()
                self._server.open()
            self._hand_over(letter, self._server)
        except smtplib.SMTPRecipientsRefused as error:
            return _verdict(next(iter(error.recipients.values()))[0])
        except smtplib.SMTPDataError as error:
            return _verdict(error.smtp_code)
        except smtplib.SMTPResponseException as error:  # our sign-in or sender is refused, not the reader
            self._hang_up()
            self.is_down = True
            return NotNow(f"code {error.smtp_code}")
        except OSError as error:  # smtplib's other errors too
            self._hang_up()
            self.is_down = True
            return NotNow(type(error).__name__)
        except (ValueError, UnicodeError):
            return Refused("not an address")
        return None

    @staticmethod
    def _hand_over(letter: Letter, server: BaseEmailBackend) -> None:
        """Bytes of ours over SMTP; what a provider's own interface wants to anybody else."""
        if isinstance(server, Smtp) and server.connection:
            server.connection.sendmail(letter.sender, [letter.address], letter.as_bytes(timezone.now()))
        else:
            server.send_messages([letter.as_message()])

    def _hang_up(self) -> None:
        if self._server is not None:
            with contextlib.suppress(OSError):
                self._server.close()
            self._server = None


def _verdict(code: int) -> NotNow | Refused:
    return Refused(f"code {code}") if code >= 500 else NotNow(f"code {code}")
