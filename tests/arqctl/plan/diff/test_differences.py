"""Differences are reported by argument, block, statement and line."""

import base64
import json
from dataclasses import replace

import pytest

from arqctl.core.json_access import Body, Json
from arqctl.plan.diff import differences
from arqctl.plan.diff.difference import Difference, Kind
from arqctl.plan.model import Action, Change

SECRETS = ("(secret)", "(another secret)")


def found(before: Json, after: Json, *paths: tuple[Json, ...], **masks: Json) -> tuple[Difference, ...]:
    return differences(
        Change(
            action=Action.UPDATE,
            before=before,
            after=after,
            after_unknown=masks.get("unknown", False),
            before_sensitive=masks.get("secret", False),
            after_sensitive=masks.get("secret", False),
            replace_paths=paths,
        )
    )


def one(before: Json, after: Json, **masks: Json) -> Difference:
    (difference,) = found(before, after, **masks)
    return difference


def texts(before: Json, after: Json, **masks: Json) -> list[str]:
    return [f"{each.path}: {each.before} → {each.after}" for each in found(before, after, **masks)]


def policy(*statements: Json) -> Json:
    return {"policy": json.dumps({"Version": "2012-10-17", "Statement": list(statements)})}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


READ: Body = {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
LIST: Body = {"Sid": "List", "Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["*"]}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"size": 1}, {"size": 2}, ["size: 1 → 2"]),
        ({"size": 1.5}, {"size": 1e21}, ["size: 1.5 → 1000000000000000000000"]),
        ({"on": False}, {"on": True}, ["on: false → true"]),
        ({"a": "1"}, {"a": 1}, ['a: "1" → 1']),
        ({"a": None}, {"a": "x"}, ["a:  → x"]),
        ({"a": "x"}, {}, ["a: x → "]),
        ({"tags": {"a": "x"}}, {"tags": {"a": "x", "b": ""}}, ['tags.b:  → ""']),
        ({"tags": {"a": "x"}}, {"tags": {"a": "y"}}, ["tags.a: x → y"]),
        ({"tags": {}}, {"tags": {"a": "y", "b": "z"}}, ["tags:  → a = y, b = z"]),
        ({"one": [{"two": [{"a": 1}]}]}, {"one": [{"two": [{"a": 2}]}]}, ["one.two.a: 1 → 2"]),
        ({"a": ["x", "y"]}, {"a": ["y", "z", "x", "w"]}, ["a:  → z, w", "a:  → (the order differs)"]),
        ({"a": ["x", "y"]}, {"a": ["x", "z"]}, ["a: y → z"]),
        ({"a": ["x", "x"]}, {"a": ["x"]}, ["a: x → "]),
        ({"a": ["x", "y"]}, {"a": ["y", "x"]}, ["a:  → (the order differs)"]),
        ({"a": [{}]}, {"a": [{}, {}]}, ["a:  → (empty)"]),
    ],
)
def test_values(before: Json, after: Json, expected: list[str]) -> None:
    assert texts(before, after) == expected


@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_absent_and_empty_values_are_equal(nothing: Json) -> None:
    assert not found({"a": None}, {"a": nothing})
    assert not found({"a": nothing}, {"a": None})


@pytest.mark.parametrize("key", ["name", "id", "key", "Sid", "priority", "origin_id"])
def test_blocks_are_matched_by_their_identifying_argument(key: str) -> None:
    before: Json = {"of": [{key: "a", "z": 1}, {key: "b", "z": 1}, {key: "c", "z": 1}]}
    after: Json = {"of": [{key: "d", "z": 9}, {key: "a", "z": 1}, {key: "b", "z": 2}]}
    removed, added = f"of[c]: {key} = c, z = 1 → ", f"of[d]:  → {key} = d, z = 9"
    assert texts(before, after) == ["of[b].z: 1 → 2", removed, added]


def test_rules_are_matched_by_protocol_and_ports() -> None:
    def rule(port: int, source: str) -> Json:
        return {"protocol": "tcp", "from_port": port, "to_port": port, "cidr_blocks": [source]}

    before: Json = {"ingress": [rule(80, "10.0.0.0/8"), rule(443, "10.0.0.0/8")]}
    after: Json = {"ingress": [rule(443, "0.0.0.0/0"), rule(80, "10.0.0.0/8")]}
    assert texts(before, after)[-1] == "ingress[tcp 443].cidr_blocks: 10.0.0.0/8 → 0.0.0.0/0"


