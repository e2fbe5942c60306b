from typing import Any

import pytest

from arqctl.diagram.graph import Reference, construct_of, references
from tests.arqctl.diagram.stacks import stack

KEY = "key/Default aws_kms_key.key"


def named_by(arguments: dict[str, object], **others: Any) -> list[tuple[str, str]]:
    built = stack({KEY: {}, "user aws_s3_bucket.user": arguments}, **others)
    return [(each.argument, each.target) for each in references(built) if each.source == "aws_s3_bucket.user"]


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
def test_a_reference_is_found_wherever_it_stands(value: object) -> None:
    assert named_by({"policy": value}) == [("policy", "aws_kms_key.key")]


@pytest.mark.parametrize(
    "value", ["aws_kms_key.key", "$${aws_kms_key.key.arn}", "${aws_kms_key.other.arn}", "${var.key}", 7, None]
)
def test_what_names_no_block_is_no_reference(value: object) -> None:
    assert named_by({"policy": value}) == []


def test_order_alone_is_no_reference() -> None:
    assert named_by({"depends_on": ["aws_kms_key.key", "${aws_kms_key.key}"]}) == []


def test_a_block_that_names_itself_is_left_out() -> None:
    assert named_by({"policy": "${aws_s3_bucket.user.arn}"}) == []


def test_locals_are_followed_even_in_a_circle() -> None:
    locals_ = {"one": "${local.two}", "two": ["${local.one}", "${aws_kms_key.key.arn}"]}
    assert named_by({"policy": "${local.one}"}, locals=locals_) == [("policy", "aws_kms_key.key")]


def test_data_sources_are_blocks_too() -> None:
    built = stack({"a data.aws_vpc.main": {}, "b aws_subnet.b": {"vpc_id": "${data.aws_vpc.main.id}"}})
    assert references(built) == (Reference("aws_subnet.b", "vpc_id", "data.aws_vpc.main"),)


def test_a_block_stands_in_the_construct_above_it() -> None:
    built = stack({"cluster/key/Default aws_kms_key.key": {}, "lone aws_vpc.lone": {}})
    assert construct_of(built, built.blocks["aws_kms_key.key"]) == ("cluster", "key")
    assert construct_of(built, built.blocks["aws_vpc.lone"]) == ()
