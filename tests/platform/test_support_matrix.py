import tomllib
from pathlib import Path
from typing import Any

import pytest

from constructs_arq.core.errors import ConfigError
from constructs_arq.platform.support_matrix import Chart, ChartRelease, find_release, require_compatible
from environments.dev import DEV
from environments.environment import Environment
from environments.production import PRODUCTION
from environments.staging import STAGING

MATRIX = Path("constructs_arq/platform/support_matrix.toml")
VALID: dict[str, Any] = {
    "chart": Chart.KEDA,
    "repository": "https://example.com",
    "version": "1.2.3",
    "app_version": "1.2.3",
    "kubernetes": ("1.33", "1.35"),
    "digest": f"sha256:{'0' * 64}",
    "sources": ("https://example.com",),
}


@pytest.mark.parametrize("chart", Chart)
@pytest.mark.parametrize("environment", [DEV, STAGING, PRODUCTION], ids=lambda each: str(each.name))
def test_releases_support_the_environments(chart: Chart, environment: Environment) -> None:
    find_release(chart).require_kubernetes(environment.cluster.version)


def test_matrix_has_no_other_charts() -> None:
    assert set(tomllib.loads(MATRIX.read_text())) == set(Chart)


def test_support_dates_list_the_charts_of_the_matrix() -> None:
    dates = tomllib.loads(Path("policies/lifecycle.toml").read_text())
    dated, undated = set(dates["charts"]), set(dates["charts_without_dates"]["names"])
    assert dated | undated == set(Chart)
    assert not dated & undated


def test_the_gate_knows_the_repositories_of_the_matrix() -> None:
    known = tomllib.loads(Path("policies/chart_repositories.toml").read_text())["repositories"]
    assert known == {chart: find_release(chart).repository for chart in Chart}


@pytest.mark.parametrize(
    ("version", "message"),
    [
        (
            "1.36",
            "keda: 2.20.2 supports Kubernetes 1.33 to 1.35, and the cluster runs 1.36. "
            "Take a newer release of the chart into support_matrix.toml, or keep the cluster at 1.35.",
        ),
        (
            "1.32",
            "keda: 2.20.2 supports Kubernetes 1.33 to 1.35, and the cluster runs 1.32. "
            "Upgrade the cluster first.",
        ),
    ],
)
def test_unsupported_kubernetes_version_names_range_and_fix(version: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        find_release(Chart.KEDA).require_kubernetes(version)
    assert [str(problem) for problem in error.value.problems] == [message]


@pytest.mark.parametrize("version", ["1.33", "1.34", "1.35"])
def test_range_includes_both_ends(version: str) -> None:
    find_release(Chart.KEDA).require_kubernetes(version)


def test_helm_verifies_digests_of_oci_charts_only() -> None:
    karpenter, keda, nginx = (
        find_release(chart) for chart in (Chart.KARPENTER, Chart.KEDA, Chart.NGINX_GATEWAY_FABRIC)
    )
    assert karpenter.reference == f"karpenter@{karpenter.digest}"
    assert keda.reference == "keda"
    assert nginx.reference == "nginx-gateway-fabric"


@pytest.mark.parametrize(
    "change",
    [
        {"version": "1.x"},
        {"version": ""},
        {"version": "latest"},
        {"digest": "sha256:123"},
        {"digest": None},
        {"undigested": "also"},
        {"kubernetes": ("1.33", "2")},
        {"repository": "http://example.com"},
        {"sources": ()},
        {"surprise": "value"},
    ],
    ids=str,
)
def test_incomplete_release_is_refused(change: dict[str, Any]) -> None:
    ChartRelease(**VALID)
    with pytest.raises(ConfigError):
        ChartRelease(**{**VALID, **change})


@pytest.mark.parametrize(
    ("chart", "definitions"),
    [
        (Chart.NGINX_GATEWAY_FABRIC, Chart.GATEWAY_API_CRDS),
        (Chart.KARPENTER, Chart.KARPENTER_CRD),
        (Chart.KUBE_PROMETHEUS_STACK, Chart.PROMETHEUS_OPERATOR_CRDS),
    ],
)
def test_controller_requires_its_definitions(chart: Chart, definitions: Chart) -> None:
    assert definitions in find_release(chart).requires


def test_releases_that_do_not_work_together_are_refused() -> None:
    releases = {chart: find_release(chart) for chart in Chart}
    require_compatible(releases)
    definitions = releases[Chart.KARPENTER_CRD].model_copy(update={"app_version": "1.13.0"})
    with pytest.raises(ConfigError, match=r"karpenter: \S+ requires \S+ of karpenter-crd, .* has 1\.13\.0"):
        require_compatible({**releases, Chart.KARPENTER_CRD: definitions})
