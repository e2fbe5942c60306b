"""Builders of distributions for tests."""

from constructs import Construct

from constructs_arq.core.port import Port
from constructs_arq.edge.api_origin import ApiOrigin, ApiOriginConfig
from constructs_arq.edge.certificate import HostedZone
from constructs_arq.edge.distribution import Distribution, DistributionConfig
from constructs_arq.security.connections import Connections
from constructs_arq.storage.bucket import LogBucket

ZONE = HostedZone(zone_id="Z0123456789", name="arq.example")
CONFIG = DistributionConfig(domain="app.arq.example")


class FakeLoadBalancer(Construct):
    """A `PrivateOrigin` with fixed values."""

    def __init__(self, scope: Construct, id: str, *, zones: tuple[str, ...] = ("euw1-az1",)) -> None:
        super().__init__(scope, id)
        self.arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/api/0123456789abcdef"
        self.domain = "origin.arq.example"
        self.listener_arn = self.arn.replace("loadbalancer", "listener") + "/fedcba9876543210"
        self.vpc_id = "vpc-0123456789abcdef0"
        self.zones = zones
        self.idle_timeout_seconds = 60
        self.connections = Connections(
            self, "connections", security_group_id="sg-api", logical_name=id, listens_on=Port.tcp(443)
        )


def make_distribution(
    scope: Construct, *, config: DistributionConfig = CONFIG, with_api: bool = True
) -> Distribution:
    return Distribution(
        scope,
        "cdn",
        zone=ZONE,
        access_logs=LogBucket(scope, "logs", retention_days=365),
        api_origin=FakeLoadBalancer(scope, "api") if with_api else None,
        config=config,
    )


def make_api_origin(scope: Construct, *, zones: tuple[str, ...]) -> ApiOrigin:
    balancer = FakeLoadBalancer(scope, "api", zones=zones)
    return ApiOrigin(scope, "origin", load_balancer=balancer, config=ApiOriginConfig())
