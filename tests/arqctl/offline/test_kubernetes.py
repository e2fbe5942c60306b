"""Offline AWS refuses what the Kubernetes API refuses, and replaces objects that can't change."""

from collections.abc import Mapping

import pytest

from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.planning.imports import empty_block
from arqctl.offline.protocol.provider import ApplyResult, PlanResult
from arqctl.offline.provider import OfflineProvider
from arqctl.offline.values import UNKNOWN, Value
from tests.arqctl.offline.aws_facts.installed_facts import facts
from tests.arqctl.offline.installed_schemas import schemas_of

LABELS: Mapping[str, Value] = {"app": "api"}


@pytest.fixture
def store() -> ResourceStore:
    return ResourceStore()


@pytest.fixture
def provider(store: ResourceStore) -> OfflineProvider:
    return OfflineProvider(schemas_of("kubernetes"), facts(), store)


def metadata(name: Value = "api", namespace: Value = "shop", **more: Value) -> list[Value]:
    return [{"name": name, "namespace": namespace, **more}]


def config(provider: OfflineProvider, type_: str, **arguments: Value) -> dict[str, Value]:
    return {**empty_block(provider.resource_schema(type_)), **arguments}


def messages(provider: OfflineProvider, type_: str, **arguments: Value) -> list[str]:
    found = provider.validate_resource(type_, config(provider, type_, **arguments))
    return [each.summary for each in found if not each.summary.startswith("Missing")]


def deployment(
    selector: Mapping[str, Value] = LABELS, labels: Value = None, **pod: Value
) -> dict[str, Value]:
    metadata_of_pod: Value = [{"labels": labels or {**LABELS, "tier": "web"}}]
    template: dict[str, Value] = {"metadata": metadata_of_pod, "spec": [pod]}
    spec: dict[str, Value] = {"selector": [{"match_labels": dict(selector)}], "template": [template]}
    return {"metadata": metadata(), "spec": [spec]}


@pytest.mark.parametrize("name", ["Api", "api_v1", "-api", "a" * 254, "api..web"])
def test_invalid_names_are_refused(provider: OfflineProvider, name: str) -> None:
    assert "Invalid name" in messages(provider, "kubernetes_config_map_v1", metadata=metadata(name))


@pytest.mark.parametrize("name", ["api", "api.example", "a" * 253, UNKNOWN])
def test_valid_names_are_accepted(provider: OfflineProvider, name: Value) -> None:
    assert messages(provider, "kubernetes_config_map_v1", metadata=metadata(name)) == []
    assert messages(provider, "kubernetes_role_binding_v1", metadata=metadata("system:api")) == []


def test_names_of_namespaces_and_services_have_no_dots(provider: OfflineProvider) -> None:
    for type_ in ("kubernetes_namespace_v1", "kubernetes_service_v1"):
        assert "Invalid name" in messages(provider, type_, metadata=[{"name": "api.web"}])


def test_values_of_labels_are_checked(provider: OfflineProvider) -> None:
    invalid = metadata(labels={"app": "the api"})
    assert "Invalid label" in messages(provider, "kubernetes_config_map_v1", metadata=invalid)
    valid = metadata(labels={"app": "Api_1.2-a", "empty": "", "later": UNKNOWN})
    assert messages(provider, "kubernetes_config_map_v1", metadata=valid) == []


def test_a_selector_matches_the_labels_of_the_template(provider: OfflineProvider) -> None:
    summary = "`selector` does not match template `labels`"
    type_ = "kubernetes_deployment_v1"
    assert summary in messages(provider, type_, **deployment({"app": "web"}))
    assert summary in messages(provider, type_, **deployment({"name": "api"}))
    assert summary not in messages(provider, type_, **deployment())
    assert summary not in messages(provider, type_, **deployment(labels=UNKNOWN))


def test_a_mounted_volume_exists(provider: OfflineProvider) -> None:
    container: Value = [{"name": "api", "volume_mount": [{"name": "data", "mount_path": "/data"}]}]
    type_ = "kubernetes_deployment_v1"
    assert "Volume not found" in messages(provider, type_, **deployment(container=container, volume=[]))
    volumes: Value = [{"name": "data", "empty_dir": [{}]}]
    found = messages(provider, type_, **deployment(container=container, volume=volumes))
    assert "Volume not found" not in found


