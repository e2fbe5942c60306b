"""Support dates of Kubernetes and PostgreSQL versions, read from lifecycle.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from policies import clock
from policies.stack import Json
from policies.verdict import Verdict, is_expression, pass_if

Product: TypeAlias = Literal["kubernetes", "postgres"]

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
            return tuple(int(part) for part in version.split("."))[: self.release_parts]
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
    if is_expression(version):
        return Verdict.UNKNOWN
    lifecycle = _lifecycles()[product]
    release = lifecycle.release(str(version))
    if release > max(lifecycle.ends):
        return Verdict.UNKNOWN
    end = lifecycle.ends.get(release)
    return pass_if(end is not None and clock.today() <= end)


def end_of_support_warning(product: Product, version: str) -> str | None:
    """Return a warning if standard support of a version ends within the product's `warning_days`.

    Return None if the end is further away, has passed or is not known: the rules report the last two.
    """
    lifecycle, today = _lifecycles()[product], clock.today()
    end = lifecycle.ends.get(lifecycle.release(version))
    if end is None or not 0 <= (days_left := (end - today).days) <= lifecycle.warning_days:
        return None
    supported = ", ".join(name for name, last in lifecycle.standard_support_ends.items() if last >= today)
    return (
        f"{lifecycle.title} {version} leaves standard support on {end}, in {days_left} days: "
        f"plan the upgrade. Supported today: {supported}."
    )


@cache
def _lifecycles() -> dict[str, _Lifecycle]:
    with _LIFECYCLE_FILE.open("rb") as file:
        tables = tomllib.load(file)
    return {
        product: _Lifecycle(
            table["title"], table["release_parts"], table["warning_days"], table["standard_support_ends"]
        )
        for product, table in tables.items()
    }
