"""The JSON holds what the page says, with amounts that lose no cent."""

import json
from decimal import Decimal

from arqctl.cost.document import render_json
from arqctl.cost.estimate import estimate
from tests.arqctl.cost.priced_stacks import resource, snapshot


def test_amounts_sum_up_and_are_strings() -> None:
    document = json.loads(render_json("staging", estimate(snapshot("staging"))))
    known = [Decimal(each["monthly"]) for each in document["resources"] if each["monthly"] is not None]
    assert Decimal(document["monthly"]) == sum(known)
    assert Decimal(document["monthly"]) == sum(Decimal(each["monthly"]) for each in document["constructs"])
    assert (document["environment"], document["currency"], document["as_of"]) == (
        "staging",
        "USD",
        "2025-03-02",
    )


def test_a_part_has_its_arithmetic() -> None:
    document = json.loads(render_json("dev", estimate([resource("aws_nat_gateway")])))
    (line,) = document["resources"]
    assert line == {
        "address": "aws_nat_gateway.main",
        "type": "aws_nat_gateway",
        "path": "production/main/Default",
        "monthly": "35.04",
        "parts": [
            {
                "item": "vpc/nat-gateway",
                "what": "NAT gateway",
                "region": "eu-west-1",
                "quantity": "1",
                "unit": "hour",
                "price": "0.048",
                "monthly": "35.04",
                "as_of": "2026-09-18",
            }
        ],
    }


def test_what_is_not_known_is_null() -> None:
    document = json.loads(render_json("dev", estimate([resource("aws_nat_gateway", "main", "mars-1")])))
    assert (document["monthly"], document["coverage"]) == (None, 0)
    (part,) = document["resources"][0]["parts"]
    assert (part["price"], part["monthly"], part["unit"], part["as_of"]) == (None, None, None, None)
    assert document["unpriced"][0]["why"] == ["no price in mars-1: NAT gateway"]


def test_what_costs_by_use_is_listed() -> None:
    document = json.loads(render_json("dev", estimate([resource("aws_s3_bucket")])))
    assert (document["monthly"], document["coverage"]) == ("0.00", 100)
    assert document["metered"] == [
        {
            "address": "aws_s3_bucket.main",
            "type": "aws_s3_bucket",
            "path": "production/main/Default",
            "what": "data kept, requests, traffic",
        }
    ]
