"""The way of log groups into the cluster: function, dead letters, load balancer and subscriptions."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cdktf import App

from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.edge.certificate import HostedZone
from constructs_arq.observability.logs.forwarder import LogForwarder, LogForwarderConfig
from constructs_arq.platform.log_group_redaction import LogSource
from constructs_arq.security.key import Key
from constructs_arq.storage.log_group import LogGroup
from tests.cluster.cluster_builders import make_network
from tests.observability.alarm_builders import make_alarms
from tests.support import STACK, Synthesized, synthesize

ZONE = HostedZone(zone_id="Z0123456789", name="arq.example")


def make_forwarder(stack: Stack, *, domain: str = "logs.app.arq.example") -> LogForwarder:
    return LogForwarder(
        stack,
        "log-forwarder",
        subnets=make_network(stack).private,
        zone=ZONE,
        domain=domain,
        config=LogForwarderConfig(),
    )


def make_group(stack: Stack, name: str) -> LogGroup:
    key = Key(stack, f"{name}-key", description="Encrypts logs")
    return LogGroup(stack, name, name=f"/aws/test/{name}", key=key, retention_days=30)


def build(stack: Stack) -> None:
    forwarder = make_forwarder(stack)
    forwarder.add_log_group(make_group(stack, "database"), source=LogSource.POSTGRESQL)
    forwarder.add_log_group(make_group(stack, "cache"), source=LogSource.VALKEY)
    make_alarms(stack)


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


def function(synthesized: Synthesized) -> dict[str, Any]:
    return synthesized.one("aws_lambda_function", "log-forwarder/function/Default")


def statements(synthesized: Synthesized) -> dict[str, dict[str, Any]]:
    prefix = "log-forwarder/function/role/"
    return {
        path.removeprefix(prefix): json.loads(each["policy"])["Statement"][0]
        for path, each in synthesized.of_type("aws_iam_role_policy").items()
        if path.startswith(prefix)
    }


def test_the_archive_has_the_code_and_the_address(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    build(Stack(app, "test", config=STACK))
    app.synth()
    folder = tmp_path / "stacks/test"
    found = function(Synthesized(json.loads((folder / "cdk.tf.json").read_text())))
    with zipfile.ZipFile(folder / found["filename"]) as archive:
        assert sorted(archive.namelist()) == ["forwarder.py", "settings.json"]
        settings = json.loads(archive.read("settings.json"))
        code = archive.read("forwarder.py").decode()
    assert settings == {"url": "https://logs.app.arq.example/loki/api/v1/push", "timeout_seconds": 10}
    assert "import constructs_arq" not in code
    assert "from constructs_arq" not in code
    module, _, name = found["handler"].partition(".")
    assert (module, f"def {name}(" in code) == ("forwarder", True)
    assert settings["timeout_seconds"] < found["timeout"]


def test_failed_events_are_repeated_and_then_dead_letters(synthesized: Synthesized) -> None:
    [invocations] = synthesized.of_type("aws_lambda_function_event_invoke_config").values()
    assert invocations["maximum_retry_attempts"] == 2
    queue = synthesized.one("aws_sqs_queue", "log-forwarder/function/dead-letters/Default")
    assert queue["kms_master_key_id"].startswith("${aws_kms_key.")
    assert "dead-letters" in function(synthesized)["dead_letter_config"]["target_arn"]
    assert function(synthesized)["reserved_concurrent_executions"] == 10


def test_the_role_reads_no_log_group(synthesized: Synthesized) -> None:
    found = statements(synthesized)
    assert found.keys() == {
        "write-logs",
        "send-dead-letters",
        "use-log-forwarder-function-key",
        "attach-interfaces",
        "find-interfaces",
    }
    assert found["write-logs"]["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert found["send-dead-letters"]["Action"] == ["sqs:SendMessage"]
    for name in ("attach-interfaces", "find-interfaces"):
        assert found[name]["Condition"] == {"Null": {"lambda:SourceFunctionArn": "true"}}


def test_each_log_group_may_call_the_function(synthesized: Synthesized) -> None:
    filters = synthesized.of_type("aws_cloudwatch_log_subscription_filter")
    permissions = synthesized.of_type("aws_lambda_permission")
    assert {path: each["name"] for path, each in filters.items()} == {
        "log-forwarder/cache/Default": "valkey",
        "log-forwarder/database/Default": "postgresql",
    }
    for path, each in filters.items():
        permission = permissions[path.replace("Default", "permission")]
        group = each["log_group_name"].removesuffix(".name}")
        assert permission["source_arn"] == f"{group}.arn}}:*"
        assert (permission["principal"], permission["source_account"]) == (
            "logs.amazonaws.com",
            STACK.account_id,
        )
        assert len(each["depends_on"]) == 1


def test_only_the_function_connects_to_the_load_balancer(synthesized: Synthesized) -> None:
    rules = synthesized.of_type("aws_vpc_security_group_ingress_rule")
    [rule] = [each for path, each in rules.items() if path.startswith("log-forwarder/")]
    assert (rule["from_port"], rule["to_port"]) == (443, 443)
    assert "function" in rule["referenced_security_group_id"]
    balancer = synthesized.one("aws_lb", "log-forwarder/balancer/Default")
    assert (balancer["internal"], balancer["load_balancer_type"]) == (True, "network")


def test_tls_ends_at_the_pods(synthesized: Synthesized) -> None:
    listener = synthesized.one("aws_lb_listener", "log-forwarder/balancer/listener")
    targets = synthesized.one("aws_lb_target_group", "log-forwarder/balancer/targets")
    assert (listener["protocol"], targets["protocol"]) == ("TCP", "TCP")
    assert targets["health_check"]["protocol"] == "HTTPS"


def test_each_part_has_an_alarm(synthesized: Synthesized) -> None:
    found = {
        each["alarm_name"].removeprefix("test-log-forwarder-")
        for kind in ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm")
        for each in synthesized.of_type(kind).values()
        if each.get("alarm_actions") and "log-forwarder" in each["alarm_name"]
    }
    assert found == {
        "balancer-no-healthy-target",
        "balancer-unhealthy-targets",
        "cache-delivery-errors",
        "cache-delivery-throttling",
        "database-delivery-errors",
        "database-delivery-throttling",
        "function-dead-letters-messages",
        "function-errors",
        "function-lost-events",
        "function-no-events",
        "function-throttles",
    }


def test_its_own_log_group_is_refused() -> None:
    forwarder = make_forwarder(Stack(App(), "test", config=STACK))
    with pytest.raises(ConstructError, match="each line would cause another"):
        forwarder.add_log_group(forwarder._function.log, source=LogSource.POSTGRESQL)


@pytest.mark.parametrize("names", [("a", "b", "c"), ("a", "a")])
def test_more_subscriptions_than_cloudwatch_allows_are_refused(names: tuple[str, ...]) -> None:
    group = make_group(Stack(App(), "test", config=STACK), "database")
    *first, last = names
    for name in first:
        group.add_subscription(name)
    with pytest.raises(ConstructError, match="at most 2 subscriptions with different names"):
        group.add_subscription(last)


def test_a_domain_of_another_zone_is_refused() -> None:
    with pytest.raises(ConstructError, match=r"is not in the zone arq\.example"):
        make_forwarder(Stack(App(), "test", config=STACK), domain="logs.other.example")
