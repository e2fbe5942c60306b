"""Alarms."""

from policies.stack import Json
from tests.policies.cases.example import Bodies, Example
from tests.policies.mutations import Body, edit_first, regression, remove_referrers, remove_value, set_value
from tests.policies.network_mutations import is_primary

ACTING: dict[str, Json] = {"alarm_actions": ["${aws_sns_topic.critical.arn}"]}


def _alarm(**body: Json) -> Bodies:
    return {"aws_cloudwatch_metric_alarm.it": body}


def _watched(resource: str, dimension: str, watched: Json, **changes: Json) -> Bodies:
    return {
        resource: {"identifier": "production-main", "name": "production"},
        "aws_cloudwatch_metric_alarm.alarm": {"dimensions": {dimension: watched}, **ACTING, **changes},
    }


QUERY: Json = [
    {"expression": "a * 100"},
    {"id": "a", "metric": {"dimensions": {"DBInstanceIdentifier": "production-main"}}},
]


DASHBOARD: dict[str, Json] = {
    "dashboard_body": '{"alarms":["arn:aws:cloudwatch:eu-west-1:123456789012:alarm:info"]}'
}
WARNING: dict[str, Json] = {"name": "production-alarms-warning"}


def _page(**metric: Json) -> Bodies:
    body = {"namespace": "AWS/RDS", "period": 60, "evaluation_periods": 3, **ACTING, **metric}
    return {**_alarm(**body), "aws_sns_topic.critical": {"name": "production-alarms-critical"}}


def _composite(rule: str, **part: Json) -> Bodies:
    return {
        "aws_cloudwatch_composite_alarm.whole": {"alarm_rule": rule, **ACTING},
        **_alarm(alarm_name="part", namespace="AWS/RDS", **part),
    }


def _burn(*windows: tuple[float, int], warning: bool = False, **metric: Json) -> Bodies:
    """Return a page for a share of failed requests above a threshold in a period of all windows."""
    share: dict[str, Json] = {"namespace": "AWS/CloudFront", "metric_name": "5xxErrorRate", **metric}
    parts: Bodies = {
        f"aws_cloudwatch_metric_alarm.w{index}": {
            "alarm_name": "part",
            "threshold": threshold,
            "evaluation_periods": 1,
            "metric_query": [{"expression": "share"}, {"metric": {**share, "period": period}}],
        }
        for index, (threshold, period) in enumerate(windows)
    }
    rule = " OR ".join(f'ALARM("${{{address}.alarm_name}}")' for address in parts)
    return {
        "aws_cloudwatch_composite_alarm.whole": {"alarm_rule": rule, **ACTING},
        **parts,
        "aws_sns_topic.critical": WARNING if warning else {"name": "production-alarms-critical"},
    }


def _windows(
    rule: str = "{0} AND {1}",
    *,
    threshold: float = 1,
    part: dict[str, Json] | None = None,
    other: dict[str, Json] | None = None,
    composite: dict[str, Json] | None = None,
) -> Bodies:
    """Return a burn rate over three days and six hours, and a composite alarm of both with another one."""
    share: dict[str, Json] = {
        "namespace": "AWS/CloudFront",
        "metric_name": "5xxErrorRate",
        "dimensions": {"DistributionId": "it"},
    }
    queries: list[dict[str, Json]] = [
        {**share, "period": 259_200},
        {**share, "period": 21_600, **(other or {})},
    ]
    parts: Bodies = {
        f"aws_cloudwatch_metric_alarm.w{index}": {
            "threshold": threshold,
            "evaluation_periods": 1,
            "metric_query": [{"expression": "share"}, {"metric": query}],
        }
        for index, query in enumerate(queries)
    }
    names = [*parts, "aws_cloudwatch_composite_alarm.fast"]
    terms = [f'ALARM("${{{address}.alarm_name}}")' for address in names]
    parts["aws_cloudwatch_metric_alarm.w0"].update(part or {})
    return {
        **parts,
        "aws_cloudwatch_composite_alarm.slow": {
            "alarm_rule": rule.format(*terms),
            **ACTING,
            **(composite or {}),
        },
        "aws_cloudwatch_composite_alarm.fast": {"alarm_rule": 'ALARM("page")', **ACTING},
        "aws_sns_topic.critical": WARNING,
    }


def _first_part(bodies: Bodies) -> Bodies:
    """Return the blocks with the first metric alarm in front, which the rule of an example evaluates."""
    return dict(
        sorted(bodies.items(), key=lambda item: not item[0].startswith("aws_cloudwatch_metric_alarm"))
    )


PART = 'ALARM("${aws_cloudwatch_metric_alarm.it.alarm_name}")'


def _refresh(key: str) -> dict[str, Json]:
    alarms: Json = {key: ["${aws_cloudwatch_metric_alarm.it.alarm_name}"]}
    return {"value": {"request": {"Preferences": {"AlarmSpecification": alarms}}}}


def _canary(runtime: Json) -> Bodies:
    return {"aws_synthetics_canary.it": {"runtime_version": runtime}}


