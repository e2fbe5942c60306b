"""Tests that rules return a verdict for any input, never raise, and never pass invalid values."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from checkov.terraform_json.runner import TerraformJsonRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_arq.core import alarm_delivery as core_delivery
from policies import alarm_delivery
from policies.environment import is_production
from policies.rule import EVERY_RESOURCE, Rule, registered_rules
from policies.stack import Block, Json, MalformedStackError, Stack, parse
from policies.verdict import Verdict
from tests.policies.cases import EXAMPLES
from tests.policies.cases.example import stack
from tests.policies.checkov_runner import RULES

# Keys and values that rules read, so that random stacks reach all branches.
_WORDS = st.sampled_from(
    [
        "policy",
        "Statement",
        "Effect",
        "Allow",
        "Principal",
        "AWS",
        "*",
        "Action",
        "NotAction",
        "Resource",
        "Condition",
        "StringEquals",
        "tags",
        "tag",
        "key",
        "value",
        "route",
        "subnet_ids",
        "subnet_id",
        "route_table_id",
        "nat_gateway_id",
        "vpc_config",
        "public_access_cidrs",
        "metadata_options",
        "dimensions",
        "metric_query",
        "metric",
        "period",
        "evaluation_periods",
        "ingress",
        "cidr_ipv4",
        "cidr_blocks",
        "origin",
        "custom_origin_config",
        "default_cache_behavior",
        "tag_specifications",
        "resource_type",
        "engine",
        "engine_version",
        "version",
        "postgres",
        "1.35",
        "17.x",
        "0/0",
        "0.0.0.0/0",
        "${aws_subnet.it.id}",
        "${aws_route_table.it.id}",
        "${var.x",
        "%{if}",
        '{"Statement":1}',
        '{"Statement":[{"Action":{}}]}',
        '{"Statement":{"Principal":[1]}}',
    ]
)
_LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | _WORDS
)
_VALUES: st.SearchStrategy[Json] = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(_WORDS | st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def rules() -> list[Rule]:
    TerraformJsonRunner().load_external_checks([str(RULES)])
    return registered_rules()


def _type(rule: Rule) -> str:
    return "aws_iam_role" if rule.metadata.on == EVERY_RESOURCE else rule.metadata.on[0]


def _block(rule: Rule, body: Json) -> Block:
    return Block("resource", _type(rule), f"{_type(rule)}.it", body)


def _stack(block: Block, others: dict[str, Json]) -> Stack:
    neighbours = {
        f"{type_}.it": Block("resource", type_, f"{type_}.it", body) for type_, body in others.items()
    }
    return Stack({**neighbours, block.address: block})


_NEIGHBOURS = st.dictionaries(
    st.sampled_from(
        [
            "aws_subnet",
            "aws_route",
            "aws_route_table",
            "aws_route_table_association",
            "aws_db_subnet_group",
            "aws_lb",
            "aws_nat_gateway",
            "aws_security_group",
            "aws_cloudwatch_metric_alarm",
        ]
    ),
    _VALUES,
    max_size=4,
)
_ATTRIBUTES = sorted(
    {key for example in EXAMPLES for each in example.passes for key in next(iter(each.values()))}
)
_NUMBERS: st.SearchStrategy[Json] = st.integers()
_INVALID_VALUES: st.SearchStrategy[Json] = st.dictionaries(
    st.text(max_size=3), _NUMBERS, max_size=3
) | st.lists(_NUMBERS, max_size=3)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(_WORDS | st.text(max_size=8), _VALUES, max_size=5), others=_NEIGHBOURS)
def test_rules_never_raise(rules: list[Rule], body: dict[str, Json], others: dict[str, Json]) -> None:
    for rule in rules:
        block = _block(rule, body)
        assert rule.evaluate(block, _stack(block, others)) in Verdict


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(attribute=st.sampled_from(_ATTRIBUTES), invalid_value=_INVALID_VALUES)
def test_invalid_argument_never_passes(rules: list[Rule], attribute: str, invalid_value: Json) -> None:
    by_id = {rule.id: rule for rule in rules}
    for example in EXAMPLES:
        for bodies in example.passes:
            address = next(iter(bodies)).replace("backend.", "terraform.backend.")
            blocks = parse(stack(bodies)).blocks
            rule, body = by_id[example.rule], blocks[address].body
            assert isinstance(body, dict)
            if (
                attribute not in body
                or _verdict(rule, address, blocks, _without(body, attribute)) is Verdict.PASS
            ):
                continue
            assert _verdict(rule, address, blocks, {**body, attribute: invalid_value}) is not Verdict.PASS


def _without(body: dict[str, Json], attribute: str) -> dict[str, Json]:
    return {key: value for key, value in body.items() if key != attribute}


def _verdict(rule: Rule, address: str, blocks: object, body: Json) -> Verdict:
    assert isinstance(blocks, dict)
    block = Block(blocks[address].kind, blocks[address].type, address, body)
    return rule.verdict(block, Stack({**blocks, address: block}))


@pytest.mark.parametrize("body", [None, [], "text", 1, ["${aws_s3_bucket.it.arn}"]])
def test_block_that_is_not_an_object_is_unknown(rules: list[Rule], body: Json) -> None:
    for rule in rules:
        block = _block(rule, body)
        assert rule.verdict(block, _stack(block, {})) is Verdict.UNKNOWN


def test_rule_that_raises_is_unknown(rules: list[Rule]) -> None:
    def raise_error(_: Block, __: Stack) -> Verdict:
        raise KeyError("error in the rule")

    block = _block(rules[0], {})
    assert Rule(rules[0].metadata, raise_error).verdict(block, _stack(block, {})) is Verdict.UNKNOWN


@given(document=st.dictionaries(st.sampled_from(["resource", "provider", "terraform", "data"]), _VALUES))
def test_document_is_parsed_or_rejected(document: dict[str, Json]) -> None:
    with suppress(MalformedStackError):
        assert all(block.address for block in parse(document).blocks.values())


def test_file_that_is_not_terraform_json_is_unknown(rules: list[Rule], tmp_path: Path) -> None:
    file = tmp_path / "cdk.tf.json"
    for text in ("", "[]", '{"resource": []}', '{"resource": {"aws_s3_bucket": 1}}'):
        file.write_text(text, encoding="utf-8")
        for rule in rules:
            assert list(rule.verdicts(str(file))) == [(str(file), Verdict.UNKNOWN)]


@pytest.mark.parametrize(
    ("path", "is_bound"),
    [
        ("production/database/Default", True),
        ("production-platform/addons", True),
        ("eu-production/network", True),
        ("bootstrap/state", True),
        ("dev/database/Default", False),
        ("staging-platform/addons", False),
        ("reproduction/database", False),
        (None, True),
        ("", True),
        (17, True),
    ],
)
def test_production_rules_apply_to_production_and_to_blocks_without_path(path: Json, is_bound: bool) -> None:
    body: Json = {"//": {"metadata": {"path": path}}}
    assert is_production(Block("resource", "aws_s3_bucket", "aws_s3_bucket.it", body)) is is_bound
    assert is_production(Block("resource", "aws_s3_bucket", "aws_s3_bucket.it", json.loads("{}")))


def test_rule_on_pages_has_the_delivery_times_of_the_library() -> None:
    assert alarm_delivery.PUBLISHING_SECONDS == core_delivery.PUBLISHING_SECONDS
    assert alarm_delivery.DELIVERY_SECONDS == core_delivery.DELIVERY_SECONDS
    assert alarm_delivery.MAX_SECONDS == core_delivery.REACTION_SECONDS
