"""Tests which principals and resources the VPC's endpoints allow."""

import json
from typing import Any

import pytest

from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.network import Network
from tests.network.network_builder import ZONES, RoutedNetwork, referenced, synthesize_network
from tests.support import STACK, Synthesized, statements, synthesize

OWN = {"aws:PrincipalAccount": STACK.account_id}


@pytest.fixture(scope="module")
def routed() -> RoutedNetwork:
    return synthesize_network()


@pytest.mark.parametrize("service", ["s3", "dynamodb"])
@pytest.mark.parametrize(
    ("endpoints", "tier"), [("gateway-endpoints", "private"), ("isolated-endpoints", "isolated")]
)
def test_private_and_isolated_subnets_have_gateway_endpoints(
    endpoints: str, tier: str, service: str, routed: RoutedNetwork
) -> None:
    tables = {
        referenced(association["route_table_id"])
        for association in routed.stack.of_type("aws_route_table_association").values()
        if referenced(association["subnet_id"]) in routed.subnets(tier).values()
    }
    endpoint = routed.stack.one("aws_vpc_endpoint", f"network/{endpoints}/{service}")
    assert endpoint["vpc_endpoint_type"] == "Gateway"
    assert endpoint["service_name"] == f"com.amazonaws.eu-west-1.{service}"
    assert {referenced(table) for table in endpoint["route_table_ids"]} == tables


@pytest.mark.parametrize("service", ["s3", "dynamodb"])
def test_private_subnets_write_only_to_the_same_account(service: str, routed: RoutedNetwork) -> None:
    for statement in _statements(routed.stack, f"gateway-endpoints/{service}").values():
        if statement["Action"] != ["s3:GetObject"]:
            assert statement["Condition"]["StringEquals"] == {**OWN, "aws:ResourceAccount": STACK.account_id}


@pytest.mark.parametrize("service", ["s3", "dynamodb"])
def test_isolated_subnets_reach_only_the_same_account(service: str, routed: RoutedNetwork) -> None:
    for statement in _statements(routed.stack, f"isolated-endpoints/{service}").values():
        assert statement["Condition"]["StringEquals"] == {**OWN, "aws:ResourceAccount": STACK.account_id}


def test_images_in_other_accounts_buckets_can_be_pulled(routed: RoutedNetwork) -> None:
    reading = _statements(routed.stack, "gateway-endpoints/s3")["ReadWhatOthersPublish"]
    assert reading["Action"] == ["s3:GetObject"]
    assert "Condition" not in reading


def test_interface_endpoints_are_in_private_subnets_with_private_dns(routed: RoutedNetwork) -> None:
    endpoint = routed.stack.one("aws_vpc_endpoint", "network/interface-endpoints/ecr-api")
    assert endpoint["vpc_endpoint_type"] == "Interface"
    assert endpoint["service_name"] == "com.amazonaws.eu-west-1.ecr.api"
    assert endpoint["private_dns_enabled"] is True
    assert {referenced(subnet) for subnet in endpoint["subnet_ids"]} == set(
        routed.subnets("private").values()
    )


def test_interface_endpoints_accept_only_https_from_the_vpc(routed: RoutedNetwork) -> None:
    [rule] = routed.stack.of_type("aws_vpc_security_group_ingress_rule").values()
    assert (rule["cidr_ipv4"], rule["from_port"], rule["to_port"]) == ("10.40.0.0/16", 443, 443)
    for path, endpoint in routed.stack.of_type("aws_vpc_endpoint").items():
        if "/interface-endpoints/" in path:
            assert endpoint["security_group_ids"] == [rule["security_group_id"]]
    assert not routed.stack.of_type("aws_vpc_security_group_egress_rule")


def test_interface_endpoints_reject_principals_of_other_accounts(routed: RoutedNetwork) -> None:
    for path in routed.stack.of_type("aws_vpc_endpoint"):
        if "/interface-endpoints/" in path:
            for sid, statement in _statements(routed.stack, path.removeprefix("network/")).items():
                if sid == "TakeOwnRoles":
                    assert statement["Resource"] == [f"arn:aws:iam::{STACK.account_id}:role/*"]
                else:
                    assert statement["Condition"]["StringEquals"] == OWN


def test_service_accounts_can_assume_roles_with_web_identity(routed: RoutedNetwork) -> None:
    taken = _statements(routed.stack, "interface-endpoints/sts")["TakeOwnRoles"]
    assert taken["Action"] == ["sts:AssumeRoleWithWebIdentity"]


def test_policies_are_literal_json_for_any_principal(routed: RoutedNetwork) -> None:
    for endpoint in routed.stack.of_type("aws_vpc_endpoint").values():
        assert "${" not in endpoint["policy"]
        assert json.loads(endpoint["policy"])["Version"] == "2012-10-17"
        # Conditions restrict the principals: an endpoint policy accepts no other value here.
        assert {str(each["Principal"]) for each in statements(endpoint["policy"]).values()} == {
            "{'AWS': '*'}"
        }


def test_services_without_endpoint_policies_have_none() -> None:
    stack = _with_endpoints("eks", "eks-auth")
    assert "policy" not in stack.one("aws_vpc_endpoint", "network/interface-endpoints/eks-auth")
    assert "policy" in stack.one("aws_vpc_endpoint", "network/interface-endpoints/eks")


def test_without_interface_endpoints_there_is_no_security_group() -> None:
    assert not _with_endpoints().of_type("aws_security_group")


def _with_endpoints(*services: str) -> Synthesized:
    config = NetworkConfig(cidr="10.40.0.0/16", zones=ZONES, interface_endpoints=services)
    return synthesize(lambda stack: Network(stack, "network", config=config))


def _statements(stack: Synthesized, path: str) -> dict[str, dict[str, Any]]:
    return statements(stack.one("aws_vpc_endpoint", f"network/{path}")["policy"])
