"""What the logs leave out."""

import logging
import re

_TOKEN = re.compile(r"(?<=/s/)[^/\s]+|(?<=/word/)[^/\s]+|(?<=/report/)[\w-]{32}|(?<=/\?)[^\s'\"]+|(?<=DETAIL:)[^\n]+")


class Discreet(logging.Formatter):
    """Leaves out the tokens of letters, reports and personal links, which open a page, and what was asked of a page.

    Tracebacks included, and of PostgreSQL's errors the detail, which tells the values of a row.
    """

    def format(self, record: logging.LogRecord) -> str:
        return _TOKEN.sub("...", super().format(record))
