"""The steps that replace the instance which Terraform manages with another one."""

import shlex
from collections.abc import Iterator

from arqctl.runbook.databases import Database
from arqctl.runbook.deployment import Deployment
from arqctl.runbook.instance import delete, rename, settle
from arqctl.runbook.page import Step
from arqctl.runbook.region_replica import delete_region_replica
from arqctl.runbook.shell import flag, rds
from arqctl.runbook.terraform import remove_from_state, terraform

_EXPECTATION = (
    "The plan creates what the steps above removed, and updates policies with the id of the instance, so "
    "that users can log in. It must not replace or delete the instance."
)


def restored_name(database: Database) -> str:
    """Return the name of the instance that a restore creates."""
    return f"{database.identifier}-restored"


def broken_name(database: Database) -> str:
    """Return the name that the replaced instance gets."""
    return f"{database.identifier}-broken"


def replace(database: Database, deployment: Deployment) -> Iterator[Step]:
    """Yield the steps that make the restored instance the database."""
    yield from _replace(database, deployment, restored_name(database), broken_name(database))


def undo(database: Database, deployment: Deployment) -> Iterator[Step]:
    """Yield the steps that make the old instance the database again.

    A new replica, proxy target and backup copy belong to the restored instance then. So these steps remove
    the same resources. Else the plan replaces the replica, which `prevent_destroy` refuses.
    """
    yield Step(
        f"This is possible while `{broken_name(database)}` exists. The commands fail for resources that no "
        "deployment created again: continue then. Stop the workloads that write."
    )
    yield from _replace(database, deployment, broken_name(database), restored_name(database))


def _replace(database: Database, deployment: Deployment, new: str, old: str) -> Iterator[Step]:
    """Yield the steps that rename the present instance to `old`, and `new` to the name of the database."""
    yield from _release(database)
    yield Step(
        f"Rename the present instance to `{old}`, then `{new}` to `{database.identifier}`. If there is no "
        "present one, rename the latter only.",
        (*rename(database, database.identifier, old), *rename(database, new, database.identifier)),
    )
    address, identifier = shlex.quote(database.address), shlex.quote(database.identifier)
    yield Step(
        "Let Terraform manage the other instance.",
        (
            remove_from_state(database.stack, database.address),
            terraform(database.stack, f"import {address} {identifier}"),
        ),
    )
    yield from deployment.steps(_EXPECTATION)
    yield Step(
        "Turn on IAM login of the master user, run the migrator, and start the workloads.",
        (f"arqctl database login {shlex.quote(database.deployed_as)}",),
    )


def _release(database: Database) -> Iterator[Step]:
    """Yield the steps that remove what depends on the present instance."""
    for copy in database.backup_copies:
        stop = rds(
            "stop-db-instance-automated-backups-replication",
            flag("--source-db-instance-arn", database.arn),
            region=copy.region,
        )
        yield Step(
            "Stop the copies of the present instance's backups, and wait for it. Existing copies stay.",
            (
                stop,
                *settle(database, database.identifier),
                remove_from_state(database.stack, copy.address),
            ),
        )
    for replica in database.replicas:
        yield Step(
            f"Delete the read replica `{replica.name}`, which follows the present instance.",
            (*delete(database, replica.name), remove_from_state(database.stack, replica.address)),
        )
    for standby in database.region_replicas:
        # A replica stays with the renamed instance, and Terraform ignores the source.
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RenameInstance.html
        yield delete_region_replica(standby)
    for target in database.proxy_targets:
        deregister = rds(
            "deregister-db-proxy-targets",
            flag("--db-proxy-name", target.name),
            flag("--db-instance-identifiers", database.identifier),
            region=database.region,
        )
        yield Step(
            f"Detach the instance from the proxy `{target.name}`. Clients are disconnected from here on.",
            (deregister, remove_from_state(database.stack, target.address)),
        )
