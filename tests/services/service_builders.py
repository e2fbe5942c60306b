"""Builds services in a stack with a cluster, an image repository and a namespace."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import cast

from cdktf import ITerraformDependable
from constructs import Construct

from constructs_arq.cluster.existing_cluster import ExistingCluster
from constructs_arq.core.instance_types import Architecture
from constructs_arq.core.protocols import VirtualNetwork
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.core.stack import Stack, StackConfig
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.platform.external_secrets import ExternalSecrets, ExternalSecretsConfig
from constructs_arq.platform.target import AddonTarget
from constructs_arq.services.batch_settings import JobConfig
from constructs_arq.services.metrics import Metrics
from constructs_arq.services.pod_resources import PodResources
from constructs_arq.services.web_service import WebService, WebServiceConfig
from tests.kubernetes.cluster_stack import synthesize_in_cluster
from tests.support import STACK, Synthesized

DIGEST = f"sha256:{'a' * 64}"
RESOURCES = PodResources(cpu_millicores=250, memory_mib=256)
WEB = WebServiceConfig(
    image=DIGEST, resources=RESOURCES, scaling=ScalingPolicy(min_size=3, max_size=12), metrics=Metrics()
)

JOB = JobConfig(image=DIGEST, arguments=("migrate", "--all"), resources=RESOURCES, deadline_seconds=120)


@dataclass(frozen=True, kw_only=True)
class Registry:
    url: str = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/test-images"
    architecture: Architecture = Architecture.ARM64


@dataclass(frozen=True, kw_only=True)
class Definitions:
    """The definitions of monitors, which a stack without add-ons does not install."""

    resource: ITerraformDependable


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A namespace for services."""

    stack: Stack
    cluster: ExistingCluster
    namespace: Namespace
    images: Registry = Registry()

    def web(
        self,
        name: str = "api",
        config: WebServiceConfig = WEB,
        environment: Mapping[str, str] | None = None,
        scope: Construct | None = None,
        secrets_from: ExternalSecrets | None = None,
    ) -> WebService:
        return WebService(
            scope or self.stack,
            name,
            cluster=self.cluster,
            namespace=self.namespace,
            images=self.images,
            definitions=Definitions(resource=self.namespace.resource),
            config=config,
            environment=environment or {},
            secrets_from=secrets_from,
        )

    def secrets(self, *namespaces: Namespace) -> ExternalSecrets:
        return ExternalSecrets(
            self.stack,
            "external-secrets",
            target=AddonTarget(
                cluster=self.cluster,
                kubernetes_version="1.35",
                network=cast(
                    "VirtualNetwork", SimpleNamespace(cidr="10.40.0.0/16", vpc_id="vpc-0123456789abcdef0")
                ),
            ),
            namespaces=namespaces or [self.namespace],
            config=ExternalSecretsConfig(),
        )


def synthesize_shop(build: Callable[[Shop], object], *, config: StackConfig = STACK) -> Synthesized:
    def build_shop(stack: Stack, cluster: ExistingCluster) -> None:
        build(Shop(stack=stack, cluster=cluster, namespace=Namespace(stack, "shop", name="shop")))

    return synthesize_in_cluster(build_shop, config=config)
