"""Runs the state machine of restores in moto's Step Functions. AWS answers in the shapes of botocore."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.response import StreamingBody
from moto import mock_aws

from constructs_arq.recovery.restore_states import RestoreValidation, restore_validation_definition

REGION, ACCOUNT = "eu-west-1", "123456789012"
PLAN = f"arn:aws:backup:{REGION}:{ACCOUNT}:restore-testing-plan:production_restore_tests-1"
JOB = "5D4A8D4A-1B2C-4D5E-8F90-123456789ABC"
_MOTO = "moto.stepfunctions.parser.asl.component"
_CLIENTS = (
    f"{_MOTO}.state.exec.state_task.lambda_eval_utils.boto_client_for",
    f"{_MOTO}.state.exec.state_task.service.state_task_service_aws_sdk.boto_client_for",
)
KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
Answer = Mapping[str, Any]
Answers = Mapping[str, Callable[[], Answer]]


class AwsError(Exception):
    """An error that AWS answers with."""

    def __init__(self, code: str, message: str = "Try again later") -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Run:
    """The status of an execution, the error and the requests that AWS got."""

    status: str = ""
    error: str = ""
    slept: list[float] = field(default_factory=list)
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def of(self, operation: str) -> list[dict[str, Any]]:
        return [parameters for name, parameters in self.requests if name == operation]


def definition(**timeouts: int) -> str:
    """Return the definition of production, with other timeouts of states."""
    document = json.loads(
        restore_validation_definition(
            RestoreValidation(
                environment="production",
                function_arn=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:production-restore-tests-validator",
                seconds=900,
                bucket="production-dumps-1",
            )
        )
    )
    for name, seconds in timeouts.items():
        document["States"][name]["TimeoutSeconds"] = seconds
    return json.dumps(document)


def event(**detail: Any) -> dict[str, Any]:
    """Return an event of AWS Backup.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
    """
    return {
        "version": "0",
        "id": "7f1c2f6e-0000-4000-8000-000000000000",
        "detail-type": "Restore Job State Change",
        "source": "aws.backup",
        "account": ACCOUNT,
        "time": "2026-12-02T10:41:07Z",
        "region": REGION,
        "resources": [],
        "detail": {
            "restoreJobId": JOB,
            "status": "COMPLETED",
            "resourceType": "RDS",
            "createdResourceArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:awsbackup-restore-test-1",
            "restoreTestingPlanArn": PLAN,
            **detail,
        },
    }


def verdict(*, valid: bool) -> dict[str, Any]:
    """Return the answer of the function."""
    message = "7 checks passed" if valid else "rows: 3 tables have fewer rows than the ledger"
    return {
        "valid": valid,
        "message": message,
        "checks": [{"name": "rows", "passed": valid, "detail": message, "seconds": 1.5}],
        "ledger": "ledger/2026-12-02T030000Z.json",
        "seconds": 61.2,
        "restore": {"seconds": 1260.0, "bytes": 20 * 1024**3, "recovery_point": "2026-12-02T05:14:00+00:00"},
    }


def lambda_answer(payload: Mapping[str, Any], *, failed: bool = False) -> Answer:
    body = json.dumps(payload).encode()
    answer = {"StatusCode": 200, "Payload": StreamingBody(BytesIO(body), len(body))}
    return {**answer, "FunctionError": "Unhandled"} if failed else answer


def run(given: Mapping[str, Any], answers: Answers, **timeouts: int) -> Run:
    """Run an execution. Operations without an answer succeed. Waits before retries take no time."""
    found = Run()
    with _simulated(found, answers), mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        client = make_client("stepfunctions", REGION, **KEYS)
        machine = client.create_state_machine(
            name="restores", definition=definition(**timeouts), roleArn=f"arn:aws:iam::{ACCOUNT}:role/r"
        )
        execution = client.start_execution(
            stateMachineArn=machine["stateMachineArn"], name="one", input=json.dumps(given)
        )["executionArn"]
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            described = client.describe_execution(executionArn=execution)
            if described["status"] != "RUNNING":
                break
            time.sleep(0.02)
        found.status, found.error = described["status"], described.get("error", "")
    return found


# boto3 has another type for each service.
make_client: Any = boto3.client


@contextmanager
def _simulated(found: Run, answers: Answers) -> Iterator[None]:
    def client_for(region: str, service: str, **_: Any) -> Any:
        client = make_client(service, region, **KEYS)
        client.meta.events.register("provide-client-params", record)
        # A client with an answer here sends nothing. It has checked the parameters before.
        client.meta.events.register_first("before-call", answer)
        return client

    def record(model: Any, params: dict[str, Any], **_: Any) -> dict[str, Any]:
        found.requests.append((model.name, params))
        # Step Functions writes an object as JSON, and moto passes it on.
        return {**params, "Body": json.dumps(params["Body"])} if "Body" in params else params

    def answer(model: Any, **_: Any) -> tuple[AWSResponse, Answer]:
        metadata: dict[str, Any] = {"RequestId": "1", "HTTPStatusCode": 200}
        try:
            response = {**answers.get(model.name, dict)(), "ResponseMetadata": metadata}
        except AwsError as error:
            metadata["HTTPStatusCode"] = 400
            response = {
                "Error": {"Code": error.code, "Message": str(error)},
                "ResponseMetadata": metadata,
            }
        return AWSResponse("https://aws.example", metadata["HTTPStatusCode"], HTTPHeaders(), None), response

    with ExitStack() as stack:
        for name in _CLIENTS:
            stack.enter_context(patch(name, client_for))
        retries = SimpleNamespace(sleep=found.slept.append)
        stack.enter_context(patch(f"{_MOTO}.common.retry.retrier_decl.time", retries))
        yield
