"""Production: three zones without a shared point of failure, and protected data."""

from constructs_arq.cluster.access import AccessConfig
from constructs_arq.cluster.config import ClusterConfig
from constructs_arq.cluster.node_group import NodeGroupConfig
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.data.cache_config import CacheConfig
from constructs_arq.data.postgres_config import PostgresConfig, ReplicaConfig
from constructs_arq.edge.distribution import DistributionConfig
from constructs_arq.edge.web_acl_config import ManagedGroup, RuleMode, WebAclConfig
from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.nat import Nat
from constructs_arq.observability.logs.forwarder import LogForwarderConfig
from constructs_arq.observability.paging.pager_config import PagerConfig
from constructs_arq.observability.routes import AlarmRoutesConfig
from constructs_arq.observability.subscribers import Subscribers
from constructs_arq.platform.karpenter_config import KarpenterConfig, NodePoolConfig
from constructs_arq.platform.log_store import LogStoreConfig
from constructs_arq.platform.prometheus_config import PrometheusConfig
from constructs_arq.recovery.backup_config import BackupConfig
from constructs_arq.recovery.restore_plan import RestoreTestsConfig
from constructs_arq.services.pod_resources import PodResources
from constructs_arq.services.queue_scaling import QueueScaling
from environments.canaries import configure_canaries
from environments.environment import Environment
from environments.error_reports import ErrorReports
from environments.image_digests import find_image_digests
from environments.recovery_objectives import PRODUCTION_RECOVERY
from environments.shop_config import configure_shop
from environments.slos import configure_slos
from environments.standby_config import StandbyConfig

PRODUCTION = Environment(
    name="production",
    account_id="210987654321",
    region="eu-west-1",
    backup_region="eu-central-1",
    protected=True,
    owner="platform",
    cost_center="operations",
    monthly_budget_usd=4700,
    access_log_retention_days=365,
    zone_id="Z0PRODUCTION1EXAMPLE",
    zone_name="arq.example",
    network=NetworkConfig(
        cidr="10.40.0.0/16",
        zones=("euw1-az1", "euw1-az2", "euw1-az3"),
        nat=Nat.PER_ZONE,
    ),
    cluster=ClusterConfig(
        version="1.35",
        access=AccessConfig(
            admins=("platform-admin",),
            operators=("on-call",),
            viewers=("developer",),
        ),
        node_groups={
            "system": NodeGroupConfig(instance_types=("m7g.xlarge", "m6g.xlarge"), nodes=3),
        },
    ),
    karpenter=KarpenterConfig(node_pools={"general": NodePoolConfig(vcpus=256, memory_gib=1024)}),
    prometheus=PrometheusConfig(series=300_000),
    database=PostgresConfig(
        version="17",
        instance_class="db.r7g.large",
        storage_gib=200,
        max_storage_gib=1000,
        backup_days=35,
        read_replicas={"reports": ReplicaConfig()},
        proxy=True,
        database_insights="advanced",
        monitoring_seconds=15,
    ),
    backups=BackupConfig(daily_days=35, monthly_days=365),
    restore_tests=RestoreTestsConfig(),
    cache=CacheConfig(node_type="cache.r7g.large", replicas_per_shard=2, snapshot_days=35),
    shop=configure_shop(
        find_image_digests("production"),
        api_pods=PodResources(cpu_millicores=500, memory_mib=512),
        api_scaling=ScalingPolicy(min_size=3, max_size=20),
        receipts_scaling=QueueScaling(min_size=2, max_size=10, messages_per_pod=50),
        error_reports=ErrorReports(key="production/sentry", trace_rate=0.01),
    ),
    site=DistributionConfig(
        domain="app.arq.example",
        # Rules that legitimate requests can match count until the log contains none: see docs/cdn.md.
        web_acl=WebAclConfig(
            rate_limit_mode=RuleMode.COUNT,
            group_modes={
                ManagedGroup.ANONYMOUS_IP: RuleMode.COUNT,
                ManagedGroup.COMMON: RuleMode.COUNT,
                ManagedGroup.SQL_INJECTION: RuleMode.COUNT,
            },
        ),
    ),
    hosts=("partners.arq.example",),
    alarms=AlarmRoutesConfig(
        critical=Subscribers(emails=("on-call@arq.example",)),
        warning=Subscribers(emails=("platform@arq.example",)),
    ),
    pager=PagerConfig(),
    log_store=LogStoreConfig(retention_days=30),
    log_forwarder=LogForwarderConfig(),
    slos=configure_slos(),
    recovery=PRODUCTION_RECOVERY,
    standby=StandbyConfig(
        network=NetworkConfig(
            cidr="10.50.0.0/16", zones=("euc1-az1", "euc1-az2", "euc1-az3"), nat=Nat.PER_ZONE
        ),
        nodes=2,
        cache=CacheConfig(node_type="cache.m7g.large", replicas_per_shard=1, snapshot_days=1),
        api_scaling=ScalingPolicy(min_size=3, max_size=20),
        # Other people than those who are paged: one starts a failover, another one approves it.
        approvers=Subscribers(emails=("failover-approvers@arq.example",)),
        api_origin_id="vo_0PRODUCTION1EXAMPLE",
        region_switch_arn="arn:aws:cloudfront::210987654321:key-value-store/"
        "00000000-0000-4000-8000-000000000000",
    ),
    canaries=configure_canaries(
        interval_minutes=1, regions=("eu-west-1", "eu-central-1"), registered_domain="arq.example"
    ),
)
