"""What the database refuses: a context that expects one named rule to stop its block."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction


@contextmanager
def refused_by(rule: str) -> Iterator[None]:
    """Expect the constraint or trigger `rule` to refuse the block, deferred ones at its end."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():  # noqa: PT012 - the block is the caller's
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cause = caught.value.__cause__
    assert cause is not None
    assert cause.diag.constraint_name == rule  # type: ignore[attr-defined]
