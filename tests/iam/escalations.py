"""Reads known paths from some permissions to more from `paths/*.toml`.

A path is a list of requests, and succeeds if all are allowed. A request has an action, a resource and keys:
"iam:PassRole iam:role/admin iam:PassedToService=ec2.amazonaws.com". Resources without `arn:` are of the
account. Three words are no condition keys: `trusts` and `shared` add a resource policy that allows the caller
or its session, and `account` is the owner of the resource.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path as File

from tests.iam.simulator import Principal, Request, Simulator
from tests.iam.statements import document

FOLDER = File(__file__).parent / "paths"
ACCOUNT, REGION = "210987654321", "eu-west-1"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/production-boundary"
# All keys of the stacks leave access to IAM.
KEY_POLICY = document(
    {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
)
_SETS = ("kms:ResourceAliases",)
_GLOBAL = {"iam": ("", ACCOUNT), "s3": ("", "")}


@dataclass(frozen=True)
class Path:
    """A way to more permissions."""

    name: str
    source: str
    steps: tuple[str, ...]


def read_paths() -> Iterator[Path]:
    for file in sorted(FOLDER.glob("*.toml")):
        content = tomllib.loads(file.read_text())
        for name, steps in content["paths"].items():
            yield Path(f"{file.stem}: {name}", content["source"], tuple(steps))


def allowed_steps(simulator: Simulator, principal: Principal, path: Path) -> list[bool]:
    return [_is_allowed(simulator, principal, step) for step in path.steps]


def session_of(principal: Principal) -> str:
    name = principal.arn.rpartition("/")[2]
    return f"arn:aws:sts::{principal.account}:assumed-role/{name}/work"


def read_request(step: str, principal: Principal) -> Request:
    action, resource, *words = step.replace("{boundary}", BOUNDARY).split()
    context = {
        "aws:PrincipalArn": principal.arn,
        "aws:RequestedRegion": REGION,
        "aws:ResourceAccount": ACCOUNT,
    } | dict(word.split("=", 1) for word in words)
    account = context.pop("account", "")
    granted = context.pop("trusts", "") or context.pop("shared", "")
    policy = KEY_POLICY if _is_key(resource) else None
    if granted:
        named = session_of(principal) if granted == "session" else principal.arn
        target = {} if action.startswith("sts:") else {"Resource": "*"}
        policy = document({"Effect": "Allow", "Principal": {"AWS": named}, "Action": action, **target})
    return Request(
        action=action,
        resource=_arn(resource),
        context={key: [value] if key in _SETS else value for key, value in context.items()},
        account=account,
        policy=policy,
    )


def _is_allowed(simulator: Simulator, principal: Principal, step: str) -> bool:
    request = read_request(step, principal)
    if "=session" in step:
        principal = replace(principal, arn=session_of(principal))
    return simulator.decide(principal, request).is_allowed


def _is_key(resource: str) -> bool:
    return resource.startswith("kms:key/") or (resource.startswith("arn:aws:kms:") and ":key/" in resource)


def _arn(resource: str) -> str:
    if resource == "*" or resource.startswith("arn:"):
        return resource
    service, _, rest = resource.partition(":")
    if service == "s3" and rest.startswith("accesspoint/"):
        return f"arn:aws:s3:{REGION}:{ACCOUNT}:{rest}"
    region, account = _GLOBAL.get(service, (REGION, ACCOUNT))
    return f"arn:aws:{service}:{region}:{account}:{rest}"
