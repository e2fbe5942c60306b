"""Strategies for valid environments."""

from hypothesis import strategies as st

from constructs_arq.audit.audit_config import AuditConfig, AuditService
from constructs_arq.cluster.node_group import Capacity, NodeGroupConfig, Taint, TaintEffect
from constructs_arq.compute.load_balancer import LoadBalancerConfig
from constructs_arq.core.instance_types import Architecture
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.data.queue_config import QueueConfig
from constructs_arq.edge.api_origin import ApiOriginConfig
from constructs_arq.edge.content_security_policy import ContentSecurityPolicy, CspMode
from constructs_arq.edge.distribution import DistributionConfig
from constructs_arq.edge.web_acl_config import ManagedGroup, RuleException, RuleMode, WebAclConfig
from constructs_arq.observability.logs.forwarder import LogForwarderConfig
from constructs_arq.observability.paging.paged_service import PagedServiceConfig
from constructs_arq.observability.paging.pager_config import PagerConfig, PagerDutyRegion
from constructs_arq.observability.routes import AlarmRoutesConfig
from constructs_arq.observability.subscribers import Subscribers
from constructs_arq.platform.alloy import AlloyConfig
from constructs_arq.platform.cert_manager import AcmeServer, CertManagerConfig
from constructs_arq.platform.external_dns import DnsPolicy, ExternalDnsConfig
from constructs_arq.platform.external_secrets import ExternalSecretsConfig
from constructs_arq.platform.karpenter_config import KarpenterConfig, NodePoolConfig
from constructs_arq.platform.log_pipeline import LogPipelineConfig
from constructs_arq.platform.log_receiver import LogReceiverConfig
from constructs_arq.platform.log_store import LogStoreConfig
from constructs_arq.platform.loki_settings import LogLimits, LokiConfig
from constructs_arq.platform.prometheus_config import PrometheusConfig
from constructs_arq.platform.secret_stores import VaultConfig
from constructs_arq.recovery.backup_config import BackupConfig
from constructs_arq.recovery.dump_store import DumpStoreConfig
from constructs_arq.recovery.restore_plan import RestoreTestsConfig
from constructs_arq.security.github_oidc import GithubConfig
from constructs_arq.services.batch_settings import JobConfig
from constructs_arq.services.cron_job import CronJobConfig
from constructs_arq.services.gateway_config import GatewayConfig
from constructs_arq.services.metrics import Metrics, MetricsPort, NoMetrics
from constructs_arq.services.pod_resources import PodResources
from constructs_arq.services.probes import ProbesConfig
from constructs_arq.services.queue_scaling import QueueScaling
from constructs_arq.services.secret_files import SecretFile, SecretStore
from constructs_arq.services.termination import TerminationConfig
from constructs_arq.services.web_service import WebServiceConfig
from constructs_arq.services.worker import WorkerConfig
from constructs_arq.storage.image_repository import ImageRepositoryConfig
from environments.canaries import configure_canaries
from environments.environment import MAX_NAME_LENGTH, Environment
from environments.error_reports import ErrorReports
from environments.shop_config import ReceiptsConfig, ShopConfig
from tests.properties.raw_values import RawConfig, raw_configs
from tests.properties.strategies import (
    PERCENT,
    REGIONS,
    RETENTION,
    caches,
    clusters,
    databases,
    networks,
    slugs,
    subsets,
)

_DIGESTS = st.sampled_from((f"sha256:{'a1' * 32}", f"sha256:{'0' * 64}"))
_VARIABLES = st.dictionaries(
    st.sampled_from(("LOG_LEVEL", "FEATURE_2")),
    st.text("ab ${}'\n", max_size=9).filter(lambda text: "${" not in text),
    max_size=2,
)
_SECONDS = st.floats(0.1, 60, allow_nan=False)


def environment_names() -> st.SearchStrategy[str]:
    reserved = ("internal", "paging", "sg", "sthree")
    return slugs(MAX_NAME_LENGTH).filter(
        lambda name: (
            name.partition("-")[0] not in reserved
            and not name.endswith(("-account", "-bootstrap", "-platform"))
        )
    )


