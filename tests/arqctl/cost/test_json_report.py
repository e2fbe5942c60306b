"""The JSON report has the same content as the page, with exact amounts."""

import json
from decimal import Decimal

from arqctl.cost.estimate import estimate
from arqctl.cost.json_report import render_json
from tests.arqctl.cost.priced_stacks import resource, snapshot


def test_amounts_are_strings_that_sum_up() -> None:
    document = json.loads(render_json("staging", estimate(snapshot("staging"))))
    known = [Decimal(each["monthly"]) for each in document["resources"] if each["monthly"] is not None]
    assert Decimal(document["monthly"]) == sum(known)
    assert Decimal(document["monthly"]) == sum(Decimal(each["monthly"]) for each in document["constructs"])
    assert (document["environment"], document["currency"], document["as_of"]) == (
        "staging",
        "USD",
        "2025-03-02",
    )


def test_a_component_has_quantity_price_and_monthly_cost() -> None:
    document = json.loads(render_json("dev", estimate([resource("aws_nat_gateway")])))
    (resource_cost,) = document["resources"]
    assert resource_cost == {
        "address": "aws_nat_gateway.main",
        "type": "aws_nat_gateway",
        "path": "production/main/Default",
        "monthly": "35.04",
        "components": [
            {
                "item": "vpc/nat-gateway",
                "description": "NAT gateway",
                "region": "eu-west-1",
                "quantity": "1",
                "unit": "hour",
                "price": "0.048",
                "monthly": "35.04",
                "as_of": "2026-09-18",
            }
        ],
    }


def test_an_unknown_amount_is_null() -> None:
    document = json.loads(render_json("dev", estimate([resource("aws_nat_gateway", "main", "mars-1")])))
    assert (document["monthly"], document["coverage"]) == (None, 0)
    (component,) = document["resources"][0]["components"]
    assert (component["price"], component["monthly"], component["unit"], component["as_of"]) == (
        None,
        None,
        None,
        None,
    )
    assert document["unpriced"][0]["reasons"] == ["no price in mars-1: NAT gateway"]


def test_usage_based_resources_are_listed() -> None:
    document = json.loads(render_json("dev", estimate([resource("aws_dynamodb_table")])))
    assert (document["monthly"], document["coverage"]) == ("0.00", 0)
    assert document["usage_based"] == [
        {
            "address": "aws_dynamodb_table.main",
            "type": "aws_dynamodb_table",
            "path": "production/main/Default",
            "charged_for": "storage, requests",
        }
    ]
