"""Building the next bundle of the chain."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from deputies.journal.models import Event
from pledges.platform.models import Platform
from pledges.scorecards.bundles import archive
from pledges.scorecards.bundles.contents import code_version, moment, read_files
from pledges.scorecards.bundles.reports import step_of
from pledges.scorecards.models import Bundle


class NothingPublished(Exception):
    """There is no published platform yet, and so no score."""


def build_bundle(*, at: dt.datetime) -> Bundle:
    """Write everything the published scores rest on as the next bundle, or return the latest if nothing changed.

    Raises NothingPublished.
    """
    with _one_builder_at_one_moment():
        event = Event.objects.order_by("-pk").first()
        if event is None or not Platform.objects.filter(published__isnull=False).exists():
            raise NothingPublished
        earlier = list(Bundle.objects.defer("archive").order_by("number"))
        last = earlier[-1] if earlier else None
        files = read_files()
        content = archive.content_of(files)
        if last is not None and (last.event_id, last.content) == (event.pk, content):
            return last
        step = archive.Step(len(earlier) + 1, moment(event.at), event.pk, code_version(), content)
        return Bundle.objects.create(
            number=step.number,
            ident=step.ident(last.ident if last else ""),
            previous=last,
            content=content,
            at=event.at,
            event=event,
            code=step.code,
            archive=archive.pack(files, step, [step_of(bundle) for bundle in earlier]),
            built_at=at,
        )


@contextmanager
def _one_builder_at_one_moment() -> Iterator[None]:
    """A transaction in which every query sees the same moment, and no other builder is at work.

    Publishing goes on meanwhile: the journal is not locked, as an event is only ever seen together with what it tells
    of. The table is locked before the first query, so what is then seen includes the bundle of whoever was before us.
    """
    is_own = not connection.in_atomic_block  # within a caller's transaction, how much it sees is the caller's choice
    with transaction.atomic(), connection.cursor() as cursor:
        if is_own:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute(f"LOCK TABLE {Bundle._meta.db_table} IN EXCLUSIVE MODE")  # pages still read it
        yield
