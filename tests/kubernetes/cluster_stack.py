"""Synthesizes constructs of a cluster stack, whose cluster exists in another stack."""

from collections.abc import Callable

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.cluster.existing_cluster import ExistingCluster
from constructs_arq.core.stack import Stack, StackConfig
from constructs_arq.kubernetes.providers import configure_providers
from tests.support import STACK, Synthesized, synthesize


def synthesize_in_cluster(
    build: Callable[[Stack, ExistingCluster], object], *, config: StackConfig = STACK
) -> Synthesized:
    """Return the Terraform JSON of what `build` creates in a stack with Kubernetes providers."""

    def build_with_cluster(stack: Stack) -> None:
        cluster = Cluster.from_attributes(
            stack,
            "cluster",
            name="test-cluster",
            endpoint="https://0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com",
            certificate_authority="Q0VSVElGSUNBVEU=",
            oidc_provider_arn="arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0123",
            security_group_id="sg-0123456789abcdef0",
        )
        configure_providers(stack, cluster=cluster)
        build(stack, cluster)

    return synthesize(build_with_cluster, config=config)
