"""A plan is parsed completely or rejected."""

import json
import random

import pytest

from arqctl.core.errors import InputError
from arqctl.core.json_access import Body, Json
from arqctl.plan.model import Action, Check, Plan, ResourceChange
from arqctl.plan.parser import read_plan


def read(*rows: Json, paths: dict[str, str] | None = None, **more: Json) -> Plan:
    document: Body = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "resource_changes": [*rows],
        **more,
    }
    return read_plan(json.dumps(document), stack="production", environment="production", paths=paths or {})


def row(address: str = "aws_x.a", *actions: str, **more: Json) -> Body:
    change: Body = {"actions": [*(actions or ("update",))], "before": {}, "after": {}}
    own = ("importing", "replace_paths", "before", "after", "after_sensitive")
    change |= {key: more.pop(key) for key in [*more] if key in own}
    return {"address": address, "type": "aws_x", "mode": "managed", "change": change, **more}


def only(plan: Plan) -> ResourceChange:
    (found,) = plan.resources
    return found


@pytest.mark.parametrize(
    "action", [action for action in Action if action is not Action.NO_OP], ids=lambda action: action.value
)
def test_every_action_is_known(action: Action) -> None:
    assert only(read(row("aws_x.a", *action.value.split("-")))).change.action is action


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ('{"format_version": NaN}', "NaN is no JSON number"),
        ("[" * 100_000, "is not JSON"),
        ('{"format_version": "1.2", "resource_changes": [], "x": "\\ud800"}', "is not JSON"),
        ('{"@level":"info"}\n{"@level":"info"}', "is the output of `terraform plan -json`"),
        ("[]", "is JSON, but not a plan's"),
        ("{}", "is JSON, but not a plan's"),
        ('{"format_version": "1.2"}', "is JSON, but not a plan's"),
        ('{"format_version": 1, "resource_changes": []}', "is JSON, but not a plan's"),
        ('{"format_version": "2.0", "resource_changes": []}', "has the format 2.0, and only 1.x is known"),
        ('{"format_version": "1.2", "resource_changes": [{}]}', "has no address or no change"),
        ('{"format_version": "1.2", "resource_changes": [null]}', "has no address or no change"),
    ],
)
def test_a_text_that_is_no_plan_is_rejected(text: str, expected: str) -> None:
    with pytest.raises(InputError) as raised:
        read_plan(text, stack="production", environment="production", paths={})
    (problem,) = raised.value.problems
    assert expected in problem.what
    assert problem.where.startswith("production")
    assert problem.fix


@pytest.mark.parametrize("actions", [["paint"], ["create", "update"], [], ["delete", "create", "read"]])
def test_an_unknown_action_is_rejected(actions: list[str]) -> None:
    change: Json = {"actions": [*actions]}
    with pytest.raises(InputError, match="unknown actions"):
        read({"address": "aws_x.a", "change": change})
    with pytest.raises(InputError, match="unknown actions"):
        read(output_changes={"url": change})


def test_errors_contain_no_secrets() -> None:
    token = "ghp_" + "0123456789abcdefABCD" * 2
    paint: Json = {"actions": [token]}
    with pytest.raises(InputError) as raised:
        read({"address": f'aws_x.a["{token}"]', "change": paint})
    assert token not in str(raised.value)
    with pytest.raises(InputError) as raised:
        read(format_version=token)
    assert token not in str(raised.value)


def test_only_keywords_of_terraform_are_shown() -> None:
    token = "ghp_" + "0123456789abcdefABCD" * 2
    plan = read(
        row("aws_x.a", "delete", deposed=token),
        checks=[{"address": {"to_display": "check.a"}, "status": token}],
    )
    assert token not in repr(plan)


def test_a_sensitive_import_id_is_redacted() -> None:
    marked: Json = {"id": "tulip-harbor"}
    mask: Json = {"id": True}
    imported = row("aws_x.a", "no-op", before=marked, after=marked, importing=marked, after_sensitive=mask)
    assert only(read(imported)).importing == "(secret)"


def test_values_nested_too_deep_are_rejected() -> None:
    deep: Json = "x"
    for _ in range(80):
        deep = [deep]
    with pytest.raises(InputError, match="nested more than 60 levels deep"):
        read(row(after=deep))


def test_unknown_keys_are_ignored() -> None:
    assert only(read(row(news=1), news={"a": 1}, format_version="1.99")).address == "aws_x.a"


