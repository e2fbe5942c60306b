"""Development: small, low-cost, and without data to protect."""

from constructs_arq.cluster.access import AccessConfig
from constructs_arq.cluster.config import ClusterConfig
from constructs_arq.cluster.node_group import Capacity, NodeGroupConfig
from constructs_arq.cluster.node_schedule import ScheduledNodes
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.data.cache_config import CacheConfig
from constructs_arq.data.postgres_config import PostgresConfig
from constructs_arq.edge.distribution import DistributionConfig
from constructs_arq.edge.web_acl_config import WebAclConfig
from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.nat import Nat
from constructs_arq.observability.routes import AlarmRoutesConfig
from constructs_arq.observability.subscribers import Subscribers
from constructs_arq.platform.alloy import AlloyConfig
from constructs_arq.platform.cert_manager import AcmeServer, CertManagerConfig
from constructs_arq.platform.karpenter_config import KarpenterConfig, NodePoolConfig
from constructs_arq.platform.log_pipeline import LogPipelineConfig
from constructs_arq.platform.log_store import LogStoreConfig
from constructs_arq.platform.loki_settings import LokiConfig
from constructs_arq.platform.prometheus_config import PrometheusConfig
from constructs_arq.recovery.backup_config import BackupConfig
from constructs_arq.services.pod_resources import PodResources
from environments.canaries import configure_canaries
from environments.environment import Environment
from environments.image_digests import find_image_digests
from environments.recovery_objectives import DEV_RECOVERY
from environments.shop_config import configure_shop

DEV = Environment(
    name="dev",
    account_id="210987654301",
    region="eu-west-1",
    backup_region="eu-central-1",
    protected=False,
    owner="platform",
    cost_center="engineering",
    monthly_budget_usd=520,
    access_log_retention_days=30,
    zone_id="Z0DEV1EXAMPLE",
    zone_name="dev.arq.example",
    network=NetworkConfig(
        cidr="10.20.0.0/16",
        zones=("euw1-az1", "euw1-az2"),
        nat=Nat.SINGLE,
        interface_endpoints=(),
        flow_log_retention_days=30,
    ),
    cluster=ClusterConfig(
        version="1.35",
        access=AccessConfig(
            admins=("platform-admin",),
            operators=("developer",),
        ),
        node_groups={
            "system": NodeGroupConfig(
                instance_types=("m7g.large", "m6g.large", "c7g.xlarge", "r7g.large"),
                capacity=Capacity.SPOT,
                nodes=2,
                schedule=(
                    ScheduledNodes(name="evening", cron="0 20 * * MON-FRI", nodes=1),
                    ScheduledNodes(name="morning", cron="0 6 * * MON-FRI", nodes=2),
                ),
            ),
        },
        log_retention_days=30,
        container_insights=False,
    ),
    karpenter=KarpenterConfig(
        node_pools={
            "general": NodePoolConfig(
                vcpus=16, memory_gib=64, capacity=(Capacity.SPOT, Capacity.ON_DEMAND), max_instance_vcpus=4
            )
        }
    ),
    cert_manager=CertManagerConfig(acme_server=AcmeServer.STAGING),
    prometheus=PrometheusConfig(series=60_000, retention_days=7, replicas=1, alertmanager_replicas=1),
    database=PostgresConfig(
        version="17",
        instance_class="db.t4g.medium",
        storage_gib=20,
        max_storage_gib=100,
        multi_az=False,
        backup_days=1,
        replicate_backups=False,
        log_retention_days=30,
    ),
    backups=BackupConfig(daily_days=7, monthly_days=31, copy_to_backup_region=False),
    cache=CacheConfig(
        node_type="cache.t4g.small", replicas_per_shard=0, snapshot_days=1, log_retention_days=30
    ),
    shop=configure_shop(
        find_image_digests("dev"),
        api_pods=PodResources(cpu_millicores=100, memory_mib=256),
        api_scaling=ScalingPolicy(min_size=1, max_size=3),
        log_level="debug",
    ),
    site=DistributionConfig(
        domain="app.dev.arq.example",
        web_acl=WebAclConfig(requests_per_five_minutes=5000, log_retention_days=30),
    ),
    hosts=("partners.dev.arq.example",),
    alarms=AlarmRoutesConfig(
        critical=Subscribers(emails=("platform-dev@arq.example",)),
        warning=Subscribers(emails=("platform-dev@arq.example",)),
    ),
    log_store=LogStoreConfig(retention_days=7),
    alloy=AlloyConfig(memory_mib=128, pipeline=LogPipelineConfig(keep_debug=True)),
    loki=LokiConfig(highly_available=False, cpu_millicores=100, memory_mib=512, volume_gib=10),
    recovery=DEV_RECOVERY,
    canaries=configure_canaries(interval_minutes=15, regions=("eu-west-1",)),
)
