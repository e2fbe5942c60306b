"""The rehearsal of an upgrade on a copy of the database."""

from collections.abc import Iterator
from dataclasses import replace

from arqctl.runbook.databases import Database
from arqctl.runbook.instance import IDENTIFIER, delete, delete_logs, settle, wait
from arqctl.runbook.page import Step
from arqctl.runbook.settings import Source, restore_flags
from arqctl.runbook.shell import ADMINISTRATOR, Flag, flag, rds, state_function
from arqctl.runbook.terraform import terraform


def rehearse(database: Database, new: str) -> Iterator[Step]:
    """Yield the steps. The copy has one zone and no deletion protection, and nothing of it is kept."""
    name = f"{database.identifier}-rehearsal"
    temporary = {"multi_az": False, "deletion_protection": False, "delete_automated_backups": True}
    copy = replace(database, arguments={**database.arguments, **temporary})
    source = Source.POINT_IN_TIME
    restore = rds(
        source,
        flag("--source-db-instance-identifier", database.identifier),
        flag("--target-db-instance-identifier", name),
        Flag("--use-latest-restorable-time"),
        *restore_flags(copy, source),
        region=database.region,
    )
    upgrade = rds(
        "modify-db-instance",
        flag(IDENTIFIER, name),
        flag("--engine-version", new),
        Flag("--allow-major-version-upgrade"),
        flag("--db-parameter-group-name", f"default.postgres{new}"),
        Flag("--apply-immediately"),
        region=database.region,
    )
    yield Step(
        f"{ADMINISTRATOR} Restore a copy.",
        (
            "cdktf synth",
            terraform(database.stack, "init -input=false"),
            state_function(database.stack),
            restore,
            wait(database, name),
        ),
    )
    yield Step("Upgrade the copy, and measure the time.", (upgrade, *settle(database, name)))
    yield Step(
        "Test the application with the copy. Then delete the copy and its log groups.",
        (*delete(copy, name), *delete_logs(copy, name)),
    )
