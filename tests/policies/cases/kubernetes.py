"""Cases of Kubernetes objects and Helm values."""

from policies.stack import Json
from tests.policies.cases.charts import OCI, values
from tests.policies.cases.custom_objects import NODES, custom, kind, proxy
from tests.policies.cases.example import Bodies, Example
from tests.policies.cases.pods import IMAGE, POD, RESTRICTED
from tests.policies.mutations import Regression, add_resource, regression

NODE_EXPORTER: dict[str, Json] = {
    "repository": "oci://ghcr.io/prometheus-community/charts",
    "chart": "prometheus-node-exporter",
}
ENFORCE = "pod-security.kubernetes.io/enforce"
ROLE_RULE: dict[str, Json] = {"api_groups": ["apps"], "resources": ["deployments"], "verbs": ["get"]}
TOKENS: dict[str, Json] = {"api_groups": [""], "resources": ["serviceaccounts/token"], "verbs": ["create"]}
REVIEWERS: dict[str, Json] = {"kind": "Group", "name": "reviewers"}
PEER: Json = {"ip_block": {"cidr": "10.0.0.0/16"}}
ANYWHERE: Json = {"ip_block": {"cidr": "0.0.0.0/0"}}
SHOP: Json = {"namespace_selector": {"match_labels": {"kubernetes.io/metadata.name": "shop"}}}
PORTS: Json = [{"port": "443", "protocol": "TCP"}]
ALL_PORTS: Json = [{"port": "1", "end_port": 65535, "protocol": "TCP"}]


def namespace(labels: Json) -> dict[str, Json]:
    return {"metadata": {"name": "shop", "labels": labels}}


def role(**rule: Json) -> Bodies:
    return {"kubernetes_cluster_role_v1.it": {"rule": [{**ROLE_RULE, **rule}]}}


def binding(name: Json, subject: Json = REVIEWERS) -> dict[str, Json]:
    reference: Json = {"api_group": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name}
    return {"metadata": {"name": "it"}, "role_ref": reference, "subject": [subject]}


def bound(name: Json, subject: Json = REVIEWERS) -> Bodies:
    return {"kubernetes_cluster_role_binding_v1.it": binding(name, subject)}


def service(**spec: Json) -> Bodies:
    return {"kubernetes_service_v1.it": {"spec": spec}}


def storage_class(**parameters: Json) -> Bodies:
    return {"kubernetes_storage_class_v1.it": {"parameters": parameters}}


def policy(**spec: Json) -> Bodies:
    return {"kubernetes_network_policy_v1.it": {"spec": {"policy_types": ["Ingress"], **spec}}}


_HARMLESS = ("kubernetes_config_map_v1", "kubernetes_service_account_v1", "terraform_data")
_WITH_RULES = ("kubernetes_deployment_v1", "kubernetes_pod_v1", "kubernetes_service_v1", "helm_release")
_FORBIDDEN = (
    "kubernetes_manifest",
    "kubectl_manifest",
    "kubernetes_secret_v1",
    "null_resource",
    "pagerduty_event_orchestration",
    "pagerduty_service_integration",
)
_UNKNOWN = (
    "kubernetes_validating_webhook_configuration_v1",
    "kubernetes_ingress_v1",
    "kubernetes_runtime_class_v1",
    "kustomization_resource",
    "argocd_application",
)

