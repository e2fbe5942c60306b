"""EKS managed node groups."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Self

from cdktf import ITerraformDependable, TerraformResourceLifecycle, Token
from cdktf_cdktf_provider_aws.eks_node_group import (
    EksNodeGroup,
    EksNodeGroupLaunchTemplate,
    EksNodeGroupNodeRepairConfig,
    EksNodeGroupScalingConfig,
    EksNodeGroupTaint,
    EksNodeGroupUpdateConfig,
)
from constructs import Construct
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from constructs_arq.cluster.instance_types import OperatingSystem, ami_type, require_standard_image
from constructs_arq.cluster.launch_template import make_node_launch_template
from constructs_arq.cluster.node_release import latest_release
from constructs_arq.cluster.node_schedule import ScheduledNodes, add_schedule, size_limits
from constructs_arq.cluster.reference import ClusterReference
from constructs_arq.core.alarm import Alarm, Comparison, Condition, MissingData, Severity
from constructs_arq.core.config import Config, validation_error
from constructs_arq.core.instance_types import InstanceType, architecture
from constructs_arq.core.protocols import EncryptionKey
from constructs_arq.core.values import Percent
from constructs_arq.network.subnets import PrivateSubnets
from constructs_arq.security.role import Role

# https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
_LABEL_NAME = r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"
LabelKey = Annotated[str, StringConstraints(pattern=rf"^([a-z0-9.-]{{1,253}}/)?{_LABEL_NAME}$")]
LabelValue = Annotated[str, StringConstraints(pattern=rf"^({_LABEL_NAME})?$")]
_MIN_SPOT_TYPES = 3
# The forms of AL2023 and Bottlerocket: 1.35.3-20260318 and 1.57.0-beaadc52.
_RELEASE = r"^\d+\.\d+\.\d+-[0-9a-f]{8}$"


class Capacity(StrEnum):
    """EKS capacity types. `SPOT` is cheaper, but AWS can reclaim it with two minutes' notice."""

    ON_DEMAND = "ON_DEMAND"
    SPOT = "SPOT"


class TaintEffect(StrEnum):
    """EKS taint effects on pods without a matching toleration."""

    NO_SCHEDULE = "NO_SCHEDULE"
    PREFER_NO_SCHEDULE = "PREFER_NO_SCHEDULE"
    NO_EXECUTE = "NO_EXECUTE"


class Taint(Config):
    """A Kubernetes taint: only pods with a toleration run on the node."""

    key: LabelKey
    value: LabelValue = ""
    effect: TaintEffect = TaintEffect.NO_SCHEDULE


class NodeGroupConfig(Config):
    """Settings of a node group that an environment can vary."""

    instance_types: Annotated[tuple[InstanceType, ...], AfterValidator(require_standard_image)] = Field(
        max_length=20,
        description="EC2 instance types of one architecture, preferred first; at least three for spot.",
    )
    capacity: Capacity = Field(default=Capacity.ON_DEMAND, description="On-demand or spot.")
    nodes: int = Field(
        ge=0,
        le=450,
        description="Number of nodes. Nothing scales a node group: Karpenter adds nodes for pending pods.",
    )
    schedule: tuple[ScheduledNodes, ...] = Field(
        default=(), description="Other numbers of nodes at other times; at least two entries."
    )
    operating_system: OperatingSystem = Field(default=OperatingSystem.AL2023)
    release: str | None = Field(
        default=None,
        pattern=_RELEASE,
        description="Release of the node image, such as 1.35.3-20260318; by default the latest at each plan.",
    )
    volume_gib: int = Field(
        default=50, ge=20, le=16384, description="Volume size for images, logs and temporary data."
    )
    max_unavailable_percent: Percent = Field(
        default=33, description="Share of the group that an update can replace at once."
    )
    labels: Mapping[LabelKey, LabelValue] = Field(
        default_factory=dict, description="Kubernetes labels of the nodes."
    )
    taints: tuple[Taint, ...] = Field(default=(), description="Kubernetes taints of the nodes.")

    @model_validator(mode="after")
    def _validate_schedule(self) -> Self:
        names = [entry.name for entry in self.schedule]
        if len(names) == 1 or len(names) != len(set(names)):
            raise validation_error(
                "schedule needs at least two entries with different names",
                fix="Add the entry that restores the number of nodes, or rename one.",
            )
        return self

    @model_validator(mode="after")
    def _require_diverse_spot_types(self) -> Self:
        if self.capacity is Capacity.SPOT and len(self.instance_types) < _MIN_SPOT_TYPES:
            raise validation_error(
                f"spot capacity needs at least {_MIN_SPOT_TYPES} instance types",
                fix="Add types of similar size to instance_types, to replace reclaimed nodes.",
            )
        return self


