"""Compares values of Helm releases with the keys of charts, which scripts/derive_chart_values.py derives."""

import re
from collections.abc import Mapping
from typing import Any

from constructs_arq.platform.chart_keys import chart_keys, leaf_values
from constructs_arq.platform.support_matrix import Chart
from tests.kubernetes.core_types import validate_part
from tests.kubernetes.custom_resources import validate_custom_part

Values = dict[str, Any]

_TYPES: dict[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "number": (int, float),
    "string": (str,),
    "list": (list,),
    "map": (dict,),
}
_CORE = "io.k8s.api.core.v1"
# Values that charts copy into objects, by the last part of their path.
_CORE_TYPES = {
    "affinity": f"{_CORE}.Affinity",
    "resources": f"{_CORE}.ResourceRequirements",
    "podSecurityContext": f"{_CORE}.PodSecurityContext",
    "containerSecurityContext": f"{_CORE}.SecurityContext",
    "strategy": "io.k8s.api.apps.v1.DeploymentStrategy",
    "updateStrategy": "io.k8s.api.apps.v1.DeploymentStrategy",
}
_CORE_ELEMENTS = {
    "tolerations": f"{_CORE}.Toleration",
    "topologySpreadConstraints": f"{_CORE}.TopologySpreadConstraint",
    "extraVolumes": f"{_CORE}.Volume",
    "extraVolumeMounts": f"{_CORE}.VolumeMount",
    "env": f"{_CORE}.EnvVar",
    "extraEnv": f"{_CORE}.EnvVar",
}
# Values that a chart copies into custom resources: chart and path, kind and path.
_CUSTOM = {
    (Chart.NGINX_GATEWAY_FABRIC, "nginx.config"): ("NginxProxy", "spec"),
    (Chart.NGINX_GATEWAY_FABRIC, "nginx.pod"): ("NginxProxy", "spec.kubernetes.deployment.pod"),
    (Chart.NGINX_GATEWAY_FABRIC, "nginxGateway.config"): ("NginxGateway", "spec"),
}


def validate_values(chart: Chart, values: Values, version: str) -> None:
    """Fail if a chart has no such key, or if a value is of another type than the chart's.

    Helm ignores unknown keys. Values that a chart copies into objects are validated as parts of the objects
    of a Kubernetes version.
    """
    keys = chart_keys(chart)
    for path, value in leaf_values(values, keys):
        assert path in keys, f"{chart} has no key {path}. Similar: {_similar(path, keys)}"
        expected = _TYPES.get(keys[path])
        # `null` removes a default.
        if value is None or expected is None or _is_int_or_string(path):
            continue
        assert isinstance(value, expected), f"{chart}: {path} is a {keys[path]}, got {value!r}"
        assert keys[path] == "boolean" or not isinstance(value, bool), f"{chart}: {path} is a {keys[path]}"
        _validate_copied(chart, path, value, version)


def _validate_copied(chart: Chart, path: str, value: Any, version: str) -> None:
    where = f"{chart}: {path}"
    for name in path.split("."):
        if name in _CORE_TYPES and isinstance(value, dict):
            validate_part(value, _CORE_TYPES[name], version, where)
        if name in _CORE_ELEMENTS and isinstance(value, list):
            for each in value:
                validate_part(each, _CORE_ELEMENTS[name], version, where)
    if (chart, path) in _CUSTOM:
        kind, custom_path = _CUSTOM[chart, path]
        validate_custom_part(value, kind, custom_path, where)


def _is_int_or_string(path: str) -> bool:
    return bool(re.search(r"(maxUnavailable|minAvailable|maxSurge)$", path))


def _similar(path: str, keys: Mapping[str, str]) -> list[str]:
    last = path.rpartition(".")[2].lower()
    return [key for key in keys if last in key.lower() or key.lower().startswith(path.lower())][:5]