def test_unchanged_resources_are_left_out_unless_moved_or_imported() -> None:
    plan = read(
        row("aws_x.idle", "no-op"),
        row("aws_x.same", "no-op", previous_address="aws_x.same"),
        row("aws_x.moved", "no-op", previous_address="aws_x.was"),
        row("aws_x.imported", "no-op", importing={"id": "i-1"}),
        row("aws_x.by_identity", "no-op", importing={"identity": {"b": 1, "a": 2}}),
        row("aws_x.by_unknown_id", "no-op", importing={"unknown": True}),
    )
    assert {each.address: each.previous_address or each.importing for each in plan.resources} == {
        "aws_x.moved": "aws_x.was",
        "aws_x.imported": "i-1",
        "aws_x.by_identity": '{"a": 2, "b": 1}',
        "aws_x.by_unknown_id": "(known after apply)",
    }


def test_rows_are_sorted() -> None:
    rows: list[Json] = [row(f"aws_x.r{number}") for number in range(9)]
    rows += [row("aws_x.r3", "delete", deposed=key) for key in ("b", "a")]
    shuffled = random.Random(5).sample(rows, len(rows))  # noqa: S311
    assert read(*shuffled) == read(*rows)
    assert [each.deposed for each in read(*shuffled).resources if each.address == "aws_x.r3"] == [
        "",
        "a",
        "b",
    ]


def test_a_row_without_a_construct_path_gets_one_below_the_stack() -> None:
    plan = read(row("aws_x.a"), row('aws_x.b["k"]'), row("aws_x.c[0]"), row("aws_x.d[1]"), paths={
        "aws_x.a": "production/network/a", "aws_x.b": "production/network/b", "aws_x.c[0]": "production/c",
    })  # fmt: skip
    assert [each.path for each in plan.resources] == [
        "production/network/a", "production/network/b", "production/c", "production/aws_x.d[1]",
    ]  # fmt: skip


def test_secrets_in_instance_keys_are_numbered_consistently() -> None:
    keys = ("A1b2C3d4E5f6G7h8I9j0K1l2", "Z9y8X7w6V5u4T3s2R1q0P9o8")
    plan = read(
        row(f'aws_x.a["{keys[1]}"]'),
        row(f'aws_x.a["{keys[0]}"]', previous_address=f'aws_x.old["{keys[1]}"]'),
        row('aws_x.a["blue"]'),
        relevant_attributes=[{"resource": f'aws_x.a["{keys[0]}"]', "attribute": ["id"]}],
    )
    addresses = [(each.address, each.previous_address) for each in plan.resources]
    assert addresses == [
        ('aws_x.a["(secret 2)"]', ""),
        ('aws_x.a["(secret)"]', 'aws_x.old["(secret 2)"]'),
        ('aws_x.a["blue"]', ""),
    ]
    assert plan.relevant == {('aws_x.a["(secret)"]', "id")}
    assert not any(key in repr(plan) for key in keys)


def test_changed_outputs_are_parsed_and_redacted_by_name() -> None:
    change: Json = {"actions": ["update"], "before": "a", "after": "b", "before_sensitive": False}
    idle: Json = {"actions": ["no-op"], "before": "a", "after": "a"}
    plan = read(output_changes={"url": change, "idle": idle, "db_password": change})
    assert [(name, each.after_sensitive) for name, each in plan.outputs] == [
        ("db_password", True),
        ("url", False),
    ]


def test_checks_are_parsed_with_all_messages() -> None:
    problems: Json = [{"message": "b"}, {"message": "a"}]
    plan = read(
        checks=[
            {"address": {"to_display": "check.b"}, "status": "pass"},
            {
                "address": {"to_display": "check.a"},
                "status": "fail",
                "instances": [{"problems": problems}, {}],
            },
        ]
    )
    assert plan.checks == (Check("check.a", "fail", ("a", "b")), Check("check.b", "pass"))


def test_deferred_partial_and_simulated_plans_are_marked() -> None:
    deferred = read(deferred_changes=[{"reason": "x", "resource_change": row("aws_x.later")}])
    assert not deferred.resources
    assert [each.address for each in deferred.deferred] == ["aws_x.later"]
    assert read(errored=True).is_errored
    assert not read(complete=False).is_complete
    assert read(planned_values={"outputs": {"offline_aws": {}}}).is_simulated
    plain = read()
    assert (plain.is_errored, plain.is_complete, plain.is_simulated) == (False, True, False)
