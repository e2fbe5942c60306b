import pytest

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.core.stack import Stack
from constructs_arq.platform.keda import Keda
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget
from tests.platform.addon_stack import Values, permissions_of, synthesize_addons, values_of
from tests.platform.helm_values import validate_values
from tests.support import Synthesized

QUEUE = "arn:aws:sqs:eu-west-1:111122223333:orders"


def build(stack: Stack, target: AddonTarget, _: Cluster) -> None:
    keda = Keda(stack, "keda", target=target)
    keda.identity.allow("sqs:GetQueueAttributes", on=QUEUE, policy_name="read-orders")


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize_addons(build)


@pytest.fixture(scope="module")
def values(synthesized: Synthesized) -> Values:
    return values_of(synthesized, Chart.KEDA)


def test_values_are_those_of_the_chart(values: Values) -> None:
    validate_values(Chart.KEDA, values, "1.35")


def test_operator_reads_only_granted_queues(synthesized: Synthesized, values: Values) -> None:
    [statement] = permissions_of(synthesized, "keda", values["serviceAccount"]["operator"]["name"])
    assert (statement["Action"], statement["Resource"]) == (["sqs:GetQueueAttributes"], [QUEUE])


def test_api_server_reaches_metrics_and_webhooks(synthesized: Synthesized, values: Values) -> None:
    policy = synthesized.one("kubernetes_network_policy_v1", "keda/addon/traffic/vpc")
    [rule] = policy["spec"]["ingress"]
    expected = [str(values["service"]["portHttpsTarget"]), values["webhooks"]["port"]]
    assert [each["port"] for each in rule["ports"]] == expected


def test_keda_reads_no_secrets_and_scales_only_known_kinds(values: Values) -> None:
    assert values["permissions"]["operator"]["restrict"]["secret"] is True
    assert values["permissions"]["metricServer"]["restrict"]["secret"] is True
    assert values["rbac"]["enabledCustomScaledRefKinds"] is False


def test_components_have_two_replicas_and_a_memory_limit(values: Values) -> None:
    for name in ("operator", "metricsServer", "webhooks"):
        assert values[name]["replicaCount"] == 2
    for resources in values["resources"].values():
        assert resources["limits"] == {"memory": resources["requests"]["memory"]}