def test_blocks_without_an_identity_are_matched_by_content() -> None:
    before: Json = {"of": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]}
    after: Json = {"of": [{"a": 2, "b": "y"}, {"a": 1, "b": "z"}, {"a": 3, "b": "w"}]}
    expected = ["of:  → a = 3, b = w", "of:  → (the order differs)", "of.b: x → z"]
    assert texts(before, after) == expected


def test_statements_are_matched_by_sid_in_any_form() -> None:
    same: Body = {**READ, "Action": ["s3:GetObject"], "Resource": ["*", "*"]}
    assert not found(policy(READ, LIST), policy(LIST, same))
    more: Body = {**READ, "Action": ["s3:PutObject", "s3:GetObject"]}
    assert texts(policy(READ, LIST), policy(LIST, more)) == ["policy.Statement[Read].Action:  → s3:PutObject"]
    assert texts(policy(READ, LIST), policy(LIST))[0].startswith(
        "policy.Statement[Read]: Action = s3:GetObject, "
    )


def test_a_single_statement_needs_no_list() -> None:
    bare: Json = {"policy": json.dumps({"Version": "2012-10-17", "Statement": READ})}
    assert not found(bare, policy(READ))


def test_conditions_are_reported_by_operator_and_key() -> None:
    def when(*accounts: str) -> Json:
        return {**READ, "Condition": {"StringEquals": {"aws:SourceAccount": list(accounts)}}}

    path = "policy.Statement.Condition.StringEquals.aws:SourceAccount"
    assert not found(policy(when("1", "2")), policy(when("2", "1")))
    assert texts(policy(when("1")), policy(when("2"))) == [f"{path}: 1 → 2"]


def test_json_texts_are_compared_by_part() -> None:
    before, after = (json.dumps({"b": {"c": n}, "d": [1]}, indent=n) for n in (1, 2))
    assert texts({"a": before}, {"a": after}) == ["a.b.c: 1 → 2"]
    assert texts({"a": None}, {"a": '{"b": {"c": 1}, "d": 2}'}) == ["a.b:  → c = 1", "a.d:  → 2"]


def test_texts_of_several_lines_are_compared_by_line() -> None:
    lines = [f"line {number}" for number in range(20)]
    before, after = "\n".join(lines), "\n".join([*lines[:10], "new", *lines[11:]])
    expected = (" line 8", " line 9", "-line 10", "+new", " line 11", " line 12")
    assert one({"user_data": before}, {"user_data": after}).lines == expected
    assert one({"a": encoded(before)}, {"a": encoded(after)}).lines == expected
    assert texts({"a": "x\n"}, {"a": "x\r\n"}) == ["a: (before) → (only line ends differ)"]


def test_long_texts_are_shown_around_the_difference() -> None:
    difference = one({"a": f"{'x ' * 500}old{' y' * 500}"}, {"a": f"{'x ' * 500}new{' y' * 500}"})
    assert "old" in difference.before
    assert "new" in difference.after
    assert max(len(difference.before), len(difference.after)) <= 125


def test_an_unknown_value_is_neither_null_nor_removed() -> None:
    difference = one({"a": "x"}, {}, unknown={"a": True})
    assert difference == Difference("a", Kind.UNKNOWN, "x", "(known after apply)")
    nested = one({"a": [{"b": "x", "c": 1}]}, {"a": [{"c": 1}]}, unknown={"a": [{"b": True}]})
    assert (nested.path, nested.kind) == ("a.b", Kind.UNKNOWN)
    assert texts({"a": ["x", "y"]}, {"a": ["x", None]}, unknown={"a": [False, True]}) == [
        "a: y → (known after apply)"
    ]


def test_a_creation_reports_known_values_only() -> None:
    unknown: Json = {"id": True, "arn": True, "block": [{"id": True}]}
    after: Json = {"name": "x", "off": None, "block": [{"n": 1}]}
    changes = differences(Change(Action.CREATE, None, after, unknown, False, {}))
    assert [(each.path, each.after) for each in changes] == [
        ("block", "id = (known after apply), n = 1"), ("name", "x"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("of", 0, "n"), ["of.n"]),
        (("of",), ["of.n"]),
        (("of", {"n": 1}, "n"), ["of.n"]),
        (("other",), ["other"]),
        (("none",), []),
    ],
)
def test_arguments_that_force_a_replacement_are_marked_and_first(
    path: tuple[Json, ...], expected: list[str]
) -> None:
    rows = found({"of": [{"n": 1}], "other": 1}, {"of": [{"n": 2}], "other": 2}, path)
    assert [each.path for each in rows if each.forces] == expected
    assert [each.forces for each in rows] == sorted((each.forces for each in rows), reverse=True)


