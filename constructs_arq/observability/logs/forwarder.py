"""The way of CloudWatch log groups into the cluster."""

from collections.abc import Sequence

from constructs import Construct
from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.port import Port
from constructs_arq.core.protocols import Connectable, Grantee
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.edge.certificate import HostedZone
from constructs_arq.network.subnets import PrivateSubnets
from constructs_arq.observability.logs.forwarder_function import ForwarderFunction
from constructs_arq.observability.logs.receiver_balancer import ReceiverBalancer
from constructs_arq.observability.logs.subscription import LogSubscription
from constructs_arq.platform.log_group_redaction import LogSource
from constructs_arq.platform.log_receiver import RECEIVER_PORT
from constructs_arq.storage.log_group import LogGroup


class LogForwarderConfig(Config):
    """Settings of the forwarder that an environment can vary."""

    concurrency: int = Field(
        default=10,
        ge=1,
        le=100,
        description="Runs of the function at a time. The account must have 100 more.",
    )


class LogForwarder(Construct):
    """A function that receives subscriptions, and a load balancer to the pods of a `LogReceiver`.

    `add_log_group` subscribes a log group. The pods are targets of `target_group_arn`, with a certificate of
    `domain`. The load balancer has addresses in `address_ranges`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        subnets: PrivateSubnets,
        zone: HostedZone,
        domain: str,
        config: LogForwarderConfig,
    ) -> None:
        super().__init__(scope, id)
        if not zone.contains(domain):
            raise ConstructError(
                self.node.path,
                f"the domain {domain} is not in the zone {zone.name}",
                fix=f"Use a name that ends in .{zone.name}.",
            )
        self._balancer = ReceiverBalancer(self, "balancer", subnets=subnets, zone=zone, domain=domain)
        self._function = ForwarderFunction(
            self,
            "function",
            name=Stack.of(self).physical_name(logical_name(self)),
            url=f"https://{domain}/loki/api/v1/push",
            subnets=subnets,
            concurrency=config.concurrency,
        )
        self._function.connections.allow_to(self._balancer, why="it sends lines of log groups")
        self.domain: str = domain
        self.target_group_arn: str = self._balancer.target_group_arn
        self.address_ranges: Sequence[str] = subnets.address_ranges

    def add_log_group(self, group: LogGroup, *, source: LogSource) -> None:
        """Send all events of a log group to Loki. `source` is their kind, which decides the redaction.

        Raises:
            ConstructError: if it is the log group of the function: each line would cause another. Also if
                the group has as many subscriptions as CloudWatch allows.
        """
        if group is self._function.log:
            raise ConstructError(
                self.node.path,
                f"can't forward its own log group {group.name}: each line would cause another",
                fix="Read it in CloudWatch.",
            )
        LogSubscription(
            self, logical_name(group), group=group, source=source, function=self._function.resource
        )

    def allow_to(self, pods: Connectable) -> None:
        """Let the load balancer connect to the pods."""
        self._balancer.connections.allow_to(
            pods, port=Port.tcp(RECEIVER_PORT), why="it passes lines of log groups on to Alloy"
        )

    def grant_register(self, grantee: Grantee) -> None:
        """Allow `grantee` to register and deregister targets."""
        grantee.allow(
            "elasticloadbalancing:RegisterTargets",
            "elasticloadbalancing:DeregisterTargets",
            on=self.target_group_arn,
            policy_name=f"register-in-{logical_name(self)}",
        )
