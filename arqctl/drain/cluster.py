"""The cluster of an environment, as its synthesized stacks name it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from arqctl.core.assembly import Stack
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import as_object, as_text
from arqctl.doctor.aws.configuration import Configuration, Resource


@dataclass(frozen=True)
class DrainedCluster:
    """A cluster and where it is. `vpc_name` is the name of its VPC, or "" if another stack has the VPC."""

    name: str
    region: str
    account_ids: frozenset[str]
    vpc_name: str
    is_protected: bool

    @classmethod
    def of(cls, environment: str, stacks: Iterable[Stack]) -> Self:
        """Find the cluster in the stacks of an environment.

        Raises:
            InputError: when there is not exactly one cluster with a literal name.
        """
        configuration = Configuration(environment, stacks)
        clusters = configuration.resources("aws_eks_cluster")
        if len(clusters) != 1 or not clusters[0].text("name"):
            what = f"has {len(clusters)} clusters; `arqctl drain` needs one with a literal name"
            raise InputError([Problem(environment, what, "Delete what controllers made by hand")])
        (cluster,) = clusters
        names = [as_text(as_object(each.arguments.get("tags")).get("Name")) for each in _vpcs(configuration)]
        return cls(
            cluster.text("name"),
            cluster.region,
            configuration.account_ids,
            names[0] if len(names) == 1 else "",
            cluster.arguments.get("deletion_protection") is True,
        )


def _vpcs(configuration: Configuration) -> tuple[Resource, ...]:
    return configuration.resources("aws_vpc")
