"""The identity of pods: service account, IAM role, labels and connections."""

from collections.abc import Mapping

from cdktf_cdktf_provider_kubernetes.service_account_v1 import ServiceAccountV1, ServiceAccountV1Metadata
from constructs import Construct

from constructs_arq.core.port import Port
from constructs_arq.core.protocols import Grantee, KubernetesCluster
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.services.connections import ServiceConnections
from constructs_arq.services.pod_template import pod_labels


class PodIdentity(Construct):
    """The service account `name` of pods, with an IAM role through EKS Pod Identity, and their connections.

    Every kind of service has one. Create one alone for pods that others start, such as a workflow: they need
    the service account and the labels. The pods have no token of the Kubernetes API.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        cluster: KubernetesCluster,
        namespace: Namespace,
        listens_on: Port | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.role: Grantee = cluster.workload(name, namespace=namespace.literal_name)
        self.labels: Mapping[str, str] = pod_labels(name)
        account = ServiceAccountV1(
            self,
            "Default",
            metadata=ServiceAccountV1Metadata(name=name, namespace=namespace.name),
            automount_service_account_token=False,
        )
        self.service_account: str = account.metadata.name
        self.connections: ServiceConnections = ServiceConnections(
            self,
            "connections",
            name=name,
            labels=self.labels,
            namespace=namespace,
            cluster=cluster.connections,
            listens_on=listens_on,
        )
