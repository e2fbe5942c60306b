"""The price table: files of list prices, one a region, each price with its date and how it was confirmed."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field, model_validator

HOURS_A_MONTH = 730
"""As AWS's own calculator has it: 365 days of 24 hours in 12 months."""


class Unit(StrEnum):
    """What a price is for one of."""

    HOUR = "hour"
    VCPU_HOUR = "vCPU-hour"
    MONTH = "month"
    GIB_MONTH = "GiB-month"

    @property
    def times_a_month(self) -> int:
        """How often the price is due in a month."""
        return HOURS_A_MONTH if self in (Unit.HOUR, Unit.VCPU_HOUR) else 1


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Record):
    """Where a price was found: what that is, and its address."""

    what: str
    address: str = Field(pattern=r"\Ahttps://")


class Price(_Record):
    """A list price in US dollars: when it was last known, AWS's page, and the sources that have it."""

    unit: Unit
    price: Decimal = Field(gt=0)
    as_of: date
    page: str = Field(pattern=r"\Ahttps://aws\.amazon\.com/")
    confirmed: tuple[str, ...] = Field(min_length=1)
    note: str = ""

    def monthly(self, quantity: Decimal) -> Decimal:
        """What so many cost a month, to the cent."""
        return round(self.price * quantity * self.unit.times_a_month, 2)


class Region(_Record):
    """The prices of one region by item; `region` is "" for those that are the same in all."""

    region: str
    sources: dict[str, Source]
    prices: dict[str, Price]

    @model_validator(mode="after")
    def _confirmed_by_a_source(self) -> "Region":
        named = {source for price in self.prices.values() for source in price.confirmed}
        if named != set(self.sources):
            raise ValueError(f"sources named and given differ: {sorted(named ^ set(self.sources))}")
        return self


def find_price(region: str, item: str) -> Price | None:
    """The price of an item in a region, or None where the table doesn't have it."""
    own = _tables().get(region)
    return (own.prices.get(item) if own and region else None) or _tables()[""].prices.get(item)


def oldest() -> date:
    """The date of the table's oldest price."""
    return min(price.as_of for table in _tables().values() for price in table.prices.values())


@cache
def _tables() -> dict[str, Region]:
    folder = files("arqctl.cost").joinpath("prices")
    read = [
        Region.model_validate_json(each.read_text(encoding="utf-8"))
        for each in folder.iterdir()
        if each.name.endswith(".json")
    ]
    return {table.region: table for table in read}
