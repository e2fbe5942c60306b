"""The roles with which workflows of a repository plan, deploy and publish."""

from constructs import Construct

from constructs_arq.core.protocols import StateStore
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.security.deployment_permissions import allow_deploy, allow_plan
from constructs_arq.security.role import Role, Trust

_PLAN_HOURS = 1
# Longer than a workflow's longest job. If the session ends during an apply, Terraform can't write the state.
_DEPLOY_HOURS = 4
_PUBLISH_HOURS = 1
# A rollout in a cluster, its watch, and the rollout of the commit before.
_CLUSTER_HOURS = 2
_AUDIT_HOURS = 1


class DeliveryRoles:
    """Five roles with fixed names, created as children of `scope`: `ENV-SCOPE-plan` and so on.

    `publish`, `cluster` and `audit` have no permissions at first. Grant `publish` access to image
    repositories and buckets, `cluster` access to clusters, and `audit` access to read clusters.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        state: StateStore,
        permissions_boundary: str,
        plan_trust: Trust,
        deploy_trust: Trust,
        publish_trust: Trust,
        cluster_trust: Trust,
        audit_trust: Trust,
    ) -> None:
        environment = Stack.of(scope).environment
        prefix = f"{Stack.of(scope).physical_name(logical_name(scope))}-"

        def make_role(name: str, description: str, trust: Trust, hours: int) -> Role:
            return Role(
                scope,
                name,
                description=description,
                trust=trust,
                session_hours=hours,
                role_name=f"{prefix}{name}",
                permissions_boundary=permissions_boundary,
            )

        plans = f"Plans {environment} for reviews and looks for drift"
        self.plan: Role = make_role("plan", plans, plan_trust, _PLAN_HOURS)
        self.deploy: Role = make_role("deploy", f"Deploys {environment}", deploy_trust, _DEPLOY_HOURS)
        publishes = f"Publishes images and files of {environment}"
        self.publish: Role = make_role("publish", publishes, publish_trust, _PUBLISH_HOURS)
        administers = f"Deploys into the cluster of {environment}"
        self.cluster: Role = make_role("cluster", administers, cluster_trust, _CLUSTER_HOURS)
        audits = f"Reads the cluster of {environment} to look for drift and vulnerabilities"
        self.audit: Role = make_role("audit", audits, audit_trust, _AUDIT_HOURS)
        allow_plan(self.plan, state=state)
        allow_deploy(self.deploy, state=state)
