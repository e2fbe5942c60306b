"""Specifications of custom resources that give rights, run code or reach other systems."""

import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit

from policies.stack import Json, as_list, at
from policies.verdict import Verdict, all_pass, is_expression, is_one_of, pass_if

_ISSUER_HOSTS = ("acme-v02.api.letsencrypt.org", "acme-staging-v02.api.letsencrypt.org")
_SNIPPET_CONTEXTS = ("http", "http.server", "http.server.location")
# Others can load code, read files, or send requests elsewhere.
_SNIPPET_DIRECTIVES = re.compile(r"gzip(_\w+)?")
_TRIGGERS = ("aws-sqs-queue", "cpu", "cron", "memory")
# The operator sends the token of Prometheus, or a secret, to the target.
_MONITOR_CREDENTIALS = frozenset(
    {"authorization", "basicAuth", "bearerTokenFile", "bearerTokenSecret", "oauth2", "proxyUrl", "tlsConfig"}
)


def spec_verdict(kind: str, spec: Json) -> Verdict:
    """Evaluate the specification of a custom object of a known kind."""
    evaluate = _EVALUATIONS.get(kind)
    return Verdict.PASS if evaluate is None else all_pass(evaluate(spec))


def _snippets(spec: Json) -> Iterator[Verdict]:
    for snippet in as_list(at(spec, "snippets")):
        yield is_one_of(at(snippet, "context"), _SNIPPET_CONTEXTS)
        text = at(snippet, "value")
        if not isinstance(text, str) or is_expression(text):
            yield Verdict.UNKNOWN
            continue
        names = [each.split()[0] for each in re.split(r"[;{}]", text) if each.strip()]
        is_known = all(_SNIPPET_DIRECTIVES.fullmatch(name) for name in names)
        yield Verdict.PASS if is_known else Verdict.UNKNOWN


def _secret_store(spec: Json) -> Iterator[Verdict]:
    provider = at(spec, "provider")
    kinds = set(provider) if isinstance(provider, dict) else set()
    yield pass_if(len(kinds) == 1 and kinds <= {"aws", "vault"})
    yield _has_only(at(provider, "aws"), "region", "service")
    if "aws" in kinds:
        yield is_one_of(at(provider, "aws.service"), ("SecretsManager",))
    if "vault" in kinds:
        yield pass_if(str(at(provider, "vault.server")).startswith("https://"))
        yield _has_only(at(provider, "vault.auth"), "kubernetes")
    conditions = as_list(at(spec, "conditions"))
    # Without conditions, all namespaces can use the store.
    yield pass_if(bool(conditions))
    for each in conditions:
        yield pass_if(bool(as_list(at(each, "namespaces"))))
        yield _has_only(each, "namespaces")


def _external_secret(spec: Json) -> Iterator[Verdict]:
    for each in as_list(at(spec, "dataFrom")):
        yield _has_only(each, "extract")


def _gateway(spec: Json) -> Iterator[Verdict]:
    for listener in as_list(at(spec, "listeners")):
        namespaces = at(listener, "allowedRoutes.namespaces")
        # The default is the namespace of the gateway.
        source = at(namespaces, "from")
        yield Verdict.PASS if source is None else is_one_of(source, ("Same", "Selector"))
        if source == "Selector":
            selector = at(namespaces, "selector")
            yield pass_if(bool(at(selector, "matchLabels") or at(selector, "matchExpressions")))


def _issuer(spec: Json) -> Iterator[Verdict]:
    yield _has_only(spec, "acme")
    server = at(spec, "acme.server")
    yield Verdict.UNKNOWN if is_expression(server) else _is_issuer(str(server))
    yield pass_if(not at(spec, "acme.skipTLSVerify") and not at(spec, "acme.caBundle"))
    for solver in as_list(at(spec, "acme.solvers")):
        yield _has_only(solver, "dns01", "selector")
        yield _has_only(at(solver, "dns01"), "route53")


def _is_issuer(server: str) -> Verdict:
    parts = urlsplit(server)
    return pass_if(parts.scheme == "https" and parts.netloc in _ISSUER_HOSTS)


def _nginx_proxy(spec: Json) -> Iterator[Verdict]:
    for part in ("deployment", "daemonSet", "service"):
        # A patch can change everything in the objects of the proxy.
        yield pass_if(not at(spec, f"kubernetes.{part}.patches"))
    service = at(spec, "kubernetes.service")
    # The default of the type is LoadBalancer.
    yield Verdict.PASS if service is None else is_one_of(at(service, "type"), ("ClusterIP",))


def _node_class(spec: Json) -> Iterator[Verdict]:
    # A script that runs as root.
    yield Verdict.UNKNOWN if at(spec, "userData") else Verdict.PASS


def _target_group_binding(spec: Json) -> Iterator[Verdict]:
    yield pass_if(not at(spec, "iamRoleArnToAssume"))
    # The controller opens security groups for it. Terraform opens those of this platform.
    yield pass_if(not at(spec, "networking"))


def _authentication(spec: Json) -> Iterator[Verdict]:
    yield _has_only(spec, "podIdentity")
    yield is_one_of(at(spec, "podIdentity.provider"), ("aws",))


def _scaled_object(spec: Json) -> Iterator[Verdict]:
    for trigger in as_list(at(spec, "triggers")):
        yield Verdict.PASS if at(trigger, "type") in _TRIGGERS else Verdict.UNKNOWN


def _monitor(spec: Json) -> Iterator[Verdict]:
    for name in ("endpoints", "podMetricsEndpoints"):
        for endpoint in as_list(at(spec, name)):
            names = set(endpoint) if isinstance(endpoint, dict) else _MONITOR_CREDENTIALS
            yield Verdict.PASS if _MONITOR_CREDENTIALS.isdisjoint(names) else Verdict.UNKNOWN


def _has_only(value: Json, *names: str) -> Verdict:
    """Pass a mapping without other names, and None. Others are UNKNOWN."""
    if value is None:
        return Verdict.PASS
    return Verdict.PASS if isinstance(value, dict) and set(value) <= set(names) else Verdict.UNKNOWN


_EVALUATIONS: Mapping[str, Callable[[Json], Iterator[Verdict]]] = {
    "ClusterIssuer": _issuer,
    "ClusterSecretStore": _secret_store,
    "EC2NodeClass": _node_class,
    "ExternalSecret": _external_secret,
    "Gateway": _gateway,
    "NginxProxy": _nginx_proxy,
    "PodMonitor": _monitor,
    "ScaledObject": _scaled_object,
    "ServiceMonitor": _monitor,
    "SnippetsPolicy": _snippets,
    "TargetGroupBinding": _target_group_binding,
    "TriggerAuthentication": _authentication,
}
