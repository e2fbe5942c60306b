"""Tests routes, ACLs and stable addresses of a network."""

from itertools import combinations, permutations
from typing import Any

import pytest

from constructs_arq.core.alarm import Severity
from constructs_arq.core.errors import ConstructError
from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.nat import Nat
from constructs_arq.network.network import Network
from constructs_arq.network.subnets import IsolatedSubnets, PrivateSubnets, PublicSubnets
from tests.network.network_builder import ZONES, RoutedNetwork, referenced, synthesize_network
from tests.support import STACK, statements, synthesize


@pytest.fixture(scope="module", params=list(Nat))
def any_nat(request: pytest.FixtureRequest) -> RoutedNetwork:
    return synthesize_network(nat=request.param)


@pytest.fixture(scope="module")
def per_zone() -> RoutedNetwork:
    return synthesize_network()


@pytest.fixture(scope="module")
def with_ipv6() -> RoutedNetwork:
    return synthesize_network(ipv6=True)


def test_isolated_subnets_have_no_route_out(any_nat: RoutedNetwork, with_ipv6: RoutedNetwork) -> None:
    for routed in (any_nat, with_ipv6):
        subnets = routed.subnets("isolated")
        assert set(subnets) == set(ZONES)
        assert [routed.routes_of(subnet) for subnet in subnets.values()] == [[], [], []]


def test_only_public_subnets_route_to_the_internet_gateway(any_nat: RoutedNetwork) -> None:
    for subnet in any_nat.subnets("public").values():
        [route] = any_nat.routes_of(subnet)
        assert route["destination_cidr_block"] == "0.0.0.0/0"
        assert referenced(route["gateway_id"]).startswith("aws_internet_gateway.")
    for subnet in any_nat.subnets("private").values():
        assert not any("gateway_id" in route for route in any_nat.routes_of(subnet))


def test_the_vpc(per_zone: RoutedNetwork, with_ipv6: RoutedNetwork) -> None:
    vpc = {key: value for key, value in per_zone.stack.one("aws_vpc").items() if key != "//"}
    assert vpc == {
        "cidr_block": "10.40.0.0/16",
        # Private DNS names of endpoints and EKS need both.
        "enable_dns_support": True,
        "enable_dns_hostnames": True,
        "tags": {"Name": "test-network"},
    }
    assert with_ipv6.stack.one("aws_vpc")["assign_generated_ipv6_cidr_block"] is True


def test_nat_per_zone_keeps_traffic_in_the_zone(per_zone: RoutedNetwork) -> None:
    for zone, subnet in per_zone.subnets("private").items():
        [route] = per_zone.routes_of(subnet)
        assert route["destination_cidr_block"] == "0.0.0.0/0"
        gateway = per_zone.resources[referenced(route["nat_gateway_id"])]
        assert referenced(gateway["subnet_id"]) == per_zone.subnets("public")[zone]
        assert referenced(gateway["allocation_id"]).startswith("aws_eip.")


def test_a_single_nat_is_in_the_first_zone_and_serves_all_zones() -> None:
    routed = synthesize_network(zones=("euw1-az3", "euw1-az1"), nat=Nat.SINGLE)
    gateway = routed.stack.one("aws_nat_gateway")
    assert referenced(gateway["subnet_id"]) == routed.subnets("public")["euw1-az3"]
    for subnet in routed.subnets("private").values():
        [route] = routed.routes_of(subnet)
        assert routed.resources[referenced(route["nat_gateway_id"])] == gateway


def test_a_regional_nat_belongs_to_the_vpc_and_serves_all_zones() -> None:
    routed = synthesize_network(nat=Nat.REGIONAL)
    gateway = routed.stack.one("aws_nat_gateway")
    assert gateway["availability_mode"] == "regional"
    assert referenced(gateway["vpc_id"]) == "aws_vpc.network"
    assert "subnet_id" not in gateway
    for subnet in routed.subnets("private").values():
        [route] = routed.routes_of(subnet)
        assert routed.resources[referenced(route["nat_gateway_id"])] == gateway


