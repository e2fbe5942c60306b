"""The way back to the old major version after an upgrade."""

from collections.abc import Iterator
from dataclasses import replace as changed

from arqctl.runbook.databases import Database
from arqctl.runbook.deployment import Deployment
from arqctl.runbook.instance import IDENTIFIER, settle
from arqctl.runbook.page import Section, Step
from arqctl.runbook.replacement import replace
from arqctl.runbook.restore import check, choose_snapshot, clean_up, prepare, restore, snapshot_flags
from arqctl.runbook.settings import Source
from arqctl.runbook.shell import flag, rds


def downgrade_sections(database: Database, deployment: Deployment, old: str) -> list[Section]:
    """Return the sections that restore the snapshot of the old version.

    The upgrade deleted the parameter group of the old version. So the restore uses the default group, and the
    deployment creates the configured group again.
    """
    arguments = {name: value for name, value in database.arguments.items() if name != "parameter_group_name"}
    without_group = changed(database, arguments=arguments)
    return [
        Section("Undo: restore the snapshot", list(_restore(without_group, old))),
        Section("Undo: check the data", list(check(database))),
        Section("Undo: replace the instance", [*replace(database, deployment), _reboot(database)]),
        Section("Undo: clean up", list(clean_up(database))),
    ]


def _restore(database: Database, old: str) -> Iterator[Step]:
    yield Step(
        f'Set `version="{old}"` in the environment again, without `allow_major_upgrade`. Do not deploy it '
        "yet. Changes since the snapshot are lost."
    )
    yield from prepare(database)
    yield choose_snapshot(database)
    yield from restore(database, snapshot_flags(database), Source.SNAPSHOT)


def _reboot(database: Database) -> Step:
    """Return the step after which the parameters of the group apply.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html
    """
    reboot = rds("reboot-db-instance", flag(IDENTIFIER, database.identifier), region=database.region)
    return Step(
        "Restart the instance: until then, it uses the parameters of the default group.",
        (reboot, *settle(database, database.identifier)),
    )
