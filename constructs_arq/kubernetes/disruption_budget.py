"""Limits of the pods that the drain of nodes can stop at the same time."""

from collections.abc import Mapping

from cdktf_cdktf_provider_kubernetes.pod_disruption_budget_v1 import (
    PodDisruptionBudgetV1,
    PodDisruptionBudgetV1Metadata,
    PodDisruptionBudgetV1Spec,
    PodDisruptionBudgetV1SpecSelector,
)
from constructs import Construct


def add_disruption_budget(
    scope: Construct, *, name: str, namespace: str, labels: Mapping[str, str], max_unavailable: int = 1
) -> PodDisruptionBudgetV1:
    """Add a budget with a maximum: a minimum that equals the number of pods would block each drain.

    https://kubernetes.io/docs/tasks/run-application/configure-pdb/
    """
    return PodDisruptionBudgetV1(
        scope,
        "disruption-budget",
        metadata=PodDisruptionBudgetV1Metadata(name=name, namespace=namespace),
        spec=PodDisruptionBudgetV1Spec(
            selector=PodDisruptionBudgetV1SpecSelector(match_labels=dict(labels)),
            max_unavailable=str(max_unavailable),
        ),
    )
