"""Schedules, ages and selections of backup plans."""

import re

from policies.stack import Block, Json, at
from policies.verdict import Verdict, all_pass, any_passes, is_between, is_expression, pass_if

# The least that BackupConfig accepts.
_MIN_DAYS = {"daily": 7, "monthly": 31}
# Fields: minute, hour, day of the month, month, day of the week, year.
# https://docs.aws.amazon.com/aws-backup/latest/devguide/creating-a-backup-plan.html
_SCHEDULES = {
    "daily": re.compile(r"cron\(\d{1,2} \d{1,2} (\* \* \?|\? \* \*) \*\)"),
    "monthly": re.compile(r"cron\(\d{1,2} \d{1,2} \d{1,2} \* \? \*\)"),
}
# A restored instance has the tags of its snapshot.
_RESTORED = re.compile(r"arn:[^:]+:rds:[^:]+:[^:]+:db:awsbackup-restore-test-\*")


def is_scheduled(backup_rule: Json, *schedules: str) -> Verdict:
    """Pass a rule that runs by one of the schedules, `daily` or `monthly`, and keeps what it makes.

    Daily backups are kept for at least 7 days, and monthly ones for 31.
    """
    cron = at(backup_rule, "schedule")
    if is_expression(cron):
        return Verdict.UNKNOWN
    days = at(backup_rule, "lifecycle.delete_after")
    return any_passes(
        is_between(days, _MIN_DAYS[each])
        for each in schedules
        if isinstance(cron, str) and _SCHEDULES[each].fullmatch(cron)
    )


def selects_all(selection: Block) -> Verdict:
    """Pass a selection that leaves out no resource with its tag, except for instances of restore tests."""
    excluded = selection.blocks("not_resources")
    return all_pass([pass_if(not selection.blocks("condition")), *(_is_restored(each) for each in excluded)])


def selects(selection: Block, schedule: str) -> bool:
    """Return whether a selection has the tag of a schedule."""
    return any(
        at(each, "key") == "backup" and at(each, "value") == schedule
        for each in selection.blocks("selection_tag")
    )


def _is_restored(excluded: Json) -> Verdict:
    if isinstance(excluded, str) and _RESTORED.fullmatch(excluded):
        return Verdict.PASS
    return Verdict.UNKNOWN if is_expression(excluded) else Verdict.FAIL
