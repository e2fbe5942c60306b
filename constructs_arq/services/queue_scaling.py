"""Scaling of workers by the length of their queue, with KEDA."""

from typing import Final, Self

from pydantic import Field, model_validator

from constructs_arq.core.config import Config, validation_error
from constructs_arq.kubernetes.custom_objects import CustomObject, Json
from constructs_arq.services import horizontal_pod_autoscaler as autoscaler

# The length of the queue is read at this interval.
POLL_SECONDS: Final = 15
# Time without messages after which the last pod stops, if there is no minimum.
COOLDOWN_SECONDS: Final = 300
# Intervals without an answer of SQS after which the number of pods does not go below the minimum.
_FAILURES: Final = 3


class QueueScaling(Config):
    """Limits of the number of pods, and the messages for each of them.

    The number of pods is the number of messages divided by `messages_per_pod`. Messages in process count, so
    no pod stops while all pods are busy.
    """

    min_size: int = Field(
        default=1, ge=0, description="Minimum number of pods. With 0, the first message waits for a pod."
    )
    max_size: int = Field(ge=1, description="Maximum number of pods.")
    messages_per_pod: int = Field(ge=1, description="Messages, waiting or in process, for each pod.")

    @model_validator(mode="after")
    def _order_limits(self) -> Self:
        if self.min_size > self.max_size:
            raise validation_error(
                f"min_size {self.min_size} must not be greater than max_size {self.max_size}",
                fix="Raise max_size or lower min_size.",
            )
        return self


def scaling_objects(
    *, name: str, namespace: str, deployment: str, queue_url: str, region: str, scaling: QueueScaling
) -> list[CustomObject]:
    """Return the objects with which KEDA scales a Deployment.

    KEDA reads the queue with its own role: `keda` is the owner of the identity. The other owner, `workload`,
    needs an annotation of the service account, which EKS Pod Identity doesn't use.
    https://keda.sh/docs/2.20/authentication-providers/aws/ and https://keda.sh/docs/2.20/scalers/aws-sqs/
    """
    return [
        CustomObject(
            api_version="keda.sh/v1alpha1",
            kind="TriggerAuthentication",
            name=name,
            namespace=namespace,
            spec={"podIdentity": {"provider": "aws", "identityOwner": "keda"}},
        ),
        CustomObject(
            api_version="keda.sh/v1alpha1",
            kind="ScaledObject",
            name=name,
            namespace=namespace,
            spec={
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": deployment},
                "minReplicaCount": scaling.min_size,
                "maxReplicaCount": scaling.max_size,
                "pollingInterval": POLL_SECONDS,
                "cooldownPeriod": COOLDOWN_SECONDS,
                "advanced": {"horizontalPodAutoscalerConfig": {"behavior": {"scaleDown": _slow_shrinkage()}}},
                "fallback": {
                    "failureThreshold": _FAILURES,
                    "replicas": max(scaling.min_size, 1),
                    "behavior": "currentReplicasIfHigher",
                },
                "triggers": [
                    {
                        "type": "aws-sqs-queue",
                        "authenticationRef": {"name": name},
                        "metadata": {
                            "queueURL": queue_url,
                            "awsRegion": region,
                            "queueLength": str(scaling.messages_per_pod),
                            "scaleOnInFlight": "true",
                        },
                    }
                ],
            },
        ),
    ]


def _slow_shrinkage() -> Json:
    """Return the limits of shrinkage, which are those of web services.

    A queue that is served well is short, although its pods are busy. By default, Kubernetes would then stop
    nearly all pods at once.
    """
    policy: dict[str, Json] = {
        "type": "Percent",
        "value": autoscaler.DOWN_PERCENT,
        "periodSeconds": autoscaler.DOWN_SECONDS,
    }
    return {
        "stabilizationWindowSeconds": autoscaler.DOWN_AFTER_SECONDS,
        "selectPolicy": "Max",
        "policies": [policy],
    }
