"""Checks of resources against each other at plan time, when only prefixes of ids are known."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.checks import PlannedResources, Resource, check_create, check_plan
from arqctl.offline.aws.ids import predict
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.aws.simulated_resource import SimulatedResource
from arqctl.offline.schema.model import Attribute, Block
from arqctl.offline.types import STRING
from arqctl.offline.values import UNKNOWN, Unknown, Value

HERE = Account("210987654321", "eu-west-1")
ID = Block({name: Attribute(name, STRING, computed=True) for name in ("id", "arn")})


class Plan:
    """A plan that grows resource by resource."""

    def __init__(self) -> None:
        self.planned = PlannedResources()

    def add(self, type: str, /, **config: Value) -> tuple[dict[str, Value], list[str]]:
        """Plan a new resource. Return its values and the summaries of its errors."""
        values: dict[str, Value] = {"id": UNKNOWN, "arn": UNKNOWN, **config}
        values |= predict(SimulatedResource(type, config, values, HERE), ID)
        resource = Resource(type, values, HERE)
        errors = [each.summary for each in check_plan(resource, config, self.planned)]
        self.planned.add_planned(resource)
        return values, errors

    def id(self, type: str, /, **config: Value) -> Value:
        """Plan a new valid resource. Return what is known of its id."""
        values, errors = self.add(type, **config)
        assert errors == []
        return values["id"]

    def subnet(self, vpc: Value, cidr: str, zone: str = "euw1-az1") -> Value:
        return self.id("aws_subnet", vpc_id=vpc, cidr_block=cidr, availability_zone_id=zone)


@pytest.fixture
def plan() -> Plan:
    return Plan()


@pytest.fixture
def vpc(plan: Plan) -> Value:
    return plan.id("aws_vpc", cidr_block="10.0.0.0/16")


def test_a_subnet_must_be_inside_its_vpc(plan: Plan, vpc: Value) -> None:
    assert isinstance(vpc, Unknown)
    assert plan.add("aws_subnet", vpc_id=vpc, cidr_block="10.0.0.0/24")[1] == []
    assert plan.add("aws_subnet", vpc_id=vpc, cidr_block="10.1.0.0/24")[1] == ["Subnet outside its VPC"]


def test_a_subnet_may_be_in_a_secondary_block_of_its_vpc(plan: Plan, vpc: Value) -> None:
    plan.id("aws_vpc_ipv4_cidr_block_association", vpc_id=vpc, cidr_block="10.1.0.0/16")
    assert plan.add("aws_subnet", vpc_id=vpc, cidr_block="10.1.0.0/24")[1] == []


def test_subnets_of_one_vpc_must_not_overlap(plan: Plan, vpc: Value) -> None:
    plan.subnet(vpc, "10.0.0.0/24")
    assert plan.add("aws_subnet", vpc_id=vpc, cidr_block="10.0.0.128/25")[1] == ["Overlapping subnets"]


def test_subnets_of_two_vpcs_with_equal_configuration_may_overlap(plan: Plan) -> None:
    for name in ("one", "two"):
        vpc = plan.id("aws_vpc", cidr_block="10.0.0.0/16", tags={"Name": name})
        plan.subnet(vpc, "10.0.0.0/24")
    for _ in range(2):
        vpc = plan.id("aws_vpc", cidr_block="10.0.0.0/16")
        plan.subnet(vpc, "10.0.0.0/24")


def test_a_zone_must_belong_to_the_region(plan: Plan, vpc: Value) -> None:
    unknown_zone = ["Unknown availability zone"]
    subnet: dict[str, Value] = {"vpc_id": vpc, "cidr_block": "10.0.0.0/24"}
    assert plan.add("aws_subnet", **subnet, availability_zone="eu-west-1d")[1] == unknown_zone
    subnet = {"vpc_id": vpc, "cidr_block": "10.0.1.0/24"}
    assert plan.add("aws_subnet", **subnet, availability_zone_id="use1-az1")[1] == unknown_zone
    local_zone: dict[str, Value] = {"availability_zone": "eu-west-1-lon-1a"}
    assert plan.add("aws_subnet", vpc_id=vpc, cidr_block="10.0.9.0/24", **local_zone)[1] == []


def test_subnet_groups_need_two_zones(plan: Plan, vpc: Value) -> None:
    one, same = plan.subnet(vpc, "10.0.0.0/24"), plan.subnet(vpc, "10.0.1.0/24")
    other = plan.subnet(vpc, "10.0.2.0/24", "euw1-az2")
    assert plan.add("aws_db_subnet_group", name="a", subnet_ids=[one, same])[1] == ["Fewer than two zones"]
    assert plan.add("aws_db_subnet_group", name="b", subnet_ids=[one, other])[1] == []
    assert plan.add("aws_lb", name="c", subnets=[one, same, other])[1] == ["Two subnets in one zone"]


def test_subnets_and_security_groups_must_be_in_one_vpc(plan: Plan, vpc: Value) -> None:
    other_vpc = plan.id("aws_vpc", cidr_block="10.9.0.0/16")
    subnets = [plan.subnet(vpc, "10.0.0.0/24"), plan.subnet(vpc, "10.0.1.0/24", "euw1-az2")]
    own_group = plan.id("aws_security_group", name="ours", vpc_id=vpc)
    foreign_group = plan.id("aws_security_group", name="theirs", vpc_id=other_vpc)
    assert plan.add("aws_lb", name="a", subnets=[*subnets], security_groups=[own_group])[1] == []
    assert plan.add("aws_lb", name="b", subnets=[*subnets], security_groups=[foreign_group])[1] == [
        "References to different VPCs"
    ]


def test_routes_and_route_table_associations_must_be_unique(plan: Plan, vpc: Value) -> None:
    table, other = (plan.id("aws_route_table", vpc_id=vpc, tags={"Name": name}) for name in "ab")
    route: dict[str, Value] = {"destination_cidr_block": "0.0.0.0/0", "gateway_id": UNKNOWN}
    assert plan.add("aws_route", route_table_id=table, **route)[1] == []
    assert plan.add("aws_route", route_table_id=other, **route)[1] == []
    assert plan.add("aws_route", route_table_id=table, **route)[1] == ["Duplicate route"]
    subnet = plan.subnet(vpc, "10.0.0.0/24")
    assert plan.add("aws_route_table_association", subnet_id=subnet, route_table_id=table)[1] == []
    assert plan.add("aws_route_table_association", subnet_id=subnet, route_table_id=other)[1] == [
        "Subnet with two route tables"
    ]


def test_a_reference_to_the_wrong_type_is_detected_by_the_id_prefix(plan: Plan, vpc: Value) -> None:
    _, errors = plan.add("aws_nat_gateway", subnet_id=vpc, allocation_id=UNKNOWN)
    assert errors == ["Reference to another type of resource"]


def test_security_group_rules_must_be_unique(plan: Plan, vpc: Value) -> None:
    group = plan.id("aws_security_group", name="a", vpc_id=vpc)
    rule: dict[str, Value] = {"ip_protocol": "tcp", "from_port": 1, "to_port": 1, "cidr_ipv4": "10.0.0.0/8"}
    assert plan.add("aws_vpc_security_group_ingress_rule", security_group_id=group, **rule)[1] == []
    assert (
        plan.add("aws_vpc_security_group_ingress_rule", security_group_id=group, **{**rule, "to_port": 2})[1]
        == []
    )
    assert plan.add("aws_vpc_security_group_ingress_rule", security_group_id=group, **rule)[1] == [
        "Duplicate security group rule"
    ]


def test_listener_ports_and_rule_priorities_must_be_unique(plan: Plan) -> None:
    load_balancer, _ = plan.add("aws_lb", name="a", load_balancer_type="network", subnets=["subnet-1"])
    listener: dict[str, Value] = {"load_balancer_arn": load_balancer["arn"], "port": 80, "protocol": "TCP"}
    first, errors = plan.add("aws_lb_listener", **listener)
    assert errors == []
    rule: dict[str, Value] = {"listener_arn": first["arn"], "priority": 1}
    assert plan.add("aws_lb_listener_rule", **rule)[1] == []
    assert plan.add("aws_lb_listener_rule", **rule)[1] == ["Duplicate rule priority"]
    assert plan.add("aws_lb_listener", **listener)[1] == ["Duplicate listener port"]


def test_the_zone_apex_must_not_be_a_cname_and_names_must_be_unique(plan: Plan) -> None:
    zone, _ = plan.add("aws_route53_zone", name="a.example")
    record: dict[str, Value] = {"zone_id": zone["id"], "ttl": 60, "type": "CNAME", "records": ["b.example"]}
    assert plan.add("aws_route53_record", name="a.example", **record)[1] == ["CNAME at the zone apex"]
    record_config: dict[str, Value] = {**record, "zone_id": "Z1", "name": "www"}
    assert plan.add("aws_route53_record", **record_config)[1] == []
    address: dict[str, Value] = {**record_config, "type": "A", "records": ["192.0.2.1"]}
    assert plan.add("aws_route53_record", **address)[1] == ["Conflicting records"]


def test_replication_needs_versioning(plan: Plan) -> None:
    bucket = plan.id("aws_s3_bucket", bucket="logs")
    suspended: Value = [{"status": "Suspended"}]
    plan.id("aws_s3_bucket_versioning", bucket=bucket, versioning_configuration=suspended)
    assert plan.add("aws_s3_bucket_replication_configuration", bucket=bucket)[1] == [
        "Replication of a bucket without versioning"
    ]


def test_a_bucket_policy_must_name_its_own_bucket(plan: Plan) -> None:
    bucket = plan.id("aws_s3_bucket", bucket="logs")
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::logs/*"}
    valid = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    assert plan.add("aws_s3_bucket_policy", bucket=bucket, policy=valid)[1] == []
    assert plan.add("aws_s3_bucket_policy", bucket=bucket, policy=valid.replace("logs", "other"))[1] == [
        "Bucket policy names another bucket"
    ]


def test_a_bucket_policy_is_checked_against_a_predicted_bucket_name(plan: Plan) -> None:
    bucket = plan.id("aws_s3_bucket", bucket=Unknown("logs-"))
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::logs-1/*"}
    valid = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    assert plan.add("aws_s3_bucket_policy", bucket=bucket, policy=valid)[1] == []
    assert plan.add("aws_s3_bucket_policy", bucket=bucket, policy=valid.replace("logs", "other"))[1] == [
        "Bucket policy names another bucket"
    ]


@pytest.mark.parametrize(
    ("database", "group", "engine", "version", "valid", "invalid"),
    [
        ("aws_db_instance", "aws_db_parameter_group", "postgres", "17.4", "postgres17", "postgres16"),
        (
            "aws_elasticache_replication_group",
            "aws_elasticache_parameter_group",
            "valkey",
            "8.1",
            "valkey8",
            "redis7",
        ),
    ],
)
def test_the_parameter_group_family_must_match_the_engine(
    plan: Plan, database: str, group: str, engine: str, version: str, valid: str, invalid: str
) -> None:
    config: dict[str, Value] = {"engine": engine, "engine_version": version}
    if database == "aws_db_instance":
        config |= {"allocated_storage": 20, "username": "dba"}
    for family, errors in ((valid, []), (invalid, ["Parameter group of another engine"])):
        plan.id(group, name=f"own-{family}", family=family)
        assert plan.add(database, **config, parameter_group_name=f"own-{family}")[1] == errors


def test_the_service_cidr_must_not_overlap_the_vpc(plan: Plan) -> None:
    vpc = plan.id("aws_vpc", cidr_block="172.20.0.0/16")
    subnets: list[Value] = [plan.subnet(vpc, f"172.20.{n}.0/24", f"euw1-az{n}") for n in (1, 2)]
    network: Value = [{"service_ipv4_cidr": "172.20.128.0/20"}]
    cluster: dict[str, Value] = {"name": "a", "vpc_config": [{"subnet_ids": subnets}]}
    assert plan.add("aws_eks_cluster", **cluster)[1] == []
    assert plan.add("aws_eks_cluster", **{**cluster, "name": "b"}, kubernetes_network_config=network)[1] == [
        "Service CIDR block overlaps the VPC"
    ]


def test_a_cloudfront_web_acl_must_be_in_us_east_1(plan: Plan) -> None:
    assert plan.add("aws_wafv2_web_acl", name="a", scope="CLOUDFRONT")[1] == [
        "CLOUDFRONT web ACL outside us-east-1"
    ]


def test_default_tags_count_towards_the_limit(plan: Plan) -> None:
    tags: Mapping[str, Value] = {f"k{number}": "" for number in range(51)}
    resource = Resource("aws_vpc", {"tags": {"a": ""}, "tags_all": {**tags}}, HERE)
    [error] = check_plan(resource, {"tags": {"a": ""}}, plan.planned)
    assert error.summary == "Too many tags"


def test_names_must_be_unique_in_a_plan(plan: Plan) -> None:
    assert plan.add("aws_iam_role", name="reader")[1] == []
    assert plan.add("aws_iam_role", name="reader")[1] == ["Duplicate name"]


def alarm_on(name: str, **other: Value) -> dict[str, Value]:
    dimensions: dict[str, Value] = {"DBInstanceIdentifier": name}
    return {"alarm_name": "cpu", "dimensions": dimensions, "treat_missing_data": "breaching", **other}


@pytest.mark.parametrize(
    ("alarm", "errors"),
    [
        (alarm_on("ledger"), ["Alarm before its resource"]),
        (
            {
                "alarm_name": "cpu",
                "treat_missing_data": "breaching",
                "metric_query": [
                    {"id": "m", "metric": [{"dimensions": {"DBInstanceIdentifier": "ledger"}}]},
                    {"id": "result", "expression": "IF(m > 1, m, 1)", "return_data": True},
                ],
            },
            ["Alarm before its resource"],
        ),
        (alarm_on("orders"), []),
        (alarm_on("ledger", treat_missing_data="notBreaching"), []),
    ],
)
def test_an_alarm_must_not_be_created_before_its_resource(
    plan: Plan, alarm: dict[str, Value], errors: list[str]
) -> None:
    plan.add("aws_cloudwatch_metric_alarm", **alarm)
    _, found = plan.add("aws_db_instance", identifier="ledger")
    assert [each for each in found if each.startswith("Alarm")] == errors


@pytest.mark.parametrize(
    ("type_", "argument", "dimension", "value"),
    [
        ("aws_autoscaling_group", "name", "AutoScalingGroupName", "shop"),
        ("aws_db_proxy", "name", "ProxyName", "shop"),
        ("aws_eks_cluster", "name", "ClusterName", "shop"),
        ("aws_elasticache_replication_group", "replication_group_id", "CacheClusterId", "shop-001"),
        ("aws_elasticache_replication_group", "replication_group_id", "CacheClusterId", "shop-0001-002"),
        ("aws_lb", "name", "LoadBalancer", "app/shop/50dc6c495c0c9188"),
        ("aws_lb_target_group", "name", "TargetGroup", "targetgroup/shop/73e2d6bc24d8a067"),
    ],
)
def test_an_alarm_before_each_type_of_resource_is_found(
    plan: Plan, type_: str, argument: str, dimension: str, value: str
) -> None:
    values = (value, value.replace("shop", "shop-2"))
    for each in values:
        plan.add("aws_cloudwatch_metric_alarm", **alarm_on("", alarm_name=each, dimensions={dimension: each}))
    _, found = plan.add(type_, **{argument: "shop"})
    assert found.count("Alarm before its resource") == 1


AGENT: dict[str, Value] = {"addon_name": "amazon-cloudwatch-observability", "cluster_name": "shop"}
NODES: dict[str, Value] = {
    "alarm_name": "nodes",
    "namespace": "ContainerInsights",
    "dimensions": {"ClusterName": "shop"},
    "treat_missing_data": "breaching",
}
NODES_WITH_QUERY: dict[str, Value] = {
    "alarm_name": "nodes",
    "treat_missing_data": "breaching",
    "metric_query": [
        {"metric": [{"namespace": "ContainerInsights", "dimensions": {"ClusterName": "shop"}}]},
    ],
}


@pytest.mark.parametrize(
    ("agent", "alarm", "count"),
    [
        (AGENT, NODES, 1),
        (AGENT, NODES_WITH_QUERY, 1),
        (AGENT, {**NODES, "treat_missing_data": "missing"}, 0),
        (AGENT, {**NODES, "namespace": "AWS/EKS"}, 0),
        (AGENT, {**NODES, "dimensions": {"ClusterName": "other"}}, 0),
        ({**AGENT, "addon_name": "coredns"}, NODES, 0),
        ({**AGENT, "id": "shop:amazon-cloudwatch-observability"}, NODES, 0),
        (AGENT, {**NODES, "id": "nodes"}, 0),
    ],
)
@pytest.mark.parametrize("is_agent_first", [True, False])
def test_an_alarm_must_not_breach_before_the_agent_has_data(
    plan: Plan, agent: dict[str, Value], alarm: dict[str, Value], count: int, is_agent_first: bool
) -> None:
    blocks = [("aws_eks_addon", agent), ("aws_cloudwatch_metric_alarm", alarm)]
    found = [
        error
        for type_, values in (blocks if is_agent_first else reversed(blocks))
        for error in plan.add(type_, **values)[1]
        if error == "Alarm before its first data"
    ]
    assert len(found) == count


def test_an_alarm_may_be_created_after_its_resource(plan: Plan) -> None:
    plan.add("aws_db_instance", identifier="ledger")
    _, found = plan.add("aws_cloudwatch_metric_alarm", **alarm_on("ledger"))
    assert [each for each in found if each.startswith("Alarm before")] == []


def test_an_updated_resource_does_not_conflict_with_itself(plan: Plan) -> None:
    role: dict[str, Value] = {"id": "reader", "name": "reader"}
    for description in ("before", "after"):
        resource = Resource("aws_iam_role", {**role, "description": description}, HERE)
        assert check_plan(resource, {"name": "reader"}, plan.planned) == []
        plan.planned.add_planned(resource)


def test_an_applied_resource_replaces_its_planned_one(plan: Plan, vpc: Value) -> None:
    assert isinstance(vpc, Unknown)
    applied = Resource("aws_vpc", {"id": f"{vpc.prefix}0001", "cidr_block": "10.0.0.0/16"}, HERE)
    plan.planned.mark_applied(applied)
    assert plan.planned.list_of_type("aws_vpc") == [applied]
    assert plan.planned.resolve_reference("aws_vpc", f"{vpc.prefix}0001") == [applied]
    plan.planned.remove("aws_vpc", f"{vpc.prefix}0001")
    assert plan.planned.list_of_type("aws_vpc") == []


def test_a_shortened_predicted_prefix_still_resolves(plan: Plan, vpc: Value) -> None:
    assert isinstance(vpc, Unknown)
    assert plan.planned.resolve_reference("aws_vpc", Unknown(vpc.prefix[:-1]))
    assert not plan.planned.resolve_reference("aws_vpc", Unknown(vpc.prefix[:-5]))
    assert not plan.planned.resolve_reference("aws_vpc", UNKNOWN)


def test_a_name_in_terraform_state_is_taken(tmp_path: Path) -> None:
    store = ResourceStore(tmp_path / "account.sqlite")
    store.mark_in_state(HERE, "aws_s3_bucket", "logs", {"bucket": "logs"})
    other_region = Account(HERE.id, "us-east-1")
    [error] = check_create(Resource("aws_s3_bucket", {"bucket": "logs"}, other_region), store)
    assert error.summary == "Name already exists"
    assert check_create(Resource("aws_s3_bucket", {"bucket": "other"}, other_region), store) == []
    store.mark_in_state(HERE, "aws_ecr_repository", "images", {"name": "images"})
    assert check_create(Resource("aws_ecr_repository", {"name": "images"}, other_region), store) == []
