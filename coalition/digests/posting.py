"""Handing letters to the mail server, over one connection for many, with no address in any error or log."""

import contextlib
import smtplib
from types import TracebackType

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as Smtp
from django.utils import timezone

from coalition.digests.bounces import kind_of
from coalition.digests.enums import BounceKind
from coalition.digests.messages import Letter
from coalition.digests.models import MailRoom


class NotNow(Exception):
    """The mail server cannot take the letter now; try again later."""


class Refused(Exception):
    """The mail server will never take this letter; `kind` is what that says of the address."""

    def __init__(self, words: str, kind: BounceKind = BounceKind.SOFT) -> None:
        super().__init__(words)
        self.kind = kind


class Post:
    """The way to the mail server; opened with the first letter, used for all that follow, closed at the end.

    A connection that breaks is opened anew for the next letter. The letter may have been taken before it broke: sent
    again it has the same Message-ID.
    """

    def __init__(self) -> None:
        self.is_down = False  # the server is not reached or does not let us in, or letters are stopped: no use going on
        self._server: BaseEmailBackend | None = None
        self._took_one = False

    def __enter__(self) -> "Post":
        self.is_down = MailRoom.stopped() is not None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._hang_up()

    def send(self, letter: Letter, *, cleared: bool = False) -> None:
        """Return once the server has accepted `letter`; `cleared`: the caller has looked whether letters are stopped.

        Raises NotNow, Refused: outside of any `except`, because the errors of smtplib and anymail carry the address.
        """
        if not cleared and MailRoom.stopped():
            self.is_down = True
            raise NotNow("letters are stopped")
        if problem := self._try(letter):
            raise problem
        self._took_one = True

    def _try(self, letter: Letter) -> NotNow | Refused | None:
        if not letter.address.isascii() or not letter.address.isprintable():
            return Refused("not an address", BounceKind.HARD)
        try:
            if self._server is None:
                self._server = get_connection()
                self._server.open()
            return self._hand_over(letter, self._server)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            return self._verdict(code, kind_of(f"{code} {words!r}"))
        except smtplib.SMTPDataError as error:
            return self._verdict(error.smtp_code, BounceKind.SOFT)  # that is about the letter
        except smtplib.SMTPResponseException as error:  # our sign-in or sender is refused, not the reader
            self._break_off(is_down=True)
            return NotNow(f"code {error.smtp_code}")
        except OSError as error:  # smtplib's other errors too
            self._break_off(is_down=not self._took_one)
            return NotNow(type(error).__name__)
        except ValueError as error:  # ours, not the reader's: a sender or header that cannot be written
            return NotNow(type(error).__name__)

    def _hand_over(self, letter: Letter, server: BaseEmailBackend) -> NotNow | Refused | None:
        """Bytes of ours over SMTP; what a provider's own interface wants to anybody else."""
        if isinstance(server, Smtp) and server.connection:
            server.connection.sendmail(letter.sender, [letter.address], letter.as_bytes(timezone.now()))
            return None
        from anymail import exceptions  # here, because it takes 20 MB that SMTP can do without

        try:
            server.send_messages([letter.as_message()])
        except (exceptions.AnymailRecipientsRefused, exceptions.AnymailInvalidAddress) as error:
            said = getattr(getattr(error.email_message, "anymail_status", None), "status", None)
            return Refused("by the provider", BounceKind.SOFT if said and "rejected" in said else BounceKind.HARD)
        except exceptions.AnymailError as error:
            code = error.status_code or 0
            if code in (400, 413, 422):
                return Refused(f"code {code}")
            self._break_off(is_down=True)
            return NotNow(f"code {code}" if code else type(error).__name__)
        return None

    def _verdict(self, code: int, kind: BounceKind | None) -> NotNow | Refused:
        if code == 421:  # and the server hangs up
            self._break_off(is_down=not self._took_one)
        return Refused(f"code {code}", kind or BounceKind.SOFT) if code >= 500 else NotNow(f"code {code}")

    def _break_off(self, *, is_down: bool) -> None:
        """Hang up on a server that may not answer any more: QUIT would wait for it."""
        self.is_down = is_down
        if isinstance(self._server, Smtp) and self._server.connection:
            self._server.connection.close()
        self._hang_up()

    def _hang_up(self) -> None:
        if self._server is not None:
            with contextlib.suppress(OSError):
                self._server.close()
            self._server, self._took_one = None, False
