"""Namespaces with restricted pods and no network traffic until a policy allows it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from cdktf_cdktf_provider_kubernetes.namespace_v1 import NamespaceV1, NamespaceV1Metadata
from constructs import Construct

from constructs_arq.kubernetes.network_policy import Pods, deny_all

PodSecurity = Literal["restricted", "baseline", "privileged"]


def pod_security_labels(standard: PodSecurity) -> dict[str, str]:
    """Return the labels of a namespace that admits pods of a Pod Security Standard only."""
    return {f"pod-security.kubernetes.io/{mode}": standard for mode in ("enforce", "audit", "warn")}


class Namespace(Construct):
    """A namespace that admits pods of one Pod Security Standard only and denies all traffic of its pods.

    `resource` is for the `depends_on` of other resources.
    https://kubernetes.io/docs/concepts/security/pod-security-standards/
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        pod_security: PodSecurity = "restricted",
        labels: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(scope, id)
        self.resource: NamespaceV1 = NamespaceV1(
            self,
            "Default",
            metadata=NamespaceV1Metadata(
                name=name,
                labels={**pod_security_labels(pod_security), **labels},
            ),
        )
        # Text, for the selectors of network policies and for resources in other stacks.
        self.literal_name: str = name
        # A reference, so that Terraform creates the namespace before the objects in it.
        self.name: str = self.resource.metadata.name
        deny_all(self, "default-deny", name="default-deny", pods=Pods(namespace=self.name))
