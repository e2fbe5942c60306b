"""Support dates of Kubernetes, PostgreSQL, canary runtimes and chart versions, read from lifecycle.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from policies import clock
from policies.stack import Json
from policies.verdict import Verdict, is_expression, pass_if

Product: TypeAlias = Literal["canary_runtime", "kubernetes", "postgres"]

_LIFECYCLE_FILE = Path(__file__).with_name("lifecycle.toml")


@dataclass(frozen=True)
class _Lifecycle:
    """The support dates of one product."""

    title: str
    release_parts: int
    warning_days: int
    standard_support_ends: Mapping[str, date]

    def release(self, version: str) -> tuple[int, ...]:
        """Return the numbers that identify a release: (1, 35) for Kubernetes 1.35, (17,) for PostgreSQL 17.6.

        Return an empty tuple if a part of the version is not a number.
        """
        try:
            return tuple(int(part) for part in version.removeprefix("v").split("."))[: self.release_parts]
        except ValueError:
            return ()

    @property
    def ends(self) -> dict[tuple[int, ...], date]:
        """The end of standard support by release."""
        return {self.release(version): end for version, end in self.standard_support_ends.items()}


def is_supported(product: Product, version: Json) -> Verdict:
    """Compare a version's end of standard support with today.

    A version after its end fails. A version that is newer than all in lifecycle.toml is UNKNOWN.

    Args:
        product: a table of lifecycle.toml.
        version: the version in the resource, such as `1.35` or `17.6`.
    """
    return Verdict.UNKNOWN if is_expression(version) else _compare(_lifecycles()[product], str(version))


def is_chart_supported(chart: str, version: str) -> Verdict:
    """Compare the end of support of a chart's release with today. A chart that isn't listed is UNKNOWN."""
    lifecycle = _charts().get(chart)
    if lifecycle:
        return _compare(lifecycle, version)
    return Verdict.PASS if chart in _charts_without_dates() else Verdict.UNKNOWN


def end_of_support_warning(product: Product, version: str) -> str | None:
    """Return a warning if standard support of a version ends within the product's `warning_days`.

    Return None if the end is further away, has passed or is not known: the rules report the last two.
    """
    return _warn(_lifecycles()[product], version)


def end_of_chart_support_warning(chart: str, version: str) -> str | None:
    """Return the warning for a release of a chart, like `end_of_support_warning`."""
    lifecycle = _charts().get(chart)
    return _warn(lifecycle, version) if lifecycle else None


def _compare(lifecycle: _Lifecycle, version: str) -> Verdict:
    release = lifecycle.release(version)
    if release > max(lifecycle.ends):
        return Verdict.UNKNOWN
    end = lifecycle.ends.get(release)
    return pass_if(end is not None and clock.today() <= end)


def _warn(lifecycle: _Lifecycle, version: str) -> str | None:
    today = clock.today()
    end = lifecycle.ends.get(lifecycle.release(version))
    if end is None or not 0 <= (days_left := (end - today).days) <= lifecycle.warning_days:
        return None
    supported = ", ".join(name for name, last in lifecycle.standard_support_ends.items() if last >= today)
    return (
        f"{lifecycle.title} {version} leaves standard support on {end}, in {days_left} days: "
        f"plan the upgrade. Supported today: {supported}."
    )


def _lifecycles() -> dict[str, _Lifecycle]:
    return {product: _parse(_tables()[product]) for product in get_args(Product)}


def _charts() -> dict[str, _Lifecycle]:
    return {chart: _parse(table) for chart, table in _tables()["charts"].items()}


def _charts_without_dates() -> list[str]:
    names: list[str] = _tables()["charts_without_dates"]["names"]
    return names


def _parse(table: dict[str, Any]) -> _Lifecycle:
    return _Lifecycle(
        table["title"], table["release_parts"], table["warning_days"], table["standard_support_ends"]
    )


@cache
def _tables() -> dict[str, dict[str, Any]]:
    with _LIFECYCLE_FILE.open("rb") as file:
        return tomllib.load(file)
