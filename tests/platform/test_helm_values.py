"""The keys of values are compared with those of the installed release of the chart."""

from typing import Any

import pytest

from constructs_arq.core.errors import ConfigError
from constructs_arq.platform.chart_keys import FOLDER, chart_keys, require_known_keys
from constructs_arq.platform.support_matrix import Chart, find_release
from tests.platform.helm_values import validate_values

VERSION = "1.35"


def test_each_installed_release_has_keys_and_no_other_has() -> None:
    expected = {f"{chart}-{find_release(chart).version}.txt" for chart in Chart}
    assert {file.name for file in FOLDER.iterdir()} == expected


@pytest.mark.parametrize(
    ("chart", "values"),
    [
        (Chart.KARPENTER, {"settings": {"clusterName": "production"}, "replicas": 2}),
        (Chart.KARPENTER, {"affinity": {"nodeAffinity": {}}, "nodeSelector": {"kubernetes.io/os": "linux"}}),
        (Chart.KARPENTER, {"controller": {"resources": {"requests": {"cpu": "1", "memory": "1Gi"}}}}),
        (Chart.NGINX_GATEWAY_FABRIC, {"nginx": {"config": {"logging": {"errorLevel": "info"}}}}),
        (Chart.CERT_MANAGER, {"crds": {"enabled": True}, "webhook": {"replicaCount": 2}}),
        (Chart.KEDA, {"podDisruptionBudget": {"operator": {"maxUnavailable": 1}}}),
        (Chart.AWS_LOAD_BALANCER_CONTROLLER, {"replicaCount": 2, "serviceTargetENISGTags": "a=b"}),
        (Chart.GATEWAY_API_CRDS, {}),
    ],
)
def test_known_keys_pass(chart: Chart, values: dict[str, Any]) -> None:
    validate_values(chart, values, VERSION)


@pytest.mark.parametrize(
    ("chart", "values", "message"),
    [
        (Chart.KARPENTER, {"setting": {"clusterName": "a"}}, "has no key setting"),
        (Chart.KARPENTER, {"settings": {"clustername": "a"}}, "has no key settings.clustername"),
        (Chart.KARPENTER, {"replicas": "2"}, "is a number"),
        (Chart.KARPENTER, {"replicas": True}, "is a number"),
        (Chart.KARPENTER, {"settings": "a"}, "has no key settings"),
        (Chart.KARPENTER, {"tolerations": {"key": "a"}}, "is a list"),
        (Chart.KARPENTER, {"tolerations": [{"keys": "a"}]}, "tolerations"),
        (Chart.KARPENTER, {"affinity": {"nodeAfinity": {}}}, "affinity"),
        (Chart.KARPENTER, {"controller": {"resources": {"request": {}}}}, "resources"),
        (Chart.NGINX_GATEWAY_FABRIC, {"nginx": {"config": {"loging": {}}}}, "nginx.config"),
        (Chart.GATEWAY_API_CRDS, {"enabled": True}, "has no key enabled"),
    ],
)
def test_unknown_keys_and_wrong_types_fail(chart: Chart, values: dict[str, Any], message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        validate_values(chart, values, VERSION)


@pytest.mark.parametrize("chart", Chart)
def test_no_key_is_part_of_another(chart: Chart) -> None:
    keys = chart_keys(chart)
    maps = {f"{path}." for path, kind in keys.items() if kind == "map"}
    assert not [path for path in keys if path.startswith(tuple(maps))]


def test_synthesis_refuses_unknown_keys_with_the_nearest() -> None:
    values: dict[str, Any] = {"settings": {"clusterNam": "a", "interruptionQueue": "b"}, "unlike": {}}
    with pytest.raises(ConfigError) as raised:
        require_known_keys(Chart.KARPENTER, values)
    message = " ".join(str(raised.value).split())
    expected = "karpenter.settings.clusterNam: the chart has no such key. Did you mean settings.clusterName?"
    assert expected in message
    assert "karpenter.unlike: the chart has no such key" in message
    assert "interruptionQueue" not in message
