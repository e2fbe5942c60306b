"""Versions of add-ons that EKS offers."""

import re

from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Json, as_list, as_object, as_text


def find_latest_version(api: AwsApi, *, region: str, kubernetes: str, addon: str) -> str:
    """Return the latest version of an add-on that EKS supports for a Kubernetes version.

    https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeAddonVersions.html

    Raises:
        InputError: if AWS rejects the call, or has no version.
    """
    where = f"{addon} for Kubernetes {kubernetes}"
    try:
        addons = api.list_all(
            "eks",
            "describe_addon_versions",
            region,
            "addons",
            kubernetesVersion=kubernetes,
            addonName=addon,
        )
    except AwsError as error:
        fix = "Allow eks:DescribeAddonVersions, and correct the names in the table"
        raise InputError([Problem(where, str(error), error.fix or fix)]) from error
    versions = [
        as_text(as_object(version).get("addonVersion"))
        for each in addons
        for version in as_list(as_object(each).get("addonVersions"))
        if _supports(version, kubernetes)
    ]
    if not versions:
        raise InputError([Problem(where, "EKS has no version", "Correct the names in the table")])
    return max(versions, key=_order)


def _supports(version: Json, kubernetes: str) -> bool:
    compatibilities = map(as_object, as_list(as_object(version).get("compatibilities")))
    return any(each.get("clusterVersion") == kubernetes for each in compatibilities)


def _order(version: str) -> tuple[int, ...]:
    """Return the numbers of a version: v1.35.3-eksbuild.13 is after v1.35.3-eksbuild.2."""
    return tuple(map(int, re.findall(r"\d+", version)))
