"""Pods as values. Constructs state those that they run, and checks of capacity add them up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, kw_only=True)
class PodGroup:
    """Equal pods at their largest number, with the CPU and memory that each of them requests.

    `on_each_node` is for pods of daemon sets: there are `pods` of them on each node.
    """

    name: str
    pods: int
    millicores: int
    mib: int
    on_each_node: bool = False


@runtime_checkable
class HasPodGroups(Protocol):
    """A construct that runs pods."""

    @property
    def pod_groups(self) -> Sequence[PodGroup]:
        """Its pods, without those of other constructs in it."""
        ...


def most_pods(replicas: int) -> int:
    """Return the pods of a deployment that can exist at once during a rolling update.

    `maxSurge` does not limit them: pods that terminate don't count, and keep their resources and connections
    until they stop. So at the end of a fast update, all new pods run and all old ones may still terminate.
    https://www.kubernetes.dev/resources/keps/5882/
    """
    return 2 * replicas
