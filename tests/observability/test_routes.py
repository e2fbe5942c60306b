import pytest

from constructs_arq.core.alarm import Severity
from constructs_arq.core.errors import ConfigError
from constructs_arq.core.stack import Stack
from constructs_arq.observability.routes import AlarmRoutes
from constructs_arq.observability.subscribers import Subscribers
from tests.observability.alarm_builders import ROUTES
from tests.support import Synthesized, statements, synthesize


def build(stack: Stack) -> None:
    routes = AlarmRoutes(stack, "notify", config=ROUTES)
    assert routes.topic(Severity.CRITICAL) is routes.topic(Severity.CRITICAL, "eu-west-1")
    assert routes.topic(Severity.CRITICAL, "us-east-1") is routes.topic(Severity.CRITICAL, "us-east-1")


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1"])
@pytest.mark.parametrize("severity", ["critical", "warning"])
def test_topics_use_a_key_in_their_region(synthesized: Synthesized, region: str, severity: str) -> None:
    topic = synthesized.one("aws_sns_topic", f"notify/{region}/{severity}/Default")
    key = synthesized.one("aws_kms_key", f"notify/{region}/key/Default")
    assert topic["kms_master_key_id"].startswith(f"${{aws_kms_key.notify_{region}_key")
    provider = "aws.us-east-1" if region == "us-east-1" else None
    assert topic.get("provider") == key.get("provider") == provider


def test_services_may_use_the_key_only_for_these_topics(synthesized: Synthesized) -> None:
    key = statements(synthesized.one("aws_kms_key", "notify/us-east-1/key/Default")["policy"])
    services = {
        "AlarmsEncrypt": "cloudwatch",
        "DatabaseEventsEncrypt": "events.rds",
    }
    topics = "arn:aws:sns:us-east-1:111122223333:test-notify-*"
    for sid, service in services.items():
        assert key[sid]["Principal"] == {"Service": f"{service}.amazonaws.com"}
        assert key[sid]["Condition"] == {"ArnLike": {"kms:EncryptionContext:aws:sns:topicArn": topics}}


def test_only_alarms_and_events_of_the_account_may_publish(synthesized: Synthesized) -> None:
    for path, policy in synthesized.of_type("aws_sns_topic_policy").items():
        allowed = {sid: s for sid, s in statements(policy["policy"]).items() if s["Effect"] == "Allow"}
        assert {s["Principal"]["Service"] for s in allowed.values()} == {
            "backup.amazonaws.com",
            "cloudwatch.amazonaws.com",
            "events.rds.amazonaws.com",
        }
        assert all(s["Action"] == ["sns:Publish"] for s in allowed.values())
        own_account = {"aws:SourceAccount": "111122223333"}
        assert allowed["AlarmsPublish"]["Condition"]["StringEquals"] == own_account
        region = path.split("/")[1]
        assert allowed["AlarmsPublish"]["Condition"]["ArnLike"] == {
            "aws:SourceArn": f"arn:aws:cloudwatch:{region}:111122223333:alarm:*"
        }
        assert allowed["DatabaseEventsPublish"]["Condition"] == {"StringEquals": own_account}


def test_publishing_requires_tls(synthesized: Synthesized) -> None:
    for policy in synthesized.of_type("aws_sns_topic_policy").values():
        only_tls = statements(policy["policy"])["OnlyTls"]
        assert only_tls["Effect"] == "Deny"
        assert only_tls["Principal"] == {"AWS": "*"}
        assert only_tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_each_severity_has_its_subscribers_in_every_region(synthesized: Synthesized) -> None:
    heard = {
        (path.split("/")[1], path.split("/")[2], s["protocol"], s["endpoint"])
        for path, s in synthesized.of_type("aws_sns_topic_subscription").items()
    }
    assert heard == {
        (region, *subscriber)
        for region in ("eu-west-1", "us-east-1")
        for subscriber in (
            ("critical", "email", "on-call@example.com"),
            ("critical", "https", "https://alarms.example.com/aws"),
            ("warning", "email", "team@example.com"),
            # The end of a problem closes the page, and sends no second e-mail.
            ("recovered", "https", "https://alarms.example.com/aws"),
        )
    }


def test_unused_regions_have_no_topic() -> None:
    def build_stack_region(stack: Stack) -> None:
        AlarmRoutes(stack, "notify", config=ROUTES)

    assert set(synthesize(build_stack_region).of_type("aws_sns_topic")) == {
        "notify/eu-west-1/critical/Default",
        "notify/eu-west-1/recovered/Default",
        "notify/eu-west-1/warning/Default",
    }


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "at least one subscriber"),
        ({"emails": ("on-call",)}, "must be an e-mail address"),
        ({"emails": ("a@example.com", "A@example.com")}, "must not list a subscriber twice"),
        ({"https": ("http://alarms.example.com",)}, "must be an HTTPS URL"),
        ({"https": ("https://user:pass@example.com/",)}, "must not contain a key or token"),
        ({"https": ("https://example.com/?token=1",)}, "must not contain a key or token"),
        (
            {"https": ("https://events.pagerduty.com/integration/0123456789abcdef0123456789abcdef/enqueue",)},
            r"must not contain a key: Terraform would store it.*example\.pagerduty\.com",
        ),
        (
            {"https": ("https://hooks.slack.com/services/T0123ABCD/B0123ABCD/abcdefghijklmnop12345678",)},
            "must confirm the subscription, and a webhook of Slack can't.*e-mail address of the channel",
        ),
        (
            {"https": ("https://events.example.com/integration/0123456789abcdef0123456789abcdef/enqueue",)},
            "must not contain a key or token",
        ),
    ],
)
def test_invalid_subscribers_are_rejected(values: dict[str, tuple[str, ...]], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Subscribers(**values)


def test_addresses_of_paging_services_are_accepted() -> None:
    """Each works without a key in the state: a mail opens an incident, or is posted to a channel."""
    Subscribers(emails=("production@example.pagerduty.com", "alerts-aaaab3cd@example.slack.com"))
    Subscribers(https=("https://pagerduty.example.com/sns", "https://notslack.com/aws"))
