"""`arqctl paging set-key`: the key reaches EventBridge, and no output."""

import io
import json
from pathlib import Path

import pytest

from arqctl.core.aws_api import AwsApi
from tests.arqctl.command_line import run
from tests.arqctl.doctor.aws.aws_account import ACCOUNT, StubbedAws

Capture = pytest.CaptureFixture[str]
KEY = "0123456789abcdef0123456789ABCDEF"  # no key of anybody


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> StubbedAws:
    stubbed = StubbedAws()
    monkeypatch.setattr(AwsApi, "connect", lambda: stubbed.api)
    return stubbed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write an assembly with a connection."""
    providers = [
        {"region": "eu-west-1", "allowed_account_ids": [ACCOUNT]},
        {"alias": "us-east-1", "region": "us-east-1", "allowed_account_ids": [ACCOUNT]},
    ]
    stack = {
        "provider": {"aws": providers},
        "resource": {
            "aws_cloudwatch_event_connection": {
                "pager": {"name": "production-pager"},
                "edge": {"name": "production-pager-us-east-1", "provider": "aws.us-east-1"},
            },
            "aws_scheduler_schedule": {"beat": {"target": {"arn": "${aws_sns_topic.beat.arn}"}}},
            "aws_sns_topic": {"beat": {"name": "production-heartbeat"}},
        },
    }
    (tmp_path / "stacks" / "production").mkdir(parents=True)
    (tmp_path / "stacks/production/cdk.tf.json").write_text(json.dumps(stack))
    manifest = {
        "stacks": {
            "production": {"name": "production", "synthesizedStackPath": "stacks/production/cdk.tf.json"}
        }
    }
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    return tmp_path


def expect_updates(aws: StubbedAws) -> None:
    expect_update(aws, "production-pager", "eu-west-1")
    expect_update(aws, "production-pager-us-east-1", "us-east-1")


def expect_update(aws: StubbedAws, name: str, region: str) -> None:
    aws.answer(
        "events",
        "update_connection",
        {},
        region=region,
        Name=name,
        Description="PagerDuty: key set by arqctl paging set-key",
        AuthorizationType="API_KEY",
        AuthParameters={
            "ApiKeyAuthParameters": {"ApiKeyName": "X-Routing-Key", "ApiKeyValue": KEY},
            "InvocationHttpParameters": {
                "BodyParameters": [{"Key": "routing_key", "Value": KEY, "IsValueSecret": True}]
            },
        },
    )


def set_key(capsys: Capture, folder: Path, *options: str) -> tuple[int, str, str]:
    return run(capsys, "paging", "set-key", "production", "--from", str(folder), *options)


def test_the_key_of_the_secret_replaces_the_placeholder(
    aws: StubbedAws, folder: Path, capsys: Capture
) -> None:
    aws.answer("sts", "get_caller_identity", {"Account": ACCOUNT})
    secret = {"SecretString": json.dumps({"routing_key": KEY})}
    aws.answer("secretsmanager", "get_secret_value", secret, SecretId="production/paging")
    expect_updates(aws)
    code, output, error = set_key(capsys, folder)
    assert code == 0
    assert KEY not in output + error
    assert "production-pager in eu-west-1 has the key" in output
    assert "production-pager-us-east-1 in us-east-1 has the key" in output


def test_the_key_can_come_from_standard_input(
    aws: StubbedAws, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{KEY}\n"))
    aws.answer("sts", "get_caller_identity", {"Account": ACCOUNT})
    expect_updates(aws)
    assert set_key(capsys, folder, "--stdin")[0] == 0


@pytest.mark.parametrize("given", ["", "short", f"{KEY}x", "https://events.pagerduty.com/x/0123456789abcd"])
def test_another_value_is_refused_without_being_printed(
    given: str, aws: StubbedAws, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(given))
    aws.answer("sts", "get_caller_identity", {"Account": ACCOUNT})
    code, _, error = set_key(capsys, folder, "--stdin")
    assert code == 2
    assert "must have 32 letters and digits" in error
    assert not given or given not in error


@pytest.mark.parametrize("text", ["[]", "no JSON", "{}", '{"routing_key": ""}'])
def test_a_secret_without_the_field_is_refused(
    text: str, aws: StubbedAws, folder: Path, capsys: Capture
) -> None:
    aws.answer("sts", "get_caller_identity", {"Account": ACCOUNT})
    aws.answer("secretsmanager", "get_secret_value", {"SecretString": text})
    code, _, error = set_key(capsys, folder)
    assert code == 2
    assert "has no field routing_key" in error


def test_another_account_is_refused(aws: StubbedAws, folder: Path, capsys: Capture) -> None:
    aws.answer("sts", "get_caller_identity", {"Account": "999999999999"})
    code, _, error = set_key(capsys, folder)
    assert code == 2
    assert "the credentials are of 999999999999" in error


def test_a_rejected_call_is_reported(aws: StubbedAws, folder: Path, capsys: Capture) -> None:
    aws.answer("sts", "get_caller_identity", {"Account": ACCOUNT})
    aws.reject("secretsmanager", "get_secret_value", "AccessDeniedException")
    code, _, error = set_key(capsys, folder)
    assert code == 2
    assert "AccessDeniedException" in error


def test_an_environment_without_a_pager_is_refused(folder: Path, capsys: Capture) -> None:
    file = folder / "stacks/production/cdk.tf.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "resource": {}}))
    code, _, error = set_key(capsys, folder)
    assert code == 2
    assert "has no connection to PagerDuty" in error


URL = "https://receiver.example/0b9a8c7d-secret"


def set_heartbeat(
    aws: StubbedAws, folder: Path, capsys: Capture, url: str = URL, watchdog: str = f"{URL}-2"
) -> tuple[int, str, str]:
    aws.answer("sts", "get_caller_identity", {"Account": ACCOUNT})
    secret = {"SecretString": json.dumps({"heartbeat_url": url, "watchdog_url": watchdog})}
    aws.answer("secretsmanager", "get_secret_value", secret, SecretId="production/paging")
    return run(capsys, "paging", "set-heartbeat", "production", "--from", str(folder))


def test_the_receiver_of_heartbeats_is_subscribed(aws: StubbedAws, folder: Path, capsys: Capture) -> None:
    topic = f"arn:aws:sns:eu-west-1:{ACCOUNT}:production-heartbeat"
    aws.answer("sns", "subscribe", {}, TopicArn=topic, Protocol="https", Endpoint=URL)
    code, output, error = set_heartbeat(aws, folder, capsys)
    assert code == 0
    assert "production-heartbeat in eu-west-1 has a receiver" in output
    assert "secret" not in output + error


def test_a_receiver_without_https_is_refused(aws: StubbedAws, folder: Path, capsys: Capture) -> None:
    code, output, error = set_heartbeat(aws, folder, capsys, url=URL.replace("https", "http"))
    assert code == 2
    assert "must be an HTTPS URL" in error
    assert "secret" not in output + error


def test_the_receiver_of_the_watchdog_is_refused(aws: StubbedAws, folder: Path, capsys: Capture) -> None:
    code, output, error = set_heartbeat(aws, folder, capsys, watchdog=URL)
    assert code == 2
    assert "has the same heartbeat_url and watchdog_url" in error
    assert "secret" not in output + error


VALID = {
    "routing_key": KEY,
    "heartbeat_url": "https://receiver.example.com/one",
    "watchdog_url": "https://receiver.example.com/two",
}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, ""),
        ({"routing_key": "short-secret"}, "routing_key must be the 32 letters and digits"),
        ({"watchdog_url": "http://receiver.example.com/secret"}, "watchdog_url must be an HTTPS URL"),
        ({"heartbeat_url": ""}, "heartbeat_url must be an HTTPS URL"),
        ({"watchdog_url": VALID["heartbeat_url"]}, "the same heartbeat_url and watchdog_url"),
    ],
)
def test_the_fields_of_the_secret_are_checked_and_not_printed(
    aws: StubbedAws, folder: Path, capsys: Capture, changes: dict[str, str], message: str
) -> None:
    aws.answer("sts", "get_caller_identity", {"Account": ACCOUNT})
    content = json.dumps({**VALID, **changes})
    aws.answer("secretsmanager", "get_secret_value", {"SecretString": content}, SecretId="production/paging")
    code, output, error = run(capsys, "paging", "check", "production", "--from", str(folder))
    assert code == (2 if message else 0), error
    assert message in error
    printed = output + error
    assert not [value for value in {**VALID, **changes}.values() if value and value in printed]
