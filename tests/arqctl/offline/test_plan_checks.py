"""What resources say of each other, while nothing but the beginnings of their ids is known."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.checks import PlannedResources, Resource, check_create, check_plan
from arqctl.offline.aws.ids import predict
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.aws.simulated_resource import SimulatedResource
from arqctl.offline.schema.model import STRING, Attribute, Block
from arqctl.offline.values import UNKNOWN, Unknown, Value

HERE = Account("210987654321", "eu-west-1")
ID = Block({name: Attribute(name, STRING, computed=True) for name in ("id", "arn")})


class Plan:
    """One plan, resource by resource."""

    def __init__(self) -> None:
        self.planned = PlannedResources()

    def add(self, type: str, /, **config: Value) -> tuple[dict[str, Value], list[str]]:
        """Plan a new resource: its values, and what is refused of it."""
        values: dict[str, Value] = {"id": UNKNOWN, "arn": UNKNOWN, **config}
        values |= predict(SimulatedResource(type, config, values, HERE), ID)
        resource = Resource(type, values, HERE)
        said = [each.summary for each in check_plan(resource, config, self.planned)]
        self.planned.add_planned(resource)
        return values, said

    def id(self, type: str, /, **config: Value) -> Value:
        """Plan a new resource that nothing is wrong with: what is known of its id."""
        values, said = self.add(type, **config)
        assert said == []
        return values["id"]

    def subnet(self, vpc: Value, cidr: str, zone: str = "euw1-az1") -> Value:
        return self.id("aws_subnet", vpc_id=vpc, cidr_block=cidr, availability_zone_id=zone)


@pytest.fixture
def plan() -> Plan:
    return Plan()


@pytest.fixture
def vpc(plan: Plan) -> Value:
    return plan.id("aws_vpc", cidr_block="10.0.0.0/16")


def test_a_subnet_lies_in_its_vpc(plan: Plan, vpc: Value) -> None:
    assert isinstance(vpc, Unknown)
    assert plan.add("aws_subnet", vpc_id=vpc, cidr_block="10.0.0.0/24")[1] == []
    assert plan.add("aws_subnet", vpc_id=vpc, cidr_block="10.1.0.0/24")[1] == ["Subnet outside its VPC"]


def test_a_subnet_may_lie_in_a_further_block_of_its_vpc(plan: Plan, vpc: Value) -> None:
    plan.id("aws_vpc_ipv4_cidr_block_association", vpc_id=vpc, cidr_block="10.1.0.0/16")
    assert plan.add("aws_subnet", vpc_id=vpc, cidr_block="10.1.0.0/24")[1] == []


def test_subnets_of_one_vpc_lie_apart(plan: Plan, vpc: Value) -> None:
    plan.subnet(vpc, "10.0.0.0/24")
    assert plan.add("aws_subnet", vpc_id=vpc, cidr_block="10.0.0.128/25")[1] == ["Overlapping subnets"]


def test_subnets_of_two_vpcs_may_overlap_even_if_their_vpcs_are_alike(plan: Plan) -> None:
    for name in ("one", "two"):
        vpc = plan.id("aws_vpc", cidr_block="10.0.0.0/16", tags={"Name": name})
        plan.subnet(vpc, "10.0.0.0/24")
    for _ in range(2):
        vpc = plan.id("aws_vpc", cidr_block="10.0.0.0/16")
        plan.subnet(vpc, "10.0.0.0/24")


def test_a_zone_is_one_of_the_region(plan: Plan, vpc: Value) -> None:
    refused = ["Unknown availability zone"]
    subnet: dict[str, Value] = {"vpc_id": vpc, "cidr_block": "10.0.0.0/24"}
    assert plan.add("aws_subnet", **subnet, availability_zone="eu-west-1d")[1] == refused
    subnet = {"vpc_id": vpc, "cidr_block": "10.0.1.0/24"}
    assert plan.add("aws_subnet", **subnet, availability_zone_id="use1-az1")[1] == refused
    local: dict[str, Value] = {"availability_zone": "eu-west-1-lon-1a"}
    assert plan.add("aws_subnet", vpc_id=vpc, cidr_block="10.0.9.0/24", **local)[1] == []


def test_a_database_stands_in_two_zones(plan: Plan, vpc: Value) -> None:
    one, same = plan.subnet(vpc, "10.0.0.0/24"), plan.subnet(vpc, "10.0.1.0/24")
    other = plan.subnet(vpc, "10.0.2.0/24", "euw1-az2")
    assert plan.add("aws_db_subnet_group", name="a", subnet_ids=[one, same])[1] == ["Fewer than two zones"]
    assert plan.add("aws_db_subnet_group", name="b", subnet_ids=[one, other])[1] == []
    assert plan.add("aws_lb", name="c", subnets=[one, same, other])[1] == ["Two subnets in one zone"]


def test_what_works_together_lies_in_one_vpc(plan: Plan, vpc: Value) -> None:
    elsewhere = plan.id("aws_vpc", cidr_block="10.9.0.0/16")
    subnets = [plan.subnet(vpc, "10.0.0.0/24"), plan.subnet(vpc, "10.0.1.0/24", "euw1-az2")]
    ours = plan.id("aws_security_group", name="ours", vpc_id=vpc)
    theirs = plan.id("aws_security_group", name="theirs", vpc_id=elsewhere)
    assert plan.add("aws_lb", name="a", subnets=[*subnets], security_groups=[ours])[1] == []
    assert plan.add("aws_lb", name="b", subnets=[*subnets], security_groups=[theirs])[1] == [
        "References to different VPCs"
    ]


def test_routes_and_tables_stand_once(plan: Plan, vpc: Value) -> None:
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


def test_a_reference_to_something_else_is_told_by_how_the_id_begins(plan: Plan, vpc: Value) -> None:
    _, said = plan.add("aws_nat_gateway", subnet_id=vpc, allocation_id=UNKNOWN)
    assert said == ["Reference to another type of resource"]


def test_a_rule_stands_once(plan: Plan, vpc: Value) -> None:
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


def test_listeners_and_their_rules_have_numbers_of_their_own(plan: Plan) -> None:
    balancer, _ = plan.add("aws_lb", name="a", load_balancer_type="network", subnets=["subnet-1"])
    listener: dict[str, Value] = {"load_balancer_arn": balancer["arn"], "port": 80, "protocol": "TCP"}
    first, said = plan.add("aws_lb_listener", **listener)
    assert said == []
    rule: dict[str, Value] = {"listener_arn": first["arn"], "priority": 1}
    assert plan.add("aws_lb_listener_rule", **rule)[1] == []
    assert plan.add("aws_lb_listener_rule", **rule)[1] == ["Duplicate rule priority"]
    assert plan.add("aws_lb_listener", **listener)[1] == ["Duplicate listener port"]


def test_a_zone_itself_is_no_cname_and_a_name_has_one_record(plan: Plan) -> None:
    zone, _ = plan.add("aws_route53_zone", name="a.example")
    record: dict[str, Value] = {"zone_id": zone["id"], "ttl": 60, "type": "CNAME", "records": ["b.example"]}
    assert plan.add("aws_route53_record", name="a.example", **record)[1] == ["CNAME at the zone apex"]
    given: dict[str, Value] = {**record, "zone_id": "Z1", "name": "www"}
    assert plan.add("aws_route53_record", **given)[1] == []
    address: dict[str, Value] = {**given, "type": "A", "records": ["192.0.2.1"]}
    assert plan.add("aws_route53_record", **address)[1] == ["Conflicting records"]


def test_what_is_replicated_is_versioned(plan: Plan) -> None:
    bucket = plan.id("aws_s3_bucket", bucket="logs")
    suspended: Value = [{"status": "Suspended"}]
    plan.id("aws_s3_bucket_versioning", bucket=bucket, versioning_configuration=suspended)
    assert plan.add("aws_s3_bucket_replication_configuration", bucket=bucket)[1] == [
        "Replication of a bucket without versioning"
    ]


def test_a_bucket_policy_speaks_of_its_bucket(plan: Plan) -> None:
    bucket = plan.id("aws_s3_bucket", bucket="logs")
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::logs/*"}
    right = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    assert plan.add("aws_s3_bucket_policy", bucket=bucket, policy=right)[1] == []
    assert plan.add("aws_s3_bucket_policy", bucket=bucket, policy=right.replace("logs", "other"))[1] == [
        "Bucket policy names another bucket"
    ]


def test_a_bucket_policy_speaks_of_a_bucket_of_which_only_the_beginning_is_known(plan: Plan) -> None:
    bucket = plan.id("aws_s3_bucket", bucket=Unknown("logs-"))
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::logs-1/*"}
    right = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    assert plan.add("aws_s3_bucket_policy", bucket=bucket, policy=right)[1] == []
    assert plan.add("aws_s3_bucket_policy", bucket=bucket, policy=right.replace("logs", "other"))[1] == [
        "Bucket policy names another bucket"
    ]


@pytest.mark.parametrize(
    ("database", "group", "engine", "version", "right", "wrong"),
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
def test_parameters_are_of_the_engines_family(
    plan: Plan, database: str, group: str, engine: str, version: str, right: str, wrong: str
) -> None:
    asked: dict[str, Value] = {"engine": engine, "engine_version": version}
    if database == "aws_db_instance":
        asked |= {"allocated_storage": 20, "username": "dba"}
    for family, said in ((right, []), (wrong, ["Parameter group of another engine"])):
        plan.id(group, name=f"own-{family}", family=family)
        assert plan.add(database, **asked, parameter_group_name=f"own-{family}")[1] == said


def test_services_of_a_cluster_have_addresses_of_their_own(plan: Plan) -> None:
    vpc = plan.id("aws_vpc", cidr_block="172.20.0.0/16")
    subnets: list[Value] = [plan.subnet(vpc, f"172.20.{n}.0/24", f"euw1-az{n}") for n in (1, 2)]
    network: Value = [{"service_ipv4_cidr": "172.20.128.0/20"}]
    cluster: dict[str, Value] = {"name": "a", "vpc_config": [{"subnet_ids": subnets}]}
    assert plan.add("aws_eks_cluster", **cluster)[1] == []
    assert plan.add("aws_eks_cluster", **{**cluster, "name": "b"}, kubernetes_network_config=network)[1] == [
        "Service CIDR block overlaps the VPC"
    ]


def test_a_firewall_for_cloudfront_is_made_in_one_region_only(plan: Plan) -> None:
    assert plan.add("aws_wafv2_web_acl", name="a", scope="CLOUDFRONT")[1] == [
        "CLOUDFRONT web ACL outside us-east-1"
    ]


def test_tags_of_the_provider_count(plan: Plan) -> None:
    tags: Mapping[str, Value] = {f"k{number}": "" for number in range(51)}
    resource = Resource("aws_vpc", {"tags": {"a": ""}, "tags_all": {**tags}}, HERE)
    [problem] = check_plan(resource, {"tags": {"a": ""}}, plan.planned)
    assert problem.summary == "Too many tags"


def test_a_name_stands_once_in_a_plan(plan: Plan) -> None:
    assert plan.add("aws_iam_role", name="reader")[1] == []
    assert plan.add("aws_iam_role", name="reader")[1] == ["Duplicate name"]


def test_what_changes_is_not_taken_for_another(plan: Plan) -> None:
    role: dict[str, Value] = {"id": "reader", "name": "reader"}
    for description in ("before", "after"):
        resource = Resource("aws_iam_role", {**role, "description": description}, HERE)
        assert check_plan(resource, {"name": "reader"}, plan.planned) == []
        plan.planned.add_planned(resource)


def test_what_was_made_is_found_by_its_id_and_no_longer_by_what_was_foretold(plan: Plan, vpc: Value) -> None:
    assert isinstance(vpc, Unknown)
    made = Resource("aws_vpc", {"id": f"{vpc.prefix}0001", "cidr_block": "10.0.0.0/16"}, HERE)
    plan.planned.mark_applied(made)
    assert plan.planned.list_of_type("aws_vpc") == [made]
    assert plan.planned.resolve_reference("aws_vpc", f"{vpc.prefix}0001") == [made]
    plan.planned.remove("aws_vpc", f"{vpc.prefix}0001")
    assert plan.planned.list_of_type("aws_vpc") == []


def test_terraform_may_cut_what_was_foretold(plan: Plan, vpc: Value) -> None:
    assert isinstance(vpc, Unknown)
    assert plan.planned.resolve_reference("aws_vpc", Unknown(vpc.prefix[:-1]))
    assert not plan.planned.resolve_reference("aws_vpc", Unknown(vpc.prefix[:-5]))
    assert not plan.planned.resolve_reference("aws_vpc", UNKNOWN)


def test_a_name_that_terraform_knows_to_exist_is_taken(tmp_path: Path) -> None:
    store = ResourceStore(tmp_path / "account.sqlite")
    store.mark_in_state(HERE, "aws_s3_bucket", "logs", {"bucket": "logs"})
    there = Account(HERE.id, "us-east-1")
    [problem] = check_create(Resource("aws_s3_bucket", {"bucket": "logs"}, there), store)
    assert problem.summary == "Name already exists"
    assert check_create(Resource("aws_s3_bucket", {"bucket": "other"}, there), store) == []
    store.mark_in_state(HERE, "aws_ecr_repository", "images", {"name": "images"})
    assert check_create(Resource("aws_ecr_repository", {"name": "images"}, there), store) == []
