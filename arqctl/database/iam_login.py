"""Changes the master user of RDS instances to IAM login."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from arqctl.core.assembly import Stack
from arqctl.core.aws_api import AwsApi
from arqctl.core.default_provider import default_region
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Body, as_list, as_object, as_text
from arqctl.core.progress import ProgressCallback

_AVAILABLE = "available"
# Statuses that don't become "available" by themselves.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
_ENDED = re.compile(
    r"failed|deleting|stopp(ed|ing)|storage-full|restore-error|insufficient-capacity"
    r"|(incompatible|inaccessible)-.*"
)
_POLL_SECONDS = 10
# The status stays "available" for some time before the change starts.
_STABLE_POLLS = 6
_MAX_POLLS = 180
_ARGUMENT, _VALUE = "MasterUserAuthenticationType", "iam-db-auth"
# RDS shows a pending change of the login as a new password.
_PENDING_LOGIN = "MasterUserPassword"


@dataclass(frozen=True)
class Instance:
    """A primary DB instance of a stack."""

    identifier: str
    region: str


def find_instances(stack: Stack) -> tuple[Instance, ...]:
    """Return the primary PostgreSQL instances of a stack. A promoted replica is one.

    Raises:
        InputError: if an identifier or the region is not literal text.
    """
    return tuple(_instances(stack))


def _instances(stack: Stack) -> Iterator[Instance]:
    region = default_region(stack)
    for block in stack.resources:
        if block.type != "aws_db_instance" or not _is_primary(block.body):
            continue
        identifier = block.body.get("identifier")
        if not isinstance(identifier, str) or "${" in identifier + region:
            what = f"the identifier and the region must be literal text, got {identifier!r} and {region!r}"
            raise InputError([Problem(block.address, what, "Set them to literal text")])
        yield Instance(identifier, region)


def _is_primary(body: Body) -> bool:
    """Return whether an instance takes writes. Only promoted replicas have a final snapshot."""
    is_promoted = body.get("skip_final_snapshot") is False
    return body.get("engine") == "postgres" or (bool(body.get("replicate_source_db")) and is_promoted)


def enable_iam_login(api: AwsApi, instance: Instance) -> None:
    """Change the master user to IAM login. Its password stops to work. Repeated calls have no effect.

    The Terraform provider has no argument for it, nor has botocore before September 2025. So a handler adds
    it to the request.
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html

    Raises:
        InputError: if other changes are pending. RDS would make them at once too.
        AwsError: if AWS rejects a call.
    """
    _require_nothing_else_pending(api, instance)
    events = api.client("rds", instance.region).meta.events
    name = f"arq-iam-login-{instance.identifier}"

    def add_argument(params: dict[str, object], **_: object) -> None:
        body = params["body"]
        if isinstance(body, dict):
            body[_ARGUMENT] = _VALUE

    events.register("before-call.rds.ModifyDBInstance", add_argument, unique_id=name)
    try:
        api.call(
            "rds",
            "modify_db_instance",
            instance.region,
            DBInstanceIdentifier=instance.identifier,
            ApplyImmediately=True,
        )
    finally:
        events.unregister("before-call.rds.ModifyDBInstance", unique_id=name)


def _require_nothing_else_pending(api: AwsApi, instance: Instance) -> None:
    pending = as_object(_describe(api, instance).get("PendingModifiedValues"))
    others = [f"{name} = {value}" for name, value in sorted(pending.items()) if name != _PENDING_LOGIN]
    if others:
        what = f"other changes are pending, and RDS would make them at once too: {', '.join(others)}"
        fix = "Run the command after the next maintenance window, or make these changes first"
        raise InputError([Problem(instance.identifier, what, fix)])


def _describe(api: AwsApi, instance: Instance) -> Body:
    found = api.call(
        "rds", "describe_db_instances", instance.region, DBInstanceIdentifier=instance.identifier
    )
    return as_object(next(iter(as_list(found.get("DBInstances"))), None))


@dataclass(frozen=True)
class IamLoginChange:
    """A change of the master user to IAM login, which RDS makes after the call. `sleep` waits."""

    api: AwsApi
    instance: Instance
    sleep: Callable[[float], None] = time.sleep

    def wait(self, on_progress: ProgressCallback) -> None:
        """Wait until the instance is available for a minute, up to half an hour.

        Raises:
            InputError: if the instance does not become available.
            AwsError: if AWS rejects a call.
        """
        stable, status = 0, ""
        for _ in range(_MAX_POLLS):
            status, is_pending = self._read_status()
            if _ENDED.fullmatch(status):
                break
            stable = stable + 1 if status == _AVAILABLE and not is_pending else 0
            if stable == _STABLE_POLLS:
                return
            on_progress(f"{self.instance.identifier} is {status}")
            self.sleep(_POLL_SECONDS)
        what = f"the change is not complete: the instance is {status}"
        fix = "Make the instance available, and run the command again"
        raise InputError([Problem(self.instance.identifier, what, fix)])

    def _read_status(self) -> tuple[str, bool]:
        """Return the status, and whether a change of the login is pending."""
        instance = _describe(self.api, self.instance)
        pending = as_object(instance.get("PendingModifiedValues"))
        return as_text(instance.get("DBInstanceStatus")), _PENDING_LOGIN in pending
