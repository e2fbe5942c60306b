from dataclasses import replace

import pytest
from cdktf_cdktf_provider_aws.ecs_service import EcsService

from constructs_arq.core.alarm import MissingData
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack
from tests.observability.support import CPU, LATENCY, Database, Service, watch
from tests.support import Synthesized, synthesize


def build(stack: Stack) -> None:
    # Not bound to a name: a construct must be found though nothing in Python refers to it.
    Database(stack, "database", CPU, LATENCY)
    Service(stack, "service", replace(CPU, name="requests", metric="Requests"))
    Database(
        stack,
        "distribution",
        replace(CPU, name="errors", region="us-east-1", missing_data=MissingData.BREACHING),
    )
    watch(stack)


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


def test_an_alarm_says_in_cloudwatch_what_the_value_says(synthesized: Synthesized) -> None:
    alarm = synthesized.one("aws_cloudwatch_metric_alarm", "alarms/database/cpu")
    expected = {
        "alarm_name": "test-database-cpu",
        "alarm_description": "Less than a tenth of the processor is left",
        "namespace": "AWS/RDS",
        "metric_name": "CPUUtilization",
        "dimensions": {"DBInstanceIdentifier": "orders"},
        "statistic": "Average",
        "comparison_operator": "GreaterThanThreshold",
        "threshold": 90,
        "period": 60,
        "evaluation_periods": 5,
        "datapoints_to_alarm": 5,
        "treat_missing_data": "notBreaching",
    }
    assert {name: alarm[name] for name in expected} == expected


def test_a_percentile_is_given_as_one(synthesized: Synthesized) -> None:
    alarm = synthesized.one("aws_cloudwatch_metric_alarm", "alarms/database/latency")
    assert alarm["extended_statistic"] == "p99"
    assert "statistic" not in alarm


def test_whoever_hears_that_it_is_on_hears_that_it_is_off(synthesized: Synthesized) -> None:
    for path, severity in (("alarms/database/cpu", "critical"), ("alarms/database/latency", "warning")):
        alarm = synthesized.one("aws_cloudwatch_metric_alarm", path)
        topic = synthesized.one("aws_sns_topic", f"notify/eu-west-1/{severity}/Default")
        assert topic["name"] == f"test-notify-{severity}"
        assert alarm["alarm_actions"] == alarm["ok_actions"]
        assert f"_{severity}_" in alarm["alarm_actions"][0]


def test_an_alarm_and_its_topic_are_where_the_metric_is(synthesized: Synthesized) -> None:
    alarm = synthesized.one("aws_cloudwatch_metric_alarm", "alarms/distribution/errors")
    assert alarm["provider"] == "aws.us-east-1"
    assert "us-east-1" in alarm["alarm_actions"][0]
    assert alarm["treat_missing_data"] == "breaching"


def test_alarms_that_are_handed_on_are_made_once_for_the_inner_construct(synthesized: Synthesized) -> None:
    made = {
        path for path in synthesized.of_type("aws_cloudwatch_metric_alarm") if path.startswith("alarms/serv")
    }
    assert made == {"alarms/service-database/cpu", "alarms/service/requests"}


def test_what_is_built_after_the_alarms_fails_the_synthesis_by_name() -> None:
    def build_late(stack: Stack) -> None:
        watch(stack)
        Database(stack, "late", CPU)

    with pytest.raises(Exception, match=r"alarms of late would not exist: cpu\. Build Alarms after"):
        synthesize(build_late)


def test_an_alarm_that_a_construct_adds_later_fails_the_synthesis() -> None:
    def add_later(stack: Stack) -> None:
        database = Database(stack, "database", CPU)
        watch(stack)
        database.alarms = (CPU, LATENCY)

    with pytest.raises(Exception, match=r"alarms of database would not exist: latency\."):
        synthesize(add_later)


def test_two_alarms_of_one_name_are_refused() -> None:
    def build_twice(stack: Stack) -> None:
        Database(stack, "database", CPU, replace(CPU, threshold=80))
        watch(stack)

    with pytest.raises(ConstructError, match="database: hands out several alarms named cpu"):
        synthesize(build_twice)


def test_constructs_whose_alarms_could_not_be_told_apart_are_refused() -> None:
    def build_alike(stack: Stack) -> None:
        Service(stack, "orders", replace(CPU, name="requests"))
        Database(stack, "orders-database", CPU)
        watch(stack)

    with pytest.raises(ConstructError, match="alarms of orders/database and of orders-database would have"):
        synthesize(build_alike)


def test_alarms_that_could_not_be_read_are_refused_not_skipped() -> None:
    def build_wrong(stack: Stack) -> None:
        Database(stack, "database", CPU).alarms = {"cpu": CPU}  # type: ignore[assignment]  # the mistake
        watch(stack)

    with pytest.raises(ConstructError, match="database: its attribute alarms is not a list or tuple"):
        synthesize(build_wrong)


def test_a_resource_with_an_attribute_of_that_name_is_left_alone() -> None:
    def build_service(stack: Stack) -> None:
        EcsService(stack, "service", name="service")
        watch(stack)

    assert not synthesize(build_service).of_type("aws_cloudwatch_metric_alarm")


def test_addresses_do_not_depend_on_the_order_of_construction() -> None:
    def one_way(stack: Stack) -> None:
        Database(stack, "a", CPU)
        Database(stack, "b", replace(CPU, dimensions={"DBInstanceIdentifier": "b"}), LATENCY)
        watch(stack)

    def other_way(stack: Stack) -> None:
        Database(stack, "b", LATENCY, replace(CPU, dimensions={"DBInstanceIdentifier": "b"}))
        Database(stack, "a", CPU)
        watch(stack)

    assert synthesize(one_way).addresses == synthesize(other_way).addresses