EXAMPLES = (
    Example(
        "CKV_ARQ_50",
        passes=(_canary("syn-nodejs-puppeteer-17.0"),),
        fails=(_canary("syn-nodejs-puppeteer-7.0"), _canary("syn-nodejs-puppeteer-6.2")),
        unknown=(
            _canary("syn-nodejs-puppeteer-18.0"),
            _canary("syn-python-selenium-5.1"),
            _canary("${var.runtime}"),
            {"aws_synthetics_canary.it": {}},
        ),
    ),
    Example(
        "CKV2_ARQ_8",
        passes=(
            _alarm(**ACTING),
            _alarm(**ACTING, actions_enabled=True),
            {
                **_alarm(alarm_name="rollback"),
                "aws_autoscaling_group.fleet": {
                    "instance_refresh": {
                        "preferences": {
                            "alarm_specification": {
                                "alarms": ["${aws_cloudwatch_metric_alarm.it.alarm_name}"]
                            }
                        }
                    }
                },
            },
            {**_alarm(alarm_name="rollback"), "output.instance_refresh_fleet": _refresh("Alarms")},
            {
                **_alarm(alarm_name="info", tags={"severity": "info"}),
                "aws_cloudwatch_dashboard.it": DASHBOARD,
            },
            {
                **_alarm(alarm_name="part"),
                "aws_cloudwatch_composite_alarm.whole": {
                    "alarm_rule": 'ALARM("${aws_cloudwatch_metric_alarm.it.alarm_name}")',
                    **ACTING,
                },
            },
        ),
        fails=(
            {**_alarm(alarm_name="info", tags={"severity": "info"})},
            {**_alarm(alarm_name="info"), "aws_cloudwatch_dashboard.it": DASHBOARD},
            {**_alarm(alarm_name="named"), "output.instance_refresh_fleet": _refresh("Names")},
            _alarm(),
            _alarm(alarm_actions=[]),
            _alarm(**ACTING, actions_enabled=False),
        ),
        unknown=(_alarm(alarm_actions=["${var.on ? aws_sns_topic.a.arn : null}"]),),
    ),
    Example(
        "CKV_ARQ_20",
        passes=(
            _alarm(period=60, evaluation_periods=5),
            _alarm(evaluation_periods=1, metric_query=[{"metric": [{"period": 300}]}, {"expression": "a"}]),
            _alarm(
                namespace="AWS/CertificateManager",
                metric_name="DaysToExpiry",
                period=86_400,
                evaluation_periods=1,
            ),
            _first_part(_windows()),
            _first_part(_windows(rule="({1} AND {0}) OR ({1} AND {1})")),
            _first_part(_windows(rule="({0} AND {1}) AND NOT {2}")),
        ),
        fails=(
            _first_part(_windows(threshold=50)),
            # The composite alarm has no action, or none that is enabled.
            _first_part(_windows(composite={"alarm_actions": None})),
            _first_part(_windows(composite={"actions_enabled": False})),
            # The part notifies, or it is enough alone, or it can't make the composite alarm fire.
            _first_part(_windows(part={"ok_actions": ["${aws_sns_topic.critical.arn}"]})),
            _first_part(_windows(rule="{0}")),
            _first_part(_windows(rule="{0} OR {1}")),
            _first_part(_windows(rule="{1} AND NOT {0}")),
            _first_part(_windows(rule="{0} AND {1} AND {2}")),
            # The other window is of another metric, or of the same period.
            _first_part(_windows(other={"metric_name": "4xxErrorRate"})),
            _first_part(_windows(other={"period": 259_200})),
            # The rule can't be read, or an alarm in it is none of the stack.
            _first_part(_windows(rule="{0} AND {1} AND")),
            _first_part(_windows(rule='{0} AND OK("a")')),
            _first_part(
                _windows(rule='{0} AND {1} AND NOT ALARM("${{aws_cloudwatch_metric_alarm.x.alarm_name}}")')
            ),
            _first_part(_windows(rule="${{var.rule}} {0} AND {1}")),
            _alarm(namespace="AWS/CloudFront", metric_name="5xxErrorRate", period=3600, evaluation_periods=1),
            _alarm(
                namespace="AWS/CloudFront",
                metric_name="5xxErrorRate",
                period=3600,
                evaluation_periods=1,
                threshold=14,
                **ACTING,
            ),
            _alarm(period=300, evaluation_periods=2),
            _alarm(namespace="AWS/RDS", metric_name="DaysToExpiry", period=86_400, evaluation_periods=1),
            _alarm(evaluation_periods=1),
            _alarm(period=60),
            _alarm(evaluation_periods=3, metric_query=[{"metric": {"period": 300}}]),
            _alarm(
                evaluation_periods=3, metric_query=[{"metric": {"period": 60}}, {"metric": {"period": 300}}]
            ),
            _alarm(period=60, evaluation_periods=0),
        ),
        unknown=(_alarm(period="${var.period}", evaluation_periods=1),),
    ),
    Example(
        "CKV2_ARQ_11",
        passes=(
            _page(),
            _page(period=60, evaluation_periods="3"),
            _page(
                namespace=None,
                period=None,
                metric_query=[{"expression": "a"}, {"metric": {"namespace": "AWS/RDS", "period": 60}}],
            ),
            _composite(PART, period=60, evaluation_periods=3),
            _burn((1.44, 3600)),
            _burn((1.44, 3600), (1.8, 21_600)),
            _burn((4.32, 3600), metric_name="OriginLatency", stat="PR(:300)"),
        ),
        fails=(
            _page(evaluation_periods=4),
            _page(period=300, evaluation_periods=1),
            _page(namespace="AWS/S3", evaluation_periods=1),
            _page(namespace="AWS/CertificateManager", period=86_400, evaluation_periods=1),
            _page(namespace=None, period=None, metric_query=[{"expression": "SEARCH('a')"}]),
            _page(
                metric_query=[
                    {"metric": {"namespace": "AWS/RDS", "period": 60}},
                    {"metric": {"namespace": "AWS/S3", "period": 60}},
                ]
            ),
            # A topic of unknown severity is taken for a page.
            _page(evaluation_periods=4, alarm_actions=["arn:aws:sns:eu-west-1:123456789012:others"]),
            _page(evaluation_periods=4, alarm_actions=["${var.topic}"]),
            _composite(PART, period=60, evaluation_periods=5),
            _burn((6, 3600)),
            _burn((1.44, 3600), metric_name="BytesDownloaded"),
        ),
        unknown=(
            _page(period="${var.period}"),
            _composite('ALARM("another-alarm")', period=60, evaluation_periods=1),
        ),
        not_applicable=(
            {**_alarm(period=300, evaluation_periods=1, **ACTING), "aws_sns_topic.critical": WARNING},
            _alarm(period=300, evaluation_periods=1),
            _burn((0.1, 259_200), warning=True),
        ),
    ),
    Example(
        "CKV2_ARQ_4",
        passes=(
            _watched("aws_db_instance.it", "DBInstanceIdentifier", "${aws_db_instance.it.identifier}"),
            _watched("aws_db_instance.it", "DBInstanceIdentifier", "production-main"),
            _watched("aws_db_instance.it", "Unused", "", metric_query=QUERY),
            _watched("aws_nat_gateway.it", "NatGatewayId", "${aws_nat_gateway.it.id}"),
            _watched("aws_lb.it", "LoadBalancer", "${aws_lb.it.arn_suffix}"),
            _watched("aws_eks_cluster.it", "ClusterName", "production"),
            _watched(
                "aws_elasticache_replication_group.it",
                "CacheClusterId",
                "${aws_elasticache_replication_group.it.replication_group_id}-001",
            ),
        ),
        fails=(
            {"aws_db_instance.it": {"identifier": "production-main"}},
            _watched("aws_db_instance.it", "DBInstanceIdentifier", "${aws_db_instance.other.identifier}"),
            _watched("aws_db_instance.it", "ProxyName", "production-main"),
            _watched("aws_db_instance.it", "DBInstanceIdentifier", "production-main", alarm_actions=[]),
            _watched("aws_db_instance.it", "DBInstanceIdentifier", "production-main", actions_enabled=False),
        ),
    ),
)


