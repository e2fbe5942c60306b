"""Rights of the pods and nodes that Helm values describe."""

from collections.abc import Iterator

from policies.helm_values import chart_values, settings
from policies.rule import rule
from policies.stack import Block, Json, Stack
from policies.verdict import Verdict, all_pass, is_expression, pass_if

# The values that a name may have. Charts and custom resources use the names of Kubernetes.
_ALLOWED: dict[str, tuple[Json, ...]] = {
    "allowPrivilegeEscalation": (False,),
    "hostIPC": (False,),
    "hostNetwork": (False,),
    "hostPID": (False,),
    "hostPath": (None,),
    "hostPort": (None, 0),
    "privileged": (False,),
    "runAsNonRoot": (True,),
    # Of Karpenter's nodes: pods must not get the role of their node.
    "associatePublicIPAddress": (False,),
    "encrypted": (True,),
    "httpPutResponseHopLimit": (1,),
    "httpTokens": ("required",),
}


@rule(
    id="CKV_ARQ_37",
    severity="HIGH",
    on=("helm_release",),
    why="A value can give the pods of a chart, or Karpenter's nodes, access to the host or to its role.",
    link="https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted",
)
def chart_values_restricted(release: Block, _: Stack) -> Verdict:
    """Helm values must be literal JSON without access to the host: remove privileged, hostPath and others."""
    values = chart_values(release)
    if values is None:
        return Verdict.UNKNOWN
    return all_pass(verdict for value in values for verdict in _verdicts(value))


def _verdicts(values: Json) -> Iterator[Verdict]:
    for name, value in settings(values):
        if name in _ALLOWED:
            yield _is_allowed(value, _ALLOWED[name])
        elif name == "runAsUser":
            yield Verdict.UNKNOWN if is_expression(value) else pass_if(value not in (0, "0"))
        elif name == "capabilities" and isinstance(value, dict):
            added = value.get("add") or []
            yield pass_if(isinstance(added, list) and all(each == "NET_BIND_SERVICE" for each in added))


def _is_allowed(value: Json, allowed: tuple[Json, ...]) -> Verdict:
    if is_expression(value):
        return Verdict.UNKNOWN
    return pass_if(any(type(value) is type(each) and value == each for each in allowed))
