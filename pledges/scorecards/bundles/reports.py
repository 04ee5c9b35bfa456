"""Which bundle stands for the scores that are shown, and the whole chain."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.db.models import BooleanField, QuerySet
from django.db.models.functions import Length

from deputies.sources.prepared import prepared
from deputies.sources.rows import Written
from pledges.scorecards.bundles.archive import Step
from pledges.scorecards.bundles.contents import moment
from pledges.scorecards.bundles.verify import check
from pledges.scorecards.models import Bundle

SHORT = 12  # characters of an id that pages print


@dataclass(frozen=True, slots=True)
class BundleNote:
    """A bundle as it is named beside a score; not everything is covered while the latest change awaits the next one."""

    number: int
    ident: str
    at: dt.datetime
    covers_everything: bool

    @property
    def short(self) -> str:
        return self.ident[:SHORT]


def latest_bundle() -> BundleNote | None:
    """The latest bundle; None if there is none yet. One query."""
    for number, ident, at, is_behind in _latest():
        return BundleNote(number, ident, at, not is_behind)
    return None


@prepared
def _latest() -> "QuerySet[Bundle, tuple[int, str, dt.datetime, bool]]":
    newer = Written("EXISTS (SELECT FROM journal_event e WHERE e.id > {0})", "event", output_field=BooleanField())
    rows = Bundle.objects.annotate(is_behind=newer).order_by("-number")
    return rows.values_list("number", "ident", "at", "is_behind")[:1]


@dataclass(frozen=True, slots=True)
class BundleEntry:
    """One bundle of the public list; `size` in bytes."""

    number: int
    ident: str
    previous: str
    at: dt.datetime
    size: int


def every_bundle(*, most: int | None = None) -> list[BundleEntry]:
    """The chain, latest first; one query that does not read the archives."""
    rows = Bundle.objects.annotate(size=Length("archive"))
    fields = ("number", "ident", "previous__ident", "at", "size")
    return [
        BundleEntry(number, ident, previous or "", at, size)
        for number, ident, previous, at, size in rows.order_by("-number").values_list(*fields)[:most]
    ]


def archive_of(number: int) -> bytes | None:
    """The bytes of a bundle; None if there is no such bundle."""
    archive = Bundle.objects.filter(number=number).values_list("archive", flat=True).first()
    return None if archive is None else bytes(archive)


def step_of(bundle: Bundle) -> Step:
    """What the id of a stored bundle is a hash of, with the id before it."""
    return Step(bundle.number, moment(bundle.at), bundle.event_id, bundle.code, bundle.content)


def chain_faults() -> Iterator[str]:
    """Stored bundles whose ids do not follow from one another, and what the checker finds in the latest archive."""
    previous = ""
    for bundle in Bundle.objects.defer("archive").order_by("number"):
        if bundle.ident != step_of(bundle).ident(previous):
            yield f"Bundle {bundle.number}: its id does not follow from what it states."
        previous = bundle.ident
    latest = Bundle.objects.order_by("number").last()
    if latest is not None:
        with NamedTemporaryFile(suffix=".zip") as file:
            file.write(latest.archive)
            file.flush()
            found = check(Path(file.name), latest.ident).findings
        yield from (f"Bundle {latest.number}: {finding}" for finding in found)
