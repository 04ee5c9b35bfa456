from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.coalition.digests.sink import Sink, running_sink


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with running_sink(settings) as taking:
        yield taking
