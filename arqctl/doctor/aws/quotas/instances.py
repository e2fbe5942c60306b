"""Quotas of EC2 instances, which AWS counts in vCPUs.

Node groups and autoscaling groups count with their maximum sizes, plus the instances that an update adds.
Karpenter's node pools count with their limits. A pool with both capacities counts in both quotas.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from arqctl.core.aws_api import AwsError
from arqctl.core.json_access import Body, Json, as_list, as_object, as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, unknown
from arqctl.doctor.aws.instance_pools import InstancePool, instance_pools, instance_types
from arqctl.doctor.aws.karpenter_pools import KarpenterPool, karpenter_pools
from arqctl.doctor.aws.quotas.quota import Quota, is_own, tags_of
from arqctl.doctor.check import Check

# https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html: A, C, D, H, I, M, R, T, Z.
# Families with two letters belong to them if they begin with one of these: im4gn, is4gen.
_CATEGORY = r"(?!hpc|inf|mac|dl)[acdhimrtz][a-z]?"
_STANDARD_CATEGORY = re.compile(_CATEGORY)
_STANDARD = re.compile(rf"{_CATEGORY}\d[a-z0-9-]*\..+")
_KARPENTER = "karpenter.sh/nodepool"
_ACTIONS = ("ec2:DescribeInstanceTypes", "ec2:DescribeInstances")


def _needs(
    size: Callable[[InstancePool], int], uses: Callable[[KarpenterPool], bool]
) -> Callable[[AwsContext], Mapping[str, int]]:
    def needs(context: AwsContext) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for limited in karpenter_pools(context):
            if uses(limited) and _has_standard_types(limited):
                found[limited.region] = found.get(limited.region, 0) + limited.vcpus
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
            and not _is_counted(context, each)
        )

    return uses


def _running_vcpus(instance: Body) -> int:
    options = as_object(instance.get("CpuOptions"))
    cores, threads = options.get("CoreCount"), options.get("ThreadsPerCore")
    return cores * threads if isinstance(cores, int) and isinstance(threads, int) else 0


def _is_counted(context: AwsContext, instance: Body) -> bool:
    """Return whether an instance is of a group or a node pool, whose largest size counts."""
    is_of_karpenter = any(tag.get("Key") == _KARPENTER for tag in tags_of(instance))
    return is_own(context, instance, ignored=("managed-by",) if is_of_karpenter else ())


def _has_standard_types(pool: KarpenterPool) -> bool:
    return not pool.categories or any(map(_STANDARD_CATEGORY.fullmatch, pool.categories))


def _check_other_families(context: AwsContext) -> Iterator[Check]:
    for region, all_types in instance_types(context):
        types = [type_ for type_ in all_types if not _STANDARD.fullmatch(type_)]
        if types:
            fix = _fix(region)
            yield unknown(OTHER_FAMILIES.name, f"{', '.join(types)} have quotas of their own", fix)
    for pool in karpenter_pools(context):
        others = [each for each in pool.categories if not _STANDARD_CATEGORY.fullmatch(each)]
        if others or not pool.categories:
            what = f"instances of category {', '.join(others)}" if others else "instances of all categories"
            found = f"node pool {pool.name}: {what} have quotas of their own"
            yield unknown(OTHER_FAMILIES.name, found, _fix(pool.region))


def _fix(region: str) -> str:
    return f"aws service-quotas list-service-quotas --service-code ec2 --region {region}"


ON_DEMAND = Quota(
    "on-demand vCPUs",
    "ec2",
    "L-1216C47A",
    _needs(lambda pool: pool.on_demand, lambda pool: pool.has_on_demand),
    _uses(spot=False),
    _ACTIONS,
)
SPOT = Quota(
    "spot vCPUs",
    "ec2",
    "L-34B43A08",
    _needs(lambda pool: pool.spot, lambda pool: pool.has_spot),
    _uses(spot=True),
    _ACTIONS,
)
OTHER_FAMILIES = AwsCheck("quota: other instance families", (), _check_other_families)
