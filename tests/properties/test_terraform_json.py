"""Tests that the checks of Terraform JSON report each defect."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from environments.dev import DEV
from environments.synthesis import synthesize_environments
from tests.properties.terraform_json import TERRAFORM, find_problems, terraform_error

Mutation = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = synthesize_environments([DEV], tmp_path_factory.mktemp("dev"))
    loaded: dict[str, Any] = json.loads((folder / "stacks/dev/cdk.tf.json").read_text())
    return loaded


def resource(stack: dict[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(iter(stack["resource"][kind].values()))
    return found


def test_valid_stack_has_no_problems(stack: dict[str, Any]) -> None:
    assert find_problems(stack) == []


@pytest.mark.parametrize(
    ("mutate", "expected"),
    [
        (lambda stack: stack["resource"].pop("aws_vpc"), "which is not in the stack"),
        (lambda stack: resource(stack, "aws_subnet").update(vpc_id="${var.vpc}"), "refers to var.vpc"),
        (lambda stack: resource(stack, "aws_subnet").update(vpc_id="${vpc}"), "refers to vpc"),
        (
            lambda stack: resource(stack, "aws_subnet").update(depends_on=["aws_vpc.gone"]),
            "aws_vpc.gone",
        ),
        (
            lambda stack: resource(stack, "aws_subnet").update(provider="aws.mars"),
            "aws.mars is not configured",
        ),
        (
            lambda stack: resource(stack, "aws_subnet").update(tags={"Name": "%{ if true }"}),
            "directive",
        ),
        (lambda stack: resource(stack, "aws_subnet").update(timeouts={}), "timeouts is {}"),
        (lambda stack: resource(stack, "aws_subnet").update(timeouts=[{}]), "timeouts is {}"),
        (lambda stack: resource(stack, "aws_subnet").update(cidr_block=None), "cidr_block is None"),
        (lambda stack: resource(stack, "aws_kms_key").update(policy='{"Version": "${x}'), "is no JSON"),
        (
            lambda stack: resource(stack, "aws_vpc")["//"]["metadata"].update(path="dev/A b"),
            "path dev/A b",
        ),
    ],
)
def test_defect_is_reported(stack: dict[str, Any], mutate: Mutation, expected: str) -> None:
    mutated = copy.deepcopy(stack)
    mutate(mutated)
    assert any(expected in problem for problem in find_problems(mutated)), find_problems(mutated)


@pytest.mark.skipif(
    TERRAFORM is None, reason="Terraform is not on the PATH: random stacks are not loaded either"
)
@pytest.mark.parametrize(
    "mutate",
    [
        lambda stack: resource(stack, "aws_vpc").update(lifecycle={"prevent_destory": True}),
        lambda stack: stack["resource"]["aws_vpc"].update({"1 vpc": {}}),
        lambda stack: stack["provider"]["aws"].append(stack["provider"]["aws"][0]),
        lambda stack: stack.update(resuorce={}),
    ],
)
def test_terraform_error_is_returned(stack: dict[str, Any], mutate: Mutation, tmp_path: Path) -> None:
    file = tmp_path / "cdk.tf.json"
    file.write_text(json.dumps(stack))
    assert terraform_error(tmp_path) == ""
    mutated = copy.deepcopy(stack)
    mutate(mutated)
    file.write_text(json.dumps(mutated))
    assert "Error" in terraform_error(tmp_path)
