"""The state machine of a drill, in the Amazon States Language.

https://states-language.net/spec.html
"""

import json
from typing import Final

from constructs_arq.core.alarm_delivery import REACTION_SECONDS

NAMESPACE: Final = "Arq/Paging"
DRILL_METRIC: Final = "Drill"
TIME_METRIC: Final = "DrillMilliseconds"
_WAIT_SECONDS: Final = 15
# The calls of a round take less than a second.
_ROUND_MILLISECONDS: Final = 16_000
_LIMIT_MILLISECONDS: Final = REACTION_SECONDS * 1000
# EventBridge publishes its metrics each minute, and some minutes late.
_CALL_WAIT_SECONDS: Final = 60
_CALL_ROUNDS: Final = 10

_State = dict[str, object]


def drill_definition(*, environment: str, alarm_name: str, rule_name: str) -> str:
    """Return the definition as JSON.

    The machine writes the metric of the drill alarm until it is in ALARM state, and counts the time. Then it
    reads how long EventBridge took from the event to the successful call of PagerDuty. The sum must not
    exceed five minutes. An alarm that is in ALARM state at the start is another drill.
    """
    dimensions = [{"Name": "Environment", "Value": environment}]
    return json.dumps(
        {
            "Comment": "Pages once through the whole chain, and measures the time",
            "StartAt": "Start",
            "TimeoutSeconds": 3600,
            "States": {
                "Start": {"Type": "Pass", "Result": {"milliseconds": 0, "rounds": 0}, "Next": "ReadBefore"},
                "ReadBefore": _read_alarm(alarm_name, "IsQuiet"),
                "IsQuiet": _choice("Breach", _equals("$.alarm.states[0]", "ALARM", "AnotherDrill")),
                "Breach": _put_metric(
                    dimensions, DRILL_METRIC, {"Value": 1, "Unit": "Count"}, "WaitForAlarm"
                ),
                "WaitForAlarm": {"Type": "Wait", "Seconds": _WAIT_SECONDS, "Next": "CountTime"},
                "CountTime": {
                    "Type": "Pass",
                    "Parameters": {
                        "milliseconds.$": f"States.MathAdd($.milliseconds, {_ROUND_MILLISECONDS})",
                        "rounds": 0,
                    },
                    "Next": "ReadAlarm",
                },
                "ReadAlarm": _read_alarm(alarm_name, "IsAlarm"),
                "IsAlarm": _choice(
                    "Breach",
                    _equals("$.alarm.states[0]", "ALARM", "WaitForCall"),
                    _compare("$.milliseconds", "NumericGreaterThan", _LIMIT_MILLISECONDS, "NoAlarm"),
                ),
                "WaitForCall": {"Type": "Wait", "Seconds": _CALL_WAIT_SECONDS, "Next": "CountRounds"},
                "CountRounds": {
                    "Type": "Pass",
                    "Parameters": {
                        "milliseconds.$": "$.milliseconds",
                        "rounds.$": "States.MathAdd($.rounds, 1)",
                    },
                    "Next": "ReadCall",
                },
                "ReadCall": _read_call(rule_name),
                "IsCalled": _choice(
                    "WaitForCall",
                    {"Variable": "$.call.latencies[0]", "IsPresent": True, "Next": "Measure"},
                    _compare("$.rounds", "NumericGreaterThanEquals", _CALL_ROUNDS, "NoCall"),
                ),
                "Measure": {
                    "Type": "Pass",
                    "Parameters": {"milliseconds.$": "States.MathAdd($.milliseconds, $.call.latencies[0])"},
                    "Next": "Record",
                },
                "Record": _put_metric(
                    dimensions, TIME_METRIC, {"Value.$": "$.milliseconds", "Unit": "Milliseconds"}, "IsInTime"
                ),
                "IsInTime": _choice(
                    "Passed", _compare("$.milliseconds", "NumericGreaterThan", _LIMIT_MILLISECONDS, "Late")
                ),
                "Passed": {"Type": "Succeed"},
                "AnotherDrill": _fail(
                    "AnotherDrill", "The drill alarm is in ALARM state: wait until it ends"
                ),
                "NoAlarm": _fail("NoAlarm", "The drill alarm did not get into ALARM state in five minutes"),
                "NoCall": _fail("NoCall", "EventBridge reports no successful call of PagerDuty"),
                "Late": _fail("Late", "The page took longer than five minutes"),
            },
        }
    )


def _read_alarm(alarm_name: str, next_state: str) -> _State:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:cloudwatch:describeAlarms",
        "Parameters": {"AlarmNames": [alarm_name], "AlarmTypes": ["MetricAlarm"]},
        "ResultSelector": {"states.$": "$.MetricAlarms[*].StateValue"},
        "ResultPath": "$.alarm",
        "Next": next_state,
    }


def _put_metric(dimensions: object, name: str, value: _State, next_state: str) -> _State:
    datum = {"MetricName": name, "Dimensions": dimensions, **value}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:cloudwatch:putMetricData",
        "Parameters": {"Namespace": NAMESPACE, "MetricData": [datum]},
        "ResultPath": None,
        "Next": next_state,
    }


def _read_call(rule_name: str) -> _State:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:cloudwatch:getMetricStatistics",
        "Parameters": {
            "Namespace": "AWS/Events",
            "MetricName": "IngestionToInvocationSuccessLatency",
            "Dimensions": [{"Name": "RuleName", "Value": rule_name}],
            "StartTime.$": "$$.Execution.StartTime",
            "EndTime.$": "$$.State.EnteredTime",
            "Period": 3600,
            "Statistics": ["Maximum"],
        },
        "ResultSelector": {"latencies.$": "$.Datapoints[*].Maximum"},
        "ResultPath": "$.call",
        "Next": "IsCalled",
    }


def _choice(default: str, *choices: _State) -> _State:
    return {"Type": "Choice", "Choices": list(choices), "Default": default}


def _equals(variable: str, value: str, next_state: str) -> _State:
    return {"Variable": variable, "StringEquals": value, "Next": next_state}


def _compare(variable: str, operator: str, value: int, next_state: str) -> _State:
    return {"Variable": variable, operator: value, "Next": next_state}


def _fail(error: str, cause: str) -> _State:
    return {"Type": "Fail", "Error": error, "Cause": cause}
