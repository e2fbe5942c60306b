"""Pods as values. Constructs state those that they run, and checks of capacity add them up."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

# Kubernetes rounds maxSurge up, also for one pod.
# https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-surge
_SURGE_PERCENT = 25


@dataclass(frozen=True, kw_only=True)
class PodGroup:
    """Equal pods at their largest number, with the CPU and memory that each of them requests."""

    name: str
    pods: int
    millicores: int
    mib: int


@runtime_checkable
class HasPodGroups(Protocol):
    """A construct that runs pods."""

    @property
    def pod_groups(self) -> Sequence[PodGroup]:
        """Its pods, without those of other constructs in it."""
        ...


def most_pods(replicas: int) -> int:
    """Return the pods of a deployment during a rolling update with Kubernetes' default surge."""
    return replicas + math.ceil(replicas * _SURGE_PERCENT / 100)
