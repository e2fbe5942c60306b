"""Price table: one file of list prices per region, each price with its date and sources."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field, model_validator

HOURS_A_MONTH = 730
"""As in AWS's pricing calculator: 365 days of 24 hours in 12 months."""


class Unit(StrEnum):
    """Unit that a price is for."""

    HOUR = "hour"
    VCPU_HOUR = "vCPU-hour"
    MONTH = "month"
    GIB_MONTH = "GiB-month"
    VCPU_MONTH = "vCPU-month"
    GIB = "GiB"
    GIB_SECOND = "GiB-second"
    MINUTE = "minute"
    OBSERVATION = "observation"
    REQUEST = "request"
    RUN = "run"
    METRIC = "metric"
    SAMPLE = "sample"

    @property
    def per_month(self) -> int:
        """Number of times that the price is due in a month."""
        return HOURS_A_MONTH if self in (Unit.HOUR, Unit.VCPU_HOUR) else 1


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Record):
    """Source of a price."""

    description: str
    url: str = Field(pattern=r"\Ahttps://")


class Price(_Record):
    """List price in US dollars, with its date, AWS's pricing page and the names of its sources."""

    unit: Unit
    price: Decimal = Field(gt=0)
    as_of: date
    page: str = Field(pattern=r"\Ahttps://aws\.amazon\.com/")
    confirmed_by: tuple[str, ...] = Field(min_length=1)
    note: str = ""

    def monthly(self, quantity: Decimal) -> Decimal:
        """Return the monthly cost of a quantity, rounded to cents."""
        return round(self.price * quantity * self.unit.per_month, 2)


class PriceTable(_Record):
    """Prices of one region by item; `region` is "" for prices that are the same in all regions."""

    region: str
    sources: dict[str, Source]
    prices: dict[str, Price]

    @model_validator(mode="after")
    def _sources_match(self) -> "PriceTable":
        named = {source for price in self.prices.values() for source in price.confirmed_by}
        if named != set(self.sources):
            raise ValueError(
                f"`confirmed_by` and `sources` name different sources: {sorted(named ^ set(self.sources))}"
            )
        return self


def find_price(region: str, item: str) -> Price | None:
    """Return the price of an item in a region, or None if the table doesn't have it."""
    own = _tables().get(region)
    return (own.prices.get(item) if own and region else None) or _tables()[""].prices.get(item)


def oldest_price_date() -> date:
    """Return the date of the table's oldest price."""
    return min(price.as_of for table in _tables().values() for price in table.prices.values())


@cache
def _tables() -> dict[str, PriceTable]:
    folder = files("arqctl.cost").joinpath("prices")
    tables = [
        PriceTable.model_validate_json(each.read_text(encoding="utf-8"))
        for each in folder.iterdir()
        if each.name.endswith(".json")
    ]
    return {table.region: table for table in tables}
