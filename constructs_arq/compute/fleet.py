"""A fleet of EC2 instances that scales by itself."""

from cdktf_cdktf_provider_aws.iam_instance_profile import IamInstanceProfile
from cdktf_cdktf_provider_aws.iam_service_linked_role import IamServiceLinkedRole
from constructs import Construct

from constructs_arq.compute.autoscaling_group import AutoscalingGroup
from constructs_arq.compute.fleet_config import FleetConfig
from constructs_arq.compute.launch_template import LaunchTemplate
from constructs_arq.compute.memory_metric import MemoryMetric
from constructs_arq.compute.rollback import RollbackAlarms
from constructs_arq.compute.scaling_policies import ScalingPolicies
from constructs_arq.compute.traffic_source import TrafficSource
from constructs_arq.core.alarm import Alarm, Comparison, MissingData, Severity
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.port import Port
from constructs_arq.core.stack import Stack, name_of
from constructs_arq.network.subnets import PrivateSubnets
from constructs_arq.security.connections import SecurityGroup
from constructs_arq.security.key import Key
from constructs_arq.security.role import Role, Trust

# A role's name has 64 characters, of which "AWSServiceRoleForAutoScaling_" takes the first.
_NAME_LENGTH = 35
_HIGH_CPU_PERCENT = 90


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
        self.connections = SecurityGroup(
            self,
            "security-group",
            network=subnets.network,
            purpose=f"Instances of {self.name}",
            listens_on=listens_on,
        ).connections
        self.connections.allow_to_range(
            "0.0.0.0/0", port=Port.tcp(443), why="Packages, AWS APIs and Session Manager"
        )
        self.role = Role(
            self,
            "role",
            purpose=f"What instances of {self.name} may do",
            trust=Trust.service("ec2.amazonaws.com"),
        )
        self.role.attach_managed_policy("AmazonSSMManagedInstanceCore")
        # One of the group's own: the account's may not exist yet, and need not use this key.
        launcher = IamServiceLinkedRole(
            self,
            "launcher",
            aws_service_name="autoscaling.amazonaws.com",
            custom_suffix=self.name,
            description=f"Launches and terminates instances of {self.name}",
        )
        launcher_arn: str = launcher.arn
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
        self.alarms = _alarms(self.name, config)

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


def _alarms(name: str, config: FleetConfig) -> tuple[Alarm, ...]:
    scaling = config.scaling
    fewest = min([scaling.min_size, *(size.min_size for size in scaling.schedule)])
    most = max([scaling.max_size, *(size.max_size for size in scaling.schedule)])
    of_group = {"AutoScalingGroupName": name}
    too_few = Alarm(
        name="in-service",
        summary=f"Fewer than {fewest} instances of {name} serve, and it doesn't manage to launch more",
        severity=Severity.CRITICAL,
        namespace="AWS/AutoScaling",
        metric="GroupInServiceInstances",
        dimensions=of_group,
        statistic="Minimum",
        comparison=Comparison.BELOW,
        threshold=fewest,
        missing_data=MissingData.BREACHING,
    )
    at_most = Alarm(
        name="max-size",
        summary=f"{name} has grown to its {most} instances and can't grow further",
        severity=Severity.WARNING,
        namespace="AWS/AutoScaling",
        metric="GroupInServiceInstances",
        dimensions=of_group,
        statistic="Minimum",
        comparison=Comparison.AT_LEAST,
        threshold=most,
    )
    cpu = Alarm(
        name="cpu",
        summary=f"Instances of {name} use over {_HIGH_CPU_PERCENT} % of their CPU; scaling can't keep up",
        severity=Severity.CRITICAL,
        namespace="AWS/EC2",
        metric="CPUUtilization",
        dimensions=of_group,
        threshold=_HIGH_CPU_PERCENT,
    )
    status = Alarm(
        name="status-check",
        summary=f"An instance of {name} fails its status checks and isn't replaced",
        severity=Severity.WARNING,
        namespace="AWS/EC2",
        metric="StatusCheckFailed",
        dimensions=of_group,
        statistic="Maximum",
        threshold=0,
    )
    return (
        *([too_few] if fewest > 0 else []),
        *([at_most] if most > fewest else []),
        cpu,
        status,
    )
