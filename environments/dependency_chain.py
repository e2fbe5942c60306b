"""The parts that a request needs, in their order, for the dashboard of the environment."""

from collections.abc import Mapping

from constructs_arq.compute.load_balancer import LoadBalancer
from constructs_arq.compute.target_group import TargetGroup
from constructs_arq.core.alarm import Alarm
from constructs_arq.data.cache import Cache
from constructs_arq.data.postgres import Postgres
from constructs_arq.edge.distribution import Distribution
from constructs_arq.observability.canaries.canaries import Canaries
from constructs_arq.observability.canaries.canary import Canary
from constructs_arq.observability.dependency_chain import DependencyLink

_CERTIFICATE = "certificate-expiring"
_CLOUDFRONT = "AWS/CloudFront"
_SUCCESS = "SuccessPercent"


def chain_of_request(
    *,
    canaries: Canaries,
    site: Distribution,
    load_balancer: LoadBalancer,
    api_targets: TargetGroup,
    database: Postgres,
    cache: Cache,
) -> list[DependencyLink]:
    """Return the chain from DNS to the database and the cache. Canaries measure it from their regions."""
    domain = {alarm.name: alarm for alarm in canaries.domain.alarms}
    certificate = domain.pop(_CERTIFICATE)
    site_runs = _alarms(canaries, {region: each.site for region, each in canaries.by_region.items()})
    api_runs = _alarms(canaries, {region: each.api for region, each in canaries.by_region.items()})
    return [
        DependencyLink(name="DNS", alarms=[*domain.values()], measured_by=[*domain.values()]),
        DependencyLink(
            name="certificate",
            alarms=[certificate, *site.certificate.alarms],
            measured_by=[certificate],
        ),
        DependencyLink(
            name="CloudFront", alarms=[alarm for alarm in site.alarms if alarm.namespace == _CLOUDFRONT]
        ),
        DependencyLink(name="site", alarms=site_runs, measured_by=_successes(site_runs)),
        DependencyLink(name="load balancer", alarms=load_balancer.alarms),
        DependencyLink(name="API", alarms=[*api_targets.alarms, *api_runs], measured_by=_successes(api_runs)),
        DependencyLink(name="database", alarms=database.alarms),
        DependencyLink(name="cache", alarms=cache.alarms),
    ]


def _alarms(canaries: Canaries, by_region: Mapping[str, Canary]) -> list[Alarm]:
    """Return the alarms of one canary of each region."""
    return [
        alarm
        for region, canary in by_region.items()
        for alarm in canaries.by_region[region].alarms
        if alarm.dimensions == canary.dimensions
    ]


def _successes(alarms: list[Alarm]) -> list[Alarm]:
    return [alarm for alarm in alarms if alarm.metric == _SUCCESS]
