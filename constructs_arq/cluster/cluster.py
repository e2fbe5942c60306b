"""An EKS cluster with access, add-ons, node groups and Karpenter prerequisites."""

from collections.abc import Mapping, Sequence

from cdktf_cdktf_provider_aws.data_aws_iam_role import DataAwsIamRole
from cdktf_cdktf_provider_aws.ec2_tag import Ec2Tag
from constructs import Construct

from constructs_arq.cluster.access import AccessEntries
from constructs_arq.cluster.config import ClusterConfig
from constructs_arq.cluster.container_insights import install_container_insights
from constructs_arq.cluster.control_plane import (
    control_plane_alarms,
    make_control_plane,
    make_control_plane_log,
    make_oidc_provider,
)
from constructs_arq.cluster.existing_cluster import API_PORT, ClusterAttributes, ExistingCluster
from constructs_arq.cluster.karpenter import Karpenter
from constructs_arq.cluster.load_balancer_permissions import grant_load_balancer_permissions
from constructs_arq.cluster.managed_addons import (
    ManagedAddons,
    install_addons_after_nodes,
    install_addons_before_nodes,
)
from constructs_arq.cluster.node_group import NodeGroup
from constructs_arq.cluster.node_role import make_node_role
from constructs_arq.cluster.reference import ClusterReference
from constructs_arq.cluster.workload import Workload, Workloads
from constructs_arq.core.alarm import Alarm
from constructs_arq.core.config import collect_problems
from constructs_arq.core.dependencies import terraform_resources
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.port import Port
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.network.reachable_services import CLUSTER_SERVICES, require_reachable
from constructs_arq.network.subnets import PrivateSubnets
from constructs_arq.security.connections import Connections
from constructs_arq.security.key import Key
from constructs_arq.storage.log_group import LogGroup


