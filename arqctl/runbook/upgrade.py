"""The runbook that upgrades a database to a new major version."""

import shlex
from collections.abc import Iterator

from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import as_text
from arqctl.runbook.databases import Database
from arqctl.runbook.page import Section, Step
from arqctl.runbook.shell import Flag, flag, rds

_IDENTIFIER = "--db-instance-identifier"


def upgrade_sections(database: Database) -> list[Section]:
    """Return the sections of the runbook.

    Raises:
        InputError: if the configured version is not literal text.
    """
    version = as_text(database.arguments.get("engine_version")).partition(".")[0]
    if not version.isdigit():
        what = f"engine_version must be a literal version, got {version!r}"
        raise InputError([Problem(database.address, what, "Set it in the configuration")])
    new = str(int(version) + 1)
    return [
        Section("Prepare", list(_prepare(database, new))),
        *(
            [Section("First deployment: remove the read replicas", list(_remove(database)))]
            if database.replicas
            else []
        ),
        Section(
            f"{'Second' if database.replicas else 'Only'} deployment: upgrade", list(_upgrade(database, new))
        ),
        Section("Afterwards", list(_finish(database))),
        Section("Undo", [_undo(database, new)]),
    ]


def _prepare(database: Database, new: str) -> Iterator[Step]:
    running = rds(
        "describe-db-instances",
        flag(_IDENTIFIER, database.identifier),
        flag("--query", "DBInstances[0].EngineVersion"),
        flag("--output", "text"),
        region=database.region,
    )
    targets = rds(
        "describe-db-engine-versions",
        flag("--engine", "postgres"),
        Flag("--engine-version", ('"$RUNNING"',)),
        flag("--query", "DBEngineVersions[0].ValidUpgradeTarget[?IsMajorVersionUpgrade].EngineVersion"),
        region=database.region,
    )
    yield Step(
        f"Read the release notes of PostgreSQL {new}. The commands show the possible target versions.",
        (f"RUNNING=$({running})", targets),
    )
    yield Step(
        f"Rehearse: restore the database to a new instance with `arqctl runbook restore {database.stack}`, "
        "up to its section about the data, and upgrade that instance.",
        (
            rds(
                "modify-db-instance",
                flag(_IDENTIFIER, f"{database.identifier}-restored"),
                flag("--engine-version", new),
                Flag("--allow-major-version-upgrade"),
                flag("--db-parameter-group-name", f"default.postgres{new}"),
                Flag("--apply-immediately"),
                region=database.region,
            ),
        ),
    )


def _remove(database: Database) -> Iterator[Step]:
    if database.is_protected:
        yield Step(
            "Turn off the deletion protection of each read replica.",
            tuple(
                rds(
                    "modify-db-instance",
                    flag(_IDENTIFIER, replica.name),
                    Flag("--no-deletion-protection"),
                    Flag("--apply-immediately"),
                    region=database.region,
                )
                for replica in database.replicas
            ),
        )
    yield Step(
        "Set `read_replicas={}` in the environment, review and deploy. A replica can't have the parameter "
        "group of the new version before the upgrade.",
        (f"arqctl deploy {shlex.quote(database.stack)}",),
    )


def _upgrade(database: Database, new: str) -> Iterator[Step]:
    snapshot = f"{database.identifier}-before-{new}"
    yield Step(
        "Take a snapshot. A downgrade is not possible.",
        (
            rds(
                "create-db-snapshot",
                flag(_IDENTIFIER, database.identifier),
                flag("--db-snapshot-identifier", snapshot),
                region=database.region,
            ),
            rds(
                "wait db-snapshot-available",
                flag("--db-snapshot-identifier", snapshot),
                region=database.region,
            ),
        ),
    )
    yield Step(
        f'In one change, set `version="{new}"` and `allow_major_upgrade=True`. Review it: the plan shows a '
        "new parameter group and an update in place. If it shows a replacement, stop.",
        (f"arqctl plan {shlex.quote(database.stack)}",),
    )
    yield Step(
        "Deploy when the application can be down for some minutes. The upgrade starts at once.",
        (f"arqctl deploy {shlex.quote(database.stack)}",),
    )


def _finish(database: Database) -> Iterator[Step]:
    yield Step("Run `ANALYZE;` in the database: the upgrade keeps no statistics of the tables.")
    yield Step(
        "Remove `allow_major_upgrade`"
        + (", add the read replicas again," if database.replicas else "")
        + " and deploy.",
        (f"arqctl deploy {shlex.quote(database.stack)}",),
    )


def _undo(database: Database, new: str) -> Step:
    return Step(
        f"Restore the snapshot `{database.identifier}-before-{new}`, with the previous version in the "
        f"configuration: `arqctl runbook restore {database.stack}` shows how. Later changes are lost."
    )
