"""Generates large plans in the format of `terraform show -json`."""

import json
from collections.abc import Callable, Iterator

from tests.arqctl.plan.redact.secret_injector import HOSTILE, Row, SecretInjector, row
from tests.arqctl.plan.redact.secret_rows import by_form, by_name, by_schema, elsewhere, hostile, in_scripts

_ACCOUNT = "111122223333"


def plan_with_secrets() -> tuple[str, tuple[str, ...]]:
    """Return a plan with 200 secrets, one in each possible place, and the secrets. All texts have markup."""
    plant = SecretInjector()
    rows = [each for part in (by_schema, by_name, by_form, in_scripts, elsewhere) for each in part(plant)]
    drift = [
        row("aws_x.drift", "update", {"api_key": plant.word()}, {"api_key": plant.word()}),
        row("aws_x.drift_by_form", "update", {"note": plant.token()}, {"note": plant.token()}),
        row(f'aws_x.drift_key["{plant.token()}"]', "delete", {"note": plant.token()}, None),
    ]
    deferred = [{"reason": "provider_config_unknown", "resource_change": _deferred(plant)}]
    text = _plan(
        [*rows, *hostile()],
        resource_drift=drift,
        deferred_changes=deferred,
        output_changes=dict(_outputs(plant)),
        checks=[*_checks(plant)],
        relevant_attributes=[{"resource": each["address"], "attribute": []} for each in drift],
        complete=False,
    )
    return text, tuple(plant.secrets)


def plan_with_many_changes(count: int) -> str:
    """Return a plan that changes `count` resources: mostly tags and hashes, some policies, a few dangers."""
    return _plan([_KINDS[number % len(_KINDS)](number) for number in range(count)])


def plan_after_provider_upgrade() -> str:
    """Return a plan with one new resource and 160 rows of drift: a newer provider added attributes to 158."""
    old: Row = {"region": None, "tags": None, "branch_name": None}
    new: Row = {"region": "eu-west-1", "tags": {}, "branch_name": ""}
    drift = [
        row(
            f"aws_iam_role.role_{number:03}",
            "update",
            {"id": f"r{number}", **old},
            {"id": f"r{number}", **new},
        )
        for number in range(158)
    ]
    drift += [
        row(
            "aws_security_group.web",
            "update",
            {"id": "sg", "ingress": []},
            {"id": "sg", "ingress": [_rule(22)]},
        ),
        row("aws_sqs_queue.jobs", "delete", {"id": "jobs", "name": "jobs"}, None),
    ]
    add = row("aws_instance.web", "create", None, {"instance_type": "m7g.large"}, after_unknown={"id": True})
    relevant = [{"resource": "aws_security_group.web", "attribute": ["ingress"]}]
    return _plan([add], resource_drift=drift, relevant_attributes=relevant)


def _plan(rows: list[Row], **more: object) -> str:
    return json.dumps(
        {
            "format_version": "1.2",
            "terraform_version": "1.11.4",
            "resource_changes": rows,
            "timestamp": "2026-11-23T10:00:00Z",
            "applyable": True,
            "complete": True,
            "errored": False,
            **more,
        }
    )


def _deferred(plant: SecretInjector) -> Row:
    return row("aws_x.later", "create", None, {"password": plant.word(), "note": plant.token()})


def _outputs(plant: SecretInjector) -> Iterator[tuple[str, Row]]:
    """Yield outputs with secrets by schema, by name, by form and in nested values."""

    def output(before: object, after: object, *, is_sensitive: bool = False) -> Row:
        masks: Row = {"before_sensitive": is_sensitive, "after_sensitive": is_sensitive}
        return {"actions": ["update"], "before": before, "after": after, "after_unknown": False, **masks}

    yield "marked", output(plant.word(), plant.word(), is_sensitive=True)
    yield "marked_map", output({"a": plant.word()}, {"a": plant.word()}, is_sensitive=True)
    yield "db_password", output(plant.word(), plant.word())
    yield "upstream", output(plant.token(), plant.token())
    urls = (f"postgres://app:{plant.word()}@db/x" for _ in range(2))
    yield "database", output(*urls)
    yield "settings", output({"smtp": {"password": plant.word()}}, {"smtp": {"password": plant.word()}})
    for number, text in enumerate(HOSTILE):
        yield f"hostile_{number}", output("", {text: [text]})


def _checks(plant: SecretInjector) -> Iterator[Row]:
    for number, message in enumerate(
        (
            f"https://app:{plant.word()}@api.internal/ answers 500",
            f"the header has Authorization: Bearer {plant.token()}",
            f'password = "{plant.word()}" is too short',
            f"{plant.token()} is no account",
            *HOSTILE,
        )
    ):
        to_display = f"check.health_{number}"
        yield {
            "address": {"kind": "check", "name": f"health_{number}", "to_display": to_display},
            "status": "fail",
            "instances": [
                {"address": {"to_display": to_display}, "status": "fail", "problems": [{"message": message}]}
            ],
        }


