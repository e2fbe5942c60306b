"""amtool computes the same receivers of critical alerts as the rule about routes."""

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from policies.stack import Json, as_list, at
from tests.observability.prometheus.alertmanager_files import configuration, run_amtool, write_configuration
from tests.policies.cases.alerts import LOST, ROUTED
from tests.policies.cases.example import Bodies

NAMESPACES = ("shop", "kube-system")
ALERTS = ("Down", "NameOfAnotherAlert")


def receivers(folder: Path, config: Json) -> Iterator[set[str]]:
    """Yield the receivers of critical alerts with several labels."""
    assert isinstance(config, dict)
    file = write_configuration(folder, config)
    for alert, namespace in product(ALERTS, NAMESPACES):
        labels = ("severity=critical", f"alertname={alert}", f"namespace={namespace}", "service=api")
        result = run_amtool("config", "routes", "test", f"--config.file={file}", *labels)
        assert result.returncode == 0, result.stdout + result.stderr
        yield set(result.stdout.strip().split(","))


def config_of(bodies: Bodies) -> Json:
    values = as_list(bodies["helm_release.prometheus"]["values"])
    config = at(json.loads(str(values[0])), "alertmanager.config")
    assert isinstance(config, dict)
    # The settings of receivers don't change the routes.
    return {**config, "receivers": [{"name": name} for name in ("page", "ticket", "nobody")]}


@pytest.mark.parametrize("bodies", ROUTED)
def test_amtool_pages_if_the_rule_passes(bodies: Bodies, tmp_path: Path) -> None:
    assert all("page" in found for found in receivers(tmp_path, config_of(bodies)))


@pytest.mark.parametrize("bodies", LOST)
def test_amtool_loses_an_alert_if_the_rule_fails(bodies: Bodies, tmp_path: Path) -> None:
    assert any("page" not in found for found in receivers(tmp_path, config_of(bodies)))


def test_amtool_pages_with_the_configuration_of_the_library(tmp_path: Path) -> None:
    assert all("page" in found for found in receivers(tmp_path, configuration()))
