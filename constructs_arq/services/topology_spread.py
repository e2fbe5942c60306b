"""The distribution of a service's pods over zones and nodes."""

from collections.abc import Mapping

from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecTopologySpreadConstraint,
    DeploymentV1SpecTemplateSpecTopologySpreadConstraintLabelSelector,
)

_KEYS = ("topology.kubernetes.io/zone", "kubernetes.io/hostname")


def spread_over_zones_and_nodes(
    labels: Mapping[str, str],
) -> list[DeploymentV1SpecTemplateSpecTopologySpreadConstraint]:
    """Return constraints that spread the pods of each revision evenly over zones and over nodes.

    They are preferences. Karpenter first treats them as rules, so it launches nodes in the zone with the
    fewest pods. A rule would keep new pods pending while a zone has no capacity.
    https://karpenter.sh/docs/concepts/scheduling/#preferences
    """
    return [
        DeploymentV1SpecTemplateSpecTopologySpreadConstraint(
            topology_key=key,
            max_skew=1,
            when_unsatisfiable="ScheduleAnyway",
            label_selector=[
                DeploymentV1SpecTemplateSpecTopologySpreadConstraintLabelSelector(match_labels=dict(labels))
            ],
            match_label_keys=["pod-template-hash"],
        )
        for key in _KEYS
    ]
