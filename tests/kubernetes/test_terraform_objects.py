"""Resources of the Kubernetes provider become valid objects, with the names and types of Kubernetes."""

import copy
from typing import Any

import pytest

from tests.kubernetes.core_types import validate_core_object
from tests.kubernetes.terraform_objects import convert, resolve_references

VERSION = "1.35"

DEPLOYMENT: dict[str, Any] = {
    "//": {"metadata": {"path": "a/b"}},
    "depends_on": ["kubernetes_namespace_v1.shop"],
    "wait_for_rollout": True,
    "metadata": {"name": "api", "namespace": "shop"},
    "spec": {
        "replicas": "2",
        "selector": {"match_labels": {"app": "api"}},
        "strategy": {"type": "RollingUpdate", "rolling_update": {"max_surge": "25%", "max_unavailable": "0"}},
        "template": {
            "metadata": {"labels": {"app": "api"}},
            "spec": {
                "host_aliases": [{"ip": "10.0.0.1", "hostnames": ["a"]}],
                "security_context": {"run_as_user": "1000", "fs_group": "1000"},
                "toleration": [{"key": "a", "operator": "Exists"}],
                "topology_spread_constraint": [
                    {
                        "max_skew": 1,
                        "topology_key": "topology.kubernetes.io/zone",
                        "when_unsatisfiable": "DoNotSchedule",
                        "label_selector": [{"match_labels": {"app": "api"}}],
                    }
                ],
                "volume": [
                    {"name": "tmp", "empty_dir": {"medium": "Memory", "size_limit": "64Mi"}},
                    {"name": "ca", "config_map": {"name": "ca", "default_mode": "0444"}},
                ],
                "container": [
                    {
                        "name": "api",
                        "image": "example.com/api@sha256:0",
                        "port": [{"container_port": 8080, "name": "http"}],
                        "env": [{"name": "A", "value_from": {"field_ref": {"field_path": "status.podIP"}}}],
                        "env_from": [{"secret_ref": {"name": "api"}}],
                        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}},
                        "readiness_probe": {"http_get": {"path": "/readyz", "port": "8080"}},
                        "lifecycle": {"pre_stop": {"exec": {"command": ["sleep", "5"]}}},
                        "volume_mount": [{"name": "tmp", "mount_path": "/cache"}],
                        "security_context": {"capabilities": {"drop": ["ALL"]}},
                    }
                ],
            },
        },
    },
}


def test_deployment_is_valid_and_has_the_names_of_kubernetes() -> None:
    manifest = convert("kubernetes_deployment_v1", DEPLOYMENT, VERSION)
    validate_core_object(manifest, VERSION)
    assert manifest["kind"] == "Deployment"
    assert manifest["spec"]["replicas"] == 2
    pod = manifest["spec"]["template"]["spec"]
    assert pod["containers"][0]["ports"] == [{"containerPort": 8080, "name": "http"}]
    assert pod["securityContext"] == {"runAsUser": 1000, "fsGroup": 1000}
    assert pod["volumes"][1]["configMap"]["defaultMode"] == 0o444
    assert pod["topologySpreadConstraints"][0]["labelSelector"] == {"matchLabels": {"app": "api"}}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("spec.template.spec.container.0.imagee", "a"),
        ("spec.template.spec.container.0.image_pull_policy", 1),
        ("spec.replicas", "two"),
        ("spec.template.spec.container.0.resources.requests", ["cpu"]),
        ("wait", True),
    ],
)
def test_unknown_field_or_type_stays_invalid(path: str, value: object) -> None:
    resource = copy.deepcopy(DEPLOYMENT)
    node: Any = resource
    *parents, last = path.split(".")
    for step in parents:
        node = node[int(step) if step.isdigit() else step]
    node[last] = value
    with pytest.raises(AssertionError, match="Deployment/shop/api"):
        validate_core_object(convert("kubernetes_deployment_v1", resource, VERSION), VERSION)


@pytest.mark.parametrize(
    ("resource_type", "body", "expected"),
    [
        (
            "kubernetes_service_v1",
            {"spec": {"cluster_ip": "None", "port": [{"port": 80, "target_port": "8080"}]}},
            {"spec": {"clusterIP": "None", "ports": [{"port": 80, "targetPort": 8080}]}},
        ),
        (
            "kubernetes_horizontal_pod_autoscaler_v2",
            {
                "spec": {
                    "max_replicas": 3,
                    "scale_target_ref": {"kind": "Deployment", "name": "api"},
                    "behavior": {
                        "scale_down": {"policy": [{"type": "Pods", "value": 1, "period_seconds": 60}]}
                    },
                    "metric": [
                        {
                            "type": "Resource",
                            "resource": {
                                "name": "cpu",
                                "target": {"type": "Utilization", "average_utilization": 70},
                            },
                        }
                    ],
                }
            },
            {
                "spec": {
                    "maxReplicas": 3,
                    "scaleTargetRef": {"kind": "Deployment", "name": "api"},
                    "behavior": {
                        "scaleDown": {"policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}]}
                    },
                    "metrics": [
                        {
                            "type": "Resource",
                            "resource": {
                                "name": "cpu",
                                "target": {"type": "Utilization", "averageUtilization": 70},
                            },
                        }
                    ],
                }
            },
        ),
        ("kubernetes_secret_v1", {"data": {"key": "value"}}, {"data": {"key": "dmFsdWU="}}),
        (
            "kubernetes_role_binding_v1",
            {
                "role_ref": {"api_group": "rbac.authorization.k8s.io", "kind": "Role", "name": "a"},
                "subject": [{"kind": "Group", "name": "a", "api_group": "rbac.authorization.k8s.io"}],
            },
            {
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "a"},
                "subjects": [{"kind": "Group", "name": "a", "apiGroup": "rbac.authorization.k8s.io"}],
            },
        ),
        (
            "kubernetes_network_policy_v1",
            {
                "spec": {
                    "pod_selector": {},
                    "policy_types": ["Egress"],
                    "egress": [
                        {
                            "to": [{"ip_block": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}],
                            "ports": [{"port": "53", "protocol": "UDP"}],
                        }
                    ],
                }
            },
            {
                "spec": {
                    "podSelector": {},
                    "policyTypes": ["Egress"],
                    "egress": [
                        {
                            "to": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}],
                            "ports": [{"port": 53, "protocol": "UDP"}],
                        }
                    ],
                }
            },
        ),
    ],
)
def test_types_are_converted(resource_type: str, body: dict[str, Any], expected: dict[str, Any]) -> None:
    manifest = convert(resource_type, {"metadata": {"name": "api"}, **body}, VERSION)
    validate_core_object(manifest, VERSION)
    assert {key: manifest[key] for key in expected} == expected


def test_references_become_names_and_examples() -> None:
    stack = {
        "resource": {
            "kubernetes_namespace_v1": {"shop": {"metadata": {"name": "shop"}}},
            "kubernetes_secret_v1": {
                "a": {"metadata": {"namespace": "${kubernetes_namespace_v1.shop.metadata[0].name}"}}
            },
        }
    }
    resolved = resolve_references(
        {
            "namespace": "${kubernetes_secret_v1.a.metadata[0].namespace}",
            "arn": "${data.terraform_remote_state.aws.outputs.cross-stack-output-aws_lb_target_groupapiarn}",
            "host": "api.${data.terraform_remote_state.aws.outputs.zone}",
        },
        stack,
    )
    assert resolved["namespace"] == "shop"
    assert resolved["arn"].startswith("arn:aws:")
    assert resolved["host"] == "api.example"
