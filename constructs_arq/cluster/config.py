"""What an environment may vary about its cluster."""

import ipaddress
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from constructs_arq.cluster import versions
from constructs_arq.cluster.access import AccessConfig
from constructs_arq.cluster.managed_addons import Addon
from constructs_arq.cluster.node_group import NodeGroupConfig
from constructs_arq.core.config import Config, wrong
from constructs_arq.core.values import Cidr, Slug
from constructs_arq.storage.log_group import RetentionDays

_WIDEST_PREFIX = 16
# EKS takes 63 characters, of which Terraform adds 26 to a prefix.
_LONGEST_NAME = 36


def _supported(version: str) -> str:
    versions.check(version, versions.today())
    return version


def _known_range(cidr: str) -> str:
    network = ipaddress.ip_network(cidr)
    if network.version != 4 or network.prefixlen < _WIDEST_PREFIX:  # noqa: PLR2004  # IPv4 is no magic number
        raise wrong(
            f"must be an IPv4 range of somebody you know, /{_WIDEST_PREFIX} or narrower",
            mend="List the offices and gateways that need the API, or none to keep it private.",
        )
    return cidr


class ClusterConfig(Config):
    """What an environment may vary about its cluster."""

    version: Annotated[str, AfterValidator(_supported)] = Field(
        description="Kubernetes version in standard support; raise it one minor version at a time."
    )
    access: AccessConfig = Field(description="Which IAM roles may use the Kubernetes API, and for what.")
    node_groups: Mapping[Annotated[Slug, Field(max_length=_LONGEST_NAME)], NodeGroupConfig] = Field(
        min_length=1,
        description="Managed node groups by name; at least one, for what has to run before Karpenter.",
    )
    public_access_cidrs: tuple[Annotated[Cidr, AfterValidator(_known_range)], ...] = Field(
        default=(),
        max_length=40,
        description="Ranges that reach the Kubernetes API over the internet; none keeps it in the VPC.",
    )
    log_retention_days: RetentionDays = Field(
        default=365, description="Days that the control plane's logs are kept, the audit log among them."
    )
    addon_versions: Mapping[Addon, Annotated[str, Field(pattern=r"^v[0-9a-z.-]+$")]] = Field(
        default_factory=dict,
        description="Versions of add-ons, as EKS names them; else its default at the first installation.",
    )
