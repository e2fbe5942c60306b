"""Quotas: what the configuration needs, what others use, and the command that raises the quota."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from arqctl.core.assembly import Stack
from arqctl.doctor.aws.aws_check import AwsContext
from arqctl.doctor.aws.instance_pools import instance_pools
from arqctl.doctor.aws.instance_types import INSTANCE_TYPES
from arqctl.doctor.aws.quotas.all_quotas import QUOTAS
from arqctl.doctor.aws.quotas.instances import ON_DEMAND, OTHER_FAMILIES, SPOT
from arqctl.doctor.aws.quotas.quota import Quota
from arqctl.doctor.check import Check, Status
from tests.arqctl.doctor.aws.aws_account import (
    ACCOUNT,
    OWN_TAGS,
    REGION,
    StubbedAws,
    configuration,
    run,
    stack,
)
from tests.arqctl.doctor.aws.complete_stacks import NETWORK, SUBNETS, complete_stacks

OTHER_TAGS = [{"Key": "environment", "Value": "shared"}]
BY_NAME = {quota.name: quota for quota in QUOTAS}

# AWS's answers about the use of a quota: operation, result, and the number that others use.
USES: dict[str, tuple[str, str, dict[str, Any], int]] = {
    "Elastic IP addresses": (
        "ec2",
        "describe_addresses",
        {"Addresses": [{"Tags": OWN_TAGS}, {"Tags": OTHER_TAGS}, {}]},
        2,
    ),
    "VPCs": ("ec2", "describe_vpcs", {"Vpcs": [{"Tags": OWN_TAGS}, {"IsDefault": True}]}, 1),
    "internet gateways": (
        "ec2",
        "describe_internet_gateways",
        {"InternetGateways": [{}, {"Tags": OWN_TAGS}]},
        1,
    ),
    "gateway endpoints": ("ec2", "describe_vpc_endpoints", {"VpcEndpoints": [{"Tags": OTHER_TAGS}]}, 1),
    "database instances": (
        "rds",
        "describe_db_instances",
        {"DBInstances": [{"DBInstanceIdentifier": "production-database"}, {"DBInstanceIdentifier": "other"}]},
        1,
    ),
    "database storage": (
        "rds",
        "describe_db_instances",
        {
            "DBInstances": [
                {"DBInstanceIdentifier": "production-database", "AllocatedStorage": 200},
                {"DBInstanceIdentifier": "other", "AllocatedStorage": 50},
            ]
        },
        50,
    ),
    "EKS clusters": ("eks", "list_clusters", {"clusters": ["production-cluster", "other", "third"]}, 2),
    "application load balancers": (
        "elbv2",
        "describe_load_balancers",
        {
            "LoadBalancers": [
                {"LoadBalancerName": "production-ingress", "Type": "application"},
                {"LoadBalancerName": "k8s-shop", "Type": "application"},
                {"LoadBalancerName": "nlb", "Type": "network"},
            ]
        },
        1,
    ),
}


def checked(aws: StubbedAws, quota: Quota, limit: float) -> Check:
    """Check a quota of the complete stacks against a limit."""
    region = "us-east-1" if quota.service == "cloudfront" else REGION
    aws.answer(
        "service-quotas",
        "get_service_quota",
        {"Quota": {"QuotaCode": quota.code, "Value": limit}},
        region=region,
        ServiceCode=quota.service,
        QuotaCode=quota.code,
    )
    (found,) = run(quota.check, aws.api, *complete_stacks())
    return found


@pytest.mark.parametrize("name", USES)
def test_the_use_of_others_counts_and_our_own_does_not_count_twice(name: str) -> None:
    service, operation, result, others = USES[name]
    aws = StubbedAws()
    aws.answer(service, operation, result)
    found = checked(aws, BY_NAME[name], 100_000)
    assert found.status is Status.OK
    assert f"others use {others}, quota 100,000" in found.found


@pytest.mark.parametrize("name", USES)
def test_an_insufficient_quota_has_the_command_that_raises_it(name: str) -> None:
    service, operation, result, others = USES[name]
    aws = StubbedAws()
    aws.answer(service, operation, result)
    found = checked(aws, BY_NAME[name], others)
    assert found.status is Status.MISSING
    assert found.fix.startswith("aws service-quotas request-service-quota-increase --service-code ")
    assert f" --quota-code {BY_NAME[name].code} --desired-value " in found.fix
    assert found.fix.endswith(" --region eu-west-1")


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("subnets of a VPC", 2),
        ("interface endpoints of a VPC", 1),
        ("rules of a security group", 1),
        ("security groups of an interface", 2),
        ("rules of a network ACL", 2),
        ("nodes of a node group", 9),
        ("concurrent runs of functions", 110),
    ],
)
def test_a_quota_of_each_new_resource_needs_no_other_use(name: str, needed: int) -> None:
    assert checked(StubbedAws(), BY_NAME[name], needed).found == f"needs {needed}, quota {needed}"
    assert checked(StubbedAws(), BY_NAME[name], needed - 1).status is Status.MISSING


@pytest.mark.parametrize(("limit", "status"), [(3, Status.OK), (2, Status.MISSING)])
def test_nat_gateways_count_in_the_zone_that_has_most(limit: int, status: Status) -> None:
    aws = StubbedAws()
    subnets = [{"SubnetId": "subnet-a", "AvailabilityZoneId": "euw1-az1"}]
    aws.answer("ec2", "describe_subnets", {"Subnets": subnets})
    gateways = [
        {"SubnetId": "subnet-a", "State": "available"},
        {"SubnetId": "subnet-a", "State": "pending"},
        {"SubnetId": "subnet-a", "State": "deleted"},
        {"SubnetId": "subnet-a", "State": "available", "Tags": OWN_TAGS},
    ]
    aws.answer("ec2", "describe_nat_gateways", {"NatGateways": gateways})
    found = checked(aws, BY_NAME["NAT gateways in a zone"], limit)
    assert (found.status, found.found) == (status, f"needs 1, others use 2, quota {limit}")


def test_customer_managed_keys_of_others_count() -> None:
    aws = StubbedAws()
    aliases = {"alias/aws/ebs": "aws", "alias/production-state-key": "own", "alias/shared": "other"}
    aws.answer(
        "kms",
        "list_aliases",
        {"Aliases": [{"AliasName": name, "TargetKeyId": key} for name, key in aliases.items()]},
    )
    aws.answer("kms", "list_keys", {"Keys": [{"KeyId": key} for key in (*aliases.values(), "unnamed")]})
    found = checked(aws, BY_NAME["KMS keys"], 2)
    assert (found.status, found.found) == (Status.MISSING, "needs 1, others use 2, quota 2")


@pytest.mark.parametrize(
    ("name", "operation", "result"),
    [
        (
            "CloudFront distributions",
            "list_distributions",
            {"DistributionList": {"Items": [{"Comment": "production-site"}, {"Comment": "other"}]}},
        ),
        (
            "CloudFront cache policies",
            "list_cache_policies",
            {
                "CachePolicyList": {
                    "Items": [
                        {"Type": "custom", "CachePolicy": {"CachePolicyConfig": {"Name": name}}}
                        for name in ("production-pages", "other")
                    ],
                }
            },
        ),
        (
            "CloudFront headers policies",
            "list_response_headers_policies",
            {
                "ResponseHeadersPolicyList": {
                    "Items": [
                        {
                            "Type": "custom",
                            "ResponseHeadersPolicy": {"ResponseHeadersPolicyConfig": {"Name": name}},
                        }
                        for name in ("production-headers", "other")
                    ],
                }
            },
        ),
    ],
)
@pytest.mark.parametrize(("limit", "status"), [(2, Status.OK), (1, Status.MISSING)])
def test_quotas_of_cloudfront_are_in_us_east_1(
    name: str, operation: str, result: dict[str, Any], limit: int, status: Status
) -> None:
    aws = StubbedAws()
    aws.answer("cloudfront", operation, result, region="us-east-1")
    found = checked(aws, BY_NAME[name], limit)
    assert (found.name, found.status) == (f"quota: {name}, us-east-1", status)
    assert found.found == f"needs 1, others use 1, quota {limit}"


def test_on_demand_vcpus_include_the_nodes_that_an_update_adds() -> None:
    aws = StubbedAws()
    _describe_types(aws, {"m7g.xlarge": 4, "m6g.xlarge": 4})
    _describe_instances(aws)
    found = checked(aws, ON_DEMAND, 5)
    # (9 + 2 for each of 2 zones) x 4 vCPUs; others: one of 8 vCPUs.
    assert found.found == "needs 52, others use 8, quota 5"
    assert "--quota-code L-1216C47A --desired-value 60" in found.fix


def test_spot_vcpus_have_a_quota_of_their_own() -> None:
    aws = StubbedAws()
    _describe_types(aws, {"c7g.large": 2})
    _describe_instances(aws)
    assert checked(aws, SPOT, 64).found == "needs 14, others use 16, quota 64"


@pytest.mark.parametrize(
    ("capacity", "on_demand", "spot"),
    [(["on-demand"], 64, 0), (["spot"], 0, 64), (["spot", "on-demand"], 64, 64), ([], 64, 0)],
)
def test_limits_of_node_pools_count_in_the_quotas_of_their_capacities(
    capacity: list[str], on_demand: int, spot: int
) -> None:
    context = AwsContext(StubbedAws().api, configuration(_release(_node_pool(capacity=capacity))), ACCOUNT)
    assert ON_DEMAND.needs(context).get(REGION, 0) == on_demand
    assert SPOT.needs(context).get(REGION, 0) == spot


def test_limits_of_all_node_pools_and_groups_add_up() -> None:
    pools = _release(_node_pool(cpu="64"), _node_pool(cpu="1500m"), {"kind": "EC2NodeClass"})
    aws = StubbedAws()
    _describe_types(aws, {"m7g.xlarge": 4, "m6g.xlarge": 4})
    context = AwsContext(aws.api, configuration(*complete_stacks(), pools), ACCOUNT)
    assert ON_DEMAND.needs(context) == {REGION: 52 + 64 + 2}


def test_node_pools_of_other_families_need_other_quotas() -> None:
    pools = _release(*(_node_pool(categories=each) for each in (["g", "m"], ["inf"], [])))
    context = AwsContext(StubbedAws().api, configuration(pools), ACCOUNT)
    assert ON_DEMAND.needs(context) == {REGION: 128}
    assert [each.found for each in run(OTHER_FAMILIES, StubbedAws().api, pools)] == [
        "node pool general: instances of category g have quotas of their own",
        "node pool general: instances of category inf have quotas of their own",
        "node pool general: instances of all categories have quotas of their own",
    ]


@pytest.mark.parametrize("cpu", [None, "${var.cpu}", "1.5"])
def test_a_node_pool_without_a_limit_has_unknown_quotas(cpu: str | None) -> None:
    for check in (ON_DEMAND.check, SPOT.check):
        (found,) = run(check, StubbedAws().api, _release(_node_pool(cpu=cpu)))
        assert (found.status, found.found) == (
            Status.UNKNOWN,
            "node pool general: the limit of its vCPUs is not in the stack",
        )


def test_a_type_without_vcpus_in_the_answer_is_unknown() -> None:
    aws = StubbedAws()
    _describe_types(aws, {"m7g.xlarge": 4})
    (found,) = run(ON_DEMAND.check, aws.api, *complete_stacks())
    assert found.status is Status.UNKNOWN
    assert "no vCPUs of m6g.xlarge" in found.found


@pytest.mark.parametrize(
    "subnets",
    [
        ["subnet-0a1b2c3d"],
        ["${data.aws_subnet.a.id}", "${aws_subnet.a.id}"],
        "${data.aws_subnets.private.ids}",
        ["${aws_subnet.without-zone.id}"],
        None,
    ],
)
def test_a_group_in_subnets_without_a_known_zone_has_unknown_quotas(subnets: object) -> None:
    group = {
        "instance_types": ["m7g.large"],
        "scaling_config": {"max_size": 10},
        "subnet_ids": subnets,
    }
    resources = {
        "aws_subnet": {"a": {"availability_zone_id": "euw1-az1"}, "without-zone": {}},
        "aws_eks_node_group": {"system": group},
    }
    stacks = stack(resource=resources, data={"aws_subnet": {"a": {"id": "subnet-0a1b2c3d"}}})
    (found,) = run(ON_DEMAND.check, StubbedAws().api, stacks)
    assert (found.status, found.found) == (
        Status.UNKNOWN,
        "aws_eks_node_group.system: the zones of its subnets are not in the stack",
    )


@pytest.mark.parametrize(
    "template",
    [
        {},
        {"launch_template": {"id": "lt-0a1b2c3d"}},
        {"launch_template": {"id": "${aws_launch_template.x.id}"}},
    ],
)
def test_a_group_of_unknown_types_has_unknown_quotas(template: dict[str, object]) -> None:
    group = {"max_size": 3, "vpc_zone_identifier": SUBNETS, **template}
    resources = {
        **NETWORK,
        "aws_launch_template": {"x": {"instance_type": "${var.type}"}},
        "aws_autoscaling_group": {"workers": group},
    }
    for check in (ON_DEMAND.check, OTHER_FAMILIES, INSTANCE_TYPES):
        (found,) = run(check, StubbedAws().api, stack(resource=resources))
        assert (found.status, found.found) == (
            Status.UNKNOWN,
            "aws_autoscaling_group.workers: its instance types are not in the stack",
        )


def test_a_weight_never_rounds_vcpus_down() -> None:
    policy = {
        "launch_template": {"override": [{"instance_type": "m7g.large", "weighted_capacity": "3"}]},
    }
    group = {"max_size": 5, "mixed_instances_policy": policy, "vpc_zone_identifier": SUBNETS}
    aws = StubbedAws()
    _describe_types(aws, {"m7g.large": 2})
    context = AwsContext(
        aws.api, configuration(stack(resource={**NETWORK, "aws_autoscaling_group": {"a": group}})), ACCOUNT
    )
    # 5 units of 2 vCPUs for 3 units are 3.3 vCPUs.
    assert ON_DEMAND.needs(context) == {REGION: 4}


def test_a_regional_nat_gateway_is_in_no_zone() -> None:
    gateway = {"aws_nat_gateway": {"regional": {"availability_mode": "regional"}}}
    quota = BY_NAME["NAT gateways in a zone"]
    assert run(quota.check, StubbedAws().api, stack(resource=gateway)) == []


def test_other_families_are_unknown() -> None:
    (found,) = run(OTHER_FAMILIES, StubbedAws().api, *complete_stacks())
    assert (found.status, found.found) == (Status.UNKNOWN, "g5.xlarge have quotas of their own")


def test_only_standard_families_are_fine() -> None:
    group = {"instance_types": ["m7g.xlarge", "im4gn.large", "t4g.small"], "scaling_config": {"max_size": 1}}
    assert (
        run(OTHER_FAMILIES, StubbedAws().api, stack(resource={"aws_eks_node_group": {"system": group}})) == []
    )


def test_a_quota_without_a_value_in_the_account_has_awss_default() -> None:
    aws = StubbedAws()
    aws.answer("ec2", "describe_vpcs", {"Vpcs": []})
    aws.reject("service-quotas", "get_service_quota", "NoSuchResourceException")
    aws.answer("service-quotas", "get_aws_default_service_quota", {"Quota": {"Value": 5.0}})
    (found,) = run(BY_NAME["VPCs"].check, aws.api, *complete_stacks())
    assert (found.status, found.found) == (Status.OK, "needs 1, others use 0, quota 5")


@pytest.mark.parametrize(
    ("status", "desired", "fix"),
    [
        ("CASE_OPENED", 100.0, "Wait until AWS decides on the request for 100 (case-1)"),
        ("PENDING", 8.0, "aws service-quotas request-service-quota-increase "),
        ("DENIED", 100.0, "aws service-quotas request-service-quota-increase "),
    ],
)
def test_an_open_request_for_enough_is_waited_for(status: str, desired: float, fix: str) -> None:
    aws = StubbedAws()
    request = {"Id": "1", "CaseId": "case-1", "Status": status, "DesiredValue": desired}
    limit = {"Quota": {"Value": 5.0}}
    aws.answer("service-quotas", "get_service_quota", limit)
    aws.answer(
        "service-quotas",
        "list_requested_service_quota_change_history_by_quota",
        {"RequestedQuotas": [request]},
    )
    (found,) = run(BY_NAME["nodes of a node group"].check, aws.api, *complete_stacks())
    assert found.status is Status.MISSING
    assert found.fix.startswith(fix)


def test_an_autoscaling_group_shares_on_demand_and_spot() -> None:
    policy = {
        "instances_distribution": {
            "on_demand_base_capacity": 2,
            "on_demand_percentage_above_base_capacity": 50,
        },
        "launch_template": {
            "override": [
                {"instance_type": "m7g.xlarge"},
                {"instance_type": "r7g.2xlarge", "weighted_capacity": "2"},
            ]
        },
    }
    group = {
        "max_size": 12,
        "instance_maintenance_policy": {"max_healthy_percentage": 120},
        "mixed_instances_policy": policy,
        "vpc_zone_identifier": SUBNETS,
    }
    found = stack(resource={**NETWORK, "aws_autoscaling_group": {"workers": group}})
    (pool,) = instance_pools(AwsContext(StubbedAws().api, configuration(found), ACCOUNT))
    # 120 % of 12 instances are 15: 2 and half of 13 on demand, half of 13 spot.
    assert (pool.on_demand, pool.spot) == (9, 7)
    assert pool.types == {"m7g.xlarge": 1, "r7g.2xlarge": 2}


def test_an_autoscaling_group_has_the_type_of_its_launch_template() -> None:
    template = {"aws_launch_template": {"one": {"instance_type": "m7g.large"}}}
    group = {
        "max_size": 3,
        "launch_template": {"id": "${aws_launch_template.one.id}"},
        "vpc_zone_identifier": SUBNETS,
    }
    found = stack(resource={**NETWORK, **template, "aws_autoscaling_group": {"workers": group}})
    (pool,) = instance_pools(AwsContext(StubbedAws().api, configuration(found), ACCOUNT))
    assert (pool.types, pool.on_demand, pool.spot) == ({"m7g.large": 1}, 3, 0)


@pytest.mark.parametrize(
    ("update", "nodes"),
    [
        ({}, 14),
        ({"max_unavailable": 6}, 16),
        ({"max_unavailable_percentage": 50}, 15),
        ({"update_strategy": "MINIMAL", "max_unavailable": 6}, 10),
    ],
)
def test_an_update_adds_nodes_to_a_node_group(update: dict[str, object], nodes: int) -> None:
    group = {
        "instance_types": ["m7g.large"],
        "scaling_config": {"max_size": 10},
        "update_config": [update],
        "subnet_ids": SUBNETS,
    }
    subnets = {"a": {"availability_zone_id": "euw1-az1"}, "b": {"availability_zone_id": "euw1-az2"}}
    found = stack(resource={"aws_eks_node_group": {"system": group}, "aws_subnet": subnets})
    (pool,) = instance_pools(AwsContext(StubbedAws().api, configuration(found), ACCOUNT))
    assert pool.on_demand == nodes


def _describe_types(aws: StubbedAws, vcpus: dict[str, int]) -> None:
    types = [{"InstanceType": name, "VCpuInfo": {"DefaultVCpus": number}} for name, number in vcpus.items()]
    aws.answer("ec2", "describe_instance_types", {"InstanceTypes": types})


def _node_pool(
    *, cpu: str | None = "64", capacity: Sequence[str] = (), categories: Sequence[str] = ("m",)
) -> dict[str, Any]:
    requirements = [
        {"key": key, "operator": "In", "values": [*values]}
        for key, values in (
            ("karpenter.sh/capacity-type", capacity),
            ("karpenter.k8s.aws/instance-category", categories),
        )
        if values
    ]
    return {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": {"name": "general"},
        "spec": {"limits": {"cpu": cpu}, "template": {"spec": {"requirements": requirements}}},
    }


def _release(*objects: dict[str, Any]) -> Stack:
    """Return the cluster stack with a release of custom resources."""
    values = [json.dumps({"objects": [*objects]}), "not: json"]
    return stack("production-platform", resource={"helm_release": {"nodes": {"values": values}}})


def _describe_instances(aws: StubbedAws) -> None:
    tagged = [each for each in OWN_TAGS if each["Key"] != "managed-by"]
    nodepool = {"Key": "karpenter.sh/nodepool", "Value": "default"}
    karpenter = [*tagged, {"Key": "managed-by", "Value": "karpenter"}, nodepool]
    instances = [
        {"InstanceType": "m7g.xlarge", "CpuOptions": {"CoreCount": 4, "ThreadsPerCore": 1}, "Tags": OWN_TAGS},
        {"InstanceType": "m7g.2xlarge", "CpuOptions": {"CoreCount": 8, "ThreadsPerCore": 1}},
        {"InstanceType": "m6i.large", "CpuOptions": {"CoreCount": 1, "ThreadsPerCore": 2}, "Tags": karpenter},
        {"InstanceType": "g5.xlarge", "CpuOptions": {"CoreCount": 2, "ThreadsPerCore": 2}},
        {
            "InstanceType": "c7g.4xlarge",
            "CpuOptions": {"CoreCount": 16, "ThreadsPerCore": 1},
            "InstanceLifecycle": "spot",
        },
    ]
    aws.answer("ec2", "describe_instances", {"Reservations": [{"Instances": instances}]})
