"""Workers: the pods of a queue, whose number follows its length."""

import json
import re
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.core.errors import ConfigError, ConstructError
from constructs_arq.core.pod_group import PodGroup
from constructs_arq.core.stack import Stack
from constructs_arq.data.queue import Queue
from constructs_arq.data.queue_config import QueueConfig
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.platform.keda import Keda
from constructs_arq.platform.target import AddonTarget
from constructs_arq.services.metrics import MetricsPort, NoMetrics
from constructs_arq.services.pod_inventory import find_pods
from constructs_arq.services.queue_scaling import QueueScaling
from constructs_arq.services.worker import Worker, WorkerConfig
from tests.kubernetes.custom_resources import validate_custom_object
from tests.platform.addon_stack import objects_at, permissions_of, synthesize_addons
from tests.services.service_builders import DIGEST, RESOURCES, Definitions, Registry
from tests.support import Resource, Synthesized

WORKER = WorkerConfig(
    image=DIGEST,
    arguments=("shop.receipts",),
    resources=RESOURCES,
    scaling=QueueScaling(min_size=1, max_size=8, messages_per_pod=20),
    metrics=MetricsPort(),
    alive_command=("is-alive", "/tmp/alive"),  # noqa: S108  # in the container
)
QUEUE = QueueConfig(processing_seconds=40, visibility_seconds=90)


def build_worker(
    stack: Stack,
    target: AddonTarget,
    cluster: Cluster,
    config: WorkerConfig,
    environment: Mapping[str, str],
) -> None:
    namespace = Namespace(stack, "shop", name="shop")
    Worker(
        stack,
        "receipts",
        cluster=cluster,
        namespace=namespace,
        definitions=Definitions(resource=namespace.resource),
        images=Registry(),
        queue=Queue(stack, "messages", config=QUEUE),
        scaler=Keda(stack, "keda", target=target),
        config=config,
        environment={"LOG_LEVEL": "info", **environment},
    )


def synthesize_worker(config: WorkerConfig = WORKER, **environment: str) -> Synthesized:
    return synthesize_addons(partial(build_worker, config=config, environment=environment))


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize_worker()


@pytest.fixture(scope="module")
def pod(synthesized: Synthesized) -> Resource:
    spec: Resource = deployment_of(synthesized)["spec"]["template"]["spec"]
    return spec


def deployment_of(synthesized: Synthesized) -> Resource:
    return synthesized.one("kubernetes_deployment_v1", "receipts/Default")


def scaled_object(synthesized: Synthesized) -> dict[str, Any]:
    return objects_at(synthesized, "receipts/scaling/Default")["ScaledObject/receipts"]


def test_the_number_of_pods_follows_the_length_of_the_queue(synthesized: Synthesized) -> None:
    spec = scaled_object(synthesized)
    assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (1, 8)
    assert spec["scaleTargetRef"]["name"].startswith("${kubernetes_deployment_v1.receipts.")
    [trigger] = spec["triggers"]
    assert trigger["type"] == "aws-sqs-queue"
    assert re.fullmatch(r"\$\{aws_sqs_queue\.messages\.\w+\}", trigger["metadata"].pop("queueURL"))
    assert trigger["metadata"] == {"awsRegion": "eu-west-1", "queueLength": "20", "scaleOnInFlight": "true"}


def test_the_address_of_another_queue_is_refused() -> None:
    with pytest.raises(
        ConstructError, match=r"receipts: environment must not set QUEUE_URL, .*messages.*pass it as queue"
    ):
        synthesize_worker(QUEUE_URL="https://sqs.eu-west-1.amazonaws.com/406130987345/others")
    config = WORKER.model_copy(update={"environment": {"QUEUE_URL": "https://sqs.example/others"}})
    with pytest.raises(ConstructError, match=r"receipts: environment .* must not set QUEUE_URL"):
        synthesize_worker(config)


def test_another_port_than_that_of_the_metrics_is_refused() -> None:
    with pytest.raises(ConstructError, match=r"must not set METRICS_PORT, .* metrics in config"):
        synthesize_worker(METRICS_PORT="9000")


def test_prometheus_finds_the_port_of_the_metrics(synthesized: Synthesized, pod: Resource) -> None:
    variables = synthesized.one("kubernetes_config_map_v1", "receipts/environment/Default")["data"]
    [port] = pod["container"][0]["port"]
    assert (port["name"], port["container_port"]) == ("metrics", int(variables["METRICS_PORT"]))
    monitor = objects_at(synthesized, "receipts/metrics/Default")["PodMonitor/receipts"]
    labels = deployment_of(synthesized)["spec"]["template"]["metadata"]["labels"]
    assert monitor["selector"]["matchLabels"].items() <= labels.items()
    [endpoint] = monitor["podMetricsEndpoints"]
    assert (endpoint["port"], endpoint["path"]) == ("metrics", "/metrics")
    # A Service would give them these labels.
    relabeled = {each["targetLabel"]: each["replacement"] for each in endpoint["relabelings"]}
    assert relabeled == {"service": "receipts", "job": "receipts"}


def test_a_worker_without_metrics_has_no_port() -> None:
    metrics = NoMetrics(reason="it only moves files, and the queue has alarms")
    synthesized = synthesize_worker(WORKER.model_copy(update={"metrics": metrics}))
    [container] = deployment_of(synthesized)["spec"]["template"]["spec"]["container"]
    assert "port" not in container
    assert not [path for path in synthesized.of_type("helm_release") if path.startswith("receipts/metrics")]
    assert not [
        path for path in synthesized.of_type("kubernetes_network_policy_v1") if "from-prometheus" in path
    ]


def test_the_pods_run_on_nodes_that_can_run_the_image(pod: Resource) -> None:
    assert pod["node_selector"] == {"kubernetes.io/arch": "arm64"}


