"""A fixed date for all tests of policies, because rules compare support dates with today."""

from datetime import date

import pytest

from policies import clock


@pytest.fixture(autouse=True, scope="session")
def _fixed_date() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "today", lambda: date(2026, 11, 23))
        yield
