"""Checks that an object's namespace exists when the object is created."""

from collections.abc import Iterator

from arqctl.offline.aws.checks.resource import Resource, as_text, get_blocks, make_error
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.diagnostic import Diagnostic

_EXISTING = ("default", "kube-node-lease", "kube-public", "kube-system")
_NAMESPACE_TYPES = ("kubernetes_namespace_v1", "kubernetes_namespace")
_LABELS = "kubernetes_labels"
_RELEASE = "helm_release"


def check_namespace_exists(resource: Resource, store: ResourceStore) -> Iterator[Diagnostic]:
    """Check the namespace of an object or a release. For apply, when references are known."""
    name, argument = _namespace_of(resource)
    if name is None or resource.account is None or name in _EXISTING:
        return
    if name not in set(_created(resource, store)):
        yield make_error(
            f"namespaces {name!r} not found",
            f"Nothing created the namespace {name} before. Create it, and refer to its name: then Terraform "
            "creates it first.",
            argument,
        )


def _namespace_of(resource: Resource) -> tuple[str | None, str]:
    if resource.type == _RELEASE:
        creates = resource.values.get("create_namespace") is True
        return (None if creates else resource.get_text("namespace")), "namespace"
    metadata = resource.get_blocks("metadata") if resource.type.startswith("kubernetes_") else []
    # Terraform gives labels to an object that exists, and to a namespace by its own name.
    labels_namespace = resource.type == _LABELS and resource.get_text("kind") == "Namespace"
    key = "name" if labels_namespace else "namespace"
    return (as_text(metadata[0].get(key)) if metadata else None), "metadata"


def _created(resource: Resource, store: ResourceStore) -> Iterator[str | None]:
    assert resource.account is not None  # noqa: S101 - the caller has checked it
    for type_ in _NAMESPACE_TYPES:
        for each in store.list_everywhere(resource.account, type_):
            for metadata in get_blocks(each.state, "metadata"):
                yield as_text(metadata.get("name"))
    for each in store.list_everywhere(resource.account, _RELEASE):
        if each.state.get("create_namespace") is True:
            yield as_text(each.state.get("namespace"))
