"""Tests that synthesis records warnings about the end of support, which the gate reports."""

from datetime import date
from pathlib import Path

import pytest

from arqctl.core.assembly import read_assembly
from environments.discovery import discover_environments
from environments.synthesis import synthesize_environments
from policies import clock

CHART = {"production-platform": "cert-manager v1.21.1 leaves standard support on 2027-03-08"}


@pytest.mark.parametrize(
    ("name", "today", "warnings"),
    [
        ("production", date(2027, 1, 25), {}),
        (
            "production",
            date(2027, 1, 26),
            {"production/cluster": "Kubernetes 1.35 leaves standard support on 2027-03-27"},
        ),
        (
            "production",
            date(2030, 1, 1),
            {"production/database": "PostgreSQL 17 leaves standard support on 2030-02-28"},
        ),
        (
            "production",
            date(2027, 4, 29),
            {
                "production/canaries": (
                    "Synthetics runtime syn-nodejs-puppeteer 17.0 leaves standard support on 2027-04-30"
                )
            },
        ),
        ("production-platform", date(2027, 1, 6), {}),
        ("production-platform", date(2027, 1, 7), CHART),
    ],
)
def test_synthesis_warns_before_support_ends(
    name: str, today: date, warnings: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda: today)
    production = [env for env in discover_environments() if env.name == "production"]
    [stack] = [
        each for each in read_assembly(synthesize_environments(production, tmp_path)) if each.name == name
    ]
    assert {each.path: each.message.partition(",")[0] for each in stack.annotations} == warnings
    assert all(each.level == "warn" for each in stack.annotations)
