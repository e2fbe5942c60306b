"""EKS add-ons of a cluster."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum

from cdktf import ITerraformDependable
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


# The add-on's schema requires strings.
_VPC_CNI = {
    "enableNetworkPolicy": "true",
    "env": {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"},
}


def install_addons_before_nodes(
    scope: Construct, *, cluster: ClusterReference, versions: Mapping[Addon, str]
) -> list[EksAddon]:
    """Install the add-ons that a node needs to become ready. Return them for `depends_on`.

    The CNI comes before nodes because prefix delegation determines the pod limit of a new node.
    """
    return [
        _install_addon(scope, Addon.VPC_CNI, cluster, versions, values=_VPC_CNI),
        _install_addon(scope, Addon.KUBE_PROXY, cluster, versions),
        _install_addon(scope, Addon.POD_IDENTITY_AGENT, cluster, versions),
    ]


def install_addons_after_nodes(
    scope: Construct,
    *,
    cluster: ClusterReference,
    volumes_key: Key,
    nodes: Sequence[ITerraformDependable],
    versions: Mapping[Addon, str],
) -> None:
    """Install the add-ons that become active only with nodes."""
    _install_addon(scope, Addon.COREDNS, cluster, versions, depends_on=nodes)
    _install_addon(scope, Addon.METRICS_SERVER, cluster, versions, depends_on=nodes)
    role = _make_ebs_csi_driver_role(scope, cluster.arn, volumes_key)
    _install_addon(
        scope,
        Addon.EBS_CSI_DRIVER,
        cluster,
        versions,
        # The provider's default tags don't apply to volumes of the driver.
        values={"controller": {"extraVolumeTags": Stack.of(scope).common_tags}},
        pod_identity=EksAddonPodIdentityAssociation(
            role_arn=role.arn, service_account="ebs-csi-controller-sa"
        ),
        depends_on=nodes,
    )


def _install_addon(
    scope: Construct,
    addon: Addon,
    cluster: ClusterReference,
    versions: Mapping[Addon, str],
    *,
    values: Mapping[str, object] | None = None,
    pod_identity: EksAddonPodIdentityAssociation | None = None,
    depends_on: Sequence[ITerraformDependable] = (),
) -> EksAddon:
    return EksAddon(
        scope,
        addon,
        cluster_name=cluster.name_ref,
        addon_name=addon,
        addon_version=versions.get(addon),
        configuration_values=None if values is None else json.dumps(values, sort_keys=True),
        pod_identity_association=None if pod_identity is None else [pod_identity],
        # Overwrites manual changes in the cluster: this code is the source of truth.
        resolve_conflicts_on_create="OVERWRITE",
        resolve_conflicts_on_update="OVERWRITE",
        depends_on=list(depends_on) or None,
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
