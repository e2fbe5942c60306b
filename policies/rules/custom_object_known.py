"""Custom resources in the releases of the library's own chart."""

from policies.chart_contents import image_verdicts
from policies.custom_object_specs import spec_verdict
from policies.helm_values import chart_name, chart_values, is_custom_objects, objects_of
from policies.rule import rule
from policies.stack import Block, Json, Stack, at
from policies.verdict import Verdict, all_pass, is_expression

_KNOWN = {
    "cert-manager.io": ("Certificate", "ClusterIssuer"),
    "elbv2.k8s.aws": ("TargetGroupBinding",),
    "external-secrets.io": ("ClusterSecretStore", "ExternalSecret"),
    "gateway.networking.k8s.io": ("Gateway", "HTTPRoute", "ReferenceGrant"),
    "gateway.nginx.org": (
        "ClientSettingsPolicy",
        "NginxProxy",
        "ProxySettingsPolicy",
        "RateLimitPolicy",
        "SnippetsPolicy",
        "UpstreamSettingsPolicy",
    ),
    "karpenter.k8s.aws": ("EC2NodeClass",),
    "karpenter.sh": ("NodePool",),
    "keda.sh": ("ScaledObject", "TriggerAuthentication"),
    "monitoring.coreos.com": ("PodMonitor", "PrometheusRule", "ServiceMonitor"),
}
# Kubernetes' own groups have no dot, or end with this. The Gateway API is not part of Kubernetes.
_OWN_SUFFIX = ".k8s.io"


@rule(
    id="CKV_ARQ_36",
    severity="HIGH",
    on=("helm_release",),
    why="The chart applies any object: pods and roles that no other rule evaluates, or stores of secrets.",
    link="https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/custom-resources/",
)
def custom_object_known(release: Block, _: Stack) -> Verdict:
    """Own charts must contain known kinds of custom resources, with specifications that the rule allows."""
    if chart_name(release) is not None:
        return Verdict.NOT_APPLICABLE
    values = chart_values(release)
    if not is_custom_objects(release) or values is None:
        return Verdict.UNKNOWN
    objects = objects_of(values)
    return all_pass(map(_verdict, objects)) if objects else Verdict.FAIL


def _verdict(custom_object: Json) -> Verdict:
    version, kind = at(custom_object, "apiVersion"), at(custom_object, "kind")
    if is_expression(version) or is_expression(kind):
        return Verdict.UNKNOWN
    group = str(version).rpartition("/")[0]
    if kind in _KNOWN.get(group, ()):
        spec = at(custom_object, "spec")
        return all_pass((spec_verdict(str(kind), spec), *image_verdicts(spec)))
    is_own = "." not in group or (group.endswith(_OWN_SUFFIX) and group not in _KNOWN)
    return Verdict.FAIL if is_own else Verdict.UNKNOWN
