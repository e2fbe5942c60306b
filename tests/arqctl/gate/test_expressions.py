"""Terraform expressions in strings: plain references and opaque expressions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.gate.expressions import first_opaque_expression, has_expression, interpolations, referenced_type


@pytest.mark.parametrize(
    "text",
    [
        "a plain text",
        "$${aws:username} and %%{if}",
        "${aws_kms_key.main.arn}",
        "arn:aws:s3:::${aws_s3_bucket.logs.bucket}/*",
        "${data.aws_vpc.main.cidr_block}",
        "${aws_subnet.a-b_1.id}-${aws_subnet.c.id}",
        '${aws_lb.main.subnet_mapping[0].ids["x"]}',
        "${aws_instance.main[*].id}",
    ],
)
def test_literals_and_plain_references_are_not_opaque(text: str) -> None:
    assert first_opaque_expression(text) is None


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("${var.encrypted}", "var.encrypted"),
        ("${local.cidrs}", "local.cidrs"),
        ("${module.vpc.id}", "module.vpc.id"),
        ("${each.value}", "each.value"),
        ('${jsonencode({"a" = "}"})}', 'jsonencode({"a" = "}"})'),
        ("${aws_vpc.a.id}/${var.b}", "var.b"),
        ("${true ? aws_vpc.a.id : aws_vpc.b.id}", "true ? aws_vpc.a.id : aws_vpc.b.id"),
        ("%{ if var.a }x%{ endif }", "%{ if var.a }"),
        ("${aws_vpc.main}", "aws_vpc.main"),
        ("${var.unclosed", "var.unclosed"),
    ],
)
def test_the_first_opaque_expression_is_returned(text: str, expression: str) -> None:
    assert first_opaque_expression(text) == expression


def test_a_plain_reference_has_a_block_type() -> None:
    assert referenced_type("aws_vpc.main.id") == "aws_vpc"
    assert referenced_type("data.aws_vpc.main.id") == "data.aws_vpc"
    assert referenced_type("cidrsubnet(aws_vpc.main.cidr_block, 8, 1)") is None


@given(st.text(alphabet='${}%"\\ab.', max_size=30))
def test_any_text_can_be_parsed_and_no_expression_is_missed(text: str) -> None:
    assert bool(list(interpolations(text))) == has_expression(text)
