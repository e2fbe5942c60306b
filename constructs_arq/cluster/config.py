"""Configuration of a cluster."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from constructs_arq.cluster.access import AccessConfig
from constructs_arq.cluster.instance_types import OperatingSystem
from constructs_arq.cluster.managed_addons import Addon
from constructs_arq.cluster.node_group import NodeGroupConfig
from constructs_arq.core.config import Config, validation_error
from constructs_arq.core.values import Cidr, Slug
from constructs_arq.storage.log_group import RetentionDays

_VERSION = re.compile(r"1\.(\d{2})")
# Older versions were past standard support at the first release of this library.
_MIN_MINOR_VERSION = 34
_MIN_PREFIX_LENGTH = 16
# EKS accepts 63 characters; Terraform adds 26 to a prefix.
_NODE_GROUP_NAME_LENGTH = 36


def _validate_version(version: str) -> str:
    match = _VERSION.fullmatch(version)
    if match is None or int(match[1]) < _MIN_MINOR_VERSION:
        raise validation_error(
            f"must be a Kubernetes minor version from 1.{_MIN_MINOR_VERSION} on",
            fix='Use a supported version such as "1.35".',
        )
    return version


def _validate_access_cidr(cidr: str) -> str:
    network = ipaddress.ip_network(cidr)
    if network.version != 4 or network.prefixlen < _MIN_PREFIX_LENGTH:  # noqa: PLR2004  # IP version
        raise validation_error(
            f"must be an IPv4 range of /{_MIN_PREFIX_LENGTH} or narrower",
            fix="List only the networks that need the API, or remove all ranges to keep it private.",
        )
    return cidr


class ClusterConfig(Config):
    """Settings of a cluster that an environment can vary."""

    version: Annotated[str, AfterValidator(_validate_version)] = Field(
        description="Kubernetes minor version such as 1.35; upgrade one minor version at a time."
    )
    access: AccessConfig = Field(description="IAM roles with access to the Kubernetes API.")
    node_groups: Mapping[Annotated[Slug, Field(max_length=_NODE_GROUP_NAME_LENGTH)], NodeGroupConfig] = Field(
        min_length=1,
        description="Managed node groups by name; at least one, for workloads that start before Karpenter.",
    )
    public_access_cidrs: tuple[Annotated[Cidr, AfterValidator(_validate_access_cidr)], ...] = Field(
        default=(),
        max_length=40,
        description="IPv4 ranges with internet access to the Kubernetes API; empty keeps the API in the VPC.",
    )
    log_retention_days: RetentionDays = Field(
        default=365, description="Retention of the control plane logs, including the audit log, in days."
    )
    addon_versions: Mapping[Addon, Annotated[str, Field(pattern=r"^v[0-9a-z.-]+$")]] = Field(
        default_factory=dict,
        description="Exact add-on versions in EKS notation; EKS selects the others for `version`.",
    )
    container_insights: bool = Field(
        default=True,
        description="Whether CloudWatch gets metrics of nodes and pods, and an alarm sees unready nodes.",
    )
    extended_support: bool = Field(
        default=False,
        description="Whether EKS keeps the version after its standard support, for six times the price. "
        "Otherwise EKS then upgrades the control plane by itself.",
    )

    @model_validator(mode="after")
    def _validate_releases(self) -> Self:
        for name, group in self.node_groups.items():
            # A release of Bottlerocket has the version of Bottlerocket.
            is_al2023 = group.operating_system is OperatingSystem.AL2023
            if group.release and is_al2023 and not group.release.startswith(f"{self.version}."):
                raise validation_error(
                    f"node group {name} has release {group.release}, which is not of version {self.version}",
                    fix="Use a release of the cluster's version, or remove it to use the latest.",
                )
        return self
