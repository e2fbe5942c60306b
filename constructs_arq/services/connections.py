"""The network connections of a service: network policies, and the rules of security groups."""

from collections.abc import Mapping, Sequence

from cdktf import TerraformResource
from constructs import Construct

from constructs_arq.core.errors import ConstructError
from constructs_arq.core.port import Port
from constructs_arq.core.protocols import ClusterConnections, Connectable
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.kubernetes.network_policy import (
    AddressRange,
    NetworkPeer,
    Pods,
    allow_dns,
    allow_egress,
    allow_ingress,
)

_HTTPS = Port.tcp(443)
# Nodes answer here with their own credentials, and AWS's agents listen here.
_LINK_LOCAL = "169.254.0.0/16"
_PRIVATE = ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", _LINK_LOCAL)
# https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
_POD_IDENTITY_AGENT = AddressRange(cidr="169.254.170.23/32")


class ServiceConnections(Construct):
    """The connections of a service's pods. Without a call they reach the cluster's DNS and their credentials.

    A connection to a resource of AWS needs a network policy and rules of security groups. All pods of a
    cluster have one security group, so the first service that connects to a resource adds the rules.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        labels: Mapping[str, str],
        namespace: Namespace,
        cluster: ClusterConnections,
        listens_on: Port | None = None,
    ) -> None:
        super().__init__(scope, id)
        self._cluster = cluster
        self._policies: list[TerraformResource] = []
        self._peers: dict[str, Sequence[NetworkPeer]] = {}
        self._dependent: TerraformResource | None = None
        self.pods: Pods = Pods(namespace=namespace.name, labels=labels)
        self.logical_name: str = name
        self.listens_on: Port | None = listens_on
        self.security_group_id: str = cluster.security_group_id
        # Pods have addresses in all subnets of the cluster.
        self.address_ranges: Sequence[str] = ()
        self._add(allow_dns(self, "dns", name=f"{name}-dns", pods=self.pods))
        self._allow_egress(
            "credentials",
            [_POD_IDENTITY_AGENT],
            Port.tcp(80),
            why="the agent gives credentials of the IAM role",
        )

    def allow_to(
        self, peer: Connectable, *, why: str, port: Port | None = None, ranges: Sequence[str] = ()
    ) -> None:
        """Allow connections to another service or a resource, on the port that it listens on.

        `ranges` are the addresses of an existing resource, if its construct does not know its subnets.

        Raises:
            ConstructError: if the port or the addresses are not known.
        """
        other = peer.connections
        open_port = port or other.listens_on
        if open_port is None:
            raise ConstructError(
                self.node.path,
                f"the port of {other.logical_name} is not known",
                fix="Give port=Port.tcp(…).",
            )
        if isinstance(other, ServiceConnections):
            self._allow_egress(f"to-{other.logical_name}", [other.pods], open_port, why=why)
            other.allow_from(self.pods, name=self.logical_name, port=open_port, why=why)
            return
        addresses = ranges or other.address_ranges
        if not addresses:
            raise ConstructError(
                self.node.path,
                f"the addresses of {other.logical_name} are not known",
                fix='Give the ranges of its subnets: ranges=["10.0.0.0/24"].',
            )
        if not self._cluster.has_connection_to(peer, port=open_port):
            self._cluster.allow_to(peer, port=open_port, why=why)
        blocks = [AddressRange(cidr=each) for each in addresses]
        self._allow_egress(f"to-{other.logical_name}", blocks, open_port, why=why)

    def allow_to_aws(self, *, why: str) -> None:
        """Allow connections to the APIs of AWS, which have public addresses or endpoints in the VPC."""
        anywhere = AddressRange(cidr="0.0.0.0/0", excluded=(_LINK_LOCAL,))
        self._allow_egress("to-aws", [anywhere], _HTTPS, why=why)

    def allow_to_internet(self, *, why: str, port: Port = _HTTPS) -> None:
        """Allow connections to public addresses only."""
        public = AddressRange(cidr="0.0.0.0/0", excluded=_PRIVATE)
        self._allow_egress("to-internet", [public], port, why=why)

    def allow_from(self, pods: Pods, *, name: str, why: str, port: Port | None = None) -> None:
        """Allow connections from other pods, which `name` identifies in the id of the policy.

        Raises:
            ConstructError: if the port is not known.
        """
        open_port = port or self.listens_on
        if open_port is None:
            raise ConstructError(
                self.node.path, f"the port for {name} is not known", fix="Give port=Port.tcp(…)."
            )
        key = f"from-{name}-{open_port}"
        if self._is_open(key, [pods]):
            return
        allow_ingress(
            self,
            key,
            name=f"{self.logical_name}-{key}",
            pods=self.pods,
            peers=[pods],
            ports=[open_port],
            why=why,
        )

    def require_before(self, resource: TerraformResource) -> None:
        """Let Terraform create the policies before `resource`, also those of later calls.

        A program that runs once fails if its connections open after its start.
        """
        self._dependent = resource
        for policy in self._policies:
            _add_dependency(resource, policy)

    def _allow_egress(self, to: str, peers: Sequence[NetworkPeer], port: Port, *, why: str) -> None:
        key = f"{to}-{port}"
        if self._is_open(key, peers):
            return
        self._add(
            allow_egress(
                self, key, name=f"{self.logical_name}-{key}", pods=self.pods, to=peers, ports=[port], why=why
            )
        )

    def _is_open(self, key: str, peers: Sequence[NetworkPeer]) -> bool:
        """Return whether an earlier call has opened the same connection. Its reason stays in the policy.

        Raises:
            ConstructError: if the earlier call opened it for another peer of this name.
        """
        if key not in self._peers:
            self._peers[key] = peers
            return False
        if self._peers[key] != peers:
            raise ConstructError(
                self.node.path,
                f"the policy {self.logical_name}-{key} already allows another peer of this name",
                fix="Give one of the peers another name.",
            )
        return True

    def _add(self, policy: TerraformResource) -> None:
        self._policies.append(policy)
        if self._dependent is not None:
            _add_dependency(self._dependent, policy)


def _add_dependency(resource: TerraformResource, policy: TerraformResource) -> None:
    resource.depends_on = [*(resource.depends_on or []), _address(policy)]


def _address(resource: TerraformResource) -> str:
    return f"{resource.terraform_resource_type}.{resource.friendly_unique_id}"
