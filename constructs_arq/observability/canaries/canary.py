"""A canary of CloudWatch Synthetics."""

import json
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from cdktf import Fn
from cdktf_cdktf_provider_aws.synthetics_canary import (
    SyntheticsCanary,
    SyntheticsCanaryArtifactConfig,
    SyntheticsCanaryArtifactConfigS3Encryption,
    SyntheticsCanaryRunConfig,
    SyntheticsCanarySchedule,
    SyntheticsCanaryScheduleRetryConfig,
)
from constructs import Construct

from constructs_arq.core.dependencies import terraform_resources
from constructs_arq.core.stack import Stack
from constructs_arq.observability.canaries.artifacts import CanaryArtifacts
from constructs_arq.observability.canaries.program import program_path
from constructs_arq.security.role import Role, Trust
from constructs_arq.storage.log_group import LogGroup

NAMESPACE: Final = "CloudWatchSynthetics"

Program: TypeAlias = Literal["api", "domain", "site"]

_MEMORY_MIB: Final = 1024
_LOG_DAYS: Final = 365
# Lambda's cold start and the start of the browser are part of a run.
_START_SECONDS: Final = 15
_MINUTES_AN_HOUR: Final = 60


class Canary(Construct):
    """A canary that runs `program`, a file of this package, with `settings`, in the region of `artifacts`.

    It has no network of ours: it uses the site as everybody does. Synthetics makes a Lambda function, which
    Terraform deletes with the canary. The log group exists before most logs, encrypted, and the role can't
    create another. A failed run of a slow interval is repeated at once, so that one lost packet is no outage.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        program: Program,
        settings: Mapping[str, object],
        seconds: int,
        interval_minutes: int,
        runtime: str,
        artifacts: CanaryArtifacts,
    ) -> None:
        super().__init__(scope, id)
        self._artifacts = artifacts
        self._stack = Stack.of(self)
        self._region = artifacts.region
        self.interval_minutes: int = interval_minutes
        name = self._stack.physical_name(program)
        role = self._make_role(name)
        canary = SyntheticsCanary(
            self,
            "Default",
            name=name,
            handler=f"{program}.handler",
            runtime_version=runtime,
            zip_file=program_path(self._stack, runtime),
            execution_role_arn=role.arn,
            artifact_s3_location=artifacts.location(name),
            artifact_config=SyntheticsCanaryArtifactConfig(
                s3_encryption=SyntheticsCanaryArtifactConfigS3Encryption(
                    encryption_mode="SSE_KMS", kms_key_arn=artifacts.key.arn
                )
            ),
            schedule=SyntheticsCanarySchedule(
                expression=_rate(interval_minutes),
                retry_config=SyntheticsCanaryScheduleRetryConfig(
                    max_retries=0 if interval_minutes == 1 else 1
                ),
            ),
            run_config=SyntheticsCanaryRunConfig(
                active_tracing=False,
                memory_in_mb=_MEMORY_MIB,
                timeout_in_seconds=seconds + _START_SECONDS,
                environment_variables={
                    "CANARY_SETTINGS": json.dumps({**settings, "seconds": seconds}, sort_keys=True)
                },
            ),
            start_canary=True,
            delete_lambda=True,
            provider=self._stack.provider_in(self._region),
            depends_on=[artifacts.last_setting, *terraform_resources(role, stack=self._stack)],
        )
        # A reference, so that alarms come after the canary.
        self.dimensions: Mapping[str, str] = {"CanaryName": canary.name}
        self._keep_logs(canary)

    def _make_role(self, name: str) -> Role:
        role = Role(
            self,
            "role",
            description=f"Canary {name} in {self._region}",
            trust=Trust.service("lambda.amazonaws.com"),
        )
        self._artifacts.grant_write(role, canary=name)
        role.allow(
            "cloudwatch:PutMetricData",
            on="*",
            policy_name="publish-metrics",
            conditions={"StringEquals": {"cloudwatch:namespace": NAMESPACE}},
        )
        groups = self._stack.arn("logs", f"log-group:/aws/lambda/cwsyn-{name}-*:*", region=self._region)
        role.allow("logs:CreateLogStream", "logs:PutLogEvents", on=groups, policy_name="write-logs")
        return role

    def _keep_logs(self, canary: SyntheticsCanary) -> None:
        """Create the log group of the function, whose name has an id that Synthetics chooses."""
        function = Fn.element(Fn.split(":", canary.engine_arn), 6)
        LogGroup(
            self,
            "log",
            name=f"/aws/lambda/{function}",
            key=self._artifacts.key,
            retention_days=_LOG_DAYS,
            region=self._region,
        )


def _rate(minutes: int) -> str:
    if minutes == _MINUTES_AN_HOUR:
        return "rate(1 hour)"
    return f"rate({minutes} minute{'s' if minutes > 1 else ''})"
