"""The worker that issues receipts for the entries of the API."""

from collections.abc import Mapping, Sequence

from cdktf import ITerraformDependable

from constructs_arq.core.stack import Stack
from constructs_arq.data.queue import Queue
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.platform.external_secrets import ExternalSecrets
from constructs_arq.platform.keda import Keda
from constructs_arq.platform.prometheus_definitions import PrometheusDefinitions
from constructs_arq.services.worker import Worker, WorkerConfig
from environments.error_reports import ErrorReports
from environments.platform import Platform


def run_receipts(
    stack: Stack,
    platform: Platform,
    *,
    queue: Queue,
    scaler: Keda,
    namespace: Namespace,
    definitions: PrometheusDefinitions,
    secrets: ExternalSecrets,
    environment: Mapping[str, str],
    config: WorkerConfig,
    error_reports: ErrorReports | None,
    depends_on: Sequence[ITerraformDependable],
) -> None:
    """Run the worker in `namespace`. `environment` has the variables of the ledger."""
    worker = Worker(
        stack,
        "receipts",
        cluster=platform.cluster,
        namespace=namespace,
        images=platform.images,
        queue=queue,
        scaler=scaler,
        definitions=definitions,
        secrets_from=secrets,
        environment={**environment, "DATABASE_USER": "receipts"},
        depends_on=depends_on,
        config=config,
    )
    worker.connections.allow_to(platform.database, why="the worker stores receipts beside the ledger")
    platform.database.grant_connect(worker.identity, user="receipts", writes=["api"], pool_size=1)
    if error_reports:
        worker.connections.allow_to_internet(why="it reports errors to Sentry")
