"""The type of a check of AWS, and the questions that it asks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from arqctl.core.aws_api import AwsApi
from arqctl.core.json_access import Body, Json, as_object
from arqctl.doctor.aws.configuration import Configuration
from arqctl.doctor.check import Check, Status


class IncompleteStackError(Exception):
    """The stacks lack a value that a check needs. `found` names it, and `fix` is what a person can do."""

    def __init__(self, found: str, fix: str) -> None:
        self.found = found
        self.fix = fix
        super().__init__(found)


@dataclass(frozen=True)
class AwsContext:
    """Input of a check: AWS's API, the account, and the environment's configuration."""

    api: AwsApi
    configuration: Configuration
    account: str
    partition: str = "aws"

    def call(self, service: str, operation: str, region: str = "", **parameters: Json) -> Body:
        """Call an operation in a region, by default the environment's.

        Raises:
            AwsError: when AWS rejects the call or can't be reached.
        """
        return self.api.call(service, operation, region or self.configuration.region, **parameters)

    def list_all(
        self, service: str, operation: str, member: str, region: str = "", **parameters: Json
    ) -> list[Body]:
        """Return the objects of all pages of a result, from a region, by default the environment's.

        Raises:
            AwsError: when AWS rejects a call or can't be reached.
        """
        at = region or self.configuration.region
        return [as_object(each) for each in self.api.list_all(service, operation, at, member, **parameters)]


@dataclass(frozen=True)
class AwsCheck:
    """A check of one prerequisite. `actions` are the IAM actions that it needs.

    A check that does not apply to the configuration yields nothing. `AwsError` and
    `IncompleteStackError` make it unknown.
    """

    name: str
    actions: tuple[str, ...]
    run: Callable[[AwsContext], Iterable[Check]]


def ok(name: str, found: str) -> Check:
    """Return a check that found what it needs."""
    return Check(name, Status.OK, found)


def missing(name: str, found: str, fix: str) -> Check:
    """Return a check that found that something is missing, and the command that fixes it."""
    return Check(name, Status.MISSING, found, fix)


def unknown(name: str, found: str, fix: str) -> Check:
    """Return a check that could not be decided. It counts as not fine."""
    return Check(name, Status.UNKNOWN, found, fix)
