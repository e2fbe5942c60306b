"""Tests that synthesis records warnings about the end of support, which the gate reports."""

from datetime import date
from pathlib import Path

import pytest

from arqctl.core.assembly import read_assembly
from environments.discovery import discover_environments
from environments.synthesis import synthesize_environments
from policies import clock


@pytest.mark.parametrize(
    ("today", "warnings"),
    [
        (date(2027, 1, 25), {}),
        (date(2027, 1, 26), {"production/cluster": "Kubernetes 1.35 leaves standard support on 2027-03-27"}),
        (date(2030, 1, 1), {"production/database": "PostgreSQL 17 leaves standard support on 2030-02-28"}),
    ],
)
def test_synthesis_warns_before_support_ends(
    today: date, warnings: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda: today)
    production = [env for env in discover_environments() if env.name == "production"]
    [stack] = [
        each
        for each in read_assembly(synthesize_environments(production, tmp_path))
        if each.name == "production"
    ]
    assert {each.path: each.message.partition(",")[0] for each in stack.annotations} == warnings
    assert all(each.level == "warn" for each in stack.annotations)
