import pytest

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.network_policy import Pods
from constructs_arq.platform.grafana import DataSource, Grafana
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget
from tests.platform.addon_stack import Values, permissions_of, synthesize_addons, values_of
from tests.platform.helm_values import validate_values
from tests.support import Synthesized

PROMETHEUS = DataSource(
    uid="prometheus",
    type="prometheus",
    url="http://prometheus.monitoring:9090",
    pods=Pods(namespace="monitoring", labels={"app.kubernetes.io/name": "prometheus"}),
    port=9090,
    scrape_seconds=30,
)


def build(stack: Stack, target: AddonTarget, _: Cluster) -> None:
    Grafana(
        stack,
        "grafana",
        target=target,
        dashboards={"cluster": '{"uid":"cluster"}'},
        sources=[PROMETHEUS],
    )


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize_addons(build)


@pytest.fixture(scope="module")
def values(synthesized: Synthesized) -> Values:
    return values_of(synthesized, Chart.GRAFANA)


def test_values_are_those_of_the_chart(values: Values) -> None:
    validate_values(Chart.GRAFANA, values, "1.35")


def test_there_are_no_accounts_and_no_password(values: Values) -> None:
    settings = values["grafana.ini"]
    assert settings["auth"]["disable_login_form"] is True
    assert settings["auth.anonymous"]["org_role"] == "Viewer"
    assert values["env"] == {"GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION": "true"}


def test_viewers_can_run_queries_in_explore(values: Values) -> None:
    assert values["grafana.ini"]["users"] == {"viewers_can_edit": True}
    assert values["grafana.ini"].get("explore", {"enabled": True})["enabled"] is True


def test_grafana_knows_the_interval_of_scrapes(values: Values) -> None:
    prometheus, cloudwatch = values["datasources"]["datasources.yaml"]["datasources"]
    assert prometheus["jsonData"] == {"timeInterval": "30s"}
    assert "timeInterval" not in cloudwatch["jsonData"]


def test_it_downloads_nothing(values: Values) -> None:
    assert values["grafana.ini"]["plugins"]["preinstall_disabled"] is True
    assert not {"dashboards", "plugins", "sidecar"} & values.keys()


def test_it_reads_metrics_and_nothing_else(synthesized: Synthesized, values: Values) -> None:
    [statement] = permissions_of(synthesized, "grafana", values["serviceAccount"]["name"])
    assert {action.partition(":")[0] for action in statement["Action"]} == {"cloudwatch"}
    assert all(
        action.partition(":")[2].startswith(("Get", "List", "Describe")) for action in statement["Action"]
    )


def test_dashboards_are_in_the_mounted_folder(synthesized: Synthesized, values: Values) -> None:
    config_map = synthesized.one("kubernetes_config_map_v1", "grafana/dashboards")
    assert config_map["data"] == {"cluster.json": '{"uid":"cluster"}'}
    [provider] = values["dashboardProviders"]["dashboardproviders.yaml"]["providers"]
    [folder] = values["dashboardsConfigMaps"]
    assert provider["options"]["path"].endswith(f"/{folder}")


def test_it_may_connect_to_its_data_source(synthesized: Synthesized) -> None:
    policy = synthesized.one("kubernetes_network_policy_v1", "grafana/to-prometheus")
    [rule] = policy["spec"]["egress"]
    assert rule["ports"] == [{"port": "9090", "protocol": "TCP"}]
