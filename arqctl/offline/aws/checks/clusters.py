"""Checks of EKS clusters: versions, endpoints, access entries and node groups."""

import ipaddress
import re
from collections.abc import Iterator

from arqctl.offline.aws.checks.cidrs import is_within, parse_network
from arqctl.offline.aws.checks.planned_resources import PlannedResources
from arqctl.offline.aws.checks.resource import Resource, as_text, known_prefix, make_error
from arqctl.offline.aws.numbers import as_number
from arqctl.offline.diagnostic import Diagnostic

# Older versions left extended support before 2026.
_OLDEST_MINOR = 24
_VERSION = re.compile(r"^1\.\d{2}$")
_KUBERNETES = re.compile(r"1\.(\d{2})\b")
_PRIVATE_NETWORKS = tuple(
    ipaddress.ip_network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
)
# Number of colons before an ARN's resource.
_COLONS_BEFORE_RESOURCE = 4
_SERVICE_PREFIX_LENGTHS = (12, 24)
_TAINT = re.compile(r"^([a-z0-9A-Z.-]+/)?[a-zA-Z0-9]([\w.-]*[a-zA-Z0-9])?$", re.ASCII)


def check_control_plane(cluster: Resource) -> Iterator[Diagnostic]:
    """Check a cluster's version, its API endpoints and its service CIDR block."""
    version = cluster.get_text("version")
    if version and not _VERSION.match(version):
        yield make_error("Invalid EKS version", f"version is {version!r}. Write it like 1.35.", "version")
    elif version and int(version.partition(".")[2]) < _OLDEST_MINOR:
        yield make_error(
            "Unsupported EKS version", f"version is {version}. Use a version that EKS supports.", "version"
        )
    for config in cluster.get_blocks("vpc_config"):
        access = [config.get("endpoint_private_access"), config.get("endpoint_public_access")]
        if access[1] is False and access[0] in (None, False):
            yield make_error(
                "Cluster has no API endpoint",
                "Set endpoint_private_access or endpoint_public_access to true.",
                "vpc_config",
            )
    for config in cluster.get_blocks("kubernetes_network_config"):
        given = as_text(config.get("service_ipv4_cidr"))
        block, (largest, smallest) = parse_network(given), _SERVICE_PREFIX_LENGTHS
        if block is None or block.version != 4:  # noqa: PLR2004 - IPv4
            continue
        is_private = any(is_within(block, each) for each in _PRIVATE_NETWORKS)
        if not is_private or not largest <= block.prefixlen <= smallest:
            yield make_error(
                "Invalid service CIDR block",
                f"service_ipv4_cidr is {given}. Use a private block from /{largest} to /{smallest}.",
                "kubernetes_network_config",
            )


def check_node_release(group: Resource) -> Iterator[Diagnostic]:
    """Check that the release of Amazon Linux nodes is of their Kubernetes version."""
    version, release = group.get_text("version"), group.get_text("release_version")
    is_amazon_linux = (group.get_text("ami_type") or "").startswith("AL")
    if version and release and is_amazon_linux and not release.startswith(f"{version}."):
        yield make_error(
            "Invalid release version",
            f"release_version {release} is not of Kubernetes {version}. Use a release of {version}.",
            "release_version",
        )


def check_node_group(group: Resource) -> Iterator[Diagnostic]:
    """Check a node group's update limits and taints, and that it doesn't repeat its launch template."""
    if group.definitely_set("launch_template"):
        for name in ("disk_size", "remote_access"):
            if group.definitely_set(name):
                yield make_error(
                    f"{name} conflicts with launch_template",
                    f"Remove {name}: the launch template sets it.",
                    name,
                )
    for update in group.get_blocks("update_config"):
        given = [
            name for name in ("max_unavailable", "max_unavailable_percentage") if as_number(update.get(name))
        ]
        if len(given) > 1:
            yield make_error(
                "Two limits for unavailable nodes",
                "Set only one of " + " and ".join(given) + ".",
                "update_config",
            )
        percentage = as_number(update.get("max_unavailable_percentage"))
        if percentage is not None and not 0 <= percentage <= 100:  # noqa: PLR2004 - per cent
            yield make_error(
                "Invalid percentage",
                f"max_unavailable_percentage is {percentage}. Use 0 to 100.",
                "update_config",
            )
    for taint in group.get_blocks("taint"):
        key = as_text(taint.get("key"))
        if key and not _TAINT.match(key):
            yield make_error(
                "Invalid taint key",
                f"taint has the key {key!r}. Use a name that Kubernetes accepts.",
                "taint",
            )


def check_service_range(cluster: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """Check that the service CIDR block doesn't overlap the VPC."""
    for config in cluster.get_blocks("kubernetes_network_config"):
        services = parse_network(as_text(config.get("service_ipv4_cidr")))
        for vpc in _vpcs(cluster, planned):
            network = parse_network(vpc.get_text("cidr_block"))
            if services and network and services.version == network.version and services.overlaps(network):
                yield make_error(
                    "Service CIDR block overlaps the VPC",
                    f"service_ipv4_cidr is {services} and the VPC is {network}. Use a block outside the VPC.",
                    "kubernetes_network_config",
                )
                return


def _vpcs(cluster: Resource, planned: PlannedResources) -> Iterator[Resource]:
    for config in cluster.get_blocks("vpc_config"):
        given = config.get("subnet_ids")
        for subnet in given if isinstance(given, list) else []:
            for each in planned.resolve_reference("aws_subnet", subnet):
                yield from planned.resolve_reference("aws_vpc", each.values.get("vpc_id"))


def check_kube_proxy(addon: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """Check that kube-proxy is not newer than the cluster: EKS has no such version for it.

    https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAddon.html
    """
    version = addon.get_text("addon_version") or ""
    proxy = _minor(version.removeprefix("v"))
    if addon.get_text("addon_name") != "kube-proxy" or proxy is None:
        return
    for cluster in planned.resolve_reference("aws_eks_cluster", addon.values.get("cluster_name"), "name"):
        minor = _minor(cluster.get_text("version") or "")
        if minor is not None and proxy > minor:
            yield make_error(
                "Add-on version is not supported",
                f"addon_version is {version}, and the cluster runs 1.{minor}. Use a version of v1.{minor}.",
                "addon_version",
            )
            return


def _minor(version: str) -> int | None:
    match = _KUBERNETES.match(version)
    return int(match[1]) if match else None


def check_access_entry(entry: Resource) -> Iterator[Diagnostic]:
    """Check that a principal is a role or user, and that the policy is an EKS access policy."""
    principal, policy = (known_prefix(entry.values.get(name)) for name in ("principal_arn", "policy_arn"))
    if (
        principal.startswith("arn:")
        and principal.count(":") > _COLONS_BEFORE_RESOURCE
        and not re.search(r":(role|user|root|sts)", principal + ":")
    ):
        yield make_error(
            "Invalid principal ARN",
            f"principal_arn is {principal}. Use the ARN of a role or user.",
            "principal_arn",
        )
    if policy.startswith("arn:") and ":cluster-access-policy/" not in policy and entry.get_text("policy_arn"):
        yield make_error(
            "Invalid EKS access policy",
            f"policy_arn is {policy}. Use an access policy: arn:aws:eks::aws:cluster-access-policy/NAME.",
            "policy_arn",
        )
