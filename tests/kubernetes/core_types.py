"""Validates objects of Kubernetes's own types with the schemas of a version in kubernetes-validate."""

import importlib.resources
import json
import re
from functools import cache
from typing import Any

import jsonschema
import kubernetes_validate
from referencing import Registry, Resource

Schema = dict[str, Any]

_DNS_SUBDOMAIN = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_LABEL = re.compile(r"([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?")
_MAX_NAME = 253


def validate_core_object(manifest: Schema, version: str) -> None:
    """Fail if an object has an unknown field or an invalid value in a Kubernetes version, such as "1.35"."""
    try:
        found = kubernetes_validate.validate(manifest, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        raise AssertionError(f"{describe(manifest)} at {error.json_path}: {error.message}") from None
    assert found == version, f"kubernetes-validate has no schemas of {version}"
    validate_metadata(manifest)


def validate_metadata(manifest: Schema) -> None:
    """Fail if the API server would refuse the name or a label. The schemas don't have their patterns."""
    metadata = manifest["metadata"]
    name = metadata["name"]
    # Names of roles and bindings are segments of a path: they may contain colons.
    valid = "/" not in name if _is_of_rbac(manifest) else _DNS_SUBDOMAIN.fullmatch(name)
    assert valid, f"{describe(manifest)}: invalid name"
    assert len(name) <= _MAX_NAME, f"{describe(manifest)}: long name"
    for key, value in metadata.get("labels", {}).items():
        prefix, _, label = key.rpartition("/")
        valid = label and _LABEL.fullmatch(label) and (not prefix or _DNS_SUBDOMAIN.fullmatch(prefix))
        assert valid, f"{describe(manifest)}: invalid label {key}"
        assert _LABEL.fullmatch(value), f"{describe(manifest)}: invalid value of label {key}: {value}"


def _is_of_rbac(manifest: Schema) -> bool:
    return str(manifest["apiVersion"]).startswith("rbac.authorization.k8s.io/")


def validate_part(value: object, type_name: str, version: str, where: str) -> None:
    """Fail if a value is not valid for a type such as `io.k8s.api.core.v1.Toleration`."""
    schema = {"$ref": f"https://kubernetes.io/api/_definitions.json#/$defs/{type_name}"}
    for error in jsonschema.Draft202012Validator(schema, registry=_registry(version)).iter_errors(value):
        raise AssertionError(f"{where} at {error.json_path}: {error.message}")


def describe(manifest: Schema) -> str:
    """Return the kind, namespace and name of an object."""
    metadata = manifest.get("metadata", {})
    return "/".join(filter(None, (manifest["kind"], metadata.get("namespace"), metadata.get("name"))))


@cache
def definitions(version: str) -> Schema:
    """Return the schemas of all types of a Kubernetes version by name. They refuse unknown fields."""
    folder = importlib.resources.files("kubernetes_validate") / "kubernetes-json-schema"
    file = folder / f"v{version}.0-local-strict" / "_definitions.json"
    document: Schema = json.loads(file.read_text(encoding="utf-8"))
    return document


def object_schema(api_version: str, kind: str, version: str) -> Schema:
    """Return the schema of a kind."""
    group, _, number = api_version.rpartition("/")
    for schema in definitions(version)["$defs"].values():
        for each in schema.get("x-kubernetes-group-version-kind", ()):
            if (each["group"], each["version"], each["kind"]) == (group, number, kind):
                found: Schema = schema
                return found
    raise LookupError(f"{api_version} {kind}")


@cache
def _registry(version: str) -> Registry[Any]:
    return Resource.from_contents(definitions(version)) @ Registry()
