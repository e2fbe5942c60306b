"""The account stack: what an administrator creates once in an account, before the first deployment."""

from collections.abc import Sequence

from cdktf import App, TerraformOutput

from constructs_arq.core.stack import Stack
from constructs_arq.observability.costs.budget import Budget, BudgetConfig
from constructs_arq.observability.costs.cost_alerts import CostAlerts
from constructs_arq.observability.costs.cost_allocation_tags import CostAllocationTags
from constructs_arq.observability.costs.cost_anomalies import CostAnomalies, CostAnomaliesConfig
from constructs_arq.recovery.backup_roles import restore_role_name
from constructs_arq.recovery.backups import Backups, vault_name
from constructs_arq.security.account_defaults import AccountDefaults
from constructs_arq.security.audit_limits import AuditLimits
from constructs_arq.security.backup_deployment import BackupDeployment
from constructs_arq.security.canary_deployment import CanaryDeployment
from constructs_arq.security.cluster_limits import ClusterLimits
from constructs_arq.security.delivery_limits import DeliveryReach
from constructs_arq.security.deploy_limits import DeployLimits
from constructs_arq.security.github_connection import GithubConnection
from constructs_arq.security.github_oidc import GithubOidc
from constructs_arq.security.key import Key
from constructs_arq.security.log_forwarder_deployment import LogForwarderDeployment
from constructs_arq.security.permissions_boundary import DeliveryBoundary, WorkloadBoundary
from constructs_arq.security.role import Role
from constructs_arq.security.runner_role import RunnerRole
from constructs_arq.security.service_linked_roles import ServiceLinkedRoles
from constructs_arq.security.state_recovery_key import StateRecoveryKey
from constructs_arq.storage.bucket import Bucket
from constructs_arq.storage.image_replication import ImageReplication
from environments.audit import audit_account, network_regions, used_regions
from environments.cluster_delivery import allow_cluster_audits, allow_cluster_deployments
from environments.environment import Environment
from environments.publishing import allow_publishing
from environments.standby_config import standby_environment

# Share of the monthly budget that an anomaly must cost until people get a message.
_ANOMALY_PERCENT = 2


def account(app: App, env: Environment) -> None:
    """Build the account stack: roles of AWS services and of deliveries, permissions boundaries, defaults.

    Its state is in the bucket of the bootstrap stack, but delivery roles can't write it. The stack is always
    protected.
    """
    # The boundaries are policies of this stack. Its roles refer to them.
    own = {"protected": True, "permissions_boundary": None}
    stack = Stack(app, f"{env.name}-account", config=env.stack.model_copy(update=own))
    roles = ServiceLinkedRoles(stack, "service-linked-roles")
    AccountDefaults(stack, "defaults", regions=used_regions(env), network_regions=network_regions(env))
    audit_account(stack, env, roles=roles)
    backups = Backups(
        stack,
        "backups",
        without_removal=[
            stack.arn("iam", f"role/{name}", region="")
            for name in (stack.physical_name("delivery-*"), f"{env.name}/*")
        ],
        after=[roles.role("backup.amazonaws.com")],
        config=env.backups,
    )
    _watch_costs(stack, env)
    state = Bucket.from_name(
        stack, name=env.state_bucket, key=Key.from_alias(stack, "state-key", alias=env.state_key_alias)
    )
    _prepare_standby(stack, env, backups)
    environments = [env, *([standby_environment(env, env.standby)] if env.standby else [])]
    access = env.cluster.access
    # Only AWS and an administrator write to them.
    copies = [env.state_copy_bucket, stack.physical_name("state-*"), stack.physical_name("audit-*")]
    runner_roles = [stack.arn("iam", f"role/{each.runner}", region="") for each in environments]
    restore_role = stack.arn("iam", f"role/{restore_role_name(stack)}", region="")
    boundary = WorkloadBoundary(
        stack,
        "boundary",
        name=env.boundary,
        state_buckets=[env.state_bucket, *copies],
        runner_roles=runner_roles,
    )
    delivery_boundary = DeliveryBoundary(
        stack,
        "delivery-boundary",
        name=f"{env.name}-delivery-boundary",
        reach=DeliveryReach(
            workload_boundary=boundary.arn,
            runner_roles=runner_roles,
            restore_role=restore_role,
            state_bucket=env.state_bucket,
            state_copies=copies,
        ),
    )

    delivery = GithubOidc(
        stack, "delivery", state=state, permissions_boundary=delivery_boundary.arn, config=env.github
    ).roles
    StateRecoveryKey(stack, "state-recovery-key", delivery_roles=stack.physical_name("delivery-*"))
    allow_publishing(delivery.publish, stack)
    _make_runners(stack, environments, deploy=delivery.deploy, boundary=boundary)
    DeployLimits(
        stack,
        "deploy-limits",
        name=stack.physical_name("deploy-limits"),
        role=delivery.deploy,
        runners=[
            stack.arn("codebuild", f"project/{each.runner}", region=each.region) for each in environments
        ],
    )
    CanaryDeployment(
        stack, "deploy-canaries", name=stack.physical_name("deploy-canaries"), role=delivery.deploy
    )
    LogForwarderDeployment(
        stack,
        "deploy-log-forwarder",
        name=stack.physical_name("deploy-log-forwarder"),
        role=delivery.deploy,
    )
    AuditLimits(stack, "audit-limits", name=stack.physical_name("audit-limits"), role=delivery.deploy)
    BackupDeployment(
        stack,
        "deploy-backups",
        name=stack.physical_name("deploy-backups"),
        role=delivery.deploy,
        vault=vault_name(stack),
        restore_role=restore_role,
    )
    ClusterLimits(
        stack,
        "cluster-limits",
        name=stack.physical_name("cluster-limits"),
        role=delivery.deploy,
        cluster_roles=[*access.admins, *access.operators, *access.viewers],
        delivery_roles=[env.cluster_role, env.audit_role],
        node_roles=[role for each in environments for role in each.node_roles],
    )
    allow_cluster_deployments(delivery.cluster, stack, state=state, environments=environments)
    allow_cluster_audits(delivery.audit, stack, state=state, environments=environments)
    outputs = {
        "plan_role": delivery.plan,
        "deploy_role": delivery.deploy,
        "publish_role": delivery.publish,
        "cluster_role": delivery.cluster,
        "audit_role": delivery.audit,
    }
    for name, role in outputs.items():
        TerraformOutput(stack, name.replace("_", "-"), value=role.arn).override_logical_id(name)