def test_without_nat_private_subnets_have_no_route_out() -> None:
    routed = synthesize_network(nat=Nat.NONE)
    assert [routed.routes_of(subnet) for subnet in routed.subnets("private").values()] == [[], [], []]
    assert not routed.stack.of_type("aws_eip")


def test_more_nat_gateways_keep_the_existing_address(per_zone: RoutedNetwork) -> None:
    single = synthesize_network(nat=Nat.SINGLE)
    for kind in ("aws_eip.", "aws_nat_gateway."):
        [address] = [address for address in single.resources if address.startswith(kind)]
        assert per_zone.resources[address] == single.resources[address]


def test_nat_gateways_depend_on_the_internet_gateway(any_nat: RoutedNetwork) -> None:
    [internet] = [address for address in any_nat.resources if address.startswith("aws_internet_gateway.")]
    for address, resource in any_nat.resources.items():
        if address.startswith(("aws_eip.", "aws_nat_gateway.")):
            assert resource["depends_on"] == [internet], address


@pytest.mark.parametrize("fewer", list(combinations(ZONES, 2)))
def test_adding_or_removing_a_zone_changes_no_other_zone(
    fewer: tuple[str, ...], per_zone: RoutedNetwork
) -> None:
    smaller = synthesize_network(zones=fewer)
    assert set(smaller.resources) < set(per_zone.resources)
    for address, resource in smaller.resources.items():
        assert _without_members(resource) == _without_members(per_zone.resources[address])
    added = set(per_zone.resources) - set(smaller.resources)
    [zone] = set(ZONES) - set(fewer)
    assert all(zone in address for address in added)


@pytest.mark.parametrize("order", list(permutations(ZONES))[1:])
def test_the_order_of_zones_changes_nothing(order: tuple[str, ...], per_zone: RoutedNetwork) -> None:
    assert _sorted(synthesize_network(zones=order).resources) == _sorted(per_zone.resources)


def test_every_subnet_has_the_range_that_docs_network_md_shows(per_zone: RoutedNetwork) -> None:
    ranges = {
        tier: [per_zone.resources[subnet]["cidr_block"] for subnet in per_zone.subnets(tier).values()]
        for tier in ("private", "public", "isolated")
    }
    assert ranges == {
        "private": ["10.40.0.0/19", "10.40.32.0/19", "10.40.64.0/19"],
        "public": ["10.40.192.0/22", "10.40.196.0/22", "10.40.200.0/22"],
        "isolated": ["10.40.224.0/22", "10.40.228.0/22", "10.40.232.0/22"],
    }


def test_no_public_ipv4_address_is_assigned_by_default(any_nat: RoutedNetwork) -> None:
    subnets = any_nat.stack.of_type("aws_subnet").values()
    assert {subnet["map_public_ip_on_launch"] for subnet in subnets} == {False}


def test_public_subnets_assign_no_ipv6_address_by_default(with_ipv6: RoutedNetwork) -> None:
    by_tier = {
        tier: {with_ipv6.resources[subnet]["assign_ipv6_address_on_creation"] for subnet in subnets.values()}
        for tier in ("public", "private", "isolated")
        if (subnets := with_ipv6.subnets(tier))
    }
    assert by_tier == {"public": {False}, "private": {True}, "isolated": {True}}


def test_aws_default_resources_have_no_rules(per_zone: RoutedNetwork) -> None:
    group = per_zone.stack.one("aws_default_security_group")
    acl = per_zone.stack.one("aws_default_network_acl")
    table = per_zone.stack.one("aws_default_route_table")
    assert not {"ingress", "egress"} & {*group, *acl}
    # Terraform removes existing routes only if the list is present and empty.
    assert table["route"] == []


def test_every_subnet_has_its_own_acl_and_route_table(per_zone: RoutedNetwork) -> None:
    in_acls = [
        referenced(subnet)
        for acl in per_zone.stack.of_type("aws_network_acl").values()
        for subnet in acl["subnet_ids"]
    ]
    all_subnets = [
        subnet for tier in ("public", "private", "isolated") for subnet in per_zone.subnets(tier).values()
    ]
    assert sorted(in_acls) == sorted(all_subnets)
    associated = per_zone.stack.of_type("aws_route_table_association").values()
    assert sorted(referenced(association["subnet_id"]) for association in associated) == sorted(all_subnets)
    assert len({association["route_table_id"] for association in associated}) == len(all_subnets)


