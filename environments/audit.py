"""The audit of an account: what records it, checks it, and reports findings to the people on call."""

from collections.abc import Sequence

from cdktf import TerraformOutput
from constructs import Construct

from constructs_arq.audit.access_analyzers import AccessAnalyzers
from constructs_arq.audit.audit_config import MANAGED_OUTPUT, AuditService
from constructs_arq.audit.config_recorder import ConfigRecorder
from constructs_arq.audit.findings import Findings
from constructs_arq.audit.guardduty import GuardDuty
from constructs_arq.audit.inspector import Inspector
from constructs_arq.audit.root_use import RootUse
from constructs_arq.audit.security_hub import SecurityHub
from constructs_arq.audit.tampering import Tampering
from constructs_arq.audit.trail import Trail
from constructs_arq.core.arn import partition
from constructs_arq.core.stack import Stack
from constructs_arq.edge.region import CLOUDFRONT_REGION
from constructs_arq.observability.alarms import Alarms, NamedAlarm
from constructs_arq.observability.routes import AlarmRoutes
from constructs_arq.security.key import Key
from constructs_arq.security.permissions_boundary import AuditBoundary
from constructs_arq.security.service_linked_roles import ServiceLinkedRoles
from constructs_arq.storage.bucket import Bucket, LogBucket
from environments.environment import Environment
from environments.standby_config import STANDBY_SUFFIX


def used_regions(env: Environment) -> Sequence[str]:
    """Return all regions with resources of the environment, its own first."""
    return tuple(dict.fromkeys((env.region, env.backup_region, CLOUDFRONT_REGION)))


def network_regions(env: Environment) -> Sequence[str]:
    """Return the regions with networks of the environment. In the others, no VPC reaches the internet."""
    return (env.region, env.backup_region) if env.standby else (env.region,)


def critical_audit_alarms(env: Environment) -> Sequence[NamedAlarm]:
    """Return the alarms of the account stack that page. The pager is in another stack."""
    names = ("findings-threats", "root-use-calls", "tampering-calls")
    return tuple(NamedAlarm(f"{env.name}-audit-{name}", env.region, counts_events=True) for name in names)


def audit_account(stack: Stack, env: Environment, *, roles: ServiceLinkedRoles) -> None:
    """Create the services that the organization does not manage, in all regions, and the alarms.

    All names begin with the environment and `audit`: `AuditLimits` keeps deployments away from these.
    """
    scope = Construct(stack, "audit")
    regions = used_regions(env)
    boundary = AuditBoundary(
        scope,
        "boundary",
        name=stack.physical_name("audit-boundary"),
        log_groups=stack.arn("logs", f"log-group:/aws/cloudtrail/{stack.physical_name('audit-*')}"),
        bus=stack.arn("events", "event-bus/default"),
    ).arn
    key = Key(scope, "key", description="Encrypts the trail, the history of resources, and findings")
    if env.audit.has(AuditService.CLOUDTRAIL) or env.audit.has(AuditService.CONFIG):
        _record(scope, env, key=key, roles=roles, boundary=boundary)
    if env.audit.has(AuditService.GUARDDUTY):
        GuardDuty(scope, "guardduty", regions=regions)
    if env.audit.has(AuditService.INSPECTOR):
        Inspector(scope, "inspector", regions=regions)
    if env.audit.has(AuditService.ACCESS_ANALYZER):
        AccessAnalyzers(scope, "access", regions=regions, unused_days=env.audit.unused_access_days)
    if env.audit.has(AuditService.SECURITY_HUB):
        SecurityHub(scope, "security-hub", regions=regions)
    Findings(scope, "findings", key=key, regions=regions, permissions_boundary=boundary)
    Alarms(stack, "audit-alarms", routes=AlarmRoutes(stack, "audit-routes", config=env.alarms))
    managed = {str(service): reason for service, reason in env.audit.managed_by_organization.items()}
    if managed:
        output = TerraformOutput(stack, "audit-managed-by-organization", value=managed)
        output.override_logical_id(MANAGED_OUTPUT)


def _record(
    scope: Construct, env: Environment, *, key: Key, roles: ServiceLinkedRoles, boundary: str
) -> None:
    """Record calls, and the history of resources. Config does not support a locked bucket."""
    days = env.audit.trail_days
    logs = LogBucket(scope, "access-logs", retention_days=env.access_log_retention_days)
    if env.audit.has(AuditService.CLOUDTRAIL):
        calls = Bucket(scope, "calls", key=key, access_logs=logs, expire_days=days, locked_days=days)
        trail = Trail(
            scope,
            "trail",
            bucket=calls,
            key=key,
            recorded_objects=_recorded_objects(env),
            permissions_boundary=boundary,
        )
        RootUse(scope, "root-use", log=trail.log)
        Tampering(scope, "tampering", log=trail.log, regions=used_regions(env))
        # The gate requires that the trail records them. No resource of this stack names them.
        copies = TerraformOutput(scope, "state-copy-buckets", value=[env.state_copy_bucket])
        copies.override_logical_id("state_copy_buckets")
    if env.audit.has(AuditService.CONFIG):
        history = Bucket(scope, "history", key=key, access_logs=logs, expire_days=days)
        ConfigRecorder(scope, "config", bucket=history, key=key, roles=roles, regions=used_regions(env))


def _recorded_objects(env: Environment) -> Sequence[str]:
    """Return the prefixes of the ARNs of all objects with Terraform's state, its copies, and backups."""
    names = [f"{env.state_bucket}/", f"{env.state_copy_bucket}/", f"{env.name}-state-", f"{env.name}-dumps-"]
    if env.standby:
        names.append(f"{env.name}{STANDBY_SUFFIX}-dumps-")
    return [f"arn:{partition(env.region)}:s3:::{name}" for name in names]
