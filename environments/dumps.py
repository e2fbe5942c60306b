"""Logical dumps and the daily ledger of the database."""

from collections.abc import Sequence

from cdktf import ITerraformDependable

from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.kubernetes.storage_class import StorageClass
from constructs_arq.platform.external_secrets import ExternalSecrets
from constructs_arq.services.cron_job import CronJob
from constructs_arq.services.scratch_volume import SCRATCH_FOLDER, ScratchVolume
from environments.dump_limits import find_dump_limits, find_ledger_limits
from environments.environment import Environment
from environments.platform import Platform

_USER = "backup"
# Of the image, for the instance itself.
_RDS_CAS = "/etc/rds/global-bundle.pem"
_MIGRATIONS = "api.migrations"
# The API never changes or deletes an entry.
_APPEND_ONLY = "api.entries"
# Of the scratch volume. A restore of 1.4 GB a minute needs an estimated 117 MB a second: it moves each byte
# about five times, for tables, sorting, indexes and the comparison. AWS includes 125 MiB: almost no room.
_SCRATCH_MIB_PER_SECOND = 250
# pg_dump itself, and two processes that it starts.
_DUMP_PROCESSES = 3


def run_dumps(
    stack: Stack,
    env: Environment,
    platform: Platform,
    *,
    namespace: Namespace,
    secrets: ExternalSecrets,
    depends_on: Sequence[ITerraformDependable],
) -> None:
    """Dump the database each week, and take its ledger each day. Both read the instance itself.

    A scratch volume has room for a dump and for its restored copy, each as large as the largest database that
    is dumped in time.

    Raises:
        ConfigError: if the database is too large from its first day.
    """
    database, store = platform.database, platform.dumps
    dump_limits, ledger_limits = find_dump_limits(env), find_ledger_limits(env)
    volumes = StorageClass(
        stack, "scratch-gp3", key=platform.cluster.key, mib_per_second=_SCRATCH_MIB_PER_SECOND
    )
    connection = {
        "AWS_REGION": env.region,
        "DATABASE_CA_FILE": _RDS_CAS,
        "DATABASE_HOST": database.admin_endpoint.endpoint,
        "DATABASE_NAME": env.database.database_name,
        "DATABASE_USER": _USER,
        "DUMPS_BUCKET": store.bucket_name,
    }
    dump = CronJob(
        stack,
        "database-dump",
        cluster=platform.cluster,
        namespace=namespace,
        images=platform.images,
        secrets_from=secrets,
        environment={**connection, **dump_limits.variables, "SCRATCH_FOLDER": SCRATCH_FOLDER},
        scratch=ScratchVolume(storage_class=volumes, gib=2 * dump_limits.gib),
        depends_on=depends_on,
        config=env.shop.dump.model_copy(update={"deadline_seconds": dump_limits.deadline_seconds}),
    )
    store.grant_write_dumps(dump.identity)
    ledger = CronJob(
        stack,
        "database-ledger",
        cluster=platform.cluster,
        namespace=namespace,
        images=platform.images,
        secrets_from=secrets,
        environment={
            **connection,
            **ledger_limits.variables,
            "APPEND_ONLY_TABLES": _APPEND_ONLY,
            "MIGRATION_TABLE": _MIGRATIONS,
        },
        depends_on=depends_on,
        config=env.shop.ledger.model_copy(update={"deadline_seconds": ledger_limits.deadline_seconds}),
    )
    store.grant_write_ledgers(ledger.identity)
    for job, connections in ((dump, 1 + _DUMP_PROCESSES), (ledger, 1)):
        job.connections.allow_to(database.admin_endpoint, why="it reads all tables there, in one snapshot")
        job.connections.allow_to_aws(why=f"it writes to {store.node.id}")
        database.grant_read_all(job.identity, user=_USER, pool_size=connections)
