"""Tables as files that spreadsheets open."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> HttpResponse:
    """Rows as a file in UTF-8."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Robots-Tag"] = "noindex"
    writer = csv.writer(response)  # lines end in CR LF, so that a cell with either is put in quotes
    writer.writerow(header)
    writer.writerows([_as_text(cell) for cell in row] for row in rows)
    return response


def _as_text(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would work it out as a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
