from datetime import date

import pytest

from constructs_arq.cluster import versions


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests are about clusters: they must not fail on the day that a Kubernetes version ends."""
    monkeypatch.setattr(versions, "today", lambda: date(2026, 11, 23))
