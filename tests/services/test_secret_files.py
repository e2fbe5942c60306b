"""Secrets are files that External Secrets copies. No value is in the configuration."""

import json
from typing import Any

import pytest

from constructs_arq.core.errors import ConfigError, ConstructError
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.services.job import Job
from constructs_arq.services.secret_files import SecretFile, SecretStore
from tests.kubernetes.custom_resources import validate_custom_object
from tests.services.service_builders import JOB, WEB, Shop, synthesize_shop
from tests.support import Resource

SENTRY = SecretFile(file="sentry-dsn", key="test/sentry", field="dsn")
LICENSE = SecretFile(file="license", key="shop/license", store=SecretStore.VAULT)


def _synthesize() -> tuple[dict[str, Any], Resource]:
    config = WEB.model_copy(update={"secrets": (SENTRY, LICENSE)})
    synthesized = synthesize_shop(lambda shop: shop.web(config=config, secrets_from=shop.secrets()))
    release = synthesized.one("helm_release", "api/secrets/Default")
    [manifest] = json.loads(release["values"][0])["objects"]
    return manifest, synthesized.one("kubernetes_deployment_v1", "api/Default")["spec"]["template"]["spec"]


def test_each_file_comes_from_its_store() -> None:
    manifest, _ = _synthesize()
    validate_custom_object(manifest)
    assert [each["secretKey"] for each in manifest["spec"]["data"]] == ["sentry-dsn", "license"]
    assert [each["remoteRef"] for each in manifest["spec"]["data"]] == [
        {"key": "test/sentry", "property": "dsn"},
        {"key": "shop/license"},
    ]
    assert [each["sourceRef"]["storeRef"]["name"] for each in manifest["spec"]["data"]] == [
        "secrets-manager",
        "vault",
    ]


def test_the_files_are_in_one_folder_that_only_the_pod_reads() -> None:
    manifest, pod = _synthesize()
    [container] = pod["container"]
    mounts = {each["name"]: each for each in container["volume_mount"]}
    assert mounts["secrets"]["mount_path"] == "/etc/secrets"
    assert mounts["secrets"]["read_only"] is True
    [volume] = [each for each in pod["volume"] if each["name"] == "secrets"]
    assert volume["secret"] == {
        "secret_name": manifest["spec"]["target"]["name"],
        "default_mode": "0440",
    }


def test_jobs_have_secrets_too() -> None:
    def build(shop: Shop) -> None:
        config = JOB.model_copy(update={"secrets": (SENTRY,)})
        Job(
            shop.stack,
            "migrator",
            cluster=shop.cluster,
            namespace=shop.namespace,
            images=shop.images,
            config=config,
            secrets_from=shop.secrets(),
        )

    pod = synthesize_shop(build).one("kubernetes_job_v1")["spec"]["template"]["spec"]
    assert {"name": "secrets", "secret": {"secret_name": "migrator-secrets", "default_mode": "0440"}} in pod[
        "volume"
    ]


def test_a_secret_of_another_environment_fails_at_synthesis() -> None:
    other = SecretFile(file="sentry-dsn", key="production/sentry")
    config = WEB.model_copy(update={"secrets": (LICENSE, other)})
    with pytest.raises(ConstructError, match="production/sentry of the file sentry-dsn does not begin"):
        synthesize_shop(lambda shop: shop.web(config=config, secrets_from=shop.secrets()))


def test_the_secrets_follow_the_stores() -> None:
    config = WEB.model_copy(update={"secrets": (SENTRY,)})
    synthesized = synthesize_shop(lambda shop: shop.web(config=config, secrets_from=shop.secrets()))
    release = synthesized.one("helm_release", "api/secrets/Default")
    [stores] = release["depends_on"]
    assert stores.startswith("helm_release.external-secrets_stores_")


def test_secrets_without_external_secrets_fail_at_synthesis() -> None:
    config = WEB.model_copy(update={"secrets": (SENTRY,)})
    with pytest.raises(
        ConstructError, match="nothing copies the secrets sentry-dsn, because secrets_from is"
    ):
        synthesize_shop(lambda shop: shop.web(config=config))


def test_secrets_in_a_namespace_without_stores_fail_at_synthesis() -> None:
    def build(shop: Shop) -> None:
        delivery = Namespace(shop.stack, "delivery", name="delivery")
        shop.web(config=WEB.model_copy(update={"secrets": (SENTRY,)}), secrets_from=shop.secrets(delivery))

    with pytest.raises(ConstructError, match="in the namespace shop, but the stores accept only delivery"):
        synthesize_shop(build)


def test_a_service_without_secrets_has_no_object() -> None:
    assert set(synthesize_shop(lambda shop: shop.web()).of_type("helm_release")) == {"api/metrics/Default"}


@pytest.mark.parametrize("file", ["../token", "A", ""])
def test_a_file_has_a_plain_name(file: str) -> None:
    with pytest.raises(ConfigError):
        SecretFile(file=file, key="test/sentry")
