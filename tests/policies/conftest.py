"""Time stands still here: support dates pass, tests don't."""

from datetime import date

import pytest

from policies import clock


@pytest.fixture(autouse=True, scope="session")
def _today() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "today", lambda: date(2026, 11, 23))
        yield
