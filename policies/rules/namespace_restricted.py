"""Pod Security of namespaces."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_one_of

_LABELS = "kubernetes_labels"
_ENFORCE = "pod-security.kubernetes.io/enforce"


@rule(
    id="CKV_ARQ_38",
    severity="HIGH",
    on=("kubernetes_namespace_v1", "kubernetes_namespace", _LABELS),
    why="Without the label, the namespace admits privileged pods, also those that no stack contains.",
    link="https://kubernetes.io/docs/concepts/security/pod-security-admission/",
)
def namespace_restricted(namespace: Block, _: Stack) -> Verdict:
    """Namespaces must admit only restricted pods: set the label pod-security.kubernetes.io/enforce."""
    # Labels of other kinds decide which network policies and services select a pod: no rule can decide that.
    if namespace.type == _LABELS and namespace.get("kind") != "Namespace":
        return Verdict.UNKNOWN
    labels = namespace.get("labels" if namespace.type == _LABELS else "metadata.labels")
    return is_one_of(labels.get(_ENFORCE) if isinstance(labels, dict) else labels, ("restricted",))
