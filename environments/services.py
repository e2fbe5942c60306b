"""The cluster stack: everything that runs in an environment's cluster, in order of dependency."""

from cdktf import App

from constructs_arq.core.stack import Stack
from constructs_arq.edge.certificate import HostedZone
from constructs_arq.kubernetes.default_namespace import DefaultNamespace
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.kubernetes.providers import configure_providers
from constructs_arq.kubernetes.storage_class import StorageClass
from constructs_arq.observability.prometheus.target_rules import TargetRules
from constructs_arq.platform.addon_monitors import AddonMonitors
from constructs_arq.platform.cert_manager import CertManager
from constructs_arq.platform.external_dns import ExternalDns
from constructs_arq.platform.external_secrets import ExternalSecrets
from constructs_arq.platform.karpenter import KarpenterController
from constructs_arq.platform.keda import Keda
from constructs_arq.platform.load_balancer_controller import LoadBalancerController
from constructs_arq.platform.nginx_gateway import NginxGatewayFabric
from constructs_arq.platform.prometheus_definitions import PrometheusDefinitions
from constructs_arq.platform.target import AddonTarget
from constructs_arq.platform.trivy_operator import TrivyOperator
from constructs_arq.services.gateway import Gateway
from constructs_arq.services.pod_inventory import find_pods
from constructs_arq.services.public_hosts import PublicHosts
from environments.capacity import require_capacity
from environments.cluster_versions import find_node_image
from environments.database_pools import find_database_pools
from environments.dumps import run_dumps
from environments.environment import Environment
from environments.logs import run_logs
from environments.monitoring import run_monitoring, show_dashboards
from environments.platform import Platform
from environments.receipts import run_receipts
from environments.shop import ledger_variables, run_shop
from environments.support_dates import warn_before_chart_support_ends


def services(app: App, env: Environment, platform: Platform) -> None:
    """Build the cluster stack, `ENV-platform`. The role that deploys it can change nothing else on AWS.

    Raises:
        ConfigError: if its pods at their largest number don't fit into the nodes, subnets and databases.
        ConstructError: if a program may log in to the database, and states no pool.
    """
    stack = Stack(app, f"{env.name}-platform", config=env.stack)
    warn_before_chart_support_ends(stack)
    cluster, network = platform.cluster, platform.network
    configure_providers(stack, cluster=cluster)
    zone = HostedZone(zone_id=env.zone_id, name=env.zone_name)
    target = AddonTarget(cluster=cluster, kubernetes_version=env.cluster.version, network=network)

    definitions = PrometheusDefinitions(stack, "prometheus-definitions", target=target)
    controller = LoadBalancerController(stack, "load-balancer-controller", target=target)
    karpenter = KarpenterController(
        stack,
        "karpenter",
        target=target,
        identity=cluster.karpenter,
        volumes_key=cluster.key,
        subnet_tag=network.name,
        image_release=find_node_image(env.cluster),
        config=env.karpenter,
    )

    DefaultNamespace(stack, "default-namespace")
    shop = Namespace(stack, "shop", name="shop")
    delivery = Namespace(stack, "delivery", name="delivery")
    observed = Namespace(stack, "monitoring", name="monitoring")
    # The pods below may need nodes of Karpenter.
    nodes = [karpenter.nodes]
    fabric = NginxGatewayFabric(stack, "nginx-gateway-fabric", target=target, depends_on=nodes)
    certificates = CertManager(
        stack, "cert-manager", target=target, zone=zone, config=env.cert_manager, depends_on=nodes
    )
    secrets = ExternalSecrets(
        stack,
        "external-secrets",
        target=target,
        namespaces=[shop, delivery, observed],
        config=env.external_secrets,
        depends_on=nodes,
    )
    hosts = PublicHosts(
        names=[env.site.domain, *env.hosts],
        dns_target=platform.hosts.domain_name if platform.hosts else None,
    )
    if platform.hosts:
        ExternalDns(
            stack,
            "external-dns",
            target=target,
            zone=zone,
            hosts=env.hosts,
            config=env.external_dns,
            # It reads routes, whose definition the fabric installs.
            depends_on=[fabric.resource],
        )
    TrivyOperator(stack, "trivy-operator", target=target, depends_on=nodes)
    volumes = StorageClass(stack, "encrypted-gp3", key=cluster.key)
    monitoring = run_monitoring(
        stack,
        env,
        platform,
        target=target,
        namespace=observed,
        services=[shop],
        volumes=volumes,
        depends_on=[*nodes, definitions.resource, certificates.resource, secrets.resource],
    )
    loki = run_logs(
        stack,
        env,
        platform,
        target=target,
        volumes=volumes,
        agents=monitoring.agents,
        controller=controller,
        certificates=certificates,
        own_namespaces=[shop, delivery],
        depends_on=[*nodes, definitions.resource],
    )
    show_dashboards(stack, env, target=target, prometheus=monitoring.prometheus, loki=loki, depends_on=nodes)

    gateway = Gateway(
        stack,
        "gateway",
        load_balancer=platform.ingress,
        hosts=hosts,
        targets=platform.api_targets,
        network=network,
        controller=controller,
        fabric=fabric,
        certificates=certificates,
        definitions=definitions,
        route_namespaces=[shop],
        config=env.gateway,
        distribution=platform.site,
    )

    api = run_shop(
        stack,
        env,
        platform,
        namespace=shop,
        delivery=delivery,
        definitions=definitions,
        secrets=secrets,
        depends_on=[*nodes, secrets.resource],
    )
    if platform.takes_writes:
        run_dumps(
            stack,
            env,
            platform,
            namespace=delivery,
            secrets=secrets,
            # The migrator creates their user.
            depends_on=[api.resource],
        )
    gateway.add_route("api", backend=api, hosts=hosts.names, paths=("/api",))
    if env.shop.receipts and platform.receipts_queue:
        run_receipts(
            stack,
            platform,
            queue=platform.receipts_queue,
            scaler=Keda(stack, "keda", target=target, depends_on=nodes),
            namespace=shop,
            definitions=definitions,
            secrets=secrets,
            environment={**ledger_variables(env, platform), "ENVIRONMENT": env.name},
            # The API starts after the migrations.
            depends_on=[api.resource],
            config=env.shop.receipts.worker,
            error_reports=env.shop.error_reports,
        )
    AddonMonitors(
        stack,
        "addon-monitors",
        root=stack,
        namespace=observed.name,
        depends_on=[definitions.resource],
    )
    TargetRules(
        stack,
        "target-rules",
        root=stack,
        namespace=observed.name,
        slos=env.slos,
        depends_on=[definitions.resource],
    )
    require_capacity(env, find_pods(stack), find_database_pools(stack, platform.database))
