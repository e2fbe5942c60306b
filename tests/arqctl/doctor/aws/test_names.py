"""Regions, zones, instance types and database classes that the account offers."""

import pytest

from arqctl.doctor.aws.database_classes import DATABASE_CLASSES
from arqctl.doctor.aws.instance_types import INSTANCE_TYPES
from arqctl.doctor.aws.regions import REGIONS
from arqctl.doctor.aws.zones import ZONES
from arqctl.doctor.check import Check, Status
from tests.arqctl.doctor.aws.aws_account import StubbedAws, run, stack
from tests.arqctl.doctor.aws.complete_stacks import DATA, NETWORK, SUBNETS

ZONE_NAMES = {"euw1-az1": "eu-west-1c", "euw1-az2": "eu-west-1a"}


def describe_zones(aws: StubbedAws, **states: str) -> None:
    zones = [
        {"ZoneId": zone, "ZoneName": name, "State": states.get(name[-1], "available")}
        for zone, name in ZONE_NAMES.items()
    ]
    aws.answer("ec2", "describe_availability_zones", {"AvailabilityZones": zones})


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("opted-in", Status.OK),
        ("opt-in-not-required", Status.OK),
        ("not-opted-in", Status.MISSING),
    ],
)
def test_all_regions_of_the_providers_must_be_enabled(status: str, state: Status) -> None:
    aws = StubbedAws()
    regions = [
        {"RegionName": "eu-west-1", "OptInStatus": "opt-in-not-required"},
        {"RegionName": "us-east-1", "OptInStatus": status},
    ]
    aws.answer("ec2", "describe_regions", {"Regions": regions}, AllRegions=True)
    (found,) = run(REGIONS, aws.api, stack())
    assert found.status is state
    assert found.fix in ("", "aws account enable-region --region-name us-east-1")


def test_a_region_that_aws_does_not_list_is_missing() -> None:
    aws = StubbedAws()
    aws.answer("ec2", "describe_regions", {"Regions": []})
    (found,) = run(REGIONS, aws.api, stack())
    assert found.found == "eu-west-1, us-east-1: not enabled"


def test_the_zones_of_the_subnets_exist() -> None:
    aws = StubbedAws()
    describe_zones(aws)
    (found,) = run(ZONES, aws.api, stack(resource=NETWORK))
    assert (found.status, found.found) == (Status.OK, "euw1-az1, euw1-az2")


@pytest.mark.parametrize("state", ["unavailable", "constrained"])
def test_a_zone_that_is_not_available_is_missing(state: str) -> None:
    aws = StubbedAws()
    describe_zones(aws, a=state)
    (found,) = run(ZONES, aws.api, stack(resource=NETWORK))
    assert (found.status, found.found) == (Status.MISSING, "euw1-az2: not in this account; it has euw1-az1")
    assert found.fix == "aws ec2 describe-availability-zones --region eu-west-1"


def test_subnets_may_have_names_of_zones() -> None:
    aws = StubbedAws()
    describe_zones(aws)
    subnets = {
        "aws_subnet": {"a": {"availability_zone": "eu-west-1a"}, "b": {"availability_zone": "eu-west-1z"}}
    }
    (found,) = run(ZONES, aws.api, stack(resource=subnets))
    assert found.found.startswith("eu-west-1z: not in this account")


def offered(aws: StubbedAws, *pairs: tuple[str, str]) -> Check:
    """Check a node group of two types in two zones, of which AWS offers these pairs."""
    offerings = [{"InstanceType": type_, "Location": zone} for type_, zone in pairs]
    aws.answer("ec2", "describe_instance_type_offerings", {"InstanceTypeOfferings": offerings})
    group = {
        "instance_types": ["m7g.xlarge", "m6g.xlarge"],
        "scaling_config": {"max_size": 3},
        "subnet_ids": SUBNETS,
    }
    (found,) = run(
        INSTANCE_TYPES, aws.api, stack(resource={**NETWORK, "aws_eks_node_group": {"system": group}})
    )
    return found


