"""The EKS control plane: cluster, logs, secrets encryption and OIDC provider."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.eks_cluster import (
    EksCluster,
    EksClusterAccessConfig,
    EksClusterEncryptionConfig,
    EksClusterEncryptionConfigProvider,
    EksClusterUpgradePolicy,
    EksClusterVpcConfig,
    EksClusterZonalShiftConfig,
)
from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from constructs import Construct

from constructs_arq.cluster.config import ClusterConfig
from constructs_arq.cluster.reference import ClusterReference
from constructs_arq.core.alarm import Alarm, Severity
from constructs_arq.core.dependencies import terraform_resources
from constructs_arq.core.stack import Stack
from constructs_arq.network.subnets import PrivateSubnets
from constructs_arq.security.key import Key
from constructs_arq.security.role import Role, Trust
from constructs_arq.storage.log_group import LogGroup, RetentionDays

_LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
_ERRORS_PER_MINUTE = 10
# EKS rejects writes above 8 GiB.
# https://docs.aws.amazon.com/eks/latest/best-practices/known_limits_and_service_quotas.html
_STORAGE_ALARM_BYTES = 6 * 1024**3


def make_control_plane_log(
    scope: Construct, *, name: str, key: Key, retention_days: RetentionDays
) -> LogGroup:
    """Create the log group of the control plane in `scope`."""
    logs = LogGroup(
        scope,
        "logs",
        # EKS writes to this name. If it does not exist, EKS creates it without encryption and retention.
        name=f"/aws/eks/{name}/cluster",
        key=key,
        retention_days=retention_days,
    )
    # EKS writes its last events after the deletion of the cluster, which creates the group again.
    # https://github.com/terraform-aws-modules/terraform-aws-eks/issues/2763
    logs.adopt()
    return logs


def make_control_plane(
    scope: Construct, *, name: str, subnets: PrivateSubnets, logs: LogGroup, config: ClusterConfig
) -> EksCluster:
    """Create an EKS cluster in `scope`, with its role and secrets key. It writes to `logs`."""
    stack = Stack.of(scope)
    secrets_key = Key(scope, "secrets-key", description=f"Encrypts the Kubernetes secrets of {name}")
    role = _make_role(scope, name, secrets_key)
    return EksCluster(
        scope,
        "Default",
        name=name,
        version=config.version,
        role_arn=role.arn,
        vpc_config=EksClusterVpcConfig(
            subnet_ids=subnets.subnet_ids,
            endpoint_private_access=True,
            endpoint_public_access=bool(config.public_access_cidrs),
            public_access_cidrs=list(config.public_access_cidrs) or None,
        ),
        encryption_config=EksClusterEncryptionConfig(
            provider=EksClusterEncryptionConfigProvider(key_arn=secrets_key.arn), resources=["secrets"]
        ),
        enabled_cluster_log_types=list(_LOG_TYPES),
        access_config=EksClusterAccessConfig(
            authentication_mode="API", bootstrap_cluster_creator_admin_permissions=False
        ),
        # EKS add-ons replace the self-managed add-ons.
        bootstrap_self_managed_addons=False,
        upgrade_policy=EksClusterUpgradePolicy(
            support_type="EXTENDED" if config.extended_support else "STANDARD"
        ),
        zonal_shift_config=EksClusterZonalShiftConfig(enabled=True),
        deletion_protection=stack.protected,
        lifecycle=stack.protection,
        depends_on=terraform_resources(logs, role, stack=stack),
    )


def make_oidc_provider(scope: Construct, cluster: EksCluster) -> IamOpenidConnectProvider:
    """Create the OIDC provider for IAM roles of service accounts without Pod Identity support.

    https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html
    """
    return IamOpenidConnectProvider(
        scope,
        "oidc-provider",
        url=cluster.identity.get(0).oidc.get(0).issuer,
        client_id_list=["sts.amazonaws.com"],
    )


def control_plane_alarms(cluster: ClusterReference) -> Sequence[Alarm]:
    """Return the alarms on metrics that EKS publishes for every cluster.

    https://docs.aws.amazon.com/eks/latest/userguide/cloudwatch.html
    """
    name, dimensions = cluster.name, {"ClusterName": cluster.name_ref}
    return (
        Alarm(
            name="api-server-errors",
            runbook="api-server-errors",
            summary=f"The Kubernetes API of {name} fails more than {_ERRORS_PER_MINUTE} requests a minute",
            severity=Severity.CRITICAL,
            namespace="AWS/EKS",
            metric="apiserver_request_total_5XX",
            dimensions=dimensions,
            statistic="Sum",
            threshold=_ERRORS_PER_MINUTE,
            evaluations=3,
        ),
        Alarm(
            name="pods-unschedulable",
            runbook="pods-unschedulable",
            summary=f"Pods in {name} have found no node to run on for 5 minutes",
            severity=Severity.WARNING,
            namespace="AWS/EKS",
            metric="scheduler_pending_pods_UNSCHEDULABLE",
            dimensions=dimensions,
            statistic="Sum",
            threshold=0,
        ),
        Alarm(
            name="api-server-storage",
            runbook="api-server-storage",
            summary=f"The Kubernetes objects of {name} fill three quarters of the 8 GiB that they may",
            severity=Severity.WARNING,
            namespace="AWS/EKS",
            metric="apiserver_storage_size_bytes",
            dimensions=dimensions,
            statistic="Maximum",
            threshold=_STORAGE_ALARM_BYTES,
        ),
    )


def _make_role(scope: Construct, name: str, secrets_key: Key) -> Role:
    stack = Stack.of(scope)
    role = Role(
        scope,
        "role",
        description=f"Runs the control plane of {name}",
        trust=Trust.service(
            "eks.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": stack.account_id}}
        ),
    )
    role.attach_managed_policy("AmazonEKSClusterPolicy")
    role.allow(
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ListGrants",
        "kms:DescribeKey",
        on=secrets_key.arn,
        policy_name="encrypt-secrets",
    )
    return role
