"""An EKS cluster that already exists."""

from typing import Annotated, Final

from constructs import Construct
from pydantic import Field

from constructs_arq.cluster.reference import ClusterReference
from constructs_arq.cluster.workload import Workload, Workloads
from constructs_arq.core.config import Config
from constructs_arq.core.port import Port
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.core.values import SecurityGroupId, literal_identifier, resource_identifier
from constructs_arq.security.connections import Connections

API_PORT: Final = 443

_OIDC_PROVIDER = r"arn:aws[a-z-]*:iam::\d{12}:oidc-provider/[\w.-]+/id/[0-9A-F]+"
_ENDPOINT = r"https://[A-Za-z0-9.-]+"


class ClusterAttributes(Config):
    """Attributes of an existing EKS cluster in the account and region of the stack."""

    name: Annotated[
        str,
        literal_identifier(
            "[A-Za-z0-9][A-Za-z0-9_-]{0,99}", kind="the literal name of a cluster", example="shared-cluster"
        ),
    ] = Field(description="Name of the cluster.")
    endpoint: Annotated[
        str,
        resource_identifier(
            _ENDPOINT, kind="an HTTPS URL", example="https://ABCDEF.gr7.eu-west-1.eks.amazonaws.com"
        ),
    ] = Field(description="URL of the Kubernetes API.")
    certificate_authority: str = Field(min_length=1, description="Base64 CA certificate of the API.")
    oidc_provider_arn: Annotated[
        str,
        resource_identifier(
            _OIDC_PROVIDER,
            kind="the ARN of an IAM OIDC provider",
            example="arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABCDEF",
        ),
    ] = Field(description="ARN of the cluster's OIDC provider.")
    security_group_id: SecurityGroupId = Field(description="Cluster security group of nodes and pods.")


class ExistingCluster(Construct):
    """An existing cluster for workloads, grants and connections. Terraform does not manage it.

    The EKS Pod Identity agent must run in it: workloads get their roles through Pod Identity.
    """

    def __init__(self, scope: Construct, id: str, *, attributes: ClusterAttributes) -> None:
        super().__init__(scope, id)
        self.name: Final = attributes.name
        self.arn: Final = Stack.of(self).arn("eks", f"cluster/{self.name}")
        self.endpoint: Final = attributes.endpoint
        self.certificate_authority: Final = attributes.certificate_authority
        self.oidc_provider_arn: Final = attributes.oidc_provider_arn
        self.connections: Final = Connections(
            self,
            "connections",
            security_group_id=attributes.security_group_id,
            logical_name=logical_name(self),
            listens_on=Port.tcp(API_PORT),
        )
        reference = ClusterReference(name=self.name, arn=self.arn, name_ref=self.name)
        self._workloads: Final = Workloads(self, "workloads", cluster=reference)

    def workload(self, name: str, *, namespace: str) -> Workload:
        """Return the workload of the service account `name` in `namespace`. Create it on the first call."""
        return self._workloads.get_or_create(name, namespace=namespace)
