"""Secrets are where real Terraform has them, and nowhere else: never in the account's book."""

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
def said(stack: OfflineStack) -> str:
    """What a person reads of a plan, of its apply, and of a plan that changes both secrets."""
    texts = [stack.terraform("plan", "-no-color").stdout, stack.apply()]
    stack.change(change_secrets)
    return "\n".join([*texts, stack.terraform("plan", "-no-color", "-out=plan").stdout])


def change_secrets(document: Document) -> None:
    parameters = document["resource"]["aws_ssm_parameter"]
    parameters["sensitive"]["value"] = CHANGED
    parameters["write_only"] |= {"value_wo": CHANGED, "value_wo_version": 2}


@pytest.mark.slow
def test_plans_show_none_of_them(said: str) -> None:
    assert "3 to add" not in said
    assert "4 to add" in said
    assert "2 to change" in said
    assert "(sensitive value)" in said
    assert "(write-only attribute)" in said
    assert "planted" not in said


@pytest.mark.slow
@pytest.mark.usefixtures("said")
def test_write_only_arguments_are_in_no_state_and_no_plan(stack: OfflineStack) -> None:
    state = json.dumps(stack.state())
    plan = json.loads(stack.terraform("show", "-json", "plan").stdout)
    # What was written into the configuration stands there, and in Terraform's copy of it.
    del plan["configuration"]
    parameters = plan["planned_values"]["root_module"]["resources"]
    (written,) = (each for each in parameters if each["address"] == "aws_ssm_parameter.write_only")
    assert written["values"]["value_wo"] is None
    assert SENSITIVE in state
    assert WRITE_ONLY not in state + json.dumps(plan)
    assert json.dumps(plan).count(CHANGED) == 2, "the sensitive one, as planned, and as it changes"


@pytest.mark.slow
@pytest.mark.usefixtures("said")
def test_the_account_s_book_has_none_of_them(stack: OfflineStack) -> None:
    stack.apply()
    books = list(stack.paths.folder.glob("account.sqlite*"))
    assert books
    assert not [book for book in books if b"planted" in book.read_bytes()]


def test_secrets_are_left_out_at_any_depth() -> None:
    secret = Attribute("password", STRING, optional=True, sensitive=True)
    once = Attribute("once", STRING, optional=True, write_only=True)
    plain = Attribute("user", STRING, optional=True)
    inner = Block({"password": secret, "user": plain})
    nestings = {"each": Nesting.LIST, "one": Nesting.SINGLE, "by_name": Nesting.MAP, "none": Nesting.SET}
    blocks = {name: NestedBlock(name, nesting, inner) for name, nesting in nestings.items()}
    block = Block({"password": secret, "once": once, "user": plain}, blocks)
    filled: dict[str, Value] = {"password": "p", "user": "u"}
    emptied = {"password": None, "user": "u"}
    state: dict[str, Value] = {"once": "o", "each": [filled], "one": filled, "by_name": {"a": filled}}
    assert redact_state(block, {**filled, **state, "none": None}) == {
        **emptied,
        "once": None,
        "each": [emptied],
        "one": emptied,
        "by_name": {"a": emptied},
        "none": None,
    }


def test_an_attribute_with_a_secret_part_is_left_out_as_a_whole() -> None:
    part = Attribute("key", STRING, optional=True, sensitive=True)
    nested = Nested(Nesting.LIST, {"key": part})
    block = Block({"keys": Attribute("keys", type_of_nested(nested), optional=True, nested=nested)})
    assert redact_state(block, {"keys": [{"key": "k"}]}) == {"keys": None}
