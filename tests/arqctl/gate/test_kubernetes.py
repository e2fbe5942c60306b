"""The gate evaluates Checkov's rules for Kubernetes resources."""

from tests.arqctl.projects import Project

SAFE = {
    "allow_privilege_escalation": False,
    "capabilities": {"drop": ["ALL"]},
    "privileged": False,
    "read_only_root_filesystem": True,
    "run_as_non_root": True,
}
RESOURCES = {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "2", "memory": "1Gi"}}
PROBE = {"http_get": {"path": "/", "port": "http"}}
CONTAINER = {
    "name": "api",
    "image": f"registry.example/api@sha256:{'0' * 64}",
    "resources": RESOURCES,
    "liveness_probe": PROBE,
    "readiness_probe": PROBE,
    "security_context": SAFE,
}


def findings(project: Project, namespace: str = "shop", **changed: object) -> set[str]:
    """Return the rules that fail on a deployment whose container has these changes."""
    container = {name: value for name, value in {**CONTAINER, **changed}.items() if value is not None}
    pod = {
        "container": [container],
        "security_context": {"run_as_non_root": True, "seccomp_profile": {"type": "RuntimeDefault"}},
    }
    labels = {"app": "api"}
    deployment = {
        "metadata": {"name": "api", "namespace": namespace},
        "spec": {
            "selector": {"match_labels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }
    project.stack("dev", {"kubernetes_deployment_v1": {"api": deployment}})
    evaluated = project.evaluated()
    assert evaluated.unknown == ()
    return {finding.rule for finding in evaluated.findings if finding.rule.startswith("CKV")}


def test_a_restricted_deployment_passes(project: Project) -> None:
    assert findings(project) == set()


def test_each_missing_setting_is_a_finding(project: Project) -> None:
    assert findings(project, resources=None) == {"CKV_K8S_10", "CKV_K8S_11", "CKV_K8S_12", "CKV_K8S_13"}
    assert findings(project, liveness_probe=None, readiness_probe=None) == {"CKV_K8S_8", "CKV_K8S_9"}
    assert "CKV_K8S_16" in findings(project, security_context={**SAFE, "privileged": True})
    assert "CKV_K8S_20" in findings(project, security_context={**SAFE, "allow_privilege_escalation": True})
    assert "CKV_K8S_22" in findings(project, security_context={**SAFE, "read_only_root_filesystem": False})
    assert "CKV_K8S_14" in findings(project, image="registry.example/api:latest")
    assert "CKV_K8S_43" in findings(project, image="registry.example/api:1.0")
    assert "CKV_K8S_21" in findings(project, namespace="default")
