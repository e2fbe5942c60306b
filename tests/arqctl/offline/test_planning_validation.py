"""Conflicting arguments are rejected with their values and a fix; secrets are redacted."""

from typing import cast

import pytest

from arqctl.offline.facts import NO_FACTS, Facts
from arqctl.offline.planning.groups import Group, Kind
from arqctl.offline.planning.traversal import Fields
from arqctl.offline.planning.validation import validate_groups
from arqctl.offline.schema.model import Attribute, Block, NestedBlock, Nesting
from arqctl.offline.types import STRING
from arqctl.offline.values import UNKNOWN, Unknown

ARGUMENTS = {name: Attribute(name, STRING, optional=True) for name in "abc"}
SECRET = Attribute("secret", STRING, optional=True, sensitive=True)
SECRET_VALUE = {"secret": "hunter2"}
INNER = Block({**ARGUMENTS, "secret": SECRET})
SCHEMA = Block(
    ARGUMENTS,
    {
        "each": NestedBlock("each", Nesting.LIST, INNER),
        "any": NestedBlock("any", Nesting.SET, INNER),
    },
)


def group(kind: Kind, *members: str) -> Group:
    return Group(kind, tuple(tuple(member.split(".")) for member in members))


def problems(a_group: Group, facts: Facts = NO_FACTS, **config: object) -> list[tuple[str, object]]:
    unset = dict.fromkeys("abc") | {"each": [], "any": []}
    found = validate_groups(SCHEMA, [a_group], cast("Fields", unset | config), facts)
    return [(each.detail, each.path) for each in found]


def inner(**parts: object) -> Fields:
    return cast("Fields", dict.fromkeys(INNER.attributes) | parts)


@pytest.mark.parametrize("kind", [Kind.AT_MOST_ONE, Kind.EXACTLY_ONE])
def test_more_than_one_member_is_rejected(kind: Kind) -> None:
    a_group = group(kind, "a", "b", "c")
    detail = 'Only one of a, b and c can be set, got a = "x" and c = "vpc-…" (known after apply). Keep one.'
    assert problems(a_group, a="x", c=Unknown("vpc-")) == [(detail, ("c",))]
    assert problems(a_group, a="x") == []
    assert problems(a_group, a="x", b=UNKNOWN) == []
    assert problems(a_group, a="x", b=False) == []
    assert len(problems(a_group, a="x", b=Unknown(not_null=True))) == 1


@pytest.mark.parametrize(
    ("kind", "words"), [(Kind.EXACTLY_ONE, "Exactly one"), (Kind.AT_LEAST_ONE, "At least one")]
)
def test_a_missing_member_is_rejected(kind: Kind, words: str) -> None:
    a_group = group(kind, "a", "each")
    assert problems(a_group) == [(f"{words} of a and each must be set, got none. Set one.", ())]
    assert problems(a_group, a=UNKNOWN) == []
    assert problems(a_group, each=[inner()]) == []
    assert problems(a_group, each=UNKNOWN) == []


def test_a_member_that_requires_another() -> None:
    detail = 'a = "x" requires b and c. Set b and c too, or remove a.'
    assert problems(group(Kind.NEEDS, "a", "b", "c"), a="x") == [(detail, ("a",))]
    assert problems(group(Kind.NEEDS, "a", "b"), b="x") == []
    assert problems(group(Kind.NEEDS, "a", "b"), a="x", b=UNKNOWN) == []
    assert problems(group(Kind.NEEDS, "a", "b"), a=UNKNOWN) == []


def test_all_or_none() -> None:
    detail = 'b = "x" requires a. Set a too, or remove b.'
    assert problems(group(Kind.ALL_OR_NONE, "a", "b"), b="x") == [(detail, ("b",))]
    assert problems(group(Kind.ALL_OR_NONE, "a", "b"), a="x", b="y") == []
    assert problems(group(Kind.ALL_OR_NONE, "a", "b")) == []


def test_each_block_is_validated_separately() -> None:
    a_group = group(Kind.EXACTLY_ONE, "each.a", "each.b")
    assert problems(a_group) == []
    both = inner(a="1", b="2")
    assert [path for _, path in problems(a_group, each=[inner(a="1"), both, inner()])] == [
        ("each", 1, "b"),
        ("each", 2),
    ]
    assert [path for _, path in problems(group(Kind.AT_MOST_ONE, "any.a", "any.b"), any=[both])] == [("any",)]


def test_members_can_be_at_different_depths() -> None:
    a_group = group(Kind.AT_MOST_ONE, "a", "each.b")
    assert problems(a_group, a="x", each=[inner()]) == []
    assert [path for _, path in problems(a_group, a="x", each=[inner(), inner(b="y")])] == [("each", 1, "b")]


def test_secrets_are_redacted() -> None:
    by_schema = problems(
        group(Kind.AT_MOST_ONE, "each.a", "each.secret"), each=[inner(a="1", **SECRET_VALUE)]
    )
    by_facts = problems(
        group(Kind.AT_MOST_ONE, "a", "b"), Facts(sensitive=frozenset({("b",)})), a="1", b="hunter2"
    )
    for ((detail, _),) in (by_schema, by_facts):
        assert 'a = "1"' in detail
        assert "(sensitive)" in detail
        assert "hunter2" not in detail


def test_long_values_and_blocks_are_truncated() -> None:
    ((detail, _),) = problems(group(Kind.AT_MOST_ONE, "a", "each"), a="x" * 100, each=[inner(**SECRET_VALUE)])
    assert f'a = "{"x" * 59}… and each = {{ … }}' in detail
