from typing import Any

import pytest

from arqctl.diagram.references import Reference, construct_path, find_references
from tests.arqctl.diagram.sample_stacks import stack

KEY = "key/Default aws_kms_key.key"


def references_of(arguments: dict[str, object], **others: Any) -> list[tuple[str, str]]:
    built = stack({KEY: {}, "user aws_s3_bucket.user": arguments}, **others)
    return [
        (each.argument, each.target) for each in find_references(built) if each.source == "aws_s3_bucket.user"
    ]


@pytest.mark.parametrize(
    "value",
    [
        "${aws_kms_key.key.arn}",
        "arn:${aws_kms_key.key.id}:x",
        '${jsonencode([aws_kms_key.key.arn, "x"])}',
        "${aws_kms_key.key[0].arn}",
        ["a", {"b": "${aws_kms_key.key.arn}"}],
    ],
)
def test_a_reference_is_found_anywhere_in_a_value(value: object) -> None:
    assert references_of({"policy": value}) == [("policy", "aws_kms_key.key")]


@pytest.mark.parametrize(
    "value", ["aws_kms_key.key", "$${aws_kms_key.key.arn}", "${aws_kms_key.other.arn}", "${var.key}", 7, None]
)
def test_a_value_without_a_block_address_is_no_reference(value: object) -> None:
    assert references_of({"policy": value}) == []


def test_depends_on_is_no_reference() -> None:
    assert references_of({"depends_on": ["aws_kms_key.key", "${aws_kms_key.key}"]}) == []


def test_a_self_reference_is_left_out() -> None:
    assert references_of({"policy": "${aws_s3_bucket.user.arn}"}) == []


def test_locals_are_followed_even_in_a_cycle() -> None:
    locals_ = {"one": "${local.two}", "two": ["${local.one}", "${aws_kms_key.key.arn}"]}
    assert references_of({"policy": "${local.one}"}, locals=locals_) == [("policy", "aws_kms_key.key")]


def test_a_data_source_can_be_referenced() -> None:
    built = stack({"a data.aws_vpc.main": {}, "b aws_subnet.b": {"vpc_id": "${data.aws_vpc.main.id}"}})
    assert find_references(built) == (Reference("aws_subnet.b", "vpc_id", "data.aws_vpc.main"),)


def test_the_construct_path_of_a_block() -> None:
    built = stack({"cluster/key/Default aws_kms_key.key": {}, "lone aws_vpc.lone": {}})
    assert construct_path(built, built.blocks["aws_kms_key.key"]) == ("cluster", "key")
    assert construct_path(built, built.blocks["aws_vpc.lone"]) == ()
