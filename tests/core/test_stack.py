import pytest
from cdktf import App, TerraformStack

from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack, StateConfig
from constructs_arq.core.validations import add_validation
from constructs_arq.security.key import Key
from tests.support import STACK, synthesize


def test_the_provider_touches_one_account_and_tags_everything() -> None:
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


def test_a_second_region_has_a_provider_with_the_same_guard_made_once() -> None:
    def build(stack: Stack) -> None:
        assert stack.provider_in("eu-west-1") is None
        assert stack.provider_in("us-east-1") is stack.provider_in("us-east-1")

    home, abroad = synthesize(build).json["provider"]["aws"]
    assert abroad == {**home, "alias": "us-east-1", "region": "us-east-1"}


def test_state_is_encrypted_and_locked_in_the_stacks_own_object() -> None:
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


def test_a_plain_stack_is_refused_with_the_mend() -> None:
    with pytest.raises(ConstructError, match=r"plain.*account and region are not known\. Create it in"):
        Key(TerraformStack(App(), "plain"), "key", purpose="Encrypts nothing")


def test_a_failed_check_stops_the_synthesis() -> None:
    with pytest.raises(RuntimeError, match="the database has no alarm"):
        synthesize(lambda stack: add_validation(stack, lambda: ["the database has no alarm"]))


def test_a_check_that_finds_nothing_lets_it_pass() -> None:
    synthesize(lambda stack: add_validation(stack, list))