EXAMPLES = (
    Example(
        "CKV_ARQ_35",
        passes=tuple({f"{each}.it": {}} for each in (*_HARMLESS, *_WITH_RULES)),
        fails=tuple({f"{each}.it": {}} for each in _FORBIDDEN),
        unknown=tuple({f"{each}.it": {}} for each in _UNKNOWN),
        not_applicable=({"aws_eks_cluster.it": {}},),
    ),
    Example(
        "CKV_ARQ_55",
        passes=tuple(
            {f"data.{each}.it": {}}
            for each in ("terraform_remote_state", "kubernetes_namespace_v1", "pagerduty_user")
        ),
        fails=(
            {"data.kubernetes_secret_v1.it": {}},
            {"data.kubernetes_secret.it": {}},
            {"data.pagerduty_service_integration.it": {}},
        ),
        unknown=tuple(
            {f"data.{each}.it": {}}
            for each in ("kubernetes_resource", "kubernetes_config_map_v1", "helm_template", "external")
        ),
        not_applicable=({"data.aws_iam_role.it": {}}, {"kubernetes_secret_v1.it": {}}),
    ),
    Example(
        "CKV_ARQ_37",
        passes=(
            {"helm_release.it": values(securityContext={"runAsNonRoot": True, "privileged": False})},
            {"helm_release.it": values(podSecurityContext={"runAsUser": 1000}, hostPort=0)},
            {"helm_release.it": values(podSecurityContext={"seccompProfile": {"type": "RuntimeDefault"}})},
            {"helm_release.it": values(extraVolumes=[{"name": "it", "persistentVolumeClaim": {}}])},
            {"helm_release.it": {**OCI, "version": "v1.21.1"}},
            custom(NODES),
        ),
        fails=(
            {"helm_release.it": values(securityContext={"privileged": True})},
            {"helm_release.it": values(webhook={"hostNetwork": True})},
            {"helm_release.it": values(hostPID="true")},
            {"helm_release.it": values(securityContext={"runAsUser": 0})},
            {"helm_release.it": values(securityContext={"runAsNonRoot": False})},
            {"helm_release.it": values(volumes=[{"name": "root", "hostPath": {"path": "/"}}])},
            {"helm_release.it": values(securityContext={"capabilities": {"add": ["SYS_ADMIN"]}})},
            {"helm_release.it": values(securityContext={"seccompProfile": {"type": "Unconfined"}})},
            {"helm_release.it": values(securityContext={"procMount": "Unmasked"})},
            {"helm_release.it": values(securityContext={"seLinuxOptions": {"type": "spc_t"}})},
            {"helm_release.it": values(podSecurityContext={"sysctls": [{"name": "kernel.msgmax"}]})},
            {"helm_release.it": values(volumes=[{"name": "it", "nfs": {"server": "10.0.0.1"}}])},
            {"helm_release.it": values(webhook={"containerSecurityContext": None})},
            {"helm_release.it": {**NODE_EXPORTER, "values": ["{}"]}},
            custom(kind("karpenter.k8s.aws/v1", "EC2NodeClass", metadataOptions={"httpTokens": "optional"})),
            custom(kind("gateway.nginx.org/v1alpha2", "NginxProxy", container={"privileged": True})),
        ),
        unknown=(
            {"helm_release.it": values(securityContext={"privileged": "${var.it}"})},
            {"helm_release.it": {**OCI, "values": ["${yamlencode(var.values)}"]}},
            {"helm_release.it": {**OCI, "set": [{"name": "hostNetwork", "value": "true"}]}},
            {"helm_release.it": {**OCI, "postrender": {"binary_path": "./change.sh"}}},
        ),
        not_applicable=({"kubernetes_namespace_v1.it": {}},),
    ),
    Example(
        "CKV_ARQ_38",
        passes=(
            {"kubernetes_namespace_v1.it": namespace({ENFORCE: "restricted"})},
            {"kubernetes_namespace.it": {"metadata": [{"labels": {ENFORCE: "restricted"}}]}},
            {"kubernetes_labels.it": {"kind": "Namespace", "labels": {ENFORCE: "restricted"}}},
        ),
        fails=(
            {"kubernetes_namespace_v1.it": namespace({})},
            {"kubernetes_namespace_v1.it": namespace({ENFORCE: "privileged"})},
            {"kubernetes_namespace_v1.it": namespace({ENFORCE: "baseline"})},
            {"kubernetes_namespace_v1.it": {}},
            {"kubernetes_labels.it": {"kind": "Namespace", "labels": {ENFORCE: "privileged"}}},
            {"kubernetes_labels.it": {"kind": "Namespace", "labels": {"team": "shop"}}},
        ),
        unknown=(
            {"kubernetes_labels.it": {"kind": "Namespace", "labels": {ENFORCE: "${var.it}"}}},
            {"kubernetes_labels.it": {"kind": "Pod", "labels": {ENFORCE: "restricted"}}},
            {"kubernetes_labels.it": {"kind": "${var.kind}", "labels": {ENFORCE: "restricted"}}},
            {"kubernetes_namespace_v1.it": namespace({ENFORCE: "${var.it}"})},
            {"kubernetes_namespace_v1.it": namespace("${var.labels}")},
        ),
        not_applicable=({"kubernetes_config_map_v1.it": {}},),
    ),
    Example(
        "CKV_ARQ_39",
        passes=(
            role(),
            role(verbs=["create", "update"], resources=["leases"]),
            {"kubernetes_role.it": {"rule": ROLE_RULE}},
            {"kubernetes_role_v1.it": {"rule": [{**TOKENS, "resource_names": ["vault-login"]}]}},
            bound("view"),
            bound("${kubernetes_cluster_role_v1.reviewer.metadata[0].name}"),
            bound(
                "view",
                {"kind": "ServiceAccount", "name": "${kubernetes_service_account_v1.a.metadata[0].name}"},
            ),
        ),
        fails=(
            role(verbs=["*"]),
            role(verbs=["get", "escalate"]),
            role(resources=["*"]),
            role(resources=["secrets"]),
            role(verbs=["approve"], resources=["signers"]),
            role(verbs=["impersonate:user-info"], resources=["users"]),
            role(resources=["*/exec"]),
            role(resources=["*/token"]),
            role(resources=["deployments", "pods/*"]),
            role(resources=["nodes/proxy"]),
            role(verbs=["create"], resources=["pods"]),
            role(verbs=["get", "update"], resources=["deployments"]),
            role(verbs=["create"], resources=["jobs"]),
            role(verbs=["patch"], resources=["pods/ephemeralcontainers"]),
            role(verbs=["patch"], resources=["mutatingwebhookconfigurations"]),
            role(verbs=["update"], resources=["certificatesigningrequests/approval"]),
            {"kubernetes_role_v1.it": {"rule": [ROLE_RULE, {**ROLE_RULE, "resources": ["pods/exec"]}]}},
            {"kubernetes_cluster_role_v1.it": {}},
            {"kubernetes_role_v1.it": {"rule": [TOKENS]}},
            {"kubernetes_role_v1.it": {"rule": [{**TOKENS, "resource_names": ["${var.account}"]}]}},
            {"kubernetes_cluster_role_v1.it": {"rule": [{**TOKENS, "resource_names": ["vault-login"]}]}},
            bound("cluster-admin"),
            {"kubernetes_role_binding_v1.it": binding("admin")},
            bound("view", {"kind": "Group", "name": "system:authenticated"}),
            bound("view", {"kind": "Group", "name": "system:serviceaccounts:shop"}),
            bound("view", {"kind": "User", "name": "system:anonymous"}),
            bound("view", {"kind": "User", "name": "system:serviceaccount:shop:api"}),
            bound("view", {"kind": "ServiceAccount", "name": "default"}),
        ),
        unknown=(
            role(verbs=["${var.verb}"]),
            role(verbs=["create"], resources=["nodepools"]),
            bound("view", {"kind": "Group", "name": "${var.group}"}),
            {"kubernetes_cluster_role_v1.it": {"rule": [ROLE_RULE], "aggregation_rule": [{}]}},
            bound("another"),
            bound("${var.role}"),
        ),
        not_applicable=({"kubernetes_service_account_v1.it": {}},),
    ),
    Example(
        "CKV_ARQ_40",
        passes=(
            service(type="ClusterIP"),
            service(selector={"app": "api"}),
            {"helm_release.it": values(service={"type": "ClusterIP", "nodePorts": []}, kind={"type": "gp3"})},
            proxy(service={"type": "ClusterIP"}),
        ),
        fails=(
            service(type="LoadBalancer"),
            service(type="NodePort"),
            service(type="ExternalName"),
            service(type="ClusterIP", external_ips=["10.0.0.1"]),
            {"helm_release.it": values(nginx={"service": {"type": "LoadBalancer"}})},
            {"helm_release.it": values(webhook={"serviceType": "NodePort"})},
            {"helm_release.it": values(service={"externalIPs": ["10.0.0.1"]})},
            {"helm_release.it": values(service={"nodePort": 30000})},
            proxy(service={"type": "LoadBalancer"}),
            proxy(service={"type": "ClusterIP", "nodePorts": [{"port": 1}]}),
        ),
        unknown=(
            service(type="${var.it}"),
            {"helm_release.it": values(service={"type": "${var.it}"})},
            {"helm_release.it": {**OCI, "values": ["${yamlencode(var.values)}"]}},
        ),
        not_applicable=({"kubernetes_namespace_v1.it": {}},),
    ),
    Example(
        "CKV_ARQ_41",
        passes=(
            policy(),
            policy(ingress=[{"from": [PEER], "ports": PORTS}]),
            policy(egress={"to": PEER, "ports": PORTS}),
            policy(
                ingress=[{"from": [SHOP, {"pod_selector": {"match_labels": {"a": "b"}}}], "ports": PORTS}]
            ),
            policy(egress=[{"to": [ANYWHERE], "ports": PORTS}]),
            policy(egress=[{"to": [PEER], "ports": ALL_PORTS}]),
        ),
        fails=(
            policy(ingress=[{}]),
            policy(ingress=[{"ports": PORTS}]),
            policy(ingress=[{"from": [PEER]}]),
            policy(egress=[{"to": [PEER], "ports": PORTS}, {"to": [], "ports": PORTS}]),
            policy(ingress=[{"from": [{}], "ports": PORTS}]),
            policy(ingress=[{"from": [{"namespace_selector": {}}], "ports": PORTS}]),
            policy(ingress=[{"from": [{"namespace_selector": {}, "pod_selector": {}}], "ports": PORTS}]),
            policy(ingress=[{"from": [PEER, {"pod_selector": {"match_labels": {}}}], "ports": PORTS}]),
            policy(ingress=[{"from": [PEER], "ports": [{}]}]),
            policy(ingress=[{"from": [PEER], "ports": ALL_PORTS}]),
            policy(ingress=[{"from": [ANYWHERE], "ports": PORTS}]),
            policy(ingress=[{"from": [{"ip_block": {"cidr": "128.0.0.0/1"}}], "ports": PORTS}]),
            policy(ingress=[{"from": [{"ip_block": {"cidr": "::/0"}}], "ports": PORTS}]),
            policy(egress=[{"to": [{}], "ports": PORTS}]),
            policy(egress=[{"to": [ANYWHERE], "ports": ALL_PORTS}]),
            {"kubernetes_network_policy_v1.it": {}},
        ),
        unknown=(
            policy(ingress=[{"from": "${var.peers}", "ports": PORTS}]),
            policy(ingress=[{"from": [{"ip_block": {"cidr": "${var.cidr}"}}], "ports": PORTS}]),
            policy(ingress=[{"from": [{"namespace_selector": "${var.it}"}], "ports": PORTS}]),
            policy(ingress=[{"from": [PEER], "ports": [{"port": "${var.port}"}]}]),
            {"kubernetes_network_policy_v1.it": {"spec": "${var.spec}"}},
        ),
        not_applicable=({"kubernetes_service_v1.it": {}},),
    ),
    Example(
        "CKV_ARQ_46",
        passes=(
            storage_class(encrypted="true", kmsKeyId="arn:aws:kms:eu-west-1:111122223333:key/1"),
            storage_class(encrypted=True, kmsKeyId="${aws_kms_key.it.arn}", type="gp3"),
        ),
        fails=(
            storage_class(encrypted="true"),
            storage_class(encrypted="false", kmsKeyId="${aws_kms_key.it.arn}"),
            storage_class(kmsKeyId="${aws_kms_key.it.arn}"),
            {"kubernetes_storage_class_v1.it": {}},
        ),
        unknown=(storage_class(encrypted="${var.it}", kmsKeyId="${aws_kms_key.it.arn}"),),
        not_applicable=({"kubernetes_namespace_v1.it": {}},),
    ),
)


