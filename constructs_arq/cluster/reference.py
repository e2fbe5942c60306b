"""Identifiers of a cluster for its parts."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ClusterReference:
    """A cluster's name and ARN as literal text, for policies, tags and names.

    `name_ref` is the name as a Terraform reference. Resources that use it are created after the cluster.
    """

    name: str
    arn: str
    name_ref: str
