"""Version skew between kube-proxy and the control plane."""

import re

from policies.rule import rule
from policies.stack import Block, Json, Stack
from policies.verdict import Verdict, is_expression, pass_if

_MINOR = re.compile(r"v?1\.(\d+)")
_OLDEST_SKEW = 3


@rule(
    id="CKV2_ARQ_9",
    severity="HIGH",
    on=("aws_eks_addon",),
    why="Kubernetes doesn't support other combinations: services lose their connections after an upgrade.",
    link="https://kubernetes.io/releases/version-skew-policy/#kube-proxy",
)
def kube_proxy_version_skew(addon: Block, stack: Stack) -> Verdict:
    """kube-proxy must not be newer than its cluster, nor over three minors older: set addon_version."""
    name = addon.get("addon_name")
    if is_expression(name):
        return Verdict.UNKNOWN
    if name != "kube-proxy":
        return Verdict.NOT_APPLICABLE
    if addon.get("addon_version") is None:
        return Verdict.FAIL  # It keeps the version of its first installation.
    clusters = stack.resolve(addon.get("cluster_name"), "aws_eks_cluster")
    cluster = _minor(clusters[0].get("version")) if clusters else None
    proxy = _addon_minor(addon.get("addon_version"), stack)
    if cluster is None or proxy is None:
        return Verdict.UNKNOWN
    return pass_if(0 <= cluster - proxy <= _OLDEST_SKEW)


def _addon_minor(version: Json, stack: Stack) -> int | None:
    """Return the minor version. EKS's default version has that of its Kubernetes version."""
    defaults = stack.resolve(version, "aws_eks_addon_version")
    return _minor(defaults[0].get("kubernetes_version") if defaults else version)


def _minor(version: Json) -> int | None:
    match = _MINOR.match(version) if isinstance(version, str) else None
    return int(match[1]) if match else None
