"""Programs that process the messages of a queue."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_kubernetes.deployment_v1 import DeploymentV1
from constructs import Construct
from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.pod_group import PodGroup, most_pods
from constructs_arq.core.port import Port
from constructs_arq.core.protocols import Grantee, KubernetesCluster
from constructs_arq.core.stack import Stack
from constructs_arq.core.values import LiteralText
from constructs_arq.data.queue import Queue
from constructs_arq.kubernetes.custom_objects import CustomObjects
from constructs_arq.kubernetes.disruption_budget import add_disruption_budget
from constructs_arq.kubernetes.monitors import MonitorDefinitions, Scrape, pod_monitor
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.kubernetes.priority_class import PriorityClass
from constructs_arq.platform.external_secrets import ExternalSecrets
from constructs_arq.platform.keda import Keda
from constructs_arq.services.config_map import VariableName
from constructs_arq.services.connections import ServiceConnections
from constructs_arq.services.deployment import make_deployment
from constructs_arq.services.image import ImageDigest, Images
from constructs_arq.services.metrics import (
    MetricsPort,
    NoMetrics,
    add_monitor,
    metrics_variables,
)
from constructs_arq.services.pod_identity import PodIdentity
from constructs_arq.services.pod_resources import PodResources
from constructs_arq.services.pod_template import METRICS_PORT_NAME, Consuming, consuming_pod
from constructs_arq.services.program import make_program
from constructs_arq.services.queue_scaling import QueueScaling, scaling_objects
from constructs_arq.services.secret_files import SecretFile

_NO_VALUES: Mapping[str, str] = MappingProxyType({})
# For the process to exit after its last message.
_EXIT_SECONDS = 5


class WorkerConfig(Config):
    """Settings of a worker that an environment can vary."""

    image: ImageDigest = Field(description="Digest of the image in the repository of the environment.")
    arguments: tuple[LiteralText, ...] = Field(default=(), description="Arguments of the image's program.")
    resources: PodResources
    scaling: QueueScaling
    metrics: MetricsPort | NoMetrics = Field(description="Metrics for Prometheus, or why there are none.")
    alive_command: tuple[LiteralText, ...] = Field(
        default=(),
        description="Command that succeeds while the program works. Without it, only an exit is a failure.",
    )
    environment: Mapping[VariableName, LiteralText] = Field(
        default_factory=dict, description="More environment variables. Those that the stack sets are refused."
    )
    secrets: tuple[SecretFile, ...] = Field(default=(), description="Files in /etc/secrets.")


class Worker(Construct):
    """Pods that process the messages of `queue`, whose length decides their number.

    The program receives messages from the address in the variable QUEUE_URL, and deletes each after its work
    is stored. After SIGTERM it finishes its message and ends. The pod has time for a receipt that waits for
    messages, and for the processing. Afterwards, SQS sends an unfinished message to another pod.

    The worker may consume the queue, and `scaler` may count its messages. Grant other permissions to
    `identity`, and allow connections with `connections`: no other traffic passes.

    Raises:
        ConstructError: if `environment` or `config` sets QUEUE_URL or METRICS_PORT, or if there are metrics
            and no `definitions`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cluster: KubernetesCluster,
        namespace: Namespace,
        images: Images,
        queue: Queue,
        scaler: Keda,
        config: WorkerConfig,
        definitions: MonitorDefinitions | None = None,
        secrets_from: ExternalSecrets | None = None,
        environment: Mapping[str, str] = _NO_VALUES,
        priority: PriorityClass | None = None,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        own = {"QUEUE_URL": queue.url, **metrics_variables(config.metrics)}
        if repeated := sorted(own.keys() & environment.keys()):
            raise ConstructError(
                self.node.path,
                f"environment must not set {', '.join(repeated)}, because the worker sets the address of the "
                f"queue {queue.name} and the port of its metrics",
                fix="Remove it. To consume another queue, pass it as queue. metrics in config has the port.",
            )
        self.pod_groups: Sequence[PodGroup] = (
            config.resources.pods(id, most=most_pods(config.scaling.max_size)),
        )
        pods = PodIdentity(self, "identity", name=id, cluster=cluster, namespace=namespace)
        self.identity: Grantee = pods.role
        self.connections: ServiceConnections = pods.connections
        queue.grant_consume(self.identity)
        queue.grant_measure(scaler.identity)
        self.connections.allow_to_aws(why=f"it receives the messages of {queue.name}")
        program = make_program(
            self,
            namespace=namespace,
            images=images,
            config=config,
            environment={**environment, **own},
            service_account=pods.service_account,
            secrets_from=secrets_from,
            depends_on=depends_on,
            priority_class=priority.name if priority else None,
        )
        consuming = Consuming(
            alive_command=config.alive_command,
            metrics_port=config.metrics.port if isinstance(config.metrics, MetricsPort) else None,
            grace_seconds=queue.longest_poll_seconds + queue.config.processing_seconds + _EXIT_SECONDS,
        )
        self.resource: DeploymentV1 = make_deployment(
            self,
            namespace=namespace.name,
            labels=pods.labels,
            # With a pod, the first deployment shows whether the program starts.
            pods=max(config.scaling.min_size, 1),
            pod=consuming_pod(program, consuming),
            depends_on=depends_on,
        )
        add_disruption_budget(
            self,
            name=id,
            namespace=namespace.name,
            labels=pods.labels,
        )
        CustomObjects(
            self,
            "scaling",
            namespace=namespace.name,
            objects=scaling_objects(
                name=id,
                namespace=namespace.name,
                deployment=self.resource.metadata.name,
                queue_url=queue.url,
                region=Stack.of(self).region,
                scaling=config.scaling,
            ),
            depends_on=[scaler.resource],
        )
        if isinstance(config.metrics, MetricsPort):
            monitor = pod_monitor(
                name=id,
                namespace=namespace.name,
                labels=pods.labels,
                scrape=Scrape(port=METRICS_PORT_NAME, path=config.metrics.path),
            )
            add_monitor(
                self,
                monitor,
                connections=self.connections,
                definitions=definitions,
                port=Port.tcp(config.metrics.port),
            )
