"""Settings of an add-on's pods, as charts take them: resources, restricted rights and replicas."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from constructs import Construct

from constructs_arq.core.pod_group import PodGroup, most_pods
from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.custom_objects import Json
from constructs_arq.kubernetes.quantities import mebibytes, millicores

# https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
RESTRICTED_POD: Final[Mapping[str, Json]] = {
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
RESTRICTED_CONTAINER: Final[Mapping[str, Json]] = {
    **RESTRICTED_POD,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
}
# The pods of a daemon set on this share of the nodes stop at once. Kubernetes rounds their number up.
_STOPPED_PERCENT: Final = 25
DAEMON_SET_UPDATE: Final[Mapping[str, Json]] = {
    "type": "RollingUpdate",
    "rollingUpdate": {"maxUnavailable": f"{_STOPPED_PERCENT}%"},
}
"""Update the pods of a daemon set in four steps. By default it is one node after the other."""

# A node pulls an image from the internet, and the program gets ready.
_START_SECONDS: Final = 120


def replacement_seconds(*, steps: int, stop_seconds: int) -> int:
    """Return the longest time in which an update replaces pods, each step after the one before is ready."""
    return steps * (stop_seconds + _START_SECONDS)


def daemon_set_seconds(stop_seconds: int) -> int:
    """Return the longest time of an update with `DAEMON_SET_UPDATE`, for any number of nodes."""
    return replacement_seconds(steps=math.ceil(100 / _STOPPED_PERCENT), stop_seconds=stop_seconds)


@dataclass(frozen=True, kw_only=True)
class Resources:
    """The CPU and memory of a container, in Kubernetes quantities.

    The limit of memory is the request, so that nodes don't run out of memory. CPU has no limit: a limit slows
    a container down also if the node has idle CPUs.
    """

    cpu: str
    memory: str

    def values(self) -> dict[str, Json]:
        """Return requests and limits as Kubernetes reads them."""
        return {"requests": {"cpu": self.cpu, "memory": self.memory}, "limits": {"memory": self.memory}}

    def pods(self, name: str, *, most: int) -> PodGroup:
        """Return pods with one container of this size."""
        return PodGroup(name=name, pods=most, millicores=millicores(self.cpu), mib=mebibytes(self.memory))

    def pods_of_each_node(self, name: str) -> PodGroup:
        """Return the pods of a daemon set with one container of this size."""
        return replace(self.pods(name, most=1), on_each_node=True)


def replicas_for(scope: Construct) -> int:
    """Return the number of a controller's pods: two in a protected environment, of which one is active."""
    return 2 if Stack.of(scope).protected else 1


def controller_pods(scope: Construct, resources: Mapping[str, Resources]) -> list[PodGroup]:
    """Return the pods of controllers with `replicas_for(scope)` replicas, during an update, by name."""
    most = most_pods(replicas_for(scope))
    return [each.pods(name, most=most) for name, each in resources.items()]


def spread_over_zones(labels: Mapping[str, str]) -> list[Json]:
    """Return the constraint that spreads the pods with these labels over zones, if nodes have space."""
    return [
        {
            "maxSkew": 1,
            "topologyKey": "topology.kubernetes.io/zone",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": dict(labels)},
        }
    ]


def component_values(scope: Construct, *, labels: Mapping[str, str], resources: Resources) -> dict[str, Json]:
    """Return replicas, resources and spread of a component whose pods have these labels."""
    return {
        "replicaCount": replicas_for(scope),
        "resources": resources.values(),
        "topologySpreadConstraints": spread_over_zones(labels),
    }
