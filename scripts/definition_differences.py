"""Compares CustomResourceDefinitions of charts with those that the Kubernetes API returns."""

from collections.abc import Iterator
from typing import Any, TypeAlias

Definition: TypeAlias = "dict[str, Any]"

# They change nothing that the API server accepts.
_WITHOUT_EFFECT = frozenset({"description", "example", "externalDocs", "title"})
# The API server stores these also if they are empty. It drops other empty fields.
_KEPT_EMPTY = frozenset({"additionalProperties", "default", "enum", "items", "not"})
_LONGEST_VALUE = 80


def find_differences(chart: Definition, cluster: Definition) -> list[str]:
    """Return where the definition of a chart and that of the cluster differ: names, versions and schemas.

    The status, annotations, descriptions and the address of a conversion webhook don't count.
    """
    return [*_compare(_normalize(chart["spec"]), _normalize(cluster["spec"]), "")]


def _normalize(spec: Definition) -> Definition:
    """Return what the API server makes of a definition. It fills in names and the conversion.

    https://github.com/kubernetes/kubernetes/blob/v1.35.0/staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/defaults.go
    """
    names = spec["names"]
    return {
        "group": spec["group"],
        "scope": spec["scope"],
        "names": {
            "singular": names["kind"].lower(),
            "listKind": f"{names['kind']}List",
            **_without_empty(names),
        },
        "conversion": spec.get("conversion", {}).get("strategy", "None"),
        "versions": {version["name"]: _normalize_version(version) for version in spec["versions"]},
    }


def _normalize_version(version: Definition) -> Definition:
    columns = version.get("additionalPrinterColumns") or []
    fields = {
        **version,
        "additionalPrinterColumns": [
            {key: value for key, value in _without_empty(each).items() if key != "description" and value != 0}
            for each in columns
        ],
        "schema": _normalize_schema(version["schema"]["openAPIV3Schema"]),
    }
    return _without_empty(fields)


def _normalize_schema(schema: Any) -> Any:  # noqa: ANN401 - a schema or a boolean
    if not isinstance(schema, dict):
        return schema
    normalized: Definition = {}
    for key, value in schema.items():
        if key in _WITHOUT_EFFECT:
            continue
        if key == "properties":
            normalized[key] = {name: _normalize_schema(each) for name, each in value.items()}
        elif key in {"additionalProperties", "items", "not"}:
            normalized[key] = _normalize_schema(value)
        elif key in {"allOf", "anyOf", "oneOf"}:
            normalized[key] = [_normalize_schema(each) for each in value]
        elif key == "x-kubernetes-validations":
            normalized[key] = [_without_empty(each) for each in value]
        else:
            normalized[key] = value
    return _without_empty(normalized)


def _without_empty(fields: Definition) -> Definition:
    return {key: value for key, value in fields.items() if key in _KEPT_EMPTY or not _is_empty(value)}


def _is_empty(value: object) -> bool:
    return value is None or value is False or value in ("", [], {})


def _compare(chart: object, cluster: object, path: str) -> Iterator[str]:
    if isinstance(chart, dict) and isinstance(cluster, dict):
        for key in sorted({*chart, *cluster}):
            place = f"{path}.{key}".lstrip(".")
            if key not in cluster:
                yield f"{place} is missing in the cluster"
            elif key not in chart:
                yield f"{place} is only in the cluster"
            else:
                yield from _compare(chart[key], cluster[key], place)
    elif chart != cluster:
        yield f"{path} is {_shorten(cluster)} in the cluster and {_shorten(chart)} in the chart"


def _shorten(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
