"""Tests of the settings of an account."""

from constructs_arq.security.account_defaults import AccountDefaults
from tests.support import synthesize


def test_defaults_are_set_once_in_each_region() -> None:
    regions = ("eu-west-1", "eu-central-1", "eu-west-1")
    stack = synthesize(
        lambda stack: AccountDefaults(stack, "defaults", regions=regions, network_regions=("eu-west-1",))
    )
    for type_ in ("aws_ebs_encryption_by_default", "aws_ec2_instance_metadata_defaults"):
        assert {each.get("provider") for each in stack.of_type(type_).values()} == {None, "aws.eu-central-1"}
        assert len(stack.of_type(type_)) == 2
    assert all(each["enabled"] for each in stack.of_type("aws_ebs_encryption_by_default").values())
    for each in stack.of_type("aws_ec2_instance_metadata_defaults").values():
        assert (each["http_tokens"], each["http_put_response_hop_limit"]) == ("required", 1)


def test_no_bucket_of_the_account_can_be_public() -> None:
    stack = synthesize(lambda stack: AccountDefaults(stack, "defaults", regions=(), network_regions=()))
    block = stack.one("aws_s3_account_public_access_block")
    assert {name for name, value in block.items() if value is True} == {
        "block_public_acls",
        "block_public_policy",
        "ignore_public_acls",
        "restrict_public_buckets",
    }
