"""Quotas of EC2 instances, which AWS counts in vCPUs.

Node groups and autoscaling groups count with their maximum sizes, plus the instances that an update adds.
Karpenter's limits are in the cluster, not in the stacks. So its running nodes count as used by others.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from arqctl.core.aws_api import AwsError
from arqctl.core.json_access import Body, Json, as_list, as_object, as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, unknown
from arqctl.doctor.aws.instance_pools import InstancePool, instance_pools, instance_types
from arqctl.doctor.aws.quotas.quota import Quota, is_own, tags_of
from arqctl.doctor.check import Check

# https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html: A, C, D, H, I, M, R, T, Z.
# Families with two letters belong to them if they begin with one of these: im4gn, is4gen.
_STANDARD = re.compile(r"(?!hpc|inf|mac|dl)[acdhimrtz][a-z]?\d[a-z0-9-]*\..+")
_KARPENTER = "karpenter.sh/nodepool"
_ACTIONS = ("ec2:DescribeInstanceTypes", "ec2:DescribeInstances")


def _needs(size: Callable[[InstancePool], int]) -> Callable[[AwsContext], Mapping[str, int]]:
    def needs(context: AwsContext) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for pool in instance_pools(context):
            types = [type_ for type_ in pool.types if _STANDARD.fullmatch(type_)]
            if types and size(pool):
                vcpus = _vcpus(context, pool.region, types)
                largest = max(Fraction(vcpus[type_], pool.types[type_]) for type_ in types)
                found[pool.region] = found.get(pool.region, 0) + math.ceil(size(pool) * largest)
        return found

    return needs


def _vcpus(context: AwsContext, region: str, types: list[str]) -> dict[str, int]:
    wanted: list[Json] = [*types]
    described = context.list_all(
        "ec2", "describe_instance_types", "InstanceTypes", region, InstanceTypes=wanted
    )
    found = {as_text(each.get("InstanceType")): _default_vcpus(each) for each in described}
    absent = [type_ for type_ in types if not found.get(type_)]
    if absent:
        raise AwsError("ec2 describe_instance_types", "", f"no vCPUs of {', '.join(absent)}")
    return found


def _default_vcpus(instance_type: Body) -> int:
    value = as_object(instance_type.get("VCpuInfo")).get("DefaultVCpus")
    return value if isinstance(value, int) else 0


def _uses(*, spot: bool) -> Callable[[AwsContext, str], int]:
    def uses(context: AwsContext, region: str) -> int:
        filters: list[Json] = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
        reservations = context.list_all("ec2", "describe_instances", "Reservations", region, Filters=filters)
        instances = [as_object(each) for found in reservations for each in as_list(found.get("Instances"))]
        return sum(
            _running_vcpus(each)
            for each in instances
            if (each.get("InstanceLifecycle") == "spot") is spot
            and _STANDARD.fullmatch(as_text(each.get("InstanceType")))
            and not (is_own(context, each) and not _is_of_karpenter(each))
        )

    return uses


def _running_vcpus(instance: Body) -> int:
    options = as_object(instance.get("CpuOptions"))
    cores, threads = options.get("CoreCount"), options.get("ThreadsPerCore")
    return cores * threads if isinstance(cores, int) and isinstance(threads, int) else 0


def _is_of_karpenter(instance: Body) -> bool:
    return any(tag.get("Key") == _KARPENTER for tag in tags_of(instance))


def _check_other_families(context: AwsContext) -> Iterator[Check]:
    for region, all_types in instance_types(context):
        types = [type_ for type_ in all_types if not _STANDARD.fullmatch(type_)]
        if types:
            fix = f"aws service-quotas list-service-quotas --service-code ec2 --region {region}"
            yield unknown(OTHER_FAMILIES.name, f"{', '.join(types)} have quotas of their own", fix)


ON_DEMAND = Quota(
    "on-demand vCPUs",
    "ec2",
    "L-1216C47A",
    _needs(lambda pool: pool.on_demand),
    _uses(spot=False),
    _ACTIONS,
    unit="without Karpenter's",
)
SPOT = Quota(
    "spot vCPUs",
    "ec2",
    "L-34B43A08",
    _needs(lambda pool: pool.spot),
    _uses(spot=True),
    _ACTIONS,
    unit="without Karpenter's",
)
OTHER_FAMILIES = AwsCheck("quota: other instance families", (), _check_other_families)
