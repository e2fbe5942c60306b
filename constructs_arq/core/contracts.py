"""The small capabilities through which constructs of different packages meet.

They are structural: a `Construct` can't inherit from a `Protocol` (their metaclasses conflict), it just has
the members.
"""

from collections.abc import Sequence
from typing import Protocol

from constructs_arq.core.alarm import Alarm
from constructs_arq.core.policy import Conditions
from constructs_arq.core.port import Port


class Grantee(Protocol):
    """Who can be allowed something: a role, or a workload that has one."""

    def allow(
        self, *actions: str, on: str | Sequence[str], purpose: str, conditions: Conditions | None = None
    ) -> None:
        """Allow `actions` on the resources with ARNs `on`. `purpose` names the grant, also in its id."""
        ...


class Peer(Protocol):
    """One end of a connection: a security group, and the port it listens on."""

    @property
    def security_group_id(self) -> str:
        """The security group's id."""
        ...

    @property
    def name(self) -> str:
        """What the end is called in ids and descriptions: the construct's path within its stack."""
        ...

    @property
    def listens_on(self) -> Port | None:
        """The port on which it takes connections; None if it takes none."""
        ...


class Connectable(Protocol):
    """What has a place in the network and can be connected to."""

    @property
    def connections(self) -> Peer:
        """Its end of any connection."""
        ...


class EncryptionKey(Protocol):
    """A KMS key that another construct encrypts with."""

    @property
    def arn(self) -> str:
        """The key's ARN."""
        ...

    def allow_service(self, service: str, *, purpose: str, conditions: Conditions | None = None) -> None:
        """Let an AWS service use the key, as far as `conditions` hold."""
        ...

    def grant_encrypt_decrypt(self, grantee: Grantee) -> None:
        """Let `grantee` encrypt and decrypt with it."""
        ...

    def grant_decrypt(self, grantee: Grantee) -> None:
        """Let `grantee` decrypt with it."""
        ...


class StateStore(Protocol):
    """The bucket that Terraform's state is in."""

    @property
    def arn(self) -> str:
        """The bucket's ARN."""
        ...

    @property
    def key(self) -> EncryptionKey:
        """The key that it is encrypted with."""
        ...

    def grant_read(self, grantee: Grantee) -> None:
        """Let `grantee` list and read objects, and decrypt them."""
        ...

    def grant_read_write(self, grantee: Grantee) -> None:
        """Let `grantee` list, read, write and delete objects."""
        ...


class LogTarget(Protocol):
    """A bucket that takes access logs."""

    @property
    def bucket_name(self) -> str:
        """The bucket's name."""
        ...

    @property
    def retention_days(self) -> int:
        """Days that it keeps them."""
        ...


class Observable(Protocol):
    """What knows by which metrics it should be watched."""

    @property
    def alarms(self) -> Sequence[Alarm]:
        """Its alarms, for `observability.Alarms` to make and route."""
        ...


class VirtualNetwork(Protocol):
    """A VPC, as far as a security group has to know it."""

    @property
    def vpc_id(self) -> str:
        """The VPC's id."""
        ...

    @property
    def cidr(self) -> str:
        """Its IPv4 range."""
        ...


class ServerCertificate(Protocol):
    """A TLS certificate that is valid, and the domain it is for."""

    @property
    def arn(self) -> str:
        """The certificate's ARN, known once it is validated."""
        ...

    @property
    def domain(self) -> str:
        """The domain by which clients call the server."""
        ...


class PrivateOrigin(Connectable, Protocol):
    """An internal load balancer that CloudFront fetches from, without it being on the internet."""

    @property
    def arn(self) -> str:
        """The load balancer's ARN."""
        ...

    @property
    def domain(self) -> str:
        """The domain that its certificate is for."""
        ...

    @property
    def vpc_id(self) -> str:
        """The VPC it is in."""
        ...


class KubernetesCluster(Connectable, Protocol):
    """An EKS cluster that runs workloads: one of the library, or an existing one."""

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
    """An SNS topic that AWS services of this account may publish to."""

    @property
    def arn(self) -> str:
        """The topic's ARN."""
        ...
