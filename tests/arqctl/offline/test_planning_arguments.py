"""Arguments that Terraform's core lets through and providers refuse."""

import pytest

from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.planning.validation import validate_arguments
from arqctl.offline.schema.model import Attribute, Block, NestedBlock, Nesting
from arqctl.offline.types import STRING
from arqctl.offline.values import UNKNOWN, Value

RULE = Block({"port": Attribute("port", STRING, required=True), "id": Attribute("id", STRING, computed=True)})
BLOCK = Block(
    {
        "name": Attribute("name", STRING, required=True),
        "arn": Attribute("arn", STRING, computed=True),
        "key": Attribute("key", STRING, optional=True, computed=True),
    },
    {"rule": NestedBlock("rule", Nesting.SET, RULE), "log": NestedBlock("log", Nesting.LIST, RULE)},
)
VALID: dict[str, Value] = {"name": "a", "arn": None, "key": None, "rule": [], "log": []}


def found(**values: Value) -> list[Diagnostic]:
    return validate_arguments(BLOCK, {**VALID, **values})


def test_valid_arguments_pass() -> None:
    assert found(key="k", rule=[{"port": "1", "id": None}]) == []


def test_unknown_values_pass() -> None:
    assert found(name=UNKNOWN, rule=UNKNOWN) == []


def test_null_is_rejected_for_a_required_argument() -> None:
    (problem,) = found(name=None)
    assert problem.path == ("name",)
    assert problem.detail == "name is required, got null. Set a value."


def test_a_computed_attribute_cannot_be_set() -> None:
    (problem,) = found(arn="arn:aws:s3:::a")
    assert problem.path == ("arn",)
    assert problem.detail == "arn is a read-only attribute that AWS computes. Remove it."


@pytest.mark.parametrize(("block", "path"), [("log", ("log", 0, "port")), ("rule", ("rule",))])
def test_nested_blocks_are_checked(block: str, path: tuple[str | int, ...]) -> None:
    rules: Value = [{"port": None, "id": None}]
    (problem,) = found(**{block: rules})
    assert problem.path == path
    assert problem.detail.startswith(f"{block}.port is required")
