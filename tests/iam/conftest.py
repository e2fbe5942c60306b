"""The evaluator, which all tests of a session share."""

from collections.abc import Iterator

import pytest

from tests.iam.simulator import Simulator


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running
