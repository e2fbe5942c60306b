"""The table of figures from which recovery times are derived, each with its source."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from constructs_arq.core.errors import ArqError

_TABLE: Final = Path(__file__).with_name("recovery_figures.toml")
_FIELDS: Final = {"title", "value", "unit", "kind", "source", "date", "note"}


class FigureKind(StrEnum):
    """The origin of a figure."""

    PUBLISHED = "published"
    MEASURED = "measured"
    ASSUMED = "assumed"


class FigureUnit(StrEnum):
    """The unit of a figure: a duration, or the rate of a duration that depends on a size."""

    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    GIB_PER_HOUR = "GiB per hour"


_SECONDS: Final = {FigureUnit.SECONDS: 1, FigureUnit.MINUTES: 60, FigureUnit.HOURS: 3600}


class FigureError(ArqError):
    """The table has no such figure, or an invalid one."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A duration or a rate, with the page that it is from. `date` is the day on which the page was read."""

    name: str
    title: str
    value: Decimal
    unit: FigureUnit
    kind: FigureKind
    source: str
    date: date
    note: str

    @property
    def duration(self) -> timedelta:
        """The duration.

        Raises:
            FigureError: if the figure is a rate.
        """
        if self.unit not in _SECONDS:
            raise FigureError(f"{_TABLE.name}: {self.name} is a rate. Use duration_of with a size.")
        return timedelta(seconds=float(self.value * _SECONDS[self.unit]))

    def duration_of(self, gib: int) -> timedelta:
        """Return the duration for a size in GiB.

        Raises:
            FigureError: if the figure is no rate.
        """
        if self.unit is not FigureUnit.GIB_PER_HOUR:
            raise FigureError(f"{_TABLE.name}: {self.name} is a duration. Use it without a size.")
        return timedelta(hours=float(gib / self.value))


def find_figure(name: str) -> Figure:
    """Return a figure of the table.

    Raises:
        FigureError: if the table has none of this name. Recovery without a figure can't be promised.
    """
    figures = recovery_figures()
    if name not in figures:
        raise FigureError(f"{_TABLE.name}: has no figure {name}. Add it with its source.")
    return figures[name]


@cache
def recovery_figures() -> Mapping[str, Figure]:
    """Return the table by name.

    Raises:
        FigureError: if an entry is incomplete or invalid.
    """
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return {name: parse_figure(name, entry) for name, entry in table.items()}


def parse_figure(name: str, entry: Mapping[str, object]) -> Figure:
    """Return the figure of an entry of the table.

    Raises:
        FigureError: if a field is missing, unknown or invalid.
    """
    if set(entry) != _FIELDS:
        wrong = ", ".join(sorted(_FIELDS ^ set(entry)))
        raise FigureError(f"{_TABLE.name}: {name} lacks fields or has unknown ones: {wrong}.")
    value, source, day = entry["value"], str(entry["source"]), entry["date"]
    if isinstance(value, bool) or not isinstance(value, int | float) or not isinstance(day, date):
        raise FigureError(f"{_TABLE.name}: {name} needs a number as value and a day as date.")
    try:
        unit, kind = FigureUnit(str(entry["unit"])), FigureKind(str(entry["kind"]))
    except ValueError as error:
        raise FigureError(f"{_TABLE.name}: {name}: {error}.") from None
    number = Decimal(str(value))
    if number < 0 or (unit is FigureUnit.GIB_PER_HOUR and number == 0):
        raise FigureError(f"{_TABLE.name}: {name} must not be negative, nor a rate of 0, got {number}.")
    if not source.startswith("https://"):
        raise FigureError(f"{_TABLE.name}: {name} needs the address of a page as source, got {source}.")
    texts = {field: str(entry[field]) for field in ("title", "note")}
    return Figure(name=name, value=number, unit=unit, kind=kind, source=source, date=day, **texts)