def test_pods_stop_as_slowly_as_those_of_a_web_service(synthesized: Synthesized) -> None:
    configured = scaled_object(synthesized)["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
    assert configured == {
        "scaleDown": {
            "stabilizationWindowSeconds": 300,
            "selectPolicy": "Max",
            "policies": [{"type": "Percent", "value": 10, "periodSeconds": 60}],
        }
    }


def test_the_scaler_alone_changes_the_number_of_pods(synthesized: Synthesized) -> None:
    assert deployment_of(synthesized)["lifecycle"] == {"ignore_changes": ["spec[0].replicas"]}
    assert not synthesized.of_type("kubernetes_horizontal_pod_autoscaler_v2")


def test_the_objects_are_those_of_the_definitions_and_exist_after_them(synthesized: Synthesized) -> None:
    release = synthesized.one("helm_release", "receipts/scaling/Default")
    objects = json.loads(release["values"][0])["objects"]
    assert [each["kind"] for each in objects] == ["TriggerAuthentication", "ScaledObject"]
    for each in objects:
        # Terraform sets the name of the namespace.
        each["metadata"]["namespace"] = "shop"
        if each["kind"] == "ScaledObject":
            each["spec"]["scaleTargetRef"]["name"] = "receipts"
        validate_custom_object(each)
    assert "helm_release.keda_addon" in " ".join(release["depends_on"])


def test_keda_reads_the_queue_as_itself(synthesized: Synthesized) -> None:
    objects = objects_at(synthesized, "receipts/scaling/Default")
    [trigger] = objects["ScaledObject/receipts"]["triggers"]
    authentication = objects[f"TriggerAuthentication/{trigger['authenticationRef']['name']}"]
    assert authentication == {"podIdentity": {"provider": "aws", "identityOwner": "keda"}}
    [statement] = permissions_of(synthesized, "keda", "keda-operator")
    assert statement["Action"] == ["sqs:GetQueueAttributes"]
    assert len(statement["Resource"]) == 1
    assert ".messages." in statement["Resource"][0]


def test_the_pods_consume_the_queue_and_nothing_else(synthesized: Synthesized) -> None:
    allowed = [
        action
        for each in permissions_of(synthesized, "shop", "receipts")
        for action in each["Action"]
        if action.startswith("sqs:")
    ]
    assert sorted(allowed) == ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"]
    variables = synthesized.one("kubernetes_config_map_v1", "receipts/environment/Default")["data"]
    assert set(variables) == {"QUEUE_URL", "LOG_LEVEL", "METRICS_PORT"}


def test_a_pod_can_finish_its_receipt_and_its_message(pod: Resource) -> None:
    # A receipt waits for at most 20 seconds.
    assert pod["termination_grace_period_seconds"] >= 20 + QUEUE.processing_seconds
    [container] = pod["container"]
    assert "lifecycle" not in container


def test_the_health_check_is_a_command(pod: Resource) -> None:
    [container] = pod["container"]
    for probe in ("liveness_probe", "readiness_probe"):
        assert container[probe]["exec"] == {"command": ["is-alive", "/tmp/alive"]}  # noqa: S108
    assert "startup_probe" not in container
    config = WORKER.model_copy(update={"alive_command": ()})
    [silent] = deployment_of(synthesize_worker(config))["spec"]["template"]["spec"]["container"]
    assert not {"liveness_probe", "readiness_probe"} & set(silent)


def test_pods_are_restricted_and_spread_and_accept_connections_of_prometheus_only(
    synthesized: Synthesized, pod: Resource
) -> None:
    assert pod["security_context"]["seccomp_profile"] == {"type": "RuntimeDefault"}
    assert pod["automount_service_account_token"] is False
    assert len(pod["topology_spread_constraint"]) == 2
    assert pod["container"][0]["security_context"]["read_only_root_filesystem"] is True
    assert synthesized.one("kubernetes_pod_disruption_budget_v1", "receipts/disruption-budget")
    assert not [path for path in synthesized.of_type("kubernetes_service_v1") if path.startswith("receipts/")]
    policies = {
        path.rpartition("/")[2]: policy["spec"]
        for path, policy in synthesized.of_type("kubernetes_network_policy_v1").items()
        if path.startswith("receipts/")
    }
    ingress = policies.pop("from-prometheus-tcp-9464")["ingress"]
    assert [[each["port"] for each in rule["ports"]] for rule in ingress] == [["9464"]]
    assert {key: policy["policy_types"] for key, policy in policies.items()} == {
        key: ["Egress"] for key in ("dns", "credentials-tcp-80", "to-aws-tcp-443")
    }


def test_a_worker_without_messages_needs_no_pod() -> None:
    scaling = QueueScaling(min_size=0, max_size=3, messages_per_pod=1)
    synthesized = synthesize_worker(WORKER.model_copy(update={"scaling": scaling}))
    assert scaled_object(synthesized)["minReplicaCount"] == 0
    # A failure to read the queue must not stop all pods.
    assert scaled_object(synthesized)["fallback"]["replicas"] == 1
    assert deployment_of(synthesized)["spec"]["replicas"] == "1"


def test_checks_of_capacity_count_the_pods_of_an_update() -> None:
    found: list[PodGroup] = []

    def build(stack: Stack, target: AddonTarget, cluster: Cluster) -> None:
        build_worker(stack, target, cluster, WORKER, {})
        found.extend(each for each in find_pods(stack) if each.name == "receipts")

    synthesize_addons(build)
    assert found == [PodGroup(name="receipts", pods=16, millicores=250, mib=256)]


def test_limits_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ConfigError, match="min_size 3 must not be greater than max_size 2"):
        QueueScaling(min_size=3, max_size=2, messages_per_pod=1)
