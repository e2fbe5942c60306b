"""Checks of synthesized Terraform JSON: references resolve, and Terraform can load it."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Blocks that are empty in valid configurations.
_EMPTY_BLOCKS = {"allow", "none", "count", "block", "data", "pod_selector", "query_string", "uri_path"}
# Arguments in which an empty list removes all items, and omission leaves them unchanged.
_EMPTY_LISTS = {("aws_default_route_table", "route"), ("aws_s3_bucket_lifecycle_configuration", "expiration")}
# Attribute-style blocks, in which Terraform requires all attributes.
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
# A name with its attributes in an expression. Names before a parenthesis are functions.
_NAME = re.compile(r"(?<![\w.])(?>[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)(?!\()")
_VARIABLE = re.compile(r"\bfor (\w+) in\b")
# `self` is the block itself, in its postconditions. `terraform.workspace` is the name of the workspace.
_KEYWORDS = {"for", "in", "if", "true", "false", "null", "self", "terraform"}
_DIRECTIVE = re.compile(r"(?<!%)%\{")
_PATH_STEP = re.compile(r"[a-z0-9-]+|Default")

TERRAFORM = shutil.which("terraform")


def find_problems(stack: dict[str, Any]) -> list[str]:
    """Return all problems of a stack's Terraform JSON that Terraform or AWS may reject."""
    return [
        *_dangling_references(stack),
        *_empty_values(stack),
        *_invalid_policy_documents(stack),
        *_invalid_paths(stack),
    ]


def terraform_error(folder: Path) -> str:
    """Return Terraform's error on loading a stack, without network and providers; empty if there is none."""
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


def blocks(stack: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield address, type and body of all resources and data sources."""
    for kind, prefix in (("resource", ""), ("data", "data.")):
        for element_type, named_values in stack.get(kind, {}).items():
            for name, body in named_values.items():
                yield f"{prefix}{element_type}.{name}", element_type, body


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield all scalar and empty values with their paths, without list indexes."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, (*path, key)) if key != "//" else ()
    elif isinstance(value, list) and value:
        for item in value:
            yield from leaves(item, path)
    else:
        yield path, value


def _dangling_references(stack: dict[str, Any]) -> Iterator[str]:
    known = {address for address, _, _ in blocks(stack)} | {
        f"local.{name}" for name in stack.get("locals", {})
    }
    aliases = {f"aws.{provider['alias']}" for provider in stack["provider"]["aws"] if "alias" in provider}
    for address, _, body in blocks(stack):
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
    return {name for expression in expressions for name in _referenced_names(_QUOTED.sub("", expression))}


def _referenced_names(expression: str) -> set[str]:
    """Return the addresses that an expression refers to."""
    own_addresses = {*_KEYWORDS, *_VARIABLE.findall(expression)}
    steps = [name.split(".") for name in _NAME.findall(expression)]
    return {".".join(name[: 3 if name[0] == "data" else 2]) for name in steps if name[0] not in own_addresses}


def _empty_values(stack: dict[str, Any]) -> Iterator[str]:
    for address, kind, body in blocks(stack):
        for path, value in leaves(body):
            name = path[-1] if path else ""
            expected = (
                (value == {} and name in _EMPTY_BLOCKS)
                or (value == [] and (kind, name) in _EMPTY_LISTS)
                or (value is None and kind == _WITH_NULLS[0] and path[0] in _WITH_NULLS[1])
            )
            if (value is None or value in ({}, [])) and not expected:
                yield f"{address}: {'.'.join(path)} is {value!r}"


def _invalid_policy_documents(stack: dict[str, Any]) -> Iterator[str]:
    for address, _, body in blocks(stack):
        for path, value in leaves(body):
            if path and path[-1] in _POLICIES and isinstance(value, str) and value.strip().startswith("{"):
                try:
                    json.loads(_EXPRESSION.sub("x", value))
                except ValueError as error:
                    yield f"{address}: {'.'.join(path)} is no JSON: {error}"


def _invalid_paths(stack: dict[str, Any]) -> Iterator[str]:
    for address, kind, body in blocks(stack):
        # CDKTF reads the outputs of another stack without a construct.
        if kind == "terraform_remote_state":
            continue
        path = body["//"]["metadata"]["path"]
        if not all(_PATH_STEP.fullmatch(step) for step in path.split("/")):
            yield f"{address}: its path {path} has a step other than lower-case words"
