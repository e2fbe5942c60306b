"""An internal application load balancer and target group that already exist."""

import re
from dataclasses import dataclass
from typing import Annotated, Final

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.data_aws_lb_listener import DataAwsLbListener
from constructs import Construct
from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.port import Port
from constructs_arq.core.stack import logical_name
from constructs_arq.core.values import Domain, SecurityGroupId, VpcId, literal_identifier, resource_identifier
from constructs_arq.security.connections import Connections

_PREFIX = r"arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}"
_LOAD_BALANCER = rf"{_PREFIX}:loadbalancer/app/[\w-]+/[0-9a-f]+"
_EXAMPLE = "arn:aws:elasticloadbalancing:eu-west-1:111122223333"
_TARGET_GROUP = rf"{_PREFIX}:targetgroup/[\w-]+/[0-9a-f]+"


class LoadBalancerAttributes(Config):
    """Attributes of an existing internal application load balancer."""

    arn: Annotated[
        str,
        resource_identifier(
            _LOAD_BALANCER,
            kind="the ARN of an application load balancer",
            example=f"{_EXAMPLE}:loadbalancer/app/api/0123456789abcdef",
        ),
    ] = Field(description="ARN of the load balancer.")
    domain: Domain = Field(description="Domain of its certificate.")
    vpc_id: VpcId = Field(description="VPC of the load balancer.")
    security_group_id: SecurityGroupId = Field(description="Security group of the load balancer.")
    port: int = Field(ge=1, le=65_535, description="TCP port of the HTTPS listener.")


class ExistingLoadBalancer(Construct):
    """An existing load balancer for connections and as the API origin of a `Distribution`."""

    def __init__(self, scope: Construct, id: str, *, attributes: LoadBalancerAttributes) -> None:
        super().__init__(scope, id)
        self.arn: Final = attributes.arn
        self.domain: Final = attributes.domain
        listener = DataAwsLbListener(self, "listener", load_balancer_arn=attributes.arn, port=attributes.port)
        self.listener_arn: Final[str] = listener.arn
        self.vpc_id: Final = attributes.vpc_id
        self.zones: Final[tuple[str, ...]] = ()
        self.idle_timeout_seconds: Final[int | None] = None
        self.connections: Final = Connections(
            self,
            "connections",
            security_group_id=attributes.security_group_id,
            logical_name=logical_name(self),
            listens_on=Port.tcp(attributes.port),
        )


class TargetGroupAttributes(Config):
    """ARNs of an existing target group and its load balancer, as literal text."""

    arn: Annotated[
        str,
        literal_identifier(
            _TARGET_GROUP,
            kind="the literal ARN of a target group",
            example=f"{_EXAMPLE}:targetgroup/api/0123456789abcdef",
        ),
    ] = Field(description="ARN of the target group.")
    load_balancer_arn: Annotated[
        str,
        literal_identifier(
            _LOAD_BALANCER,
            kind="the literal ARN of an application load balancer",
            example=f"{_EXAMPLE}:loadbalancer/app/api/0123456789abcdef",
        ),
    ] = Field(description="ARN of its application load balancer.")


@dataclass(frozen=True, kw_only=True)
class ExistingTargetGroup:
    """An existing target group of type `instance`, in which a `Fleet` registers its instances."""

    arn: str
    arn_suffix: str
    load_balancer_suffix: str
    rules: tuple[ITerraformDependable, ...] = ()

    @classmethod
    def from_attributes(cls, attributes: TargetGroupAttributes) -> "ExistingTargetGroup":
        """Return the target group with the CloudWatch dimension values from its ARNs."""
        return cls(
            arn=attributes.arn,
            arn_suffix=attributes.arn.rpartition(":")[2],
            load_balancer_suffix=re.sub("^.*:loadbalancer/", "", attributes.load_balancer_arn),
        )
