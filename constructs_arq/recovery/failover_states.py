"""The state machine of a failover to a standby, in the Amazon States Language.

https://states-language.net/spec.html
"""

import json
from dataclasses import dataclass
from typing import Final

_POLL_SECONDS: Final = 15
# A person answers in an hour, or starts again. The machine ends by itself after a day of RDS.
_ANSWER_SECONDS: Final = 3600
_LIMIT_SECONDS: Final = 86_400
_READ: Final = "arn:aws:states:::aws-sdk:rds:describeDBInstances"
_PROMOTE: Final = "arn:aws:states:::aws-sdk:rds:promoteReadReplica"
_ASK: Final = "arn:aws:states:::sns:publish.waitForTaskToken"
_SEND: Final = "arn:aws:states:::sns:publish"
_TASK: Final = "$$.Task.Token"
_SOURCE: Final = "$.replica.sources[0]"

_State = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Failover:
    """The names that a failover needs. `store` is the key value store of the switch between regions."""

    environment: str
    region: str
    instance: str
    topic_arn: str
    store: str
    backup_days: int
    backup_window: str


def failover_definition(failover: Failover) -> str:
    """Return the definition as JSON.

    A person approves. Then the machine promotes the replica, waits until it takes writes, and asks for the
    switch of requests. It stops at each error, and reports it. A second execution goes on where the first one
    stopped: a replica without a source is promoted already.
    """
    return json.dumps(
        {
            "Comment": f"Moves {failover.environment} to {failover.region}",
            "StartAt": "AskForApproval",
            "TimeoutSeconds": _LIMIT_SECONDS,
            "States": {
                "AskForApproval": _ask(failover, _approval_text(failover), "ReadReplica"),
                "ReadReplica": _read(failover, "IsReplica"),
                "IsReplica": _choice(
                    [
                        {"Variable": _SOURCE, "IsPresent": False, "Next": "ReadPromoted"},
                        _is_available("Promote"),
                    ],
                    "WaitForReplica",
                ),
                # RDS promotes no replica during a backup.
                "WaitForReplica": _wait("ReadReplica"),
                "Promote": _promote(failover),
                "WaitForPromotion": _wait("ReadPromoted"),
                "ReadPromoted": _read(failover, "IsPromoted"),
                "IsPromoted": _choice(
                    [
                        {
                            "And": [{"Variable": _SOURCE, "IsPresent": False}, _is_available()],
                            "Next": "AskForSwitch",
                        }
                    ],
                    "WaitForPromotion",
                ),
                "AskForSwitch": _ask(failover, _switch_text(failover), "ReportSuccess"),
                "ReportSuccess": _report(
                    failover,
                    f"States.Format('{failover.environment} runs in {failover.region}. Set promoted=True')",
                    {"End": True},
                ),
                "ReportFailure": _report(
                    failover,
                    "States.Format('The failover stopped: {}. Runbook: failover-stopped', $.error.Error)",
                    {"Next": "Failed"},
                ),
                "Failed": {
                    "Type": "Fail",
                    "Error": "FailoverStopped",
                    "Cause": "See the message of the topic",
                },
            },
        }
    )


def switch_commands(store: str, region: str) -> tuple[str, ...]:
    """Return the commands that send requests to a region: `standby`, or `primary` for the API's own."""
    described = "aws cloudfront-keyvaluestore describe-key-value-store"
    return (
        f"arn=$(aws cloudfront describe-key-value-store --name {store}"
        " --query KeyValueStore.ARN --output text)",
        f"etag=$({described} --kvs-arn $arn --query ETag --output text)",
        "aws cloudfront-keyvaluestore put-key --kvs-arn $arn --if-match $etag"
        f" --key api-region --value {region}",
    )


def _approval_text(failover: Failover) -> str:
    answer = f"aws stepfunctions send-task-{{}} --region {failover.region}"
    approve = f"{answer.format('success')} --task-output 1 --task-token {{}}"
    refuse = f"{answer.format('failure')} --error Refused --task-token {{}}"
    question = f"Move {failover.environment} to {failover.region}, without the last transactions?"
    return f"States.Format('{question} To approve: {approve} To refuse: {refuse}', {_TASK}, {_TASK})"


def _switch_text(failover: Failover) -> str:
    switch = " && ".join(switch_commands(failover.store, "standby"))
    done = f"aws stepfunctions send-task-success --region {failover.region} --task-output 1 --task-token {{}}"
    return (
        f"States.Format('{failover.instance} takes writes. Send requests to it: {switch} "
        f"After that: {done}', {_TASK})"
    )


def _ask(failover: Failover, text: str, next_: str) -> _State:
    return {
        "Type": "Task",
        "Resource": _ASK,
        "TimeoutSeconds": _ANSWER_SECONDS,
        "Parameters": _message(failover, text),
        "ResultPath": None,
        "Catch": _catch(),
        "Next": next_,
    }


def _report(failover: Failover, text: str, end: _State) -> _State:
    return {
        "Type": "Task",
        "Resource": _SEND,
        "Parameters": _message(failover, text),
        "ResultPath": None,
        "Retry": _retry("States.ALL"),
        **end,
    }


def _message(failover: Failover, text: str) -> _State:
    return {
        "TopicArn": failover.topic_arn,
        "Subject": f"Failover of {failover.environment}",
        "Message.$": text,
    }


def _read(failover: Failover, next_: str) -> _State:
    return {
        "Type": "Task",
        "Resource": _READ,
        "Parameters": {"DbInstanceIdentifier": failover.instance},
        # A promoted instance has no source. The list is then empty.
        "ResultSelector": {
            "statuses.$": "$.DbInstances[*].DbInstanceStatus",
            "sources.$": "$.DbInstances[*].ReadReplicaSourceDBInstanceIdentifier",
        },
        "ResultPath": "$.replica",
        "Retry": _retry("States.ALL"),
        "Catch": _catch(),
        "Next": next_,
    }


def _promote(failover: Failover) -> _State:
    return {
        "Type": "Task",
        "Resource": _PROMOTE,
        "Parameters": {
            "DbInstanceIdentifier": failover.instance,
            # Without it, RDS keeps backups for one day.
            "BackupRetentionPeriod": failover.backup_days,
            "PreferredBackupWindow": failover.backup_window,
        },
        "ResultPath": None,
        # A backup may have started since the replica was read.
        "Retry": _retry("States.ALL"),
        "Catch": _catch(),
        "Next": "WaitForPromotion",
    }


def _retry(*errors: str) -> list[_State]:
    return [
        {"ErrorEquals": [*errors], "IntervalSeconds": _POLL_SECONDS, "MaxAttempts": 8, "BackoffRate": 1.5}
    ]


def _catch() -> list[_State]:
    return [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "ReportFailure"}]


def _wait(next_: str) -> _State:
    return {"Type": "Wait", "Seconds": _POLL_SECONDS, "Next": next_}


def _choice(choices: list[_State], default: str) -> _State:
    return {"Type": "Choice", "Choices": choices, "Default": default}


def _is_available(next_: str = "") -> _State:
    test: _State = {"Variable": "$.replica.statuses[0]", "StringEquals": "available"}
    return {**test, "Next": next_} if next_ else test
