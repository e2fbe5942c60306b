"""The runbook that restores a database from its backups."""

import shlex
from collections.abc import Iterator

from arqctl.runbook.databases import Database
from arqctl.runbook.page import Section, Step
from arqctl.runbook.settings import Source, modify_flags, restore_flags
from arqctl.runbook.shell import Flag, flag, rds, state_function, value_flag
from arqctl.runbook.terraform import remove_from_state, terraform

_IDENTIFIER = "--db-instance-identifier"


def restore_sections(database: Database) -> list[Section]:
    """Return the sections of the runbook."""
    restored, broken = f"{database.identifier}-restored", f"{database.identifier}-broken"
    return [
        Section("Prepare", list(_prepare(database))),
        Section("Restore to a point in time", list(_restore(database, restored, Source.POINT_IN_TIME))),
        Section("Or restore a snapshot", list(_restore(database, restored, Source.SNAPSHOT))),
        Section("Check the data", list(_check(database, restored))),
        Section("Replace the instance", list(_replace(database, restored, broken))),
        Section("Undo", list(_undo(database, restored, broken))),
        Section("Clean up", list(_clean_up(database, broken))),
    ]


def _prepare(database: Database) -> Iterator[Step]:
    yield Step(
        "Use a shell in the project's folder with credentials of the account, and read the present state.",
        (
            "cdktf synth",
            terraform(database.stack, "init -input=false"),
            state_function(database.stack),
        ),
    )
    yield Step("Stop the workloads that write, so that the old instance gets no more data.")


def _restore(database: Database, restored: str, source: Source) -> Iterator[Step]:
    if source is Source.POINT_IN_TIME:
        yield Step(
            "Choose a time in UTC before the damage. The command shows the latest possible time.",
            (_describe(database, database.identifier, "LatestRestorableTime"), "TIME=2026-01-31T08:15:00Z"),
        )
        what: tuple[Flag, ...] = (
            flag("--source-db-instance-identifier", database.identifier),
            flag("--target-db-instance-identifier", restored),
            Flag("--restore-time", ('"$TIME"',)),
        )
    else:
        query = "DBSnapshots[].[SnapshotCreateTime,DBSnapshotIdentifier]"
        yield Step(
            "Choose a snapshot.",
            (
                rds(
                    "describe-db-snapshots",
                    flag(_IDENTIFIER, database.identifier),
                    flag("--query", query),
                    flag("--output", "text"),
                    region=database.region,
                ),
                "SNAPSHOT=rds:the-snapshot",
            ),
        )
        what = (flag(_IDENTIFIER, restored), Flag("--db-snapshot-identifier", ('"$SNAPSHOT"',)))
    yield Step(
        "Restore to a new instance with the settings of the configuration.",
        (
            rds(source, *what, *restore_flags(database, source), region=database.region),
            _wait(database, restored),
        ),
    )
    yield Step(
        "Set the settings that a restore does not accept.",
        (
            rds(
                "modify-db-instance",
                flag(_IDENTIFIER, restored),
                Flag("--apply-immediately"),
                *modify_flags(database, source),
                region=database.region,
            ),
            "sleep 60  # RDS starts the change some seconds later",
            _wait(database, restored),
        ),
    )


def _check(database: Database, restored: str) -> Iterator[Step]:
    names = (database.identifier, restored)
    files = [shlex.quote(f"{name}.json") for name in names]
    describe = [f"{_describe(database, name, '')} > {file}" for name, file in zip(names, files, strict=True)]
    yield Step(
        "Compare the settings of both instances: only names, addresses and times differ.",
        (*describe, f"diff {' '.join(files)}"),
    )
    yield Step(
        "Query the restored data. If few rows are lost, copy them back with `pg_dump` and `psql`, delete the "
        f"restored instance `{restored}`, and stop here."
    )


