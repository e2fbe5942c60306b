"""The checks of Terraform JSON find what is planted in it."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from environments.dev import DEV
from environments.synthesis import synthesize_environments
from tests.properties.shape import TERRAFORM, faults, terraforms_complaint

Plant = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = synthesize_environments([DEV], tmp_path_factory.mktemp("dev"))
    loaded: dict[str, Any] = json.loads((folder / "stacks/dev/cdk.tf.json").read_text())
    return loaded


def first(stack: dict[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(iter(stack["resource"][kind].values()))
    return found


def test_a_sound_stack_has_no_faults(stack: dict[str, Any]) -> None:
    assert faults(stack) == []


@pytest.mark.parametrize(
    ("plant", "told"),
    [
        (lambda stack: stack["resource"].pop("aws_vpc"), "which is not in the stack"),
        (lambda stack: first(stack, "aws_subnet").update(vpc_id="${var.vpc}"), "refers to var.vpc"),
        (lambda stack: first(stack, "aws_subnet").update(vpc_id="${vpc}"), "refers to vpc"),
        (lambda stack: first(stack, "aws_subnet").update(depends_on=["aws_vpc.gone"]), "aws_vpc.gone"),
        (lambda stack: first(stack, "aws_subnet").update(provider="aws.mars"), "aws.mars is not configured"),
        (lambda stack: first(stack, "aws_subnet").update(tags={"Name": "%{ if true }"}), "directive"),
        (lambda stack: first(stack, "aws_subnet").update(timeouts={}), "timeouts is {}"),
        (lambda stack: first(stack, "aws_subnet").update(timeouts=[{}]), "timeouts is {}"),
        (lambda stack: first(stack, "aws_subnet").update(cidr_block=None), "cidr_block is None"),
        (lambda stack: first(stack, "aws_kms_key").update(policy='{"Version": "${x}'), "is no JSON"),
        (lambda stack: first(stack, "aws_vpc")["//"]["metadata"].update(path="dev/A b"), "path dev/A b"),
    ],
)
def test_a_planted_fault_is_told(stack: dict[str, Any], plant: Plant, told: str) -> None:
    planted = copy.deepcopy(stack)
    plant(planted)
    assert any(told in fault for fault in faults(planted)), faults(planted)


@pytest.mark.skipif(TERRAFORM is None, reason="Terraform is not on the PATH: it loads no random stack either")
@pytest.mark.parametrize(
    "plant",
    [
        lambda stack: first(stack, "aws_vpc").update(lifecycle={"prevent_destory": True}),
        lambda stack: stack["resource"]["aws_vpc"].update({"1 vpc": {}}),
        lambda stack: stack["provider"]["aws"].append(stack["provider"]["aws"][0]),
        lambda stack: stack.update(resuorce={}),
    ],
)
def test_terraform_complains_of_what_it_can_not_load(
    stack: dict[str, Any], plant: Plant, tmp_path: Path
) -> None:
    file = tmp_path / "cdk.tf.json"
    file.write_text(json.dumps(stack))
    assert terraforms_complaint(tmp_path) == ""
    planted = copy.deepcopy(stack)
    plant(planted)
    file.write_text(json.dumps(planted))
    assert "Error" in terraforms_complaint(tmp_path)
