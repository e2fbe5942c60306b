"""Alarms and logs."""

from tests.policies.mutations import Body, edit_first, regression, remove_referrers, remove_value, set_value
from tests.policies.network_mutations import is_primary


def _acts(alarm: Body) -> bool:
    return bool(alarm.get("alarm_actions"))


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
