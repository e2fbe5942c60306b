"""Runs the commands of a runbook in bash, with programs that only record their arguments."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import botocore.session
from botocore import xform_name
from botocore.model import OperationModel, Shape
from botocore.validate import ParamValidator

from arqctl.core.json_access import Json

_PROGRAMS = ("aws", "terraform", "cdktf", "arqctl", "sleep", "diff")
# Fields end with the unit separator, and commands with the record separator.
_RECORDER = """#!/bin/sh
case "$*" in *console) echo "\\"value of $(cat)\\"" ;; esac
{ printf '%s\\037' "${0##*/}" "$@"; printf '\\036'; } >>"$LOG"
"""


def run_commands(page: str, folder: Path) -> list[list[str]]:
    """Run all commands of a page in one session, and return the arguments of each program."""
    programs, log = folder / "bin", folder / "log"
    programs.mkdir()
    for program in _PROGRAMS:
        path = programs / program
        path.write_text(_RECORDER)
        path.chmod(0o755)
    script = "set -euo pipefail\n" + "\n".join(re.findall(r"```sh\n(.*?)```", page, re.DOTALL))
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", "LOG": str(log)}
    subprocess.run(["bash", "-c", script], check=True, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    return [command.split("\x1f")[:-1] for command in log.read_text().split("\x1e")[:-1]]


def parse_rds_command(arguments: list[str]) -> tuple[str, dict[str, Json]]:
    """Return the operation and parameters of an `aws rds` command, checked against the API's model.

    A flag of the AWS CLI is the parameter's name with hyphens; `--no-NAME` is false.
    https://docs.aws.amazon.com/cli/latest/reference/rds/
    """
    program, service, command, *words = arguments
    assert (program, service) == ("aws", "rds")
    operation = operation_model(command)
    members: dict[str, tuple[str, Shape]] = {
        xform_name(name, "-"): (name, shape) for name, shape in input_members(operation).items()
    }
    parameters: dict[str, Json] = {}
    for flag, values in _flags(words):
        if flag in ("region", "query", "output"):
            continue
        name, shape = members[flag.removeprefix("no-") if flag not in members else flag]
        parameters[name] = _value(shape, flag not in members, values)
    assert operation.input_shape is not None
    report = ParamValidator().validate(parameters, operation.input_shape)
    assert not report.has_errors(), f"{command}: {report.generate_report()}"
    return operation.name, parameters


@cache
def operation_model(command: str) -> OperationModel:
    """Return the model of a command's operation."""
    model = botocore.session.get_session().get_service_model("rds")
    names = {xform_name(name, "-"): name for name in model.operation_names}
    return model.operation_model(names[command])


def input_members(operation: OperationModel) -> Mapping[str, Shape]:
    """Return the parameters of an operation."""
    assert operation.input_shape is not None
    return operation.input_shape.members


def _flags(words: list[str]) -> Iterator[tuple[str, list[str]]]:
    starts = [index for index, word in enumerate(words) if word.startswith("--")]
    for start, end in zip(starts, [*starts[1:], len(words)], strict=True):
        yield words[start][2:], words[start + 1 : end]


def _value(shape: Shape, negated: bool, values: list[str]) -> Json:
    if shape.type_name == "boolean":
        assert values == []
        return not negated
    assert not negated
    if shape.type_name == "list":
        assert values
        return [_list_item(value) for value in values]
    [value] = values
    return int(value) if shape.type_name == "integer" else value


def _list_item(value: str) -> Json:
    if value.startswith("Key="):
        key, _, tag = value.removeprefix("Key=").partition(",Value=")
        return {"Key": key, "Value": tag}
    return value
