"""One execution of the drill's state machine."""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from arqctl.core.assembly import Stack
from arqctl.core.aws_api import AwsApi
from arqctl.core.json_access import Body, as_list, as_object, as_text
from arqctl.core.named_resource import find_resource, require_account
from arqctl.core.pager_drill import is_pager_drill

_TYPE = "aws_sfn_state_machine"
_POLL_SECONDS = 15


@dataclass(frozen=True)
class Machine:
    """The drill's state machine by name, with the region and the accounts of its stack."""

    name: str
    region: str
    accounts: frozenset[str]

    @classmethod
    def find(cls, environment: str, stacks: Iterable[Stack]) -> "Machine":
        """Return the state machine of an environment that drills its pager. It can have others.

        Raises:
            InputError: if the environment has none.
        """
        fix = "Set pager=PagerConfig(…) in its values, and deploy it"
        missing = "has no drill of the pager"
        return cls(
            *find_resource(environment, stacks, _TYPE, missing=missing, fix=fix, matches=is_pager_drill)
        )

    def arn(self, api: AwsApi, environment: str) -> str:
        """Return the ARN in the account of the credentials, which must be the environment's.

        Raises:
            AwsError: when AWS rejects the call or can't be reached.
            InputError: for another account.
        """
        account = require_account(api, environment, region=self.region, accounts=self.accounts)
        partition = api.partition_of(self.region)
        return f"arn:{partition}:states:{self.region}:{account}:stateMachine:{self.name}"


@dataclass(frozen=True)
class Result:
    """The outcome of a drill: the seconds from the metric to the call, or the reason of the failure."""

    seconds: float | None
    reason: str


def run_drill(api: AwsApi, machine: Machine, arn: str, report: Callable[[str], None]) -> Result:
    """Start a drill, report its progress, and return the outcome.

    Raises:
        AwsError: when AWS rejects a call or can't be reached.
    """
    started = datetime.now(UTC)
    execution = as_text(
        api.call("stepfunctions", "start_execution", machine.region, stateMachineArn=arn).get("executionArn")
    )
    while True:
        found = api.call("stepfunctions", "describe_execution", machine.region, executionArn=execution)
        if as_text(found.get("status")) != "RUNNING":
            return _result(found)
        events = api.call(
            "stepfunctions",
            "get_execution_history",
            machine.region,
            executionArn=execution,
            reverseOrder=True,
            maxResults=20,
        )
        report(f"{(datetime.now(UTC) - started).seconds} s: {_last_state(events)}")
        time.sleep(_POLL_SECONDS)


def _last_state(history: Body) -> str:
    for event in map(as_object, as_list(history.get("events"))):
        if name := as_text(as_object(event.get("stateEnteredEventDetails")).get("name")):
            return name
    return "started"


def _result(found: Body) -> Result:
    if as_text(found.get("status")) != "SUCCEEDED":
        parts = (as_text(found.get(name)) for name in ("status", "error", "cause"))
        return Result(None, ": ".join(filter(None, parts)))
    milliseconds = as_object(json.loads(as_text(found.get("output")) or "{}")).get("milliseconds")
    if not isinstance(milliseconds, int | float):
        return Result(None, "the output of the execution has no time")
    return Result(milliseconds / 1000, "")
