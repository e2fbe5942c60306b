"""The standby's AWS stack: what waits in the backup region for the loss of the environment's own region.

It reads no other stack's outputs, so that it can be planned and deployed without the lost region. The parts
of the environment that it needs have fixed names: the database, the repository of images, and the records of
certificates.
"""

from cdktf import App, TerraformOutput

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.compute.load_balancer import LoadBalancer
from constructs_arq.core.alarm import Severity
from constructs_arq.core.stack import Stack
from constructs_arq.data.cache import Cache
from constructs_arq.data.cross_region_replica import CrossRegionReplica
from constructs_arq.data.queue import Queue
from constructs_arq.edge.api_origin import ApiOrigin
from constructs_arq.edge.standby_certificate import StandbyCertificate
from constructs_arq.network.network import Network
from constructs_arq.observability.alarms import Alarms
from constructs_arq.observability.paging.pager import Pager
from constructs_arq.observability.routes import AlarmRoutes
from constructs_arq.platform.log_store import LogStore
from constructs_arq.recovery.backup_alarms import BackupAlarms
from constructs_arq.recovery.dump_store import DumpStore
from constructs_arq.recovery.failover_plan import FailoverPlan
from constructs_arq.storage.bucket import LogBucket
from constructs_arq.storage.image_repository import ImageRepository
from environments.api_targets import add_api_targets
from environments.cluster_versions import pin_versions
from environments.delivery_runner import add_delivery_runner
from environments.environment import Environment
from environments.platform import Platform
from environments.support_dates import warn_before_support_ends


def standby(app: App, env: Environment, platform: Platform) -> Platform:
    """Build the stack of the environment that `standby_environment` returned.

    `platform` is the AWS stack of the environment that it stands by for. Both serve the same site.
    """
    stack = Stack(app, env.name, config=env.stack)
    # The database must exist before its replica. The order needs no output.
    stack.add_dependency(Stack.of(platform.network))
    logs = LogBucket(stack, "access-logs", retention_days=env.access_log_retention_days)

    network = Network(stack, "network", config=env.network)
    cluster = Cluster(stack, "cluster", subnets=network.private, config=pin_versions(env.cluster))
    cluster.access.add_admin(env.cluster_role)
    cluster.access.add_auditor(env.audit_role)
    database = CrossRegionReplica(
        stack,
        "database",
        subnets=network.isolated,
        source_identifier=platform.database.identifier,
        source_region=env.home.region,
        is_promoted=env.is_promoted,
        config=env.database,
    )
    cache = Cache(stack, "cache", subnets=network.isolated, config=env.cache)
    receipts = env.shop.receipts
    receipts_queue = Queue(stack, "receipts", config=receipts.queue) if receipts else None
    images = ImageRepository.from_name(stack, name=env.image_repository, architecture=env.images.architecture)
    # It has no copy: its dumps are of the time in which the other region is lost.
    dumps = DumpStore(stack, "dumps", access_logs=logs, config=env.dumps)
    log_store = LogStore(stack, "log-store", access_logs=logs, config=env.log_store)
    warn_before_support_ends(cluster, "kubernetes", env.cluster.version)
    warn_before_support_ends(database, "postgres", env.database.version)

    ingress = LoadBalancer(
        stack,
        "ingress",
        subnets=network.private,
        certificate=StandbyCertificate(
            stack, "certificate", domains=(f"api.{env.site.domain}", env.site.domain, *env.hosts)
        ),
        access_logs=logs,
        config=env.ingress,
    )
    api_targets = add_api_targets(ingress, cluster)
    origin = ApiOrigin(stack, "api-origin", load_balancer=ingress, config=env.site.api)

    runner = add_delivery_runner(env, network=network, cluster=cluster)

    plan = FailoverPlan(
        stack,
        "failover",
        database=database,
        store=env.region_switch,
        store_arn=env.standby_values.region_switch_arn,
        approvers=env.standby_values.approvers,
    )
    routes = AlarmRoutes(stack, "alarm-routes", config=env.alarms)
    tickets = routes.topic(Severity.WARNING)
    database.notify(tickets)
    pager = Pager(stack, "pager", dashboard=None, other_regions=(), config=env.pager) if env.pager else None
    if env.is_promoted:
        # The account stack makes the plan and the vault. Copies would need the lost region.
        BackupAlarms(
            stack,
            "backups",
            config=env.backups.model_copy(update={"copy_to_backup_region": False}),
            types=["RDS"],
        )
    alarms = Alarms(stack, "alarms", routes=routes)
    if pager:
        pager.page_for(alarms)

    outputs = {
        "api_origin_id": origin.origin_id,
        "api_target_group_arn": api_targets.arn,
        "cache_endpoint": cache.endpoint,
        "cluster_name": cluster.name,
        "database_endpoint": database.endpoint,
        "database_users": database.users_json,
        "delivery_runner_name": runner.name,
        "failover_plan_arn": plan.arn,
        "interruption_queue": cluster.karpenter.queue_name,
        "network_name": network.name,
        "node_instance_profile": cluster.karpenter.instance_profile_name,
        "volumes_key_arn": cluster.key.arn,
        "vpc_id": network.vpc_id,
    }
    for name, value in outputs.items():
        TerraformOutput(stack, name.replace("_", "-"), value=value).override_logical_id(name)
    return Platform(
        network=network,
        cluster=cluster,
        database=database,
        takes_writes=env.is_promoted,
        cache=cache,
        receipts_queue=receipts_queue,
        images=images,
        log_store=log_store,
        dumps=dumps,
        log_forwarder=None,
        ingress=ingress,
        api_targets=api_targets,
        site=platform.site,
        hosts=None,
        tickets=tickets,
    )