class NodeGroup(Construct):
    """A fixed number of nodes in private subnets, for the pods that must run before Karpenter.

    Without `release`, a deployment updates the nodes to the latest image, which Terraform reads in each plan.
    With it, the nodes keep that image until the configuration names another. EKS drains and repairs nodes.
    An update respects pod disruption budgets, and fails if a pod can't be evicted. A replacement creates the
    new nodes first.
    https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        cluster: ClusterReference,
        version: str,
        subnets: PrivateSubnets,
        role: Role,
        key: EncryptionKey,
        depends_on: Sequence[ITerraformDependable],
        config: NodeGroupConfig,
    ) -> None:
        super().__init__(scope, name)
        template = make_node_launch_template(
            self,
            name=f"{cluster.name}-{name}",
            operating_system=config.operating_system,
            volume_gib=config.volume_gib,
            key=key,
        )
        least, most = size_limits(config.nodes)
        self.resource = EksNodeGroup(
            self,
            "Default",
            cluster_name=cluster.name_ref,
            # A prefix lets a replacement exist next to the old group.
            node_group_name_prefix=f"{name}-",
            node_role_arn=role.arn,
            subnet_ids=subnets.subnet_ids,
            version=version,
            release_version=config.release
            or latest_release(
                self,
                version=version,
                operating_system=config.operating_system,
                architecture=architecture(config.instance_types[0]),
            ),
            ami_type=ami_type(config.operating_system, config.instance_types),
            capacity_type=config.capacity,
            instance_types=list(config.instance_types),
            launch_template=EksNodeGroupLaunchTemplate(
                id=template.id, version=Token.as_string(template.latest_version)
            ),
            scaling_config=EksNodeGroupScalingConfig(
                min_size=least, max_size=most, desired_size=config.nodes
            ),
            update_config=EksNodeGroupUpdateConfig(max_unavailable_percentage=config.max_unavailable_percent),
            node_repair_config=EksNodeGroupNodeRepairConfig(enabled=True),
            labels=dict(config.labels) or None,
            taint=[
                EksNodeGroupTaint(key=taint.key, value=taint.value or None, effect=taint.effect)
                for taint in config.taints
            ]
            or None,
            depends_on=depends_on,
            lifecycle=TerraformResourceLifecycle(
                create_before_destroy=True,
                # EKS reports the size that the schedule set.
                # https://github.com/terraform-aws-modules/terraform-aws-eks/issues/1222
                ignore_changes=["scaling_config"] if config.schedule else None,
            ),
        )
        autoscaling_group: str = self.resource.resources.get(0).autoscaling_groups.get(0).name
        add_schedule(self, autoscaling_group, config.schedule)
        self.alarms: Sequence[Alarm] = _alarms(name, cluster.name, autoscaling_group, config)
        # Met while the alarms are quiet.
        self.has_all_nodes: Sequence[Condition] = [
            Condition(
                namespace=alarm.namespace,
                metric=alarm.metric,
                dimensions=alarm.dimensions,
                statistic=alarm.statistic,
                comparison=Comparison.AT_LEAST,
                value=alarm.threshold,
            )
            for alarm in self.alarms
        ]


def _alarms(name: str, cluster: str, autoscaling_group: str, config: NodeGroupConfig) -> Sequence[Alarm]:
    # EKS enables the group metrics: https://docs.aws.amazon.com/eks/latest/userguide/enable-asg-metrics.html
    least = min([config.nodes, *(entry.nodes for entry in config.schedule)])
    if least == 0:
        return ()
    return (
        Alarm(
            name=f"nodes-missing-{name}",
            runbook="nodes-missing",
            summary=f"Node group {name} of {cluster} has had fewer than {least} working nodes for 5 minutes",
            severity=Severity.WARNING,
            namespace="AWS/AutoScaling",
            metric="GroupInServiceInstances",
            dimensions={"AutoScalingGroupName": autoscaling_group},
            statistic="Minimum",
            threshold=least,
            comparison=Comparison.BELOW,
            missing_data=MissingData.BREACHING,
        ),
    )
