import re

import pytest

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.data_sources import read_data_source
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.schema.model import Block, type_of_block
from arqctl.offline.values import Value
from tests.arqctl.offline.installed_schemas import schemas_of
from tests.arqctl.offline.type_conformance import violates_type

HERE = Account("210987654321", "eu-west-1")
ROLE = "arn:aws:iam::210987654321:role"


@pytest.fixture
def store() -> ResourceStore:
    return ResourceStore()


def block_of(type: str) -> Block:
    return schemas_of("aws").data_source(type)


def read_values(store: ResourceStore, type: str, **config: Value) -> dict[str, Value]:
    values, problems = read_data_source(type, block_of(type), config, HERE, store, {"team": "platform"})
    assert problems == []
    return values


def test_account_and_region_data_sources(store: ResourceStore) -> None:
    assert read_values(store, "aws_caller_identity")["account_id"] == "210987654321"
    assert read_values(store, "aws_region")["region"] == "eu-west-1"
    assert read_values(store, "aws_partition")["dns_suffix"] == "amazonaws.com"
    assert read_values(store, "aws_default_tags")["tags"] == {"team": "platform"}
    assert read_values(store, "aws_availability_zones", exclude_names=["eu-west-1b"])["zone_ids"] == [
        "euw1-az1",
        "euw1-az3",
    ]
    assert read_values(store, "aws_availability_zone", zone_id="euw1-az2")["name"] == "eu-west-1b"
    assert read_values(store, "aws_service_principal", service_name="s3")["name"] == "s3.amazonaws.com"


def test_an_arn_is_parsed(store: ResourceStore) -> None:
    values = read_values(store, "aws_arn", arn="arn:aws:rds:eu-west-1:123456789012:db:mysql-db")
    expected = {"partition": "aws", "service": "rds", "region": "eu-west-1", "account": "123456789012"}
    assert {**values, **expected, "resource": "db:mysql-db"} == values


def test_the_region_argument_replaces_the_providers_region(store: ResourceStore) -> None:
    assert read_values(store, "aws_availability_zones", region="us-east-1")["names"] == [
        f"us-east-1{c}" for c in "abcdef"
    ]


def test_existing_resources_are_found_by_name_filter_and_tags(store: ResourceStore) -> None:
    for name in ("one", "two"):
        state: dict[str, Value] = {
            "id": f"sg-{name}",
            "name": name,
            "vpc_id": "vpc-1",
            "tags_all": {"Name": name},
        }
        store.save(HERE, "aws_security_group", f"sg-{name}", state)
    assert read_values(store, "aws_security_group", name="two", vpc_id="vpc-1")["id"] == "sg-two"
    assert read_values(store, "aws_security_group", tags={"Name": "two"})["id"] == "sg-two"
    assert (
        read_values(store, "aws_security_group", filter=[{"name": "group-name", "values": ["tw*"]}])["id"]
        == "sg-two"
    )
    assert (
        read_values(store, "aws_security_group", filter=[{"name": "tag:Name", "values": ["two"]}])["vpc_id"]
        == "vpc-1"
    )
    assert read_values(store, "aws_security_groups", tags={"Name": "one"})["ids"] == ["sg-one"]


def test_listings_contain_existing_resources_only(store: ResourceStore) -> None:
    assert read_values(store, "aws_cloudwatch_log_groups")["log_group_names"] == []
    for name in ("/aws/eks/one/cluster", "/aws/eks/one/cluster-2", "/aws/rds/one"):
        store.save(HERE, "aws_cloudwatch_log_group", name, {"name": name, "arn": f"arn:{name}"})
    listed = read_values(store, "aws_cloudwatch_log_groups", log_group_name_prefix="/aws/eks/one/cluster")
    assert listed["log_group_names"] == ["/aws/eks/one/cluster", "/aws/eks/one/cluster-2"]
    assert listed["arns"] == ["arn:/aws/eks/one/cluster", "arn:/aws/eks/one/cluster-2"]


def test_roles_are_listed_by_path_and_name(store: ResourceStore) -> None:
    spot = f"{ROLE}/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot"
    store.save(HERE, "aws_iam_service_linked_role", spot, {"arn": spot})
    store.save(HERE, "aws_iam_role", "admin", {"arn": f"{ROLE}/people/admin"})
    listed = read_values(store, "aws_iam_roles", path_prefix="/aws-service-role/")
    assert (listed["names"], listed["arns"]) == (["AWSServiceRoleForEC2Spot"], [spot])
    assert read_values(store, "aws_iam_roles", name_regex="^adm")["names"] == ["admin"]


