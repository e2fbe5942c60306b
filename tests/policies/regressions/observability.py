"""Alarms and logs."""

from tests.policies.ground import is_primary
from tests.policies.planting import Body, caught, drop, on_first, put, removing_what_names


def _acts(alarm: Body) -> bool:
    return bool(alarm.get("alarm_actions"))


REGRESSIONS = (
    caught(
        "an alarm that tells nobody",
        on_first("aws_cloudwatch_metric_alarm", put("alarm_actions", []), where=_acts),
        "CKV2_ARQ_8",
    ),
    caught(
        "an alarm that is switched off",
        on_first("aws_cloudwatch_metric_alarm", put("actions_enabled", value=False), where=_acts),
        "CKV2_ARQ_8",
    ),
    caught(
        "an alarm after an hour",
        on_first("aws_cloudwatch_metric_alarm", put("period", 300), put("evaluation_periods", 12)),
        "CKV_ARQ_20",
    ),
    caught(
        "a database without alarms",
        removing_what_names(
            "aws_db_instance", "identifier", from_type="aws_cloudwatch_metric_alarm", where=is_primary
        ),
        "CKV2_ARQ_4",
    ),
    caught(
        "a NAT gateway without alarms",
        removing_what_names("aws_nat_gateway", "id", from_type="aws_cloudwatch_metric_alarm"),
        "CKV2_ARQ_4",
    ),
    caught(
        "logs that are kept for ever",
        on_first("aws_cloudwatch_log_group", drop("retention_in_days")),
        "CKV_AWS_66",
    ),
    caught("logs under AWS's key", on_first("aws_cloudwatch_log_group", drop("kms_key_id")), "CKV_AWS_158"),
)
