"""A value that is sensitive in one place of a plan is sensitive in all."""

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
    """Return the mask of a value in a plan that marks a long and a short text as sensitive elsewhere."""
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
def test_copies_are_marked_and_no_mark_is_lost(value: Json, mask: Json, expected: Json) -> None:
    assert marks(value, mask) == expected


def test_a_sensitive_output_marks_resources() -> None:
    row = update("aws_x", {"a": "correct horse"}, {"a": "battery staple"})
    output = Change(Action.UPDATE, "correct horse", "x", before_sensitive=True)
    found = propagate_sensitivity(replace(plan(row), outputs=(("note", output),)))
    assert found.resources[0].change.before_sensitive == {"a": True}
    assert found.resources[0].change.after_sensitive == {}


def test_a_plan_without_secrets_is_left_as_it_is() -> None:
    unmarked = plan(update("aws_x", {"a": "correct horse"}, {"a": "x"}))
    assert propagate_sensitivity(unmarked) is unmarked


@pytest.mark.parametrize("where", ["resource_changes", "resource_drift", "output_changes"])
def test_marks_of_unchanged_values_count(where: str) -> None:
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
