"""Commands for one instance."""

import shlex
from collections.abc import Iterator

from arqctl.core.json_access import as_list
from arqctl.runbook.databases import Database
from arqctl.runbook.shell import Flag, flag, rds, value_flag

IDENTIFIER = "--db-instance-identifier"
NOW = "NOW=$(date -u +%Y%m%d%H%M%S)"
"""Sets a variable that makes the name of a snapshot unique."""


def describe(database: Database, name: str, attribute: str) -> str:
    """Return the command that prints an attribute of an instance. "" is for all attributes."""
    query = f"DBInstances[0].{attribute}" if attribute else "DBInstances[0]"
    return rds(
        "describe-db-instances", flag(IDENTIFIER, name), flag("--query", query), region=database.region
    )


def wait(database: Database, name: str) -> str:
    """Return the command that waits for an instance which is known to be created or modified."""
    return rds("wait db-instance-available", flag(IDENTIFIER, name), region=database.region)


def settle(database: Database, name: str) -> tuple[str, str]:
    """Return the commands that wait for a change which was only requested."""
    return ("sleep 60  # RDS starts the change some seconds later", wait(database, name))


def unprotect(database: Database, name: str) -> tuple[str, ...]:
    """Return the commands that turn off the deletion protection, if the configuration has one."""
    if not database.is_protected:
        return ()
    modify = rds(
        "modify-db-instance",
        flag(IDENTIFIER, name),
        Flag("--no-deletion-protection"),
        Flag("--apply-immediately"),
        region=database.region,
    )
    return (modify, *settle(database, name))


def delete(database: Database, name: str, *snapshot: Flag) -> tuple[str, ...]:
    """Return the commands that delete an instance, without a last snapshot if no flag names one."""
    command = rds(
        "delete-db-instance",
        flag(IDENTIFIER, name),
        *(snapshot or (Flag("--skip-final-snapshot"),)),
        value_flag(
            "--delete-automated-backups", database.arguments.get("delete_automated_backups") is not False
        ),
        region=database.region,
    )
    deleted = rds("wait db-instance-deleted", flag(IDENTIFIER, name), region=database.region)
    return (*unprotect(database, name), command, deleted)


def delete_with_snapshot(database: Database, name: str) -> tuple[str, ...]:
    """Return the commands that delete an instance with a last snapshot."""
    snapshot = Flag("--final-db-snapshot-identifier", (f'{shlex.quote(name)}-final-"$NOW"',))
    return (NOW, *delete(database, name, snapshot))


def rename(database: Database, old: str, new: str) -> tuple[str, ...]:
    """Return the commands that rename an instance and wait for it."""
    modify = rds(
        "modify-db-instance",
        flag(IDENTIFIER, old),
        flag("--new-db-instance-identifier", new),
        Flag("--apply-immediately"),
        region=database.region,
    )
    # The waiter fails on a name that doesn't exist yet.
    exists = f"until {describe(database, new, 'DBInstanceStatus')}; do sleep 10; done"
    return (modify, exists, wait(database, new))


def delete_logs(database: Database, name: str) -> Iterator[str]:
    """Yield the commands that delete the log groups of an instance.

    RDS creates them for each name that an instance has, without a retention period and key.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html
    """
    for log in as_list(database.arguments.get("enabled_cloudwatch_logs_exports")):
        group = shlex.quote(f"/aws/rds/instance/{name}/{log}")
        yield f"aws logs delete-log-group --region {shlex.quote(database.region)} --log-group-name {group}"
