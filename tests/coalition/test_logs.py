import logging
import sys

from coalition.logs import Discreet


def test_no_token_of_a_letter_is_logged() -> None:
    try:
        raise ValueError("/s/secret-token/unsubscribe/")
    except ValueError:
        error = sys.exc_info()
    record = logging.LogRecord("x", logging.ERROR, "", 0, "%s: %s", ("Not Found", "/s/secret-token/"), error)

    line = Discreet("{message}", style="{").format(record)

    assert "secret-token" not in line
    assert line.startswith("Not Found: /s/.../\n")
