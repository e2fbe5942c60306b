"""Security groups and the rules between them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.security_group import SecurityGroup as AwsSecurityGroup
from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from constructs_arq.core.config import Config, collect_problems
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.port import Port
from constructs_arq.core.protocols import Connectable, VirtualNetwork
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.core.values import SecurityGroupId, Slug, slugify

# The characters that EC2 allows in a rule's description.
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRuleDescription.html
_DESCRIPTION = re.compile(r"[\w .\-:/()#,@\[\]+=&;{}!$*]{1,255}", re.ASCII)


class Connections(Construct):
    """The security group of a construct, and the rules of its connections.

    Both rules of a connection, egress here and ingress at the peer, are created in this construct's stack. So
    two stacks never depend on each other in a circle. Each rule is a separate resource with a reason.
    For an existing security group, create it with that group's id.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        security_group_id: str,
        logical_name: str,
        listens_on: Port | None = None,
        address_ranges: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        self.security_group_id: str = security_group_id
        self.address_ranges: Sequence[str] = tuple(address_ranges)
        self.logical_name: str = logical_name
        self.listens_on: Port | None = listens_on

    def allow_to(self, peer: Connectable, *, why: str, port: Port | None = None) -> None:
        """Allow connections to `peer`, on the port that it listens on unless `port` is given.

        Raises:
            ConstructError: if no port is known, or the reason can't be a rule's description.
        """
        other = peer.connections
        open_port = port or other.listens_on
        if open_port is None:
            raise ConstructError(
                self.node.path,
                f"the port of {other.logical_name} is not known",
                fix="Give port=Port.tcp(…).",
            )
        self._require_description(why)
        VpcSecurityGroupEgressRule(
            self,
            f"to-{other.logical_name}-{open_port}",
            security_group_id=self.security_group_id,
            referenced_security_group_id=other.security_group_id,
            ip_protocol=open_port.protocol,
            from_port=open_port.first,
            to_port=open_port.last,
            description=why,
        )
        VpcSecurityGroupIngressRule(
            self,
            f"into-{other.logical_name}-{open_port}",
            security_group_id=other.security_group_id,
            referenced_security_group_id=self.security_group_id,
            ip_protocol=open_port.protocol,
            from_port=open_port.first,
            to_port=open_port.last,
            description=why,
        )

    def has_connection_to(self, peer: Connectable, *, port: Port | None = None) -> bool:
        """Return whether `allow_to` has been called with the same peer and port."""
        other = peer.connections
        return self.node.try_find_child(f"to-{other.logical_name}-{port or other.listens_on}") is not None

    def allow_to_range(self, cidr: str, *, port: Port, why: str) -> None:
        """Allow connections to an IPv4 address range."""
        self._require_description(why)
        VpcSecurityGroupEgressRule(
            self,
            f"to-{slugify(cidr)}-{port}",
            security_group_id=self.security_group_id,
            cidr_ipv4=cidr,
            ip_protocol=port.protocol,
            from_port=port.first,
            to_port=port.last,
            description=why,
        )

    def allow_from_range(self, cidr: str, *, port: Port | None = None, why: str) -> None:
        """Allow connections from an IPv4 address range."""
        open_port = port or self.listens_on
        if open_port is None:
            raise ConstructError(
                self.node.path, f"the port for {cidr} is not known", fix="Give port=Port.tcp(…)."
            )
        self._require_description(why)
        VpcSecurityGroupIngressRule(
            self,
            f"from-{slugify(cidr)}-{open_port}",
            security_group_id=self.security_group_id,
            cidr_ipv4=cidr,
            ip_protocol=open_port.protocol,
            from_port=open_port.first,
            to_port=open_port.last,
            description=why,
        )

    def _require_description(self, why: str) -> None:
        if not _DESCRIPTION.fullmatch(why):
            raise ConstructError(
                self.node.path,
                f"the reason is used as a security group rule's description, which can't be {why!r}",
                fix="Use 1 to 255 ASCII letters, digits, spaces and any of _.-:/()#,@[]+=&;{}!$*",
            )


class SecurityGroup(Construct):
    """A security group that allows no traffic until a connection is allowed.

    Terraform deletes what it depends on after it, so after the network interfaces that use it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        network: VirtualNetwork,
        description: str,
        listens_on: Port | None = None,
        address_ranges: Sequence[str] = (),
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        name = logical_name(scope) or id
        group = AwsSecurityGroup(
            self,
            "Default",
            name_prefix=f"{stack.physical_name(name)}-",
            description=description,
            vpc_id=network.vpc_id,
            revoke_rules_on_delete=True,
            # AWS can't delete a group in use: its replacement must exist first.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
            depends_on=list(depends_on) or None,
        )
        self.connections = Connections(
            self,
            "connections",
            security_group_id=group.id,
            logical_name=name,
            listens_on=listens_on,
            address_ranges=address_ranges,
        )

    @staticmethod
    def from_id(
        *, security_group_id: str, name: str, listens_on: Port | None = None
    ) -> "ExistingSecurityGroup":
        """Return an existing security group that others can connect to. AWS is not called.

        `name` identifies it in the ids of rules. A connection to it adds an ingress rule to the group.

        Raises:
            ConfigError: with every invalid value.
        """
        with collect_problems("SecurityGroup.from_id"):
            given = _ExistingSecurityGroupIds(security_group_id=security_group_id, name=name)
        return ExistingSecurityGroup(
            connections=ExistingPeer(
                security_group_id=given.security_group_id, logical_name=given.name, listens_on=listens_on
            )
        )


@dataclass(frozen=True, kw_only=True)
class ExistingPeer:
    """The end of connections to an existing security group."""

    security_group_id: str
    logical_name: str
    listens_on: Port | None
    address_ranges: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ExistingSecurityGroup:
    """A security group that another team or tool manages."""

    connections: ExistingPeer


class _ExistingSecurityGroupIds(Config):
    security_group_id: SecurityGroupId
    name: Slug
