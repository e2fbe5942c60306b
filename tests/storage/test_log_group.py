from constructs_arq.core.stack import Stack
from constructs_arq.security.key import Key
from constructs_arq.storage.log_group import LogGroup
from tests.support import Synthesized, statements, synthesize


def build(stack: Stack) -> None:
    LogGroup(
        stack, "here", name="/aws/service/here", key=Key(stack, "key", description="Logs"), retention_days=90
    )
    remote_key = Key(stack, "remote_key-key", description="Logs elsewhere", region="us-east-1")
    LogGroup(stack, "remote_key", name="/remote_key", key=remote_key, retention_days=365, region="us-east-1")


def test_a_log_group_is_encrypted_and_expires_events() -> None:
    synthesized = synthesize(build)
    group = synthesized.one("aws_cloudwatch_log_group", "here/Default")
    assert {name: value for name, value in group.items() if name != "//"} == {
        "name": "/aws/service/here",
        "kms_key_id": "${aws_kms_key.key.arn}",
        "retention_in_days": 90,
    }


def test_a_log_group_in_another_region_uses_that_regions_key() -> None:
    synthesized = synthesize(build)
    group = synthesized.one("aws_cloudwatch_log_group", "remote_key/Default")
    key = synthesized.one("aws_kms_key", "remote_key-key/Default")
    assert group["provider"] == key["provider"] == "aws.us-east-1"
    assert allowed_log_groups(synthesized, "remote_key-key") == {
        "logs.us-east-1.amazonaws.com": "arn:aws:logs:us-east-1:111122223333:log-group:*"
    }


def test_cloudwatch_can_use_the_key_for_this_accounts_log_groups_only() -> None:
    assert allowed_log_groups(synthesize(build), "key") == {
        "logs.eu-west-1.amazonaws.com": "arn:aws:logs:eu-west-1:111122223333:log-group:*"
    }


def allowed_log_groups(synthesized: Synthesized, key: str) -> dict[str, str]:
    """Return the log groups for which each service can use a key, by service."""
    allowed = statements(synthesized.one("aws_kms_key", f"{key}/Default")["policy"]).values()
    return {
        statement["Principal"]["Service"]: statement["Condition"]["ArnLike"][
            "kms:EncryptionContext:aws:logs:arn"
        ]
        for statement in allowed
        if "Service" in statement["Principal"]
    }
