import json
import re

import pytest
from cdktf import TerraformOutput

from constructs_arq.core.alarm import Severity
from constructs_arq.core.errors import ConfigError, ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.data.queue import Queue
from constructs_arq.data.queue_config import QueueConfig
from constructs_arq.security.role import Role, Trust
from tests.data.database_builders import resolved_arguments
from tests.support import STACK, Synthesized, statements, synthesize

SOURCE_ARN = "arn:aws:sqs:eu-west-1:111122223333:test-receipts"
UNPROTECTED = STACK.model_copy(update={"protected": False})


def role(stack: Stack, name: str) -> Role:
    return Role(stack, name, description="Runs", trust=Trust.service("ec2.amazonaws.com"))


def build(stack: Stack) -> Queue:
    queue = Queue(stack, "receipts", config=QueueConfig())
    queue.grant_send(role(stack, "sender"))
    queue.grant_consume(role(stack, "consumer"))
    queue.grant_measure(role(stack, "scaler"))
    TerraformOutput(stack, "url", value=queue.url)
    return queue


@pytest.fixture(scope="module")
def stack() -> Synthesized:
    return synthesize(build)


def grants(stack: Synthesized, name: str) -> dict[str, list[str]]:
    """Return the actions that a role's policies allow, by resource."""
    found: dict[str, list[str]] = {}
    for path, policy in stack.of_type("aws_iam_role_policy").items():
        if path.startswith(f"{name}/"):
            for statement in json.loads(policy["policy"])["Statement"]:
                resource = statement["Resource"]
                kind = re.search(r"aws_\w+", resource if isinstance(resource, str) else resource[0])
                assert kind
                found[kind[0]] = statement["Action"]
    return found


def test_both_queues_are_encrypted_with_a_customer_managed_key(stack: Synthesized) -> None:
    for path in ("receipts/Default", "receipts/dead-letters"):
        queue = stack.one("aws_sqs_queue", path)
        assert queue["kms_master_key_id"].startswith("${aws_kms_key.")
        assert "sqs_managed_sse_enabled" not in queue


def test_both_queues_deny_requests_without_tls(stack: Synthesized) -> None:
    policies = stack.of_type("aws_sqs_queue_policy")
    assert set(policies) == {"receipts/policy", "receipts/dead-letters-policy"}
    for policy in policies.values():
        (statement,) = statements(policy["policy"]).values()
        assert statement["Effect"] == "Deny"
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert statement["Resource"] == [policy["queue_url"].replace(".url}", ".arn}")]


def test_failed_messages_go_to_a_queue_that_accepts_no_other_source(stack: Synthesized) -> None:
    queue = resolved_arguments(stack, "aws_sqs_queue", "receipts")
    assert json.loads(queue["redrive_policy"]) == {
        "deadLetterTargetArn": "receipts/dead-letters.arn",
        "maxReceiveCount": 5,
    }
    dead_letters = stack.one("aws_sqs_queue", "receipts/dead-letters")
    assert json.loads(dead_letters["redrive_allow_policy"]) == {
        "redrivePermission": "byQueue",
        "sourceQueueArns": [SOURCE_ARN],
    }
    assert stack.one("aws_sqs_queue", "receipts/Default")["name"] == SOURCE_ARN.rpartition(":")[2]
    assert dead_letters["message_retention_seconds"] > queue["message_retention_seconds"]


def test_a_protected_environment_keeps_the_messages(stack: Synthesized) -> None:
    assert all(queue["lifecycle"]["prevent_destroy"] for queue in stack.of_type("aws_sqs_queue").values())
    unprotected = synthesize(build, config=UNPROTECTED).of_type("aws_sqs_queue").values()
    assert not any("lifecycle" in queue for queue in unprotected)


def test_each_identity_gets_only_its_part(stack: Synthesized) -> None:
    assert grants(stack, "sender")["aws_sqs_queue"] == ["sqs:SendMessage"]
    # A sender encrypts with a data key. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    assert {"kms:GenerateDataKey*", "kms:Decrypt"} <= set(grants(stack, "sender")["aws_kms_key"])
    assert grants(stack, "consumer") == {
        "aws_sqs_queue": ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"],
        "aws_kms_key": ["kms:Decrypt", "kms:DescribeKey"],
    }
    assert grants(stack, "scaler") == {"aws_sqs_queue": ["sqs:GetQueueAttributes"]}


def test_late_and_failed_messages_raise_alarms() -> None:
    found = {}

    def keep(stack: Stack) -> None:
        found.update({alarm.name: alarm for alarm in build(stack).alarms})

    synthesize(keep)
    age, dead_letters = found["age"], found["dead-letters"]
    assert (age.metric, age.threshold) == ("ApproximateAgeOfOldestMessage", 900)
    assert age.severity is Severity.CRITICAL
    assert (dead_letters.metric, dead_letters.threshold) == ("ApproximateNumberOfMessagesVisible", 0)
    assert age.dimensions != dead_letters.dimensions


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"processing_seconds": 121}, "visibility_seconds 120 must not be less than processing_seconds 121"),
        ({"retention_days": 7, "dead_letter_days": 7}, "dead_letter_days 7 must be greater"),
        (
            {"max_receives": 1000, "visibility_seconds": 600},
            "max_receives x visibility_seconds = 600000 seconds must be less",
        ),
        ({"visibility_seconds": 900}, "late_after_seconds 900 must be between visibility_seconds 900"),
        ({"retention_days": 1, "late_after_seconds": 86_400}, "late_after_seconds 86400 must be between"),
    ],
)
def test_times_that_lose_or_repeat_messages_are_refused(values: dict[str, int], message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        QueueConfig(**values)


def test_a_name_that_is_too_long_for_sqs_is_refused() -> None:
    with pytest.raises(ConstructError, match="at most 80 characters"):
        synthesize(lambda stack: Queue(stack, "r" * 71, config=QueueConfig()))
