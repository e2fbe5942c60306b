"""EKS: versions, access, and node groups."""

import ipaddress
import re
from collections.abc import Iterator

from arqctl.offline.aws.numbers import number
from arqctl.offline.aws.checks.cidrs import parsed, within
from arqctl.offline.aws.checks.planned_resources import Registry
from arqctl.offline.aws.checks.resource import Resource, beginning, refuse, text
from arqctl.offline.diagnostic import Diagnostic

# Whatever is older left even extended support before 2026, and no old version comes back.
_OLDEST = 24
_VERSION = re.compile(r"^1\.\d{2}$")
_PRIVATE = tuple(ipaddress.ip_network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
# Colons before what an ARN names.
_BEFORE_RESOURCE = 4
_SERVICE_LENGTHS = (12, 24)
_TAINT = re.compile(r"^([a-z0-9A-Z.-]+/)?[a-zA-Z0-9]([\w.-]*[a-zA-Z0-9])?$", re.ASCII)


def control_plane(cluster: Resource) -> Iterator[Diagnostic]:
    """A version as EKS writes it, a way in, and an address range for services."""
    version = cluster.text("version")
    if version and not _VERSION.match(version):
        yield refuse("Not a version of EKS", f"version is {version!r}; write it like 1.35.", "version")
    elif version and int(version.partition(".")[2]) < _OLDEST:
        yield refuse("A version that EKS dropped", f"version is {version}. Take a supported one.", "version")
    for config in cluster.blocks("vpc_config"):
        ways = [config.get("endpoint_private_access"), config.get("endpoint_public_access")]
        if ways[1] is False and ways[0] in (None, False):
            yield refuse(
                "A cluster that nobody reaches",
                "Set endpoint_private_access or endpoint_public_access.",
                "vpc_config",
            )
    for config in cluster.blocks("kubernetes_network_config"):
        given = text(config.get("service_ipv4_cidr"))
        block, (largest, smallest) = parsed(given), _SERVICE_LENGTHS
        if block is None or block.version != 4:  # noqa: PLR2004 - IPv4
            continue
        inside = any(within(block, each) for each in _PRIVATE)
        if not inside or not largest <= block.prefixlen <= smallest:
            yield refuse(
                "A range of services that EKS refuses",
                f"service_ipv4_cidr is {given}; it is private, /{largest} to /{smallest}.",
                "kubernetes_network_config",
            )


def nodes(group: Resource) -> Iterator[Diagnostic]:
    """What a launch template says already is not said again; taints and shares are well formed."""
    if group.surely_set("launch_template"):
        for name in ("disk_size", "remote_access"):
            if group.surely_set(name):
                yield refuse(
                    f"{name} beside a launch template",
                    f"Leave {name} out: the launch template says it.",
                    name,
                )
    for update in group.blocks("update_config"):
        given = [
            name for name in ("max_unavailable", "max_unavailable_percentage") if number(update.get(name))
        ]
        if len(given) > 1:
            yield refuse(
                "Two limits of an update", "Give one of " + " and ".join(given) + ".", "update_config"
            )
        share = number(update.get("max_unavailable_percentage"))
        if share is not None and not 0 <= share <= 100:  # noqa: PLR2004 - per cent
            yield refuse("A share out of bounds", f"max_unavailable_percentage is {share}.", "update_config")
    for taint in group.blocks("taint"):
        key = text(taint.get("key"))
        if key and not _TAINT.match(key):
            yield refuse("A taint that Kubernetes refuses", f"taint has the key {key!r}.", "taint")


def service_range(cluster: Resource, registry: Registry) -> Iterator[Diagnostic]:
    """Addresses of services aren't those of the VPC."""
    for config in cluster.blocks("kubernetes_network_config"):
        services = parsed(text(config.get("service_ipv4_cidr")))
        for vpc in _vpcs(cluster, registry):
            network = parsed(vpc.text("cidr_block"))
            if services and network and services.version == network.version and services.overlaps(network):
                yield refuse(
                    "Services inside the VPC",
                    f"service_ipv4_cidr is {services}, the VPC {network}; they overlap.",
                    "kubernetes_network_config",
                )
                return


def _vpcs(cluster: Resource, registry: Registry) -> Iterator[Resource]:
    for config in cluster.blocks("vpc_config"):
        given = config.get("subnet_ids")
        for subnet in given if isinstance(given, list) else []:
            for each in registry.referred("aws_subnet", subnet):
                yield from registry.referred("aws_vpc", each.values.get("vpc_id"))


def access(entry: Resource) -> Iterator[Diagnostic]:
    """Who has access is a role or a user; what they may is an access policy of EKS."""
    principal, policy = (beginning(entry.values.get(name)) for name in ("principal_arn", "policy_arn"))
    if (
        principal.startswith("arn:")
        and principal.count(":") > _BEFORE_RESOURCE
        and not re.search(r":(role|user|root|sts)", principal + ":")
    ):
        yield refuse(
            "Not a principal", f"principal_arn is {principal}; it takes a role or a user.", "principal_arn"
        )
    if policy.startswith("arn:") and ":cluster-access-policy/" not in policy and entry.text("policy_arn"):
        yield refuse(
            "Not an access policy of EKS",
            f"policy_arn is {policy}; it takes arn:aws:eks::aws:cluster-access-policy/NAME.",
            "policy_arn",
        )
