"""The pods of all kinds of services: restricted, read-only, and without a token of the Kubernetes API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpec,
    DeploymentV1SpecTemplateSpecContainer,
    DeploymentV1SpecTemplateSpecContainerEnvFrom,
    DeploymentV1SpecTemplateSpecContainerEnvFromConfigMapRef,
    DeploymentV1SpecTemplateSpecContainerPort,
    DeploymentV1SpecTemplateSpecContainerResources,
    DeploymentV1SpecTemplateSpecContainerSecurityContext,
    DeploymentV1SpecTemplateSpecContainerSecurityContextCapabilities,
    DeploymentV1SpecTemplateSpecContainerVolumeMount,
    DeploymentV1SpecTemplateSpecSecurityContext,
    DeploymentV1SpecTemplateSpecSecurityContextSeccompProfile,
    DeploymentV1SpecTemplateSpecVolume,
    DeploymentV1SpecTemplateSpecVolumeConfigMap,
    DeploymentV1SpecTemplateSpecVolumeEmptyDir,
    DeploymentV1SpecTemplateSpecVolumeEphemeral,
    DeploymentV1SpecTemplateSpecVolumeEphemeralVolumeClaimTemplate,
    DeploymentV1SpecTemplateSpecVolumeEphemeralVolumeClaimTemplateSpec,
    DeploymentV1SpecTemplateSpecVolumeEphemeralVolumeClaimTemplateSpecResources,
    DeploymentV1SpecTemplateSpecVolumeSecret,
)

from constructs_arq.core.instance_types import Architecture
from constructs_arq.services.pod_resources import PodResources
from constructs_arq.services.probes import (
    HTTP_PORT_NAME,
    ProbesConfig,
    command_liveness,
    command_readiness,
    liveness_probe,
    readiness_probe,
    startup_probe,
)
from constructs_arq.services.scratch_volume import SCRATCH_FOLDER, ScratchVolume
from constructs_arq.services.secret_files import SECRETS_FOLDER
from constructs_arq.services.termination import TerminationConfig, pre_stop
from constructs_arq.services.topology_spread import spread_over_zones_and_nodes

# The user of images without a shell, such as distroless, and of our Dockerfiles.
_USER = "65532"
_TEMPORARY = "temporary"
_FILES = "files"
_SECRETS = "secrets"
_SCRATCH = "scratch"

METRICS_PORT_NAME = "metrics"
"""The port of a program that has only metrics."""

FILES_FOLDER = "/etc/service"
"""The folder of a program's files."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """A container image with its arguments, configuration and resources.

    `variables` and `files` are the names of ConfigMaps, `files` with the content of `FILES_FOLDER`. `secrets`
    is the name of the secret with the content of `SECRETS_FOLDER`. `scratch` is in `SCRATCH_FOLDER`.
    """

    name: str
    image: str
    architecture: Architecture
    arguments: Sequence[str]
    variables: str
    files: str | None = None
    secrets: str | None = None
    resources: PodResources
    service_account: str
    priority_class: str | None
    scratch: ScratchVolume | None = None


@dataclass(frozen=True, kw_only=True)
class Serving:
    """The HTTP port of a program, its health checks and its termination."""

    port: int
    probes: ProbesConfig
    termination: TerminationConfig


@dataclass(frozen=True, kw_only=True)
class Consuming:
    """The health check, the metrics and the termination of a program that processes messages."""

    alive_command: Sequence[str]
    metrics_port: int | None
    grace_seconds: int


def pod_labels(name: str) -> Mapping[str, str]:
    """Return the labels that select the pods of a service.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
    """
    return {"app.kubernetes.io/name": name}


def serving_pod(program: Program, serving: Serving) -> DeploymentV1SpecTemplateSpec:
    """Return a pod that serves requests, spread over zones and nodes."""
    return _deployment_pod(
        program, _container(program, serving=serving), grace_seconds=serving.termination.grace_seconds
    )


def consuming_pod(program: Program, consuming: Consuming) -> DeploymentV1SpecTemplateSpec:
    """Return a pod that processes messages, spread over zones and nodes."""
    container = _container(program, consuming=consuming)
    return _deployment_pod(program, container, grace_seconds=consuming.grace_seconds)


def _deployment_pod(
    program: Program, container: DeploymentV1SpecTemplateSpecContainer, *, grace_seconds: int
) -> DeploymentV1SpecTemplateSpec:
    return DeploymentV1SpecTemplateSpec(
        service_account_name=program.service_account,
        automount_service_account_token=False,
        enable_service_links=False,
        priority_class_name=program.priority_class,
        node_selector=_node_selector(program),
        termination_grace_period_seconds=grace_seconds,
        security_context=_pod_security(),
        topology_spread_constraint=spread_over_zones_and_nodes(pod_labels(program.name)),
        container=[container],
        volume=_volumes(program),
    )


def batch_pod(program: Program) -> DeploymentV1SpecTemplateSpec:
    """Return a pod that runs to its end once. A failed pod is replaced, so its log stays."""
    return DeploymentV1SpecTemplateSpec(
        service_account_name=program.service_account,
        automount_service_account_token=False,
        enable_service_links=False,
        priority_class_name=program.priority_class,
        node_selector=_node_selector(program),
        restart_policy="Never",
        security_context=_pod_security(),
        container=[_container(program)],
        volume=_volumes(program),
    )


def _node_selector(program: Program) -> dict[str, str]:
    """Return the label of nodes that can run the image: on others, the container would exit."""
    return {"kubernetes.io/arch": program.architecture.kubernetes_name}


def _container(
    program: Program,
    *,
    serving: Serving | None = None,
    consuming: Consuming | None = None,
) -> DeploymentV1SpecTemplateSpecContainer:
    """Return the container of a program, as Pod Security `restricted` requires it, with a read-only root.

    https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
    """
    alive_command = consuming.alive_command if consuming else ()
    return DeploymentV1SpecTemplateSpecContainer(
        name=program.name,
        image=program.image,
        args=list(program.arguments) or None,
        env_from=[
            DeploymentV1SpecTemplateSpecContainerEnvFrom(
                config_map_ref=DeploymentV1SpecTemplateSpecContainerEnvFromConfigMapRef(
                    name=program.variables
                )
            )
        ],
        resources=DeploymentV1SpecTemplateSpecContainerResources(
            requests=program.resources.requests, limits=program.resources.limits
        ),
        port=_ports(serving, consuming) or None,
        startup_probe=startup_probe(serving.probes) if serving else None,
        readiness_probe=readiness_probe(serving.probes) if serving else command_readiness(alive_command),
        liveness_probe=liveness_probe(serving.probes) if serving else command_liveness(alive_command),
        lifecycle=pre_stop(serving.termination) if serving else None,
        security_context=DeploymentV1SpecTemplateSpecContainerSecurityContext(
            allow_privilege_escalation=False,
            capabilities=DeploymentV1SpecTemplateSpecContainerSecurityContextCapabilities(drop=["ALL"]),
            privileged=False,
            read_only_root_filesystem=True,
            run_as_non_root=True,
        ),
        volume_mount=_mounts(program),
    )


def _ports(
    serving: Serving | None, consuming: Consuming | None
) -> list[DeploymentV1SpecTemplateSpecContainerPort]:
    ports = {HTTP_PORT_NAME: serving.port} if serving else {}
    if consuming and consuming.metrics_port is not None:
        ports[METRICS_PORT_NAME] = consuming.metrics_port
    return [
        DeploymentV1SpecTemplateSpecContainerPort(name=name, container_port=port)
        for name, port in ports.items()
    ]


def _mounts(program: Program) -> list[DeploymentV1SpecTemplateSpecContainerVolumeMount]:
    temporary = DeploymentV1SpecTemplateSpecContainerVolumeMount(
        name=_TEMPORARY,
        mount_path="/tmp",  # noqa: S108  # the folder is the pod's own
    )
    folders = {_FILES: FILES_FOLDER} if program.files else {}
    folders |= {_SECRETS: SECRETS_FOLDER} if program.secrets else {}
    scratch = DeploymentV1SpecTemplateSpecContainerVolumeMount(name=_SCRATCH, mount_path=SCRATCH_FOLDER)
    return [
        temporary,
        *([scratch] if program.scratch else []),
        *(
            DeploymentV1SpecTemplateSpecContainerVolumeMount(name=name, mount_path=folder, read_only=True)
            for name, folder in folders.items()
        ),
    ]


def _pod_security() -> DeploymentV1SpecTemplateSpecSecurityContext:
    """Return the user of the pod. Mounted secrets and tokens belong to its group."""
    return DeploymentV1SpecTemplateSpecSecurityContext(
        run_as_non_root=True,
        run_as_user=_USER,
        run_as_group=_USER,
        fs_group=_USER,
        seccomp_profile=DeploymentV1SpecTemplateSpecSecurityContextSeccompProfile(type="RuntimeDefault"),
    )


def _volumes(program: Program) -> list[DeploymentV1SpecTemplateSpecVolume]:
    temporary = DeploymentV1SpecTemplateSpecVolume(
        name=_TEMPORARY,
        empty_dir=DeploymentV1SpecTemplateSpecVolumeEmptyDir(
            size_limit=f"{program.resources.temporary_mib}Mi"
        ),
    )
    mounted = [temporary]
    if program.files:
        config_map = DeploymentV1SpecTemplateSpecVolumeConfigMap(name=program.files)
        mounted.append(DeploymentV1SpecTemplateSpecVolume(name=_FILES, config_map=config_map))
    if program.secrets:
        # The group of the pod reads the files.
        secret = DeploymentV1SpecTemplateSpecVolumeSecret(secret_name=program.secrets, default_mode="0440")
        mounted.append(DeploymentV1SpecTemplateSpecVolume(name=_SECRETS, secret=secret))
    if program.scratch:
        mounted.append(_scratch_volume(program.scratch))
    return mounted


def _scratch_volume(scratch: ScratchVolume) -> DeploymentV1SpecTemplateSpecVolume:
    """Return a volume whose claim Kubernetes makes for the pod, and deletes with it."""
    claim = DeploymentV1SpecTemplateSpecVolumeEphemeralVolumeClaimTemplate(
        spec=DeploymentV1SpecTemplateSpecVolumeEphemeralVolumeClaimTemplateSpec(
            access_modes=["ReadWriteOnce"],
            storage_class_name=scratch.storage_class.name,
            resources=DeploymentV1SpecTemplateSpecVolumeEphemeralVolumeClaimTemplateSpecResources(
                requests={"storage": f"{scratch.gib}Gi"}
            ),
        )
    )
    ephemeral = DeploymentV1SpecTemplateSpecVolumeEphemeral(volume_claim_template=claim)
    return DeploymentV1SpecTemplateSpecVolume(name=_SCRATCH, ephemeral=ephemeral)
