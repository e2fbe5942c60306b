"""Detection of unusual costs."""

from cdktf_cdktf_provider_aws.ce_anomaly_monitor import CeAnomalyMonitor
from cdktf_cdktf_provider_aws.ce_anomaly_subscription import (
    CeAnomalySubscription,
    CeAnomalySubscriptionSubscriber,
    CeAnomalySubscriptionThresholdExpression,
    CeAnomalySubscriptionThresholdExpressionDimension,
)
from constructs import Construct
from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.observability.costs.cost_alerts import CostAlerts
from constructs_arq.observability.costs.region import BILLING_REGION


class CostAnomaliesConfig(Config):
    """The monitor of an account's services, and the impact from which people get a message."""

    impact_usd: int = Field(
        ge=1, description="Impact of an anomaly in US dollars, from its start, that sends a message."
    )
    monitor_arn: str | None = Field(
        default=None,
        pattern=r"^arn:aws[a-z-]*:ce::\d{12}:anomalymonitor/[0-9a-f-]{36}$",
        description="ARN of the monitor of services that the account has already. None creates it.",
    )


class CostAnomalies(Construct):
    """Cost Anomaly Detection on each service of the account. AWS looks for anomalies three times a day.

    An account can have only one monitor of its services. AWS makes one when it turns on Cost Explorer. A
    second fails: "Limit exceeded on dimensional spend monitor creation". Then give the ARN of the first as
    `monitor_arn`. Member accounts of an organization can't have monitors of another kind.
    https://docs.aws.amazon.com/cost-management/latest/userguide/getting-started-ad.html
    """

    def __init__(self, scope: Construct, id: str, *, alerts: CostAlerts, config: CostAnomaliesConfig) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        name = stack.physical_name(logical_name(self))
        provider = stack.provider_in(BILLING_REGION)
        monitor_arn = config.monitor_arn
        if monitor_arn is None:
            monitor_arn = CeAnomalyMonitor(
                self,
                "monitor",
                name=name,
                monitor_type="DIMENSIONAL",
                monitor_dimension="SERVICE",
                provider=provider,
            ).arn
        CeAnomalySubscription(
            self,
            "subscription",
            name=name,
            # Immediate messages go to topics only, and summaries of a day to e-mail addresses only.
            frequency="IMMEDIATE",
            monitor_arn_list=[monitor_arn],
            subscriber=[CeAnomalySubscriptionSubscriber(type="SNS", address=alerts.topic_arn)],
            threshold_expression=CeAnomalySubscriptionThresholdExpression(
                dimension=CeAnomalySubscriptionThresholdExpressionDimension(
                    key="ANOMALY_TOTAL_IMPACT_ABSOLUTE",
                    match_options=["GREATER_THAN_OR_EQUAL"],
                    values=[str(config.impact_usd)],
                )
            ),
            depends_on=[alerts.topic_policy],
            provider=provider,
        )
