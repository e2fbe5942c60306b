import json
from dataclasses import replace

import pytest
from cdktf_cdktf_provider_aws.ecs_service import EcsService

from constructs_arq.core.alarm import Comparison, Condition, Fill, MissingData, Severity
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.observability.alarms import Alarms
from constructs_arq.observability.dashboard import Dashboard
from constructs_arq.observability.routes import AlarmRoutes, AlarmRoutesConfig
from constructs_arq.observability.subscribers import Subscribers
from tests.observability.alarm_builders import CPU, LATENCY, Database, Service, make_alarms
from tests.support import STACK, Synthesized, synthesize

BUSY = Condition(
    namespace="AWS/RDS",
    metric="DatabaseConnections",
    dimensions={"DBInstanceIdentifier": "orders"},
    statistic="Maximum",
    comparison=Comparison.AT_LEAST,
    value=5,
)
FAILING = replace(BUSY, metric="Errors", comparison=Comparison.ABOVE, value=0, default=0)


def build(stack: Stack) -> None:
    # No Python name: constructs are found through the tree.
    Database(stack, "database", CPU, LATENCY)
    Service(stack, "service", replace(CPU, name="requests", metric="Requests"))
    Database(
        stack,
        "distribution",
        replace(CPU, name="errors", region="us-east-1", missing_data=MissingData.BREACHING),
    )
    make_alarms(stack)


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


def test_alarm_arguments(synthesized: Synthesized) -> None:
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
        "evaluation_periods": 3,
        "datapoints_to_alarm": 3,
        "treat_missing_data": "notBreaching",
    }
    assert {name: alarm[name] for name in expected} == expected


def test_percentiles_are_extended_statistics(synthesized: Synthesized) -> None:
    alarm = synthesized.one("aws_cloudwatch_metric_alarm", "alarms/database/latency")
    assert alarm["extended_statistic"] == "p99"
    assert "statistic" not in alarm


def test_an_alarm_notifies_the_topic_of_its_severity(synthesized: Synthesized) -> None:
    for path, severity in (("alarms/database/cpu", "critical"), ("alarms/database/latency", "warning")):
        alarm = synthesized.one("aws_cloudwatch_metric_alarm", path)
        topic = synthesized.one("aws_sns_topic", f"notify/eu-west-1/{severity}/Default")
        assert topic["name"] == f"test-notify-{severity}"
        (action,) = alarm["alarm_actions"]
        assert f"_{severity}_" in action


def test_the_end_of_a_problem_is_sent_only_where_an_engineer_was_paged(synthesized: Synthesized) -> None:
    critical = synthesized.one("aws_cloudwatch_metric_alarm", "alarms/database/cpu")
    (recovery,) = critical["ok_actions"]
    assert "_recovered_" in recovery
    assert "ok_actions" not in synthesized.one("aws_cloudwatch_metric_alarm", "alarms/database/latency")
    virginia = synthesized.one("aws_cloudwatch_metric_alarm", "alarms/distribution/errors")
    assert "us-east-1_recovered_" in virginia["ok_actions"][0]


def test_without_a_paging_endpoint_no_alarm_sends_the_end_of_a_problem() -> None:
    config = AlarmRoutesConfig(
        critical=Subscribers(emails=("on-call@example.com",)), warning=Subscribers(emails=("a@example.com",))
    )

    def build_with_emails(stack: Stack) -> None:
        Database(stack, "database", CPU)
        Alarms(stack, "alarms", routes=AlarmRoutes(stack, "notify", config=config))

    synthesized = synthesize(build_with_emails)
    assert "ok_actions" not in synthesized.one("aws_cloudwatch_metric_alarm")
    assert len(synthesized.of_type("aws_sns_topic")) == 2


def test_alarm_and_topic_are_in_the_region_of_the_metric(synthesized: Synthesized) -> None:
    alarm = synthesized.one("aws_cloudwatch_metric_alarm", "alarms/distribution/errors")
    assert alarm["provider"] == "aws.us-east-1"
    assert "us-east-1" in alarm["alarm_actions"][0]
    assert alarm["treat_missing_data"] == "breaching"


def build_lost_data_alarms(stack: Stack) -> None:
    lost = replace(CPU, missing_data=MissingData.MISSING, conditions=(BUSY,))
    Database(stack, "database", lost)
    Database(stack, "edge", replace(lost, region="us-east-1"))
    Dashboard(stack, "overview", alarms=make_alarms(stack))


@pytest.fixture(scope="module")
def lost_data() -> Synthesized:
    return synthesize(build_lost_data_alarms)


