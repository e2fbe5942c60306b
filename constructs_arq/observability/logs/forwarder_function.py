"""The Lambda function that sends the events of log groups to Alloy."""

import json
from pathlib import Path
from typing import Final

from cdktf import AssetType, TerraformAsset
from cdktf_cdktf_provider_aws.lambda_function import (
    LambdaFunction,
    LambdaFunctionDeadLetterConfig,
    LambdaFunctionLoggingConfig,
    LambdaFunctionTracingConfig,
    LambdaFunctionVpcConfig,
)
from cdktf_cdktf_provider_aws.lambda_function_event_invoke_config import LambdaFunctionEventInvokeConfig
from constructs import Construct

from constructs_arq.core.alarm import Alarm, Comparison, MissingData, Severity
from constructs_arq.core.code_archive import make_archive
from constructs_arq.core.dependencies import terraform_resources
from constructs_arq.core.stack import Stack
from constructs_arq.network.subnets import PrivateSubnets
from constructs_arq.observability.logs.dead_letters import DeadLetters
from constructs_arq.observability.logs.function import forwarder
from constructs_arq.security.connections import Connections, SecurityGroup
from constructs_arq.security.function_interfaces import allow_interfaces
from constructs_arq.security.key import Key
from constructs_arq.security.role import Role, Trust
from constructs_arq.storage.log_group import LogGroup

RUNTIME: Final = "python3.13"
_CODE: Final = Path(forwarder.__file__)
_HANDLER: Final = "forwarder.handle"
_MEMORY_MIB: Final = 256
_SECONDS: Final = 60
_REQUEST_SECONDS: Final = 10
_LOG_DAYS: Final = 365
# Lambda waits one minute before the first repetition, and two before the second.
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
_REPETITIONS: Final = 2
# For events that Lambda has no capacity for.
_MOST_EVENT_SECONDS: Final = 6 * 60 * 60


class ForwarderFunction(Construct):
    """A function in private subnets, with the standard library of Python only. It sends to `url`.

    Its role writes the function's log and the dead-letter queue, and attaches network interfaces. Code in the
    function can't use the last. At most `concurrency` runs are active at a time. Lambda deletes the
    interfaces up to 45 minutes after the function, with the role. So Terraform deletes the security group in
    between, and waits.
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    """

    def __init__(
        self, scope: Construct, id: str, *, name: str, url: str, subnets: PrivateSubnets, concurrency: int
    ) -> None:
        super().__init__(scope, id)
        self._stack = Stack.of(self)
        self._key = Key(self, "key", description=f"Encrypts log and dead letters of {name}")
        self.log: LogGroup = LogGroup(
            self, "log", name=f"/aws/lambda/{name}", key=self._key, retention_days=_LOG_DAYS
        )
        self.dead_letters = DeadLetters(self, "dead-letters", name=f"{name}-dead", key=self._key)
        role = self._make_role(name)
        group = SecurityGroup(
            self,
            "security-group",
            network=subnets.network,
            description=f"Function {name}",
            depends_on=terraform_resources(role, stack=self._stack),
        )
        self.connections: Connections = group.connections
        archive = make_archive(
            "log-forwarder",
            {_CODE.name: _CODE.read_bytes(), forwarder.SETTINGS_FILE: _render_settings(url)},
        )
        self.resource = LambdaFunction(
            self,
            "Default",
            function_name=name,
            description="Sends the events of log groups to Alloy",
            role=role.arn,
            runtime=RUNTIME,
            architectures=["arm64"],
            handler=_HANDLER,
            filename=TerraformAsset(self, "code", path=str(archive.path), type=AssetType.FILE).path,
            source_code_hash=archive.sha256,
            memory_size=_MEMORY_MIB,
            timeout=_SECONDS,
            reserved_concurrent_executions=concurrency,
            vpc_config=LambdaFunctionVpcConfig(
                subnet_ids=subnets.subnet_ids, security_group_ids=[self.connections.security_group_id]
            ),
            dead_letter_config=LambdaFunctionDeadLetterConfig(target_arn=self.dead_letters.arn),
            # Without the start and the end of each run.
            logging_config=LambdaFunctionLoggingConfig(
                log_format="JSON",
                log_group=self.log.resource.name,
                application_log_level="INFO",
                system_log_level="WARN",
            ),
            tracing_config=LambdaFunctionTracingConfig(mode="PassThrough"),
            depends_on=terraform_resources(role, self.log, stack=self._stack),
        )
        LambdaFunctionEventInvokeConfig(
            self,
            "invocations",
            function_name=self.resource.function_name,
            maximum_retry_attempts=_REPETITIONS,
            maximum_event_age_in_seconds=_MOST_EVENT_SECONDS,
        )
        self.alarms: tuple[Alarm, ...] = _alarms(name, self.resource.function_name)

    def _make_role(self, name: str) -> Role:
        role = Role(
            self,
            "role",
            description=f"Function {name}",
            trust=Trust.service("lambda.amazonaws.com"),
        )
        role.allow(
            "logs:CreateLogStream", "logs:PutLogEvents", on=f"{self.log.arn}:*", policy_name="write-logs"
        )
        self.dead_letters.grant_send(role)
        allow_interfaces(role)
        return role


def _render_settings(url: str) -> bytes:
    settings: forwarder.Settings = {"url": url, "timeout_seconds": _REQUEST_SECONDS}
    return json.dumps(settings, sort_keys=True).encode()


def _alarms(name: str, name_ref: str) -> tuple[Alarm, ...]:
    def alarm(
        id: str, metric: str, summary: str, *, evaluations: int = 5, runbook: str = "log-forwarder"
    ) -> Alarm:
        return Alarm(
            name=id,
            runbook=runbook,
            summary=summary,
            severity=Severity.WARNING,
            namespace="AWS/Lambda",
            metric=metric,
            dimensions={"FunctionName": name_ref},
            statistic="Sum",
            threshold=0,
            evaluations=evaluations,
        )

    return (
        # Lambda repeats a run: one failure during an update of Alloy loses nothing.
        alarm("errors", "Errors", f"{name} fails: lines of log groups don't reach Alloy"),
        alarm("throttles", "Throttles", f"{name} is at its limit of runs: lines of log groups are late"),
        alarm(
            "lost-events",
            "DeadLetterErrors",
            f"{name} can't write to its dead-letter queue: Loki misses lines that only CloudWatch has",
            evaluations=1,
            runbook="log-forwarder-dead-letters",
        ),
        # It had runs, and has none any more: the control plane always writes.
        Alarm(
            name="no-events",
            runbook="log-forwarder",
            summary=f"CloudWatch calls {name} no more: lines of log groups are missing in Loki",
            severity=Severity.WARNING,
            namespace="AWS/Lambda",
            metric="Invocations",
            dimensions={"FunctionName": name_ref},
            statistic="Sum",
            comparison=Comparison.BELOW,
            threshold=1,
            period_seconds=300,
            evaluations=1,
            missing_data=MissingData.MISSING,
        ),
    )
