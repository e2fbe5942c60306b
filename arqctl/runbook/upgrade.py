"""The runbook that upgrades a database to a new major version."""

from collections.abc import Iterator

from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import as_text
from arqctl.runbook.databases import Database
from arqctl.runbook.deployment import Deployment
from arqctl.runbook.downgrade import downgrade_sections
from arqctl.runbook.instance import IDENTIFIER, NOW, unprotect
from arqctl.runbook.page import Section, Step
from arqctl.runbook.region_replica import delete_region_replica
from arqctl.runbook.rehearsal import rehearse
from arqctl.runbook.shell import Flag, flag, rds


def upgrade_sections(database: Database, deployment: Deployment) -> list[Section]:
    """Return the sections of the runbook.

    Raises:
        InputError: if the configured version is not literal text.
    """
    version = as_text(database.arguments.get("engine_version")).partition(".")[0]
    if not version.isdigit():
        what = f"engine_version must be a literal version, got {version!r}"
        raise InputError([Problem(database.address, what, "Set it in the configuration")])
    new = str(int(version) + 1)
    first = Section("First deployment: remove the read replicas", list(_remove(database, deployment)))
    number = "Second" if database.replicas else "Only"
    return [
        Section("Prepare", list(_prepare(database, new))),
        Section("Rehearse", list(rehearse(database, new))),
        *([first] if database.replicas else []),
        Section(f"{number} deployment: upgrade", list(_upgrade(database, deployment, new))),
        Section("Afterwards", list(_finish(database, deployment))),
        *downgrade_sections(database, deployment, version),
    ]


def _prepare(database: Database, new: str) -> Iterator[Step]:
    running = rds(
        "describe-db-instances",
        flag(IDENTIFIER, database.identifier),
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
        "Save this page now, with `--output FILE`. Once the configuration has the new version, arqctl prints "
        "the page of the upgrade after it, and the last sections of this one are the way back."
    )
    yield Step(
        f"Read the release notes of PostgreSQL {new}. The commands show the possible target versions.",
        (f"RUNNING=$({running})", targets),
    )


def _remove(database: Database, deployment: Deployment) -> Iterator[Step]:
    if database.is_protected:
        yield Step(
            "Turn off the deletion protection of each read replica.",
            tuple(command for replica in database.replicas for command in unprotect(database, replica.name)),
        )
    yield Step(
        "Set `read_replicas={}` in the environment. A replica can't have the parameter group of the new "
        "version before the upgrade."
    )
    yield from deployment.steps("The plan deletes the read replicas, and no other instance.")


def _upgrade(database: Database, deployment: Deployment, new: str) -> Iterator[Step]:
    # RDS upgrades replicas in the region of the database only.
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.html
    yield from map(delete_region_replica, database.region_replicas)
    snapshot = Flag("--db-snapshot-identifier", (f'{database.identifier}-before-{new}-"$NOW"',))
    yield Step(
        "Take a snapshot. A downgrade is not possible.",
        (
            NOW,
            rds(
                "create-db-snapshot", flag(IDENTIFIER, database.identifier), snapshot, region=database.region
            ),
            rds("wait db-snapshot-available", snapshot, region=database.region),
        ),
    )
    yield Step(
        f'In one change, set `version="{new}"` and `allow_major_upgrade=True`. Deploy it when the '
        "application can be down for some minutes: the upgrade starts at once."
    )
    yield from deployment.steps(
        "The plan shows a new parameter group and an update in place"
        + (", and creates the replica in the other region" if database.region_replicas else "")
        + ". If it shows a replacement, stop."
    )


def _finish(database: Database, deployment: Deployment) -> Iterator[Step]:
    yield Step("Run `ANALYZE;` in the database: the upgrade keeps no statistics of the tables.")
    yield Step(
        "Remove `allow_major_upgrade`"
        + (", and add the read replicas again." if database.replicas else " from the environment.")
    )
    yield from deployment.steps("The plan neither replaces nor deletes an instance.")
