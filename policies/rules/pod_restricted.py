"""Security contexts of pods."""

from collections.abc import Iterator

from policies.pod_security import (
    SECCOMP_PROFILES,
    are_allowed_capabilities,
    are_allowed_selinux_options,
    is_allowed_sysctl,
    is_allowed_volume,
)
from policies.pod_specs import POD_TYPES, containers, pod_spec
from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at
from policies.verdict import Verdict, all_pass, is_expression, is_false, is_one_of, is_true, pass_if

_SECCOMP = "security_context.seccomp_profile.type"
_NON_ROOT = "security_context.run_as_non_root"
_USER = "security_context.run_as_user"
# The kubelet connects to this host, which can be any other.
_CALLS = (
    "liveness_probe.http_get",
    "liveness_probe.tcp_socket",
    "readiness_probe.http_get",
    "readiness_probe.tcp_socket",
    "startup_probe.http_get",
    "startup_probe.tcp_socket",
    "lifecycle.post_start.http_get",
    "lifecycle.post_start.tcp_socket",
    "lifecycle.pre_stop.http_get",
    "lifecycle.pre_stop.tcp_socket",
)


@rule(
    id="CKV_ARQ_34",
    severity="HIGH",
    on=POD_TYPES,
    why="The namespace rejects other pods, but only when they start. Checkov checks fewer types.",
    link="https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted",
)
def pod_restricted(workload: Block, _: Stack) -> Verdict:
    """Pods must meet the Pod Security Standard restricted: set security_context."""
    spec = pod_spec(workload)
    found = containers(spec)
    if not found:
        return Verdict.UNKNOWN if is_expression(spec) else Verdict.FAIL
    return all_pass(
        (*_pod_verdicts(spec), *(each for container in found for each in _verdicts(spec, container)))
    )


def _pod_verdicts(spec: Json) -> Iterator[Verdict]:
    for name in ("host_network", "host_pid", "host_ipc"):
        yield _is_unset_or_false(at(spec, name))
    yield from map(is_allowed_volume, as_list(at(spec, "volume")))
    yield from map(is_allowed_sysctl, as_list(at(spec, "security_context.sysctl")))
    yield from _context_verdicts(spec)


def _verdicts(spec: Json, container: Json) -> Iterator[Verdict]:
    yield is_false(at(container, "security_context.allow_privilege_escalation"))
    yield _is_unset_or_false(at(container, "security_context.privileged"))
    yield from _capabilities(at(container, "security_context.capabilities"))
    yield from _context_verdicts(container)
    non_root, seccomp, user = (_inherited(spec, container, path) for path in (_NON_ROOT, _SECCOMP, _USER))
    yield is_true(non_root)
    yield is_one_of(seccomp, SECCOMP_PROFILES)
    yield Verdict.UNKNOWN if is_expression(user) else pass_if(user not in (0, "0"))
    for port in as_list(at(container, "port")):
        yield pass_if(at(port, "host_port") in (None, 0, "0"))
    for call in _CALLS:
        yield pass_if(not at(container, f"{call}.host"))


def _context_verdicts(owner: Json) -> Iterator[Verdict]:
    """Evaluate what neither a pod nor a container may set."""
    yield are_allowed_selinux_options(at(owner, "security_context.se_linux_options"))
    yield _is_unset_or_false(at(owner, "security_context.windows_options.host_process"))
    profile = at(owner, _SECCOMP)
    yield Verdict.PASS if profile is None else is_one_of(profile, SECCOMP_PROFILES)


def _capabilities(capabilities: Json) -> Iterator[Verdict]:
    yield pass_if("ALL" in as_list(at(capabilities, "drop")))
    yield are_allowed_capabilities(at(capabilities, "add"))


def _inherited(spec: Json, container: Json, path: str) -> Json:
    """Return a setting of the container, or else that of its pod."""
    own = at(container, path)
    return at(spec, path) if own is None else own


def _is_unset_or_false(value: Json) -> Verdict:
    return Verdict.PASS if value is None else is_false(value)
