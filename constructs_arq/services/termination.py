"""The steps in which a pod stops without losing a request."""

from typing import Self

from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerLifecycle,
    DeploymentV1SpecTemplateSpecContainerLifecyclePreStop,
    DeploymentV1SpecTemplateSpecContainerLifecyclePreStopExec,
)
from pydantic import Field, model_validator

from constructs_arq.compute.target_group import DEREGISTRATION_SECONDS
from constructs_arq.core.config import Config, validation_error

# For the process to exit after its last response.
_EXIT_SECONDS = 5


class TerminationConfig(Config):
    """The steps of a pod's termination: proxies stop to use it, it gets SIGTERM, and it ends its requests.

    Kubernetes removes the pod's endpoint and starts the preStop hook at the same moment. The hook waits until
    each proxy has read the change; without it, new requests reach a pod that has stopped. The hook of
    Kubernetes that sleeps is not in Terraform's provider, so a command of the image waits.
    https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination-flow
    """

    sleep_command: tuple[str, ...] = Field(
        default=("sleep",),
        min_length=1,
        description="Command of the image that waits. Its last argument is the number of seconds.",
    )
    propagation_seconds: int = Field(
        default=10, ge=5, le=60, description="Time for proxies to stop sending new requests."
    )
    request_seconds: int = Field(
        default=30, ge=1, le=300, description="Longest time of a request. A route has the same timeout."
    )

    @model_validator(mode="after")
    def _fit_deregistration(self) -> Self:
        if self.request_seconds > DEREGISTRATION_SECONDS:
            raise validation_error(
                f"request_seconds {self.request_seconds} must not be greater than {DEREGISTRATION_SECONDS}, "
                "the seconds after which the load balancer closes the connections of a target that stops",
                fix=f"Use at most {DEREGISTRATION_SECONDS}. Answer longer requests later, from a worker.",
            )
        return self

    @property
    def grace_seconds(self) -> int:
        """Seconds after which the kubelet kills the pod."""
        return self.propagation_seconds + self.request_seconds + _EXIT_SECONDS


def pre_stop(config: TerminationConfig) -> DeploymentV1SpecTemplateSpecContainerLifecycle:
    """Return the hook that delays SIGTERM."""
    command = [*config.sleep_command, str(config.propagation_seconds)]
    return DeploymentV1SpecTemplateSpecContainerLifecycle(
        pre_stop=[
            DeploymentV1SpecTemplateSpecContainerLifecyclePreStop(
                exec=DeploymentV1SpecTemplateSpecContainerLifecyclePreStopExec(command=command)
            )
        ]
    )
