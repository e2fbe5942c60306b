"""Calls that stop the audit of an account, or unlock its backups."""

from policies.filter_patterns import Condition, read_alternatives
from policies.log_alarms import alarms_on_log_group
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_pass, any_passes

_CALLS = {
    "backup": ("DeleteBackupVaultLockConfiguration",),
    "cloudtrail": (
        "CreateTrail",
        "DeleteTrail",
        "PutEventSelectors",
        "StartLogging",
        "StopLogging",
        "UpdateTrail",
    ),
    "config": (
        "DeleteConfigurationRecorder",
        "DeleteDeliveryChannel",
        "PutConfigurationRecorder",
        "PutDeliveryChannel",
        "StopConfigurationRecorder",
    ),
    "guardduty": ("DeleteDetector", "UpdateDetector"),
    "securityhub": ("BatchDisableStandards", "DisableSecurityHub"),
}


@rule(
    id="CKV2_ARQ_27",
    severity="HIGH",
    on=("aws_cloudtrail",),
    why="An intruder with the rights of an administrator first turns off what would record and report.",
    link="https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-5",
)
def tampering_reported(trail: Block, stack: Stack) -> Verdict:
    """Trails must report calls that stop the audit: add metric filters on its log group, and an alarm.

    These stop or change CloudTrail, Config, GuardDuty and Security Hub, or delete a vault's lock. A filter
    compares eventSource and eventName only.
    """
    groups = stack.resolve(trail.get("cloud_watch_logs_group_arn"), "aws_cloudwatch_log_group")
    return any_passes(
        all_pass(
            _is_reported(group, stack, service, call) for service, calls in _CALLS.items() for call in calls
        )
        for group in groups
    )


def _is_reported(group: Block, stack: Stack, service: str, call: str) -> Verdict:
    name = Condition("$.eventName", "=", call)
    known = {name, Condition("$.eventSource", "=", f"{service}.amazonaws.com")}
    return alarms_on_log_group(
        group,
        stack,
        selects=lambda pattern: any(name in each <= known for each in read_alternatives(pattern)),
    )
