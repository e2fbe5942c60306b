"""An environment with secrets of Vault has Vault."""

import pytest

from constructs_arq.core.errors import ConfigError
from constructs_arq.platform.external_secrets import ExternalSecretsConfig
from constructs_arq.platform.secret_stores import VaultConfig
from constructs_arq.services.secret_files import SecretFile, SecretStore
from environments.dev import DEV
from environments.environment import Environment

LICENSE = SecretFile(file="license", key="shop/license", store=SecretStore.VAULT)
VAULT = ExternalSecretsConfig(vault=VaultConfig(server="https://vault.arq.example:8200", role="shop"))


def environment(service: str, external_secrets: ExternalSecretsConfig) -> Environment:
    """Return the development environment with a secret of Vault for one service."""
    config = getattr(DEV.shop, service).model_copy(update={"secrets": (LICENSE,)})
    shop = DEV.shop.model_copy(update={service: config})
    return Environment(**{**dict(DEV), "shop": shop, "external_secrets": external_secrets})


@pytest.mark.parametrize("service", ["api", "migrations", "settlement", "migrator"])
def test_secrets_of_vault_need_vault(service: str) -> None:
    with pytest.raises(ConfigError, match=r"vault is not configured, but the shop reads shop/license"):
        environment(service, ExternalSecretsConfig())
    assert environment(service, VAULT).shop.secrets == (LICENSE,)
