"""Finds the registry of an environment's container images, and logs in to it."""

from base64 import b64decode
from collections.abc import Iterable

from arqctl.core.assembly import Stack, select_stacks
from arqctl.core.aws_api import AwsApi
from arqctl.core.default_provider import block_region, default_region, only_account
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import as_list, as_object, as_text


def find_repository(name: str, stacks: Iterable[Stack]) -> tuple[str, str]:
    """Return the URL of the only image repository of an environment in its own region, and the region.

    For a standby, it is the copy in the region of the standby. Another stack of the environment has it.
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html

    Raises:
        InputError: when the name is unknown, or there is no such repository, or more than one.
    """
    given = tuple(stacks)
    own = next(stack for stack in select_stacks(given, name) if stack.name == name)
    region = default_region(own)
    found = [
        (stack, as_text(block.body.get("name")))
        for stack in select_stacks(given, own.environment)
        for block in stack.resources
        if block.type == "aws_ecr_repository" and block_region(stack, block) == region
    ]
    if len(found) != 1:
        names = ", ".join(each for _, each in found) or "none"
        fix = "Push with the tools of the container runtime"
        raise InputError([Problem(name, f"must have one image repository in its region, got {names}", fix)])
    [(stack, repository)] = found
    suffix = ".cn" if region.startswith("cn-") else ""
    return f"{only_account(stack)}.dkr.ecr.{region}.amazonaws.com{suffix}/{repository}", region


def get_password(api: AwsApi, region: str) -> str:
    """Return a password of the user `AWS` for the registry, which is valid for twelve hours.

    Raises:
        AwsError: when AWS rejects the call.
    """
    result = api.call("ecr", "get_authorization_token", region)
    token = as_text(as_object(as_list(result.get("authorizationData"))[0]).get("authorizationToken"))
    return b64decode(token).decode().partition(":")[2]
