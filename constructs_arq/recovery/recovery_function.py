"""Lambda functions of restore tests."""

from collections.abc import Mapping
from typing import Final

from cdktf import AssetType, TerraformAsset
from cdktf_cdktf_provider_aws.lambda_function import (
    LambdaFunction,
    LambdaFunctionEnvironment,
    LambdaFunctionLoggingConfig,
    LambdaFunctionTracingConfig,
    LambdaFunctionVpcConfig,
)
from constructs import Construct

from constructs_arq.core.code_archive import CodeArchive
from constructs_arq.core.dependencies import terraform_resources
from constructs_arq.core.stack import Stack
from constructs_arq.security.key import Key
from constructs_arq.security.role import Role, Trust
from constructs_arq.storage.log_group import LogGroup

RUNTIME: Final = "python3.13"
_MEMORY_MIB: Final = 512
_LOG_DAYS: Final = 365


class RecoveryFunction(Construct):
    """A function with its role and its log. One run is active at a time.

    `variables` are environment variables, which `key` encrypts, like the log. `role` is that of
    `make_function_role`. With `network`, the function is in a VPC.
    https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        description: str,
        archive: CodeArchive,
        handler: str,
        seconds: int,
        variables: Mapping[str, str],
        key: Key,
        role: Role,
        network: LambdaFunctionVpcConfig | None = None,
    ) -> None:
        super().__init__(scope, id)
        log = LogGroup(self, "log", name=f"/aws/lambda/{name}", key=key, retention_days=_LOG_DAYS)
        function = LambdaFunction(
            self,
            "Default",
            function_name=name,
            description=description,
            role=role.arn,
            runtime=RUNTIME,
            architectures=["arm64"],
            handler=handler,
            filename=TerraformAsset(self, "code", path=str(archive.path), type=AssetType.FILE).path,
            source_code_hash=archive.sha256,
            memory_size=_MEMORY_MIB,
            timeout=seconds,
            reserved_concurrent_executions=1,
            environment=LambdaFunctionEnvironment(variables=dict(variables)),
            kms_key_arn=key.arn,
            vpc_config=network,
            logging_config=LambdaFunctionLoggingConfig(
                log_format="JSON",
                log_group=log.resource.name,
                application_log_level="INFO",
                system_log_level="WARN",
            ),
            tracing_config=LambdaFunctionTracingConfig(mode="PassThrough"),
            depends_on=terraform_resources(role, log, stack=Stack.of(self)),
        )
        self.arn: str = function.arn
        self.function_name: str = function.function_name


def make_function_role(scope: Construct, id: str, *, name: str, purpose: str, key: Key) -> Role:
    """Return the role of the function `name`, which writes its log, and decrypts with `key`."""
    role = Role(
        scope, id, description=f"Function that {purpose}", trust=Trust.service("lambda.amazonaws.com")
    )
    role.allow(
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        on=Stack.of(scope).arn("logs", f"log-group:/aws/lambda/{name}:*"),
        policy_name="write-logs",
    )
    key.grant_decrypt(role)
    return role
