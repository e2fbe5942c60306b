"""The rules of the HorizontalPodAutoscalers that the library, NGINX Gateway Fabric and KEDA make."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.services.horizontal_pod_autoscaler import autoscaler_spec
from constructs_arq.services.queue_scaling import QueueScaling, scaling_objects


@dataclass(frozen=True)
class Limit:
    """A policy: the number or percentage of pods that one period may add or remove."""

    type: str
    value: int
    period: int


@dataclass(frozen=True)
class Direction:
    """The rules for growth or for shrinkage."""

    window: int
    limits: Sequence[Limit]
    select: str = "Max"


_DEFAULT_UP = Direction(0, [Limit("Percent", 100, 15), Limit("Pods", 4, 15)])
_DEFAULT_DOWN = Direction(300, [Limit("Percent", 100, 15)])


@dataclass(frozen=True)
class Rules:
    """An autoscaler: limits of the size, target utilizations, and both directions."""

    least: int
    most: int
    target: int
    up: Direction
    down: Direction
    memory_target: int | None = None

    @classmethod
    def of(cls, scaling: ScalingPolicy) -> "Rules":
        """Return the rules that the library sets for a policy."""
        spec: Any = autoscaler_spec(scaling, deployment="api")
        targets = {each.resource.name: each.resource.target.average_utilization for each in spec.metric}
        return cls(
            least=spec.min_replicas,
            most=spec.max_replicas,
            target=targets["cpu"],
            up=_direction(*spec.behavior.scale_up),
            down=_direction(*spec.behavior.scale_down),
            memory_target=targets.get("memory"),
        )

    @classmethod
    def of_gateway(cls, scaling: ScalingPolicy) -> "Rules":
        """Return the rules for the nginx pods of a gateway, which have Kubernetes's default behavior.

        https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#default-behavior
        """
        return cls(
            least=scaling.min_size,
            most=scaling.max_size,
            target=scaling.target_cpu_percent or 0,
            up=_DEFAULT_UP,
            down=_DEFAULT_DOWN,
        )

    @classmethod
    def of_worker(cls, scaling: QueueScaling) -> "Rules":
        """Return the rules of the autoscaler that KEDA makes. The target is the messages for each pod."""
        objects = scaling_objects(
            name="worker", namespace="shop", deployment="worker", queue_url="", region="", scaling=scaling
        )
        spec: Any = next(each.spec for each in objects if each.kind == "ScaledObject")
        (trigger,) = spec["triggers"]
        behavior = spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
        return cls(
            # KEDA itself stops the last pod.
            least=max(spec["minReplicaCount"], 1),
            most=spec["maxReplicaCount"],
            target=int(trigger["metadata"]["queueLength"]),
            up=_DEFAULT_UP,
            down=_keda_direction(behavior["scaleDown"]),
        )


def _keda_direction(rules: Any) -> Direction:
    limits = [Limit(each["type"], each["value"], each["periodSeconds"]) for each in rules["policies"]]
    return Direction(rules["stabilizationWindowSeconds"], limits, rules["selectPolicy"])


def _direction(rules: Any) -> Direction:
    limits = [Limit(each.type, int(each.value), int(each.period_seconds)) for each in rules.policy]
    return Direction(int(rules.stabilization_window_seconds), limits, rules.select_policy)
