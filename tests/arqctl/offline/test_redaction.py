"""Secrets are only where real Terraform has them, and never in the resource store."""

import json

import pytest

from arqctl.offline.redaction import redact_state
from arqctl.offline.schema.model import Attribute, Block, Nested, NestedBlock, Nesting, type_of_nested
from arqctl.offline.types import STRING
from arqctl.offline.values import Value
from tests.arqctl.offline.offline_stacks import (
    Document,
    OfflineStack,
    prepare_environment,
    replace_resources,
)

SENSITIVE, WRITE_ONLY, CHANGED = "planted-sensitive", "planted-write-only", "planted-changed"
RESOURCES: Document = {
    "aws_ssm_parameter": {
        "sensitive": {"name": "/sensitive", "type": "SecureString", "value": SENSITIVE},
        "write_only": {
            "name": "/write-only",
            "type": "SecureString",
            "value_wo": WRITE_ONLY,
            "value_wo_version": 1,
        },
    },
    "aws_secretsmanager_secret": {"main": {"name": "secret"}},
    "aws_secretsmanager_secret_version": {
        "main": {
            "secret_id": "${aws_secretsmanager_secret.main.id}",
            "secret_string_wo": WRITE_ONLY,
            "secret_string_wo_version": 1,
        }
    },
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> OfflineStack:
    return prepare_environment(tmp_path_factory.mktemp("secrets"), "dev", replace_resources(RESOURCES))


@pytest.fixture(scope="module")
def terminal_output(stack: OfflineStack) -> str:
    """The output of a plan, of its apply, and of a plan that changes both secrets."""
    outputs = [stack.terraform("plan", "-no-color").stdout, stack.apply()]
    stack.change(change_secrets)
    return "\n".join([*outputs, stack.terraform("plan", "-no-color", "-out=plan").stdout])


def change_secrets(document: Document) -> None:
    parameters = document["resource"]["aws_ssm_parameter"]
    parameters["sensitive"]["value"] = CHANGED
    parameters["write_only"] |= {"value_wo": CHANGED, "value_wo_version": 2}


@pytest.mark.slow
def test_plans_show_no_secrets(terminal_output: str) -> None:
    assert "3 to add" not in terminal_output
    assert "4 to add" in terminal_output
    assert "2 to change" in terminal_output
    assert "(sensitive value)" in terminal_output
    assert "(write-only attribute)" in terminal_output
    assert "planted" not in terminal_output


@pytest.mark.slow
@pytest.mark.usefixtures("terminal_output")
def test_write_only_arguments_are_neither_in_state_nor_in_plans(stack: OfflineStack) -> None:
    state = json.dumps(stack.state())
    plan = json.loads(stack.terraform("show", "-json", "plan").stdout)
    # The configuration contains the secrets, and so does the plan's copy of it.
    del plan["configuration"]
    parameters = plan["planned_values"]["root_module"]["resources"]
    (parameter,) = (each for each in parameters if each["address"] == "aws_ssm_parameter.write_only")
    assert parameter["values"]["value_wo"] is None
    assert SENSITIVE in state
    assert WRITE_ONLY not in state + json.dumps(plan)
    assert json.dumps(plan).count(CHANGED) == 2, (
        "the sensitive value in `planned_values` and in `resource_changes`"
    )


@pytest.mark.slow
@pytest.mark.usefixtures("terminal_output")
def test_the_resource_store_has_no_secrets(stack: OfflineStack) -> None:
    stack.apply()
    files = list(stack.paths.folder.glob("account.sqlite*"))
    assert files
    assert not [file for file in files if b"planted" in file.read_bytes()]


def test_secrets_are_redacted_at_any_depth() -> None:
    secret = Attribute("password", STRING, optional=True, sensitive=True)
    write_only = Attribute("once", STRING, optional=True, write_only=True)
    plain = Attribute("user", STRING, optional=True)
    inner = Block({"password": secret, "user": plain})
    nestings = {"each": Nesting.LIST, "one": Nesting.SINGLE, "by_name": Nesting.MAP, "none": Nesting.SET}
    blocks = {name: NestedBlock(name, nesting, inner) for name, nesting in nestings.items()}
    block = Block({"password": secret, "once": write_only, "user": plain}, blocks)
    with_secret: dict[str, Value] = {"password": "p", "user": "u"}
    redacted = {"password": None, "user": "u"}
    state: dict[str, Value] = {
        "once": "o",
        "each": [with_secret],
        "one": with_secret,
        "by_name": {"a": with_secret},
    }
    assert redact_state(block, {**with_secret, **state, "none": None}) == {
        **redacted,
        "once": None,
        "each": [redacted],
        "one": redacted,
        "by_name": {"a": redacted},
        "none": None,
    }


def test_an_attribute_with_a_nested_secret_is_redacted_completely() -> None:
    part = Attribute("key", STRING, optional=True, sensitive=True)
    nested = Nested(Nesting.LIST, {"key": part})
    block = Block({"keys": Attribute("keys", type_of_nested(nested), optional=True, nested=nested)})
    assert redact_state(block, {"keys": [{"key": "k"}]}) == {"keys": None}