def test_one_type_in_each_zone_is_enough() -> None:
    found = offered(StubbedAws(), ("m7g.xlarge", "euw1-az1"), ("m6g.xlarge", "euw1-az2"))
    assert found.status is Status.OK


def test_a_zone_without_any_of_the_types_is_missing() -> None:
    found = offered(StubbedAws(), ("m7g.xlarge", "euw1-az1"), ("m6g.xlarge", "euw1-az1"))
    assert found.status is Status.MISSING
    assert found.found == "euw1-az2 offers none of m7g.xlarge, m6g.xlarge (aws_eks_node_group.system)"
    assert "Values=euw1-az2 --region eu-west-1" in found.fix


@pytest.mark.parametrize("subnets", [["subnet-0a1b2c3d"], ["${data.aws_subnet.a.id}"], []])
def test_types_in_subnets_without_a_known_zone_are_unknown(subnets: list[str]) -> None:
    group = {"instance_types": ["m7g.xlarge"], "scaling_config": {"max_size": 3}, "subnet_ids": subnets}
    (found,) = run(
        INSTANCE_TYPES, StubbedAws().api, stack(resource={"aws_eks_node_group": {"system": group}})
    )
    assert (found.status, found.found) == (
        Status.UNKNOWN,
        "aws_eks_node_group.system: the zones of its subnets are not in the stack",
    )
    assert found.fix == "Compare them yourself: aws ec2 describe-subnets --region eu-west-1"


def test_a_class_in_a_subnet_group_of_others_is_unknown() -> None:
    aws = StubbedAws()
    aws.answer("rds", "describe_orderable_db_instance_options", {"OrderableDBInstanceOptions": []})
    describe_zones(aws)
    database = {"engine": "postgres", "instance_class": "db.r7g.large", "db_subnet_group_name": "shared"}
    (found,) = run(DATABASE_CLASSES, aws.api, stack(resource={"aws_db_instance": {"main": database}}))
    assert (found.status, found.found) == (
        Status.UNKNOWN,
        "aws_db_instance.main: its subnet group is not in the stack",
    )


def databases(aws: StubbedAws, **option: object) -> list[Check]:
    """Check a Multi-AZ database and its replica against the options that AWS returns for both."""
    zones = [{"Name": name} for name in ZONE_NAMES.values()]
    defaults = {"EngineVersion": "17.4", "StorageType": "gp3", "AvailabilityZones": zones}
    for _ in range(2):
        aws.answer(
            "rds",
            "describe_orderable_db_instance_options",
            {"OrderableDBInstanceOptions": [{**defaults, **option}]},
            Engine="postgres",
            DBInstanceClass="db.r7g.large",
        )
        describe_zones(aws)
    return run(DATABASE_CLASSES, aws.api, stack(resource={**NETWORK, **DATA}))


def test_a_class_in_all_zones_of_its_databases_is_ok() -> None:
    (found,) = databases(StubbedAws())
    assert (found.status, found.found) == (Status.OK, "db.r7g.large in 2 zones, db.r7g.large in 2 zones")


def test_a_class_in_one_zone_is_enough_for_a_replica_but_not_for_multi_az() -> None:
    (found,) = databases(StubbedAws(), AvailabilityZones=[{"Name": "eu-west-1a"}])
    assert found.status is Status.MISSING
    assert found.found == "db.r7g.large for postgres 17: offered in 1 of its zones, needs 2"
    assert found.fix.endswith("--engine postgres --db-instance-class db.r7g.large --region eu-west-1")


@pytest.mark.parametrize("version", ["16.9", "170.1"])
def test_another_version_does_not_count(version: str) -> None:
    assert [each.status for each in databases(StubbedAws(), EngineVersion=version)] == [Status.MISSING] * 2