def _acts(alarm: Body) -> bool:
    return bool(alarm.get("alarm_actions"))


def _pages(alarm: Body) -> bool:
    return "critical" in str(alarm.get("alarm_actions"))


REGRESSIONS = (
    regression(
        "alarm without action",
        edit_first("aws_cloudwatch_metric_alarm", set_value("alarm_actions", []), where=_acts),
        "CKV2_ARQ_8",
    ),
    regression(
        "alarm with disabled actions",
        edit_first("aws_cloudwatch_metric_alarm", set_value("actions_enabled", value=False), where=_acts),
        "CKV2_ARQ_8",
    ),
    regression(
        "alarm reacts after an hour",
        edit_first(
            "aws_cloudwatch_metric_alarm", set_value("period", 300), set_value("evaluation_periods", 12)
        ),
        "CKV_ARQ_20",
    ),
    regression(
        "page after seven minutes",
        edit_first("aws_cloudwatch_metric_alarm", set_value("evaluation_periods", 5), where=_pages),
        "CKV2_ARQ_11",
    ),
    regression(
        "database without alarms",
        remove_referrers(
            "aws_db_instance", "identifier", from_type="aws_cloudwatch_metric_alarm", where=is_primary
        ),
        "CKV2_ARQ_4",
    ),
    regression(
        "NAT gateway without alarms",
        remove_referrers("aws_nat_gateway", "id", from_type="aws_cloudwatch_metric_alarm"),
        "CKV2_ARQ_4",
    ),
    regression(
        "log group without retention",
        edit_first("aws_cloudwatch_log_group", remove_value("retention_in_days")),
        "CKV_AWS_66",
    ),
    regression(
        "log group with AWS managed key",
        edit_first("aws_cloudwatch_log_group", remove_value("kms_key_id")),
        "CKV_AWS_158",
    ),
)
