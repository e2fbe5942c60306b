"""What every cluster runs of EKS's own, before and after it has nodes."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.eks_addon import EksAddon, EksAddonPodIdentityAssociation
from constructs import Construct

from constructs_arq.cluster.reference import ClusterReference
from constructs_arq.core.contracts import Grantee
from constructs_arq.core.stack import Stack
from constructs_arq.security.key import Key
from constructs_arq.security.role import Role, Trust


class Addon(StrEnum):
    """An EKS add-on, by its name. https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html."""

    VPC_CNI = "vpc-cni"
    KUBE_PROXY = "kube-proxy"
    POD_IDENTITY_AGENT = "eks-pod-identity-agent"
    COREDNS = "coredns"
    EBS_CSI_DRIVER = "aws-ebs-csi-driver"
    METRICS_SERVER = "metrics-server"


# Values are text, as the add-on's schema has them.
_VPC_CNI = {
    "enableNetworkPolicy": "true",
    "env": {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"},
}


def addons_before_nodes(
    scope: Construct, *, cluster: ClusterReference, versions: Mapping[Addon, str]
) -> list[EksAddon]:
    """What a node needs to become ready and its pods to have a role; depend on them to make a node.

    The CNI comes first because prefix delegation decides how many pods EKS lets a new node take.
    """
    return [
        _addon(scope, Addon.VPC_CNI, cluster, versions, values=_VPC_CNI),
        _addon(scope, Addon.KUBE_PROXY, cluster, versions),
        _addon(scope, Addon.POD_IDENTITY_AGENT, cluster, versions),
    ]


def addons_after_nodes(
    scope: Construct,
    *,
    cluster: ClusterReference,
    volumes_key: Key,
    nodes: Sequence[ITerraformDependable],
    versions: Mapping[Addon, str],
) -> None:
    """What needs nodes to run on: without them these add-ons never become active."""
    _addon(scope, Addon.COREDNS, cluster, versions, needs=nodes)
    _addon(scope, Addon.METRICS_SERVER, cluster, versions, needs=nodes)
    role = _ebs_csi_driver_role(scope, cluster.arn, volumes_key)
    _addon(
        scope,
        Addon.EBS_CSI_DRIVER,
        cluster,
        versions,
        # The provider's default tags don't reach volumes that the driver makes.
        values={"controller": {"extraVolumeTags": Stack.of(scope).common_tags}},
        pod_identity=EksAddonPodIdentityAssociation(
            role_arn=role.arn, service_account="ebs-csi-controller-sa"
        ),
        needs=nodes,
    )


def _addon(
    scope: Construct,
    addon: Addon,
    cluster: ClusterReference,
    versions: Mapping[Addon, str],
    *,
    values: Mapping[str, object] | None = None,
    pod_identity: EksAddonPodIdentityAssociation | None = None,
    needs: Sequence[ITerraformDependable] = (),
) -> EksAddon:
    return EksAddon(
        scope,
        addon,
        cluster_name=cluster.made_name,
        addon_name=addon,
        addon_version=versions.get(addon),
        configuration_values=None if values is None else json.dumps(values, sort_keys=True),
        pod_identity_association=None if pod_identity is None else [pod_identity],
        # What is changed by hand in the cluster is changed back: this code is where it is decided.
        resolve_conflicts_on_create="OVERWRITE",
        resolve_conflicts_on_update="OVERWRITE",
        depends_on=list(needs) or None,
    )


def _ebs_csi_driver_role(scope: Construct, cluster_arn: str, volumes_key: Key) -> Role:
    role = Role(
        scope,
        "ebs-csi-driver-role",
        purpose="Makes and attaches the volumes of pods",
        trust=Trust.pod_identity(cluster_arn=cluster_arn),
    )
    # The second edition touches only volumes that the driver made.
    # https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEBSCSIDriverPolicyV2.html
    role.attach_managed_policy("AmazonEBSCSIDriverPolicyV2")
    grant_volume_encryption(role, key=volumes_key)
    return role


def grant_volume_encryption(grantee: Grantee, *, key: Key) -> None:
    """Let `grantee` make and attach EBS volumes that are encrypted with `key`.

    https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html
    """
    key.grant_encrypt_decrypt(grantee)
    grantee.allow(
        "kms:CreateGrant",
        on=key.arn,
        purpose=f"attach-volumes-with-{key.name}",
        conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
    )
