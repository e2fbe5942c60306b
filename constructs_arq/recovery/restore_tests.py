"""Monthly restores of a database, validated with SQL."""

from constructs import Construct

from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.data.postgres import Postgres
from constructs_arq.network.subnets import IsolatedSubnets, PrivateSubnets
from constructs_arq.recovery.backup_config import BackupConfig
from constructs_arq.recovery.dump_store import DumpStore
from constructs_arq.recovery.restore_age_function import RestoreAge
from constructs_arq.recovery.restore_machine import RestoreMachine
from constructs_arq.recovery.restore_plan import RestorePlan, RestoreTestsConfig
from constructs_arq.recovery.restore_validator import RestoreValidator
from constructs_arq.security.key import Key


class RestoreTests(Construct):
    """AWS Backup restores `database` each month, and a function compares the copy with the newest ledger.

    The restored instance is in `isolated` subnets, and the function in `private` ones. Ledgers and the
    records of results are in `dumps`. `Backups` with the configuration `backups` must exist in the account.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        database: Postgres,
        isolated: IsolatedSubnets,
        private: PrivateSubnets,
        dumps: DumpStore,
        backups: BackupConfig,
        config: RestoreTestsConfig,
    ) -> None:
        super().__init__(scope, id)
        name = Stack.of(self).physical_name(logical_name(self))
        key = Key(self, "key", description="Encrypts logs and settings of restore tests")
        plan = RestorePlan(self, "plan", database=database, subnets=isolated, config=config)
        validator = RestoreValidator(
            self,
            "validator",
            name=f"{name}-validator",
            subnets=private,
            database_name=database.database_name,
            dumps=dumps,
            key=key,
        )
        validator.connections.allow_to(plan, why="it validates restored databases")
        RestoreMachine(
            self, "validation", name=f"{name}-validation", plan=plan, validator=validator, dumps=dumps
        )
        RestoreAge(self, "age", name=f"{name}-age", plan=plan, key=key, backups=backups)
