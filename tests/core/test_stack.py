import json

import pytest
from cdktf import App, TerraformStack

from constructs_arq.cluster.access import AccessConfig
from constructs_arq.cluster.cluster import Cluster
from constructs_arq.core.arn import partition
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack, StateConfig
from constructs_arq.core.validations import add_validation
from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.network import Network
from constructs_arq.security.key import Key
from constructs_arq.security.role import Role, Trust
from constructs_arq.storage.image_repository import ImageRepository, ImageRepositoryConfig
from tests.cluster.cluster_builders import CONFIG
from tests.support import STACK, synthesize


def test_the_provider_is_limited_to_one_account_and_sets_tags() -> None:
    (provider,) = synthesize(lambda stack: None).json["provider"]["aws"]
    assert provider["region"] == "eu-west-1"
    assert provider["allowed_account_ids"] == ["111122223333"]
    assert provider["default_tags"][0]["tags"] == {
        "environment": "test",
        "project": "arq",
        "owner": "platform",
        "cost-center": "engineering",
        "managed-by": "terraform",
    }


def test_a_second_region_has_one_provider_with_the_same_account() -> None:
    def build(stack: Stack) -> None:
        assert stack.provider_in("eu-west-1") is None
        assert stack.provider_in("us-east-1") is stack.provider_in("us-east-1")

    home, abroad = synthesize(build).json["provider"]["aws"]
    assert abroad == {**home, "alias": "us-east-1", "region": "us-east-1"}


def test_state_is_encrypted_and_locked() -> None:
    state = StateConfig(bucket="arq-state", key_alias="alias/arq-state")
    backend = synthesize(lambda stack: None, config=STACK.model_copy(update={"state": state})).json[
        "terraform"
    ]["backend"]
    assert backend == {
        "s3": {
            "bucket": "arq-state",
            "key": "test.tfstate",
            "region": "eu-west-1",
            "encrypt": True,
            "kms_key_id": "arn:aws:kms:eu-west-1:111122223333:alias/arq-state",
            "allowed_account_ids": ["111122223333"],
            "use_lockfile": True,
        }
    }


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("eu-west-1", "aws"),
        ("us-east-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("cn-northwest-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
    ],
)
def test_a_regions_partition(region: str, expected: str) -> None:
    assert partition(region) == expected


def test_arns_have_the_partition_of_the_stacks_region() -> None:
    def build(stack: Stack) -> None:
        assert stack.arn("sqs", "orders") == "arn:aws-cn:sqs:cn-north-1:111122223333:orders"
        assert stack.arn("iam", "policy/ReadOnlyAccess", region="", account_id="aws") == (
            "arn:aws-cn:iam::aws:policy/ReadOnlyAccess"
        )
        zones = ("cnn1-az1", "cnn1-az2")
        network = Network(stack, "network", config=NetworkConfig(cidr="10.40.0.0/16", zones=zones))
        access = AccessConfig(admins=("admin",))
        Cluster(
            stack, "cluster", subnets=network.private, config=CONFIG.model_copy(update={"access": access})
        )
        ImageRepository(stack, "images", config=ImageRepositoryConfig())
        role = Role(stack, "role", description="Reads", trust=Trust.service("ec2.amazonaws.com"))
        role.attach_managed_policy("ReadOnlyAccess")

    china = STACK.model_copy(update={"region": "cn-north-1", "backup_region": "cn-northwest-1"})
    text = json.dumps(synthesize(build, config=china).json)
    assert "arn:aws-cn:iam::111122223333:root" in text
    assert "arn:aws:" not in text


def test_a_plain_terraform_stack_is_rejected_with_the_fix() -> None:
    with pytest.raises(ConstructError, match=r"plain.*account and region are not known\. Create it in"):
        Key(TerraformStack(App(), "plain"), "key", description="Encrypts nothing")


def test_a_failed_validation_stops_synthesis() -> None:
    with pytest.raises(RuntimeError, match="the database has no alarm"):
        synthesize(lambda stack: add_validation(stack, lambda: ["the database has no alarm"]))


def test_a_validation_without_problems_passes() -> None:
    synthesize(lambda stack: add_validation(stack, list))
