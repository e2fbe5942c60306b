"""The runbook that restores a database from its backups."""

import shlex
from collections.abc import Iterator

from arqctl.runbook.databases import Database
from arqctl.runbook.deployment import Deployment
from arqctl.runbook.instance import IDENTIFIER, delete_logs, delete_with_snapshot, describe, settle, wait
from arqctl.runbook.page import Section, Step
from arqctl.runbook.replacement import broken_name, replace, restored_name, undo
from arqctl.runbook.settings import Source, modify_flags, restore_flags
from arqctl.runbook.shell import ADMINISTRATOR, Flag, flag, rds, state_function
from arqctl.runbook.terraform import terraform


def restore_sections(database: Database, deployment: Deployment) -> list[Section]:
    """Return the sections of the runbook."""
    point, snapshot = Source.POINT_IN_TIME, Source.SNAPSHOT
    return [
        Section("Prepare", list(prepare(database))),
        Section(
            "Restore to a point in time",
            [_choose_time(database), *restore(database, _point(database), point)],
        ),
        Section(
            "Or restore a snapshot",
            [choose_snapshot(database), *restore(database, snapshot_flags(database), snapshot)],
        ),
        Section("Check the data", list(check(database))),
        Section("Replace the instance", list(replace(database, deployment))),
        Section("Undo", list(undo(database, deployment))),
        Section("Clean up", list(clean_up(database))),
    ]


def prepare(database: Database) -> Iterator[Step]:
    """Yield the steps before a restore."""
    yield Step(
        f"{ADMINISTRATOR} Only `arqctl plan`, `arqctl review` and `arqctl deploy` can run in the workflow "
        "instead, with the delivery roles. Read the present state.",
        (
            "cdktf synth",
            terraform(database.stack, "init -input=false"),
            state_function(database.stack),
        ),
    )
    yield Step("Stop the workloads that write, so that the old instance gets no more data.")


def choose_snapshot(database: Database) -> Step:
    """Return the step that sets `SNAPSHOT`."""
    query = "DBSnapshots[].[SnapshotCreateTime,EngineVersion,DBSnapshotIdentifier]"
    return Step(
        "Choose a snapshot. The columns are the time, the engine version and the name.",
        (
            rds(
                "describe-db-snapshots",
                flag(IDENTIFIER, database.identifier),
                flag("--query", query),
                flag("--output", "text"),
                region=database.region,
            ),
            "SNAPSHOT=rds:the-snapshot",
        ),
    )


def snapshot_flags(database: Database) -> tuple[Flag, ...]:
    """Return the flags that name the snapshot and the restored instance."""
    return (flag(IDENTIFIER, restored_name(database)), Flag("--db-snapshot-identifier", ('"$SNAPSHOT"',)))


def restore(database: Database, what: tuple[Flag, ...], source: Source) -> Iterator[Step]:
    """Yield the steps that restore to another instance. `what` names the backup and the target."""
    yield Step(
        "Restore to a new instance with the settings of the configuration.",
        (
            rds(source, *what, *restore_flags(database, source), region=database.region),
            wait(database, restored_name(database)),
        ),
    )
    yield configure(database, source)


def configure(database: Database, source: Source) -> Step:
    """Return the step that sets the settings which `source` does not accept."""
    name = restored_name(database)
    modify = rds(
        "modify-db-instance",
        flag(IDENTIFIER, name),
        Flag("--apply-immediately"),
        *modify_flags(database, source),
        region=database.region,
    )
    return Step(
        "Set the settings that the new instance could not have before.", (modify, *settle(database, name))
    )


def check(database: Database) -> Iterator[Step]:
    """Yield the steps that compare the restored instance with the present one."""
    names = (database.identifier, restored_name(database))
    files = [shlex.quote(f"{name}.json") for name in names]
    commands = [f"{describe(database, name, '')} > {file}" for name, file in zip(names, files, strict=True)]
    yield Step(
        "Compare the settings of both instances: only names, addresses and times differ.",
        (*commands, f"diff {' '.join(files)}"),
    )
    yield Step(
        "Query the restored data. If few rows are lost, copy them back with `pg_dump` and `psql`, and "
        f"continue with the section that deletes `{names[1]}`."
    )


def clean_up(database: Database) -> Iterator[Step]:
    """Yield the steps that delete the instance which is not the database any more."""
    broken, restored = broken_name(database), restored_name(database)
    yield Step(
        "Delete the old instance when nobody needs it any more, with a last snapshot.",
        delete_with_snapshot(database, broken),
    )
    yield Step(
        "Or, after an undo or without a replacement, delete the restored one.",
        delete_with_snapshot(database, restored),
    )
    yield Step(
        "Delete the log groups that RDS created for the other names. They have no retention period and key.",
        (*delete_logs(database, broken), *delete_logs(database, restored)),
    )


def _choose_time(database: Database) -> Step:
    latest = describe(database, database.identifier, "LatestRestorableTime")
    return Step(
        "Choose a time in UTC before the damage. The command shows the latest possible time. For a time "
        "before a major upgrade, use the snapshot and the undo section of the upgrade's runbook.",
        (latest, "TIME=2026-01-31T08:15:00Z"),
    )


def _point(database: Database) -> tuple[Flag, ...]:
    return (
        flag("--source-db-instance-identifier", database.identifier),
        flag("--target-db-instance-identifier", restored_name(database)),
        Flag("--restore-time", ('"$TIME"',)),
    )
