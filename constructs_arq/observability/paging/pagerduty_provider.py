"""The Terraform provider of PagerDuty."""

from cdktf_cdktf_provider_pagerduty.provider import PagerdutyProvider

from constructs_arq.core.stack import Stack
from constructs_arq.observability.paging.pager_config import PagerDutyRegion


def configure_pagerduty(stack: Stack, *, region: PagerDutyRegion) -> None:
    """Give `stack` the provider of PagerDuty for an account in a service region.

    The token comes from the environment variable PAGERDUTY_TOKEN, which the provider reads itself. So the
    configuration, the plan and the state contain none.
    https://github.com/PagerDuty/terraform-provider-pagerduty/blob/v3.30.8/pagerdutyplugin/provider.go
    """
    PagerdutyProvider(stack, "pagerduty", service_region=region)
    # Lock files have it in lower case. cdktf-cli compares the case, and would ask the registry each time.
    stack.add_override("terraform.required_providers.pagerduty.source", "pagerduty/pagerduty")
