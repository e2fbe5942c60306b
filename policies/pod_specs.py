"""Pods of Kubernetes resources: specifications in the blocks of a stack."""

from policies.stack import Block, Json, as_list, at

# The path of the pod's specification in each type of Terraform's Kubernetes provider.
_POD_SPECS = {
    "kubernetes_cron_job_v1": "spec.job_template.spec.template.spec",
    "kubernetes_daemon_set_v1": "spec.template.spec",
    "kubernetes_deployment_v1": "spec.template.spec",
    "kubernetes_job_v1": "spec.template.spec",
    "kubernetes_pod_v1": "spec",
    "kubernetes_replication_controller_v1": "spec.template.spec",
    "kubernetes_stateful_set_v1": "spec.template.spec",
}
# Types of the provider's first version have the same arguments.
_OLD_NAMES = {
    "kubernetes_cron_job": "kubernetes_cron_job_v1",
    "kubernetes_daemonset": "kubernetes_daemon_set_v1",
    "kubernetes_deployment": "kubernetes_deployment_v1",
    "kubernetes_job": "kubernetes_job_v1",
    "kubernetes_pod": "kubernetes_pod_v1",
    "kubernetes_replication_controller": "kubernetes_replication_controller_v1",
    "kubernetes_stateful_set": "kubernetes_stateful_set_v1",
}
POD_TYPES = (*_POD_SPECS, *_OLD_NAMES)
"""The types that create pods."""


def pod_spec(block: Block) -> Json:
    """Return the specification of the pods that a block creates, or None if it has none."""
    return _single(block.get(_POD_SPECS[_OLD_NAMES.get(block.type, block.type)]))


def containers(spec: Json) -> list[Json]:
    """Return the containers and init containers of a pod."""
    return [each for name in ("container", "init_container") for each in as_list(at(spec, name))]


def _single(value: Json) -> Json:
    return value[0] if isinstance(value, list) and len(value) == 1 else value
