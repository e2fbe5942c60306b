"""Waits until the custom resources of a cluster stack work, and its gateways are rolled out."""

import time
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Final
from urllib.parse import quote

from arqctl.core.json_access import Body, as_list, as_object, as_text
from arqctl.core.progress import ProgressCallback
from arqctl.rollout.custom_objects import CustomObject
from arqctl.rollout.kubectl import KubectlError
from arqctl.rollout.readiness import GATEWAY_LABEL, explain, explain_deployment

_SECONDS_BETWEEN_QUERIES: Final = 10

Reader = Callable[[str], Body]
"""Returns what a path of the Kubernetes API has."""


def wait_until_ready(
    read: Reader, objects: Sequence[CustomObject], *, minutes: int, on_progress: ProgressCallback
) -> list[str]:
    """Return what is still not ready after these minutes, with reasons, or an empty list as soon as all is.

    A query that fails is repeated: the API server can be busy during a rollout.
    """
    deadline = time.monotonic() + minutes * 60
    shown: list[str] = []
    while True:
        unready = _try_to_find_unready(read, objects)
        if not unready or time.monotonic() >= deadline:
            return unready
        if unready != shown:
            on_progress(f"waiting for {len(unready)}: {'; '.join(unready)}")
            shown = unready
        time.sleep(_SECONDS_BETWEEN_QUERIES)


def _try_to_find_unready(read: Reader, objects: Sequence[CustomObject]) -> list[str]:
    try:
        return [*_find_unready(read, objects), *_find_unready_gateways(read, objects)]
    except KubectlError as error:
        return [f"the cluster can't be asked: {error}"]


def _find_unready(read: Reader, objects: Sequence[CustomObject]) -> Iterator[str]:
    for collection in sorted({each.collection for each in objects}):
        items = _items(read(collection))
        for wanted in objects:
            if wanted.collection == collection:
                found = [each for each in items if _is(wanted, each)]
                reasons = [explain(wanted.kind, each) for each in found] or ["does not exist"]
                yield from (f"{wanted}: {reason}" for reason in reasons if reason)


def _find_unready_gateways(read: Reader, objects: Sequence[CustomObject]) -> Iterator[str]:
    """Yield the gateways whose Deployment is missing or not rolled out. Helm does not know it."""
    for gateway in objects:
        if gateway.kind == "Gateway":
            selector = quote(f"{GATEWAY_LABEL}={gateway.name}", safe="")
            path = f"/apis/apps/v1/namespaces/{gateway.namespace}/deployments?labelSelector={selector}"
            deployments = _items(read(path))
            if not deployments:
                yield f"{gateway}: the controller has made no Deployment"
            for each in deployments:
                reason = explain_deployment(each)
                if reason:
                    yield f"Deployment {'/'.join(_key(each))}: {reason}"


def _is(wanted: CustomObject, found: Body) -> bool:
    namespace, name = _key(found)
    return namespace == wanted.namespace and fnmatchcase(name, wanted.name)


def _items(answer: Body) -> list[Body]:
    return [as_object(each) for each in as_list(answer.get("items"))]


def _key(found: Body) -> tuple[str, str]:
    metadata = as_object(found.get("metadata"))
    return as_text(metadata.get("namespace")), as_text(metadata.get("name"))