class Cluster(Construct):
    """A private EKS cluster with encrypted secrets, volumes and logs, add-ons, nodes and controller roles.

    `connections` covers all nodes and pods: EKS gives them one security group that allows traffic between
    them. `key` encrypts volumes: use it in storage classes and EC2NodeClasses. Karpenter finds the security
    group by the tag `karpenter.sh/discovery` = `name`. `load_balancer_controller` registers pods in target
    groups: grant it each target group that Terraform creates.

    Raises:
        ConstructError: if `subnets` are not private subnets.
    """

    def __init__(self, scope: Construct, id: str, *, subnets: PrivateSubnets, config: ClusterConfig) -> None:
        super().__init__(scope, id)
        self._require_private(subnets)
        require_reachable(self, subnets, CLUSTER_SERVICES, who="nodes and pods")
        stack = Stack.of(self)
        self.name: str = stack.physical_name(logical_name(self))
        self.arn: str = stack.arn("eks", f"cluster/{self.name}")
        self.key: Key = self._make_key()
        logs = make_control_plane_log(
            self, name=self.name, key=self.key, retention_days=config.log_retention_days
        )
        self.log_groups: tuple[LogGroup, ...] = (logs,)
        cluster = make_control_plane(self, name=self.name, subnets=subnets, logs=logs, config=config)
        self.endpoint: str = cluster.endpoint
        self.certificate_authority: str = cluster.certificate_authority.get(0).data
        self.oidc_provider_arn: str = make_oidc_provider(self, cluster).arn
        self.connections: Connections = self._make_connections(cluster.vpc_config.cluster_security_group_id)
        reference = ClusterReference(name=self.name, arn=self.arn, name_ref=cluster.name)
        self.access = AccessEntries(self, "access", cluster=reference, config=config.access)
        self._node_alarms: list[Alarm] = []
        self.node_groups: Mapping[str, NodeGroup] = self._make_node_groups(reference, subnets, config)
        self._workloads = Workloads(self, "workloads", cluster=reference)
        self.karpenter = Karpenter(
            self,
            "karpenter",
            cluster=reference,
            controller=self.workload("karpenter", namespace="kube-system"),
            volumes_key=self.key,
        )
        self.load_balancer_controller: Workload = self.workload(
            "aws-load-balancer-controller", namespace="kube-system"
        )
        grant_load_balancer_permissions(self.load_balancer_controller, stack=stack)
        self.alarms: Sequence[Alarm] = (
            *control_plane_alarms(reference),
            *(alarm for group in self.node_groups.values() for alarm in group.alarms),
            *self._node_alarms,
        )

    @staticmethod
    def from_attributes(
        scope: Construct,
        id: str,
        *,
        name: str,
        endpoint: str,
        certificate_authority: str,
        oidc_provider_arn: str,
        security_group_id: str,
    ) -> ExistingCluster:
        """Return an existing cluster in the account and region of the stack.

        `security_group_id` is the cluster security group, which EKS gives to nodes and pods.

        Raises:
            ConfigError: with every invalid value.
        """
        with collect_problems("Cluster.from_attributes"):
            attributes = ClusterAttributes(
                name=name,
                endpoint=endpoint,
                certificate_authority=certificate_authority,
                oidc_provider_arn=oidc_provider_arn,
                security_group_id=security_group_id,
            )
        return ExistingCluster(scope, id, attributes=attributes)

    def workload(self, name: str, *, namespace: str) -> Workload:
        """Return the workload of the service account `name` in `namespace`. Create it on the first call."""
        return self._workloads.get_or_create(name, namespace=namespace)

    def _require_private(self, subnets: object) -> None:
        if not isinstance(subnets, PrivateSubnets):
            raise ConstructError(
                self.node.path,
                f"nodes must be in PrivateSubnets, got {type(subnets).__name__}",
                fix="Use subnets=network.private.",
            )

    def _make_key(self) -> Key:
        key = Key(self, "key", description=f"Encrypts the volumes and logs of {self.name}")
        # Node groups launch instances through this role. Only the key policy can give it access. KMS refuses
        # a policy with a missing role; the lookup stops the plan instead.
        # https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
        launcher = DataAwsIamRole(self, "launcher", name="AWSServiceRoleForAutoScaling")
        key.allow_principal(launcher.arn, sid="launch nodes")
        return key

    def _make_connections(self, security_group_id: str) -> Connections:
        # EKS creates the security group, so a separate resource adds the tag.
        Ec2Tag(
            self,
            "discovery",
            resource_id=security_group_id,
            key="karpenter.sh/discovery",
            value=self.name,
        )
        return Connections(
            self,
            "connections",
            security_group_id=security_group_id,
            logical_name=logical_name(self),
            listens_on=Port.tcp(API_PORT),
        )

    def _make_node_groups(
        self, cluster: ClusterReference, subnets: PrivateSubnets, config: ClusterConfig
    ) -> Mapping[str, NodeGroup]:
        """Create the add-ons that nodes need, the node groups, and then the add-ons that need nodes."""
        stack = Stack.of(self)
        addons = ManagedAddons(
            self,
            "addons",
            cluster=cluster,
            kubernetes_version=config.version,
            versions=config.addon_versions,
        )
        role = make_node_role(
            self,
            "node-role",
            name=f"{self.name}-node",
            description=f"Nodes in the node groups of {self.name}",
        )
        required_addons = install_addons_before_nodes(addons)
        scope = Construct(self, "node-groups")
        groups = {
            name: NodeGroup(
                scope,
                name,
                cluster=cluster,
                version=config.version,
                subnets=subnets,
                role=role,
                key=self.key,
                depends_on=[*required_addons, *terraform_resources(role, *subnets.dependencies, stack=stack)],
                config=group,
            )
            for name, group in config.node_groups.items()
        }
        nodes = [group.resource for group in groups.values()]
        install_addons_after_nodes(addons, cluster=cluster, volumes_key=self.key, nodes=nodes)
        if config.container_insights:
            not_ready = install_container_insights(
                addons,
                cluster=cluster,
                key=self.key,
                log_retention_days=config.log_retention_days,
                nodes=nodes,
                # A lost node is also not ready, but the alarm of its group has notified.
                conditions=tuple(each for group in groups.values() for each in group.has_all_nodes),
            )
            self._node_alarms.append(not_ready)
        return groups
