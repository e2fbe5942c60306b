"""Staging: the same resources as production at a smaller size, for release rehearsals."""

from constructs_arq.cluster.access import AccessConfig
from constructs_arq.cluster.config import ClusterConfig
from constructs_arq.cluster.node_group import NodeGroupConfig
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.data.cache_config import CacheConfig
from constructs_arq.data.postgres_config import PostgresConfig, ReplicaConfig
from constructs_arq.edge.distribution import DistributionConfig
from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.nat import Nat
from constructs_arq.observability.logs.forwarder import LogForwarderConfig
from constructs_arq.observability.paging.pager_config import PagerConfig
from constructs_arq.observability.routes import AlarmRoutesConfig
from constructs_arq.observability.subscribers import Subscribers
from constructs_arq.platform.karpenter_config import KarpenterConfig, NodePoolConfig
from constructs_arq.platform.log_store import LogStoreConfig
from constructs_arq.platform.loki_settings import LokiConfig
from constructs_arq.platform.prometheus_config import PrometheusConfig
from constructs_arq.recovery.restore_plan import RestoreTestsConfig
from constructs_arq.services.pod_resources import PodResources
from constructs_arq.services.queue_scaling import QueueScaling
from environments.canaries import configure_canaries
from environments.environment import Environment
from environments.error_reports import ErrorReports
from environments.image_digests import find_image_digests
from environments.recovery_objectives import STAGING_RECOVERY
from environments.shop_config import configure_shop
from environments.slos import configure_slos

STAGING = Environment(
    name="staging",
    account_id="210987654302",
    region="eu-west-1",
    backup_region="eu-central-1",
    protected=True,
    owner="platform",
    cost_center="engineering",
    monthly_budget_usd=1900,
    access_log_retention_days=365,
    zone_id="Z0STAGING1EXAMPLE",
    zone_name="staging.arq.example",
    network=NetworkConfig(
        cidr="10.30.0.0/16",
        zones=("euw1-az1", "euw1-az2", "euw1-az3"),
        nat=Nat.PER_ZONE,
    ),
    cluster=ClusterConfig(
        version="1.35",
        access=AccessConfig(
            admins=("platform-admin",),
            operators=("developer",),
        ),
        node_groups={
            "system": NodeGroupConfig(instance_types=("m7g.large", "m6g.large"), nodes=3),
        },
    ),
    karpenter=KarpenterConfig(node_pools={"general": NodePoolConfig(vcpus=64, memory_gib=256)}),
    prometheus=PrometheusConfig(series=120_000, alertmanager_replicas=2),
    database=PostgresConfig(
        version="17",
        instance_class="db.m7g.large",
        storage_gib=50,
        max_storage_gib=200,
        backup_days=7,
        read_replicas={"reports": ReplicaConfig()},
        proxy=True,
        monitoring_seconds=15,
    ),
    restore_tests=RestoreTestsConfig(),
    cache=CacheConfig(node_type="cache.m7g.large", replicas_per_shard=1),
    shop=configure_shop(
        find_image_digests("staging"),
        api_pods=PodResources(cpu_millicores=250, memory_mib=384),
        api_scaling=ScalingPolicy(min_size=2, max_size=8),
        receipts_scaling=QueueScaling(max_size=4, messages_per_pod=50),
        error_reports=ErrorReports(key="staging/sentry", trace_rate=0.1),
    ),
    site=DistributionConfig(domain="app.staging.arq.example"),
    hosts=("partners.staging.arq.example",),
    alarms=AlarmRoutesConfig(
        critical=Subscribers(emails=("platform-staging@arq.example",)),
        warning=Subscribers(emails=("platform-staging@arq.example",)),
    ),
    pager=PagerConfig(),
    log_store=LogStoreConfig(retention_days=14),
    log_forwarder=LogForwarderConfig(),
    loki=LokiConfig(cpu_millicores=250, memory_mib=1024, volume_gib=10),
    slos=configure_slos(),
    recovery=STAGING_RECOVERY,
    canaries=configure_canaries(
        interval_minutes=5, regions=("eu-west-1", "eu-central-1"), registered_domain="arq.example"
    ),
)
