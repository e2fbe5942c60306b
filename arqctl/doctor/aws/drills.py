"""Checks that a drill of the pager passed in the last month: otherwise nobody knows whether pages arrive."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from arqctl.core.aws_api import AwsError
from arqctl.core.pager_drill import is_pager_drill
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, missing, ok
from arqctl.doctor.aws.configuration import Resource
from arqctl.doctor.check import Check

# The schedule is monthly, and a month has up to 31 days.
_MAX_AGE = timedelta(days=32)


def _check(context: AwsContext) -> Iterator[Check]:
    for machine in context.configuration.resources("aws_sfn_state_machine"):
        if is_pager_drill(machine.arguments):
            yield _drill(context, machine)


def _drill(context: AwsContext, machine: Resource) -> Check:
    name, region = machine.text("name"), machine.region
    arn = f"arn:{context.partition}:states:{region}:{context.account}:stateMachine:{name}"
    try:
        found = context.list_all(
            "stepfunctions",
            "list_executions",
            "executions",
            region,
            stateMachineArn=arn,
            statusFilter="SUCCEEDED",
        )
    except AwsError as error:
        if error.code != "StateMachineDoesNotExist":
            raise
        return missing(
            DRILLS.name, f"{name}: does not exist", context.configuration.deploy([machine.stack.name])
        )
    # botocore returns times as objects.
    dates: list[object] = [row.get("stopDate") for row in found]
    ends = [each for each in dates if isinstance(each, datetime)]
    age = datetime.now(UTC) - max(ends) if ends else None
    if age is None or age > _MAX_AGE:
        last = "has never passed" if age is None else f"passed {age.days} days ago"
        return missing(
            DRILLS.name, f"{name}: {last}", f"arqctl drill alert {context.configuration.environment}"
        )
    return ok(DRILLS.name, f"{name}: passed {age.days} days ago")


DRILLS = AwsCheck("pager drill", ("states:ListExecutions",), _check)
