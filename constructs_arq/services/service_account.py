"""The Kubernetes identity of pods."""

from cdktf_cdktf_provider_kubernetes.service_account_v1 import ServiceAccountV1, ServiceAccountV1Metadata
from constructs import Construct


def add_service_account(scope: Construct, *, name: str, namespace: str) -> str:
    """Add a service account without a token of the Kubernetes API, and return its name.

    EKS Pod Identity gives its pods the IAM role of the workload of the same name.
    """
    account = ServiceAccountV1(
        scope,
        "account",
        metadata=ServiceAccountV1Metadata(name=name, namespace=namespace),
        automount_service_account_token=False,
    )
    result: str = account.metadata.name
    return result
