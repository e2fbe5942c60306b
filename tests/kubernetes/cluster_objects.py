"""Validates everything that a cluster stack creates: objects, custom resources and the values of charts."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from constructs_arq.kubernetes import custom_objects
from constructs_arq.platform.support_matrix import Chart, find_release
from tests.kubernetes.core_types import validate_core_object
from tests.kubernetes.custom_resources import FOLDER, validate_custom_object
from tests.kubernetes.programs import run_helm
from tests.kubernetes.terraform_objects import convert, resources_of
from tests.platform.helm_values import validate_values

Object = dict[str, Any]

_OWN_CHART = Path(custom_objects.__file__).parent / "charts/custom-objects"


def validate_stack(stack: Mapping[str, Any], version: str, folder: Path) -> list[Object]:
    """Validate all objects and values of a stack's Terraform JSON. Return the objects. Helm uses `folder`."""
    objects = [*core_objects(stack, version), *custom_objects_of(stack, version, folder)]
    for each in objects:
        if (FOLDER / f"{each['kind']}.json").exists():
            validate_custom_object(each)
        else:
            validate_core_object(each, version)
    for release in third_party_releases(stack):
        validate_release(release, version)
    return objects


def core_objects(stack: Mapping[str, Any], version: str) -> Iterator[Object]:
    """Yield the objects that resources of the Kubernetes provider create."""
    for resource_type, _, body in resources_of(stack, "kubernetes_"):
        yield convert(resource_type, body, version)


def custom_objects_of(stack: Mapping[str, Any], version: str, folder: Path) -> Iterator[Object]:
    """Yield the objects that the library's own chart creates, as Helm renders them."""
    for release in _releases(stack):
        if _is_own_chart(release):
            values = folder / f"{release['name']}.json"
            values.write_text(json.dumps(_values(release)))
            arguments = ["--namespace", release["namespace"], "--kube-version", version, "--values", values]
            rendered = run_helm("template", release["name"], _OWN_CHART, *arguments, folder=folder)
            yield from (each for each in yaml.safe_load_all(rendered) if each)


def third_party_releases(stack: Mapping[str, Any]) -> list[Object]:
    """Return the Helm releases of charts that are not part of the library."""
    return [each for each in _releases(stack) if not _is_own_chart(each)]


def validate_release(release: Object, version: str) -> None:
    """Fail if a release differs from the support matrix, or its values from the keys of the chart."""
    chart = Chart(release["chart"].partition("@")[0])
    installed = find_release(chart)
    found = (release["repository"], release["chart"], release["version"])
    assert found == (installed.repository, installed.reference, installed.version)
    assert not release.keys() & {"set", "set_list", "set_sensitive"}, f"{chart}: write all values to `values`"
    validate_values(chart, _values(release), version)


def _releases(stack: Mapping[str, Any]) -> Iterator[Object]:
    for _, _, body in resources_of(stack, "helm_release"):
        yield body


def _is_own_chart(release: Object) -> bool:
    return "repository" not in release and "custom-objects-chart" in str(release["chart"])


def _values(release: Object) -> Object:
    documents = [yaml.safe_load(each) for each in release.get("values", ())]
    assert len(documents) <= 1, f"{release['name']}: write all values to one document"
    values: Object = documents[0] if documents else {}
    return values
