"""An EKS cluster, complete: what it is told, what it runs on, and who may do what in it."""

from collections.abc import Mapping, Sequence

from cdktf import Annotations
from cdktf_cdktf_provider_aws.ec2_tag import Ec2Tag
from constructs import Construct

from constructs_arq.cluster import versions
from constructs_arq.cluster.access import AccessEntries
from constructs_arq.cluster.config import ClusterConfig
from constructs_arq.cluster.control_plane import control_plane, control_plane_alarms, oidc_provider
from constructs_arq.cluster.karpenter import Karpenter
from constructs_arq.cluster.managed_addons import addons_after_nodes, addons_before_nodes
from constructs_arq.cluster.node_group import NodeGroup
from constructs_arq.cluster.node_role import node_role
from constructs_arq.cluster.ordering import resources_in
from constructs_arq.cluster.reference import ClusterReference
from constructs_arq.cluster.workload import Workload, Workloads
from constructs_arq.core.alarm import Alarm
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.port import Port
from constructs_arq.core.stack import Stack, name_of
from constructs_arq.network.subnets import PrivateSubnets
from constructs_arq.security.connections import Connections
from constructs_arq.security.key import Key

_API_PORT = 443


class Cluster(Construct):
    """A private EKS cluster: secrets, volumes and logs encrypted, with add-ons, nodes and Karpenter's roles.

    `connections` is the end of every node and pod: EKS gives them one security group, within which all may
    talk to all. `key` encrypts volumes: name it in storage classes and EC2NodeClasses. Karpenter finds the
    security group by the tag `karpenter.sh/discovery` = `name`.

    Raises:
        ConstructError: when `subnets` are not private ones.
    """

    def __init__(self, scope: Construct, id: str, *, subnets: PrivateSubnets, config: ClusterConfig) -> None:
        super().__init__(scope, id)
        self._require_private(subnets)
        stack = Stack.of(self)
        self.name = stack.physical_name(name_of(self))
        self.arn = stack.arn("eks", f"cluster/{self.name}")
        self.key = self._make_key(stack.account_id)
        cluster = control_plane(self, name=self.name, subnets=subnets, key=self.key, config=config)
        self.endpoint: str = cluster.endpoint
        self.certificate_authority: str = cluster.certificate_authority.get(0).data
        self.oidc_provider_arn: str = oidc_provider(self, cluster).arn
        self.connections = self._make_connections(cluster.vpc_config.cluster_security_group_id)
        reference = ClusterReference(name=self.name, arn=self.arn, made_name=cluster.name)
        AccessEntries(self, "access", cluster=reference, config=config.access)
        self.node_groups = self._make_nodes(reference, subnets, config)
        self._workloads = Workloads(self, "workloads", cluster=reference)
        self.karpenter = Karpenter(
            self,
            "karpenter",
            cluster=reference,
            controller=self.workload("karpenter", namespace="kube-system"),
            volumes_key=self.key,
        )
        self.alarms: Sequence[Alarm] = (
            *control_plane_alarms(self.name),
            *(alarm for group in self.node_groups.values() for alarm in group.alarms),
        )
        warning = versions.check(config.version, versions.today())
        if warning:
            Annotations.of(self).add_warning(warning)

    def workload(self, name: str, *, namespace: str) -> Workload:
        """Pods that run as the service account `name` in `namespace`; the same whenever asked for again."""
        return self._workloads.get(name, namespace=namespace)

    def _require_private(self, subnets: object) -> None:
        if not isinstance(subnets, PrivateSubnets):
            raise ConstructError(
                self.node.path,
                f"nodes must be in private subnets, not in {type(subnets).__name__}",
                mend="Give subnets=network.private.",
            )

    def _make_key(self, account_id: str) -> Key:
        key = Key(self, "key", purpose=f"Encrypts the volumes and logs of {self.name}")
        # Node groups launch through this role, which no IAM policy of ours reaches.
        # https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
        key.allow_principal(
            f"arn:aws:iam::{account_id}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
            purpose="launch nodes",
        )
        return key

    def _make_connections(self, security_group_id: str) -> Connections:
        # EKS makes the group, so it can only be tagged from outside.
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
            name=name_of(self),
            listens_on=Port.tcp(_API_PORT),
        )

    def _make_nodes(
        self, cluster: ClusterReference, subnets: PrivateSubnets, config: ClusterConfig
    ) -> Mapping[str, NodeGroup]:
        """Add-ons that nodes need, nodes, add-ons that need nodes: in this order, and back in the other."""
        stack = Stack.of(self)
        addons = Construct(self, "addons")
        role = node_role(self, "node-role", purpose=f"Nodes in the node groups of {self.name}")
        needed = addons_before_nodes(addons, cluster=cluster, versions=config.addon_versions)
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
                needs=[*needed, *resources_in(role, subnets, stack=stack)],
                config=group,
            )
            for name, group in config.node_groups.items()
        }
        addons_after_nodes(
            addons,
            cluster=cluster,
            volumes_key=self.key,
            nodes=[group.resource for group in groups.values()],
            versions=config.addon_versions,
        )
        return groups
