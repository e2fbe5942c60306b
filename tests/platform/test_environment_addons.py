"""The add-ons of the committed environments: their order, and their identities in the AWS stack."""

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

from constructs_arq.platform.support_matrix import Chart, find_release
from environments.dev import DEV
from environments.environment import Environment
from environments.production import PRODUCTION
from environments.staging import STAGING

SNAPSHOTS = Path("tests/snapshots")
ENVIRONMENTS = pytest.mark.parametrize(
    "environment", [DEV, STAGING, PRODUCTION], ids=lambda each: str(each.name)
)
# Nodes of Karpenter may run the pods of all charts but these.
BEFORE_NODES = {
    Chart.AWS_LOAD_BALANCER_CONTROLLER,
    Chart.KARPENTER,
    Chart.KARPENTER_CRD,
    Chart.PROMETHEUS_OPERATOR_CRDS,
}
# The chart's key of the service account with the AWS identity.
ACCOUNTS = {
    Chart.KEDA: ("serviceAccount", "operator", "name"),
    Chart.KUBE_PROMETHEUS_STACK: ("alertmanager", "serviceAccount", "name"),
}
# A node pulls an image from the internet and starts the pod.
IMAGE_SECONDS = 90
WITHOUT_IDENTITY = {
    Chart.KARPENTER_CRD,
    Chart.GATEWAY_API_CRDS,
    Chart.NGINX_GATEWAY_FABRIC,
    Chart.PROMETHEUS_OPERATOR_CRDS,
    Chart.KUBE_STATE_METRICS,
    Chart.NODE_EXPORTER,
    Chart.ALLOY,
}

Resource = dict[str, Any]


def releases(environment: Environment) -> dict[str, Resource]:
    """Return the releases of charts by address."""
    stack = json.loads((SNAPSHOTS / f"{environment.name}-platform.json").read_text())
    return {f"helm_release.{name}": each for name, each in stack["resource"]["helm_release"].items()}


def prerequisites(address: str, found: dict[str, Resource]) -> set[str]:
    """Return all releases on which a release depends."""
    direct = {each for each in found[address].get("depends_on", []) if each in found}
    return direct.union(*(prerequisites(each, found) for each in direct))


def charts(environment: Environment) -> dict[str, Resource]:
    return {each["name"]: each for each in releases(environment).values() if each["name"] in set(Chart)}


@ENVIRONMENTS
def test_all_charts_are_installed_but_keda_without_workers(environment: Environment) -> None:
    expected = set(Chart) if environment.shop.receipts else set(Chart) - {Chart.KEDA}
    assert set(charts(environment)) == expected


@ENVIRONMENTS
def test_releases_have_the_versions_of_the_matrix(environment: Environment) -> None:
    for name, release in charts(environment).items():
        matrix = find_release(Chart(name))
        pinned = (release["repository"], release["chart"], release["version"])
        assert pinned == (matrix.repository, matrix.reference, matrix.version)


@pytest.mark.parametrize("nodes", [1, 3, 5, 30, 300])
@ENVIRONMENTS
def test_helm_waits_for_the_update_of_each_daemon_set(environment: Environment, nodes: int) -> None:
    """By default, one node follows the other: 30 nodes would take longer than any timeout."""
    found = charts(environment)
    alloy, exporter = (found[chart] for chart in (Chart.ALLOY, Chart.NODE_EXPORTER))
    controller = json.loads(alloy["values"][0])["controller"]
    stop = {alloy["name"]: controller["terminationGracePeriodSeconds"], exporter["name"]: 30}
    strategy = {
        alloy["name"]: controller["updateStrategy"],
        exporter["name"]: json.loads(exporter["values"][0])["updateStrategy"],
    }
    for release in (alloy, exporter):
        percent = int(strategy[release["name"]]["rollingUpdate"]["maxUnavailable"].removesuffix("%"))
        steps = math.ceil(nodes / math.ceil(nodes * percent / 100))
        assert steps * (stop[release["name"]] + IMAGE_SECONDS) <= release["timeout"]


@ENVIRONMENTS
def test_helm_waits_until_each_pod_of_loki_has_stored_its_logs(environment: Environment) -> None:
    loki = charts(environment)[Chart.LOKI]
    pods = json.loads(loki["values"][0])["singleBinary"]
    longest = pods["replicas"] * (pods["terminationGracePeriodSeconds"] + IMAGE_SECONDS)
    assert longest <= loki["timeout"]


@ENVIRONMENTS
def test_charts_need_the_node_pools(environment: Environment) -> None:
    found = releases(environment)
    [nodes] = [address for address, each in found.items() if each["name"] == "karpenter-nodes"]
    needing = {
        each["name"] for address, each in found.items() if nodes in prerequisites(address, found)
    } & set(Chart)
    assert needing == set(charts(environment)) - BEFORE_NODES


@ENVIRONMENTS
def test_service_accounts_have_their_role_in_the_aws_stack(environment: Environment) -> None:
    stack = json.loads((SNAPSHOTS / f"{environment.name}.json").read_text())
    platform = json.loads((SNAPSHOTS / f"{environment.name}-platform.json").read_text())
    associations = {
        (each["namespace"], each["service_account"])
        for each in stack["resource"]["aws_eks_pod_identity_association"].values()
    }
    for name, release in charts(environment).items():
        if Chart(name) in WITHOUT_IDENTITY:
            continue
        values = json.loads(release["values"][0])
        for key in ACCOUNTS.get(Chart(name), ("serviceAccount", "name")):
            values = values[key]
        namespace = release["namespace"]
        reference = re.match(r"\$\{kubernetes_namespace_v1\.([^.]+)\.", namespace)
        if reference:
            namespaces = platform["resource"]["kubernetes_namespace_v1"]
            namespace = namespaces[reference[1]]["metadata"]["name"]
        assert (namespace, values) in associations
