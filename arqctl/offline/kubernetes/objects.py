"""Checks of one object's arguments, and that no object exists twice.

https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
"""

import re
from collections.abc import Hashable, Iterator, Mapping

from arqctl.offline.aws.checks.planned_resources import PlannedResources
from arqctl.offline.aws.checks.resource import Resource, as_text, get_blocks, make_error
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_SUBDOMAIN = re.compile(rf"{_LABEL.pattern}(\.{_LABEL.pattern})*")
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?")
_LABEL_LENGTH, _SUBDOMAIN_LENGTH = 63, 253
_LABEL_KINDS = ("namespace", "service")
# The API accepts any path segment as the name of a role or a binding.
_FREE_KINDS = ("cluster_role", "cluster_role_binding", "role", "role_binding")
_SELECTING_KINDS = ("daemon_set", "daemonset", "deployment", "replication_controller", "stateful_set")


def check_object(type_: str, config: Mapping[str, Value]) -> Iterator[Diagnostic]:
    """Check the name, the labels, the selector and the volumes of an object of the provider `kubernetes`."""
    if not type_.startswith("kubernetes_"):
        return
    kind = _kind(type_)
    if kind == "labels":
        yield from _check_labels(config.get("labels"))
    for metadata in get_blocks(config, "metadata"):
        yield from _check_name(kind, as_text(metadata.get("name")))
        yield from _check_labels(metadata.get("labels"))
    for spec in get_blocks(config, "spec"):
        if kind in _SELECTING_KINDS:
            yield from _check_selector(spec)
        for template in get_blocks(spec, "template"):
            for pod in get_blocks(template, "spec"):
                yield from _check_volumes(pod)


def check_duplicate_object(resource: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """Check that no other object of the plan has the same kind, namespace and name."""
    if planned.find_with_same_key(resource, object_key):
        _, namespace, name = _identity(resource)
        where = f" in the namespace {namespace}" if namespace else ""
        yield make_error(
            "Duplicate object",
            f"Another {resource.type} of the plan has the name {name}{where}. Use another name.",
            "metadata",
        )


def forget_replaced(planned: PlannedResources, type_: str, id: str) -> None:
    """Forget an object that Terraform replaces: the new one may have the same name."""
    if type_.startswith("kubernetes_"):
        planned.remove(type_, id)


def object_key(resource: Resource) -> Hashable | None:
    """Return what identifies an object in its cluster, or None if that is not known."""
    kind, namespace, name = _identity(resource)
    return (kind, namespace, name) if name else None


def _identity(resource: Resource) -> tuple[str, str | None, str | None]:
    if not resource.type.startswith("kubernetes_"):
        return "", None, None
    metadata = next(iter(resource.get_blocks("metadata")), {})
    namespace = metadata.get("namespace")
    is_known = namespace is None or isinstance(namespace, str)
    name = as_text(metadata.get("name")) if is_known else None
    return _kind(resource.type), as_text(namespace), name


def _kind(type_: str) -> str:
    return type_.removeprefix("kubernetes_").removesuffix("_v1")


def _check_name(kind: str, name: str | None) -> Iterator[Diagnostic]:
    if name is None or kind in _FREE_KINDS:
        return
    is_label = kind in _LABEL_KINDS
    pattern, length = (_LABEL, _LABEL_LENGTH) if is_label else (_SUBDOMAIN, _SUBDOMAIN_LENGTH)
    if not pattern.fullmatch(name) or len(name) > length:
        characters = "lower-case letters, digits and hyphens" + (
            "" if is_label else ", and dots between them"
        )
        yield make_error(
            "Invalid name",
            f"The name {name!r} must have at most {length} characters: {characters}, with a letter or digit "
            "at both ends.",
            "metadata",
        )


def _check_labels(labels: Value) -> Iterator[Diagnostic]:
    for key, value in labels.items() if isinstance(labels, dict) else ():
        if isinstance(value, str) and (not _LABEL_VALUE.fullmatch(value) or len(value) > _LABEL_LENGTH):
            yield make_error(
                "Invalid label",
                f"The label {key} has the value {value!r}. It must have at most {_LABEL_LENGTH} letters, "
                "digits, hyphens, dots and underscores, with a letter or digit at both ends.",
                "metadata",
            )


def _check_selector(spec: Mapping[str, Value]) -> Iterator[Diagnostic]:
    for selector in get_blocks(spec, "selector"):
        wanted = selector.get("match_labels")
        for template in get_blocks(spec, "template"):
            for metadata in get_blocks(template, "metadata"):
                labels = metadata.get("labels")
                if not isinstance(wanted, dict) or not isinstance(labels, dict):
                    continue
                missing = [
                    key
                    for key, value in wanted.items()
                    if isinstance(value, str) and (key not in labels or _differs(labels[key], value))
                ]
                if missing:
                    yield make_error(
                        "`selector` does not match template `labels`",
                        f"The selector needs {', '.join(sorted(missing))}, but the template has other "
                        "labels. Give both the same.",
                        "spec",
                    )


def _differs(label: Value, wanted: str) -> bool:
    return isinstance(label, str) and label != wanted


def _check_volumes(pod: Mapping[str, Value]) -> Iterator[Diagnostic]:
    volumes = pod.get("volume")
    if volumes is not None and not isinstance(volumes, list):
        return
    names = [each.get("name") for each in get_blocks(pod, "volume")]
    if not all(isinstance(name, str) for name in names):
        return
    for container in (*get_blocks(pod, "container"), *get_blocks(pod, "init_container")):
        for mount in get_blocks(container, "volume_mount"):
            name = as_text(mount.get("name"))
            if name is not None and name not in names:
                yield make_error(
                    "Volume not found",
                    f"The container {container.get('name')} mounts {name!r}, which is no volume of the pod.",
                    "spec",
                )
