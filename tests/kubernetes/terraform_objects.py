"""Converts resources of the Kubernetes provider in Terraform JSON to the objects that they create.

The provider renames fields (`container` for `containers`) and takes some numbers as strings. The schema of
the Kubernetes type has the original names and types, so a conversion needs no list of either.
"""

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.kubernetes.core_types import definitions, object_schema

Object = dict[str, Any]

API_VERSIONS = {
    "ClusterRole": "rbac.authorization.k8s.io/v1",
    "ClusterRoleBinding": "rbac.authorization.k8s.io/v1",
    "ConfigMap": "v1",
    "CronJob": "batch/v1",
    "DaemonSet": "apps/v1",
    "Deployment": "apps/v1",
    "HorizontalPodAutoscaler": "autoscaling/v2",
    "Job": "batch/v1",
    "LimitRange": "v1",
    "Namespace": "v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "PersistentVolumeClaim": "v1",
    "PodDisruptionBudget": "policy/v1",
    "PriorityClass": "scheduling.k8s.io/v1",
    "ResourceQuota": "v1",
    "Role": "rbac.authorization.k8s.io/v1",
    "RoleBinding": "rbac.authorization.k8s.io/v1",
    "Secret": "v1",
    "Service": "v1",
    "ServiceAccount": "v1",
    "StatefulSet": "apps/v1",
    "StorageClass": "storage.k8s.io/v1",
}
# Arguments that instruct Terraform or the provider.
_NOT_OF_THE_OBJECT = frozenset(
    {
        "//",
        "connection",
        "count",
        "depends_on",
        "for_each",
        "lifecycle",
        "provider",
        "provisioner",
        "timeouts",
        "wait_for_completion",
        "wait_for_default_service_account",
        "wait_for_load_balancer",
        "wait_for_rollout",
        "wait_until_bound",
    }
)
_OCTAL = frozenset({"default_mode", "mode"})


def convert(resource_type: str, body: Mapping[str, Any], version: str) -> Object:
    """Return the object that a resource creates, for the schemas of a Kubernetes version.

    A field that the Kubernetes type doesn't have keeps its name, so that a validation fails.
    """
    if resource_type == "kubernetes_labels":
        # It changes an object that exists.
        metadata = {**body["metadata"], "labels": body["labels"]}
        return {"apiVersion": body["api_version"], "kind": body["kind"], "metadata": metadata}
    kind = kind_of(resource_type)
    schema = object_schema(API_VERSIONS[kind], kind, version)
    arguments = {name: value for name, value in body.items() if name not in _NOT_OF_THE_OBJECT}
    if "storage_provisioner" in arguments:
        # Terraform has an argument `provisioner` for all resources.
        arguments["provisioner"] = arguments.pop("storage_provisioner")
    converted = _Conversion(version).convert_object(arguments, schema)
    if kind == "Secret" and "data" in converted:
        converted["data"] = {
            key: base64.b64encode(value.encode()).decode() for key, value in converted["data"].items()
        }
    return {"apiVersion": API_VERSIONS[kind], "kind": kind, **converted}


def kind_of(resource_type: str) -> str:
    """Return the kind of a type: Deployment for `kubernetes_deployment_v1`."""
    words = re.sub(r"_v\d\w*$", "", resource_type.removeprefix("kubernetes_")).split("_")
    kind = "".join(word.capitalize() for word in words)
    assert kind in API_VERSIONS, f"{resource_type}: add {kind} to API_VERSIONS"
    return kind


class _Conversion:
    def __init__(self, version: str) -> None:
        self._definitions: Object = definitions(version)["$defs"]

    def convert_object(self, body: Mapping[str, Any], schema: Object) -> Object:
        converted: Object = {}
        for name, value in body.items():
            if value is None:
                continue
            field = find_field(name, schema["properties"])
            known = schema["properties"].get(field)
            converted[field] = value if known is None else self._convert(value, self._resolve(known), name)
        return converted

    def _convert(self, value: Any, schema: Object, name: str) -> Any:
        types = _types(schema)
        if "array" in types:
            items = value if isinstance(value, list) else [value]
            return [self._convert(each, self._resolve(schema["items"]), name) for each in items]
        if isinstance(value, list) and len(value) == 1 and "object" in types:
            value = value[0]
        if isinstance(value, dict) and "properties" in schema:
            return self.convert_object(value, schema)
        if isinstance(value, str) and "integer" in types and re.fullmatch(r"-?\d+", value):
            return int(value, 8 if name in _OCTAL else 10)
        if isinstance(value, str) and "boolean" in types and value in {"true", "false"}:
            return value == "true"
        return value

    def _resolve(self, schema: Object) -> Object:
        while "$ref" in schema:
            schema = self._definitions[schema["$ref"].rpartition("/")[2]]
        return schema


def _types(schema: Object) -> set[str]:
    """Return the JSON types of a schema. A port, for example, is an integer or a string."""
    types = schema.get("type", [])
    own = {types} if isinstance(types, str) else set(types)
    return own.union(*(_types(each) for each in schema.get("oneOf", ()))) - {"null"}


def find_field(name: str, properties: Mapping[str, object]) -> str:
    """Return the Kubernetes name of an argument: `clusterIP` of `cluster_ip`, `containers` of `container`."""
    by_letters = {field.lower(): field for field in properties}
    letters = name.replace("_", "").lower()
    singular = letters.removesuffix("y")
    for candidate in (letters, f"{letters}s", f"{letters}es", f"{singular}ies"):
        if candidate in by_letters:
            return by_letters[candidate]
    return name


def resources_of(stack: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str, Object]]:
    """Yield the type, the name and the body of each resource whose type has a prefix, without references."""
    for resource_type, named in stack.get("resource", {}).items():
        if resource_type.startswith(prefix):
            for name, body in named.items():
                yield resource_type, name, resolve_references(body, stack)


_REFERENCE = re.compile(r"\$\{(?P<expression>[^{}]+)\}")
_ATTRIBUTE = re.compile(r"(?P<type>kubernetes_\w+)\.(?P<name>[\w-]+)\.(?P<path>[\w.\[\]]+)")
# Values of the form that AWS gives to attributes, by the end of an expression.
_EXAMPLES = {
    "arn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/example/0123456789abcdef",
    "security_group_id": "sg-0123456789abcdef0",
    "vpc_id": "vpc-0123456789abcdef0",
    "subnet_id": "subnet-0123456789abcdef0",
}


def resolve_references(value: Any, stack: Mapping[str, Any]) -> Any:
    """Replace references to other Kubernetes objects by their values, and other expressions by examples."""
    if isinstance(value, str):
        return _REFERENCE.sub(lambda match: str(_resolve_expression(match["expression"], stack)), value)
    if isinstance(value, list):
        return [resolve_references(each, stack) for each in value]
    if isinstance(value, dict):
        return {key: resolve_references(each, stack) for key, each in value.items()}
    return value


def _resolve_expression(expression: str, stack: Mapping[str, Any]) -> object:
    attribute = _ATTRIBUTE.fullmatch(expression)
    if attribute:
        found: Any = stack["resource"][attribute["type"]][attribute["name"]]
        for step in attribute["path"].replace("[0]", "").split("."):
            found = found[0] if isinstance(found, list) else found
            found = found[step]
        return resolve_references(found, stack)
    for ending, example in _EXAMPLES.items():
        if expression.lower().replace("-", "_").endswith(ending):
            return example
    return "example"
