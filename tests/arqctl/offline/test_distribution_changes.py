"""Changes of a distribution and its API origin with real Terraform: AWS refuses what is in use."""

import json
from pathlib import Path
from typing import Any

import pytest

from arqctl.core.assembly import Stack
from tests.arqctl.offline.offline_stacks import Document, OfflineStack, prepare_stack
from tests.edge.edge_builders import make_distribution
from tests.support import STACK, synthesize

pytestmark = pytest.mark.slow

ORIGIN = "aws_cloudfront_vpc_origin.cdn_api_"


def document(*, with_api: bool = True, **changes: str) -> Document:
    config = STACK.model_copy(update=changes)
    created = synthesize(lambda stack: make_distribution(stack, with_api=with_api), config=config)
    result = json.loads(json.dumps(created.json))
    result["terraform"].pop("backend", None)
    parsed: Document = result
    return parsed


def replace(stack: OfflineStack, new: Document) -> None:
    def mutate(old: Document) -> None:
        old.clear()
        old.update(new)

    stack.change(mutate)


@pytest.fixture
def stack(tmp_path: Path) -> OfflineStack:
    text = json.dumps(document())
    synthesized = Stack("test", "test", tmp_path / "cdk.tf.json", text, json.loads(text))
    prepared = prepare_stack(tmp_path, synthesized).with_state_in_memory()
    prepared.apply()
    return prepared


def position(output: str, *words: str) -> int:
    """Return the number of the first line with these words."""
    lines = output.splitlines()
    return next(number for number, line in enumerate(lines) if all(word in line for word in words))


def actions(plan: Document, prefix: str) -> list[str]:
    (found,) = (each for each in plan["resource_changes"] if each["address"].startswith(prefix))
    result: list[str] = found["change"]["actions"]
    return result


def newer_tls() -> Document:
    """Return the document of an origin with another version of TLS."""
    changed = document()
    (revision,) = changed["resource"]["terraform_data"].values()
    revision["triggers_replace"]["tls"] = ["TLSv1.1"]
    (origin,) = changed["resource"]["aws_cloudfront_vpc_origin"].values()
    origin["vpc_origin_endpoint_config"][0]["origin_ssl_protocols"][0]["items"] = ["TLSv1.1"]
    return changed


def test_changed_tags_keep_the_origin(stack: OfflineStack) -> None:
    replace(stack, document(owner="another-team"))
    assert actions(stack.plan_json(), ORIGIN) == ["update"]
    stack.apply()
    assert "No changes" in stack.apply()


def test_the_distribution_moves_to_a_new_origin_before_the_old_one_is_deleted(stack: OfflineStack) -> None:
    replace(stack, newer_tls())
    assert actions(stack.plan_json(), ORIGIN) == ["create", "delete"]
    output = stack.apply()
    created = position(output, ORIGIN, "Creation complete")
    moved = position(output, "aws_cloudfront_distribution.cdn", "Modifications complete")
    deleted = position(output, ORIGIN, "Destroying")
    assert created < moved < deleted
    assert "No changes" in stack.apply()


def test_an_origin_without_replacement_is_refused(stack: OfflineStack) -> None:
    changed = newer_tls()
    (origin,) = changed["resource"]["aws_cloudfront_vpc_origin"].values()
    del origin["lifecycle"]
    replace(stack, changed)
    (error,) = stack.errors("apply", "-json", "-auto-approve")
    assert error.address.startswith(ORIGIN)
    assert "CannotUpdateEntityWhileInUse" in error.text


def test_a_removed_api_leaves_the_distribution_first(stack: OfflineStack) -> None:
    replace(stack, document(with_api=False))
    output = stack.apply()
    moved = position(output, "aws_cloudfront_distribution.cdn", "Modifications complete")
    assert moved < position(output, ORIGIN, "Destroying")
    assert moved < position(output, "aws_cloudfront_response_headers_policy.cdn_api-headers", "Destroying")


def test_a_destroy_deletes_the_distribution_first(stack: OfflineStack) -> None:
    output = stack.destroy()
    rule = position(output, "aws_vpc_security_group_ingress_rule", "Destruction complete")
    distribution = position(output, "aws_cloudfront_distribution.cdn", "Destruction complete")
    origin = position(output, ORIGIN, "Destroying")
    # CloudFront can't remove its security group while a rule refers to it.
    assert max(rule, distribution) < origin


def test_a_delivery_statement_that_differs_from_that_of_aws_is_drift(stack: OfflineStack) -> None:
    changed = document()
    policies: dict[str, dict[str, Any]] = changed["resource"]["aws_s3_bucket_policy"]
    policy = next(body for name, body in policies.items() if name.startswith("logs_policy"))
    parsed = json.loads(policy["policy"])
    for statement in parsed["Statement"]:
        if statement["Sid"].startswith("AWSLogDeliveryWrite"):
            del statement["Condition"]["ArnLike"]
    policy["policy"] = json.dumps(parsed)
    replace(stack, changed)
    stack.apply()
    plan = stack.plan_json()
    assert actions(plan, "aws_s3_bucket_policy.logs_policy") == ["update"]
    assert [each["address"].partition(".")[0] for each in plan["resource_drift"]] == ["aws_s3_bucket_policy"]
