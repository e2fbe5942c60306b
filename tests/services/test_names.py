"""Names that Kubernetes or Helm would refuse fail at synthesis."""

from collections.abc import Callable

import pytest

from constructs_arq.core.errors import ConstructError
from constructs_arq.services.cron_job import CronJob, CronJobConfig
from constructs_arq.services.job import Job
from constructs_arq.services.metrics import NoMetrics
from constructs_arq.services.secret_files import SecretFile
from tests.services.service_builders import DIGEST, JOB, RESOURCES, WEB, Shop, synthesize_shop

_SECRETS = (SecretFile(file="sentry-dsn", key="test/sentry"),)


def _web(shop: Shop, id: str) -> None:
    # The name of a monitor's release is shorter than that of a service.
    shop.web(id, config=WEB.model_copy(update={"metrics": NoMetrics(reason="it is a test of names")}))


def _with_metrics(shop: Shop, id: str) -> None:
    shop.web(id)


def _with_secrets(shop: Shop, id: str) -> None:
    config = JOB.model_copy(update={"secrets": _SECRETS})
    Job(
        shop.stack,
        id,
        cluster=shop.cluster,
        namespace=shop.namespace,
        images=shop.images,
        secrets_from=shop.secrets(),
        config=config,
    )


def _job(shop: Shop, id: str) -> None:
    Job(shop.stack, id, cluster=shop.cluster, namespace=shop.namespace, images=shop.images, config=JOB)


def _cron_job(shop: Shop, id: str) -> None:
    CronJob(
        shop.stack,
        id,
        cluster=shop.cluster,
        namespace=shop.namespace,
        images=shop.images,
        config=CronJobConfig(image=DIGEST, resources=RESOURCES, schedule="15 1 * * *"),
    )


@pytest.mark.parametrize(
    ("build", "longest", "reason"),
    [
        (_web, 63, "the name of a Service has at most 63 characters"),
        (_with_metrics, 45, "the name of a Helm release must have at most 53 characters, got 54"),
        (_job, 52, "Kubernetes accepts 63 for a job, and a hash follows the id"),
        (_with_secrets, 45, "the name of a Helm release must have at most 53 characters, got 54"),
        (_cron_job, 52, "Kubernetes adds 11 characters for the name of each job"),
    ],
)
def test_a_longer_name_fails(build: Callable[[Shop, str], None], longest: int, reason: str) -> None:
    synthesize_shop(lambda shop: build(shop, "a" * longest))
    with pytest.raises(ConstructError, match=reason):
        synthesize_shop(lambda shop: build(shop, "a" * (longest + 1)))


def test_the_name_of_a_service_begins_with_a_letter() -> None:
    with pytest.raises(ConstructError, match=r"must begin with a letter, .* got '9'"):
        synthesize_shop(lambda shop: shop.web("9orders"))
    synthesize_shop(lambda shop: _job(shop, "9orders"))
