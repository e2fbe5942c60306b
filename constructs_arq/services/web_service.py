"""Services that answer HTTP requests in the cluster."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Self

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_kubernetes.deployment_v1 import DeploymentV1
from cdktf_cdktf_provider_kubernetes.horizontal_pod_autoscaler_v2 import (
    HorizontalPodAutoscalerV2,
    HorizontalPodAutoscalerV2Metadata,
)
from cdktf_cdktf_provider_kubernetes.service_v1 import (
    ServiceV1,
    ServiceV1Metadata,
    ServiceV1Spec,
    ServiceV1SpecPort,
)
from constructs import Construct
from pydantic import AfterValidator, Field, model_validator

from constructs_arq.core.config import Config, validation_error
from constructs_arq.core.pod_group import PodGroup, most_pods
from constructs_arq.core.port import Port
from constructs_arq.core.protocols import Grantee, KubernetesCluster
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.core.values import LiteralText
from constructs_arq.kubernetes.disruption_budget import add_disruption_budget
from constructs_arq.kubernetes.monitors import MonitorDefinitions, Scrape, service_monitor
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.kubernetes.priority_class import PriorityClass
from constructs_arq.platform.external_secrets import ExternalSecrets
from constructs_arq.services.config_map import VariableName
from constructs_arq.services.connections import ServiceConnections
from constructs_arq.services.deployment import make_deployment
from constructs_arq.services.horizontal_pod_autoscaler import autoscaler_spec, require_pod_metrics
from constructs_arq.services.image import ImageDigest, Images
from constructs_arq.services.metrics import Metrics, NoMetrics, add_monitor
from constructs_arq.services.names import require_service_name
from constructs_arq.services.pod_identity import PodIdentity
from constructs_arq.services.pod_resources import PodResources
from constructs_arq.services.pod_template import Serving, serving_pod
from constructs_arq.services.probes import HTTP_PORT_NAME, ProbesConfig
from constructs_arq.services.program import make_program
from constructs_arq.services.secret_files import SecretFile
from constructs_arq.services.termination import TerminationConfig

_NO_VALUES: Mapping[str, str] = MappingProxyType({})


class WebServiceConfig(Config):
    """Settings of a web service that an environment can vary."""

    image: ImageDigest = Field(description="Digest of the image in the repository of the environment.")
    arguments: tuple[LiteralText, ...] = Field(default=(), description="Arguments of the image's program.")
    port: int = Field(default=8080, ge=1024, le=65535, description="Port of plain HTTP inside the cluster.")
    resources: PodResources
    scaling: Annotated[ScalingPolicy, AfterValidator(require_pod_metrics)] = Field(
        description="Number of pods, and their load. With one pod, the loss of its node is an interruption."
    )
    max_unavailable: int = Field(
        default=1, ge=1, description="Pods that the drain of nodes can stop at the same time."
    )
    probes: ProbesConfig = ProbesConfig()
    termination: TerminationConfig = TerminationConfig()
    metrics: Metrics | NoMetrics = Field(description="Metrics for Prometheus, or why there are none.")
    environment: Mapping[VariableName, LiteralText] = Field(
        default_factory=dict, description="More environment variables. Those that the stack sets are refused."
    )

    secrets: tuple[SecretFile, ...] = Field(default=(), description="Files in /etc/secrets.")

    @model_validator(mode="after")
    def _require_own_shutdown_variable(self) -> Self:
        repeated = self.termination.environment.keys() & self.environment.keys()
        if repeated:
            raise validation_error(
                f"environment must not set {', '.join(repeated)}, which has the value "
                f"{self.termination.request_seconds} of termination.request_seconds",
                fix="Remove it, and set termination.request_seconds.",
            )
        return self

    @model_validator(mode="after")
    def _keep_pods_available(self) -> Self:
        if 1 < self.scaling.min_size <= self.max_unavailable:
            raise validation_error(
                f"max_unavailable {self.max_unavailable} must be below scaling.min_size "
                f"{self.scaling.min_size}, or the drain of nodes can stop all pods",
                fix=f"Set max_unavailable to {self.scaling.min_size - 1} or less, or raise min_size.",
            )
        return self


class WebService(Construct):
    """Pods that serve HTTP behind a Service, with an IAM role, scaling, and updates without lost requests.

    Grant permissions to `identity`, and allow connections with `connections`: no other traffic passes. The
    pods of an update start before old ones stop. The Service is reachable in the cluster only; a route of the
    gateway makes it public. `depends_on` is what pods need before they start, such as migrations.
    `environment` has values that other constructs know, such as the address of a database. Prometheus reads
    the metrics of the pods after `definitions` exist.
    https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cluster: KubernetesCluster,
        namespace: Namespace,
        images: Images,
        config: WebServiceConfig,
        definitions: MonitorDefinitions | None = None,
        secrets_from: ExternalSecrets | None = None,
        environment: Mapping[str, str] = _NO_VALUES,
        priority: PriorityClass | None = None,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        require_service_name(self)
        self.pod_groups: Sequence[PodGroup] = (
            config.resources.pods(id, most=most_pods(config.scaling.max_size)),
        )
        self.namespace: Namespace = namespace
        self.port: int = config.port
        self.request_seconds: int = config.termination.request_seconds
        pods = PodIdentity(
            self,
            "identity",
            name=id,
            cluster=cluster,
            namespace=namespace,
            listens_on=Port.tcp(config.port),
        )
        self.identity: Grantee = pods.role
        self.pod_labels: Mapping[str, str] = pods.labels
        self.connections: ServiceConnections = pods.connections
        program = make_program(
            self,
            namespace=namespace,
            images=images,
            config=config,
            environment={**environment, **config.termination.environment},
            service_account=pods.service_account,
            secrets_from=secrets_from,
            depends_on=depends_on,
            priority_class=priority.name if priority else None,
        )
        serving = Serving(port=config.port, probes=config.probes, termination=config.termination)
        self.resource: DeploymentV1 = make_deployment(
            self,
            namespace=namespace.name,
            labels=self.pod_labels,
            pods=config.scaling.min_size,
            pod=serving_pod(program, serving),
            depends_on=depends_on,
        )
        self.service_name: str = self._make_service(config)
        add_disruption_budget(
            self,
            name=id,
            namespace=namespace.name,
            labels=self.pod_labels,
            max_unavailable=config.max_unavailable,
        )
        HorizontalPodAutoscalerV2(
            self,
            "autoscaler",
            metadata=HorizontalPodAutoscalerV2Metadata(name=id, namespace=namespace.name),
            spec=autoscaler_spec(config.scaling, deployment=self.resource.metadata.name),
        )
        if isinstance(config.metrics, Metrics):
            monitor = service_monitor(
                name=id,
                namespace=namespace.name,
                labels=self.pod_labels,
                scrape=Scrape(port=HTTP_PORT_NAME, path=config.metrics.path),
            )
            add_monitor(
                self,
                monitor,
                connections=self.connections,
                definitions=definitions,
                port=Port.tcp(config.port),
            )

    def _make_service(self, config: WebServiceConfig) -> str:
        service = ServiceV1(
            self,
            "service",
            metadata=ServiceV1Metadata(
                name=self.node.id,
                namespace=self.namespace.name,
                # For the selector of the ServiceMonitor.
                labels=dict(self.pod_labels),
            ),
            spec=ServiceV1Spec(
                type="ClusterIP",
                selector=dict(self.pod_labels),
                port=[
                    ServiceV1SpecPort(
                        name=HTTP_PORT_NAME,
                        port=config.port,
                        target_port=HTTP_PORT_NAME,
                        app_protocol="http",
                    )
                ],
            ),
        )
        name: str = service.metadata.name
        return name
