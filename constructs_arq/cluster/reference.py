"""A cluster, as those within it know it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ClusterReference:
    """A cluster's name and ARN, known before it exists: for policies, tags and names.

    `made_name` is the same name as Terraform's reference: what takes it waits for the cluster.
    """

    name: str
    arn: str
    made_name: str
