"""A fleet of EC2 instances that scales by itself."""

from cdktf_cdktf_provider_aws.iam_instance_profile import IamInstanceProfile
from cdktf_cdktf_provider_aws.iam_service_linked_role import IamServiceLinkedRole
from constructs import Construct

from constructs_arq.compute.autoscaling_group import AutoscalingGroup
from constructs_arq.compute.fleet_alarms import fleet_alarms
from constructs_arq.compute.fleet_config import FleetConfig
from constructs_arq.compute.launch_template import LaunchTemplate
from constructs_arq.compute.memory_metric import MemoryMetric
from constructs_arq.compute.rollback import RollbackAlarms
from constructs_arq.compute.scaling_policies import ScalingPolicies
from constructs_arq.compute.traffic_source import TrafficSource
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.port import Port
from constructs_arq.core.stack import Stack, name_of
from constructs_arq.network.subnets import PrivateSubnets
from constructs_arq.security.connections import Connections, SecurityGroup
from constructs_arq.security.key import Key
from constructs_arq.security.role import Role, Trust

# A role's name has 64 characters, of which "AWSServiceRoleForAutoScaling_" takes the first.
_NAME_LENGTH = 35


class Fleet(Construct):
    """EC2 instances in private subnets, as many as the load needs, replaced one by one when they change.

    They are reached through Session Manager, not SSH; may open HTTPS connections to anywhere, as packages and
    AWS's APIs need it; and take none until one is allowed: `load_balancer.connections.allow_to(fleet, …)`.
    What else they may do is granted to `role`. With a `target_group`, its health checks decide which
    instances live, and requests can be a scaling target.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/what-is-amazon-ec2-auto-scaling.html

    Raises:
        ConstructError: when requests are the scaling target and no target group is given, or when the name
            is too long.
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
        self.name = stack.physical_name(name_of(self))
        self._require_short_name()
        self._require_requests_to_scale_by(config, target_group)
        self.connections = self._make_connections(subnets, listens_on)
        self.role = self._make_role()
        launcher_arn = self._make_launcher()
        key = Key(self, "key", purpose=f"Encrypts volumes of {self.name}")
        key.allow_principal(launcher_arn, purpose="launch-instances")
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
            subnet_ids=subnets.subnet_ids,
            service_linked_role_arn=launcher_arn,
            rollback=RollbackAlarms(self, "rollback", group_name=self.name, target_group=target_group),
            target_group=target_group,
        )
        if config.launch_hook_seconds or config.terminate_hook_seconds:
            self._allow_to_complete_hooks(stack)
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
        self.alarms = fleet_alarms(self.name, config.scaling)

    def _make_connections(self, subnets: PrivateSubnets, listens_on: Port | None) -> Connections:
        connections = SecurityGroup(
            self,
            "security-group",
            network=subnets.network,
            purpose=f"Instances of {self.name}",
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
            purpose=f"What instances of {self.name} may do",
            trust=Trust.service("ec2.amazonaws.com"),
        )
        role.attach_managed_policy("AmazonSSMManagedInstanceCore")
        return role

    def _make_launcher(self) -> str:
        # A service-linked role of its own: the account's may not exist yet, and need not use this key.
        launcher = IamServiceLinkedRole(
            self,
            "launcher",
            aws_service_name="autoscaling.amazonaws.com",
            custom_suffix=self.name,
            description=f"Launches and terminates instances of {self.name}",
        )
        return str(launcher.arn)

    def _allow_to_complete_hooks(self, stack: Stack) -> None:
        self.role.allow(
            "autoscaling:CompleteLifecycleAction",
            "autoscaling:RecordLifecycleActionHeartbeat",
            on=stack.arn("autoscaling", f"autoScalingGroup:*:autoScalingGroupName/{self.name}"),
            purpose="complete-lifecycle-hooks",
        )

    def _require_short_name(self) -> None:
        if len(self.name) > _NAME_LENGTH:
            raise ConstructError(
                self.node.path,
                f"a fleet's name has at most {_NAME_LENGTH} characters, but {self.name} has {len(self.name)}",
                mend="Shorten the ids of the fleet and what it is in, or the environment's name.",
            )

    def _require_requests_to_scale_by(self, config: FleetConfig, target_group: TrafficSource | None) -> None:
        if config.scaling.target_requests_per_minute is not None and target_group is None:
            raise ConstructError(
                self.node.path,
                "requests are a scaling target, but no target group counts them",
                mend="Give target_group, or leave out scaling.target_requests_per_minute.",
            )
