"""The routes of alerts, as amtool computes them."""

from pathlib import Path
from typing import Any

import pytest

from tests.observability.prometheus.alertmanager_files import (
    configuration,
    run_amtool,
    write_configuration,
)

ROUTES = {
    ("severity=critical", "alertname=ServiceDown"): "page",
    ("severity=critical", "alertname=ApiAvailabilityBurn", "slo=api-availability"): "page",
    ("severity=warning", "alertname=NodeNotReady"): "ticket",
    ("severity=warning", "alertname=NotificationsFailing", "integration=pagerduty"): "ticket",
    # Tickets go by SNS, so its failure needs another way.
    ("severity=warning", "alertname=NotificationsFailing", "integration=sns"): "low-urgency",
    ("severity=info", "alertname=Other"): "nobody",
    ("severity=info", "alertname=Watchdog"): "heartbeat",
    # Nobody defined these severities, and the alert must not be lost.
    ("severity=urgent", "alertname=Other"): "ticket",
    ("alertname=Other",): "ticket",
}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_configuration(tmp_path_factory.mktemp("alertmanager"), configuration())


@pytest.mark.parametrize("paged", [True, False])
def test_alertmanager_accepts_the_configuration(paged: bool, tmp_path: Path) -> None:
    content = configuration() if paged else configuration(paging=None)
    result = run_amtool("check-config", write_configuration(tmp_path, content))
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("labels", "receiver"), ROUTES.items(), ids=str)
def test_severity_decides_the_receiver(file: Path, labels: tuple[str, ...], receiver: str) -> None:
    result = run_amtool(
        "config", "routes", "test", f"--config.file={file}", f"--verify.receivers={receiver}", *labels
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("severity", ["critical", "warning", "info"])
def test_without_paging_nobody_is_called(severity: str, tmp_path: Path) -> None:
    file = write_configuration(tmp_path, configuration(paging=None))
    result = run_amtool("config", "routes", "test", f"--config.file={file}", f"severity={severity}")
    assert result.stdout.strip() == ("nobody" if severity == "info" else "ticket")


def test_no_secret_is_in_the_configuration() -> None:
    [pager] = [each for each in configuration()["receivers"] if each["name"] == "page"]
    [settings] = pager["pagerduty_configs"]
    assert settings["routing_key_file"] == "/etc/alertmanager/secrets/paging/routing_key"
    assert not {"routing_key", "service_key"} & settings.keys()


def test_the_failure_of_tickets_has_low_urgency_and_no_page() -> None:
    severities = {
        each["name"]: [event["severity"] for event in each["pagerduty_configs"]]
        for each in configuration()["receivers"]
        if "pagerduty_configs" in each
    }
    assert severities == {"page": ["critical"], "low-urgency": ["warning"]}


def test_the_heartbeat_is_repeated_each_minute_and_tickets_are_not() -> None:
    """Alertmanager repeats at an interval of the group, and only what is older than `repeat_interval`.

    The outside receiver calls after five minutes without a message.
    """
    route = configuration()["route"]
    intervals = {
        each["receiver"]: [
            (each.get(name) or route[name]) for name in ("group_wait", "group_interval", "repeat_interval")
        ]
        for each in route["routes"]
    }
    assert intervals == {
        "heartbeat": ["0s", "1m", "50s"],
        "low-urgency": ["5m", "5m", "24h"],
        "page": ["10s", "1m", "4h"],
        "ticket": ["5m", "5m", "24h"],
        "nobody": ["5m", "5m", "24h"],
    }


def test_each_receiver_is_used() -> None:
    content = configuration()
    used = {route["receiver"] for route in (content["route"], *content["route"]["routes"])}
    assert {each["name"] for each in content["receivers"]} == used


def silenced(source: dict[str, str], target: dict[str, str]) -> bool:
    """Return whether an alert silences another one, by Alertmanager's rules."""
    return any(
        matches(rule["source_matchers"], source)
        and matches(rule["target_matchers"], target)
        and all(source.get(name, "") == target.get(name, "") for name in rule["equal"])
        for rule in configuration()["inhibit_rules"]
    )


def matches(matchers: list[str], labels: dict[str, Any]) -> bool:
    import re  # noqa: PLC0415

    for matcher in matchers:
        name, operator, value = re.fullmatch(r'(\w+)(=~|!=|=)"(.*)"', matcher).groups()  # type: ignore[union-attr]  # each matcher has this form
        found = labels.get(name, "")
        if operator == "=~" and not re.fullmatch(value, found):
            return False
        if (operator == "=" and found != value) or (operator == "!=" and found == value):
            return False
    return True


DOWN = {"alertname": "ServiceDown", "severity": "critical", "namespace": "shop", "service": "api"}
BURN = {
    "alertname": "ApiAvailabilityBurn",
    "severity": "critical",
    "service": "api",
    "slo": "api-availability",
}
STUCK = {"alertname": "RolloutStuck", "severity": "warning", "namespace": "shop", "service": "api"}
NODE = {"alertname": "NodeNotReady", "severity": "warning", "node": "a"}
CRASH = {"alertname": "PodCrashLooping", "severity": "warning", "namespace": "shop", "node": "a"}


def test_one_outage_is_one_page() -> None:
    assert silenced(DOWN, BURN)
    assert not silenced(BURN, DOWN)
    assert silenced(DOWN, STUCK)
    assert not silenced({**DOWN, "service": "web"}, BURN)


def test_a_node_silences_its_pods_only() -> None:
    assert silenced(NODE, CRASH)
    assert not silenced(NODE, {**CRASH, "node": "b"})
    assert not silenced(NODE, {**CRASH, "node": ""})


def test_a_page_silences_no_alert_of_the_cluster() -> None:
    assert not silenced(DOWN, NODE)
    assert not silenced(BURN, {"alertname": "RulesFailing", "severity": "warning"})
