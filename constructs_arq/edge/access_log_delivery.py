"""Access logs of a distribution."""

from cdktf_cdktf_provider_aws.cloudwatch_log_delivery import (
    CloudwatchLogDelivery,
    CloudwatchLogDeliveryS3DeliveryConfiguration,
)
from cdktf_cdktf_provider_aws.cloudwatch_log_delivery_destination import (
    CloudwatchLogDeliveryDestination,
    CloudwatchLogDeliveryDestinationDeliveryDestinationConfiguration,
)
from cdktf_cdktf_provider_aws.cloudwatch_log_delivery_source import CloudwatchLogDeliverySource
from constructs import Construct

from constructs_arq.core.protocols import AccessLogBucket
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.edge.region import CLOUDFRONT_REGION

# All fields except cookies: log readers could impersonate the client with them.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
_FIELDS = (
    "date",
    "time",
    "x-edge-location",
    "sc-bytes",
    "c-ip",
    "cs-method",
    "cs(Host)",
    "cs-uri-stem",
    "sc-status",
    "cs(Referer)",
    "cs(User-Agent)",
    "cs-uri-query",
    "x-edge-result-type",
    "x-edge-request-id",
    "x-host-header",
    "cs-protocol",
    "cs-bytes",
    "time-taken",
    "x-forwarded-for",
    "ssl-protocol",
    "ssl-cipher",
    "x-edge-response-result-type",
    "cs-protocol-version",
    "c-port",
    "time-to-first-byte",
    "x-edge-detailed-result-type",
    "sc-content-type",
    "sc-content-len",
    "sc-range-start",
    "sc-range-end",
)


class AccessLogDelivery(Construct):
    """CloudFront standard logging v2: one JSON line per request, in hourly folders below `delivered/`.

    Unlike v1 it needs no bucket with access control lists.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
    """

    def __init__(
        self, scope: Construct, id: str, *, distribution_arn: str, access_logs: AccessLogBucket
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        provider = stack.provider_in(CLOUDFRONT_REGION)
        name = stack.physical_name(logical_name(self))
        # From the name, because the policy must exist before the delivery.
        access_logs.allow_delivery(stack.arn("logs", f"delivery-source:{name}", region=CLOUDFRONT_REGION))
        source = CloudwatchLogDeliverySource(
            self,
            "source",
            name=name,
            log_type="ACCESS_LOGS",
            resource_arn=distribution_arn,
            provider=provider,
        )
        destination = CloudwatchLogDeliveryDestination(
            self,
            "destination",
            name=name,
            output_format="json",
            delivery_destination_configuration=[
                CloudwatchLogDeliveryDestinationDeliveryDestinationConfiguration(
                    # `bucket_name` depends on the bucket policy, which must allow deliveries first.
                    destination_resource_arn=stack.arn(
                        "s3", f"{access_logs.bucket_name}/delivered", region="", account_id=""
                    )
                )
            ],
            provider=provider,
        )
        CloudwatchLogDelivery(
            self,
            "Default",
            delivery_source_name=source.name,
            delivery_destination_arn=destination.arn,
            record_fields=list(_FIELDS),
            s3_delivery_configuration=[
                CloudwatchLogDeliveryS3DeliveryConfiguration(
                    enable_hive_compatible_path=False,
                    suffix_path="/{DistributionId}/{yyyy}/{MM}/{dd}/{HH}",
                )
            ],
            provider=provider,
        )