@pytest.mark.parametrize("ipv6", [False, True])
@pytest.mark.parametrize("tier", ["public", "private", "isolated"])
def test_acls_deny_ssh_from_outside(
    tier: str, ipv6: bool, per_zone: RoutedNetwork, with_ipv6: RoutedNetwork
) -> None:
    routed = with_ipv6 if ipv6 else per_zone
    acl = routed.stack.one("aws_network_acl", f"network/{tier}/acl")
    assert _acl_action(acl["ingress"], port=22, source="0.0.0.0/0") == "deny"
    assert _acl_action(acl["ingress"], port=22, source="::/0") == "deny"
    assert _acl_action(acl["ingress"], port=22, source="10.40.0.0/16") == "allow"


def test_the_isolated_acl_denies_requests_from_outside(per_zone: RoutedNetwork) -> None:
    acl = per_zone.stack.one("aws_network_acl", "network/isolated/acl")
    for port in (22, 80, 443, 3306, 3389, 5432, 6379, 8080):
        assert _acl_action(acl["ingress"], port=port, source="0.0.0.0/0") == "deny"
    assert _acl_action(acl["ingress"], port=5432, source="10.40.0.0/16") == "allow"
    assert _acl_action(acl["egress"], port=80, source="0.0.0.0/0") == "deny"


def test_load_balancers_and_karpenter_find_their_subnets(per_zone: RoutedNetwork) -> None:
    def tags(tier: str) -> list[dict[str, str]]:
        return [per_zone.resources[subnet]["tags"] for subnet in per_zone.subnets(tier).values()]

    assert all(each["kubernetes.io/role/elb"] == "1" for each in tags("public"))
    assert all(each["kubernetes.io/role/internal-elb"] == "1" for each in tags("private"))
    assert all(each["karpenter.sh/discovery"] == "test-network" for each in tags("private"))
    assert not any(
        key.startswith(("kubernetes.io", "karpenter.sh")) for each in tags("isolated") for key in each
    )


def test_private_subnets_have_outbound_ipv6_only(with_ipv6: RoutedNetwork) -> None:
    for subnet in with_ipv6.subnets("private").values():
        [route] = [route for route in with_ipv6.routes_of(subnet) if "destination_ipv6_cidr_block" in route]
        assert route["destination_ipv6_cidr_block"] == "::/0"
        assert referenced(route["egress_only_gateway_id"]).startswith("aws_egress_only_internet_gateway.")
    for subnet in with_ipv6.subnets("public").values():
        [route] = [route for route in with_ipv6.routes_of(subnet) if "destination_ipv6_cidr_block" in route]
        assert route["destination_ipv6_cidr_block"] == "::/0"
        assert referenced(route["gateway_id"]).startswith("aws_internet_gateway.")
    ranges = [subnet["ipv6_cidr_block"] for subnet in with_ipv6.stack.of_type("aws_subnet").values()]
    assert len(set(ranges)) == len(ranges)


def test_without_ipv6_there_are_no_ipv6_resources(per_zone: RoutedNetwork) -> None:
    assert not per_zone.stack.of_type("aws_egress_only_internet_gateway")
    assert not any("ipv6_cidr_block" in subnet for subnet in per_zone.stack.of_type("aws_subnet").values())


def test_flow_logs_record_all_traffic_encrypted(per_zone: RoutedNetwork) -> None:
    log = per_zone.stack.one("aws_flow_log")
    group = per_zone.resources[referenced(log["log_destination"])]
    assert referenced(log["vpc_id"]) == "aws_vpc.network"
    assert (log["traffic_type"], log["max_aggregation_interval"]) == ("ALL", 60)
    assert group["retention_in_days"] == 365
    assert referenced(group["kms_key_id"]).startswith("aws_kms_key.")


