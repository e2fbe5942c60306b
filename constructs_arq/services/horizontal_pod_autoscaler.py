"""Scaling of pods by CPU and memory, from the scaling policy."""

from cdktf_cdktf_provider_kubernetes.horizontal_pod_autoscaler_v2 import (
    HorizontalPodAutoscalerV2Spec,
    HorizontalPodAutoscalerV2SpecBehavior,
    HorizontalPodAutoscalerV2SpecBehaviorScaleDown,
    HorizontalPodAutoscalerV2SpecBehaviorScaleDownPolicy,
    HorizontalPodAutoscalerV2SpecBehaviorScaleUp,
    HorizontalPodAutoscalerV2SpecBehaviorScaleUpPolicy,
    HorizontalPodAutoscalerV2SpecMetric,
    HorizontalPodAutoscalerV2SpecMetricResource,
    HorizontalPodAutoscalerV2SpecMetricResourceTarget,
    HorizontalPodAutoscalerV2SpecScaleTargetRef,
)

from constructs_arq.core.config import validation_error
from constructs_arq.core.scaling import ScalingPolicy

# The number of pods can double every 30 seconds.
_UP_PERCENT, _UP_PODS, _UP_SECONDS = 100, 4, 30
# A tenth of the pods can stop every minute, after five minutes with less load.
DOWN_PERCENT, DOWN_SECONDS, DOWN_AFTER_SECONDS = 10, 60, 300


def require_pod_metrics(policy: ScalingPolicy) -> ScalingPolicy:
    """Raise a validation error unless the autoscaler can follow the policy by CPU and memory alone."""
    if policy.target_requests_per_minute is not None or policy.schedule:
        raise validation_error(
            "pods scale by CPU and memory only, without target_requests_per_minute and schedule",
            fix="Remove them and set target_cpu_percent. A Worker scales by the length of its queue.",
        )
    if policy.target_cpu_percent is None and policy.target_memory_percent is None:
        raise validation_error("needs a target to scale by", fix="Set target_cpu_percent, such as 60.")
    if policy.min_size < 1:
        raise validation_error("a service needs at least one pod", fix="Set min_size to 1 or more.")
    return policy


def autoscaler_spec(policy: ScalingPolicy, *, deployment: str) -> HorizontalPodAutoscalerV2Spec:
    """Return the autoscaler of a Deployment: fast up, slowly down.

    https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
    """
    targets = {"cpu": policy.target_cpu_percent, "memory": policy.target_memory_percent}
    return HorizontalPodAutoscalerV2Spec(
        min_replicas=policy.min_size,
        max_replicas=policy.max_size,
        scale_target_ref=HorizontalPodAutoscalerV2SpecScaleTargetRef(
            api_version="apps/v1", kind="Deployment", name=deployment
        ),
        metric=[_metric(name, percent) for name, percent in targets.items() if percent is not None],
        behavior=_behavior(),
    )


def _metric(name: str, percent: int) -> HorizontalPodAutoscalerV2SpecMetric:
    target = HorizontalPodAutoscalerV2SpecMetricResourceTarget(
        type="Utilization", average_utilization=percent
    )
    return HorizontalPodAutoscalerV2SpecMetric(
        type="Resource", resource=HorizontalPodAutoscalerV2SpecMetricResource(name=name, target=target)
    )


def _behavior() -> HorizontalPodAutoscalerV2SpecBehavior:
    up = {"Percent": _UP_PERCENT, "Pods": _UP_PODS}
    return HorizontalPodAutoscalerV2SpecBehavior(
        scale_up=[
            HorizontalPodAutoscalerV2SpecBehaviorScaleUp(
                stabilization_window_seconds=0,
                select_policy="Max",
                policy=[
                    HorizontalPodAutoscalerV2SpecBehaviorScaleUpPolicy(
                        type=kind, value=value, period_seconds=_UP_SECONDS
                    )
                    for kind, value in up.items()
                ],
            )
        ],
        scale_down=[
            HorizontalPodAutoscalerV2SpecBehaviorScaleDown(
                stabilization_window_seconds=DOWN_AFTER_SECONDS,
                select_policy="Max",
                policy=[
                    HorizontalPodAutoscalerV2SpecBehaviorScaleDownPolicy(
                        type="Percent", value=DOWN_PERCENT, period_seconds=DOWN_SECONDS
                    )
                ],
            )
        ],
    )
