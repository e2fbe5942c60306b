"""Parses commands of the AWS CLI, and checks them against the models of AWS's APIs."""

import json
from collections.abc import Iterator, Mapping
from functools import cache

import botocore.session
from botocore import xform_name
from botocore.model import MapShape, OperationModel, Shape, StructureShape
from botocore.validate import ParamValidator

from arqctl.core.json_access import Json
from tests.kubectl_commands import PLACEHOLDER

# Options of the CLI itself.
_GLOBAL_OPTIONS = ("output", "query", "region")


def parse_aws_command(arguments: list[str]) -> tuple[str, dict[str, Json]]:
    """Return the operation and parameters of an `aws` command, checked against the API's model.

    A flag of the AWS CLI is the parameter's name with hyphens; `--no-NAME` is false.
    https://docs.aws.amazon.com/cli/latest/reference/
    """
    program, service, command, *words = arguments
    assert program == "aws"
    operation = operation_model(service, command)
    members: dict[str, tuple[str, Shape]] = {
        xform_name(name, "-"): (name, shape) for name, shape in input_members(operation).items()
    }
    parameters: dict[str, Json] = {}
    for flag, values in _flags(words):
        if flag in _GLOBAL_OPTIONS:
            continue
        key = flag if flag in members else flag.removeprefix("no-")
        assert key in members, f"aws {service} {command} has no option --{flag}"
        name, shape = members[key]
        parameters[name] = _value(shape, flag != key, values)
    if operation.input_shape is not None:
        report = ParamValidator().validate(parameters, operation.input_shape)
        assert not report.has_errors(), f"{command}: {report.generate_report()}"
    return operation.name, parameters


@cache
def operation_model(service: str, command: str) -> OperationModel:
    """Return the model of a command's operation."""
    model = botocore.session.get_session().get_service_model("s3" if service == "s3api" else service)
    names = {xform_name(name, "-"): name for name in model.operation_names}
    assert command in names, f"aws {service} has no command {command}"
    return model.operation_model(names[command])


def input_members(operation: OperationModel) -> Mapping[str, Shape]:
    """Return the parameters of an operation."""
    return operation.input_shape.members if operation.input_shape is not None else {}


def _flags(words: list[str]) -> Iterator[tuple[str, list[str]]]:
    starts = [index for index, word in enumerate(words) if word.startswith("--")]
    assert not words or starts[:1] == [0], words
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
    if shape.type_name == "map" and value.startswith("file://"):
        return {}
    if shape.type_name in ("structure", "map") and value.startswith("{"):
        document: Json = json.loads(value)
        return document
    if shape.type_name in ("structure", "map") and not value.startswith("file://"):
        return _pairs(shape, value)
    if PLACEHOLDER.fullmatch(value):
        # The word can be shorter than the values for which it stands.
        value = value.ljust(shape.metadata.get("min", 0), "X")
    return int(value) if shape.type_name in ("integer", "long") else value


def _pairs(shape: Shape, text: str) -> Json:
    """Return a structure or a map in the CLI's short syntax, `Key=1,Other=true`."""
    found: dict[str, Json] = {}
    for pair in text.split(","):
        name, _, value = pair.partition("=")
        assert isinstance(shape, StructureShape | MapShape)
        member = shape.members[name] if isinstance(shape, StructureShape) else shape.value
        found[name] = value == "true" if member.type_name == "boolean" else _value(member, False, [value])
    return found


def _list_item(value: str) -> Json:
    """Return a list's item: text, or a structure in the CLI's short syntax, `Key=a,Value=b`."""
    if "=" not in value or not value[0].isupper():
        return value
    item: dict[str, Json] = {}
    for pair in value.split(","):
        name, _, text = pair.partition("=")
        item[name] = [text] if name == "Values" else text
    return item
