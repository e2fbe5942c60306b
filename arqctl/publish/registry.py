"""Finds the registry of an environment's container images, and logs in to it."""

from base64 import b64decode
from collections.abc import Sequence

from arqctl.core.assembly import Stack
from arqctl.core.aws_api import AwsApi
from arqctl.core.default_provider import default_region, only_account
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import as_list, as_object, as_text


def find_repository(stacks: Sequence[Stack]) -> tuple[str, str]:
    """Return the URL of the only image repository of these stacks, and its region.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html

    Raises:
        InputError: when there is none, or more than one.
    """
    found = [
        (stack, as_text(block.body.get("name")))
        for stack in stacks
        for block in stack.resources
        if block.type == "aws_ecr_repository"
    ]
    if len(found) != 1:
        names = ", ".join(name for _, name in found) or "none"
        fix = "Push with the tools of the container runtime"
        raise InputError(
            [Problem(stacks[0].environment, f"must have one image repository, got {names}", fix)]
        )
    stack, name = found[0]
    region = default_region(stack)
    suffix = ".cn" if region.startswith("cn-") else ""
    return f"{only_account(stack)}.dkr.ecr.{region}.amazonaws.com{suffix}/{name}", region


def get_password(api: AwsApi, region: str) -> str:
    """Return a password of the user `AWS` for the registry, which is valid for twelve hours.

    Raises:
        AwsError: when AWS rejects the call.
    """
    result = api.call("ecr", "get_authorization_token", region)
    token = as_text(as_object(as_list(result.get("authorizationData"))[0]).get("authorizationToken"))
    return b64decode(token).decode().partition(":")[2]
