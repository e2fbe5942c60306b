"""Rights of the pods and nodes that Helm values describe."""

from collections.abc import Iterator

from policies.chart_settings import chart_settings
from policies.helm_values import chart_name, chart_values, settings
from policies.pod_security import (
    SECCOMP_PROFILES,
    are_allowed_capabilities,
    are_allowed_selinux_options,
    is_allowed_sysctl,
    is_allowed_volume,
)
from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at
from policies.verdict import Verdict, all_pass, is_expression, is_one_of, pass_if

# The values that a name may have. Charts and custom resources use the names of Kubernetes.
_ALLOWED: dict[str, tuple[Json, ...]] = {
    "allowPrivilegeEscalation": (False,),
    "hostIPC": (False,),
    "hostNetwork": (False,),
    "hostPID": (False,),
    "hostPath": (None,),
    "hostPort": (None, 0),
    "hostProcess": (None, False),
    "privileged": (False,),
    "procMount": (None, "Default"),
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
    name = chart_name(release)
    has_host_access = name is not None and chart_settings(name).host_access is not None
    return all_pass((pass_if(not has_host_access), *(each for value in values for each in _verdicts(value))))


def _verdicts(values: Json) -> Iterator[Verdict]:
    for name, value in settings(values):
        if name in _ALLOWED:
            yield _is_allowed(value, _ALLOWED[name])
        elif name == "runAsUser":
            yield Verdict.UNKNOWN if is_expression(value) else pass_if(value not in (0, "0"))
        elif name == "capabilities" and isinstance(value, dict):
            yield are_allowed_capabilities(value.get("add"))
        elif name == "seccompProfile":
            yield is_one_of(at(value, "type"), SECCOMP_PROFILES)
        elif name == "seLinuxOptions":
            yield are_allowed_selinux_options(value)
        elif name == "sysctls":
            yield from map(is_allowed_sysctl, as_list(value))
        elif name.lower().endswith("volumes"):
            yield from map(is_allowed_volume, as_list(value))
        elif name.lower().endswith("securitycontext"):
            # Helm removes the chart's own security context.
            yield pass_if(value is not None)


def _is_allowed(value: Json, allowed: tuple[Json, ...]) -> Verdict:
    if is_expression(value):
        return Verdict.UNKNOWN
    return pass_if(any(type(value) is type(each) and value == each for each in allowed))
