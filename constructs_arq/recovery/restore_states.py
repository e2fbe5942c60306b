"""The state machine that validates a restore, in the Amazon States Language.

https://states-language.net/spec.html
"""

import json
from dataclasses import dataclass
from typing import Final

from constructs_arq.recovery.dump_store import RECORD_PREFIX

NAMESPACE: Final = "arq/Recovery"
VALIDATED_METRIC: Final = "RestoreValidated"
# Four more tries in a quarter of an hour: RDS may still change a new instance, and AWS limits requests.
_RETRIES: Final = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 60, "MaxAttempts": 4, "BackoffRate": 2}]
_MACHINE_SECONDS: Final = 4 * 3600
# The answer of the function takes time too.
_ANSWER_SECONDS: Final = 60

# The event has the time as 2026-11-30T10:00:00Z.
_DAY: Final = "States.ArrayGetItem(States.StringSplit($.time, 'T'), 0)"

_RECORD_NAME: Final = f"'{RECORD_PREFIX}{{}}-{{}}.json'"

_State = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class RestoreValidation:
    """Names and ARNs that the machine uses. `seconds` is the longest run of the function."""

    environment: str
    function_arn: str
    seconds: int
    bucket: str


def restore_validation_definition(validation: RestoreValidation) -> str:
    """Return the definition as JSON. Its input is an event of AWS Backup about a restore job.

    The function validates the restored instance. AWS Backup gets the result, CloudWatch a metric of 1 or 0,
    and the bucket a record. All errors are results too: a restore that nobody could validate has failed. An
    execution fails unless the restore is valid and all have its result.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-validation.html
    """
    return json.dumps(
        {
            "Comment": "Validates a restored database and reports the result",
            "StartAt": "IsRestored",
            "TimeoutSeconds": _MACHINE_SECONDS,
            "States": {
                "IsRestored": {
                    "Type": "Choice",
                    "Choices": [
                        {
                            "And": [
                                {"Variable": "$.detail.status", "StringEquals": "COMPLETED"},
                                {"Variable": "$.detail.createdResourceArn", "IsPresent": True},
                            ],
                            "Next": "Validate",
                        }
                    ],
                    "Default": "NotRestored",
                },
                # AWS Backup accepts no result of such a job: it has one already.
                "NotRestored": _failure(
                    "States.Format('AWS Backup restored nothing: the job is {}', $.detail.status)",
                    next_state="SetUnrestored",
                ),
                "SetUnrestored": _verdict(0, "FAILED", next_state="Measure"),
                "Validate": _validate(validation),
                "NotValidated": _failure(
                    "States.Format('The function failed: {}', $.problem.Error)", next_state="SetFailed"
                ),
                "IsValid": {
                    "Type": "Choice",
                    "Choices": [{"Variable": "$.result.valid", "BooleanEquals": True, "Next": "SetPassed"}],
                    "Default": "SetFailed",
                },
                "SetPassed": _verdict(1, "SUCCESSFUL", next_state="Report"),
                "SetFailed": _verdict(0, "FAILED", next_state="Report"),
                "Report": _call(
                    "backup:putRestoreValidationResult",
                    {
                        "RestoreJobId.$": "$.detail.restoreJobId",
                        "ValidationStatus.$": "$.verdict.status",
                        "ValidationStatusMessage.$": "$.result.message",
                    },
                    next_state="Measure",
                ),
                "Measure": _call(
                    "cloudwatch:putMetricData",
                    {
                        "Namespace": NAMESPACE,
                        "MetricData": [
                            {
                                "MetricName": VALIDATED_METRIC,
                                "Dimensions": [{"Name": "Environment", "Value": validation.environment}],
                                "Value.$": "$.verdict.value",
                                "Unit": "Count",
                            }
                        ],
                    },
                    next_state="Record",
                ),
                "Record": _call(
                    "s3:putObject",
                    {
                        "Bucket": validation.bucket,
                        "Key.$": f"States.Format({_RECORD_NAME}, {_DAY}, $.detail.restoreJobId)",
                        "Body.$": "$",
                        "ContentType": "application/json",
                        # A bucket with Object Lock requires one.
                        "ChecksumAlgorithm": "SHA256",
                    },
                    next_state="IsDone",
                ),
                "IsDone": {
                    "Type": "Choice",
                    "Choices": [
                        {"Variable": "$.problem", "IsPresent": True, "Next": "NotReported"},
                        {"Variable": "$.verdict.value", "NumericEquals": 1, "Next": "Passed"},
                    ],
                    "Default": "NotValid",
                },
                "Passed": {"Type": "Succeed"},
                "NotValid": _fail(
                    "NotValid", "The restored database is not valid: its record has the checks"
                ),
                "NotReported": _fail("NotReported", "A step failed: the history has the error"),
            },
        }
    )


def _validate(validation: RestoreValidation) -> _State:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {
            "FunctionName": validation.function_arn,
            "Payload": {
                "restore_job_id.$": "$.detail.restoreJobId",
                "resource_arn.$": "$.detail.createdResourceArn",
                "restore_testing_plan_arn.$": "$.detail.restoreTestingPlanArn",
            },
        },
        "ResultSelector": {
            f"{name}.$": f"$.Payload.{name}"
            for name in ("valid", "message", "checks", "ledger", "seconds", "restore")
        },
        "ResultPath": "$.result",
        "TimeoutSeconds": validation.seconds + _ANSWER_SECONDS,
        "Retry": _RETRIES,
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.problem", "Next": "NotValidated"}],
        "Next": "IsValid",
    }


def _call(operation: str, parameters: _State, *, next_state: str) -> _State:
    """Return a call of AWS. An error is kept in the data, and the next state follows."""
    return {
        "Type": "Task",
        "Resource": f"arn:aws:states:::aws-sdk:{operation}",
        "Parameters": parameters,
        "ResultPath": None,
        "TimeoutSeconds": _ANSWER_SECONDS,
        "Retry": _RETRIES,
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.problem", "Next": next_state}],
        "Next": next_state,
    }


def _failure(message: str, *, next_state: str) -> _State:
    return {
        "Type": "Pass",
        "Parameters": {
            "valid": False,
            "message.$": message,
            "checks": [],
            "ledger": "",
            "seconds": 0,
            "restore": None,
        },
        "ResultPath": "$.result",
        "Next": next_state,
    }


def _verdict(value: int, status: str, *, next_state: str) -> _State:
    return {
        "Type": "Pass",
        "Result": {"value": value, "status": status},
        "ResultPath": "$.verdict",
        "Next": next_state,
    }


def _fail(error: str, cause: str) -> _State:
    return {"Type": "Fail", "Error": error, "Cause": cause}
