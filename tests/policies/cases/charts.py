"""Cases of Helm releases."""

import json

from policies.stack import Json
from tests.policies.cases.example import Example
from tests.policies.mutations import add_resource, regression

OCI: dict[str, Json] = {"repository": "oci://quay.io/jetstack/charts", "chart": "cert-manager"}
FABRIC: dict[str, Json] = {"repository": "oci://ghcr.io/nginx/charts", "chart": "nginx-gateway-fabric"}
DASHBOARDS: dict[str, Json] = {
    "repository": "https://grafana-community.github.io/helm-charts",
    "chart": "grafana",
}
ADMINISTRATORS: Json = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRoleBinding",
    "roleRef": {"kind": "ClusterRole", "name": "cluster-admin"},
    "subjects": [{"kind": "Group", "name": "system:authenticated"}],
}


def values(**content: Json) -> dict[str, Json]:
    return {**OCI, "version": "v1.21.1", "values": [json.dumps(content)]}


def fabric(**content: Json) -> dict[str, Json]:
    return {**FABRIC, "version": "2.6.7", "values": [json.dumps(content)]}


EXAMPLES = (
    Example(
        "CKV_ARQ_32",
        passes=(
            {"helm_release.it": {**OCI, "version": "v1.21.1"}},
            {"helm_release.it": {**OCI, "version": "v1.21.1", "chart": "cert-manager@sha256:0"}},
            {"helm_release.it": {"chart": "oci://quay.io/jetstack/charts/cert-manager", "version": "1.21.1"}},
            {"helm_release.it": {"repository": "https://a.b", "chart": "keda", "version": "2.20.2"}},
        ),
        fails=(
            {"helm_release.it": {**OCI, "version": "v1.20.3"}},
            {"helm_release.it": {**OCI, "version": "v1.2.0"}},
            {"helm_release.it": {**OCI, "version": "1.x"}},
            {"helm_release.it": {**OCI, "version": ">=1.21.0"}},
            {"helm_release.it": {**OCI, "version": ""}},
            {"helm_release.it": {**OCI}},
        ),
        unknown=(
            {"helm_release.it": {**OCI, "version": "${var.version}"}},
            {"helm_release.it": {**OCI, "chart": "${var.chart}", "version": "1.21.1"}},
            {"helm_release.it": {**OCI, "version": "v1.99.0"}},
            {"helm_release.it": {"repository": "https://a.b", "chart": "unlisted", "version": "1.0.0"}},
        ),
        not_applicable=({"helm_release.it": {"chart": "assets/custom-objects-chart/0123"}},),
    ),
    Example(
        "CKV_ARQ_42",
        passes=(
            {"helm_release.it": {**OCI}},
            {"helm_release.it": {**OCI, "chart": "cert-manager@sha256:0"}},
            {"helm_release.it": {"chart": "oci://quay.io/jetstack/charts/cert-manager@sha256:0"}},
        ),
        fails=(
            {"helm_release.it": {**OCI, "repository": "oci://quay.io/another/charts"}},
            {"helm_release.it": {"repository": "https://a.b", "chart": "keda", "version": "2.20.2"}},
            {"helm_release.it": {"chart": "oci://quay.io/another/charts/cert-manager"}},
        ),
        unknown=(
            {"helm_release.it": {**OCI, "repository": "${var.repository}"}},
            {"helm_release.it": {"repository": "https://a.b", "chart": "unlisted", "version": "1.0.0"}},
        ),
        not_applicable=({"helm_release.it": {"chart": "assets/custom-objects-chart/0123"}},),
    ),
    Example(
        "CKV_ARQ_47",
        passes=(
            {"helm_release.it": {**OCI}},
            {"helm_release.it": values(replicaCount=2, webhook={"resources": {"limits": {"memory": "1Gi"}}})},
            {"helm_release.it": fabric(nginx={"service": {"type": "ClusterIP"}})},
            {
                "helm_release.it": {
                    **DASHBOARDS,
                    "values": ['{"grafana.ini": {"users": {}}, "rbac": {"create": false}}'],
                }
            },
        ),
        fails=(
            {"helm_release.it": values(extraObjects=[ADMINISTRATORS])},
            {"helm_release.it": values(extraObjects=[json.dumps(ADMINISTRATORS)])},
            {"helm_release.it": values(resources={"any": "apiVersion: v1\nkind: Pod"})},
            {"helm_release.it": values(resources={"any": {"apiVersion": "v1", "kind": "Pod"}})},
            {"helm_release.it": values(resources={"any": '{{ lookup "v1" "Secret" }}'})},
            {"helm_release.it": values(extraManifests=["any"])},
            {"helm_release.it": values(extraDeploy=["any"])},
            {"helm_release.it": values(extraContainers=[{"name": "it"}])},
            {"helm_release.it": values(webhook={"initContainers": [{"name": "it"}]})},
            {"helm_release.it": values(sidecars=[{"name": "it"}])},
            {"helm_release.it": values(image={"repository": "a.example/evil"})},
            {"helm_release.it": values(image={"tag": "latest"})},
            {"helm_release.it": values(webhook={"imageRegistry": "a.example"})},
            # The default of the chart is LoadBalancer.
            {"helm_release.it": fabric()},
            {"helm_release.it": fabric(nginx={"service": {"type": "NodePort"}})},
        ),
        unknown=(
            {"helm_release.it": values(unlisted=True)},
            {"helm_release.it": values(webhook={"replicaCount": 2, "unlisted": {}})},
            {"helm_release.it": {"repository": "https://a.b", "chart": "unlisted", "values": ['{"a": 1}']}},
            {"helm_release.it": {**OCI, "values": ["${yamlencode(var.values)}"]}},
            {"helm_release.it": {**OCI, "values": ["[]"]}},
            {"helm_release.it": {**OCI, "set": [{"name": "replicaCount", "value": "2"}]}},
            {"helm_release.it": {**OCI, "chart": "${var.chart}"}},
        ),
        not_applicable=({"helm_release.it": {"chart": "assets/custom-objects-chart/0123"}},),
    ),
)

REGRESSIONS = (
    regression(
        "cluster-admin in the values of a chart",
        add_resource("helm_release", lambda _: values(extraObjects=[ADMINISTRATORS])),
        "CKV_ARQ_47",
    ),
    regression(
        "load balancer for the pods of nginx",
        add_resource("helm_release", lambda _: fabric(nginx={"service": {"type": "LoadBalancer"}})),
        "CKV_ARQ_40",
    ),
    regression(
        "chart of another repository",
        add_resource(
            "helm_release",
            lambda _: {**OCI, "version": "v1.21.1", "repository": "oci://quay.io/another/charts"},
        ),
        "CKV_ARQ_42",
    ),
)