def _name(what: str, number: int) -> str:
    return f"{what}.part-{number % 40:02}_{what.removeprefix('aws_')}_{number:04}"


def _tagged(type_: str, number: int) -> Row:
    address = _name(type_, number)
    fixed: Row = {"id": f"id-{number}", "arn": f"arn:aws:x:eu-west-1:{_ACCOUNT}:{number}", "name": address}
    tags: list[Row] = [{"Name": address, "release": release} for release in ("2026.46", "2026.47")]
    before, after = ({**fixed, "tags": each, "tags_all": each} for each in tags)
    return row(address, "update", before, after)


def _hashed(number: int) -> Row:
    sides: list[object] = [
        {
            "function_name": f"worker-{number}",
            "source_code_hash": f"{letter * 43}=",
            "s3_object_version": version,
            "memory_size": 512,
        }
        for letter, version in (("a", "v1"), ("b", "v2"))
    ]
    unknown: Row = {"last_modified": True, "qualified_arn": True, "version": True}
    return row(_name("aws_lambda_function", number), "update", *sides, after_unknown=unknown)


def _policy(number: int) -> Row:
    def side(actions: list[object]) -> Row:
        resource = f"arn:aws:s3:::assets-{number}/*"
        statements: list[object] = [
            {"Sid": "Read", "Effect": "Allow", "Action": actions, "Resource": resource},
            {"Sid": "List", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": resource[:-2]},
        ]
        document: object = {"Version": "2012-10-17", "Statement": statements}
        return {"name": f"p{number}", "role": f"role-{number}", "policy": json.dumps(document)}

    grown = side(["s3:GetObject", "s3:PutObject"])
    return row(_name("aws_iam_role_policy", number), "update", side(["s3:GetObject"]), grown)


def _rule(port: int) -> Row:
    return {
        "from_port": port,
        "to_port": port,
        "protocol": "tcp",
        "cidr_blocks": ["10.0.0.0/8"],
        "description": "",
    }


def _group(number: int) -> Row:
    fixed: Row = {"id": f"sg-{number}", "name": f"group-{number}", "vpc_id": "vpc-1"}
    after: object = {**fixed, "ingress": [_rule(8443), _rule(443)]}
    return row(_name("aws_security_group", number), "update", {**fixed, "ingress": [_rule(443)]}, after)


def _created(number: int) -> Row:
    after: object = {
        "cidr_block": f"10.{number % 250}.0.0/24",
        "map_public_ip_on_launch": False,
        "tags": {"n": "x"},
    }
    unknown: Row = {"id": True, "arn": True, "vpc_id": True, "tags": {}, "owner_id": True}
    return row(_name("aws_subnet", number), "create", None, after, after_unknown=unknown)


def _script(number: int) -> Row:
    lines = "\n".join(f"echo step {step} of {number}" for step in range(40))
    before, after = ({"user_data": f"#!/bin/bash\n{lines}\n./serve --port {port}\n"} for port in (80, 81))
    return row(_name("aws_launch_template", number), "update", before, after)


def _replaced(number: int) -> Row:
    before: object = {"id": f"db-{number}", "identifier": f"db-{number}", "storage_encrypted": False}
    after: object = {"identifier": f"db-{number}", "storage_encrypted": True}
    return row(
        _name("aws_db_instance", number),
        "delete create",
        before,
        after,
        after_unknown={"id": True},
        replace_paths=[["storage_encrypted"]],
        action_reason="replace_because_cannot_update",
    )


def _deleted(number: int) -> Row:
    before: object = {"id": f"q{number}", "name": f"jobs-{number}", "fifo_queue": False}
    reason = "delete_because_no_resource_config"
    return row(_name("aws_sqs_queue", number), "delete", before, None, action_reason=reason)


def _moved(number: int) -> Row:
    values: object = {"id": f"alarm-{number}"}
    row_ = row(_name("aws_cloudwatch_metric_alarm", number), "no-op", values, values)
    return {**row_, "previous_address": f"aws_cloudwatch_metric_alarm.old_{number}"}


_KINDS: tuple[Callable[[int], Row], ...] = (
    *(
        lambda number, type_=type_: _tagged(type_, number)
        for type_ in ("aws_subnet", "aws_s3_bucket", "aws_eip")
    ),
    *(
        lambda number, type_=type_: _tagged(type_, number)
        for type_ in ("aws_iam_role", "aws_lb", "aws_route_table")
    ),
    _hashed,
    _hashed,
    _created,
    _created,
    _created,
    _policy,
    _policy,
    _group,
    _script,
    _moved,
    *(lambda number, type_=type_: _tagged(type_, number) for type_ in ("aws_vpc", "aws_ecr_repository")),
    _replaced,
    _deleted,
)
