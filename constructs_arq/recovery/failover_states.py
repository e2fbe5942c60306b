"""The state machine of a failover to a standby, in the Amazon States Language.

https://states-language.net/spec.html
"""

import json
from dataclasses import dataclass
from typing import Final

_POLL_SECONDS: Final = 15
# 20 minutes. An instance with full storage, for example, never becomes available.
_MAX_POLLS: Final = 80
# A person answers in an hour, or starts again.
_ANSWER_SECONDS: Final = 3600
_LIMIT_SECONDS: Final = 86_400
_READ: Final = "arn:aws:states:::aws-sdk:rds:describeDBInstances"
_PROMOTE: Final = "arn:aws:states:::aws-sdk:rds:promoteReadReplica"
_ASK: Final = "arn:aws:states:::sns:publish.waitForTaskToken"
_SEND: Final = "arn:aws:states:::sns:publish"
_TASK: Final = "$$.Task.Token"
_SOURCE: Final = "$.replica.sources[0]"
_REFUSED: Final = "Refused"

_State = dict[str, object]

# In place of the result, a state before the polls starts their count.
_NO_POLLS: Final[_State] = {"ResultSelector": {"polls": 0}, "ResultPath": "$.wait"}


@dataclass(frozen=True, kw_only=True)
class Failover:
    """The names that a failover needs. `store` is the key value store of the switch between regions.

    `store_arn` is its ARN. Without it, the commands of the switch ask the control plane of CloudFront for it.
    """

    environment: str
    region: str
    instance: str
    topic_arn: str
    store: str
    store_arn: str | None
    backup_days: int
    backup_window: str


