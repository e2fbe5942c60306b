"""The table says where each price comes from, and what of the platform it lacks is known."""

from datetime import date
from decimal import Decimal
from importlib.resources import files
from itertools import pairwise

import pytest
from pydantic import ValidationError

from arqctl.cost.prices import Price, Region, Unit, find_price, oldest

TABLES = [
    Region.model_validate_json(each.read_text(encoding="utf-8"))
    for each in files("arqctl.cost").joinpath("prices").iterdir()
    if each.name.endswith(".json")
]
PRICE = {
    "unit": "hour",
    "price": "0.10",
    "as_of": "2026-01-01",
    "page": "https://aws.amazon.com/eks/pricing/",
    "confirmed": ["a"],
}
SOURCES = {"a": {"what": "a page", "address": "https://example.com/a"}}


def test_there_is_a_table_for_each_region_that_the_platform_uses() -> None:
    assert {table.region for table in TABLES} == {"", "eu-west-1", "eu-central-1", "us-east-1"}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.region or "everywhere")
def test_a_table_is_in_order_and_of_no_other_day_than_its_sources(table: Region) -> None:
    assert list(table.prices) == sorted(table.prices)
    assert all(date(2025, 1, 1) <= price.as_of for price in table.prices.values())


def test_the_oldest_date_is_the_oldest_of_all() -> None:
    assert oldest() == min(price.as_of for table in TABLES for price in table.prices.values())


def test_a_price_is_found_in_its_region_or_everywhere() -> None:
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
def test_twice_the_size_costs_twice_as_much_but_for_the_rounding(family: str) -> None:
    found = (find_price("eu-west-1", f"{family}.{size}") for size in SIZES)
    listed = [price.price for price in found if price]
    assert len(listed) >= 3
    assert all(abs(large - 2 * small) <= Decimal("0.001") for small, large in pairwise(listed))


def test_a_node_for_valkey_costs_a_fifth_less_than_for_redis() -> None:
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
def test_an_hour_counts_730_times_a_month(unit: Unit, monthly: str) -> None:
    price = Price.model_validate({**PRICE, "unit": unit})
    assert price.monthly(Decimal(2)) == Decimal(monthly)


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": "0"},
        {"price": "-1"},
        {"confirmed": []},
        {"confirmed": ["b"]},
        {"page": "http://aws.amazon.com/"},
        {"page": "https://example.com/"},
        {"unit": "day"},
        {"as_of": "yesterday"},
        {"surprise": True},
    ],
)
def test_a_price_without_a_source_or_a_unit_is_refused(wrong: dict[str, object]) -> None:
    entry = {**PRICE, **wrong}
    with pytest.raises(ValidationError):
        Region.model_validate({"region": "x", "sources": SOURCES, "prices": {"a": entry}})


def test_a_source_that_nothing_names_is_refused() -> None:
    sources = {**SOURCES, "b": SOURCES["a"]}
    with pytest.raises(ValidationError, match="differ"):
        Region.model_validate({"region": "x", "sources": sources, "prices": {"a": PRICE}})
