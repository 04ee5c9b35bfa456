"""All that is kept of one reader, for the reader: in plain words, and as a file."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext

from coalition.digests.models import Confirmation, Delivery
from coalition.digests.reports import Opened

FINGERPRINTS = {"id", "subscriber_id", "token_hash", "bounce_hash"}  # would tell a finder of the file which row it is
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Holdings:
    """The rows that are kept of a reader, but for those that only the mail worker reads."""

    opened: Opened
    letters: list[Delivery]
    confirmations: list[Confirmation]

    @property
    def as_rows(self) -> dict[str, object]:
        """Every column that is kept, by its name; the sealed address and fingerprints in words."""
        follows = [*self.opened.follows, *self.opened.pending]
        return {
            "address": gettext(
                "Your address is sealed: this website can write it and cannot read it, so it is not here."
            ),
            "out_of_reach": gettext(
                "A request of yours that still waits for its answer, sealed; and that a letter came back, for thirty"
                " days at most."
            ),
            "fingerprints": gettext(
                "Fingerprints of the address and of your links are kept too. They are left out, so that whoever finds"
                " this file learns nothing from it with the database in hand."
            ),
            "reader": _row(self.opened.subscriber),
            "follows": [{"label": one.label} | _row(one) for one in follows],
            "letters": [_row(letter) for letter in self.letters],
            "links_sent": [_row(one) for one in self.confirmations],
        }


def holdings_of(found: Opened) -> Holdings:
    """What is kept of the reader whose link was opened; two queries."""
    subscriber = found.subscriber
    return Holdings(
        found,
        list(subscriber.deliveries.order_by("pk")),
        list(subscriber.confirmations.order_by("sent_at")),
    )


def _row(row: models.Model) -> Row:
    columns = [field.attname for field in row._meta.concrete_fields]
    return {column: getattr(row, column) for column in columns if column not in FINGERPRINTS}
