from constructs_arq.core.stack import Stack
from constructs_arq.security.key import Key
from constructs_arq.storage.log_group import LogGroup
from tests.support import statements, synthesize


def test_it_is_encrypted_with_its_key_which_the_logs_service_may_use_for_log_groups_only() -> None:
    def build(stack: Stack) -> None:
        LogGroup(stack, "log", name="/a/b", key=Key(stack, "key", purpose="Encrypts"), retention_days=365)

    made = synthesize(build)
    group = made.one("aws_cloudwatch_log_group")
    assert (group["name"], group["retention_in_days"]) == ("/a/b", 365)
    assert group["kms_key_id"] == "${aws_kms_key.key.arn}"
    allowed = statements(made.one("aws_kms_key")["policy"])["LogsEncrypt"]
    assert allowed["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    groups = "arn:aws:logs:eu-west-1:111122223333:log-group:*"
    assert allowed["Condition"] == {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}}


def test_one_elsewhere_asks_the_logs_service_of_that_region() -> None:
    def build(stack: Stack) -> None:
        region = "us-east-1"
        key = Key(stack, "key", purpose="Encrypts", region=region)
        LogGroup(stack, "log", name="/a/b", key=key, retention_days=30, region=region)

    made = synthesize(build)
    assert made.one("aws_cloudwatch_log_group")["provider"] == "aws.us-east-1"
    allowed = statements(made.one("aws_kms_key")["policy"])["LogsEncrypt"]
    assert allowed["Principal"] == {"Service": "logs.us-east-1.amazonaws.com"}
    assert ":us-east-1:" in str(allowed["Condition"])
