"""The AWS stack: all AWS resources of an environment, in order of dependency."""

import json
from dataclasses import dataclass

from cdktf import App, TerraformOutput

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.compute.load_balancer import LoadBalancer
from constructs_arq.compute.target_group import TargetGroup
from constructs_arq.core.stack import Stack
from constructs_arq.data.cache import Cache
from constructs_arq.data.cross_region_replica import CrossRegionReplica
from constructs_arq.data.postgres import Postgres
from constructs_arq.data.queue import Queue
from constructs_arq.edge.certificate import Certificate, HostedZone
from constructs_arq.edge.distribution import Distribution
from constructs_arq.edge.host_distribution import HostDistribution
from constructs_arq.network.network import Network
from constructs_arq.observability.canaries.canaries import Canaries
from constructs_arq.observability.logs.forwarder import LogForwarder
from constructs_arq.observability.slo.distribution_slos import describe_objective
from constructs_arq.observability.topic import Topic
from constructs_arq.platform.log_store import LogStore
from constructs_arq.recovery.backup_alarms import BackupAlarms
from constructs_arq.recovery.dump_store import DumpStore
from constructs_arq.recovery.restore_tests import RestoreTests
from constructs_arq.storage.bucket import LogBucket
from constructs_arq.storage.existing_image_repository import ExistingImageRepository
from constructs_arq.storage.image_repository import ImageRepository
from constructs_arq.storage.replication_alarms import ReplicationAlarms
from environments.alerting import send_alarms
from environments.api_targets import add_api_targets
from environments.cluster_versions import pin_versions
from environments.delivery_runner import add_delivery_runner
from environments.dependency_chain import chain_of_request
from environments.environment import Environment
from environments.log_groups import forward_log_groups
from environments.objective_parts import require_reachable_objectives
from environments.recovery import describe_recovery, require_reachable_recovery
from environments.support_dates import warn_before_support_ends

VALIDATOR_USER = "restore_validator"
"""The database user that reads restored copies."""


@dataclass(frozen=True, kw_only=True)
class Platform:
    """Constructs of the AWS stack that the cluster stack uses.

    The database of a standby takes no writes before its promotion.
    """

    network: Network
    cluster: Cluster
    database: Postgres | CrossRegionReplica
    cache: Cache
    receipts_queue: Queue | None
    images: ImageRepository | ExistingImageRepository
    log_store: LogStore
    dumps: DumpStore
    log_forwarder: LogForwarder | None
    ingress: LoadBalancer
    api_targets: TargetGroup
    site: Distribution
    hosts: HostDistribution | None
    tickets: Topic
    takes_writes: bool = True


def platform(app: App, env: Environment) -> Platform:
    """Build the environment's AWS stack, which has the environment's name."""
    require_reachable_objectives(env)
    require_reachable_recovery(env)
    stack = Stack(app, env.name, config=env.stack)
    zone = HostedZone(zone_id=env.zone_id, name=env.zone_name)
    logs = LogBucket(stack, "access-logs", retention_days=env.access_log_retention_days)

    network = Network(stack, "network", config=env.network)
    cluster = Cluster(stack, "cluster", subnets=network.private, config=pin_versions(env.cluster))
    cluster.access.add_admin(env.cluster_role)
    cluster.access.add_auditor(env.audit_role)
    database = Postgres(stack, "database", subnets=network.isolated, config=env.database)
    if env.backups.copy_account:
        database.allow_copies_to(env.backups.copy_account)
    cache = Cache(stack, "cache", subnets=network.isolated, config=env.cache)
    receipts = env.shop.receipts
    receipts_queue = Queue(stack, "receipts", config=receipts.queue) if receipts else None
    images = ImageRepository(stack, "images", config=env.images)
    log_store = LogStore(stack, "log-store", access_logs=logs, config=env.log_store)
    dumps = DumpStore(stack, "dumps", access_logs=logs, config=env.dumps)
    dumps.copy_to_backup_region()
    # The function that validates restored copies logs in as this user.
    database.add_reader(VALIDATOR_USER)
    warn_before_support_ends(cluster, "kubernetes", env.cluster.version)
    warn_before_support_ends(database, "postgres", env.database.version)

    ingress = LoadBalancer(
        stack,
        "ingress",
        subnets=network.private,
        certificate=Certificate(stack, "certificate", zone=zone, domain=f"api.{env.site.domain}"),
        access_logs=logs,
        config=env.ingress,
    )
    api_targets = add_api_targets(ingress, cluster)
    site = Distribution(
        stack,
        "site",
        zone=zone,
        access_logs=logs,
        api_origin=ingress,
        standby_origin_id=env.standby.api_origin_id if env.standby else None,
        config=env.site,
    )
    hosts = None
    if env.hosts:
        hosts = HostDistribution(
            stack,
            "hosts",
            zone=zone,
            site=site,
            load_balancer=ingress,
            access_logs=logs,
            hosts=env.hosts,
            config=env.site,
        )

    log_forwarder = forward_log_groups(
        stack, env, network=network, zone=zone, cluster=cluster, database=database, cache=cache
    )

    runner = add_delivery_runner(env, network=network, cluster=cluster)

    canaries = Canaries(
        stack,
        "canaries",
        domain=site.domain,
        zone_name=env.zone_name,
        access_logs=logs,
        config=env.canaries,
    )
    warn_before_support_ends(canaries, "canary_runtime", env.canaries.runtime.rpartition("-")[2])
    # The bootstrap stack makes the replication, but has no topics.
    ReplicationAlarms(
        stack, "state-replication", source_bucket=env.state_bucket, copy_bucket=env.state_copy_bucket
    )
    if env.restore_tests:
        RestoreTests(
            stack,
            "restore-tests",
            database=database,
            isolated=network.isolated,
            private=network.private,
            dumps=dumps,
            backups=env.backups,
            config=env.restore_tests,
        )
    backup_alarms = BackupAlarms(stack, "backups", config=env.backups)
    chain = chain_of_request(
        canaries=canaries,
        site=site,
        load_balancer=ingress,
        api_targets=api_targets,
        database=database,
        cache=cache,
    )
    tickets = send_alarms(stack, env, database=database, site=site, chain=chain)
    backup_alarms.notify(tickets)

    outputs = {
        "api_target_group_arn": api_targets.arn,
        "cache_endpoint": cache.endpoint,
        "cluster_name": cluster.name,
        "database_endpoint": database.endpoint,
        "database_users": database.users_json,
        "delivery_runner_name": runner.name,
        "distribution_id": site.distribution_id,
        "images_url": images.url,
        "interruption_queue": cluster.karpenter.queue_name,
        "network_name": network.name,
        "node_instance_profile": cluster.karpenter.instance_profile_name,
        "objectives": json.dumps([describe_objective(slo, env.name) for slo in env.slos], sort_keys=True),
        "recovery": json.dumps(describe_recovery(env), sort_keys=True),
        "site_url": f"https://{site.domain}",
        "volumes_key_arn": cluster.key.arn,
        "vpc_id": network.vpc_id,
    }
    for name, value in outputs.items():
        TerraformOutput(stack, name.replace("_", "-"), value=value).override_logical_id(name)
    return Platform(
        network=network,
        cluster=cluster,
        database=database,
        cache=cache,
        receipts_queue=receipts_queue,
        images=images,
        log_store=log_store,
        dumps=dumps,
        log_forwarder=log_forwarder,
        ingress=ingress,
        api_targets=api_targets,
        site=site,
        hosts=hosts,
        tickets=tickets,
    )