def _prepare_standby(stack: Stack, env: Environment, backups: Backups) -> None:
    """Make what a standby needs before the loss of the region: then nobody can deploy this stack."""
    # The gate requires the backups and the copies of these repositories in this region.
    region = TerraformOutput(
        stack,
        "standby-region",
        value=env.backup_region if env.standby else "",
        description=None if env.standby else f"The configuration of {env.name} has no standby",
    )
    region.override_logical_id("standby_region")
    if not env.standby:
        return
    backups.add_standby()
    repositories = TerraformOutput(stack, "standby-repositories", value=[env.image_repository])
    repositories.override_logical_id("standby_repositories")
    ImageReplication(
        stack, "image-replication", name=env.image_repository, region=env.backup_region, config=env.images
    )


def _make_runners(
    stack: Stack, environments: Sequence[Environment], *, deploy: Role, boundary: WorkloadBoundary
) -> None:
    """Make a connection and a role for the delivery runner of each region."""
    connections: list[GithubConnection] = []
    runners: list[RunnerRole] = []
    for each in environments:
        prefix = "standby-" if each.primary else ""
        connection = GithubConnection(stack, f"{prefix}github", region=each.region)
        runner = RunnerRole(
            stack,
            f"{prefix}delivery-runner",
            name=each.runner,
            region=each.region,
            permissions_boundary=boundary.arn,
        )
        connection.grant_use(runner.role)
        connections.append(connection)
        runners.append(runner)
    connections[0].grant_pass(deploy, *connections[1:])
    runners[0].grant_pass(deploy, *runners[1:])


def _watch_costs(stack: Stack, env: Environment) -> None:
    """Send people the costs that nobody planned. A deployment can't raise the budget that limits it."""
    alerts = CostAlerts(stack, "cost-alerts", subscribers=env.alarms.warning)
    Budget(stack, "budget", alerts=alerts, config=BudgetConfig(monthly_usd=env.monthly_budget_usd))
    CostAnomalies(
        stack,
        "cost-anomalies",
        alerts=alerts,
        config=CostAnomaliesConfig(
            impact_usd=max(env.monthly_budget_usd * _ANOMALY_PERCENT // 100, 1),
            monitor_arn=env.cost_anomaly_monitor,
        ),
    )
    if env.activates_cost_allocation_tags:
        CostAllocationTags(stack, "cost-allocation-tags")
