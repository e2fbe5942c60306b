"""The checks read the stacks of the real environments."""

from pathlib import Path

import pytest

from arqctl.core.assembly import read_assembly, select_stacks
from arqctl.doctor.aws.all_checks import CHECKS, run_checks
from arqctl.doctor.aws.aws_check import AwsContext
from arqctl.doctor.aws.configuration import Configuration
from arqctl.doctor.aws.instance_pools import instance_pools
from arqctl.doctor.aws.quotas.all_quotas import QUOTAS
from arqctl.doctor.aws.stored_secrets import STORED_SECRETS
from arqctl.doctor.check import Status
from tests.arqctl.doctor.aws.aws_account import StubbedAws, failing_aws

ACCOUNT = "210987654321"
# Checks that need no answer, or whose quota an environment does not use.
NOT_APPLICABLE = {
    "production": {"quota: spot vCPUs", "quota: other instance families"},
    "dev": {
        "quota: other instance families",
        "quota: concurrent runs of functions",
        "quota: interface endpoints of a VPC",
        "pager connection",
        "pager drill",
        "heartbeat receiver",
        "stored secrets",
        "standby replicas",
    },
}


def context(folder: Path, environment: str) -> AwsContext:
    stacks = select_stacks(read_assembly(folder), environment)
    return AwsContext(StubbedAws().api, Configuration(environment, stacks), ACCOUNT)


@pytest.mark.parametrize("environment", sorted(NOT_APPLICABLE))
def test_all_other_checks_apply_to_an_environment(assembly_dir: Path, environment: str) -> None:
    prepared = context(assembly_dir, environment)
    with failing_aws("AccessDenied") as api:
        found = run_checks(CHECKS, AwsContext(api, prepared.configuration, ACCOUNT), lambda _: None)
    assert {each.status for each in found} == {Status.UNKNOWN}
    applied = {each.name.partition(", ")[0] for each in found}
    connections = {"code connection"}
    assert {check.name for check in CHECKS} - applied - connections == NOT_APPLICABLE[environment]


def test_the_standby_of_production_reads_a_replica_and_an_own_secret(assembly_dir: Path) -> None:
    prepared, aws = context(assembly_dir, "production"), StubbedAws()
    value = {"VersionIdsToStages": {"1" * 32: ["AWSCURRENT"]}}
    replicas = {"ReplicationStatus": [{"Region": "eu-central-1", "Status": "InSync"}]}
    call = ("secretsmanager", "describe_secret")
    aws.answer(*call, value, SecretId="production/paging")
    aws.answer(*call, {**value, **replicas}, SecretId="production/sentry")
    aws.answer(*call, value, region="eu-central-1", SecretId="production/standby-paging")
    found = run_checks([STORED_SECRETS], AwsContext(aws.api, prepared.configuration, ACCOUNT), lambda _: None)
    assert [(each.status, each.found.partition(":")[0]) for each in found] == [
        (Status.OK, "production/paging in eu-west-1"),
        (Status.OK, "production/sentry in eu-west-1"),
        (Status.OK, "production/sentry in eu-central-1"),
        (Status.OK, "production/standby-paging in eu-central-1"),
    ]


def test_production_needs_more_vcpus_than_a_new_account_has(assembly_dir: Path) -> None:
    pools = list(instance_pools(context(assembly_dir, "production")))
    assert {pool.address.partition(".")[0] for pool in pools} == {"aws_eks_node_group"}
    assert all(pool.types and len(pool.zones) == 3 for pool in pools)
    assert sum(pool.on_demand for pool in pools) * 4 > 5


def test_the_account_and_its_regions_are_those_of_the_providers(assembly_dir: Path) -> None:
    configuration = context(assembly_dir, "production").configuration
    assert configuration.account_ids == {ACCOUNT}
    assert configuration.region == "eu-west-1"
    assert configuration.regions == ("eu-central-1", "eu-west-1", "us-east-1")
    assert configuration.default_tags["environment"] == "production"
    assert [backend["bucket"] for backend in configuration.backends] == [f"arq-state-{ACCOUNT}-eu-west-1"]


@pytest.mark.parametrize("name", ["Elastic IP addresses", "NAT gateways in a zone", "rules of a network ACL"])
def test_the_needs_of_production_are_read(assembly_dir: Path, name: str) -> None:
    (quota,) = (each for each in QUOTAS if each.name == name)
    expected = {"Elastic IP addresses": 3, "NAT gateways in a zone": 1}
    needed = quota.needs(context(assembly_dir, "production"))
    # The standby has a network too.
    assert len(needed) == 2
    assert {expected.get(name, each) for each in needed.values()} == {*needed.values()}
    assert all(needed.values())
