"""Arguments whose change makes Terraform's providers replace an object, because the API refuses the change.

The schemas of the bindings don't contain it. The provider's sources do (`ForceNew`):
https://github.com/hashicorp/terraform-provider-kubernetes/tree/main/kubernetes
https://github.com/hashicorp/terraform-provider-helm/blob/main/helm/resource_helm_release.go
"""

from arqctl.offline.facts import Facts, Names

_METADATA: frozenset[Names] = frozenset(
    {("metadata", "name"), ("metadata", "namespace"), ("metadata", "generate_name")}
)
_BY_KIND: dict[str, frozenset[Names]] = {
    "cluster_role_binding": frozenset({("role_ref",)}),
    "config_map": frozenset({("immutable",)}),
    "daemon_set": frozenset({("spec", "selector")}),
    "deployment": frozenset({("spec", "selector")}),
    "job": frozenset({("spec", "completion_mode"), ("spec", "selector"), ("spec", "template")}),
    "labels": frozenset({("api_version",), ("kind",)}),
    "role_binding": frozenset({("role_ref",)}),
    "secret": frozenset({("type",)}),
    "stateful_set": frozenset(
        {("spec", "pod_management_policy"), ("spec", "selector"), ("spec", "service_name")}
    ),
    "storage_class": frozenset({("parameters",), ("storage_provisioner",), ("volume_binding_mode",)}),
}
_RELEASE = Facts(replacing=frozenset({("name",), ("namespace",)}))


def immutable_facts(type_: str) -> Facts | None:
    """Return the facts of a type of the providers `kubernetes` and `helm`; None for other types."""
    if type_ == "helm_release":
        return _RELEASE
    if not type_.startswith("kubernetes_"):
        return None
    kind = type_.removeprefix("kubernetes_").removesuffix("_v1")
    return Facts(replacing=_METADATA | _BY_KIND.get(kind, frozenset()))
