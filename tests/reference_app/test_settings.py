"""Environment variables of the API."""

import subprocess
import sys
from collections.abc import Mapping

import pytest

from services.api.settings import SettingsError, read_database_settings, read_settings
from tests.reference_app.api_process import ROOT, run_program

CLUSTER = {
    "DATABASE_HOST": "production-database.proxy-x.eu-west-1.rds.amazonaws.com",
    "DATABASE_CA_FILE": "/etc/rds/global-bundle.pem",
    "CACHE_HOST": "master.production-cache.x.euw1.cache.amazonaws.com",
    "CACHE_NAME": "production-cache",
    "CACHE_USER": "production-cache-api",
    "AWS_REGION": "eu-west-1",
}


def problems(environ: Mapping[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        read_settings(environ)
    return str(raised.value).splitlines()


def test_the_variables_of_the_cluster_have_safe_defaults() -> None:
    settings = read_settings({**CLUSTER, "SENTRY_DSN_FILE": "", "UNKNOWN": "x"})
    assert settings.database.password_file is None
    assert settings.cache.password_file is None
    assert settings.service.secure_cookies is True
    assert settings.service.sentry_dsn_file is None


def test_one_message_lists_all_problems() -> None:
    assert problems({"DATABASE_PORT": "99999", "LOG_LEVEL": "loud"}) == [
        "The environment variables of the API are invalid:",
        "  DATABASE_HOST is missing",
        "  DATABASE_PORT: Input should be less than or equal to 65535, got '99999'",
        "  CACHE_HOST is missing",
        "  LOG_LEVEL: Input should be 'debug', 'info', 'warning' or 'error', got 'loud'",
    ]


def test_a_login_needs_a_password_file_or_the_values_of_tokens() -> None:
    assert problems({"DATABASE_HOST": "localhost", "CACHE_HOST": "localhost"})[1:] == [
        "  set AWS_REGION and DATABASE_CA_FILE for IAM login, or DATABASE_PASSWORD_FILE",
        "  set AWS_REGION and CACHE_NAME for IAM login, or CACHE_PASSWORD_FILE",
    ]


def test_programs_of_the_database_need_no_cache() -> None:
    settings = read_database_settings({"DATABASE_HOST": "localhost", "DATABASE_PASSWORD_FILE": "/run/p"})
    assert settings.user == "api"


@pytest.mark.parametrize(
    "module", ["services.api", "services.api.migrations", "services.api.receipts", "services.api.settlement"]
)
def test_programs_print_the_message_and_exit_with_2(module: str) -> None:
    ran = run_program(module, {})
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "DATABASE_HOST is missing" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_the_api_needs_nothing_else_of_the_repository() -> None:
    script = "import sys, services.api.__main__; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    packages = {name.partition(".")[0] for name in ran.stdout.split()}
    assert "services" in packages
    assert not packages & {"constructs_arq", "environments", "policies", "arqctl", "tests", "cdktf"}
