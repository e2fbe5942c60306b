"""Deployments: pods without an end, whose number an autoscaler changes."""

from collections.abc import Mapping, Sequence

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1,
    DeploymentV1Metadata,
    DeploymentV1Spec,
    DeploymentV1SpecSelector,
    DeploymentV1SpecStrategy,
    DeploymentV1SpecStrategyRollingUpdate,
    DeploymentV1SpecTemplate,
    DeploymentV1SpecTemplateMetadata,
    DeploymentV1SpecTemplateSpec,
)
from constructs import Construct

# A pod that fails soon after its start is not available, and stops the update.
_MIN_READY_SECONDS = 10
_PROGRESS_SECONDS = 600


def make_deployment(
    scope: Construct,
    *,
    namespace: str,
    labels: Mapping[str, str],
    pods: int,
    pod: DeploymentV1SpecTemplateSpec,
    depends_on: Sequence[ITerraformDependable],
) -> DeploymentV1:
    """Create the Deployment of a service, which has the id of `scope`. New pods start before old ones stop.

    `pods` is the first number. https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
    """
    return DeploymentV1(
        scope,
        "Default",
        metadata=DeploymentV1Metadata(name=scope.node.id, namespace=namespace, labels=dict(labels)),
        spec=DeploymentV1Spec(
            replicas=str(pods),
            min_ready_seconds=_MIN_READY_SECONDS,
            progress_deadline_seconds=_PROGRESS_SECONDS,
            revision_history_limit=3,
            selector=DeploymentV1SpecSelector(match_labels=dict(labels)),
            strategy=DeploymentV1SpecStrategy(
                type="RollingUpdate",
                rolling_update=DeploymentV1SpecStrategyRollingUpdate(max_surge="25%", max_unavailable="0"),
            ),
            template=DeploymentV1SpecTemplate(
                metadata=DeploymentV1SpecTemplateMetadata(labels=dict(labels)), spec=pod
            ),
        ),
        wait_for_rollout=True,
        depends_on=list(depends_on) or None,
        # The autoscaler changes the number. Terraform only sets the first one.
        lifecycle=TerraformResourceLifecycle(ignore_changes=["spec[0].replicas"]),
    )
