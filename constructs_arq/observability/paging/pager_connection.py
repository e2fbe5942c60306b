"""The connection of EventBridge to PagerDuty, without the key."""

from typing import Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.cloudwatch_event_api_destination import CloudwatchEventApiDestination
from cdktf_cdktf_provider_aws.cloudwatch_event_connection import (
    CloudwatchEventConnection,
    CloudwatchEventConnectionAuthParameters,
    CloudwatchEventConnectionAuthParametersApiKey,
    CloudwatchEventConnectionAuthParametersInvocationHttpParameters,
    CloudwatchEventConnectionAuthParametersInvocationHttpParametersBody,
)
from constructs import Construct

from constructs_arq.core.stack import Stack

# `arqctl doctor` looks for this text, and `arqctl paging set-key` replaces it.
NO_KEY: Final = "no key yet"
# AWS requires a value. It is no secret, and PagerDuty refuses it.
_PLACEHOLDER: Final = "unset"
# Events API v2 accepts 120 events in a minute. https://developer.pagerduty.com/docs/events-api-v2-overview
_CALLS_PER_SECOND: Final = 2


def make_destination(
    scope: Construct, *, name: str, region: str, endpoint: str
) -> CloudwatchEventApiDestination:
    """Create the connection in a region, and the API destination that uses it.

    PagerDuty reads the key from the field `routing_key` of the body. A connection also needs a header: the
    one that PagerDuty's client libraries use. An administrator puts the key into both.

    Terraform ignores all arguments of the connection after its creation. The provider never reads secrets,
    but it sends its own values with each update, also of a description: the placeholder would replace the
    key. https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/events/connection.go
    """
    provider = Stack.of(scope).provider_in(region)
    connection = CloudwatchEventConnection(
        scope,
        "connection",
        name=name,
        description=f"PagerDuty: {NO_KEY}",
        authorization_type="API_KEY",
        auth_parameters=CloudwatchEventConnectionAuthParameters(
            api_key=CloudwatchEventConnectionAuthParametersApiKey(key="X-Routing-Key", value=_PLACEHOLDER),
            invocation_http_parameters=CloudwatchEventConnectionAuthParametersInvocationHttpParameters(
                body=[
                    CloudwatchEventConnectionAuthParametersInvocationHttpParametersBody(
                        key="routing_key", value=_PLACEHOLDER, is_value_secret=True
                    )
                ]
            ),
        ),
        lifecycle=TerraformResourceLifecycle(ignore_changes="all"),
        provider=provider,
    )
    return CloudwatchEventApiDestination(
        scope,
        "destination",
        name=name,
        description="PagerDuty Events API v2",
        connection_arn=connection.arn,
        invocation_endpoint=endpoint,
        http_method="POST",
        invocation_rate_limit_per_second=_CALLS_PER_SECOND,
        provider=provider,
    )