def _replace(database: Database, restored: str, broken: str) -> Iterator[Step]:
    for copy in database.backup_copies:
        stop = rds(
            "stop-db-instance-automated-backups-replication",
            flag("--source-db-instance-arn", database.arn),
            region=copy.region,
        )
        yield Step(
            "Stop the copies of the old instance's backups. Existing copies stay.",
            (stop, remove_from_state(database.stack, copy.address)),
        )
    for replica in database.replicas:
        yield Step(
            f"Delete the read replica `{replica.name}`, which follows the old instance.",
            (*_delete(database, replica.name), remove_from_state(database.stack, replica.address)),
        )
    for target in database.proxy_targets:
        deregister = rds(
            "deregister-db-proxy-targets",
            flag("--db-proxy-name", target.name),
            flag("--db-instance-identifiers", database.identifier),
            region=database.region,
        )
        yield Step(
            f"Detach the old instance from the proxy `{target.name}`. Clients are disconnected from here on.",
            (deregister, remove_from_state(database.stack, target.address)),
        )
    yield Step(
        "Rename the old instance, then the restored one. If there is no old one, rename the latter only.",
        (*_rename(database, database.identifier, broken), *_rename(database, restored, database.identifier)),
    )
    yield Step("Let Terraform manage the restored instance.", _adopt(database))
    yield Step(
        "Review and deploy. The plan creates what the steps above removed, and updates policies with the id "
        "of the restored instance, so that users can log in. It must not replace or delete the instance.",
        (f"arqctl plan {shlex.quote(database.stack)}", f"arqctl deploy {shlex.quote(database.stack)}"),
    )
    yield Step(
        "Turn on IAM login of the master user again, run the migrator, and start the workloads.",
        (f"arqctl database login {shlex.quote(database.stack)}",),
    )


def _undo(database: Database, restored: str, broken: str) -> Iterator[Step]:
    yield Step(
        f"While `{broken}` exists, rename the instances back and let Terraform manage the old one. Then "
        "review, deploy and turn on the login, as above.",
        (
            *_rename(database, database.identifier, restored),
            *_rename(database, broken, database.identifier),
            *_adopt(database),
        ),
    )


def _clean_up(database: Database, broken: str) -> Iterator[Step]:
    yield Step(
        "Delete the old instance when nobody needs it any more, with a last snapshot.",
        _delete(database, broken, flag("--final-db-snapshot-identifier", f"{broken}-final")),
    )


def _adopt(database: Database) -> tuple[str, ...]:
    address, identifier = shlex.quote(database.address), shlex.quote(database.identifier)
    return (
        remove_from_state(database.stack, database.address),
        terraform(database.stack, f"import {address} {identifier}"),
    )


def _delete(database: Database, name: str, *snapshot: Flag) -> tuple[str, ...]:
    unprotect = rds(
        "modify-db-instance",
        flag(_IDENTIFIER, name),
        Flag("--no-deletion-protection"),
        Flag("--apply-immediately"),
        region=database.region,
    )
    delete = rds(
        "delete-db-instance",
        flag(_IDENTIFIER, name),
        *(snapshot or (Flag("--skip-final-snapshot"),)),
        value_flag(
            "--delete-automated-backups", database.arguments.get("delete_automated_backups") is not False
        ),
        region=database.region,
    )
    wait = rds("wait db-instance-deleted", flag(_IDENTIFIER, name), region=database.region)
    return (*([unprotect] if database.is_protected else []), delete, wait)


def _rename(database: Database, old: str, new: str) -> tuple[str, ...]:
    rename = rds(
        "modify-db-instance",
        flag(_IDENTIFIER, old),
        flag("--new-db-instance-identifier", new),
        Flag("--apply-immediately"),
        region=database.region,
    )
    # The waiter fails on a name that doesn't exist yet.
    exists = f"until {_describe(database, new, 'DBInstanceStatus')}; do sleep 10; done"
    return (rename, exists, _wait(database, new))


def _wait(database: Database, name: str) -> str:
    return rds("wait db-instance-available", flag(_IDENTIFIER, name), region=database.region)


def _describe(database: Database, name: str, attribute: str) -> str:
    query = f"DBInstances[0].{attribute}" if attribute else "DBInstances[0]"
    return rds(
        "describe-db-instances", flag(_IDENTIFIER, name), flag("--query", query), region=database.region
    )
