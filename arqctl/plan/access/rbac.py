"""Reads Kubernetes roles and bindings, from resources and manifests."""

from collections.abc import Iterator
from itertools import product

from arqctl.plan.access.partial_values import PartialValues
from arqctl.plan.access.permission import ChangeSide, Kind, Permission, Reader

_EVERYWHERE = "cluster"


def _role(side: ChangeSide) -> Iterator[Permission]:
    if not (side.is_created and side.values.is_unknown("rule")):  # then it aggregates other roles
        name, namespace = _metadata(side.values, is_for_all="cluster_role" in side.type)
        yield from _role_permissions(side, side.values.blocks("rule"), name, namespace)


def _binding(side: ChangeSide) -> Iterator[Permission]:
    _, namespace = _metadata(side.values, is_for_all="cluster_role" in side.type)
    yield from _binding_permissions(
        side, side.values.blocks("role_ref"), side.values.blocks("subject"), namespace
    )


def _manifest(side: ChangeSide) -> Iterator[Permission]:
    """Read a manifest, which spells names in Kubernetes' own way."""
    for manifest in side.values.blocks("manifest"):
        kind = manifest.text("kind")
        name, namespace = _metadata(manifest, is_for_all=kind.startswith("Cluster"))
        if kind in ("Role", "ClusterRole"):
            yield from _role_permissions(side, manifest.blocks("rules"), name, namespace)
        elif kind in ("RoleBinding", "ClusterRoleBinding"):
            yield from _binding_permissions(
                side, manifest.blocks("roleRef"), manifest.blocks("subjects"), namespace
            )


def _role_permissions(
    side: ChangeSide, rules: Iterator[PartialValues], name: str, namespace: str
) -> Iterator[Permission]:
    who = f"holders of Kubernetes role {name or side.address}"
    for rule in rules:
        for verb, resource in product(rule.texts("verbs"), _resources(rule)):
            yield Permission(Kind.GRANT, side.scope(f"{who} in {namespace}"), who, verb, resource)


def _resources(rule: PartialValues) -> list[str]:
    named = [f"/{each}" for each in _either(rule, "resource_names", "resourceNames")] or [""]
    groups = _either(rule, "api_groups", "apiGroups") or [""]
    found = [
        f"{group + '/' if group else ''}{resource}{name}"
        for group, resource, name in product(groups, rule.texts("resources"), named)
    ]
    return found + _either(rule, "non_resource_urls", "nonResourceURLs")


def _either(rule: PartialValues, *names: str) -> list[str]:
    return [text for name in names for text in rule.texts(name)]


def _binding_permissions(
    side: ChangeSide, roles: Iterator[PartialValues], subjects: Iterator[PartialValues], namespace: str
) -> Iterator[Permission]:
    for subject, role in product(subjects, list(roles)):
        place = f"{subject.text('namespace')}/" if subject.text("kind") == "ServiceAccount" else ""
        who = f"{subject.text('kind')} {place}{subject.text('name')}"
        what = f"all that Kubernetes role {role.text('name')} may"
        yield Permission(Kind.GRANT, side.scope(f"{who} on {namespace}"), who, what, namespace)


def _metadata(values: PartialValues, *, is_for_all: bool) -> tuple[str, str]:
    """Return its name, and its namespace or the cluster."""
    for block in values.blocks("metadata"):
        return block.text("name"), _EVERYWHERE if is_for_all else f"namespace {block.text('namespace')}"
    return "", _EVERYWHERE


_ROLES = ("kubernetes_cluster_role", "kubernetes_role")
_BINDINGS = ("kubernetes_cluster_role_binding", "kubernetes_role_binding")

READERS: dict[str, Reader] = {
    "kubernetes_manifest": _manifest,
    **{f"{type_}{version}": _role for type_ in _ROLES for version in ("", "_v1")},
    **{f"{type_}{version}": _binding for type_ in _BINDINGS for version in ("", "_v1")},
}