def added(name: str, type_: str, body: dict[str, Json], *rules: str) -> Regression:
    """Return a regression that adds a resource."""
    return regression(name, add_resource(type_, lambda _: dict(body)), *rules)


_PRIVILEGED: dict[str, Json] = {**IMAGE, "security_context": {"privileged": True}}
_HOST_POD: Json = {"spec": {"container": [RESTRICTED], "security_context": POD, "host_network": True}}

REGRESSIONS = (
    added("privileged pod", "kubernetes_pod_v1", {"spec": {"container": [_PRIVILEGED]}}, "CKV_ARQ_34"),
    added(
        "daemon set on the host", "kubernetes_daemon_set_v1", {"spec": {"template": _HOST_POD}}, "CKV_ARQ_34"
    ),
    added("manifest of any kind", "kubernetes_manifest", {"manifest": {"kind": "Pod"}}, "CKV_ARQ_35"),
    added("secret in the state", "kubernetes_secret_v1", {"data": {"key": "value"}}, "CKV_ARQ_35"),
    added("type that no rule knows", "kubernetes_ingress_v1", {}, "CKV_ARQ_35"),
    added(
        "chart that is not in the support matrix",
        "helm_release",
        {"repository": "https://charts.example.com", "chart": "dashboard", "version": "1.0.0"},
        "CKV_ARQ_32",
    ),
    added(
        "pod in custom objects", "helm_release", custom(kind("v1", "Pod"))["helm_release.it"], "CKV_ARQ_36"
    ),
    added(
        "custom object that no rule knows",
        "helm_release",
        custom(kind("argoproj.io/v1alpha1", "Rollout"))["helm_release.it"],
        "CKV_ARQ_36",
    ),
    added("privileged values of a chart", "helm_release", values(privileged=True), "CKV_ARQ_37"),
    added(
        "values set outside the values",
        "helm_release",
        {**OCI, "version": "v1.21.1", "set": [{"name": "hostNetwork", "value": "true"}]},
        "CKV_ARQ_37",
    ),
    added("namespace for privileged pods", "kubernetes_namespace_v1", namespace({}), "CKV_ARQ_38"),
    added(
        "label that admits privileged pods",
        "kubernetes_labels",
        {"kind": "Namespace", "metadata": {"name": "kube-system"}, "labels": {ENFORCE: "privileged"}},
        "CKV_ARQ_38",
    ),
    added(
        "administrator of the cluster",
        "kubernetes_cluster_role_binding_v1",
        binding("cluster-admin"),
        "CKV_ARQ_39",
    ),
    added(
        "load balancer of the cluster",
        "kubernetes_service_v1",
        {"spec": {"type": "LoadBalancer"}},
        "CKV_ARQ_40",
    ),
    added(
        "network policy for all peers",
        "kubernetes_network_policy_v1",
        {"spec": {"policy_types": ["Ingress"], "ingress": [{}]}},
        "CKV_ARQ_41",
    ),
    added(
        "volumes of pods without encryption",
        "kubernetes_storage_class_v1",
        {"parameters": {"type": "gp3"}},
        "CKV_ARQ_46",
    ),
)
