"""CloudFront VPC origin for an internal load balancer."""

from cdktf_cdktf_provider_aws.cloudfront_distribution import (
    CloudfrontDistributionOrigin,
    CloudfrontDistributionOriginVpcOriginConfig,
)
from cdktf_cdktf_provider_aws.cloudfront_vpc_origin import (
    CloudfrontVpcOrigin,
    CloudfrontVpcOriginVpcOriginEndpointConfig,
    CloudfrontVpcOriginVpcOriginEndpointConfigOriginSslProtocols,
)
from cdktf_cdktf_provider_aws.data_aws_security_group import DataAwsSecurityGroup
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from constructs_arq.core.port import Port
from constructs_arq.core.protocols import PrivateOrigin
from constructs_arq.core.stack import Stack, logical_name

_HTTP = 80  # CloudFront requires both ports; "https-only" does not use this one.
_HTTPS = Port.tcp(443)
_READ_SECONDS = 30
# Shorter than the load balancer's idle timeout, so that CloudFront closes idle connections first.
_KEEPALIVE_SECONDS = 30
# CloudFront creates this security group in a VPC with the first VPC origin, for its network interfaces.
_SERVICE_GROUP = "CloudFront-VPCOrigins-Service-SG"


class ApiOrigin(Construct):
    """A VPC origin: CloudFront connects to the load balancer inside the VPC, over TLS only.

    The load balancer accepts CloudFront's security group, so only distributions of this account reach it.
    CloudFront creates that group with the VPC origin. Terraform reads its id during the apply.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
    """

    def __init__(self, scope: Construct, id: str, *, load_balancer: PrivateOrigin) -> None:
        super().__init__(scope, id)
        self._domain = load_balancer.domain
        endpoint = CloudfrontVpcOriginVpcOriginEndpointConfig(
            name=Stack.of(self).physical_name(logical_name(self)),
            arn=load_balancer.arn,
            http_port=_HTTP,
            https_port=_HTTPS.first,
            origin_protocol_policy="https-only",
            origin_ssl_protocols=[
                CloudfrontVpcOriginVpcOriginEndpointConfigOriginSslProtocols(items=["TLSv1.2"], quantity=1)
            ],
        )
        origin = CloudfrontVpcOrigin(self, "Default", vpc_origin_endpoint_config=[endpoint])
        self._origin_id: str = origin.id
        group = DataAwsSecurityGroup(
            self,
            "cloudfront",
            name=_SERVICE_GROUP,
            vpc_id=load_balancer.vpc_id,
            depends_on=[origin],
        )
        VpcSecurityGroupIngressRule(
            self,
            "from-cloudfront",
            security_group_id=load_balancer.connections.security_group_id,
            referenced_security_group_id=group.id,
            ip_protocol=_HTTPS.protocol,
            from_port=_HTTPS.first,
            to_port=_HTTPS.last,
            description="CloudFront fetches what the API answers",
        )

    def render(self, origin_id: str) -> CloudfrontDistributionOrigin:
        """Return the origin for a distribution. CloudFront verifies the certificate against its domain."""
        return CloudfrontDistributionOrigin(
            origin_id=origin_id,
            domain_name=self._domain,
            vpc_origin_config=CloudfrontDistributionOriginVpcOriginConfig(
                vpc_origin_id=self._origin_id,
                origin_read_timeout=_READ_SECONDS,
                origin_keepalive_timeout=_KEEPALIVE_SECONDS,
            ),
        )
