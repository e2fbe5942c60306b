from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import clock, lifecycle
from policies.lifecycle import (
    Product,
    end_of_chart_support_warning,
    end_of_support_warning,
    is_chart_supported,
    is_supported,
)
from policies.verdict import Verdict

LIFECYCLES = lifecycle._lifecycles()
WARNING_DAYS: dict[Product, int] = {"kubernetes": 60, "postgres": 180}
RELEASES: list[tuple[Product, str]] = [
    (product, version) for product in WARNING_DAYS for version in LIFECYCLES[product].standard_support_ends
]


@given(release=st.sampled_from(RELEASES), days_left=st.integers(min_value=-1000, max_value=1000))
def test_version_passes_then_warns_then_fails(release: tuple[Product, str], days_left: int) -> None:
    product, version = release
    end = LIFECYCLES[product].standard_support_ends[version]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "today", lambda: end - timedelta(days=days_left))
        verdict, warning = is_supported(product, version), end_of_support_warning(product, version)
    assert verdict is (Verdict.FAIL if days_left < 0 else Verdict.PASS)
    assert (warning is not None) is (0 <= days_left <= WARNING_DAYS[product])


@pytest.mark.parametrize(
    ("product", "version", "today", "expected"),
    [
        (
            "kubernetes",
            "1.34",
            date(2026, 11, 23),
            "Kubernetes 1.34 leaves standard support on 2026-12-02, in 9 days: plan the upgrade. "
            "Supported today: 1.34, 1.35, 1.36.",
        ),
        (
            "postgres",
            "17.6",
            date(2029, 9, 1),
            "PostgreSQL 17.6 leaves standard support on 2030-02-28, in 180 days: plan the upgrade. "
            "Supported today: 17, 18.",
        ),
        (
            "kubernetes",
            "1.34",
            date(2026, 12, 2),
            "Kubernetes 1.34 leaves standard support on 2026-12-02, in 0 days: plan the upgrade. "
            "Supported today: 1.34, 1.35, 1.36.",
        ),
        ("postgres", "17", date(2029, 8, 31), None),
        ("postgres", "99", date(2029, 9, 1), None),
        ("postgres", "latest", date(2029, 9, 1), None),
    ],
)
def test_warning_names_version_date_and_alternatives(
    product: Product, version: str, today: date, expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda: today)
    assert end_of_support_warning(product, version) == expected


@pytest.mark.parametrize("product", WARNING_DAYS)
def test_newer_releases_are_supported_longer(product: Product) -> None:
    for (older, older_end), (newer, newer_end) in pairwise(LIFECYCLES[product].ends.items()):
        assert older < newer
        assert older_end < newer_end


@pytest.mark.parametrize(
    ("chart", "version", "today", "verdict"),
    [
        ("cert-manager", "v1.21.1", date(2027, 3, 8), Verdict.PASS),
        ("cert-manager", "v1.21.1", date(2027, 3, 9), Verdict.FAIL),
        ("cert-manager", "1.21.1", date(2027, 3, 9), Verdict.FAIL),
        ("cert-manager", "v1.19.0", date(2026, 1, 1), Verdict.FAIL),
        ("cert-manager", "v1.22.0", date(2026, 1, 1), Verdict.UNKNOWN),
        ("karpenter", "1.14.1", date(2036, 1, 1), Verdict.PASS),
        ("unlisted", "1.0.0", date(2026, 1, 1), Verdict.UNKNOWN),
    ],
)
def test_chart_is_supported_until_its_last_day(
    chart: str, version: str, today: date, verdict: Verdict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda: today)
    assert is_chart_supported(chart, version) is verdict


def test_chart_warns_before_its_last_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2027, 2, 1))
    assert end_of_chart_support_warning("cert-manager", "v1.21.1") == (
        "cert-manager v1.21.1 leaves standard support on 2027-03-08, in 35 days: plan the upgrade. "
        "Supported today: 1.21."
    )
    assert end_of_chart_support_warning("karpenter", "1.14.1") is None
