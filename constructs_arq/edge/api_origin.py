"""CloudFront VPC origin for an internal load balancer."""

from cdktf import TerraformResource, TerraformResourceLifecycle
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
from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.port import Port
from constructs_arq.core.protocols import PrivateOrigin
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.edge.vpc_origin_zones import require_supported

_HTTP = 80  # CloudFront requires both ports; "https-only" does not use this one.
_HTTPS = Port.tcp(443)
_PROTOCOL = "https-only"
_TLS = ("TLSv1.2",)
# CloudFront creates this security group in a VPC with the first VPC origin, for its network interfaces.
_SERVICE_GROUP = "CloudFront-VPCOrigins-Service-SG"


class ApiOriginConfig(Config):
    """Timeouts between CloudFront and the load balancer that an environment can vary.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
    """

    read_timeout_seconds: int = Field(
        default=30,
        ge=1,
        le=120,
        description="Seconds that CloudFront waits for a response, and between two parts of it. Must be at "
        "most the load balancer's idle timeout.",
    )
    keepalive_seconds: int = Field(
        default=30,
        ge=1,
        le=120,
        description="Seconds that CloudFront keeps an idle connection. Must be less than the load "
        "balancer's idle timeout.",
    )


class ApiOrigin(Construct):
    """A VPC origin: CloudFront connects to the load balancer inside the VPC, over TLS only.

    The load balancer accepts CloudFront's security group, so only distributions of this account reach it.
    CloudFront creates that group with the VPC origin. Terraform reads its id during the apply.

    CloudFront refuses each change of a VPC origin that a distribution uses, except of its tags. So each
    change makes a new one: Terraform creates it, moves the distribution to it and deletes the old one. A
    distribution of another stack, which has the id as a value, can't move at once: docs/failover.md has the
    order.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
    https://github.com/hashicorp/terraform-provider-aws/issues/40905

    Raises:
        ConstructError: if VPC origins don't exist in the region or in a zone of the load balancer, or if a
            timeout is too long for the load balancer.
    """

    def __init__(
        self, scope: Construct, id: str, *, load_balancer: PrivateOrigin, config: ApiOriginConfig
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        require_supported(self.node.path, stack.region, load_balancer.zones)
        self._require_shorter_timeouts(load_balancer, config)
        self._config = config
        self._domain = load_balancer.domain
        revision = self._make_revision(load_balancer)
        origin = CloudfrontVpcOrigin(
            self,
            "Default",
            vpc_origin_endpoint_config=[
                CloudfrontVpcOriginVpcOriginEndpointConfig(
                    # Both exist at the same time, so they need different names.
                    name=f"{stack.physical_name(logical_name(self))}-{_unique_suffix(revision)}",
                    arn=load_balancer.arn,
                    http_port=_HTTP,
                    https_port=_HTTPS.first,
                    origin_protocol_policy=_PROTOCOL,
                    origin_ssl_protocols=[
                        CloudfrontVpcOriginVpcOriginEndpointConfigOriginSslProtocols(
                            items=list(_TLS), quantity=len(_TLS)
                        )
                    ],
                )
            ],
            lifecycle=TerraformResourceLifecycle(
                create_before_destroy=True,
                # Terraform JSON takes a plain address here. cdktf would render `${…}`.
                replace_triggered_by=[f"{revision.terraform_resource_type}.{revision.friendly_unique_id}"],
            ),
        )
        self.origin_id: str = origin.id
        self._allow_cloudfront(load_balancer, origin)

    def render(self, origin_id: str) -> CloudfrontDistributionOrigin:
        """Return the origin for a distribution. Its certificates need this domain and the viewer's host."""
        return CloudfrontDistributionOrigin(
            origin_id=origin_id,
            domain_name=self._domain,
            vpc_origin_config=CloudfrontDistributionOriginVpcOriginConfig(
                vpc_origin_id=self.origin_id,
                origin_read_timeout=self._config.read_timeout_seconds,
                origin_keepalive_timeout=self._config.keepalive_seconds,
            ),
        )

    def _make_revision(self, load_balancer: PrivateOrigin) -> TerraformResource:
        """Create a resource that is replaced with each change of what the VPC origin consists of."""
        # cdktf's DataResource would run `terraform version` during synthesis.
        revision = TerraformResource(self, "revision", terraform_resource_type="terraform_data")
        revision.add_override(
            "triggers_replace",
            {
                "load_balancer": load_balancer.arn,
                "ports": [_HTTP, _HTTPS.first],
                "protocol": _PROTOCOL,
                "tls": list(_TLS),
            },
        )
        return revision

    def _allow_cloudfront(self, load_balancer: PrivateOrigin, origin: CloudfrontVpcOrigin) -> None:
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

    def _require_shorter_timeouts(self, load_balancer: PrivateOrigin, config: ApiOriginConfig) -> None:
        idle = load_balancer.idle_timeout_seconds
        if idle is None:
            return
        # The load balancer also answers with 504 if a target sends nothing during its idle timeout.
        # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
        if config.read_timeout_seconds > idle:
            raise ConstructError(
                self.node.path,
                f"read_timeout_seconds must be at most the load balancer's idle timeout of {idle} s, "
                f"got {config.read_timeout_seconds}",
                fix="Use a shorter read timeout, or a longer idle_timeout_seconds.",
            )
        # CloudFront would otherwise send requests on connections that the load balancer just closed.
        if config.keepalive_seconds >= idle:
            raise ConstructError(
                self.node.path,
                f"keepalive_seconds must be less than the load balancer's idle timeout of {idle} s, "
                f"got {config.keepalive_seconds}",
                fix="Use a shorter keep-alive, or a longer idle_timeout_seconds.",
            )


def _unique_suffix(revision: TerraformResource) -> str:
    return f"${{substr({revision.fqn}.id, 0, 8)}}"
