"""An EC2 fleet with automatic scaling."""

from collections.abc import Iterable, Sequence

from cdktf_cdktf_provider_aws.iam_instance_profile import IamInstanceProfile
from cdktf_cdktf_provider_aws.iam_service_linked_role import IamServiceLinkedRole
from constructs import Construct

from constructs_arq.compute.autoscaling_group import AutoscalingGroup
from constructs_arq.compute.fleet_alarms import fleet_alarms
from constructs_arq.compute.fleet_config import FleetConfig
from constructs_arq.compute.instance_refresh import InstanceRefresh
from constructs_arq.compute.launch_template import LaunchTemplate
from constructs_arq.compute.memory_metric import MemoryMetric
from constructs_arq.compute.refresh_alarms import RefreshAlarms
from constructs_arq.compute.rollback_alarms import RollbackAlarms
from constructs_arq.compute.scaling_policies import ScalingPolicies
from constructs_arq.compute.traffic_source import TrafficSource
from constructs_arq.core.alarm import Alarm
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.port import Port
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.network.endpoints import InterfaceService
from constructs_arq.network.reachable_services import SESSION_MANAGER_SERVICES, require_reachable
from constructs_arq.network.subnets import PrivateSubnets
from constructs_arq.security.connections import Connections, SecurityGroup
from constructs_arq.security.key import Key
from constructs_arq.security.role import Role, Trust

# A role name has at most 64 characters, including the prefix "AWSServiceRoleForAutoScaling_".
_NAME_LENGTH = 35


def _needed_services(config: FleetConfig) -> Iterable[InterfaceService]:
    yield from SESSION_MANAGER_SERVICES
    if config.launch_hook_seconds or config.terminate_hook_seconds:
        yield "autoscaling"
    if config.scaling.target_memory_percent is not None:
        yield "monitoring"


class Fleet(Construct):
    """EC2 instances in private subnets that scale with the load. An instance refresh rolls out changes.

    `arqctl deploy` starts the refresh after the apply; after `cdktf deploy`, run `arqctl refresh`.

    Session Manager gives access; SSH is closed. Outbound HTTPS is open for packages and AWS APIs. Inbound
    traffic needs a connection: `load_balancer.connections.allow_to(fleet, …)`. Grant other permissions to
    `role`. A `target_group` adds its health checks and enables requests as a scaling target.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/what-is-amazon-ec2-auto-scaling.html

    Raises:
        ConstructError: if requests are a scaling target without a target group, the name is too long, or
            instances can't reach an AWS service that they need.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        subnets: PrivateSubnets,
        config: FleetConfig,
        target_group: TrafficSource | None = None,
        listens_on: Port | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self.name: str = stack.physical_name(logical_name(self))
        self._require_short_name()
        require_reachable(self, subnets, _needed_services(config), who="instances")
        self._require_target_group_for_requests(config, target_group)
        self.connections: Connections = self._make_connections(subnets, listens_on)
        self.role: Role = self._make_role()
        service_linked_role_arn = self._make_service_linked_role()
        key = Key(self, "key", description=f"Encrypts volumes of {self.name}")
        key.allow_principal(service_linked_role_arn, sid="launch-instances")
        template = LaunchTemplate(
            self,
            "launch-template",
            name=self.name,
            config=config,
            key=key,
            security_group_id=self.connections.security_group_id,
            instance_profile_arn=IamInstanceProfile(
                self, "profile", name_prefix=f"{self.name}-", role=self.role.name
            ).arn,
        )
        group = AutoscalingGroup(
            self,
            "group",
            name=self.name,
            config=config,
            template=template,
            subnets=subnets,
            service_linked_role_arn=service_linked_role_arn,
            target_group=target_group,
        )
        InstanceRefresh(
            self,
            "refresh",
            fleet=self,
            group_name=group.group_name,
            config=config,
            template=template,
            rollback=RollbackAlarms(self, "rollback", group_name=self.name, target_group=target_group),
        )
        if config.launch_hook_seconds or config.terminate_hook_seconds:
            self._grant_hook_completion(stack)
        if config.scaling.target_memory_percent is not None:
            MemoryMetric(self, "memory-metric", group_name=self.name, grantee=self.role)
        ScalingPolicies(
            self,
            "scaling",
            name=self.name,
            group_name=group.group_name,
            config=config,
            target_group=target_group,
        )
        RefreshAlarms(self, "refresh-result", group_name=self.name, key=key)
        self.alarms: Sequence[Alarm] = fleet_alarms(self.name, config.scaling, group_name=group.group_name)

    def _make_connections(self, subnets: PrivateSubnets, listens_on: Port | None) -> Connections:
        connections = SecurityGroup(
            self,
            "security-group",
            network=subnets.network,
            description=f"Instances of {self.name}",
            listens_on=listens_on,
        ).connections
        connections.allow_to_range(
            "0.0.0.0/0", port=Port.tcp(443), why="Packages, AWS APIs and Session Manager"
        )
        return connections

    def _make_role(self) -> Role:
        role = Role(
            self,
            "role",
            description=f"What instances of {self.name} may do",
            trust=Trust.service("ec2.amazonaws.com"),
        )
        role.attach_managed_policy("AmazonSSMManagedInstanceCore")
        return role

    def _make_service_linked_role(self) -> str:
        # A separate service-linked role: the account's default role may not exist, and must not use this key.
        role = IamServiceLinkedRole(
            self,
            "launcher",
            aws_service_name="autoscaling.amazonaws.com",
            custom_suffix=self.name,
            description=f"Launches and terminates instances of {self.name}",
        )
        return str(role.arn)

    def _grant_hook_completion(self, stack: Stack) -> None:
        self.role.allow(
            "autoscaling:CompleteLifecycleAction",
            "autoscaling:RecordLifecycleActionHeartbeat",
            on=stack.arn("autoscaling", f"autoScalingGroup:*:autoScalingGroupName/{self.name}"),
            policy_name="complete-lifecycle-hooks",
        )

    def _require_short_name(self) -> None:
        if len(self.name) > _NAME_LENGTH:
            raise ConstructError(
                self.node.path,
                f"a fleet name must have at most {_NAME_LENGTH} characters; {self.name} has {len(self.name)}",
                fix="Shorten the id of the fleet, the id of its parent or the environment name.",
            )

    def _require_target_group_for_requests(
        self, config: FleetConfig, target_group: TrafficSource | None
    ) -> None:
        if config.scaling.target_requests_per_minute is not None and target_group is None:
            raise ConstructError(
                self.node.path,
                "scaling.target_requests_per_minute needs a target group to count requests",
                fix="Set target_group, or remove scaling.target_requests_per_minute.",
            )
