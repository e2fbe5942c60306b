import json
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from constructs_arq.core.alarm import Alarm, Comparison, Condition, Severity
from constructs_arq.core.alarm_delivery import REACTION_SECONDS, call_seconds
from constructs_arq.core.errors import ConfigError
from constructs_arq.core.policy import Statement, policy_document, statement_id
from constructs_arq.core.port import Port
from constructs_arq.core.scaling import ScalingPolicy, ScheduledSize


def test_a_policy_document_is_literal_json_without_empty_elements() -> None:
    document = json.loads(
        policy_document(Statement(sid="Read", actions=["s3:GetObject"], resources=["${aws_s3_bucket.b.arn}"]))
    )
    assert document == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Read",
                "Effect": "Allow",
                "Action": ["s3:GetObject"],
                "Resource": ["${aws_s3_bucket.b.arn}"],
            }
        ],
    }


@given(st.text(min_size=1))
@example("ῒ")
def test_a_statement_id_is_alphanumeric(text: str) -> None:
    assert all(character.isascii() and character.isalnum() for character in statement_id(text))


def test_an_alarm_on_a_rare_metric_reacts_within_its_interval() -> None:
    daily = Alarm(
        name="expiry",
        runbook="expiry",
        summary="The certificate ends",
        severity=Severity.WARNING,
        namespace="AWS/CertificateManager",
        metric="DaysToExpiry",
        dimensions={},
        threshold=30,
        period_seconds=86_400,
        evaluations=1,
        published_every_seconds=86_400,
    )
    with pytest.raises(ValueError, match=r"react in 86400 seconds, got 86400 x 2"):
        replace(daily, evaluations=2)


def test_an_alarm_that_reacts_too_late_is_rejected() -> None:
    with pytest.raises(ValueError, match=r"react in 300 seconds, got 300 x 2 = 600"):
        Alarm(
            name="cpu",
            runbook="cpu",
            summary="The CPU is busy",
            severity=Severity.WARNING,
            namespace="AWS/RDS",
            metric="CPUUtilization",
            dimensions={},
            threshold=80,
            period_seconds=300,
            evaluations=2,
        )


@pytest.mark.parametrize(
    ("namespace", "evaluations", "reason"),
    [
        ("AWS/RDS", 4, "calls after 360 seconds"),
        ("AWS/S3", 1, "is not published each minute"),
        ("AWS/CertificateManager", 1, "is not published each minute"),
    ],
)
def test_an_alarm_that_calls_too_late_cannot_page(namespace: str, evaluations: int, reason: str) -> None:
    warning = Alarm(
        name="cpu",
        runbook="cpu",
        summary="The CPU is busy",
        severity=Severity.WARNING,
        namespace=namespace,
        metric="CPUUtilization",
        dimensions={},
        threshold=80,
        evaluations=evaluations,
    )
    with pytest.raises(ValueError, match=reason):
        replace(warning, severity=Severity.CRITICAL)


def test_a_page_within_five_minutes_is_valid() -> None:
    assert call_seconds("AWS/RDS", period_seconds=60, evaluations=3) == REACTION_SECONDS


def test_ports_as_text() -> None:
    assert str(Port.tcp(443)) == "tcp-443"
    assert str(Port.udp(53)) == "udp-53"
    assert str(Port.tcp_range(1025, 65535)) == "tcp-1025-65535"


def test_a_minimum_above_the_maximum_is_rejected() -> None:
    with pytest.raises(ConfigError, match="min_size 3 must not be greater than max_size 2"):
        ScalingPolicy(min_size=3, max_size=2)
    with pytest.raises(ConfigError, match="min_size 3 must not be greater than max_size 2"):
        ScheduledSize(name="night", cron="0 20 * * *", min_size=3, max_size=2)


def test_schedules_with_the_same_name_are_rejected() -> None:
    night = ScheduledSize(name="night", cron="0 20 * * *", min_size=0, max_size=1)
    with pytest.raises(ConfigError, match="different names"):
        ScalingPolicy(min_size=1, max_size=2, schedule=(night, night))


@pytest.mark.parametrize("cron", ["0 7 * * MON-FRI", "*/15 0-6,22-23 1,15 JAN-MAR/2 0", "05 09 31 12 7"])
def test_cron_expressions_of_ec2_are_accepted(cron: str) -> None:
    assert ScheduledSize(name="day", cron=cron, min_size=1, max_size=2).cron == cron


@pytest.mark.parametrize(
    "cron",
    ["60 7 * * *", "0 24 * * *", "0 7 32 * *", "0 7 * 13 *", "0 7 * * 8", "0 7 * *", "0 7 * * MON FRI"],
)
def test_invalid_cron_expressions_are_rejected(cron: str) -> None:
    with pytest.raises(ConfigError, match="must be five cron fields"):
        ScheduledSize(name="day", cron=cron, min_size=1, max_size=2)


def test_an_alarm_with_conditions_needs_a_threshold_that_does_not_breach() -> None:
    condition = Condition(
        namespace="AWS/X", metric="y", dimensions={}, statistic="Sum", comparison=Comparison.ABOVE, value=0
    )
    with pytest.raises(ValueError, match="Use ABOVE or BELOW without threshold_ref"):
        Alarm(
            name="x",
            runbook="x",
            summary="x",
            severity=Severity.WARNING,
            namespace="AWS/X",
            metric="x",
            dimensions={},
            threshold=1,
            comparison=Comparison.AT_LEAST,
            conditions=(condition,),
        )