def test_the_flow_log_role_is_limited_to_the_account_and_the_log_group(per_zone: RoutedNetwork) -> None:
    log = per_zone.stack.one("aws_flow_log")
    role = per_zone.resources[referenced(log["iam_role_arn"])]
    [trust] = statements(role["assume_role_policy"]).values()
    assert trust["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": STACK.account_id}}
    grants = [
        statement
        for policy in per_zone.stack.of_type("aws_iam_role_policy").values()
        for statement in statements(policy["policy"]).values()
    ]
    [writing] = [grant for grant in grants if "logs:PutLogEvents" in grant["Action"]]
    assert "logs:CreateLogStream" in writing["Action"]
    assert writing["Resource"] == [log["log_destination"], f"{log['log_destination']}:*"]
    others = {action for grant in grants if grant is not writing for action in grant["Action"]}
    assert others == {"logs:DescribeLogGroups"}


def test_the_three_tiers_are_different_types() -> None:
    built: list[Network] = []
    config = NetworkConfig(cidr="10.40.0.0/16", zones=ZONES)
    synthesize(lambda stack: built.append(Network(stack, "network", config=config)))
    tiers: tuple[object, ...] = (built[0].public, built[0].private, built[0].isolated)
    kinds = (PublicSubnets, PrivateSubnets, IsolatedSubnets)
    assert [[isinstance(tier, kind) for kind in kinds] for tier in tiers] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]


def test_a_tier_has_its_network_and_subnet_ids() -> None:
    built: list[Network] = []
    config = NetworkConfig(cidr="10.40.0.0/16", zones=ZONES)
    synthesize(lambda stack: built.append(Network(stack, "network", config=config)))
    isolated = built[0].isolated
    assert isolated.network is built[0]
    assert list(isolated.ids_by_zone) == list(ZONES)
    assert isolated.subnet_ids == [isolated.ids_by_zone[zone] for zone in ZONES]


@pytest.mark.parametrize(
    ("nat", "gateways"), [(Nat.NONE, 0), (Nat.SINGLE, 1), (Nat.PER_ZONE, 3), (Nat.REGIONAL, 1)]
)
def test_every_nat_gateway_has_alarms(nat: Nat, gateways: int) -> None:
    built: list[Network] = []
    config = NetworkConfig(cidr="10.40.0.0/16", zones=ZONES, nat=nat)
    synthesize(lambda stack: built.append(Network(stack, "network", config=config)))
    alarms = built[0].alarms
    assert len({alarm.name for alarm in alarms}) == len(alarms)
    for metric, severity in (
        ("ErrorPortAllocation", Severity.CRITICAL),
        ("PacketsDropCount", Severity.WARNING),
    ):
        watched = [alarm for alarm in alarms if alarm.metric == metric]
        assert len({alarm.dimensions["NatGatewayId"] for alarm in watched}) == gateways
        assert {alarm.severity for alarm in watched} <= {severity}
        assert {alarm.statistic for alarm in watched} <= {"Sum"}, "an average of counts is meaningless"


def test_zones_of_another_region_are_rejected() -> None:
    config = NetworkConfig(cidr="10.40.0.0/16", zones=("use1-az1", "use1-az2"))
    with pytest.raises(ConstructError, match=f"use1-az1 is not in the stack's region {STACK.region}"):
        synthesize(lambda stack: Network(stack, "network", config=config))


def _acl_action(rules: list[dict[str, Any]], *, port: int, source: str) -> str:
    """Return the action for a TCP packet: that of the matching rule with the lowest number, or "deny"."""
    for rule in sorted(rules, key=lambda rule: int(rule["rule_no"])):
        fits = rule["protocol"] == "-1" or (
            rule["protocol"] == "tcp" and rule["from_port"] <= port <= rule["to_port"]
        )
        if fits and source in (rule["cidr_block"], rule["ipv6_cidr_block"]):
            return str(rule["action"])
    return "deny"


def _without_members(resource: dict[str, Any]) -> dict[str, Any]:
    """Return a resource without the lists that grow with the zones."""
    return {k: v for k, v in resource.items() if k not in {"subnet_ids", "route_table_ids"}}


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted(map(_sorted, value), key=repr)
    return value
