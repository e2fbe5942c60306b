"""Changes the master user of RDS instances to IAM login."""

from collections.abc import Iterator
from dataclasses import dataclass

from arqctl.core.assembly import Stack
from arqctl.core.aws_api import AwsApi
from arqctl.core.default_provider import default_region
from arqctl.core.errors import InputError, Problem

_ARGUMENT, _VALUE = "MasterUserAuthenticationType", "iam-db-auth"


@dataclass(frozen=True)
class Instance:
    """A primary DB instance of a stack."""

    identifier: str
    region: str


def find_instances(stack: Stack) -> tuple[Instance, ...]:
    """Return the primary PostgreSQL instances of a stack.

    Raises:
        InputError: if an identifier or the region is not literal text.
    """
    return tuple(_instances(stack))


def _instances(stack: Stack) -> Iterator[Instance]:
    region = default_region(stack)
    for block in stack.resources:
        if block.type != "aws_db_instance" or block.body.get("engine") != "postgres":
            continue
        identifier = block.body.get("identifier")
        if not isinstance(identifier, str) or "${" in identifier + region:
            what = f"the identifier and the region must be literal text, got {identifier!r} and {region!r}"
            raise InputError([Problem(block.address, what, "Set them to literal text")])
        yield Instance(identifier, region)


def enable_iam_login(api: AwsApi, instance: Instance) -> None:
    """Change the master user to IAM login. Its password stops to work. Repeated calls have no effect.

    The Terraform provider has no argument for it, nor has botocore before September 2025. So a handler adds
    it to the request.
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html

    Raises:
        AwsError: if AWS rejects the change.
    """
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
