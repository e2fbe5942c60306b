"""All objects, custom resources and values of cluster stacks are valid for Kubernetes and for the charts."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from constructs_arq.platform.support_matrix import Chart, find_release
from tests.kubernetes.cluster_objects import validate_stack
from tests.kubernetes.manifests import ENVIRONMENTS

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"
VERSION = "1.35"
KEDA = find_release(Chart.KEDA)

STACK: dict[str, Any] = {
    "resource": {
        "kubernetes_namespace_v1": {"shop": {"metadata": {"name": "shop"}}},
        "kubernetes_service_account_v1": {
            "api": {
                "metadata": {"name": "api", "namespace": "${kubernetes_namespace_v1.shop.metadata[0].name}"}
            }
        },
        "helm_release": {
            "routes": {
                "name": "routes",
                "namespace": "shop",
                "chart": "assets/custom-objects-chart/0123",
                "values": [
                    json.dumps(
                        {
                            "objects": [
                                {
                                    "apiVersion": "cert-manager.io/v1",
                                    "kind": "Certificate",
                                    "metadata": {
                                        "name": "api",
                                        "namespace": "${kubernetes_namespace_v1.shop.metadata[0].name}",
                                    },
                                    "spec": {"secretName": "api", "issuerRef": {"name": "issuer"}},
                                }
                            ]
                        }
                    )
                ],
            },
            "keda": {
                "name": "keda",
                "namespace": "keda",
                "repository": KEDA.repository,
                "chart": KEDA.reference,
                "version": KEDA.version,
                "values": ['{"operator": {"replicaCount": 2}}'],
            },
        },
    }
}


@pytest.mark.parametrize("environment", ENVIRONMENTS.values(), ids=lambda each: str(each.name))
def test_cluster_stack_is_valid(environment: Any, tmp_path: Path) -> None:
    stack = json.loads((SNAPSHOTS / f"{environment.name}-platform.json").read_text())
    version = environment.cluster.version
    objects = validate_stack(stack, version, tmp_path)
    assert "Namespace" in {each["kind"] for each in objects}


def test_objects_of_all_sources_are_found(tmp_path: Path) -> None:
    found = {
        (each["kind"], each["metadata"].get("namespace")) for each in validate_stack(STACK, VERSION, tmp_path)
    }
    assert found == {("Namespace", None), ("ServiceAccount", "shop"), ("Certificate", "shop")}


@pytest.mark.parametrize(
    "change",
    [
        lambda each: each["kubernetes_service_account_v1"]["api"].update(secrets="a"),
        lambda each: each["kubernetes_namespace_v1"]["shop"]["metadata"].update(name="Shop"),
        lambda each: _replace(each, "routes", '"secretName"', '"secretname"'),
        lambda each: _replace(each, "routes", "cert-manager.io/v1", "cert-manager.io/v2"),
        lambda each: _replace(each, "keda", "replicaCount", "replicas"),
        lambda each: each["helm_release"]["keda"].update(version="2.20.1"),
        lambda each: each["helm_release"]["keda"].update(repository="https://example.com"),
        lambda each: each["helm_release"]["keda"].update(set=[{"name": "a", "value": "b"}]),
        lambda each: each.update(kubernetes_pod_v1={"a": {"metadata": {"name": "a"}}}),
    ],
)
def test_mistake_fails(change: Callable[[dict[str, Any]], object], tmp_path: Path) -> None:
    stack = copy.deepcopy(STACK)
    change(stack["resource"])
    with pytest.raises(AssertionError):
        validate_stack(stack, VERSION, tmp_path)


def _replace(resources: dict[str, Any], release: str, old: str, new: str) -> None:
    values = resources["helm_release"][release]["values"]
    assert old in values[0]
    values[0] = values[0].replace(old, new)
