"""What the logs leave out."""

import logging
import re

_TOKEN = re.compile(r"(?<=/s/)[^/\s]+|(?<=/word/)[^/\s]+|(?<=/report/)[\w-]{32}|(?<=/\?)[^\s'\"]+")


class Discreet(logging.Formatter):
    """Leaves out the tokens of letters, reports and personal links, which open a page, and what was asked of a page.

    Tracebacks included.
    """

    def format(self, record: logging.LogRecord) -> str:
        return _TOKEN.sub("...", super().format(record))
