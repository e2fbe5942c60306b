"""Tests that nothing in use is changed or deleted, and that AWS appends its log delivery statement."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.checks import Resource, check_delete, check_update
from arqctl.offline.aws.log_deliveries import observed_policy
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.values import Value

ACCOUNT = Account("111122223333", "eu-west-1")
VIRGINIA = Account("111122223333", "us-east-1")
ORIGIN = Resource("aws_cloudfront_vpc_origin", {"id": "vo_1", "arn": "arn:vo_1"}, ACCOUNT)
PORT: dict[str, Value] = {"vpc_origin_endpoint_config": [{"https_port": 8443}]}
DISTRIBUTION: Mapping[str, Value] = {
    "id": "E1",
    "origin": [{"origin_id": "api", "vpc_origin_config": [{"vpc_origin_id": "vo_1"}]}],
    "default_cache_behavior": [{"response_headers_policy_id": "rhp", "cache_policy_id": "cp"}],
    "web_acl_id": "arn:acl",
}
BUCKET_STATEMENT = {"Sid": "Tls", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:b"}
DELIVERY_STATEMENT = {
    "Effect": "Allow",
    "Principal": {"Service": "delivery.logs.amazonaws.com"},
    "Action": ["s3:PutObject"],
    "Resource": ["arn:aws:s3:::logs/delivered/*"],
    "Condition": {
        "StringEquals": {
            "s3:x-amz-acl": "bucket-owner-full-control",
            "aws:SourceAccount": "111122223333",
        },
        "ArnLike": {"aws:SourceArn": "arn:aws:logs:us-east-1:111122223333:delivery-source:cdn"},
    },
}


@pytest.fixture
def store() -> ResourceStore:
    store = ResourceStore()
    store.save(ACCOUNT, "aws_cloudfront_distribution", "E1", DISTRIBUTION)
    store.save(
        VIRGINIA,
        "aws_cloudwatch_log_delivery_destination",
        "cdn",
        {
            "arn": "arn:destination",
            "delivery_destination_configuration": [
                {"destination_resource_arn": "arn:aws:s3:::logs/delivered"}
            ],
        },
    )
    delivery = {"delivery_source_name": "cdn", "delivery_destination_arn": "arn:destination"}
    store.save(VIRGINIA, "aws_cloudwatch_log_delivery", "d1", delivery)
    return store


def observe(store: ResourceStore, *statements: object, bucket: str = "logs") -> list[dict[str, object]]:
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    observed = observed_policy({"bucket": bucket, "policy": policy}, store, ACCOUNT)
    assert isinstance(observed, str)
    result: list[dict[str, object]] = json.loads(observed)["Statement"]
    return result


def changed(resource: Resource, **values: Value) -> Resource:
    return replace(resource, values={**resource.values, **values})


def test_a_vpc_origin_in_use_is_not_changed(store: ResourceStore) -> None:
    (problem,) = check_update(ORIGIN, changed(ORIGIN, **PORT), store)
    assert problem.summary == "Resource in use (CannotUpdateEntityWhileInUse)"
    assert "The distribution E1 uses it" in problem.detail


def test_the_tags_of_a_vpc_origin_in_use_change(store: ResourceStore) -> None:
    assert check_update(ORIGIN, changed(ORIGIN, tags_all={"owner": "web"}), store) == []


@pytest.mark.parametrize(
    ("type_", "values", "error"),
    [
        ("aws_cloudfront_vpc_origin", {"id": "vo_1"}, "CannotDeleteEntityWhileInUse"),
        ("aws_cloudfront_response_headers_policy", {"id": "rhp"}, "ResponseHeadersPolicyInUse"),
        ("aws_cloudfront_cache_policy", {"id": "cp"}, "CachePolicyInUse"),
        ("aws_wafv2_web_acl", {"id": "acl", "arn": "arn:acl"}, "WAFAssociatedItemException"),
    ],
)
def test_nothing_that_a_distribution_uses_is_deleted(
    store: ResourceStore, type_: str, values: Mapping[str, Value], error: str
) -> None:
    (problem,) = check_delete(Resource(type_, values, ACCOUNT), store)
    assert problem.summary == f"Resource in use ({error})"


def test_other_resources_change_and_disappear(store: ResourceStore) -> None:
    unused = Resource("aws_cloudfront_vpc_origin", {"id": "vo_2"}, ACCOUNT)
    policy = Resource("aws_cloudfront_response_headers_policy", {"id": "rhp"}, ACCOUNT)
    for each in (unused, policy):
        assert check_update(each, changed(each, **PORT), store) == []
    assert check_delete(unused, store) == []
    store.remove(ACCOUNT, "aws_cloudfront_distribution", "E1")
    assert check_delete(ORIGIN, store) == []


def test_a_missing_delivery_statement_is_appended(store: ResourceStore) -> None:
    kept, appended = observe(store, BUCKET_STATEMENT)
    assert kept == BUCKET_STATEMENT
    assert appended["Sid"] == "AWSLogDeliveryWrite1"
    assert appended["Condition"] == DELIVERY_STATEMENT["Condition"]


def test_the_delivery_statement_of_aws_stays_alone(store: ResourceStore) -> None:
    assert observe(store, BUCKET_STATEMENT, DELIVERY_STATEMENT) == [BUCKET_STATEMENT, DELIVERY_STATEMENT]


@pytest.mark.parametrize(
    "change",
    [
        {"Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}},
        {"Resource": ["arn:aws:s3:::logs/other/*"]},
        {"Effect": "Deny"},
    ],
)
def test_a_different_statement_is_not_enough(store: ResourceStore, change: dict[str, object]) -> None:
    assert len(observe(store, {**DELIVERY_STATEMENT, **change})) == 2


def test_other_buckets_keep_their_policy(store: ResourceStore) -> None:
    assert observe(store, BUCKET_STATEMENT, bucket="site") == [BUCKET_STATEMENT]
    assert observed_policy({"bucket": "logs", "policy": None}, store, ACCOUNT) is None
