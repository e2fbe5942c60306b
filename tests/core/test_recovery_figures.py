from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from constructs_arq.core.alarm_delivery import REACTION_SECONDS
from constructs_arq.core.recovery_figures import (
    FigureError,
    FigureKind,
    find_figure,
    parse_figure,
    recovery_figures,
)

ROOT = Path(__file__).parents[2]
ENTRY = {
    "title": "failover",
    "value": 120,
    "unit": "seconds",
    "kind": "published",
    "source": "https://docs.aws.amazon.com/page.html",
    "date": date(2026, 11, 30),
    "note": "typically",
}
# Pages of the vendors: only these publish figures. Others can measure them.
PUBLISHERS = (
    "https://docs.aws.amazon.com/",
    "https://aws.amazon.com/",
    "https://kubernetes.io/docs/",
    "https://grafana.com/docs/",
)


def test_only_pages_of_vendors_publish_figures() -> None:
    published = [each for each in recovery_figures().values() if each.kind is FigureKind.PUBLISHED]
    assert published
    for figure in published:
        assert figure.source.startswith(PUBLISHERS), figure.name


def test_each_figure_explains_its_value() -> None:
    for figure in recovery_figures().values():
        assert figure.title.strip()
        assert figure.note.strip(), figure.name


def test_each_figure_is_used() -> None:
    folders = ("constructs_arq", "environments")
    code = "".join(path.read_text() for folder in folders for path in (ROOT / folder).rglob("*.py"))
    assert [name for name in recovery_figures() if f'"{name}"' not in code] == []


def test_the_page_takes_as_long_as_alarms_are_planned_with() -> None:
    assert find_figure("page").duration == timedelta(seconds=REACTION_SECONDS)


def test_durations_have_their_unit() -> None:
    assert parse_figure("failover", ENTRY).duration == timedelta(minutes=2)
    assert parse_figure("failover", {**ENTRY, "value": 1.5, "unit": "hours"}).duration == timedelta(
        minutes=90
    )


def test_a_rate_needs_a_size() -> None:
    rate = parse_figure("restore", {**ENTRY, "value": 200, "unit": "GiB per hour"})
    assert rate.duration_of(100) == timedelta(minutes=30)
    with pytest.raises(FigureError, match="restore is a rate"):
        _ = rate.duration
    with pytest.raises(FigureError, match="failover is a duration"):
        parse_figure("failover", ENTRY).duration_of(100)


def test_a_missing_figure_is_an_error() -> None:
    with pytest.raises(FigureError, match="has no figure rds-teleport"):
        find_figure("rds-teleport")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unit": "fortnights"}, "fortnights"),
        ({"kind": "guessed"}, "guessed"),
        ({"value": -1}, "must not be negative"),
        ({"value": 0, "unit": "GiB per hour"}, "a rate of 0"),
        ({"value": True}, "needs a number"),
        ({"date": "2026-11-30"}, "a day as date"),
        ({"source": "a colleague"}, "address of a page"),
        ({"colour": "red"}, "unknown ones: colour"),
    ],
)
def test_invalid_entries_are_errors(change: dict[str, object], message: str) -> None:
    with pytest.raises(FigureError, match=message):
        parse_figure("failover", {**ENTRY, **change})


def test_an_entry_without_a_source_is_an_error() -> None:
    with pytest.raises(FigureError, match="lacks fields or has unknown ones: source"):
        parse_figure("failover", {name: value for name, value in ENTRY.items() if name != "source"})


def test_numbers_are_exact() -> None:
    assert parse_figure("failover", {**ENTRY, "value": 0.1}).value == Decimal("0.1")
