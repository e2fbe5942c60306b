"""The ways to recover the database and the cache."""

from collections.abc import Iterator

from constructs_arq.core.recovery import Loss
from constructs_arq.core.recovery_facts import RecoveryFacts
from constructs_arq.core.recovery_figures import find_figure
from constructs_arq.core.recovery_route import Route, Serial, Step, figures, steps


def wait_for_person(facts: RecoveryFacts) -> Serial:
    """Return the steps until a person works on the loss."""
    return steps("page", "engineer-starts") if facts.pager else steps("mail-read")


def leave_region(facts: RecoveryFacts) -> Serial:
    """Return the steps until a person has decided to leave the region, and has a network in another one."""
    wait = () if facts.standby else (steps("region-by-hand"),)
    return Serial((wait_for_person(facts), steps("decision"), *wait))


def leave_account(facts: RecoveryFacts) -> Serial:
    """Return the steps until a person has decided to leave the account, and has another one."""
    return Serial((wait_for_person(facts), steps("decision", "account-by-hand", "network-creation")))


def database_routes(facts: RecoveryFacts, loss: Loss) -> Iterator[Route]:
    """Yield the ways to recover the database."""
    if loss in (Loss.INSTANCE, Loss.ZONE) and facts.database_standby:
        yield Route(
            how="failover to the standby in another zone",
            timeline=steps("rds-failover", "clients-reconnect"),
            lost=figures("rds-failover-loss"),
        )
    if loss is Loss.INSTANCE and not facts.database_standby:
        yield Route(
            how="RDS starts the instance on another host, with its volume",
            timeline=steps("rds-host-replacement", "clients-reconnect"),
        )
    if loss in (Loss.INSTANCE, Loss.DATABASE) and facts.database_replicas:
        yield Route(
            how="promotion of a read replica",
            timeline=Serial(
                (wait_for_person(facts), steps("rds-promotion", "rds-replacement", "clients-reconnect"))
            ),
            lost=figures("rds-replica-lag"),
            runbook="database-lost",
        )
    if loss in (Loss.ZONE, Loss.TABLE, Loss.DATABASE):
        yield Route(
            how="restore to a point in time",
            timeline=Serial(
                (wait_for_person(facts), _restore(facts), steps("rds-replacement", "clients-reconnect"))
            ),
            lost=figures("rds-restorable-lag"),
            runbook="database-lost",
        )
    if loss is Loss.REGION:
        yield from _database_in_backup_region(facts)
    if loss is Loss.ACCOUNT and facts.account_copies:
        yield Route(
            how="restore of the copy in the account for backups",
            timeline=Serial((leave_account(facts), _restore_snapshot(facts), steps("clients-reconnect"))),
            lost=figures("backup-interval", "backup-window"),
        )


def _database_in_backup_region(facts: RecoveryFacts) -> Iterator[Route]:
    if facts.standby:
        yield Route(
            how="promotion of the read replica in the backup region",
            timeline=Serial((leave_region(facts), steps("rds-promotion", "clients-reconnect"))),
            lost=figures("rds-region-replica-lag"),
        )
    if facts.database_copy:
        where = "in the standby" if facts.standby else "in a network made by hand"
        yield Route(
            how=f"restore of the replicated backup {where}",
            timeline=Serial((leave_region(facts), _restore(facts), steps("clients-reconnect"))),
            lost=figures("rds-replicated-backup-lag"),
        )
    if facts.backup_copies:
        yield Route(
            how="restore of the copy of the daily backup in the backup region",
            timeline=Serial((leave_region(facts), _restore_snapshot(facts), steps("clients-reconnect"))),
            lost=figures("backup-interval", "backup-window"),
        )


def _restore_snapshot(facts: RecoveryFacts) -> Serial:
    """Return the steps until an instance has all blocks of a snapshot, and its settings."""
    load = Step(find_figure("rds-restore-rate"), gib=facts.database_gib)
    return Serial((steps("rds-restore-start"), load, steps("rds-modification")))


def _restore(facts: RecoveryFacts) -> Serial:
    return Serial((_restore_snapshot(facts), steps("rds-log-replay")))


def cache_routes(facts: RecoveryFacts, loss: Loss) -> Iterator[Route]:
    """Yield the ways to recover the cache. Its contents are sessions: users without one log in again."""
    if loss in (Loss.INSTANCE, Loss.ZONE):
        if facts.cache_replicas:
            yield Route(
                how="failover to a replica in another zone",
                timeline=steps("elasticache-failover"),
                lost=figures("elasticache-failover-loss"),
            )
        elif loss is Loss.INSTANCE:
            yield Route(
                how="ElastiCache replaces the node, which is empty",
                timeline=steps("elasticache-creation"),
                lost=None,
            )
        else:
            yield Route(
                how="a new cache in another zone, which is empty",
                timeline=Serial((wait_for_person(facts), steps("elasticache-creation"))),
                lost=None,
            )
    if loss is Loss.REGION and facts.standby:
        yield Route(how="the cache of the standby, which is empty", timeline=leave_region(facts), lost=None)
    elif loss is Loss.REGION:
        yield Route(
            how="a new cache in the backup region, which is empty",
            timeline=Serial((leave_region(facts), steps("elasticache-creation"))),
            lost=None,
        )
