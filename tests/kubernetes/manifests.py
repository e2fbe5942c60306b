"""Loads the Kubernetes manifests, with the patches of an environment."""

from pathlib import Path
from typing import Any

import yaml

from environments.discovery import discover_environments

FOLDER = Path(__file__).parents[2] / "kubernetes"
ENVIRONMENTS = {environment.name: environment for environment in discover_environments()}
Manifest = dict[str, Any]


def base() -> list[Manifest]:
    """Return the manifests that all environments share."""
    files = yaml.safe_load((FOLDER / "base/kustomization.yaml").read_text())["resources"]
    return [each for name in files for each in yaml.safe_load_all((FOLDER / "base" / name).read_text())]


def environment(name: str) -> list[Manifest]:
    """Return the manifests of an environment. Patches do what kustomize does."""
    kustomization = yaml.safe_load((FOLDER / name / "kustomization.yaml").read_text())
    assert kustomization["resources"] == ["../base"]
    manifests = base()
    for patch in kustomization["patches"]:
        targets = [each for each in manifests if _is_selected(each, patch["target"])]
        assert targets, patch
        for target in targets:
            _apply(target, yaml.safe_load(patch["patch"]))
    return manifests


def _is_selected(manifest: Manifest, target: Manifest) -> bool:
    metadata = manifest["metadata"]
    key, _, value = target.get("labelSelector", "").partition("=")
    return (
        manifest["kind"] == target["kind"]
        and target.get("name", metadata["name"]) == metadata["name"]
        and target.get("namespace", metadata.get("namespace")) == metadata.get("namespace")
        and (not key or metadata.get("labels", {}).get(key) == value)
    )


def _apply(manifest: Manifest, operations: list[Manifest]) -> None:
    for operation in operations:
        assert operation["op"] == "replace"
        *parents, last = (int(part) if part.isdigit() else part for part in operation["path"][1:].split("/"))
        node: Any = manifest
        for part in parents:
            node = node[part]
        assert last in node, operation["path"]
        node[last] = operation["value"]
