"""The validators accept valid objects and refuse each kind of mistake."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from constructs_arq.platform.support_matrix import Chart, find_release
from tests.kubernetes.core_types import validate_core_object, validate_part
from tests.kubernetes.custom_resources import (
    FOLDER,
    patterns,
    read_definition,
    validate_custom_object,
)

VERSION = "1.35"
Object = dict[str, Any]
Change = Callable[[Object], object]

POLICY: Object = {
    "apiVersion": "policy/v1",
    "kind": "PodDisruptionBudget",
    "metadata": {"name": "api", "namespace": "shop", "labels": {"app.kubernetes.io/name": "api"}},
    "spec": {"maxUnavailable": 1, "selector": {"matchLabels": {"app": "api"}}},
}
ROUTE: Object = {
    "apiVersion": "gateway.networking.k8s.io/v1",
    "kind": "HTTPRoute",
    "metadata": {"name": "api", "namespace": "shop"},
    "spec": {
        "parentRefs": [{"name": "public", "namespace": "ingress"}],
        "hostnames": ["api.example.com"],
        "rules": [
            {
                "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
                "backendRefs": [{"name": "api", "port": 80}],
                "timeouts": {"request": "10s"},
            }
        ],
    },
}
GATEWAY: Object = {
    "apiVersion": "gateway.networking.k8s.io/v1",
    "kind": "Gateway",
    "metadata": {"name": "public", "namespace": "ingress"},
    "spec": {
        "gatewayClassName": "nginx",
        "listeners": [{"name": "https", "port": 8443, "protocol": "HTTPS"}],
    },
}


def changed(manifest: Object, change: Change) -> Object:
    copied = copy.deepcopy(manifest)
    change(copied)
    return copied


@pytest.mark.parametrize(
    "change",
    [
        lambda each: each["spec"].update(maxUnavailabel=1),
        lambda each: each["spec"].update(selector=[]),
        lambda each: each["metadata"].update(name="Api_1"),
        lambda each: each["metadata"].update(name="a" * 254),
        lambda each: each["metadata"]["labels"].update({"app": "a b"}),
        lambda each: each["metadata"]["labels"].update({"a b": "app"}),
        lambda each: each["metadata"]["labels"].update({"app": "a" * 64}),
    ],
)
def test_invalid_core_object_is_refused(change: Change) -> None:
    validate_core_object(POLICY, VERSION)
    with pytest.raises(AssertionError, match="PodDisruptionBudget"):
        validate_core_object(changed(POLICY, change), VERSION)


def test_a_version_without_schemas_is_refused() -> None:
    with pytest.raises(AssertionError, match=r"no schemas of 1\.35\.9"):
        validate_core_object(POLICY, "1.35.9")


def test_a_part_is_validated_with_its_type() -> None:
    toleration = "io.k8s.api.core.v1.Toleration"
    validate_part({"key": "CriticalAddonsOnly", "operator": "Exists"}, toleration, VERSION, "values")
    with pytest.raises(AssertionError, match="values"):
        validate_part({"keys": "CriticalAddonsOnly"}, toleration, VERSION, "values")


@pytest.mark.parametrize(
    "change",
    [
        lambda each: each["spec"].update(hostname="api.example.com"),
        lambda each: each["spec"]["rules"][0].update(backendRef=[]),
        lambda each: each["spec"]["rules"][0]["timeouts"].update(request="10 seconds"),
        lambda each: each["spec"]["rules"][0]["backendRefs"][0].update(port="80"),
        lambda each: each["spec"]["rules"][0]["matches"][0]["path"].update(type="Prefix"),
        lambda each: each["spec"]["rules"][0]["backendRefs"][0].pop("name"),
        lambda each: each.update(data={}),
        lambda each: each.pop("spec"),
        lambda each: each.update(apiVersion="gateway.networking.k8s.io/v1alpha2"),
        lambda each: each.update(apiVersion="networking.k8s.io/v1"),
        lambda each: each["metadata"].pop("namespace"),
        lambda each: each["metadata"].pop("name"),
        lambda each: each.update(kind="TCPRoute"),
    ],
)
def test_invalid_custom_object_is_refused(change: Change) -> None:
    validate_custom_object(ROUTE)
    with pytest.raises(AssertionError):
        validate_custom_object(changed(ROUTE, change))


def test_repeated_keys_of_a_list_are_refused() -> None:
    validate_custom_object(GATEWAY)
    listeners = GATEWAY["spec"]["listeners"]
    with pytest.raises(AssertionError, match="'https'} is repeated"):
        validate_custom_object({**GATEWAY, "spec": {**GATEWAY["spec"], "listeners": listeners * 2}})


def test_cluster_wide_kind_refuses_a_namespace() -> None:
    node_class = {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "GatewayClass",
        "metadata": {"name": "nginx"},
        "spec": {"controllerName": "gateway.nginx.org/nginx-gateway-controller"},
    }
    validate_custom_object(node_class)
    with pytest.raises(AssertionError, match="Cluster"):
        validate_custom_object({**node_class, "metadata": {"name": "nginx", "namespace": "shop"}})


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.json")), ids=lambda each: each.stem)
def test_schema_is_of_the_installed_release_and_has_valid_patterns(file: Any) -> None:
    definition = read_definition(file.stem)
    assert definition["source"] in {f"{chart}-{find_release(chart).version}" for chart in Chart}
    for schema in definition["schemas"]:
        list(patterns(schema))
