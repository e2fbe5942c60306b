"""Instance refreshes of autoscaling groups: starts one, waits for it, and reports how it ends.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-rollback.html
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from arqctl.core.aws_api import AwsApi
from arqctl.core.json_access import Body, Json, as_list, as_object, as_text
from arqctl.core.progress import ProgressCallback

OUTPUT_PREFIX: Final = "instance_refresh_"
"""The start of the names of outputs that contain a request."""

_SERVICE: Final = "autoscaling"
_POLL_SECONDS: Final = 15
_ACTIVE: Final = frozenset({"Pending", "InProgress", "Baking", "Cancelling", "RollbackInProgress"})
_OUTCOMES: Final = {
    "Cancelled": "was cancelled, and its instances have different configurations",
    "Failed": "failed, and its instances have different configurations",
    "RollbackFailed": "failed and could not roll back, and its instances have different configurations",
    "RollbackSuccessful": "failed and rolled back, so the group has its previous configuration",
}


class RefreshFailedError(Exception):
    """An instance refresh did not succeed. The text has the group, the outcome and AWS's reason."""


@dataclass(frozen=True)
class RefreshRequest:
    """A request from a stack's output: the region, and the parameters of `StartInstanceRefresh`."""

    region: str
    parameters: Body

    @property
    def group(self) -> str:
        """The name of the autoscaling group."""
        return as_text(self.parameters.get("AutoScalingGroupName"))

    @property
    def desired(self) -> Body:
        """The configuration that the group must have."""
        return as_object(self.parameters.get("DesiredConfiguration"))


def read_requests(outputs: Mapping[str, object]) -> tuple[RefreshRequest, ...]:
    """Return the requests in a stack's outputs, in the order of their names."""
    values = [as_object(value) for name, value in sorted(outputs.items()) if name.startswith(OUTPUT_PREFIX)]
    return tuple(
        RefreshRequest(as_text(value.get("region")), as_object(value.get("request"))) for value in values
    )


@dataclass(frozen=True)
class GroupRefresh:
    """The instance refresh of one autoscaling group. `sleep` waits between two looks at its status."""

    api: AwsApi
    request: RefreshRequest
    sleep: Callable[[float], None] = time.sleep

    def run(self, on_progress: ProgressCallback) -> str:
        """Give the group its desired configuration, and return what was done.

        A running refresh is waited for first, so that an interrupted run can be repeated.

        Raises:
            RefreshFailedError: when the refresh fails, rolls back or is cancelled, or there is no group.
            AwsError: when AWS rejects a call.
        """
        running = self._find_running()
        if running:
            ended = self._wait(as_text(running.get("InstanceRefreshId")), on_progress)
            if _contains(as_object(ended.get("DesiredConfiguration")), self.request.desired):
                self._require_success(ended)
                return "the running refresh succeeded"
        if self._is_current():
            return "the group has this configuration"
        started = self._call("start_instance_refresh", **self.request.parameters)
        self._require_success(self._wait(as_text(started.get("InstanceRefreshId")), on_progress))
        return "all instances have the new configuration"

    def _find_running(self) -> "Body | None":
        refreshes = self._call("describe_instance_refreshes", AutoScalingGroupName=self.request.group)
        found = map(as_object, as_list(refreshes.get("InstanceRefreshes")))
        return next((each for each in found if each.get("Status") in _ACTIVE), None)

    def _is_current(self) -> bool:
        found = self._call("describe_auto_scaling_groups", AutoScalingGroupNames=[self.request.group])
        groups = as_list(found.get("AutoScalingGroups"))
        if not groups:
            raise RefreshFailedError(f"{self.request.group} does not exist in {self.request.region}")
        return _contains(groups[0], self.request.desired)

    def _wait(self, id: str, on_progress: ProgressCallback) -> Body:
        while True:
            found = self._call(
                "describe_instance_refreshes",
                AutoScalingGroupName=self.request.group,
                InstanceRefreshIds=[id],
            )
            refresh = as_object(next(iter(as_list(found.get("InstanceRefreshes"))), None))
            if refresh.get("Status") not in _ACTIVE:
                return refresh
            on_progress(_progress(refresh))
            self.sleep(_POLL_SECONDS)

    def _require_success(self, refresh: Body) -> None:
        status = as_text(refresh.get("Status"))
        if status == "Successful":
            return
        rollback = as_object(refresh.get("RollbackDetails"))
        reasons = [as_text(rollback.get("RollbackReason")), as_text(refresh.get("StatusReason"))]
        outcome = _OUTCOMES.get(status, f"ended as {status or 'unknown'}")
        raise RefreshFailedError(
            f"the instance refresh of {self.request.group} {outcome}. "
            f"AWS's reason: {' '.join(filter(None, reasons)) or 'none given'}"
        )

    def _call(self, operation: str, **parameters: Json) -> Body:
        return self.api.call(_SERVICE, operation, self.request.region, **parameters)


def _progress(refresh: Body) -> str:
    percent, left = refresh.get("PercentageComplete", 0), refresh.get("InstancesToUpdate", "?")
    return f"{as_text(refresh.get('Status'))}, {percent} % done, {left} instances left"


def _contains(actual: Json, wanted: Json) -> bool:
    """Return whether AWS's value has all parts of the wanted one. AWS adds names and defaults."""
    if isinstance(wanted, dict):
        found = as_object(actual)
        return all(_contains(found.get(name), value) for name, value in wanted.items())
    if isinstance(wanted, list):
        items = as_list(actual)
        return len(items) == len(wanted) and all(map(_contains, items, wanted))
    return actual == wanted
