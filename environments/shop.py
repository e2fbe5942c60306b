"""The services of the shop, in order of dependency: migrations, the API, and the settlement."""

from collections.abc import Sequence

from cdktf import ITerraformDependable

from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.platform.external_secrets import ExternalSecrets
from constructs_arq.platform.prometheus_definitions import PrometheusDefinitions
from constructs_arq.services.cron_job import CronJob
from constructs_arq.services.job import Job
from constructs_arq.services.pod_identity import PodIdentity
from constructs_arq.services.web_service import WebService
from environments.environment import Environment
from environments.platform import Platform

# Files of the images. An instance has a certificate of RDS's own CAs; a proxy has a public one.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.howitworks.html#rds-proxy-security.tls
_RDS_CAS = "/etc/rds/global-bundle.pem"
_PUBLIC_CAS = "/etc/ssl/certs/ca-certificates.crt"


def run_shop(
    stack: Stack,
    env: Environment,
    platform: Platform,
    *,
    namespace: Namespace,
    delivery: Namespace,
    definitions: PrometheusDefinitions,
    secrets: ExternalSecrets,
    depends_on: Sequence[ITerraformDependable],
) -> WebService:
    """Run the services of the shop in `namespace`. Return the API, which gets requests.

    Where the database takes no writes, nothing runs that only writes: migrations and the settlement. The
    AWS roles and rules of security groups are in the AWS stack.
    """
    cluster, database, cache, images = platform.cluster, platform.database, platform.cache, platform.images
    ledger, receipts_queue = ledger_variables(env, platform), platform.receipts_queue
    if platform.takes_writes:
        depends_on = run_migrations(
            stack,
            env,
            platform,
            namespace=namespace,
            delivery=delivery,
            secrets=secrets,
            depends_on=depends_on,
        )

    session_user = cache.grant_connect(cluster.workload("api", namespace="shop"), user="api")
    api = WebService(
        stack,
        "api",
        cluster=cluster,
        namespace=namespace,
        images=images,
        secrets_from=secrets,
        definitions=definitions,
        environment={
            **ledger,
            "CACHE_HOST": cache.endpoint,
            "CACHE_NAME": cache.identifier,
            "CACHE_USER": session_user,
            "DATABASE_POOL_SIZE": str(env.shop.api_pool_size),
            "DATABASE_USER": "api",
            "ENVIRONMENT": env.name,
            **({"RECEIPTS_QUEUE_URL": receipts_queue.url} if receipts_queue else {}),
        },
        depends_on=depends_on,
        config=env.shop.api,
    )
    api.connections.allow_to(database, why="the API and the nightly settlement keep the ledger there")
    database.grant_connect(api.identity, user="api", pool_size=env.shop.api_pool_size)
    api.connections.allow_to(cache, why="the API keeps sessions there")
    if receipts_queue:
        receipts_queue.grant_send(api.identity)
        api.connections.allow_to_aws(why=f"it requests receipts through {receipts_queue.name}")

    if env.shop.error_reports:
        api.connections.allow_to_internet(why="it reports errors to Sentry")
    if platform.takes_writes:
        run_settlement(stack, env, platform, namespace=namespace, secrets=secrets, depends_on=depends_on)

    if "reports" in database.replicas:
        reports = PodIdentity(stack, "reports", name="reports", cluster=cluster, namespace=namespace)
        reports.connections.allow_to(database.replicas["reports"], why="reports read the ledger there")
        database.replicas["reports"].grant_connect(
            reports.role, user="reports", reads=["api"], pool_size=env.shop.reports_connections
        )

    return api


def run_migrations(
    stack: Stack,
    env: Environment,
    platform: Platform,
    *,
    namespace: Namespace,
    delivery: Namespace,
    secrets: ExternalSecrets,
    depends_on: Sequence[ITerraformDependable],
) -> Sequence[ITerraformDependable]:
    """Create the database users and the tables of the ledger. Return what the services start after."""
    cluster, database, images = platform.cluster, platform.database, platform.images
    migrator = Job(
        stack,
        "migrator",
        cluster=cluster,
        namespace=delivery,
        images=images,
        secrets_from=secrets,
        # The users that the grants below name.
        files={"users.json": database.users_json},
        depends_on=depends_on,
        config=env.shop.migrator,
    )
    migrator.connections.allow_to(database.admin_endpoint, why="the migrator creates database users there")
    database.grant_migrations(migrator.identity)

    migrations = Job(
        stack,
        "api-migrations",
        cluster=cluster,
        namespace=namespace,
        images=images,
        secrets_from=secrets,
        environment={**ledger_variables(env, platform), "DATABASE_USER": "api"},
        depends_on=[migrator.resource],
        config=env.shop.migrations,
    )
    migrations.connections.allow_to(database, why="the migrations create the tables of the ledger there")
    database.grant_connect(migrations.identity, user="api", pool_size=1)
    return [migrations.resource]


def run_settlement(
    stack: Stack,
    env: Environment,
    platform: Platform,
    *,
    namespace: Namespace,
    secrets: ExternalSecrets,
    depends_on: Sequence[ITerraformDependable],
) -> None:
    """Run the settlement each night."""
    database = platform.database
    settlement = CronJob(
        stack,
        "settlement",
        cluster=platform.cluster,
        namespace=namespace,
        images=platform.images,
        secrets_from=secrets,
        environment={
            **ledger_variables(env, platform),
            "DATABASE_USER": "settlement",
            "ENVIRONMENT": env.name,
        },
        depends_on=depends_on,
        config=env.shop.settlement,
    )
    settlement.connections.allow_to(database, why="the settlement totals the ledger there")
    database.grant_connect(settlement.identity, user="settlement", writes=["api"], pool_size=1)
    if env.shop.error_reports:
        settlement.connections.allow_to_internet(why="it reports errors to Sentry")


def ledger_variables(env: Environment, platform: Platform) -> dict[str, str]:
    """Return the variables of programs that use the ledger."""
    return {
        "AWS_REGION": env.region,
        "DATABASE_CA_FILE": _PUBLIC_CAS if env.database.proxy else _RDS_CAS,
        "DATABASE_HOST": platform.database.endpoint,
        "DATABASE_NAME": env.database.database_name,
    }