class TestLostData:
    def test_the_composite_alarm_has_the_name_and_the_actions(self, lost_data: Synthesized) -> None:
        alarm = lost_data.one("aws_cloudwatch_composite_alarm", "alarms/database/cpu/Default")
        assert (alarm["alarm_name"], alarm["alarm_description"]) == ("test-database-cpu", CPU.summary)
        assert "_critical_" in alarm["alarm_actions"][0]
        assert "_recovered_" in alarm["ok_actions"][0]
        names = json.loads(lost_data.one("aws_cloudwatch_dashboard")["dashboard_body"])["widgets"][1]
        assert names["properties"]["alarms"] == [
            "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:test-database-cpu"
        ]

    def test_its_parts_have_no_actions(self, lost_data: Synthesized) -> None:
        parts = lost_data.of_type("aws_cloudwatch_metric_alarm")
        assert len(parts) == 4
        assert not [part for part in parts.values() if any(key.endswith("_actions") for key in part)]

    def test_data_must_have_existed_to_be_lost(self, lost_data: Synthesized) -> None:
        state = lost_data.one("aws_cloudwatch_metric_alarm", "alarms/database/cpu/state")
        has_data = lost_data.one("aws_cloudwatch_metric_alarm", "alarms/database/cpu/has-data")
        assert (state["treat_missing_data"], has_data["treat_missing_data"]) == ("missing", "ignore")
        rule = lost_data.one("aws_cloudwatch_composite_alarm", "alarms/database/cpu/Default")["alarm_rule"]
        addresses = lost_data.addresses
        (first,) = (each for each in addresses if "database_cpu_state" in each)
        (memory,) = (each for each in addresses if "database_cpu_has-data" in each)
        assert rule == (
            f'ALARM("${{{first}.alarm_name}}") OR '
            f'(INSUFFICIENT_DATA("${{{first}.alarm_name}}") AND ALARM("${{{memory}.alarm_name}}"))'
        )

    def test_a_condition_is_no_data(self, lost_data: Synthesized) -> None:
        """The value while a condition is not met would count as data before the first data."""
        has_data = lost_data.one("aws_cloudwatch_metric_alarm", "alarms/database/cpu/has-data")
        assert "metric_query" not in has_data
        assert (has_data["metric_name"], has_data["comparison_operator"]) == (
            "CPUUtilization",
            "GreaterThanThreshold",
        )
        assert has_data["threshold"] < -1_000_000

    def test_all_alarms_are_in_the_region_of_the_metric(self, lost_data: Synthesized) -> None:
        composite = lost_data.one("aws_cloudwatch_composite_alarm", "alarms/edge/cpu/Default")
        assert composite["provider"] == "aws.us-east-1"
        for part in ("state", "has-data"):
            alarm = lost_data.one("aws_cloudwatch_metric_alarm", f"alarms/edge/cpu/{part}")
            assert alarm["provider"] == "aws.us-east-1"


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ((), {"result": "IF(FILL(c0, 0) > 0, FILL(m, 7), m)"}),
        (
            (BUSY, FAILING),
            {
                "result": "IF(c1 >= 5 AND FILL(c0, 0) > 0, filled, 90)",
                "filled": "IF(FILL(c0, 0) > 0, FILL(m, 7), m)",
            },
        ),
    ],
)
def test_a_fill_replaces_missing_data(conditions: tuple[Condition, ...], expected: dict[str, str]) -> None:
    def build_fill(stack: Stack) -> None:
        fill = Fill(value=7, condition=FAILING)
        Database(stack, "database", replace(CPU, conditions=conditions, fill=fill))
        make_alarms(stack)

    queries = synthesize(build_fill).one("aws_cloudwatch_metric_alarm")["metric_query"]
    assert {each["id"]: each["expression"] for each in queries if "expression" in each} == expected
    assert [each["id"] for each in queries if each.get("return_data") is True] == ["result"]
    # A metric of several conditions is paid for once.
    assert sorted(each["id"] for each in queries if "metric" in each) == [
        "c0",
        *["c1"][: len(conditions)],
        "m",
    ]


def test_repeated_alarms_belong_to_the_inner_construct(synthesized: Synthesized) -> None:
    made = {
        path for path in synthesized.of_type("aws_cloudwatch_metric_alarm") if path.startswith("alarms/serv")
    }
    assert made == {"alarms/service-database/cpu", "alarms/service/requests"}


