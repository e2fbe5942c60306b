"""Protocols that constructs of one package use for constructs of another.

A `Construct` can't inherit from a `Protocol`, because their metaclasses conflict. It only has the members.
"""

from collections.abc import Sequence
from typing import Protocol

from cdktf import ITerraformDependable

from constructs_arq.core.alarm import Alarm
from constructs_arq.core.policy import Conditions
from constructs_arq.core.port import Port


class Grantee(Protocol):
    """An identity that can be granted permissions: a role, or a workload with a role."""

    def allow(
        self, *actions: str, on: str | Sequence[str], policy_name: str, conditions: Conditions | None = None
    ) -> None:
        """Allow `actions` on the resources with ARNs `on`. `policy_name` identifies the grant."""
        ...


class Peer(Protocol):
    """One end of a connection: a security group, and the port it listens on."""

    @property
    def security_group_id(self) -> str:
        """The security group's id."""
        ...

    @property
    def logical_name(self) -> str:
        """The name in ids and descriptions: the construct's path within its stack."""
        ...

    @property
    def listens_on(self) -> Port | None:
        """The port for incoming connections, or None."""
        ...

    @property
    def address_ranges(self) -> Sequence[str]:
        """The IPv4 ranges of its subnets. Empty if they are not known."""
        ...


class Connectable(Protocol):
    """A construct that accepts network connections."""

    @property
    def connections(self) -> Peer:
        """Its end of all connections."""
        ...


class EncryptionKey(Protocol):
    """A KMS key that other constructs use for encryption."""

    @property
    def arn(self) -> str:
        """The key's ARN."""
        ...

    def allow_service(self, service: str, *, sid: str, conditions: Conditions | None = None) -> None:
        """Allow an AWS service to use the key under `conditions`."""
        ...

    def grant_encrypt_decrypt(self, grantee: Grantee) -> None:
        """Allow `grantee` to encrypt and decrypt with it."""
        ...

    def grant_decrypt(self, grantee: Grantee) -> None:
        """Allow `grantee` to decrypt with it."""
        ...


class StateStore(Protocol):
    """The bucket of Terraform's state."""

    @property
    def arn(self) -> str:
        """The bucket's ARN."""
        ...

    @property
    def key(self) -> EncryptionKey:
        """The key that encrypts it."""
        ...

    def grant_read(self, grantee: Grantee) -> None:
        """Allow `grantee` to list, read and decrypt objects."""
        ...

    def grant_read_write(self, grantee: Grantee) -> None:
        """Allow `grantee` to list, read, write and delete objects."""
        ...


class AccessLogBucket(Protocol):
    """A bucket that receives access logs."""

    @property
    def bucket_name(self) -> str:
        """The bucket's name."""
        ...

    @property
    def retention_days(self) -> int:
        """Days until the logs expire."""
        ...

    def allow_delivery(self, source_arn: str) -> None:
        """Allow a delivery source of CloudWatch Logs to write below `delivered/`."""
        ...


class HasAlarms(Protocol):
    """A construct that defines alarms on its metrics."""

    @property
    def alarms(self) -> Sequence[Alarm]:
        """Its alarms, which `observability.Alarms` creates and routes."""
        ...


class VirtualNetwork(Protocol):
    """A VPC: the part that security groups need."""

    @property
    def vpc_id(self) -> str:
        """The VPC's id."""
        ...

    @property
    def cidr(self) -> str:
        """Its IPv4 range."""
        ...


class ServerCertificate(Protocol):
    """A validated TLS certificate and its domain."""

    @property
    def arn(self) -> str:
        """The certificate's ARN, which exists after validation."""
        ...

    @property
    def domain(self) -> str:
        """The domain that clients use."""
        ...


class PrivateOrigin(Connectable, Protocol):
    """An internal load balancer that CloudFront uses as origin through a VPC origin."""

    @property
    def arn(self) -> str:
        """The load balancer's ARN."""
        ...

    @property
    def domain(self) -> str:
        """The domain of its certificate."""
        ...

    @property
    def listener_arn(self) -> str:
        """The ARN of its HTTPS listener, which accepts more certificates."""
        ...

    @property
    def vpc_id(self) -> str:
        """The id of its VPC."""
        ...

    @property
    def zones(self) -> Sequence[str]:
        """The ids of its zones. Empty if they are not known."""
        ...

    @property
    def idle_timeout_seconds(self) -> int | None:
        """Seconds after which it closes an idle connection. None if that is not known."""
        ...


class ClusterConnections(Peer, Protocol):
    """The connections of the security group that all pods of a cluster have."""

    def allow_to(self, peer: Connectable, *, why: str, port: Port | None = None) -> None:
        """Allow connections to `peer`."""
        ...

    def has_connection_to(self, peer: Connectable, *, port: Port | None = None) -> bool:
        """Return whether connections to `peer` are allowed."""
        ...


class KubernetesCluster(Protocol):
    """An EKS cluster that runs workloads: one of the library, or an existing one."""

    @property
    def connections(self) -> ClusterConnections:
        """The connections of all its nodes and pods."""
        ...

    @property
    def name(self) -> str:
        """The cluster's name."""
        ...

    @property
    def arn(self) -> str:
        """The cluster's ARN."""
        ...

    @property
    def endpoint(self) -> str:
        """The URL of the Kubernetes API."""
        ...

    @property
    def certificate_authority(self) -> str:
        """The CA certificate of the Kubernetes API, in base64."""
        ...

    @property
    def oidc_provider_arn(self) -> str:
        """The ARN of the IAM OIDC provider of the cluster."""
        ...

    def workload(self, name: str, *, namespace: str) -> Grantee:
        """Return the pods of the service account `name` in `namespace`."""
        ...


class DatabaseEndpoint(Connectable, Protocol):
    """A database, replica or existing database that takes IAM logins."""

    @property
    def endpoint(self) -> str:
        """The host name."""
        ...

    def grant_connect(self, grantee: Grantee, *, user: str) -> None:
        """Allow `grantee` to log in as `user` with IAM."""
        ...


class Topic(Protocol):
    """An SNS topic to which AWS services of this account can publish."""

    @property
    def arn(self) -> str:
        """The topic's ARN."""
        ...

    @property
    def policy(self) -> ITerraformDependable:
        """Its policy, for `depends_on`: a service checks that it can publish when it subscribes."""
        ...
