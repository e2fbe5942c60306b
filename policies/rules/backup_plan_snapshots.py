"""Rules of backup plans."""

from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at
from policies.verdict import Verdict, all_pass, as_number, is_expression, pass_if


@rule(
    id="CKV_ARQ_61",
    severity="HIGH",
    on=("aws_backup_plan",),
    why="Continuous backups change the retention of RDS, and backups without an end cost more each day.",
    link="https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html",
)
def backup_plan_snapshots(plan: Block, _: Stack) -> Verdict:
    """Backup plans must make snapshots with an end, and copies that are kept as long."""
    rules = plan.blocks("rule")
    return all_pass(_is_snapshot(each) for each in rules) if rules else Verdict.FAIL


def _is_snapshot(backup_rule: Json) -> Verdict:
    continuous = at(backup_rule, "enable_continuous_backup")
    if is_expression(continuous):
        return Verdict.UNKNOWN
    copies = as_list(at(backup_rule, "copy_action"))
    return all_pass(
        [
            pass_if(continuous in (None, False)),
            _ends(at(backup_rule, "lifecycle.delete_after")),
            *(_ends(at(copy, "lifecycle.delete_after")) for copy in copies),
        ]
    )


def _ends(days: Json) -> Verdict:
    if is_expression(days):
        return Verdict.UNKNOWN
    number = as_number(days)
    return pass_if(number is not None and number >= 1)
