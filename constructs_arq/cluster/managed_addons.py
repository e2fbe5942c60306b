"""EKS add-ons of a cluster."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.data_aws_eks_addon_version import DataAwsEksAddonVersion
from cdktf_cdktf_provider_aws.eks_addon import EksAddon, EksAddonPodIdentityAssociation
from constructs import Construct

from constructs_arq.cluster.reference import ClusterReference
from constructs_arq.core.protocols import Grantee
from constructs_arq.core.stack import Stack
from constructs_arq.security.key import Key
from constructs_arq.security.role import Role, Trust


class Addon(StrEnum):
    """An EKS add-on by name. https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html."""

    VPC_CNI = "vpc-cni"
    KUBE_PROXY = "kube-proxy"
    POD_IDENTITY_AGENT = "eks-pod-identity-agent"
    COREDNS = "coredns"
    EBS_CSI_DRIVER = "aws-ebs-csi-driver"
    METRICS_SERVER = "metrics-server"
    NODE_MONITORING_AGENT = "eks-node-monitoring-agent"
    CLOUDWATCH_OBSERVABILITY = "amazon-cloudwatch-observability"


# The add-on's schema requires strings.
_VPC_CNI = {
    "enableNetworkPolicy": "true",
    "env": {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"},
}


class ManagedAddons(Construct):
    """The add-ons of a cluster. `versions` are exact; EKS selects the others for the Kubernetes version.

    Terraform reads a selected version during the plan. So an add-on follows the control plane's version,
    and the plan shows each change. EKS itself never updates an add-on.
    https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cluster: ClusterReference,
        kubernetes_version: str,
        versions: Mapping[Addon, str],
    ) -> None:
        super().__init__(scope, id)
        self._cluster = cluster
        self._kubernetes_version = kubernetes_version
        self._versions = versions

    def install(
        self,
        addon: Addon,
        *,
        values: Mapping[str, object] | None = None,
        pod_identity: EksAddonPodIdentityAssociation | None = None,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> EksAddon:
        """Install an add-on. `values` are its configuration."""
        return EksAddon(
            self,
            addon,
            cluster_name=self._cluster.name_ref,
            addon_name=addon,
            addon_version=self._versions.get(addon) or self._find_default_version(addon),
            configuration_values=None if values is None else json.dumps(values, sort_keys=True),
            pod_identity_association=None if pod_identity is None else [pod_identity],
            # Overwrites manual changes in the cluster: this code is the source of truth.
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="OVERWRITE",
            depends_on=list(depends_on) or None,
        )

    def _find_default_version(self, addon: Addon) -> str:
        found = DataAwsEksAddonVersion(
            self,
            f"{addon}-version",
            addon_name=addon,
            kubernetes_version=self._kubernetes_version,
            most_recent=False,
        )
        return found.version


def install_addons_before_nodes(addons: ManagedAddons) -> list[EksAddon]:
    """Install the add-ons that a node needs to become ready. Return them for `depends_on`.

    The CNI comes before nodes because prefix delegation determines the pod limit of a new node.
    """
    return [
        addons.install(Addon.VPC_CNI, values=_VPC_CNI),
        addons.install(Addon.KUBE_PROXY),
        addons.install(Addon.POD_IDENTITY_AGENT),
    ]


def install_addons_after_nodes(
    addons: ManagedAddons,
    *,
    cluster: ClusterReference,
    volumes_key: Key,
    nodes: Sequence[ITerraformDependable],
) -> None:
    """Install the add-ons that become active only with nodes."""
    addons.install(Addon.COREDNS, depends_on=nodes)
    addons.install(Addon.METRICS_SERVER, depends_on=nodes)
    # Finds defects that the kubelet doesn't report. EKS then repairs the node.
    # https://docs.aws.amazon.com/eks/latest/userguide/node-health.html
    addons.install(Addon.NODE_MONITORING_AGENT, depends_on=nodes)
    role = _make_ebs_csi_driver_role(addons, cluster.arn, volumes_key)
    addons.install(
        Addon.EBS_CSI_DRIVER,
        # The provider's default tags don't apply to volumes of the driver.
        values={"controller": {"extraVolumeTags": Stack.of(addons).common_tags}},
        pod_identity=EksAddonPodIdentityAssociation(
            role_arn=role.arn, service_account="ebs-csi-controller-sa"
        ),
        depends_on=nodes,
    )


def _make_ebs_csi_driver_role(scope: Construct, cluster_arn: str, volumes_key: Key) -> Role:
    role = Role(
        scope,
        "ebs-csi-driver-role",
        description="Makes and attaches the volumes of pods",
        trust=Trust.pod_identity(cluster_arn=cluster_arn),
    )
    # V2 allows changes only to volumes that the driver created.
    # https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEBSCSIDriverPolicyV2.html
    role.attach_managed_policy("AmazonEBSCSIDriverPolicyV2")
    grant_volume_encryption(role, key=volumes_key)
    return role


def grant_volume_encryption(grantee: Grantee, *, key: Key) -> None:
    """Allow `grantee` to create and attach EBS volumes that are encrypted with `key`.

    https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html
    """
    key.grant_encrypt_decrypt(grantee)
    grantee.allow(
        "kms:CreateGrant",
        on=key.arn,
        policy_name=f"attach-volumes-with-{key.logical_name}",
        conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
    )
