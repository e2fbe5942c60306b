"""A resource has the region of the provider that it names."""

from pathlib import Path

from arqctl.core.assembly import Body, Json, Stack
from arqctl.cost.stack import resources_of

PROVIDERS: Json = {
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
    return {each.address: each.region for each in resources_of(stack)}


def test_the_default_provider_is_the_one_without_an_alias() -> None:
    keys: Body = {"plain": {}, "us": {"provider": "aws.us"}, "wild": {"provider": "aws.wild"}}
    assert regions(PROVIDERS, {"aws_kms_key": keys, "random_id": {"r": {}}}) == {
        "aws_kms_key.plain": "eu-west-1",
        "aws_kms_key.us": "us-east-1",
        "aws_kms_key.wild": "",
        "random_id.r": "",
    }


def test_a_provider_may_be_one_object_or_missing() -> None:
    assert regions({"aws": {"region": "eu-west-1"}}, {"aws_eip": {"a": {}}}) == {"aws_eip.a": "eu-west-1"}
    assert regions(None, {"aws_eip": {"a": {}}}) == {"aws_eip.a": ""}


def test_paths_are_those_that_cdktf_noted() -> None:
    noted: Json = {"//": {"metadata": {"path": "dev/network/nat"}}}
    stack = Stack("dev", "dev", Path("x"), "", {"resource": {"aws_eip": {"a": noted, "b": {}}}})
    assert [each.path for each in resources_of(stack)] == ["dev/network/nat", "dev/aws_eip.b"]
