"""Every price has a unit, a date and a source, and prices are consistent with each other."""

from datetime import date
from decimal import Decimal
from importlib.resources import files
from itertools import pairwise

import pytest
from pydantic import ValidationError

from arqctl.cost.prices import Price, PriceTable, Unit, find_price, oldest_price_date

TABLES = [
    PriceTable.model_validate_json(each.read_text(encoding="utf-8"))
    for each in files("arqctl.cost").joinpath("prices").iterdir()
    if each.name.endswith(".json")
]
PRICE = {
    "unit": "hour",
    "price": "0.10",
    "as_of": "2026-01-01",
    "page": "https://aws.amazon.com/eks/pricing/",
    "confirmed_by": ["a"],
}
SOURCES = {"a": {"description": "a page", "url": "https://example.com/a"}}


def test_each_region_of_the_platform_has_a_table() -> None:
    assert {table.region for table in TABLES} == {"", "eu-west-1", "eu-central-1", "us-east-1"}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.region or "all-regions")
def test_a_table_is_sorted_and_recent(table: PriceTable) -> None:
    assert list(table.prices) == sorted(table.prices)
    assert all(date(2025, 1, 1) <= price.as_of for price in table.prices.values())


def test_the_oldest_price_date() -> None:
    assert oldest_price_date() == min(price.as_of for table in TABLES for price in table.prices.values())


def test_a_price_is_found_in_its_region_or_in_all_regions() -> None:
    ireland, virginia = find_price("eu-west-1", "ec2/m7g.large"), find_price("us-east-1", "ec2/m7g.large")
    assert ireland is not None
    assert virginia is not None
    assert (ireland.price, virginia.price) == (Decimal("0.091"), Decimal("0.0816"))
    assert find_price("eu-west-1", "kms/key") == find_price("", "kms/key")
    assert find_price("eu-west-1", "ec2/spot/m7g.large") is None


FAMILIES = [
    *(f"rds/postgres/db.{family}" for family in ("t4g", "m6g", "m7g", "r6g", "r7g")),
    *(
        f"elasticache/{engine}/cache.{family}"
        for engine in ("redis", "valkey")
        for family in ("t4g", "m7g", "r7g")
    ),
]
SIZES = ("micro", "small", "medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge")


@pytest.mark.parametrize("family", FAMILIES)
def test_twice_the_size_costs_twice_as_much_within_rounding(family: str) -> None:
    found = (find_price("eu-west-1", f"{family}.{size}") for size in SIZES)
    prices = [price.price for price in found if price]
    assert len(prices) >= 3
    assert all(abs(large - 2 * small) <= Decimal("0.001") for small, large in pairwise(prices))


def test_a_valkey_node_costs_a_fifth_less_than_a_redis_node() -> None:
    (ireland,) = (table.prices for table in TABLES if table.region == "eu-west-1")
    nodes = [
        item.removeprefix("elasticache/valkey/") for item in ireland if item.startswith("elasticache/valkey/")
    ]
    assert len(nodes) > 20
    for node in nodes:
        redis, valkey = (ireland[f"elasticache/{engine}/{node}"].price for engine in ("redis", "valkey"))
        assert valkey == redis * Decimal("0.8"), node


@pytest.mark.parametrize(
    ("unit", "monthly"),
    [
        (Unit.HOUR, "146.00"),  # two at 0.10 for 730 hours
        (Unit.VCPU_HOUR, "146.00"),
        (Unit.MONTH, "0.20"),
        (Unit.GIB_MONTH, "0.20"),
    ],
)
def test_an_hourly_price_counts_730_times_a_month(unit: Unit, monthly: str) -> None:
    price = Price.model_validate({**PRICE, "unit": unit})
    assert price.monthly(Decimal(2)) == Decimal(monthly)


@pytest.mark.parametrize(
    "invalid",
    [
        {"price": "0"},
        {"price": "-1"},
        {"confirmed_by": []},
        {"confirmed_by": ["b"]},
        {"page": "http://aws.amazon.com/"},
        {"page": "https://example.com/"},
        {"unit": "day"},
        {"as_of": "yesterday"},
        {"surprise": True},
    ],
)
def test_an_incomplete_price_is_rejected(invalid: dict[str, object]) -> None:
    entry = {**PRICE, **invalid}
    with pytest.raises(ValidationError):
        PriceTable.model_validate({"region": "x", "sources": SOURCES, "prices": {"a": entry}})


def test_an_unused_source_is_rejected() -> None:
    sources = {**SOURCES, "b": SOURCES["a"]}
    with pytest.raises(ValidationError, match="different sources"):
        PriceTable.model_validate({"region": "x", "sources": sources, "prices": {"a": PRICE}})