def failover_definition(failover: Failover) -> str:
    """Return the definition as JSON.

    A person approves. Then the machine promotes the replica, waits until it takes writes, and asks for the
    switch of requests. It stops at each error, and reports it, also if the instance is not available after
    20 minutes. A refused approval is no error.

    It calls an instance promoted only after RDS has accepted the promotion. A second execution finds no
    source: a person must confirm that, because a field that the machine can't read looks the same.
    """
    known = [
        # A comparison with a missing value would end the execution without a report.
        {"Variable": "$.replica.identifiers[0]", "IsPresent": True},
        {"Variable": "$.replica.statuses[0]", "IsPresent": True},
        {"Variable": "$.replica.identifiers[1]", "IsPresent": False},
        {"Variable": "$.replica.identifiers[0]", "StringEquals": failover.instance},
    ]
    available = {"Variable": "$.replica.statuses[0]", "StringEquals": "available"}
    is_patient = {"Variable": "$.wait.polls", "NumericLessThan": _MAX_POLLS}
    has_source, has_none = ({"Variable": _SOURCE, "IsPresent": each} for each in (True, False))
    return json.dumps(
        {
            "Comment": f"Moves {failover.environment} to {failover.region}",
            "StartAt": "AskForApproval",
            "TimeoutSeconds": _LIMIT_SECONDS,
            "States": {
                "AskForApproval": {
                    **_ask(failover, _approval_text(failover), "ReadReplica"),
                    "Catch": [_catch_one(_REFUSED, "ReportRefusal"), *_catch()],
                },
                "ReadReplica": _read(failover, "IsReplica"),
                "IsReplica": _choice(
                    [
                        {"And": [*known, has_source, available], "Next": "Promote"},
                        {"And": [*known, has_none, available], "Next": "AskWhetherPromoted"},
                        {"And": [*known, is_patient], "Next": "WaitForReplica"},
                        {"And": known, "Next": "NeverAvailable"},
                    ],
                    "UnknownReplica",
                ),
                # RDS promotes no replica during a backup.
                "WaitForReplica": _wait("CountReplicaPoll"),
                "CountReplicaPoll": _count_poll("ReadReplica"),
                "AskWhetherPromoted": _ask(failover, _promoted_text(failover), "ReadPromoted"),
                "Promote": _promote(failover),
                "WaitForPromotion": _wait("CountPromotionPoll"),
                "CountPromotionPoll": _count_poll("ReadPromoted"),
                "ReadPromoted": _read(failover, "IsPromoted"),
                "IsPromoted": _choice(
                    [
                        {"And": [*known, has_none, available], "Next": "AskForSwitch"},
                        {"And": [*known, is_patient], "Next": "WaitForPromotion"},
                        {"And": known, "Next": "NeverAvailable"},
                    ],
                    "UnknownReplica",
                ),
                "UnknownReplica": {
                    "Type": "Pass",
                    "Result": {"Error": "UnknownReplica"},
                    "ResultPath": "$.error",
                    "Next": "ReportFailure",
                },
                "NeverAvailable": {
                    "Type": "Pass",
                    "Parameters": {
                        "Error.$": "States.Format('The instance is {} for too long', $.replica.statuses[0])"
                    },
                    "ResultPath": "$.error",
                    "Next": "ReportFailure",
                },
                "AskForSwitch": _ask(failover, _switch_text(failover), "ReportSuccess"),
                "ReportSuccess": _report(
                    failover,
                    f"States.Format('{failover.environment} runs in {failover.region}. Set promoted=True')",
                    {"End": True},
                ),
                "ReportRefusal": _report(
                    failover,
                    f"States.Format('The failover of {failover.environment} was refused. Nothing changed')",
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


def switch_commands(store: str, *, arn: str | None, region: str) -> tuple[str, ...]:
    """Return the commands that send requests to the standby.

    `region` is the one whose endpoint of STS gives credentials: the default can be that of a lost region.
    """
    described = "aws cloudfront-keyvaluestore describe-key-value-store"
    query = f"aws cloudfront describe-key-value-store --name {store} --query KeyValueStore.ARN --output text"
    return (
        f"export AWS_REGION={region} AWS_STS_REGIONAL_ENDPOINTS=regional",
        f"arn={arn or f'$({query})'}",
        f"etag=$({described} --kvs-arn $arn --query ETag --output text)",
        "aws cloudfront-keyvaluestore put-key --kvs-arn $arn --if-match $etag"
        " --key api-region --value standby",
    )


def _approval_text(failover: Failover) -> str:
    question = f"Move {failover.environment} to {failover.region}, without the last transactions?"
    lag = (
        f"aws cloudwatch get-metric-statistics --region {failover.region} --namespace AWS/RDS"
        f" --metric-name ReplicaLag --dimensions Name=DBInstanceIdentifier,Value={failover.instance}"
        # Seconds of the epoch: "date" of macOS does not compute times as that of Linux.
        " --start-time $(($(date +%s) - 900)) --end-time $(date +%s) --period 60"
        " --statistics Maximum"
    )
    return _question(failover, f"{question} For the lag in seconds: {lag}")


def _promoted_text(failover: Failover) -> str:
    source = (
        f"aws rds describe-db-instances --region {failover.region}"
        f" --db-instance-identifier {failover.instance}"
        ' --query "DBInstances[0].ReadReplicaSourceDBInstanceIdentifier"'
    )
    return _question(failover, f"Is {failover.instance} promoted? Approve only if this prints null: {source}")


def _question(failover: Failover, text: str) -> str:
    answer = f"aws stepfunctions send-task-{{}} --region {failover.region}"
    approve = f"{answer.format('success')} --task-output 1 --task-token {{}}"
    refuse = f"{answer.format('failure')} --error {_REFUSED} --task-token {{}}"
    return f"States.Format('{text} To approve: {approve} To refuse: {refuse}', {_TASK}, {_TASK})"


def _switch_text(failover: Failover) -> str:
    commands = switch_commands(failover.store, arn=failover.store_arn, region=failover.region)
    switch = " && ".join(commands)
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
        **_NO_POLLS,
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
        # A promoted instance has no source. The list is then empty. The names are those of the SDK for Java:
        # https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
        "ResultSelector": {
            "identifiers.$": "$.DbInstances[*].DbInstanceIdentifier",
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
        **_NO_POLLS,
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
    return [_catch_one("States.ALL", "ReportFailure")]


def _catch_one(error: str, next_: str) -> _State:
    return {"ErrorEquals": [error], "ResultPath": "$.error", "Next": next_}


def _wait(next_: str) -> _State:
    return {"Type": "Wait", "Seconds": _POLL_SECONDS, "Next": next_}


def _count_poll(next_: str) -> _State:
    return {
        "Type": "Pass",
        "Parameters": {"polls.$": "States.MathAdd($.wait.polls, 1)"},
        "ResultPath": "$.wait",
        "Next": next_,
    }


def _choice(choices: list[_State], default: str) -> _State:
    return {"Type": "Choice", "Choices": choices, "Default": default}
