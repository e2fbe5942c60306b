"""`arqctl rollout check`: conditions as controllers write them, a rollout of nginx, and a bounded wait."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from arqctl.core.assembly import Stack
from arqctl.rollout import check
from arqctl.rollout.custom_objects import PLURALS, find_custom_objects
from arqctl.rollout.readiness import explain, explain_deployment
from tests.arqctl.command_line import run
from tests.arqctl.projects import Project
from tests.workflows.workflow_loader import ENVIRONMENTS, ROOT

Capture = pytest.CaptureFixture[str]
Body = dict[str, Any]
# Their controllers report no status. The objects that refer to them do.
# The operator of Prometheus writes none for monitors and rules.
WITHOUT_STATUS = {"NginxProxy", "PodMonitor", "PrometheusRule", "ServiceMonitor", "TriggerAuthentication"}
CERTIFICATES = "/apis/cert-manager.io/v1/certificates"
SELECTOR = "gateway.networking.k8s.io%2Fgateway-name%3Dmain"
DEPLOYMENTS = f"/apis/apps/v1/namespaces/gateway/deployments?labelSelector={SELECTOR}"


def condition(type_: str, status: str = "True", *, message: str = "", **more: object) -> Body:
    reason = "Ready" if status == "True" else "Failed"
    return {"type": type_, "status": status, "reason": reason, "message": message, **more}


def found(status: Body, generation: int = 2) -> Body:
    return {"metadata": {"namespace": "gateway", "name": "main", "generation": generation}, "status": status}


def owner(*conditions: Body) -> Body:
    return {"controllerName": "gateway.nginx.org/nginx-gateway-controller", "conditions": [*conditions]}


LISTENER = {"name": "https", "conditions": [condition("Accepted"), condition("Programmed")]}
GATEWAY = {"conditions": [condition("Accepted"), condition("Programmed")], "listeners": [LISTENER]}
ROUTE = owner(condition("Accepted", observedGeneration=2), condition("ResolvedRefs", observedGeneration=2))
ROLLED_OUT: Body = {
    "metadata": {"namespace": "gateway", "name": "main-nginx", "generation": 3},
    "spec": {"replicas": 2},
    "status": {"observedGeneration": 3, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2},
}


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("Certificate", {"conditions": [condition("Ready", observedGeneration=2)]}),
        ("ClusterSecretStore", {"conditions": [condition("Ready")]}),
        ("ExternalSecret", {"conditions": [condition("Ready")]}),
        ("NodePool", {"conditions": [condition("NodeClassReady"), condition("Ready", observedGeneration=2)]}),
        ("Gateway", GATEWAY),
        ("HTTPRoute", {"parents": [ROUTE]}),
        ("RateLimitPolicy", {"ancestors": [owner(condition("Accepted"))]}),
        ("TargetGroupBinding", {"observedGeneration": 2}),
    ],
)
def test_an_object_whose_controller_reports_success_is_ready(kind: str, status: Body) -> None:
    assert explain(kind, found(status)) == ""


@pytest.mark.parametrize(
    ("kind", "status", "reason"),
    [
        ("Certificate", {}, "Ready is not reported yet"),
        (
            "Certificate",
            {"conditions": [condition("Ready", "False", message="429 too many certificates")]},
            "Ready=False Failed: 429 too many certificates",
        ),
        (
            "Certificate",
            {"conditions": [condition("Ready", observedGeneration=1)]},
            "Ready is of an earlier version",
        ),
        (
            "NodePool",
            {"conditions": [condition("Ready", "Unknown", message="NodeClass")]},
            "Ready=Unknown Failed: NodeClass",
        ),
        (
            "Gateway",
            GATEWAY
            | {"conditions": [condition("Accepted"), condition("Programmed", "False", message="no pod")]},
            "Programmed=False Failed: no pod",
        ),
        (
            "Gateway",
            GATEWAY | {"listeners": [owner(condition("Accepted", "False", message="secret gateway-tls"))]},
            "Accepted=False Failed: secret gateway-tls; Programmed is not reported yet",
        ),
        ("Gateway", GATEWAY | {"listeners": []}, "no listener is observed yet"),
        ("HTTPRoute", {"parents": []}, "no controller has observed it yet"),
        (
            "HTTPRoute",
            {"parents": [ROUTE, owner(condition("Accepted", "False", message="no host"))]},
            "Accepted=False Failed: no host; ResolvedRefs is not reported yet",
        ),
        (
            "SnippetsPolicy",
            {"ancestors": [owner(condition("Accepted", "False", message="target not found"))]},
            "Accepted=False Failed: target not found",
        ),
        ("SnippetsPolicy", {}, "no controller has observed it yet"),
        (
            "TargetGroupBinding",
            {"observedGeneration": 1},
            "the controller has not registered its targets yet",
        ),
    ],
)
def test_messages_of_conditions_explain_an_object_that_is_not_ready(
    kind: str, status: Body, reason: str
) -> None:
    assert explain(kind, found(status)) == reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"observedGeneration": 2}, "the change is not observed yet"),
        ({"updatedReplicas": 1}, "1 of 2 pods are updated, 2 are available"),
        ({"replicas": 3}, "2 of 2 pods are updated, 2 are available"),
        (
            {"availableReplicas": 0, "conditions": [condition("Progressing", "False", message="deadline")]},
            "2 of 2 pods are updated, 0 are available; Progressing=False Failed: deadline",
        ),
    ],
)
def test_a_deployment_is_ready_when_only_new_pods_run_and_all_are_available(
    changes: Body, reason: str
) -> None:
    assert explain_deployment(ROLLED_OUT) == ""
    assert explain_deployment(ROLLED_OUT | {"status": ROLLED_OUT["status"] | changes}) == reason


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_each_kind_of_the_environments_is_checked_or_has_no_status(name: str) -> None:
    file = ROOT / f"tests/snapshots/{name}-platform.json"
    document: Body = json.loads(file.read_text())
    stack = Stack(f"{name}-platform", name, file, "", document)
    objects = [
        each
        for release in document["resource"]["helm_release"].values()
        for values in release.get("values", ())
        if values.startswith("{")
        for each in json.loads(values).get("objects") or ()
        if isinstance(each, dict)
    ]
    kinds = {each["kind"] for each in objects}
    assert kinds - PLURALS.keys() <= WITHOUT_STATUS
    checked = {str(each) for each in find_custom_objects(stack)}
    assert {"Certificate gateway/gateway", "HTTPRoute shop/api", "NodePool general"} <= checked
    assert not any("${" in each for each in checked)
    assert len(checked) == sum(each["kind"] in PLURALS for each in objects)


class Cluster:
    """Answers kubectl in order, and counts the time that the check waits."""

    def __init__(self, folder: Path) -> None:
        self.answers = folder / "answers"
        self.answers.mkdir()
        self.seconds = 0.0
        program = folder / "bin/kubectl"
        program.parent.mkdir()
        program.write_text(
            f'#!/bin/sh\necho "$@" >>{folder}/calls\n'
            f'name=$(echo "$3" | tr / _)\ncat "{self.answers}/$name" && exit 0\n'
            "echo 'Error from server (NotFound)' >&2\nexit 1\n"
        )
        program.chmod(0o755)

    def answer(self, path: str, *items: Mapping[str, object]) -> None:
        (self.answers / path.replace("/", "_")).write_text(json.dumps({"items": items}))

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, current_project: Project) -> Cluster:
    fake = Cluster(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin", prepend=":")
    monkeypatch.setattr(check, "time", fake)
    namespace = "${kubernetes_namespace_v1.ns.metadata[0].name}"
    objects = [
        {
            "apiVersion": "cert-manager.io/v1",
            "kind": "Certificate",
            "metadata": {"name": "m${hash}", "namespace": namespace},
        },
        {
            "apiVersion": "gateway.networking.k8s.io/v1",
            "kind": "Gateway",
            "metadata": {"name": "main", "namespace": namespace},
        },
        {"apiVersion": "keda.sh/v1alpha1", "kind": "TriggerAuthentication", "metadata": {"name": "main"}},
    ]
    current_project.stack("dev")
    current_project.stack(
        "dev-platform",
        {
            "kubernetes_namespace_v1": {"ns": {"metadata": {"name": "gateway"}}},
            "helm_release": {
                "gateway": {"values": [json.dumps({"objects": objects})]},
                "addon": {"values": ["replicas: 2"]},
            },
        },
    )
    fake.answer("/apis/gateway.networking.k8s.io/v1/gateways", found(GATEWAY))
    fake.answer(DEPLOYMENTS, ROLLED_OUT)
    fake.answer(CERTIFICATES, found({"conditions": [condition("Ready")]}))
    return fake


def rollout_check(capsys: Capture) -> tuple[int, str, str]:
    return run(capsys, "rollout", "check", "dev", "--minutes", "1", "--from", "cdktf.out")


def test_a_cluster_where_all_is_ready_passes_at_once(cluster: Cluster, capsys: Capture) -> None:
    assert rollout_check(capsys) == (0, "All 2 custom resources of dev are ready\n", "")
    assert cluster.seconds == 0


def test_objects_of_a_standby_are_in_another_cluster(
    cluster: Cluster, current_project: Project, capsys: Capture
) -> None:
    there = {"kind": "NodePool", "apiVersion": "karpenter.sh/v1", "metadata": {"name": "standby"}}
    release = {"gateway": {"values": [json.dumps({"objects": [there]})]}}
    current_project.stack("dev-standby")
    current_project.stack("dev-standby-platform", {"helm_release": release})
    assert rollout_check(capsys)[:2] == (0, "All 2 custom resources of dev are ready\n")
    assert cluster.seconds == 0


def test_the_wait_is_bounded_and_ends_with_the_reasons(cluster: Cluster, capsys: Capture) -> None:
    cluster.answer(CERTIFICATES, found({"conditions": [condition("Ready", "False", message="no\nquota")]}))
    code, stdout, stderr = rollout_check(capsys)
    reason = "Certificate gateway/m*: Ready=False Failed: no quota"
    assert (code, stdout) == (4, f"Not ready in dev:\n{reason}\n")
    assert stderr == f"waiting for 1: {reason}\n"
    assert cluster.seconds == 60


def test_an_object_that_becomes_ready_ends_the_wait(
    cluster: Cluster, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.answer(DEPLOYMENTS)

    def sleep(seconds: float) -> None:
        Cluster.sleep(cluster, seconds)
        cluster.answer(DEPLOYMENTS, ROLLED_OUT)

    monkeypatch.setattr(cluster, "sleep", sleep)
    code, _, stderr = rollout_check(capsys)
    assert (code, cluster.seconds) == (0, 10)
    assert "Gateway gateway/main: the controller has made no Deployment" in stderr


def test_an_object_that_is_missing_is_not_ready(cluster: Cluster, capsys: Capture) -> None:
    cluster.answer(CERTIFICATES)
    code, stdout, _ = rollout_check(capsys)
    assert (code, stdout) == (4, "Not ready in dev:\nCertificate gateway/m*: does not exist\n")


def test_a_cluster_that_does_not_answer_fails(cluster: Cluster, capsys: Capture) -> None:
    (cluster.answers / CERTIFICATES.replace("/", "_")).unlink()
    code, stdout, _ = rollout_check(capsys)
    assert code == 4
    assert "the cluster can't be asked: /apis/cert-manager.io/v1/certificates" in stdout
    assert "(NotFound)" in stdout


def test_an_environment_without_custom_resources_is_refused(
    current_project: Project, capsys: Capture
) -> None:
    del current_project
    code, _, stderr = rollout_check(capsys)
    assert code == 2
    assert "dev: has no custom resources" in stderr
