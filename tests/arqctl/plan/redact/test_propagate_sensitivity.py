"""What is marked as secret in one place of a plan is so in all."""

import json
from dataclasses import replace

import pytest

from arqctl.core.json_access import Json
from arqctl.plan.model import Action, Change
from arqctl.plan.parser import read_plan
from arqctl.plan.redact.propagate_sensitivity import propagate_sensitivity
from tests.arqctl.plan.plan_rows import plan, update
from tests.arqctl.plan.redact.secret_injector import row


def marks(value: Json, mask: Json = False) -> Json:
    """The mask of a value in a plan that marks two texts as secret elsewhere, a long one and a short one."""
    source = update("aws_x", None, {"a": "correct horse", "b": "short"})
    marked = replace(source, change=replace(source.change, after_sensitive={"a": True, "b": True}))
    copy = update("aws_x", None, value, name="copy")
    copied = replace(copy, change=replace(copy.change, after_sensitive=mask))
    _, found = propagate_sensitivity(plan(marked, copied)).resources
    return found.change.after_sensitive


@pytest.mark.parametrize(
    ("value", "mask", "expected"),
    [
        ("correct horse", False, True),
        ({"c": "correct horse", "d": "x"}, {}, {"c": True}),
        ({"c": ["x", {"d": "correct horse"}]}, {}, {"c": [False, {"d": True}]}),
        ({"c": ["x"], "d": "y"}, {"d": True}, {"d": True}),
        ({"c": "x"}, {"unknown": True}, {"unknown": True}),
        ({"c": "short"}, {}, {}),
        ({"c": "x"}, True, True),
        (["x", "y"], [True], [True]),
    ],
)
def test_a_copy_is_marked_where_it_is_and_no_mark_is_lost(value: Json, mask: Json, expected: Json) -> None:
    assert marks(value, mask) == expected


def test_what_an_output_marks_is_marked_in_resources() -> None:
    row = update("aws_x", {"a": "correct horse"}, {"a": "battery staple"})
    output = Change(Action.UPDATE, "correct horse", "x", before_sensitive=True)
    found = propagate_sensitivity(replace(plan(row), outputs=(("note", output),)))
    assert found.resources[0].change.before_sensitive == {"a": True}
    assert found.resources[0].change.after_sensitive == {}


def test_a_plan_without_secrets_is_left_as_it_is() -> None:
    unmarked = plan(update("aws_x", {"a": "correct horse"}, {"a": "x"}))
    assert propagate_sensitivity(unmarked) is unmarked


@pytest.mark.parametrize("where", ["resource_changes", "resource_drift", "output_changes"])
def test_a_mark_of_what_the_plan_leaves_unchanged_counts(where: str) -> None:
    secret: Json = {"a": "correct horse"}
    marked = row("aws_x.source", "no-op", secret, secret, after_sensitive={"a": True})
    copy = row("aws_x.copy", "update", {"b": "x"}, {"b": "correct horse"})
    document: dict[str, object] = {"format_version": "1.2", "resource_changes": [copy]}
    if where == "resource_changes":
        document[where] = [copy, marked]
    else:
        document[where] = {"o": marked["change"]} if where == "output_changes" else [marked]
    parsed = read_plan(json.dumps(document), stack="production", environment="production", paths={})
    (found,) = parsed.resources
    assert found.change.after_sensitive == {"b": True}
    assert not parsed.outputs
    assert not parsed.drift