def change(
    provider: OfflineProvider, type_: str, prior: ApplyResult | None, given: Mapping[str, Value]
) -> PlanResult:
    values = config(provider, type_, **given)
    state, private = (prior.state, prior.private) if prior else (None, b"")
    return provider.plan(type_, prior=state, proposed=values, config=values, private=private)


def plan(provider: OfflineProvider, type_: str, **given: Value) -> PlanResult:
    return change(provider, type_, None, given)


def create(provider: OfflineProvider, type_: str, **given: Value) -> ApplyResult:
    planned = plan(provider, type_, **given)
    values = config(provider, type_, **given)
    return provider.apply(type_, prior=None, planned=planned.state, config=values, private=b"")


def test_two_objects_of_a_kind_have_different_names(provider: OfflineProvider) -> None:
    assert not plan(provider, "kubernetes_config_map_v1", metadata=metadata()).diagnostics
    [error] = plan(provider, "kubernetes_config_map_v1", metadata=metadata()).diagnostics
    assert error.detail == (
        "Another kubernetes_config_map_v1 of the plan has the name api in the namespace shop. "
        "Use another name."
    )
    assert not plan(provider, "kubernetes_config_map_v1", metadata=metadata("web")).diagnostics
    assert not plan(provider, "kubernetes_config_map_v1", metadata=metadata(namespace="b")).diagnostics
    assert not plan(provider, "kubernetes_service_v1", metadata=metadata()).diagnostics


def test_a_namespace_exists_before_its_objects(provider: OfflineProvider) -> None:
    [error] = create(provider, "kubernetes_config_map_v1", metadata=metadata()).diagnostics
    assert error.summary == "namespaces 'shop' not found"
    assert not create(provider, "kubernetes_namespace_v1", metadata=[{"name": "shop"}]).diagnostics
    for namespace in ("shop", "kube-system", None):
        given = metadata(f"api-{namespace}".lower(), namespace)
        assert not create(provider, "kubernetes_config_map_v1", metadata=given).diagnostics


def test_labels_need_a_namespace_that_exists(provider: OfflineProvider) -> None:
    def label(name: str, value: str = "restricted") -> dict[str, Value]:
        given: Value = [{"name": name}]
        return {"api_version": "v1", "kind": "Namespace", "metadata": given, "labels": {"level": value}}

    created = create(provider, "kubernetes_labels", **label("default"))
    assert not created.diagnostics
    assert not change(provider, "kubernetes_labels", created, label("default", "baseline")).requires_replace
    other = {**label("default"), "kind": "Pod"}
    assert change(provider, "kubernetes_labels", created, other).requires_replace
    [error] = create(provider, "kubernetes_labels", **label("shop")).diagnostics
    assert error.summary == "namespaces 'shop' not found"
    assert "Invalid label" in messages(provider, "kubernetes_labels", **label("default", "not restricted"))


def test_a_release_can_create_its_namespace(provider: OfflineProvider, store: ResourceStore) -> None:
    helm = OfflineProvider(schemas_of("helm"), facts(), store)
    release: dict[str, Value] = {"name": "nginx", "chart": "nginx", "namespace": "nginx"}
    [error] = create(helm, "helm_release", **release).diagnostics
    assert error.summary == "namespaces 'nginx' not found"
    assert not create(helm, "helm_release", **release, create_namespace=True).diagnostics
    assert not create(provider, "kubernetes_config_map_v1", metadata=metadata("a", "nginx")).diagnostics


def test_immutable_arguments_replace_an_object(provider: OfflineProvider) -> None:
    create(provider, "kubernetes_namespace_v1", metadata=[{"name": "shop"}])
    created = create(provider, "kubernetes_deployment_v1", **deployment())
    assert not created.diagnostics
    labels = {**LABELS, "tier": "web"}
    type_ = "kubernetes_deployment_v1"
    assert not change(provider, type_, created, deployment()).requires_replace
    renamed = {**deployment(), "metadata": metadata("web")}
    assert change(provider, type_, created, renamed).requires_replace
    assert change(provider, type_, created, deployment(labels, labels)).requires_replace
    # Terraform then plans the new object, while the old one still exists.
    again = plan(provider, "kubernetes_deployment_v1", **deployment(labels, labels))
    assert not again.diagnostics
