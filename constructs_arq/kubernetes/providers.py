"""The Terraform providers that reach the Kubernetes API of a cluster."""

from cdktf import Fn
from cdktf_cdktf_provider_helm.provider import (
    HelmProvider,
    HelmProviderKubernetes,
    HelmProviderKubernetesExec,
)
from cdktf_cdktf_provider_kubernetes.provider import KubernetesProvider, KubernetesProviderExec

from constructs_arq.core.protocols import KubernetesCluster
from constructs_arq.core.stack import Stack

# The AWS CLI answers with this version if the client does not ask for another.
_EXEC_API_VERSION = "client.authentication.k8s.io/v1beta1"


def configure_providers(stack: Stack, *, cluster: KubernetesCluster) -> None:
    """Give `stack` the Kubernetes and Helm providers of `cluster`, which must be in another stack.

    The providers log in through `aws eks get-token`, with the credentials of the caller. The state contains
    no token. A plan fails if a provider's configuration is not known, so the cluster must exist.
    https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs#stacking-with-managed-kubernetes-cluster-resources
    """
    certificate = Fn.base64decode(cluster.certificate_authority)
    arguments = ["eks", "get-token", "--cluster-name", cluster.name, "--region", stack.region]
    KubernetesProvider(
        stack,
        "kubernetes",
        host=cluster.endpoint,
        cluster_ca_certificate=certificate,
        exec=[KubernetesProviderExec(api_version=_EXEC_API_VERSION, command="aws", args=arguments)],
    )
    HelmProvider(
        stack,
        "helm",
        kubernetes=HelmProviderKubernetes(
            host=cluster.endpoint,
            cluster_ca_certificate=certificate,
            exec=HelmProviderKubernetesExec(api_version=_EXEC_API_VERSION, command="aws", args=arguments),
        ),
    )
