"""Strategies for valid environments."""

from hypothesis import strategies as st

from constructs_arq.compute.fleet_config import (
    FleetConfig,
    MaintenanceConfig,
    PredictiveScaling,
    ScalingStep,
    WarmPoolConfig,
)
from constructs_arq.compute.load_balancer import LoadBalancerConfig
from constructs_arq.edge.distribution import DistributionConfig
from constructs_arq.edge.headers import ContentSecurityPolicy
from constructs_arq.edge.web_acl import WebAclConfig
from constructs_arq.observability.routes import AlarmRoutesConfig
from constructs_arq.observability.subscribers import Subscribers
from constructs_arq.security.github_oidc import GithubConfig
from constructs_arq.storage.image_repository import ImageRepositoryConfig
from environments.environment import MAX_NAME_LENGTH, Environment
from tests.properties.raw_values import RawConfig, raw_configs
from tests.properties.strategies import (
    GRAVITON,
    INTEL,
    PERCENT,
    REGIONS,
    RETENTION,
    caches,
    clusters,
    databases,
    networks,
    scalings,
    slugs,
    subsets,
)

_SECONDS = st.floats(0.1, 60, allow_nan=False)
_HOOK = st.none() | st.integers(30, 7200)


@st.composite
def fleets(draw: st.DrawFn) -> RawConfig:
    scaling = draw(scalings())
    most = int(scaling.values["max_size"])
    warm = draw(st.booleans())
    on_demand = 100 if warm else draw(st.integers(0, 100))
    fewest = 3 if on_demand < 100 else 1
    low = draw(st.integers(0, 100))
    fleet = draw(
        raw_configs(
            FleetConfig,
            instance_types=st.sampled_from((GRAVITON, INTEL)).flatmap(
                lambda types: subsets(*types, least=fewest)
            ),
            scaling=st.just(scaling),
            on_demand_base=st.integers(0, most),
            on_demand_percent_above_base=st.just(on_demand),
            steps=st.lists(st.integers(81, 100), unique=True, max_size=3).map(
                lambda bounds: tuple(
                    RawConfig(ScalingStep, {"above_cpu_percent": bound, "add_percent": bound * 4})
                    for bound in sorted(bounds)
                )
            ),
            predictive=st.none() | st.sampled_from(PredictiveScaling),
            startup_seconds=st.integers(0, 7200),
            launch_hook_seconds=st.integers(30, 7200) if warm else _HOOK,
            terminate_hook_seconds=_HOOK,
            warm_pool=raw_configs(
                WarmPoolConfig, min_size=st.integers(0, most), state=st.sampled_from(("Stopped", "Running"))
            )
            if warm
            else st.none(),
            maintenance=st.just(
                RawConfig(
                    MaintenanceConfig,
                    {"min_healthy_percent": low, "max_healthy_percent": max(100, low + draw(PERCENT) % 100)}
                    if low < 100
                    else {},
                )
            ),
            max_instance_lifetime_days=st.none() | st.integers(1, 365),
            root_volume_gib=st.integers(8, 16_384),
            ami_id=st.none() | st.just("ami-0123456789abcdef0"),
            user_data=st.none() | st.sampled_from(("", "#!/bin/sh\necho ${HOME} %{x} \"'\\", "ä" * 100)),
        )
    )
    if warm:
        hook = {"launch_hook_seconds": fleet.values.get("launch_hook_seconds", 60)}
        return RawConfig(FleetConfig, {**fleet.values, **hook, "on_demand_percent_above_base": on_demand})
    return fleet


def sites(zone: str) -> st.SearchStrategy[RawConfig]:
    origins = subsets("https://cdn.example.com", "https://*.example.com:8443", "wss://live.example.com")
    code = subsets("https://cdn.example.com", "'sha256-AbC+/_-='")
    media = subsets("https://cdn.example.com", "data:", "blob:")
    return raw_configs(
        DistributionConfig,
        domain=st.sampled_from((f"app.{zone}", zone, f"a.b.{zone}")),
        content_security_policy=raw_configs(
            ContentSecurityPolicy,
            script=code,
            style=code,
            image=media,
            font=media,
            connect=origins,
            frame=origins,
        ),
        api_paths=subsets("/api/*", "/graphql", "/v1/*.json", least=1),
        web_acl=raw_configs(
            WebAclConfig,
            requests_per_five_minutes=st.integers(10, 2_000_000_000),
            log_retention_days=RETENTION,
            blocked_requests=st.integers(1, 10**6),
        ),
        price_class=st.sampled_from(("PriceClass_100", "PriceClass_200", "PriceClass_All")),
        blocked_countries=subsets("KP", "XK", "AQ"),
        slow_origin_seconds=_SECONDS,
    )


def subscribers() -> st.SearchStrategy[RawConfig]:
    return raw_configs(
        Subscribers,
        emails=subsets("on-call@arq.example", "First.Last+x@sub.arq.example", "a@b.co", least=1),
        https=subsets("https://alarms.arq.example/aws", "https://arq.example:8443/"),
    ).map(lambda raw: RawConfig(Subscribers, {"emails": ("a@b.co",), **raw.values}))


def repositories() -> st.SearchStrategy[RawConfig]:
    return raw_configs(
        GithubConfig,
        repository=st.sampled_from(("arq/platform", "a-b_c/d.e", "arq@12/platform@34")),
        branch=st.sampled_from(("main", "v1.2", "release/next")),
    )


def environment_names() -> st.SearchStrategy[str]:
    reserved = ("internal", "sg", "sthree")
    return slugs(MAX_NAME_LENGTH).filter(
        lambda name: name.partition("-")[0] not in reserved and not name.endswith("-bootstrap")
    )


@st.composite
def environments(draw: st.DrawFn) -> RawConfig:
    region, other = draw(st.permutations(sorted(REGIONS)))[:2]
    zone = draw(st.sampled_from(("arq.example", "dev.arq.example", "a-b.co.uk")))
    return draw(
        raw_configs(
            Environment,
            name=environment_names(),
            account_id=st.sampled_from(("000000000001", "210987654321")),
            region=st.just(region),
            backup_region=st.just(other),
            protected=st.booleans(),
            owner=slugs(),
            cost_center=slugs(),
            access_log_retention_days=st.integers(1, 3650),
            zone_id=st.sampled_from(("Z0123", "Z0PRODUCTION1EXAMPLE")),
            zone_name=st.just(zone),
            network=networks(region),
            cluster=clusters(),
            database=databases(),
            cache=caches(),
            images=raw_configs(ImageRepositoryConfig, keep_images=st.integers(10, 1000)),
            ingress=raw_configs(
                LoadBalancerConfig,
                idle_timeout_seconds=st.integers(35, 4000),
                slow_response_seconds=_SECONDS,
            ),
            site=sites(zone),
            workers=fleets(),
            alarms=raw_configs(AlarmRoutesConfig, critical=subscribers(), warning=subscribers()),
            github=repositories(),
        )
    )
