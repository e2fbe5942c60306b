"""The namespace `default`, which Kubernetes creates."""

from typing import Final

from cdktf_cdktf_provider_kubernetes.labels import Labels, LabelsMetadata
from constructs import Construct

from constructs_arq.kubernetes.namespace import pod_security_labels
from constructs_arq.kubernetes.network_policy import Pods, deny_all

_NAME: Final = "default"


class DefaultNamespace(Construct):
    """The namespace of objects without one: it admits restricted pods only and denies all of their traffic.

    Terraform owns only these labels, by server-side apply, and removes them with the construct: nothing can
    create or delete this namespace. Another owner of one of the labels is an error of the apply.
    https://kubernetes.io/docs/reference/using-api/server-side-apply/
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        Labels(
            self,
            "Default",
            api_version="v1",
            kind="Namespace",
            metadata=LabelsMetadata(name=_NAME),
            labels=pod_security_labels("restricted"),
        )
        deny_all(self, "default-deny", name="default-deny", pods=Pods(namespace=_NAME))
