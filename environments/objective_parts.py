"""The parts that a request to a service of the platform needs, for the check of objectives.

The control plane of EKS is none of them: pods serve without it. Neither are NAT gateways, Secrets Manager and
KMS: a request does not wait for them. RDS Proxy has no agreement of its own.
"""

from collections.abc import Sequence

from constructs_arq.core.errors import ConfigError
from constructs_arq.observability.slo.reachable_objectives import Part, Service, find_unreachable
from environments.environment import Environment

# A failover takes one or two minutes: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html
# Without a standby, the maintenance window has 30 minutes at least. One of them a month is an assumption.
_FAILOVER_MINUTES = 2
_WINDOW_MINUTES = 30


def require_reachable_objectives(env: Environment) -> None:
    """Raise if the services below an objective do not allow it, and it has no reason.

    Raises:
        ConfigError: with the figure of each part of each objective that is too high.
    """
    api = [_nodes(env), *_database(env), _cache(env)]
    problems = list(find_unreachable(env.slos, {"api": api, "site": [*_edge(env), *api]}))
    if problems:
        raise ConfigError(f"environments/{env.name}.py", problems)


def _nodes(env: Environment) -> Part:
    spread = len(env.network.zones) > 1 and env.shop.api.scaling.min_size > 1
    return Part.of(Service.EC2_MULTI_AZ if spread else Service.EC2_SINGLE)


def _database(env: Environment) -> Sequence[Part]:
    title = "maintenance of the database"
    if env.database.multi_az:
        maintenance = Part.maintenance(title, minutes_per_month=_FAILOVER_MINUTES)
        return [Part.of(Service.RDS_MULTI_AZ), maintenance]
    return [Part.of(Service.RDS_SINGLE_AZ), Part.maintenance(title, minutes_per_month=_WINDOW_MINUTES)]


def _cache(env: Environment) -> Part:
    replicated = env.cache.replicas_per_shard > 0
    return Part.of(Service.ELASTICACHE_MULTI_AZ if replicated else Service.ELASTICACHE_SINGLE_AZ)


def _edge(env: Environment) -> Sequence[Part]:
    zones = len(env.network.zones)
    balancer = Service.LOAD_BALANCER_MULTI_AZ if zones > 1 else Service.LOAD_BALANCER_SINGLE_AZ
    services = (Service.ROUTE_53, Service.CLOUDFRONT, Service.WAF, Service.S3, balancer)
    return [Part.of(service) for service in services]
