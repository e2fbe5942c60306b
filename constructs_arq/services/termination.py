"""The steps in which a pod stops without losing a request."""

from collections.abc import Mapping
from typing import Self

from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerLifecycle,
    DeploymentV1SpecTemplateSpecContainerLifecyclePreStop,
    DeploymentV1SpecTemplateSpecContainerLifecyclePreStopExec,
)
from pydantic import Field, model_validator

from constructs_arq.core.config import Config, validation_error
from constructs_arq.services import nginx_settings as nginx
from constructs_arq.services.config_map import VariableName

# For the process to exit after its last response.
_EXIT_SECONDS = 5
# From a change of endpoints until nginx starts to read the configuration that the gateway's controller wrote.
_CONTROLLER_SECONDS = 3


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
        default=10, le=60, description="Time for proxies to stop sending new requests. At least 8 seconds."
    )
    request_seconds: int = Field(
        default=25,
        ge=1,
        description="Longest time of a request: the timeout of routes, and the time to stop after SIGTERM.",
    )
    shutdown_variable: VariableName | None = Field(
        default=None, description="Environment variable in which the program reads request_seconds."
    )

    @model_validator(mode="after")
    def _fit_reload(self) -> Self:
        least = nginx.CLIENT_MIN_KEEPALIVE_SECONDS + _CONTROLLER_SECONDS
        if self.propagation_seconds < least:
            raise validation_error(
                f"propagation_seconds {self.propagation_seconds} must be at least {least}: "
                f"nginx gets a change within {_CONTROLLER_SECONDS} seconds, and then its old workers answer "
                f"on idle connections for {nginx.CLIENT_MIN_KEEPALIVE_SECONDS} more",
                fix=f"Use {least} or more.",
            )
        return self

    @model_validator(mode="after")
    def _fit_deregistration(self) -> Self:
        longest = nginx.LONGEST_REQUEST_SECONDS
        if self.request_seconds > longest:
            raise validation_error(
                f"request_seconds {self.request_seconds} must not be greater than {longest}: "
                f"the load balancer waits {nginx.SHUTDOWN_SECONDS} seconds for an nginx pod that stops, "
                f"and nginx up to {nginx.BACKEND_CONNECT_SECONDS} for a connection",
                fix=f"Use at most {longest}. Answer longer requests later, from a worker.",
            )
        return self

    @property
    def environment(self) -> Mapping[str, str]:
        """The variable in which the program reads its time to stop."""
        name = self.shutdown_variable
        return {} if name is None else {name: str(self.request_seconds)}

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
