"""A switch between the API of a region and that of its standby, which works without a deployment."""

from typing import Final

from cdktf_cdktf_provider_aws.cloudfront_distribution import (
    CloudfrontDistributionOrigin,
    CloudfrontDistributionOriginVpcOriginConfig,
)
from cdktf_cdktf_provider_aws.cloudfront_key_value_store import CloudfrontKeyValueStore
from constructs import Construct

from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.edge.api_origin import ApiOriginConfig
from constructs_arq.edge.edge_function import EdgeFunction, read_code

STANDBY_ORIGIN: Final = "api-standby"


class RegionSwitch(Construct):
    """A function that sends API requests to the standby while the key `api-region` is `standby`.

    An origin group can't do this: CloudFront fails over for GET, HEAD and OPTIONS only. The function also
    moves writes. A changed key reaches all edge locations within seconds, and it needs no control plane of
    CloudFront. Without the key, the API's own origin serves. If the store can't be read, it serves reads,
    and other requests get the status 503: after a failover, its database must not take writes.

    `origin_id` is the id of the standby's VPC origin. It is a value: neither stack may need the other.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/helper-functions-origin-modification.html
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/kvs-with-functions.html
    """

    def __init__(
        self, scope: Construct, id: str, *, domain: str, origin_id: str, config: ApiOriginConfig
    ) -> None:
        super().__init__(scope, id)
        self.store_name: str = Stack.of(self).physical_name(logical_name(self))
        store = CloudfrontKeyValueStore(
            self, "Default", name=self.store_name, comment="The region that serves the API"
        )
        self.function_arn: str = EdgeFunction(
            self,
            "function",
            code=read_code("api_region.js"),
            comment="Sends requests to the region that serves the API",
            store_arn=store.arn,
        ).arn
        self._domain, self._origin_id, self._config = domain, origin_id, config

    def render_origin(self) -> CloudfrontDistributionOrigin:
        """Return the standby's origin for a distribution. Its certificate has the same names."""
        return CloudfrontDistributionOrigin(
            origin_id=STANDBY_ORIGIN,
            domain_name=self._domain,
            vpc_origin_config=CloudfrontDistributionOriginVpcOriginConfig(
                vpc_origin_id=self._origin_id,
                origin_read_timeout=self._config.read_timeout_seconds,
                origin_keepalive_timeout=self._config.keepalive_seconds,
            ),
        )