def test_a_construct_after_alarms_fails_validation() -> None:
    def build_late(stack: Stack) -> None:
        make_alarms(stack)
        Database(stack, "late", CPU)

    with pytest.raises(Exception, match=r"alarms of late are missing: cpu\. Create Alarms after"):
        synthesize(build_late)


def test_an_alarm_added_after_alarms_fails_validation() -> None:
    def add_later(stack: Stack) -> None:
        database = Database(stack, "database", CPU)
        make_alarms(stack)
        database.alarms = (CPU, LATENCY)

    with pytest.raises(Exception, match=r"alarms of database are missing: latency\."):
        synthesize(add_later)


def test_duplicate_alarm_names_are_rejected() -> None:
    def build_twice(stack: Stack) -> None:
        Database(stack, "database", CPU, replace(CPU, threshold=80))
        make_alarms(stack)

    with pytest.raises(ConstructError, match="database: has several alarms named cpu"):
        synthesize(build_twice)


def test_constructs_with_colliding_alarm_names_are_rejected() -> None:
    def build_colliding_names(stack: Stack) -> None:
        Service(stack, "orders", replace(CPU, name="requests"))
        Database(stack, "orders-database", CPU)
        make_alarms(stack)

    with pytest.raises(ConstructError, match="orders/database and orders-database have the same names"):
        synthesize(build_colliding_names)


def test_an_invalid_alarms_attribute_is_rejected() -> None:
    def build_invalid(stack: Stack) -> None:
        Database(stack, "database", CPU).alarms = {"cpu": CPU}  # type: ignore[assignment]  # the mistake
        make_alarms(stack)

    with pytest.raises(ConstructError, match="database: the attribute alarms must be a list or tuple"):
        synthesize(build_invalid)


def test_resources_with_an_alarms_attribute_are_ignored() -> None:
    def build_service(stack: Stack) -> None:
        EcsService(stack, "service", name="service")
        make_alarms(stack)

    assert not synthesize(build_service).of_type("aws_cloudwatch_metric_alarm")


def test_addresses_do_not_depend_on_construction_order() -> None:
    def build_in_order(stack: Stack) -> None:
        Database(stack, "a", CPU)
        Database(stack, "b", replace(CPU, dimensions={"DBInstanceIdentifier": "b"}), LATENCY)
        make_alarms(stack)

    def build_reversed(stack: Stack) -> None:
        Database(stack, "b", LATENCY, replace(CPU, dimensions={"DBInstanceIdentifier": "b"}))
        Database(stack, "a", CPU)
        make_alarms(stack)

    assert synthesize(build_in_order).addresses == synthesize(build_reversed).addresses


def test_a_threshold_expression_replaces_the_threshold() -> None:
    def build_expression(stack: Stack) -> None:
        Database(
            stack, "database", replace(CPU, threshold_ref="aws_db_instance.database.allocated_storage / 20")
        )
        make_alarms(stack)

    alarm = synthesize(build_expression).one("aws_cloudwatch_metric_alarm", "alarms/database/cpu")
    assert alarm["threshold"] == "${aws_db_instance.database.allocated_storage / 20}"


def test_alarms_link_their_runbook_if_the_stack_has_a_url_of_runbooks() -> None:
    config = STACK.model_copy(update={"runbooks_url": "https://docs.example.com/runbooks"})
    alarms = synthesize(build_lost_data_alarms, config=config)
    alarm = alarms.one("aws_cloudwatch_composite_alarm", "alarms/database/cpu/Default")
    assert alarm["alarm_description"] == (
        "Less than a tenth of the processor is left. Runbook: https://docs.example.com/runbooks/cpu.md"
    )


def test_an_alarm_for_information_notifies_nobody_and_is_on_the_dashboard() -> None:
    def build_information(stack: Stack) -> None:
        Database(stack, "database", replace(CPU, severity=Severity.INFO))
        lost = replace(CPU, name="lost", severity=Severity.INFO, missing_data=MissingData.MISSING)
        Database(stack, "replica", lost)
        Dashboard(stack, "overview", alarms=make_alarms(stack))

    synthesized = synthesize(build_information)
    metric = synthesized.one("aws_cloudwatch_metric_alarm", "alarms/database/cpu")
    composite = synthesized.one("aws_cloudwatch_composite_alarm", "alarms/replica/lost/Default")
    for alarm in (metric, composite):
        assert not {"alarm_actions", "ok_actions"}.intersection(alarm)
        assert alarm["tags"] == {"severity": "info"}
    body = synthesized.one("aws_cloudwatch_dashboard")["dashboard_body"]
    assert "alarm:test-database-cpu" in body
