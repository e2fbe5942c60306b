"""The services of the shop: order, identities, and settings that the API accepts."""

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_arq.core.errors import ConfigError
from environments.image_digests import find_image_digests
from services.api.settings import read_job_settings, read_settings, read_worker_settings

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"
ENVIRONMENTS = ("dev", "staging", "production")
WITH_RECEIPTS = ("staging", "production")
WITH_REPORTS = WITH_RECEIPTS
QUEUE = "https://sqs.eu-west-1.amazonaws.com/210987654321/production-receipts"


def stack(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SNAPSHOTS / f"{name}.json").read_text())
    return document


def variables(document: dict[str, Any], service: str) -> dict[str, str]:
    [found] = [
        config_map["data"]
        for address, config_map in document["resource"]["kubernetes_config_map_v1"].items()
        if address.startswith(f"{service}_environment")
    ]
    # Programs check the form of the address, which only the AWS stack knows.
    return {name: QUEUE if name.endswith("QUEUE_URL") else value for name, value in found.items()}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_api_accepts_its_variables(environment: str) -> None:
    settings = read_settings(variables(stack(f"{environment}-platform"), "api"))
    assert settings.database.user == "api"
    assert settings.cache.name == f"{environment}-cache"
    assert settings.service.environment == environment


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize(("service", "user"), [("api-migrations", "api"), ("settlement", "settlement")])
def test_other_programs_accept_their_variables(environment: str, service: str, user: str) -> None:
    settings = read_job_settings(variables(stack(f"{environment}-platform"), service)).database
    assert settings.user == user
    assert settings.password_file is None
    # RDS Proxy has a certificate of a public CA, which is not in the bundle of RDS.
    has_proxy = "aws_db_proxy" in stack(environment)["resource"]
    assert str(settings.ca_file).startswith("/etc/ssl/" if has_proxy else "/etc/rds/")


@pytest.mark.parametrize("environment", WITH_RECEIPTS)
def test_the_worker_accepts_its_variables_and_has_time_for_its_message(environment: str) -> None:
    document = stack(f"{environment}-platform")
    settings = read_worker_settings(variables(document, "receipts"))
    assert (settings.database.user, settings.queue.url) == ("receipts", QUEUE)
    assert settings.service.environment == environment
    pod = document["resource"]["kubernetes_deployment_v1"]["receipts"]["spec"]["template"]["spec"]
    assert pod["container"][0]["args"] == ["services.api.receipts"]
    visibility = stack(environment)["resource"]["aws_sqs_queue"]["receipts"]["visibility_timeout_seconds"]
    assert pod["termination_grace_period_seconds"] <= visibility


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_api_requests_receipts_where_a_worker_issues_them(environment: str) -> None:
    document = stack(f"{environment}-platform")
    requests = variables(document, "api").get("RECEIPTS_QUEUE_URL")
    assert (requests is not None) == (environment in WITH_RECEIPTS)
    assert ("receipts" in document["resource"]["kubernetes_deployment_v1"]) == (environment in WITH_RECEIPTS)
    senders = [
        name for name in stack(environment)["resource"]["aws_iam_role_policy"] if "_send-receipts_" in name
    ]
    assert ["_shop_api_role_" in name for name in senders] == [True] * (environment in WITH_RECEIPTS)


@pytest.mark.parametrize("environment", WITH_REPORTS)
@pytest.mark.parametrize("program", ["api", "receipts", "settlement"])
def test_a_program_that_reports_errors_has_the_dsn_and_may_connect(environment: str, program: str) -> None:
    document = stack(f"{environment}-platform")
    settings = read_job_settings(variables(document, program)).service
    assert settings.environment == environment
    file = settings.sentry_dsn_file
    assert file
    objects = json.loads(document["resource"]["helm_release"][secret_release(document, program)]["values"][0])
    [secret] = objects["objects"]
    assert secret["spec"]["data"] == [
        {
            "remoteRef": {"key": f"{environment}/sentry", "property": "dsn"},
            "secretKey": file.name,
            "sourceRef": secret["spec"]["data"][0]["sourceRef"],
        }
    ]
    policies = document["resource"]["kubernetes_network_policy_v1"].values()
    assert f"{program}-to-internet-tcp-443" in {each["metadata"]["name"] for each in policies}


def secret_release(document: dict[str, Any], program: str) -> str:
    """Return the logical id of the release that copies the secrets of a program."""
    releases = document["resource"]["helm_release"].items()
    [found] = [key for key, each in releases if each["name"] == f"{program}-secrets"]
    return str(found)


def test_development_reports_no_errors() -> None:
    settings = read_settings(variables(stack("dev-platform"), "api"))
    assert settings.service.sentry_dsn_file is None


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_users_exist_before_the_migrations_and_the_tables_before_the_services(environment: str) -> None:
    resources = stack(f"{environment}-platform")["resource"]
    jobs = resources["kubernetes_job_v1"]
    assert "kubernetes_job_v1.migrator" in jobs["api-migrations"]["depends_on"]
    for kind, name in (("kubernetes_deployment_v1", "api"), ("kubernetes_cron_job_v1", "settlement")):
        assert resources[kind][name]["depends_on"] == ["kubernetes_job_v1.api-migrations"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_migrator_creates_the_users_of_all_grants(environment: str) -> None:
    config_maps = stack(f"{environment}-platform")["resource"]["kubernetes_config_map_v1"]
    [files] = [each["data"] for key, each in config_maps.items() if key.startswith("migrator_files")]
    users = {user["name"] for user in json.loads(files["users.json"])["users"]}
    assert {"api", "settlement"} <= users
    assert ("reports" in users) == (environment != "dev")


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_each_identity_of_a_service_has_a_service_account_in_the_cluster(environment: str) -> None:
    associations = stack(environment)["resource"]["aws_eks_pod_identity_association"].values()
    wanted = {each["service_account"] for each in associations if each["namespace"] in ("shop", "delivery")}
    accounts = stack(f"{environment}-platform")["resource"]["kubernetes_service_account_v1"].values()
    assert wanted <= {each["metadata"]["name"] for each in accounts}


def test_an_environment_without_digests_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.api: is required"):
        find_image_digests("nowhere")
