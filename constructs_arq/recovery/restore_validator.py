"""The function that validates restored databases, in the network."""

from typing import Final

from cdktf_cdktf_provider_aws.lambda_function import LambdaFunctionVpcConfig
from constructs import Construct

from constructs_arq.core.dependencies import terraform_resources
from constructs_arq.core.port import Port
from constructs_arq.core.stack import Stack
from constructs_arq.network.address_plan import ANY_IPV4
from constructs_arq.network.reachable_services import require_reachable
from constructs_arq.network.subnets import PrivateSubnets
from constructs_arq.recovery.dump_store import LEDGER_PREFIX, DumpStore
from constructs_arq.recovery.recovery_function import RecoveryFunction, make_function_role
from constructs_arq.recovery.validator_archive import HANDLER, make_validator_archive
from constructs_arq.security.connections import Connections, SecurityGroup
from constructs_arq.security.function_interfaces import allow_interfaces
from constructs_arq.security.key import Key

VALIDATOR_USER: Final = "restore_validator"
# Lambda's limit. The function stops its checks before.
SECONDS: Final = 900


class RestoreValidator(Construct):
    """The function of `recovery.validator`, which logs in to restored databases with IAM.

    It reads ledgers and certificates in `dumps`. AWS Backup names restored instances, and RDS gives them a
    new resource id, so the role can log in as its user to each database of the account. Only restored copies
    allow its connections.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        subnets: PrivateSubnets,
        database_name: str,
        dumps: DumpStore,
        key: Key,
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        require_reachable(self, subnets, ("backup", "rds"), who="restore tests")
        role = make_function_role(self, "role", name=name, purpose="validates restored databases", key=key)
        role.allow(
            "rds:DescribeDBInstances",
            on=stack.arn("rds", "db:awsbackup-restore-test-*"),
            policy_name="find-database",
        )
        role.allow("backup:DescribeRestoreJob", on="*", policy_name="read-restore-job")
        role.allow(
            "rds-db:connect",
            on=stack.arn("rds-db", f"dbuser:*/{VALIDATOR_USER}"),
            policy_name="connect-as-validator",
        )
        dumps.grant_read_ledgers(role)
        allow_interfaces(role)
        group = SecurityGroup(
            self,
            "security-group",
            network=subnets.network,
            description=f"Function {name}",
            # Lambda deletes its interfaces after the function, with the role.
            depends_on=terraform_resources(role, stack=stack),
        )
        self.connections: Connections = group.connections
        self.connections.allow_to_range(ANY_IPV4, port=Port.tcp(443), why="it calls AWS services")
        self._function = RecoveryFunction(
            self,
            "function",
            name=name,
            description="Validates restored databases",
            archive=make_validator_archive(),
            handler=HANDLER,
            seconds=SECONDS,
            variables={
                "DATABASE_NAME": database_name,
                "DATABASE_USER": VALIDATOR_USER,
                "LEDGER_BUCKET": dumps.bucket_name,
                "LEDGER_PREFIX": LEDGER_PREFIX,
                "REGION": stack.region,
            },
            key=key,
            role=role,
            network=LambdaFunctionVpcConfig(
                subnet_ids=subnets.subnet_ids, security_group_ids=[self.connections.security_group_id]
            ),
        )
        self.arn: str = self._function.arn
