"""The pods of Alloy that receive the lines of log groups."""

import json
from typing import Any

import pytest

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.core.stack import Stack
from constructs_arq.edge.certificate import HostedZone
from constructs_arq.kubernetes.storage_class import StorageClass
from constructs_arq.platform.cert_manager import CertManager, CertManagerConfig
from constructs_arq.platform.load_balancer_controller import LoadBalancerController
from constructs_arq.platform.log_receiver import LogReceiver, LogReceiverConfig
from constructs_arq.platform.log_store import LogStore, LogStoreConfig
from constructs_arq.platform.loki import Loki
from constructs_arq.platform.loki_settings import LokiConfig
from constructs_arq.platform.target import AddonTarget
from constructs_arq.storage.bucket import LogBucket
from tests.platform.addon_stack import Values, objects_at, synthesize_addons
from tests.platform.alloy_components import validate_alloy
from tests.support import Synthesized

ARN = "arn:aws:elasticloadbalancing:eu-west-1:210987654321:targetgroup/logs-1/0123456789abcdef"
SOURCES = ["10.40.0.0/19", "10.40.32.0/19"]


def build(stack: Stack, target: AddonTarget, cluster: Cluster) -> None:
    access_logs = LogBucket(stack, "access-logs", retention_days=365)
    loki = Loki(
        stack,
        "loki",
        target=target,
        store=LogStore(stack, "log-store", access_logs=access_logs, config=LogStoreConfig()),
        volumes=StorageClass(stack, "encrypted-gp3", key=cluster.key),
        config=LokiConfig(),
    )
    zone = HostedZone(zone_id="Z0123456789", name="arq.example")
    LogReceiver(
        stack,
        "log-receiver",
        target=target,
        sources=SOURCES,
        domain="logs.app.arq.example",
        target_group_arn=ARN,
        controller=LoadBalancerController(stack, "controller", target=target),
        certificates=CertManager(stack, "cert-manager", target=target, zone=zone, config=CertManagerConfig()),
        loki=loki,
        config=LogReceiverConfig(),
    )


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize_addons(build)


@pytest.fixture(scope="module")
def release(synthesized: Synthesized) -> dict[str, Any]:
    return synthesized.one("helm_release", "log-receiver/addon/Default")


@pytest.fixture(scope="module")
def values(release: dict[str, Any]) -> Values:
    found: Values = json.loads(release["values"][0])
    return found


def test_it_receives_with_tls_and_the_times_of_the_lines(values: Values) -> None:
    [source] = [
        each
        for each in validate_alloy(values["alloy"]["configMap"]["content"])
        if each.name == "loki.source.api"
    ]
    assert source.arguments["use_incoming_timestamp"] is True
    [http] = source.blocks
    [tls] = http.blocks
    [mount] = [each for each in values["alloy"]["mounts"]["extra"] if each["name"] == "tls"]
    assert tls.arguments == {
        "cert_file": f"{mount['mountPath']}/tls.crt",
        "key_file": f"{mount['mountPath']}/tls.key",
    }
    [port] = values["alloy"]["extraPorts"]
    assert http.arguments["listen_port"] == port["port"] == port["targetPort"] == 8443


def test_the_certificate_exists_before_the_pods(
    synthesized: Synthesized, release: dict[str, Any], values: Values
) -> None:
    certificate = objects_at(synthesized, "log-receiver/certificate/Default")["Certificate/alloy-receiver"]
    assert certificate["dnsNames"] == ["logs.app.arq.example"]
    [volume] = [each for each in values["controller"]["volumes"]["extra"] if each["name"] == "tls"]
    assert volume["secret"]["secretName"] == certificate["secretName"]
    assert any("log-receiver_certificate" in each for each in release["depends_on"])


def test_its_pods_are_targets_before_they_are_ready(
    synthesized: Synthesized, release: dict[str, Any]
) -> None:
    [binding] = objects_at(synthesized, "log-receiver/binding/Default").values()
    assert binding["serviceRef"] == {"name": release["name"], "port": 8443}
    assert binding["targetGroupARN"] == ARN
    namespace = synthesized.one("kubernetes_namespace_v1", "log-receiver/namespace/Default")["metadata"]
    assert namespace["labels"]["elbv2.k8s.aws/pod-readiness-gate-inject"] == "enabled"
    assert namespace["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert any("log-receiver_binding" in each for each in release["depends_on"])


def test_only_the_load_balancer_sends_lines(synthesized: Synthesized) -> None:
    policy = synthesized.one("kubernetes_network_policy_v1", "log-receiver/load-balancer")["spec"]
    [ingress] = policy["ingress"]
    assert [each["ip_block"]["cidr"] for each in ingress["from"]] == SOURCES
    assert ingress["ports"] == [{"port": "8443", "protocol": "TCP"}]
    writers = synthesized.one("kubernetes_network_policy_v1", "loki/alloy-receiver")["spec"]["ingress"]
    assert writers[0]["from"][0]["pod_selector"] == {
        "match_labels": {"app.kubernetes.io/instance": "alloy-receiver"}
    }


def test_two_pods_have_a_budget_and_no_rights(synthesized: Synthesized, values: Values) -> None:
    assert (values["controller"]["type"], values["controller"]["replicas"]) == ("deployment", 2)
    budget = synthesized.one("kubernetes_pod_disruption_budget_v1", "log-receiver/addon/disruption-budget")
    assert budget["spec"]["selector"] == {"match_labels": {"app.kubernetes.io/instance": "alloy-receiver"}}
    context = values["alloy"]["securityContext"]
    assert (context["runAsNonRoot"], context["runAsUser"]) == (True, 473)
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert not [each for each in values["controller"]["volumes"]["extra"] if "hostPath" in each]
    assert values["serviceAccount"]["automountServiceAccountToken"] is False
