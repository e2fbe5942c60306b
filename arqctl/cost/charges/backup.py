"""Charges of AWS Backup, by assumed use: stored snapshots, copies and restore tests."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from arqctl.cost.arguments import read_blocks, read_text
from arqctl.cost.charges.charge import Charge, ChargeFunction, charge_usage
from arqctl.cost.priceable import PriceableResource
from arqctl.cost.prices import HOURS_A_MONTH
from arqctl.cost.stack_resources import StackResources


def charge_vault(_: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge the snapshots of databases and the copies of buckets in a vault."""
    databases, buckets = stack.usage("vault_database_gib"), stack.usage("vault_bucket_gib")
    yield from charge_usage("rds/backup", databases, "GiB of database snapshots in a vault")
    yield from charge_usage("backup/s3-storage", buckets, "GiB of buckets in a vault")


def charge_plan(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge the transfer of copies to another region. The vaults have their own charges."""
    rules = read_blocks(resource.values, "rule")
    copies = any(rule.get("copy_action") for rule in rules) if isinstance(rules, tuple) else True
    if copies:
        gib = stack.usage("copied_gib")
        yield from charge_usage("transfer/inter-region", gib, "GiB of backups to another region")


def charge_restore_tests(_: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge the restores of a restore testing plan, and the hours of a restored database.

    The class of the restored instance is that of the stack's first database.
    """
    yield from charge_usage("backup/restore-test", stack.usage("restore_tests"), "restored resource")
    hours = stack.usage("restore_test_hours")
    databases = stack.of_type("aws_db_instance")
    if hours and databases:
        engine, class_ = (read_text(databases[0].values, name) for name in ("engine", "instance_class"))
        share = hours / Decimal(HOURS_A_MONTH) if engine and class_ else None
        yield from charge_usage(f"rds/{engine or '?'}/{class_ or '?'}", share, "restored database in a month")


BACKUP: Mapping[str, ChargeFunction] = {
    "aws_backup_plan": charge_plan,
    "aws_backup_restore_testing_plan": charge_restore_tests,
    "aws_backup_vault": charge_vault,
}
