import pytest

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.data_sources import read_data_source
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.schema.model import Block, type_of_block
from arqctl.offline.values import Value
from tests.arqctl.offline.extracted import schemas_of
from tests.arqctl.offline.shapes import misshapen

HERE = Account("210987654321", "eu-west-1")


@pytest.fixture
def store() -> ResourceStore:
    return ResourceStore()


def block_of(type: str) -> Block:
    return schemas_of("aws").data_source(type)


def asked(store: ResourceStore, type: str, **config: Value) -> dict[str, Value]:
    values, problems = read_data_source(type, block_of(type), config, HERE, store, {"team": "platform"})
    assert problems == []
    return values


def test_facts_of_the_account_are_told(store: ResourceStore) -> None:
    assert asked(store, "aws_caller_identity")["account_id"] == "210987654321"
    assert asked(store, "aws_region")["region"] == "eu-west-1"
    assert asked(store, "aws_partition")["dns_suffix"] == "amazonaws.com"
    assert asked(store, "aws_default_tags")["tags"] == {"team": "platform"}
    assert asked(store, "aws_availability_zones", exclude_names=["eu-west-1b"])["zone_ids"] == [
        "euw1-az1",
        "euw1-az3",
    ]
    assert asked(store, "aws_availability_zone", zone_id="euw1-az2")["name"] == "eu-west-1b"
    assert asked(store, "aws_service_principal", service_name="s3")["name"] == "s3.amazonaws.com"


def test_an_arn_is_taken_apart(store: ResourceStore) -> None:
    told = asked(store, "aws_arn", arn="arn:aws:rds:eu-west-1:123456789012:db:mysql-db")
    parts = {"partition": "aws", "service": "rds", "region": "eu-west-1", "account": "123456789012"}
    assert {**told, **parts, "resource": "db:mysql-db"} == told


def test_a_region_of_its_own_moves_the_question(store: ResourceStore) -> None:
    assert asked(store, "aws_availability_zones", region="us-east-1")["names"] == [
        f"us-east-1{c}" for c in "abcdef"
    ]


def test_what_exists_is_found_by_name_filter_and_tags(store: ResourceStore) -> None:
    for name in ("one", "two"):
        state: dict[str, Value] = {
            "id": f"sg-{name}",
            "name": name,
            "vpc_id": "vpc-1",
            "tags_all": {"Name": name},
        }
        store.save(HERE, "aws_security_group", f"sg-{name}", state)
    assert asked(store, "aws_security_group", name="two", vpc_id="vpc-1")["id"] == "sg-two"
    assert asked(store, "aws_security_group", tags={"Name": "two"})["id"] == "sg-two"
    assert (
        asked(store, "aws_security_group", filter=[{"name": "group-name", "values": ["tw*"]}])["id"]
        == "sg-two"
    )
    assert (
        asked(store, "aws_security_group", filter=[{"name": "tag:Name", "values": ["two"]}])["vpc_id"]
        == "vpc-1"
    )
    assert asked(store, "aws_security_groups", tags={"Name": "one"})["ids"] == ["sg-one"]


def test_what_does_not_exist_is_simulated_and_the_same_again(store: ResourceStore) -> None:
    config: dict[str, Value] = {"name": "CloudFront-VPCOrigins-Service-SG", "vpc_id": "vpc-1"}
    first, again = (asked(store, "aws_security_group", **config) for _ in range(2))
    assert str(first["id"]).startswith("sg-")
    assert first == again
    other = asked(store, "aws_security_group", name="other", vpc_id="vpc-1")
    assert other["id"] != first["id"]


def test_a_parameter_of_aws_holds_an_image(store: ResourceStore) -> None:
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
    assert str(asked(store, "aws_ssm_parameter", name=name)["insecure_value"]).startswith("ami-")


def test_a_document_that_cannot_be_written_is_refused(store: ResourceStore) -> None:
    twice: Value = [{"sid": "A"}, {"sid": "A"}]
    block = block_of("aws_iam_policy_document")
    values, [problem] = read_data_source(
        "aws_iam_policy_document", block, {"statement": twice}, HERE, store, {}
    )
    assert (values, "Sid A" in problem.detail) == ({}, True)


def test_every_data_source_answers_all_of_the_right_type(store: ResourceStore) -> None:
    wrong = []
    for kind in schemas_of("aws").data_source_types:
        block = block_of(kind)
        computed = {name for name, each in block.attributes.items() if each.computed}
        values = asked(store, kind)
        shape = type_of_block(block).attributes
        wrong += [f"{kind}.{name}" for name in computed if misshapen(values[name], shape[name])]
    assert wrong == []


def test_what_is_computed_in_a_given_block_is_answered_too(store: ResourceStore) -> None:
    type_ = "kubernetes_namespace_v1"
    block = schemas_of("kubernetes").data_source(type_)
    config: dict[str, Value] = {"metadata": [{"name": "orders"}]}
    values, _ = read_data_source(type_, block, config, HERE, store, {})
    metadata = values["metadata"]
    assert isinstance(metadata, list)
    assert isinstance(metadata[0], dict)
    assert metadata[0]["name"] == "orders"
    assert metadata[0]["uid"]


def test_a_value_of_any_type_brings_its_type_along(store: ResourceStore) -> None:
    block = schemas_of("kubernetes").data_source("kubernetes_resource")
    values, _ = read_data_source("kubernetes_resource", block, {}, HERE, store, {})
    assert values["object"] == ['["object",{}]', {}]