def test_an_equivalent_value_that_forces_a_replacement_is_reported() -> None:
    (row,) = found({"a": '{"b": 1}'}, {"a": '{ "b": 1 }'}, ("a",))
    assert (row.before, row.after, row.forces) == ("(before)", "(an equivalent value)", True)


@pytest.mark.parametrize(
    "mask",
    [True, {"user": True}, {"user": [True]}, {"user": [{"note": True}]}, {"user": [{"note": True}, {}]}],
)
def test_sensitive_values_are_compared_and_then_redacted(mask: Json) -> None:
    before: Json = {"user": [{"name": "a", "note": "tulip"}]}
    after: Json = {"user": [{"name": "a", "note": "harbor"}]}
    row = one(before, after, secret=mask)
    assert (row.before, row.after) == SECRETS
    assert row.is_secret
    assert not found(before, before, secret=mask)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"password": "tulip"}, {"password": "harbor"}),
        ({"pin": 4821}, {"pin": 1284}),
        ({"passwords": ["tulip"]}, {"passwords": ["harbor"]}),
        ({"env": {"DB_PASSWORD": "tulip"}}, {"env": {"DB_PASSWORD": "harbor"}}),
        (
            {"env": [{"name": "DB_PASSWORD", "value": "tulip"}]},
            {"env": [{"name": "DB_PASSWORD", "value": "harbor"}]},
        ),
        ({"env": '{"dbPassword": "tulip"}'}, {"env": '{"dbPassword": "harbor"}'}),
        ({"command": ["x", "--password", "tulip"]}, {"command": ["x", "--password", "harbor"]}),
        ({"command": ["curl", "-u", "app:tulip"]}, {"command": ["curl", "-u", "app:harbor"]}),
        ({"a": encoded("tulip tulip tulip")}, {"a": encoded("harbor harbor harbor")}),
    ],
)
def test_secrets_by_name_or_form_are_redacted(before: Json, after: Json) -> None:
    row = one(before, after)
    assert (row.before, row.after) == SECRETS
    assert row.is_secret


def test_two_swapped_secrets_still_differ() -> None:
    one_, other = "postgres://app:tulip@a/x", "postgres://app:harbor@a/x"
    row = one({"a": f"{one_}\n{other}"}, {"a": f"{other}\n{one_}"})
    assert (row.before, row.after) == SECRETS


def test_elements_after_an_option_are_redacted_if_many_differ() -> None:
    before: Json = {"command": ["x", "--password", "tulip", "-v"]}
    after: Json = {"command": ["x", "--password", "harbor", "-w", "-q"]}
    assert texts(before, after) == ["command: (secret), -v → (secret), -w, -q"]


def test_unknown_values_of_a_replacement_are_one_row() -> None:
    before: Json = {"arn": "a", "id": "i", "endpoint": "e", "encrypted": False, "size": 1}
    change = Change(
        Action.DELETE_THEN_CREATE,
        before,
        {"encrypted": True, "size": 2},
        after_unknown={"arn": True, "id": True, "endpoint": True},
        replace_paths=(("encrypted",),),
    )
    changes = differences(change)
    assert [each.path for each in changes] == ["encrypted", "size", "arn, endpoint, id"]
    assert changes[2].kind is Kind.UNKNOWN
    few = replace(change, after_unknown={"arn": True, "id": True})
    assert [each.path for each in differences(few)] == ["encrypted", "endpoint", "size", "arn", "id"]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ({"authorization": "AWS_IAM"}, {"authorization": "NONE"}, ("AWS_IAM", "NONE")),
        (
            {"auth": [{"iam_auth": "REQUIRED"}]},
            {"auth": [{"iam_auth": "DISABLED"}]},
            ("REQUIRED", "DISABLED"),
        ),
        ({"cookies": [{"forward": "none"}]}, {"cookies": [{"forward": "all"}]}, ("none", "all")),
        ({"password_enabled": "true"}, {"password_enabled": "false"}, ("true", "false")),
    ],
)
def test_a_keyword_of_an_argument_is_no_secret(before: Json, after: Json, shown: tuple[str, str]) -> None:
    (found,) = differences(Change(Action.UPDATE, before, after))
    assert (found.before, found.after) == shown
    (found,) = differences(Change(Action.UPDATE, {"password": "none"}, {"password": "tulip"}))
    assert found.after in ("(secret)", "(another secret)")
