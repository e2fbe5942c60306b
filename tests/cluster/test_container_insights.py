import json

import pytest

from constructs_arq.core.alarm import Alarm, MissingData
from tests.cluster.cluster_builders import CONFIG, address_of, synthesize_cluster
from tests.support import Synthesized

ADDON = "cluster/addons/amazon-cloudwatch-observability"
LOGS = "cluster/addons/container-insights-logs/Default"


@pytest.fixture(scope="module")
def alarms() -> list[Alarm]:
    return []


@pytest.fixture(scope="module")
def synthesized(alarms: list[Alarm]) -> Synthesized:
    return synthesize_cluster(then=lambda cluster: alarms.extend(cluster.alarms))


@pytest.mark.usefixtures("synthesized")
def test_an_alarm_sees_nodes_that_are_not_ready(alarms: list[Alarm]) -> None:
    [alarm] = [alarm for alarm in alarms if alarm.namespace == "ContainerInsights"]
    assert (alarm.metric, alarm.statistic, alarm.threshold) == ("cluster_failed_node_count", "Maximum", 0)
    # The data starts minutes after the add-on is active.
    assert alarm.missing_data is MissingData.MISSING
    assert alarm.dimensions.keys() == {"ClusterName"}


def test_the_agent_publishes_metrics_and_no_logs_of_pods(synthesized: Synthesized) -> None:
    values = json.loads(synthesized.one("aws_eks_addon", ADDON)["configuration_values"])
    assert values["containerLogs"] == {"enabled": False}
    collected = values["agent"]["config"]["logs"]["metrics_collected"]
    # No application_signals: the add-on would restart and instrument pods.
    assert collected == {"kubernetes": {"enhanced_container_insights": True}}


def test_the_agent_waits_for_its_encrypted_log_group(synthesized: Synthesized) -> None:
    group = synthesized.one("aws_cloudwatch_log_group", LOGS)
    assert group["name"] == "/aws/containerinsights/test-cluster/performance"
    assert group["kms_key_id"] == f"${{{address_of(synthesized, 'aws_kms_key', 'cluster/key/Default')}.arn}}"
    address = address_of(synthesized, "aws_cloudwatch_log_group", LOGS)
    assert address in synthesized.one("aws_eks_addon", ADDON)["depends_on"]


def test_the_agent_has_a_pod_identity_role(synthesized: Synthesized) -> None:
    [association] = synthesized.one("aws_eks_addon", ADDON)["pod_identity_association"]
    role = address_of(synthesized, "aws_iam_role", "cluster/addons/cloudwatch-agent-role/Default")
    assert association == {"role_arn": f"${{{role}.arn}}", "service_account": "cloudwatch-agent"}


def test_container_insights_can_be_off() -> None:
    alarms: list[Alarm] = []
    synthesized = synthesize_cluster(
        CONFIG.model_copy(update={"container_insights": False}),
        then=lambda cluster: alarms.extend(cluster.alarms),
    )
    assert ADDON not in synthesized.of_type("aws_eks_addon")
    assert "ContainerInsights" not in {alarm.namespace for alarm in alarms}
