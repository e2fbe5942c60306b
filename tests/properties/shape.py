"""What must hold of Terraform JSON whatever the values were: it loads, and nothing in it leads nowhere."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Blocks that say all by being there.
_EMPTY_BLOCKS = {"allow", "none", "count", "block"}
# Arguments in which an empty list says "none", where leaving it out would say "as it is".
_EMPTY_LISTS = {("aws_default_route_table", "route"), ("aws_s3_bucket_lifecycle_configuration", "expiration")}
# Blocks that Terraform wants written as attributes, all of which have to be there.
_WITH_NULLS = ("aws_network_acl", ("ingress", "egress"))

_POLICIES = {
    "policy",
    "assume_role_policy",
    "policy_document",
    "inline_policy",
    "dashboard_body",
    "event_pattern",
}
_TEXT = r'"(?:[^"\\]|\\.)*"'
_QUOTED = re.compile(_TEXT)
_EXPRESSION = re.compile(rf"(?<!\$)\$\{{((?:{_TEXT}|[^{{}}\"])*)\}}")
# A name in an expression, with what is taken of it; a name before a bracket is a function's.
_NAME = re.compile(r"(?<![\w.])(?>[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)(?!\()")
_VARIABLE = re.compile(r"\bfor (\w+) in\b")
_KEYWORDS = {"for", "in", "if", "true", "false", "null"}
_DIRECTIVE = re.compile(r"(?<!%)%\{")
_PATH_STEP = re.compile(r"[a-z0-9-]+|Default")

TERRAFORM = shutil.which("terraform")


def faults(stack: dict[str, Any]) -> list[str]:
    """Everything in a stack's Terraform JSON that Terraform or AWS could stumble over."""
    return [*_dangling(stack), *_hollow(stack), *_broken_documents(stack), *_odd_paths(stack)]


def terraforms_complaint(folder: Path) -> str:
    """What Terraform itself says of a stack's folder, offline and without providers; empty if all is well."""
    assert TERRAFORM, "Terraform is not on the PATH"
    loaded = subprocess.run(
        [TERRAFORM, "get", "-no-color"],
        cwd=folder,
        env={**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if loaded.returncode == 0 else loaded.stdout + loaded.stderr


def elements(stack: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every resource and data source: its address, its type and its body."""
    for kind, prefix in (("resource", ""), ("data", "data.")):
        for element_type, named in stack.get(kind, {}).items():
            for name, body in named.items():
                yield f"{prefix}{element_type}.{name}", element_type, body


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value that holds no other, empty ones included, by its path without list indexes."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, (*path, key)) if key != "//" else ()
    elif isinstance(value, list) and value:
        for item in value:
            yield from leaves(item, path)
    else:
        yield path, value


def _dangling(stack: dict[str, Any]) -> Iterator[str]:
    known = {address for address, _, _ in elements(stack)}
    aliases = {f"aws.{provider['alias']}" for provider in stack["provider"]["aws"] if "alias" in provider}
    for address, _, body in elements(stack):
        for path, value in leaves(body):
            for reference in _references(path, value):
                if reference not in known:
                    yield f"{address}: {'.'.join(path)} refers to {reference}, which is not in the stack"
            if isinstance(value, str) and _DIRECTIVE.search(value):
                yield f"{address}: {'.'.join(path)} has a template directive: {value}"
        if body.get("provider", "aws") not in {"aws", *aliases}:
            yield f"{address}: provider {body['provider']} is not configured"


def _references(path: tuple[str, ...], value: Any) -> set[str]:
    if not isinstance(value, str):
        return set()
    expressions = [value] if path == ("depends_on",) else _EXPRESSION.findall(value)
    return {name for expression in expressions for name in _names(_QUOTED.sub("", expression))}


def _names(expression: str) -> set[str]:
    """The addresses that an expression takes something of."""
    own = {*_KEYWORDS, *_VARIABLE.findall(expression)}
    steps = [name.split(".") for name in _NAME.findall(expression)]
    return {".".join(name[: 3 if name[0] == "data" else 2]) for name in steps if name[0] not in own}


def _hollow(stack: dict[str, Any]) -> Iterator[str]:
    for address, kind, body in elements(stack):
        for path, value in leaves(body):
            name = path[-1] if path else ""
            expected = (
                (value == {} and name in _EMPTY_BLOCKS)
                or (value == [] and (kind, name) in _EMPTY_LISTS)
                or (value is None and kind == _WITH_NULLS[0] and path[0] in _WITH_NULLS[1])
            )
            if (value is None or value in ({}, [])) and not expected:
                yield f"{address}: {'.'.join(path)} is {value!r}"


def _broken_documents(stack: dict[str, Any]) -> Iterator[str]:
    for address, _, body in elements(stack):
        for path, value in leaves(body):
            if path and path[-1] in _POLICIES and isinstance(value, str) and value.strip().startswith("{"):
                try:
                    json.loads(_EXPRESSION.sub("x", value))
                except ValueError as error:
                    yield f"{address}: {'.'.join(path)} is no JSON: {error}"


def _odd_paths(stack: dict[str, Any]) -> Iterator[str]:
    for address, _, body in elements(stack):
        path = body["//"]["metadata"]["path"]
        if not all(_PATH_STEP.fullmatch(step) for step in path.split("/")):
            yield f"{address}: its path {path} has a step other than lower-case words"
