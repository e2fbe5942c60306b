"""Health checks of a service's pods by the kubelet."""

from collections.abc import Sequence

from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerLivenessProbe,
    DeploymentV1SpecTemplateSpecContainerLivenessProbeExec,
    DeploymentV1SpecTemplateSpecContainerLivenessProbeHttpGet,
    DeploymentV1SpecTemplateSpecContainerReadinessProbe,
    DeploymentV1SpecTemplateSpecContainerReadinessProbeExec,
    DeploymentV1SpecTemplateSpecContainerReadinessProbeHttpGet,
    DeploymentV1SpecTemplateSpecContainerStartupProbe,
    DeploymentV1SpecTemplateSpecContainerStartupProbeHttpGet,
)
from pydantic import Field

from constructs_arq.core.config import Config

_STARTUP_PERIOD_SECONDS = 2
_TIMEOUT_SECONDS = 3
# A command starts a process.
_COMMAND_PERIOD_SECONDS = 20
_COMMAND_TIMEOUT_SECONDS = 10

HTTP_PORT_NAME = "http"


class ProbesConfig(Config):
    """HTTP paths of the health checks.

    The path of `alive` must check no other system: a restart repairs none. That of `ready` checks what a
    request needs, such as the database.
    https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-probes
    """

    alive: str = Field(default="/healthz", pattern=r"^/", description="Path that answers while it works.")
    ready: str = Field(default="/readyz", pattern=r"^/", description="Path that answers if it can serve.")
    startup_seconds: int = Field(
        default=60, ge=2, le=600, description="Time after which a pod that does not start is restarted."
    )


def startup_probe(config: ProbesConfig) -> DeploymentV1SpecTemplateSpecContainerStartupProbe:
    """Return the probe that delays the others until the container has started."""
    return DeploymentV1SpecTemplateSpecContainerStartupProbe(
        http_get=DeploymentV1SpecTemplateSpecContainerStartupProbeHttpGet(
            path=config.alive, port=HTTP_PORT_NAME
        ),
        period_seconds=_STARTUP_PERIOD_SECONDS,
        timeout_seconds=_TIMEOUT_SECONDS,
        failure_threshold=-(-config.startup_seconds // _STARTUP_PERIOD_SECONDS),
    )


def readiness_probe(config: ProbesConfig) -> DeploymentV1SpecTemplateSpecContainerReadinessProbe:
    """Return the probe that removes a pod from the Service, without a restart."""
    return DeploymentV1SpecTemplateSpecContainerReadinessProbe(
        http_get=DeploymentV1SpecTemplateSpecContainerReadinessProbeHttpGet(
            path=config.ready, port=HTTP_PORT_NAME
        ),
        period_seconds=5,
        timeout_seconds=_TIMEOUT_SECONDS,
        failure_threshold=2,
    )


def liveness_probe(config: ProbesConfig) -> DeploymentV1SpecTemplateSpecContainerLivenessProbe:
    """Return the probe that restarts a container, after half a minute: a busy container can miss one."""
    return DeploymentV1SpecTemplateSpecContainerLivenessProbe(
        http_get=DeploymentV1SpecTemplateSpecContainerLivenessProbeHttpGet(
            path=config.alive, port=HTTP_PORT_NAME
        ),
        period_seconds=10,
        timeout_seconds=_TIMEOUT_SECONDS,
        failure_threshold=3,
    )


def command_readiness(
    command: Sequence[str],
) -> DeploymentV1SpecTemplateSpecContainerReadinessProbe | None:
    """Return the probe of a program without HTTP. An update waits until the command has succeeded."""
    if not command:
        return None
    return DeploymentV1SpecTemplateSpecContainerReadinessProbe(
        exec=DeploymentV1SpecTemplateSpecContainerReadinessProbeExec(command=list(command)),
        period_seconds=_COMMAND_PERIOD_SECONDS,
        timeout_seconds=_COMMAND_TIMEOUT_SECONDS,
    )


def command_liveness(
    command: Sequence[str],
) -> DeploymentV1SpecTemplateSpecContainerLivenessProbe | None:
    """Return the probe that restarts a container without HTTP after its command has failed for a minute."""
    if not command:
        return None
    return DeploymentV1SpecTemplateSpecContainerLivenessProbe(
        exec=DeploymentV1SpecTemplateSpecContainerLivenessProbeExec(command=list(command)),
        initial_delay_seconds=_COMMAND_PERIOD_SECONDS,
        period_seconds=_COMMAND_PERIOD_SECONDS,
        timeout_seconds=_COMMAND_TIMEOUT_SECONDS,
        failure_threshold=3,
    )
