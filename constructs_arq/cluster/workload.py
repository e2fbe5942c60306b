"""Workloads in a cluster and their IAM roles."""

import re
from collections.abc import Sequence

from cdktf_cdktf_provider_aws.eks_pod_identity_association import EksPodIdentityAssociation
from constructs import Construct

from constructs_arq.cluster.reference import ClusterReference
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.policy import Conditions
from constructs_arq.security.role import Role, Trust

# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
_DNS_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


class Workload(Construct):
    """The pods of a Kubernetes service account, with an IAM role through EKS Pod Identity.

    Pods of the service account `name` in `namespace` get the role's permissions. The service account needs no
    annotation. https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html

    Raises:
        ConstructError: if a name is not a valid Kubernetes name.
    """

    def __init__(self, scope: Construct, name: str, *, cluster: ClusterReference, namespace: str) -> None:
        super().__init__(scope, name)
        for text in (namespace, name):
            if not _DNS_LABEL.fullmatch(text):
                raise ConstructError(
                    self.node.path,
                    f"{text!r} is not a valid Kubernetes name",
                    fix="Use 1 to 63 lower-case letters and digits, with hyphens only in between.",
                )
        self.name: str = name
        self.namespace: str = namespace
        self._role = Role(
            self,
            "role",
            description=f"What {namespace}/{name} in {cluster.name} may do",
            trust=Trust.pod_identity(cluster_arn=cluster.arn),
        )
        self.role_arn: str = self._role.arn
        EksPodIdentityAssociation(
            self,
            "Default",
            cluster_name=cluster.name_ref,
            namespace=namespace,
            service_account=name,
            role_arn=self.role_arn,
        )

    def allow(
        self, *actions: str, on: str | Sequence[str], policy_name: str, conditions: Conditions | None = None
    ) -> None:
        """Allow the pods `actions` on the resources with ARNs `on`. `policy_name` names the grant."""
        self._role.allow(*actions, on=on, policy_name=policy_name, conditions=conditions)


class Workloads(Construct):
    """The workloads of a cluster, each created once."""

    def __init__(self, scope: Construct, id: str, *, cluster: ClusterReference) -> None:
        super().__init__(scope, id)
        self._cluster = cluster
        self._namespaces: dict[str, Construct] = {}
        self._workloads: dict[tuple[str, str], Workload] = {}

    def get_or_create(self, name: str, *, namespace: str) -> Workload:
        """Return the workload `name` in `namespace`. Create it on the first call."""
        if (namespace, name) not in self._workloads:
            if namespace not in self._namespaces:
                self._namespaces[namespace] = Construct(self, namespace)
            self._workloads[namespace, name] = Workload(
                self._namespaces[namespace], name, cluster=self._cluster, namespace=namespace
            )
        return self._workloads[namespace, name]
