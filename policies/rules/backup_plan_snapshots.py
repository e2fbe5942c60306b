"""Rules of backup plans."""

from policies.backup_plans import is_scheduled, selects, selects_all
from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at
from policies.verdict import Verdict, all_pass, any_passes, as_number, is_between, is_expression, pass_if


@rule(
    id="CKV_ARQ_61",
    severity="HIGH",
    on=("aws_backup_plan",),
    why="Continuous backups change the retention of RDS, and backups without an end cost more each day.",
    link="https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html",
)
def backup_plan_snapshots(plan: Block, stack: Stack) -> Verdict:
    """Backup plans must make snapshots with an end in vaults of their own, and copies kept as long.

    They run each day for the tag `daily`, and each month for `monthly`, and leave out no resource with it.
    """
    rules = plan.blocks("rule")
    selections = stack.referrers(plan, "aws_backup_selection")
    return all_pass(
        [
            pass_if(bool(rules)),
            *(_is_snapshot(each) for each in rules),
            pass_if(bool(selections)),
            *(_is_followed(each, rules) for each in selections),
        ]
    )


def _is_followed(selection: Block, rules: list[Json]) -> Verdict:
    """Pass a selection of everything with the tag of a schedule, by which a rule runs."""
    return all_pass(
        [
            selects_all(selection),
            any_passes(
                is_scheduled(each, schedule)
                for schedule in ("daily", "monthly")
                for each in rules
                if selects(selection, schedule)
            ),
        ]
    )


def _is_snapshot(backup_rule: Json) -> Verdict:
    continuous = at(backup_rule, "enable_continuous_backup")
    if is_expression(continuous):
        return Verdict.UNKNOWN
    days = at(backup_rule, "lifecycle.delete_after")
    copies = as_list(at(backup_rule, "copy_action"))
    return all_pass(
        [
            pass_if(continuous in (None, False)),
            is_scheduled(backup_rule, "daily", "monthly"),
            _is_own_vault(at(backup_rule, "target_vault_name")),
            *(_is_kept_as_long(copy, days) for copy in copies),
        ]
    )


def _is_kept_as_long(copy: Json, days: Json) -> Verdict:
    least = as_number(days)
    kept = at(copy, "lifecycle.delete_after")
    as_long = Verdict.UNKNOWN if least is None else is_between(kept, least)
    return all_pass([as_long, is_between(kept, 1), _is_own_vault(at(copy, "destination_vault_arn"))])


def _is_own_vault(vault: Json) -> Verdict:
    """Fail the vault that AWS makes in each account, which has no lock. Its ARN ends with its name."""
    return pass_if(isinstance(vault, str) and vault.rpartition(":")[2] not in ("", "Default"))