def test_aws_creates_a_service_linked_role_with_the_first_resource(store: ResourceStore) -> None:
    path = "/aws-service-role/rds.amazonaws.com/"
    assert read_values(store, "aws_iam_roles", path_prefix=path)["names"] == []
    store.save(HERE, "aws_db_instance", "ledger", {"identifier": "ledger"})
    assert read_values(store, "aws_iam_roles", path_prefix=path)["names"] == ["AWSServiceRoleForRDS"]


def test_a_role_is_found_by_name_with_its_path(store: ResourceStore) -> None:
    store.save(HERE, "aws_iam_role", "admin", {"arn": f"{ROLE}/people/admin"})
    found = read_values(store, "aws_iam_role", name="admin")
    assert (found["arn"], found["path"]) == (f"{ROLE}/people/admin", "/people/")


def test_a_service_linked_role_has_its_path_before_and_after_aws_creates_it(store: ResourceStore) -> None:
    name = "AWSServiceRoleForAutoScaling"
    before = read_values(store, "aws_iam_role", name=name)
    store.save(HERE, "aws_autoscaling_group", "workers", {"name": "workers"})
    after = read_values(store, "aws_iam_role", name=name)
    assert before["arn"] == after["arn"] == f"{ROLE}/aws-service-role/autoscaling.amazonaws.com/{name}"


def test_a_missing_role_is_an_error_if_the_project_lists_the_existing_ones() -> None:
    listed = ResourceStore(existing_roles=["people/admin"])
    assert read_values(listed, "aws_iam_role", name="admin")["arn"] == f"{ROLE}/people/admin"
    config: dict[str, Value] = {"name": "auditor"}
    block = block_of("aws_iam_role")
    _, [problem] = read_data_source("aws_iam_role", block, config, HERE, listed, {})
    assert "no role 'auditor'" in problem.detail
    assert read_values(ResourceStore(), "aws_iam_role", name="auditor")["arn"] == f"{ROLE}/auditor"


def test_missing_resources_are_simulated_deterministically(store: ResourceStore) -> None:
    config: dict[str, Value] = {"name": "CloudFront-VPCOrigins-Service-SG", "vpc_id": "vpc-1"}
    first, again = (read_values(store, "aws_security_group", **config) for _ in range(2))
    assert str(first["id"]).startswith("sg-")
    assert first == again
    other = read_values(store, "aws_security_group", name="other", vpc_id="vpc-1")
    assert other["id"] != first["id"]


def test_a_public_image_parameter_has_an_ami_id(store: ResourceStore) -> None:
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
    assert str(read_values(store, "aws_ssm_parameter", name=name)["insecure_value"]).startswith("ami-")


def test_a_node_release_parameter_has_a_release_version(store: ResourceStore) -> None:
    al2023 = (
        "/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/arm64/standard/recommended/release_version"
    )
    assert read_values(store, "aws_ssm_parameter", name=al2023)["insecure_value"] == "1.35.0-20260101"
    bottlerocket = "/aws/service/bottlerocket/aws-k8s-1.35/arm64/latest/image_version"
    release = str(read_values(store, "aws_ssm_parameter", name=bottlerocket)["insecure_value"])
    assert re.fullmatch(r"1\.50\.0-[0-9a-f]{8}", release)


def test_an_invalid_policy_document_is_rejected(store: ResourceStore) -> None:
    duplicate_sids: Value = [{"sid": "A"}, {"sid": "A"}]
    block = block_of("aws_iam_policy_document")
    values, [error] = read_data_source(
        "aws_iam_policy_document", block, {"statement": duplicate_sids}, HERE, store, {}
    )
    assert (values, "Sid A" in error.detail) == ({}, True)


def test_every_computed_attribute_has_its_type(store: ResourceStore) -> None:
    mistyped = []
    for kind in schemas_of("aws").data_source_types:
        block = block_of(kind)
        computed = {name for name, each in block.attributes.items() if each.computed}
        values = read_values(store, kind)
        shape = type_of_block(block).attributes
        mistyped += [f"{kind}.{name}" for name in computed if violates_type(values[name], shape[name])]
    assert mistyped == []


def test_computed_attributes_in_given_blocks_have_values(store: ResourceStore) -> None:
    type_ = "kubernetes_namespace_v1"
    block = schemas_of("kubernetes").data_source(type_)
    config: dict[str, Value] = {"metadata": [{"name": "orders"}]}
    values, _ = read_data_source(type_, block, config, HERE, store, {})
    metadata = values["metadata"]
    assert isinstance(metadata, list)
    assert isinstance(metadata[0], dict)
    assert metadata[0]["name"] == "orders"
    assert metadata[0]["uid"]


def test_a_dynamic_value_includes_its_type(store: ResourceStore) -> None:
    block = schemas_of("kubernetes").data_source("kubernetes_resource")
    values, _ = read_data_source("kubernetes_resource", block, {}, HERE, store, {})
    assert values["object"] == ['["object",{}]', {}]
