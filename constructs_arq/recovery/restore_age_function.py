"""The function that measures how old the last valid restore is, counts missing backups, and its alarms."""

from pathlib import Path, PurePosixPath
from typing import Final

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.lambda_permission import LambdaPermission
from constructs import Construct

from constructs_arq.core.alarm import Alarm, MissingData, Severity
from constructs_arq.core.code_archive import CodeArchive, make_archive
from constructs_arq.core.policy import Conditions
from constructs_arq.core.stack import Stack
from constructs_arq.recovery.backup_config import BackupConfig
from constructs_arq.recovery.backups import vault_name
from constructs_arq.recovery.recovery_function import RecoveryFunction, make_function_role
from constructs_arq.recovery.restore_age import missing_backups, restore_age
from constructs_arq.recovery.restore_plan import RestorePlan
from constructs_arq.recovery.restore_states import NAMESPACE, VALIDATED_METRIC
from constructs_arq.security.key import Key

_CODE: Final = tuple(
    Path(restore_age.__file__).with_name(f"{name}.py") for name in ("missing_backups", "restore_age")
)
_ENTRY: Final = (
    b"from constructs_arq.recovery.restore_age.restore_age import measure\n\n__all__ = ['measure']\n"
)
_MOST_DAYS: Final = 32
# By the order of the regions: the vault, and that of its copies.
_MISSING: Final = (
    ("resource-without-backup", "backup-missing"),
    ("resource-without-copy", "backup-copy-missing"),
)
_SECONDS: Final = 60
# Four datapoints a day: the alarm has one in each period, also if a run is late.
_INTERVAL_HOURS: Final = 6
_DAY_SECONDS: Final = 86_400


class RestoreAge(Construct):
    """Publishes the days since the last valid restore, with an alarm after 32 days.

    Before the first valid restore, it publishes the age of the plan. An alarm alone can't look back so far.
    It also publishes how many resources with a tag `backup` have no new backup in each vault of `backups`.
    """

    def __init__(
        self, scope: Construct, id: str, *, name: str, plan: RestorePlan, key: Key, backups: BackupConfig
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        regions = [stack.region, *([stack.backup_region] if backups.copy_to_backup_region else [])]
        role = make_function_role(
            self, "role", name=name, purpose="measures the age of the last valid restore", key=key
        )
        role.allow(
            "backup:GetRestoreTestingPlan",
            on=stack.arn("backup", f"restore-testing-plan:{plan.name}-*"),
            policy_name="read-plan",
        )
        role.allow(
            "backup:ListRecoveryPointsByBackupVault",
            on=[
                stack.arn("backup", f"backup-vault:{vault_name(stack)}", region=region) for region in regions
            ],
            policy_name="list-backups",
        )
        # It has no resources.
        role.allow("tag:GetResources", on="*", policy_name="list-resources")
        role.allow("cloudwatch:GetMetricStatistics", on="*", policy_name="read-metrics")
        in_namespace: Conditions = {"StringEquals": {"cloudwatch:namespace": NAMESPACE}}
        role.allow("cloudwatch:PutMetricData", on="*", policy_name="write-metrics", conditions=in_namespace)
        function = RecoveryFunction(
            self,
            "function",
            name=name,
            description="Measures the days since the last valid restore",
            archive=make_age_archive(),
            handler="restore_age.measure",
            seconds=_SECONDS,
            variables={
                "ENVIRONMENT": stack.environment,
                "NAMESPACE": NAMESPACE,
                "PLAN_NAME": plan.name,
                "REGION": stack.region,
                "VALIDATED_METRIC": VALIDATED_METRIC,
                "VAULT_NAME": vault_name(stack),
                "VAULT_REGIONS": ",".join(regions),
            },
            key=key,
            role=role,
        )
        rule = CloudwatchEventRule(
            self,
            "schedule",
            name=name,
            description="Measures the days since the last valid restore",
            schedule_expression=f"rate({_INTERVAL_HOURS} hours)",
        )
        permission = LambdaPermission(
            self,
            "permission",
            function_name=function.function_name,
            action="lambda:InvokeFunction",
            principal="events.amazonaws.com",
            source_arn=rule.arn,
            source_account=stack.account_id,
        )
        CloudwatchEventTarget(
            self, "target", rule=rule.name, target_id="function", arn=function.arn, depends_on=[permission]
        )
        self.alarms: tuple[Alarm, ...] = (
            Alarm(
                name="no-valid-restore",
                runbook="restore-overdue",
                summary=f"No restore of a backup was valid for {_MOST_DAYS} days, or nobody measures it",
                severity=Severity.WARNING,
                namespace=NAMESPACE,
                metric=restore_age.AGE_METRIC,
                dimensions={"Environment": stack.environment},
                statistic="Maximum",
                threshold=_MOST_DAYS,
                period_seconds=_DAY_SECONDS,
                evaluations=1,
                missing_data=MissingData.MISSING,
                published_every_seconds=_DAY_SECONDS,
            ),
            *(
                _missing(stack, name=name, runbook=runbook, region=region)
                for region, (name, runbook) in zip(regions, _MISSING, strict=False)
            ),
        )


def _missing(stack: Stack, *, name: str, runbook: str, region: str) -> Alarm:
    return Alarm(
        name=name,
        runbook=runbook,
        summary=f"A resource has no new backup in {region}: the log of the function names it",
        severity=Severity.WARNING,
        namespace=NAMESPACE,
        metric=missing_backups.MISSING_METRIC,
        dimensions={"Environment": stack.environment, "Region": region},
        statistic="Minimum",
        threshold=0,
        period_seconds=_INTERVAL_HOURS * 3600,
        evaluations=1,
        missing_data=MissingData.MISSING,
        published_every_seconds=_DAY_SECONDS,
    )


def make_age_archive() -> CodeArchive:
    """Return the archive with the modules of the function. Their packages have no other code there."""
    folder = PurePosixPath(*restore_age.__name__.split(".")[:-1])
    files = {f"{folder}/{each.name}": each.read_bytes() for each in _CODE}
    for package in (folder, *list(folder.parents)[:-1]):
        files[f"{package}/__init__.py"] = b""
    return make_archive("restore-age", {**files, "restore_age.py": _ENTRY})
