"""Defects in alarms, notification routes and dashboards."""

from tests.arqctl.offline.defects.defect_planting import Defect, apply_all, change_json, drop, put

_ALARM, _AT = "aws_cloudwatch_metric_alarm", "alarms/database/cpu"
_TOPIC, _CRITICAL = "aws_sns_topic", "alarm-routes/eu-west-1/critical"
_SUBSCRIPTION = "aws_sns_topic_subscription"
_MAIL = f"{_CRITICAL}/email-on-call-arq-example"

DEFECTS = (
    Defect("alarm-period", _ALARM, _AT, put("period", 45), "period"),
    Defect(
        "alarm-comparison-operator",
        _ALARM,
        _AT,
        put("comparison_operator", "MoreThan"),
        "comparison_operator",
    ),
    Defect("alarm-statistic", _ALARM, _AT, put("statistic", "Mean"), "statistic"),
    Defect("alarm-two-statistics", _ALARM, _AT, put("extended_statistic", "p99"), "extended_statistic"),
    Defect(
        "alarm-percentile",
        _ALARM,
        _AT,
        apply_all(drop("statistic"), put("extended_statistic", "99th")),
        "extended_statistic",
    ),
    Defect("alarm-missing-data", _ALARM, _AT, put("treat_missing_data", "alarm"), "treat_missing_data"),
    Defect("alarm-never-evaluates", _ALARM, _AT, put("evaluation_periods", 0), "evaluation_periods"),
    Defect("alarm-too-many-datapoints", _ALARM, _AT, put("datapoints_to_alarm", 99), "datapoints_to_alarm"),
    Defect("alarm-without-operator", _ALARM, _AT, drop("comparison_operator"), "comparison_operator"),
    Defect("alarm-without-metric", _ALARM, _AT, drop("metric_name"), "metric_name"),
    Defect("alarm-name-too-long", _ALARM, _AT, put("alarm_name", "a" * 256), "alarm_name"),
    Defect("alarm-unit", _ALARM, _AT, put("unit", "Percentage"), "unit"),
    Defect("alarm-action-not-an-arn", _ALARM, _AT, put("alarm_actions", ["on-call"]), "alarm_actions"),
    Defect(
        "alarm-too-many-actions",
        _ALARM,
        _AT,
        put("alarm_actions", [f"arn:aws:sns:eu-west-1:210987654321:topic-{number}" for number in range(6)]),
        "alarm_actions",
    ),
    Defect("alarm-without-threshold", _ALARM, _AT, drop("threshold"), "threshold"),
    Defect(
        "dashboard-not-json",
        "aws_cloudwatch_dashboard",
        "dashboard",
        put("dashboard_body", "{widgets: []}"),
        "dashboard_body",
    ),
    Defect(
        "dashboard-name",
        "aws_cloudwatch_dashboard",
        "dashboard",
        put("dashboard_name", "production overview"),
        "dashboard_name",
    ),
    Defect("topic-name", _TOPIC, _CRITICAL, put("name", "critical alarms"), "name"),
    Defect("topic-signature", _TOPIC, _CRITICAL, put("signature_version", 3), "signature_version"),
    Defect(
        "topic-policy-not-json",
        "aws_sns_topic_policy",
        f"{_CRITICAL}/policy",
        put("policy", "publish"),
        "policy",
    ),
    Defect("subscription-protocol", _SUBSCRIPTION, _MAIL, put("protocol", "mail"), "protocol"),
    Defect("subscription-without-endpoint", _SUBSCRIPTION, _MAIL, drop("endpoint"), "endpoint"),
    Defect(
        "subscription-endpoint-not-https",
        _SUBSCRIPTION,
        _MAIL,
        apply_all(put("protocol", "https"), put("endpoint", "on-call@arq.example")),
        "endpoint",
    ),
    Defect(
        "subscription-filter", _SUBSCRIPTION, _MAIL, put("filter_policy", "severity=high"), "filter_policy"
    ),
    Defect(
        "log-policy-effect",
        "aws_cloudwatch_log_resource_policy",
        "site/firewall/log-delivery",
        change_json("policy_document", put("Statement.0.Effect", "allow")),
        "Effect",
    ),
)
