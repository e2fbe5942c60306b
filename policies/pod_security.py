"""Limits of the Pod Security Standard `restricted`.

https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
"""

import re

from policies.stack import Json, as_list, at
from policies.verdict import Verdict, is_expression, is_one_of, pass_if

SECCOMP_PROFILES = ("RuntimeDefault", "Localhost")
ADDED_CAPABILITIES = frozenset({"NET_BIND_SERVICE"})
_VOLUMES = frozenset(
    {
        "config_map",
        "csi",
        "downward_api",
        "empty_dir",
        "ephemeral",
        "persistent_volume_claim",
        "projected",
        "secret",
    }
)
_SELINUX_TYPES = ("", "container_engine_t", "container_init_t", "container_kvm_t", "container_t")
_SYSCTLS = (
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
)
_WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])")


def is_allowed_volume(volume: Json) -> Verdict:
    """Evaluate a volume of a pod, with names of Terraform or of Kubernetes."""
    if not isinstance(volume, dict):
        return Verdict.UNKNOWN if is_expression(volume) else Verdict.FAIL
    sources = {_snake_case(name) for name, source in volume.items() if source is not None} - {"name"}
    return pass_if(sources <= _VOLUMES)


def is_allowed_sysctl(sysctl: Json) -> Verdict:
    """Evaluate a kernel parameter of a pod."""
    return is_one_of(at(sysctl, "name"), _SYSCTLS)


def are_allowed_selinux_options(options: Json) -> Verdict:
    """Evaluate the SELinux context of a pod or container, or None."""
    if options is None:
        return Verdict.PASS
    if at(options, "user") or at(options, "role"):
        return Verdict.FAIL
    type_ = at(options, "type")
    return Verdict.PASS if type_ is None else is_one_of(type_, _SELINUX_TYPES)


def are_allowed_capabilities(added: Json) -> Verdict:
    """Evaluate the capabilities that a container adds."""
    return pass_if(all(isinstance(each, str) and each in ADDED_CAPABILITIES for each in as_list(added)))


def _snake_case(name: str) -> str:
    return _WORD_START.sub("_", name).lower()