# The same name in all parts of an environment.
_NAMES = st.shared(environment_names(), key="environment")


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
            worker=subsets("https://cdn.example.com", "blob:"),
            mode=st.sampled_from(CspMode),
            report_to=st.sampled_from((None, "https://reports.example.com/csp")),
        ),
        api=raw_configs(
            ApiOriginConfig,
            # Not less than a request can take, with its connection.
            read_timeout_seconds=st.integers(27, 35),
            keepalive_seconds=st.integers(1, 34),
        ),
        file_endings=subsets("md", "ICS", "glb"),
        alarm_requests_per_minute=st.integers(1, 10_000),
        # CloudFront must send the path of the API's route.
        api_paths=subsets("/graphql", "/v1/*.json").map(lambda paths: (*paths, "/api/*")),
        web_acl=raw_configs(
            WebAclConfig,
            requests_per_five_minutes=st.integers(10, 2_000_000_000),
            api_requests_per_five_minutes=st.integers(10, 2_000_000_000),
            rate_limit_mode=st.sampled_from(RuleMode),
            group_modes=st.dictionaries(st.sampled_from(ManagedGroup), st.sampled_from(RuleMode)),
            exceptions=st.lists(
                raw_configs(
                    RuleException,
                    rule=st.sampled_from(("CrossSiteScripting_BODY", "SQLi_QUERYARGUMENTS")),
                    path=st.sampled_from(("/api/articles/", "/api/v1.2/")),
                    why=st.just("legitimate"),
                ),
                max_size=4,
            ).map(tuple),
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


def secret_files() -> st.SearchStrategy[tuple[RawConfig, ...]]:
    files = raw_configs(
        SecretFile,
        file=st.just("sentry-dsn"),
        # External Secrets may read those of the environment.
        key=_NAMES.map(lambda name: f"{name}/c.d@e"),
        field=st.none() | st.just("dsn"),
        # The other store needs a server of Vault.
        store=st.just(SecretStore.SECRETS_MANAGER),
    )
    return st.lists(files, max_size=1).map(tuple)


def pod_resources() -> st.SearchStrategy[RawConfig]:
    return raw_configs(
        PodResources,
        cpu_millicores=st.integers(10, 50),
        memory_mib=st.integers(16, 64),
        temporary_mib=st.integers(1, 10_240),
    )


def jobs(
    kind: type[JobConfig] = JobConfig, **more: st.SearchStrategy[object]
) -> st.SearchStrategy[RawConfig]:
    return raw_configs(
        kind,
        image=_DIGESTS,
        arguments=subsets("database", "--users", "services.api.migrations"),
        resources=pod_resources(),
        retries=st.integers(0, 10),
        deadline_seconds=st.integers(10, 86_400),
        environment=_VARIABLES,
        secrets=secret_files(),
        **more,
    )


def cron_jobs(*schedules: str) -> st.SearchStrategy[RawConfig]:
    return jobs(
        CronJobConfig,
        schedule=st.sampled_from(schedules),
        time_zone=st.sampled_from(("Etc/UTC", "Europe/Berlin")),
        start_within_seconds=st.integers(60, 86_400),
    )


def web_services() -> st.SearchStrategy[RawConfig]:
    return raw_configs(
        WebServiceConfig,
        image=_DIGESTS,
        arguments=subsets("serve", "--port"),
        port=st.integers(1024, 65_535),
        resources=pod_resources(),
        scaling=raw_configs(
            ScalingPolicy,
            min_size=st.integers(2, 4),
            max_size=st.integers(4, 5),
            target_cpu_percent=st.integers(1, 100),
            target_memory_percent=st.none() | st.integers(1, 100),
            target_requests_per_minute=st.none(),
            schedule=st.just(()),
        ),
        max_unavailable=st.just(1),
        metrics=raw_configs(Metrics, path=st.just("/metrics")) | without_metrics(),
        probes=raw_configs(
            ProbesConfig,
            alive=st.sampled_from(("/healthz", "/")),
            ready=st.just("/readyz"),
            startup_seconds=st.integers(2, 600),
        ),
        termination=raw_configs(
            TerminationConfig,
            sleep_command=subsets("wait", "--seconds", least=1),
            propagation_seconds=st.integers(8, 60),
            request_seconds=st.integers(1, 25),
            shutdown_variable=st.sampled_from((None, "SHUTDOWN_SECONDS")),
        ),
        environment=_VARIABLES,
        secrets=secret_files(),
    )


def without_metrics() -> st.SearchStrategy[RawConfig]:
    return raw_configs(NoMetrics, reason=st.just("the program has no metrics yet"))


def shops() -> st.SearchStrategy[RawConfig]:
    return raw_configs(
        ShopConfig,
        api=web_services(),
        api_pool_size=st.integers(2, 6),
        reports_connections=st.integers(1, 20),
        migrations=jobs(),
        settlement=cron_jobs("15 1 * * *", "*/5 8-18 * * MON-FRI"),
        migrator=jobs(),
        dump=cron_jobs("15 3 * * SAT"),
        ledger=cron_jobs("15 4 * * *"),
        snapshot_hours=st.integers(1, 7),
        receipts=st.none() | raw_configs(ReceiptsConfig, queue=queues(), worker=workers()),
        error_reports=st.none()
        | raw_configs(
            ErrorReports, key=st.just("a/sentry"), error_rate=st.floats(0, 1), trace_rate=st.floats(0, 1)
        ),
    )


def prometheus() -> st.SearchStrategy[RawConfig]:
    return raw_configs(
        PrometheusConfig,
        series=st.integers(10_000, 100_000),
        retention_days=st.integers(1, 90),
        replicas=st.integers(1, 2),
        alertmanager_replicas=st.integers(1, 3),
        scrape_seconds=st.integers(10, 60),
        evaluation_seconds=st.integers(10, 60),
    )


def alloy() -> st.SearchStrategy[RawConfig]:
    return raw_configs(
        AlloyConfig,
        cpu_millicores=st.integers(20, 100),
        memory_mib=st.integers(128, 256),
        pipeline=raw_configs(
            LogPipelineConfig, keep_debug=st.booleans(), lines_per_second=st.integers(10, 1000)
        ),
    )


def loki() -> st.SearchStrategy[RawConfig]:
    return raw_configs(
        LokiConfig,
        highly_available=st.booleans(),
        cpu_millicores=st.integers(100, 500),
        memory_mib=st.integers(512, 1024),
        volume_gib=st.integers(10, 100),
        limits=raw_configs(
            LogLimits,
            mb_per_second=st.integers(1, 64),
            max_streams=st.integers(100, 10_000),
            max_line_kib=st.integers(1, 256),
        ),
    )


def queues() -> st.SearchStrategy[RawConfig]:
    return raw_configs(
        QueueConfig,
        processing_seconds=st.integers(1, 60),
        visibility_seconds=st.integers(60, 600),
        max_receives=st.integers(2, 100),
        retention_days=st.integers(1, 13),
        dead_letter_days=st.just(14),
        late_after_seconds=st.integers(601, 86_399),
    )


def workers() -> st.SearchStrategy[RawConfig]:
    return raw_configs(
        WorkerConfig,
        image=_DIGESTS,
        arguments=subsets("consume", "--all"),
        resources=pod_resources(),
        scaling=raw_configs(
            QueueScaling,
            min_size=st.integers(0, 2),
            max_size=st.integers(2, 3),
            messages_per_pod=st.integers(1, 1000),
        ),
        metrics=raw_configs(MetricsPort, port=st.integers(1024, 65_535), path=st.just("/metrics"))
        | without_metrics(),
        alive_command=subsets("is-alive", "--now"),
        environment=_VARIABLES,
        secrets=secret_files(),
    )


def node_pools() -> st.SearchStrategy[RawConfig]:
    return raw_configs(
        NodePoolConfig,
        # Each node needs addresses of the network.
        vcpus=st.integers(2, 200),
        memory_gib=st.integers(4, 200_000),
        capacity=subsets(*Capacity, least=1),
        architecture=st.sampled_from(Architecture),
        categories=subsets("c", "m", "r", least=1),
        newer_than_generation=st.integers(1, 7),
        max_instance_vcpus=st.integers(2, 192),
        disrupted_nodes=st.sampled_from(("0", "5", "0%", "10%", "100%")),
        consolidate_after_minutes=st.integers(1, 1440),
        expire_after_days=st.integers(1, 30),
        drain_hours=st.integers(1, 48),
        labels=st.dictionaries(st.sampled_from(("team", "arq.example/tier")), st.sampled_from(("", "a.b_c"))),
        taints=st.lists(
            raw_configs(
                Taint,
                key=st.just("dedicated"),
                value=st.sampled_from(("", "batch")),
                effect=st.sampled_from(TaintEffect),
            ),
            max_size=2,
        ).map(tuple),
    )


def _with_addresses(network: RawConfig) -> RawConfig:
    """Return the network with addresses for all nodes."""
    return RawConfig(network.model, {**network.values, "cidr": "10.40.0.0/16"})


def _with_copies(environment: RawConfig) -> RawConfig:
    """Return the environment with copies of its backups, if it is protected."""
    values = environment.values
    if not values["protected"] or "backups" not in values:
        return environment
    backups = RawConfig(BackupConfig, {**values["backups"].values, "copy_to_backup_region": True})
    return RawConfig(environment.model, {**values, "backups": backups})


def _with_small_pool(shop: RawConfig) -> RawConfig:
    """Return the shop with a pool that fits into the smallest database at the largest number of pods."""
    return RawConfig(shop.model, {"api_pool_size": 6, **shop.values})


def _with_space(cluster: RawConfig) -> RawConfig:
    """Return the cluster with nodes that have space for all pods, also before Karpenter launches others."""
    nodes = RawConfig(NodeGroupConfig, {"instance_types": ("m7g.2xlarge",), "nodes": 8})
    groups = {**cluster.values["node_groups"], "space": nodes}
    return RawConfig(cluster.model, {**cluster.values, "node_groups": groups})


@st.composite
def environments(draw: st.DrawFn) -> RawConfig:
    region, other = draw(st.permutations(sorted(REGIONS)))[:2]
    zone = draw(st.sampled_from(("arq.example", "dev.arq.example", "a-b.co.uk")))
    drawn: RawConfig = draw(
        raw_configs(
            Environment,
            name=_NAMES,
            account_id=st.sampled_from(("000000000001", "210987654321")),
            region=st.just(region),
            backup_region=st.just(other),
            protected=st.booleans(),
            owner=slugs(),
            cost_center=slugs(),
            monthly_budget_usd=st.integers(1, 1_000_000),
            cost_anomaly_monitor=st.none()
            | st.just("arn:aws:ce::210987654321:anomalymonitor/01234567-89ab-cdef-0123-456789abcdef"),
            activates_cost_allocation_tags=st.booleans(),
            access_log_retention_days=st.integers(1, 3650),
            zone_id=st.sampled_from(("Z0123", "Z0PRODUCTION1EXAMPLE")),
            zone_name=st.just(zone),
            network=networks(region).map(_with_addresses),
            # All charts of the support matrix support it.
            cluster=clusters("1.35").map(_with_space),
            karpenter=raw_configs(
                KarpenterConfig,
                node_pools=st.dictionaries(slugs(40), node_pools(), min_size=1, max_size=3),
                volume_gib=st.integers(20, 16384),
            ),
            cert_manager=raw_configs(CertManagerConfig, acme_server=st.sampled_from(AcmeServer)),
            external_dns=raw_configs(ExternalDnsConfig, policy=st.sampled_from(DnsPolicy)),
            external_secrets=raw_configs(
                ExternalSecretsConfig,
                vault=st.none()
                | raw_configs(
                    VaultConfig,
                    server=st.sampled_from(("https://vault.arq.example", "https://10.0.0.9:8200/")),
                    path=st.just("teams/secret"),
                    auth_path=st.just("kubernetes-1"),
                    role=slugs(),
                    audience=st.sampled_from(("vault", "https://vault.arq.example")),
                    namespace=st.sampled_from((None, "admin/teams")),
                    ca_certificates=st.none(),
                ),
            ),
            # Larger ones are not dumped in the time of a snapshot, which is an hour at least.
            database=databases(largest_gib=67),
            backups=raw_configs(
                BackupConfig,
                daily_days=st.integers(7, 100),
                monthly_days=st.integers(101, 3650),
                # Outside the windows of the databases.
                start_hour=st.integers(5, 9),
                copy_to_backup_region=st.booleans(),
                cross_account_copy=st.none()
                | st.just(f"arn:aws:backup:{region}:999999999999:backup-vault:copies"),
            ),
            restore_tests=st.none()
            | raw_configs(
                RestoreTestsConfig,
                hour=st.integers(0, 23),
                instance_class=st.sampled_from((None, "db.t4g.medium")),
            ),
            dumps=raw_configs(
                DumpStoreConfig, retention_days=st.integers(60, 3653), locked_days=st.integers(1, 60)
            ),
            cache=caches(),
            shop=shops().map(_with_small_pool),
            prometheus=prometheus(),
            log_store=raw_configs(LogStoreConfig, retention_days=st.integers(1, 3653)),
            loki=loki(),
            alloy=alloy(),
            log_forwarder=st.none() | raw_configs(LogForwarderConfig, concurrency=st.integers(1, 100)),
            log_receiver=raw_configs(
                LogReceiverConfig,
                cpu_millicores=st.integers(20, 100),
                memory_mib=st.integers(128, 256),
                lines_per_second=st.integers(100, 5000),
            ),
            # The visits are those of the repository's site and API.
            canaries=st.just(configure_canaries(interval_minutes=5, regions=(region,))),
            pager=st.none()
            | raw_configs(
                PagerConfig,
                service_region=st.sampled_from(PagerDutyRegion),
                service=st.just(PagedServiceConfig()),
            ),
            # Synthesis compares both with the other parts, which are random: see `build_environment`.
            slos=st.just(()),
            recovery=st.just({}),
            # Its network and its names depend on other values. Tests of the standby have their own.
            standby=st.none(),
            primary=st.none(),
            images=raw_configs(
                ImageRepositoryConfig,
                release_prefixes=subsets("release-", "v", "1.", "PROD_", least=1),
                build_days=st.integers(1, 3650),
                # That of the nodes with space for all pods.
                architecture=st.just(Architecture.ARM64),
            ),
            ingress=raw_configs(
                LoadBalancerConfig,
                # nginx keeps idle connections for 75 seconds.
                idle_timeout_seconds=st.integers(35, 74),
                slow_response_seconds=_SECONDS,
            ),
            gateway=raw_configs(
                GatewayConfig,
                scaling=raw_configs(
                    ScalingPolicy,
                    # A protected environment needs two.
                    min_size=st.integers(2, 3),
                    max_size=st.integers(3, 20),
                    target_cpu_percent=PERCENT,
                    target_memory_percent=st.none() | PERCENT,
                    # Requests and schedules are not metrics of pods.
                    target_requests_per_minute=st.none(),
                    schedule=st.just(()),
                ),
            ),
            site=sites(zone),
            hosts=subsets(f"partners.{zone}", f"a.docs.{zone}"),
            alarms=raw_configs(AlarmRoutesConfig, critical=subscribers(), warning=subscribers()),
            audit=raw_configs(
                AuditConfig,
                managed_by_organization=st.sampled_from(
                    ({}, {AuditService.GUARDDUTY: "The security account of the organization runs it"})
                ),
                trail_days=st.integers(365, 3650),
                unused_access_days=st.integers(1, 365),
            ),
            github=repositories(),
        )
    )
    return _with_copies(drawn)
