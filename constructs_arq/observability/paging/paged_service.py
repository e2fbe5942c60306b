"""A service of PagerDuty: the receiver of one environment's alerts."""

from typing import Final

from cdktf_cdktf_provider_pagerduty.alert_grouping_setting import (
    AlertGroupingSetting,
    AlertGroupingSettingConfigA,
)
from cdktf_cdktf_provider_pagerduty.service import Service, ServiceIncidentUrgencyRule
from constructs import Construct
from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.stack import Stack
from constructs_arq.observability.paging.escalation_policy import EscalationPolicy

# PagerDuty's word for no time limit. https://registry.terraform.io/providers/PagerDuty/pagerduty/3.30.8/docs/resources/service
_NEVER: Final = "null"


class PagedServiceConfig(Config):
    """The treatment of an environment's alerts in PagerDuty."""

    acknowledgement_minutes: int = Field(
        default=30,
        ge=5,
        le=240,
        description="An acknowledged incident that is not resolved after this time calls again.",
    )
    grouping_minutes: int | None = Field(
        default=None,
        ge=1,
        le=60,
        description="Alerts within this time after the first join its incident. It needs PagerDuty AIOps.",
    )


class PagedService(Construct):
    """A service whose critical alerts call at once, and whose warnings have low urgency.

    Incidents never resolve by time: CloudWatch sends the start of a problem once, so an incident that
    resolves too early would hide the rest of an outage. The service has no integration here. Its key would be
    in Terraform's state, so an administrator adds it in PagerDuty.
    https://support.pagerduty.com/main/docs/dynamic-notifications
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        escalation: EscalationPolicy,
        config: PagedServiceConfig,
    ) -> None:
        """Create the service `name`, whose incidents `escalation` assigns."""
        super().__init__(scope, id)
        service = Service(
            self,
            "Default",
            name=name,
            description=f"Alerts of {name}",
            escalation_policy=escalation.policy_id,
            acknowledgement_timeout=str(config.acknowledgement_minutes * 60),
            auto_resolve_timeout=_NEVER,
            incident_urgency_rule=ServiceIncidentUrgencyRule(type="constant", urgency="severity_based"),
            # Its integrations and their keys end with it: alerts would reach nobody.
            lifecycle=Stack.of(self).protection,
        )
        if config.grouping_minutes:
            # The arguments of the service for it are deprecated in favor of this type.
            AlertGroupingSetting(
                self,
                "grouping",
                name=name,
                description=f"Alerts of {name} that start together",
                type="time",
                services=[service.id],
                config=AlertGroupingSettingConfigA(timeout=config.grouping_minutes * 60),
            )
