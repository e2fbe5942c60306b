"""A resource has the region of its provider."""

from pathlib import Path

from arqctl.core.assembly import Stack
from arqctl.core.json_access import Body, Json
from arqctl.cost.priceable import priceable_resources

PROVIDERS: Body = {
    "aws": [
        {"region": "eu-west-1"},
        {"alias": "us", "region": "us-east-1"},
        {"alias": "wild", "region": "${var.region}"},
    ],
    "random": {},
}


def regions(providers: Json, resources: Body) -> dict[str, str]:
    document: Body = {"provider": providers, "resource": resources, "data": {"aws_vpc": {"v": {}}}}
    stack = Stack("dev", "dev", Path("cdk.tf.json"), "", document)
    return {each.address: each.region for each in priceable_resources(stack)}


def test_the_default_provider_has_no_alias() -> None:
    keys: Body = {"plain": {}, "us": {"provider": "aws.us"}, "wild": {"provider": "aws.wild"}}
    assert regions(PROVIDERS, {"aws_kms_key": keys, "random_id": {"r": {}}}) == {
        "aws_kms_key.plain": "eu-west-1",
        "aws_kms_key.us": "us-east-1",
        "aws_kms_key.wild": "",
        "random_id.r": "",
    }


def test_a_cluster_is_in_the_region_of_the_stack() -> None:
    providers: Body = {**PROVIDERS, "helm": [{}]}
    assert regions(providers, {"helm_release": {"r": {}}}) == {"helm_release.r": "eu-west-1"}


def test_a_provider_may_be_one_object_or_missing() -> None:
    assert regions({"aws": {"region": "eu-west-1"}}, {"aws_eip": {"a": {}}}) == {"aws_eip.a": "eu-west-1"}
    assert regions(None, {"aws_eip": {"a": {}}}) == {"aws_eip.a": ""}


def test_paths_come_from_cdktf_metadata() -> None:
    with_metadata: Json = {"//": {"metadata": {"path": "dev/network/nat"}}}
    stack = Stack("dev", "dev", Path("x"), "", {"resource": {"aws_eip": {"a": with_metadata, "b": {}}}})
    assert [each.path for each in priceable_resources(stack)] == ["dev/network/nat", "dev/aws_eip.b"]
