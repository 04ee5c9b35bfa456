import logging
import sys

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from coalition.digests.models import Suppression
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


@pytest.mark.django_db
def test_no_value_of_a_refused_row_is_logged() -> None:
    mark = "-".join(("planted", "mark"))  # not in the words of this file, which a traceback quotes
    Suppression.objects.create(mark=mark, reason="hard", until=timezone.now())
    try:
        with transaction.atomic():
            Suppression.objects.create(mark=mark, reason="hard", until=timezone.now())
    except IntegrityError:
        error = sys.exc_info()
    record = logging.LogRecord("x", logging.ERROR, "", 0, "failed: %s", (error[1],), error)

    line = Discreet("{message}", style="{").format(record)

    assert 'violates unique constraint "digests_suppression_mark_key"' in line
    assert "planted-mark" not in line
