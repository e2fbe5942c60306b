"""The state machine of restores runs in moto: each ending has a result, a metric and a record."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.recovery.restore_machine_run import (
    JOB,
    PLAN,
    Answer,
    AwsError,
    Run,
    event,
    lambda_answer,
    run,
    verdict,
)

pytestmark = pytest.mark.slow

TRIES = 5


def raising(code: str) -> Callable[[], Answer]:
    def answer() -> Answer:
        raise AwsError(code)

    return answer


def in_turn(*answers: Callable[[], Answer]) -> Callable[[], Answer]:
    remaining = iter(answers)

    def answer() -> Answer:
        return next(remaining)()

    return answer


def valid() -> Answer:
    return lambda_answer(verdict(valid=True))


def failed_function() -> Answer:
    error = {"errorType": "OperationalError", "errorMessage": "connection refused"}
    return lambda_answer(error, failed=True)


def reported(found: Run) -> tuple[str, float, bool]:
    """Return the result that AWS Backup, CloudWatch and the bucket got."""
    (result,) = found.of("PutRestoreValidationResult")
    assert result["RestoreJobId"] == JOB
    return result["ValidationStatus"], metric(found), record(found)["result"]["valid"]


def metric(found: Run) -> float:
    (request,) = found.of("PutMetricData")
    assert request["Namespace"] == "arq/Recovery"
    (datum,) = request["MetricData"]
    assert datum["MetricName"] == "RestoreValidated"
    assert datum["Dimensions"] == [{"Name": "Environment", "Value": "production"}]
    return float(datum["Value"])


def record(found: Run) -> dict[str, dict[str, Any]]:
    request = found.of("PutObject")[-1]
    assert request["Bucket"] == "production-dumps-1"
    assert request["Key"] == f"restores/2026-12-02-{JOB}.json"
    document: dict[str, dict[str, Any]] = request["Body"]
    return document


def test_a_valid_restore_passes() -> None:
    found = run(event(), {"Invoke": valid})
    assert found.status == "SUCCEEDED"
    assert reported(found) == ("SUCCESSFUL", 1, True)
    (call,) = found.of("Invoke")
    assert json.loads(call["Payload"]) == {
        "restore_job_id": JOB,
        "resource_arn": event()["detail"]["createdResourceArn"],
        "restore_testing_plan_arn": PLAN,
    }
    assert record(found)["result"] == verdict(valid=True)


def test_an_invalid_restore_fails_with_the_message_of_the_checks() -> None:
    found = run(event(), {"Invoke": lambda: lambda_answer(verdict(valid=False))})
    assert (found.status, found.error) == ("FAILED", "NotValid")
    assert reported(found) == ("FAILED", 0, False)
    assert "fewer rows" in found.of("PutRestoreValidationResult")[0]["ValidationStatusMessage"]


@pytest.mark.parametrize("status", ["FAILED", "ABORTED"])
def test_a_failed_restore_job_counts_and_is_not_reported_back(status: str) -> None:
    found = run(event(status=status, createdResourceArn=None), {})
    assert (found.status, found.error) == ("FAILED", "NotValid")
    assert found.of("Invoke") == found.of("PutRestoreValidationResult") == []
    assert metric(found) == 0
    assert record(found)["result"]["message"] == f"AWS Backup restored nothing: the job is {status}"
    assert record(found)["result"]["restore"] is None


@pytest.mark.parametrize(
    "answer",
    [
        failed_function,
        raising("TooManyRequestsException"),
        raising("AccessDeniedException"),
    ],
    ids=["exception", "throttled", "denied"],
)
def test_a_function_without_result_is_repeated_and_then_a_failure(answer: Callable[[], Answer]) -> None:
    found = run(event(), {"Invoke": answer})
    assert (found.status, found.error) == ("FAILED", "NotReported")
    assert reported(found) == ("FAILED", 0, False)
    assert len(found.of("Invoke")) == TRIES
    assert found.slept == [60, 120, 240, 480]


def test_an_incomplete_answer_is_a_failure() -> None:
    found = run(event(), {"Invoke": lambda: lambda_answer({"valid": True})})
    assert (found.status, found.error) == ("FAILED", "NotReported")
    assert reported(found) == ("FAILED", 0, False)


def test_a_function_that_answers_late_is_repeated() -> None:
    found = run(event(), {"Invoke": in_turn(failed_function, failed_function, valid)})
    assert found.status == "SUCCEEDED"
    assert reported(found) == ("SUCCESSFUL", 1, True)


def test_a_function_that_hangs_times_out() -> None:
    def hang() -> Answer:
        time.sleep(1.5)
        return valid()

    found = run(event(), {"Invoke": hang}, Validate=1)
    assert (found.status, found.error) == ("FAILED", "NotReported")
    assert reported(found) == ("FAILED", 0, False)
    assert "States.Timeout" in record(found)["result"]["message"]


def test_a_throttled_report_is_repeated() -> None:
    answers = in_turn(raising("ThrottlingException"), raising("ServiceUnavailableException"), dict)
    found = run(event(), {"Invoke": valid, "PutRestoreValidationResult": answers})
    assert found.status == "SUCCEEDED"
    assert len(found.of("PutRestoreValidationResult")) == 3
    assert metric(found) == 1


@pytest.mark.parametrize("operation", ["PutRestoreValidationResult", "PutMetricData", "PutObject"])
def test_a_result_that_one_service_refuses_reaches_the_others(operation: str) -> None:
    found = run(event(), {"Invoke": valid, operation: raising("AccessDeniedException")})
    assert (found.status, found.error) == ("FAILED", "NotReported")
    for each in ("PutRestoreValidationResult", "PutMetricData", "PutObject"):
        assert len(found.of(each)) == (TRIES if each == operation else 1)
