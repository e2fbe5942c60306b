"""Checks of AWS Backup: locks of vaults, rules of plans, roles of selections, and buckets in backups."""

from collections.abc import Iterator, Mapping

from arqctl.offline.aws.checks.planned_resources import PlannedResources
from arqctl.offline.aws.checks.resource import Resource, as_text, get_blocks, make_error
from arqctl.offline.aws.numbers import as_number
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

_SERVICE = "backup.amazonaws.com"
_COLD_STORAGE_DAYS = 90
_SHORTEST_START = 60
_SCHEDULES = ("daily", "monthly")


def check_lock(lock: Resource) -> Iterator[Diagnostic]:
    """Check that the shortest retention of a lock is not above the longest one.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultLockConfiguration.html
    """
    shortest, longest = (as_number(lock.values.get(f"{name}_retention_days")) for name in ("min", "max"))
    if shortest is not None and longest is not None and shortest > longest:
        yield make_error(
            "Lock without a valid retention (InvalidParameterValueException)",
            f"min_retention_days {shortest} is above max_retention_days {longest}. Lower it.",
            "min_retention_days",
        )


def check_rules(plan: Resource) -> Iterator[Diagnostic]:
    """Check the windows of a plan's rules, and the days of its backups and copies.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRuleInput.html
    """
    for rule in plan.get_blocks("rule"):
        name = as_text(rule.get("rule_name")) or "without name"
        yield from _check_windows(rule, name)
        yield from _check_lifecycle(rule, name)
        for copy in get_blocks(rule, "copy_action"):
            yield from _check_lifecycle(copy, f"{name}, copy")


def check_service_role(selection: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """Check that AWS Backup can assume the role of a selection."""
    for role in planned.resolve_reference("aws_iam_role", selection.values.get("iam_role_arn"), "arn"):
        trust = as_text(role.values.get("assume_role_policy"))
        if trust and _SERVICE not in trust:
            yield make_error(
                "Role of another service (InvalidParameterValueException)",
                f"IAM Role {as_text(role.values.get('name')) or ''} cannot be assumed by AWS Backup: its "
                f"trust policy must allow {_SERVICE}.",
                "iam_role_arn",
            )


def check_bucket_versioning(versioning: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """Check that a bucket with the tag `backup` has versions: AWS Backup fails without them."""
    for each in versioning.get_blocks("versioning_configuration"):
        status = as_text(each.get("status"))
        for bucket in planned.list_of_type("aws_s3_bucket"):
            tags = bucket.values.get("tags")
            schedule = tags.get("backup") if isinstance(tags, Mapping) else None
            if (
                status
                and status != "Enabled"
                and schedule in _SCHEDULES
                and planned.is_same_resource(
                    "aws_s3_bucket", versioning.values.get("bucket"), bucket.values.get("id")
                )
            ):
                yield make_error(
                    "Backup of a bucket without versioning",
                    f"The bucket has the tag backup={schedule}, and its versioning status is {status}. Set "
                    "it to Enabled: AWS Backup only backs up versioned buckets.",
                    "versioning_configuration",
                )


def _check_windows(rule: Mapping[str, Value], name: str) -> Iterator[Diagnostic]:
    start, completion = as_number(rule.get("start_window")), as_number(rule.get("completion_window"))
    if start is not None and 0 < start < _SHORTEST_START:
        yield make_error(
            "Start window is too short (InvalidParameterValueException)",
            f"start_window of rule {name} is {start} minutes. Use {_SHORTEST_START} or more.",
            "rule",
        )
    if start and completion and completion < start + _SHORTEST_START:
        yield make_error(
            "Completion window is too short (InvalidParameterValueException)",
            f"completion_window of rule {name} is {completion} minutes. Use at least {_SHORTEST_START} more "
            f"than start_window, which is {start}.",
            "rule",
        )


def _check_lifecycle(rule: Mapping[str, Value], name: str) -> Iterator[Diagnostic]:
    for lifecycle in get_blocks(rule, "lifecycle"):
        cold, delete = (as_number(lifecycle.get(key)) for key in ("cold_storage_after", "delete_after"))
        if cold and delete and delete < cold + _COLD_STORAGE_DAYS:
            yield make_error(
                "Deletion too soon after cold storage (InvalidParameterValueException)",
                f"Rule {name} deletes after {delete} days. Use at least {_COLD_STORAGE_DAYS} more than "
                f"cold_storage_after, which is {cold}.",
                "rule",
            )
