import pytest

from constructs_arq.platform.prometheus_config import PrometheusConfig
from constructs_arq.platform.support_matrix import Chart, find_release
from tests.kubernetes.custom_resources import validate_custom_part
from tests.platform.addon_stack import Values, synthesize_addons, values_of
from tests.platform.helm_values import validate_values
from tests.platform.monitoring_builders import add_monitoring
from tests.support import Synthesized

CONFIG = PrometheusConfig(series=300_000)
# Values of the chart that it gives the object under another name, or not at all.
OTHER_NAMES = {"storageSpec": "storage"}
CHART_ONLY = "SelectorNilUsesHelmValues"


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize_addons(lambda stack, target, _: add_monitoring(stack, target, CONFIG))


@pytest.fixture(scope="module")
def values(synthesized: Synthesized) -> Values:
    return values_of(synthesized, Chart.KUBE_PROMETHEUS_STACK)


@pytest.mark.parametrize(
    "chart", [Chart.KUBE_PROMETHEUS_STACK, Chart.KUBE_STATE_METRICS, Chart.NODE_EXPORTER]
)
def test_values_are_those_of_the_chart(synthesized: Synthesized, chart: Chart) -> None:
    validate_values(chart, values_of(synthesized, chart), "1.35")


@pytest.mark.parametrize(
    ("component", "kind"), [("prometheus", "Prometheus"), ("alertmanager", "Alertmanager")]
)
def test_specifications_are_valid_for_the_operator(values: Values, component: str, kind: str) -> None:
    specification = values[component][f"{component}Spec"]
    for name, value in specification.items():
        if not name.endswith(CHART_ONLY):
            validate_custom_part(value, kind, f"spec.{OTHER_NAMES.get(name, name)}", component)


def test_monitors_and_rules_of_all_namespaces_count(values: Values) -> None:
    specification = values["prometheus"]["prometheusSpec"]
    for kind in ("serviceMonitor", "podMonitor", "rule", "scrapeConfig"):
        assert specification[f"{kind}SelectorNilUsesHelmValues"] is False
        assert f"{kind}Selector" not in specification
        assert f"{kind}NamespaceSelector" not in specification


def test_servers_are_in_different_zones_with_a_volume_for_the_retention(values: Values) -> None:
    specification = values["prometheus"]["prometheusSpec"]
    [spread] = specification["topologySpreadConstraints"]
    assert (spread["whenUnsatisfiable"], specification["replicas"]) == ("DoNotSchedule", 2)
    claim = specification["storageSpec"]["volumeClaimTemplate"]["spec"]
    volume = int(claim["resources"]["requests"]["storage"].removesuffix("Gi"))
    assert int(specification["retentionSize"].removesuffix("GB")) <= 0.8 * volume


@pytest.mark.parametrize(
    ("config", "volume_gib", "memory_mib"),
    [
        # 300,000 / 30 s x 35 d x 2 B = 56.3 GiB, 1.6 GiB of log, 80 %.
        (CONFIG, 73, 3072),
        (CONFIG.model_copy(update={"series": 600_000}), 145, 5376),
        (CONFIG.model_copy(update={"scrape_seconds": 15}), 145, 3072),
        (CONFIG.model_copy(update={"retention_days": 7}), 17, 3072),
        (CONFIG.model_copy(update={"series": 10_000, "retention_days": 1}), 10, 768),
    ],
)
def test_volume_and_memory_follow_from_the_series(
    config: PrometheusConfig, volume_gib: int, memory_mib: int
) -> None:
    assert (config.volume_gib, config.memory_mib) == (volume_gib, memory_mib)


def test_node_exporter_uses_neither_network_nor_processes_of_the_node(synthesized: Synthesized) -> None:
    values = values_of(synthesized, Chart.NODE_EXPORTER)
    assert (values["hostNetwork"], values["hostPID"]) == (False, False)


def test_metrics_of_objects_have_no_label_of_the_exporter_and_no_secrets(synthesized: Synthesized) -> None:
    values = values_of(synthesized, Chart.KUBE_STATE_METRICS)
    endpoint = values["prometheus"]["monitor"]["http"]
    assert endpoint["honorLabels"] is True
    dropped, fixed = endpoint["relabelings"]
    assert dropped == {"action": "labeldrop", "regex": "pod|service|endpoint|container"}
    assert fixed == {"targetLabel": "instance", "replacement": "kube-state-metrics"}
    assert not {"secrets", "configmaps"} & set(values["collectors"])


def test_operator_and_definitions_have_one_version() -> None:
    versions = {
        find_release(chart).app_version
        for chart in (Chart.KUBE_PROMETHEUS_STACK, Chart.PROMETHEUS_OPERATOR_CRDS)
    }
    assert len(versions) == 1
