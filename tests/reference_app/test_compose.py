"""compose.yaml: its schema, its versions, and the files that it names. No engine runs it here."""

import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import valkey
import yaml

from constructs_arq.data import cache_users
from environments.dev import DEV
from services.api.metrics import Metrics
from services.api.settings import read_database_settings, read_settings
from tests.reference_app.api_process import ROOT
from tests.reference_app.dockerfiles import NAMES, Dockerfile
from tests.reference_app.redis_server import running_redis

FILE = ROOT / "compose.yaml"
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
NGINX = runpy.run_path(str(ROOT / "scripts/local_nginx.py"))
SECRETS = runpy.run_path(str(ROOT / "scripts/local_secrets.py"))

services = pytest.mark.parametrize("name", SERVICES)


def image_versions(name: str) -> list[str]:
    """Return the version of a service's image, or of the last base of the image that it builds."""
    service = SERVICES[name]
    image = (
        Dockerfile(Path(service["build"]["context"]).name).bases[-1]
        if "build" in service
        else service["image"]
    )
    found: list[str] = re.findall(r":v?([\d.]+)[\w.-]*@sha256:", image)
    return found


def test_the_file_matches_the_published_schema() -> None:
    checker = Path(sys.executable).with_name("check-jsonschema")
    ran = subprocess.run(
        [checker, "--builtin-schema", "vendor.compose-spec", FILE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout


def test_docker_accepts_the_file() -> None:
    docker = shutil.which("docker")
    version = [docker or "false", "compose", "version"]
    if docker is None or subprocess.run(version, check=False, capture_output=True).returncode != 0:
        pytest.skip("Docker has no compose plugin here")
    ran = subprocess.run(
        [docker, "compose", "--file", FILE, "config", "--quiet"], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_versions_are_those_of_the_development_environment() -> None:
    assert image_versions("database") == [DEV.database.version]
    assert DEV.cache.engine == "valkey"
    assert image_versions("cache") == [DEV.cache.version]


@services
def test_images_are_built_here_or_pinned(name: str) -> None:
    service = SERVICES[name]
    if service["image"].endswith(":local"):
        builders = [
            each for each in SERVICES.values() if each["image"] == service["image"] and "build" in each
        ]
        (builder,) = builders
        assert Path(builder["build"]["context"]).name in NAMES
    else:
        assert re.fullmatch(r"[a-z0-9./-]+:v?\d[\w.-]*@sha256:[0-9a-f]{64}", service["image"])


def test_nginx_is_the_one_of_the_sites_image() -> None:
    assert SERVICES["nginx"]["image"] == Dockerfile("web").bases[-1]


def test_nginx_has_the_generated_settings_of_the_gateway() -> None:
    server = NGINX["SERVER"]
    assert [".".join(map(str, server.version[:2]))] == image_versions("nginx")
    rendered = NGINX["render_local"](server, api="api:8080", web="web:8080")
    assert NGINX["FILE"].read_text() == rendered, "run `make snapshots`"
    assert SERVICES["nginx"]["volumes"] == ["./services/nginx/local.conf:/etc/nginx/nginx.conf:ro"]


@services
def test_services_are_restricted(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "pid", "network_mode", "devices", "cap_add"} & set(service)
    # Only programs on this machine reach the ports, and no container controls Docker.
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert not any("docker.sock" in volume for volume in service.get("volumes", ()))


@services
def test_services_have_a_health_check(name: str) -> None:
    service = SERVICES[name]
    if "healthcheck" in service:
        # One that runs once, and two without a program that could ask them.
        is_disabled = service["healthcheck"].get("disable", False)
        assert is_disabled == (name in {"alloy", "loki", "migrations"})
    else:
        assert Dockerfile(Path(service["build"]["context"]).name).arguments("HEALTHCHECK")


@services
def test_services_name_files_networks_and_services_that_exist(name: str) -> None:
    service = SERVICES[name]
    assert set(service["networks"]) <= set(COMPOSE["networks"])
    assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
    for volume in service.get("volumes", ()):
        source = volume.partition(":")[0]
        if source.startswith("./"):
            assert (ROOT / source).exists()
            assert volume.endswith(":ro")
        else:
            assert source in COMPOSE["volumes"]
    for other, condition in service.get("depends_on", {}).items():
        is_checked = not SERVICES[other].get("healthcheck", {}).get("disable", False)
        state = f"service_{'healthy' if is_checked else 'completed_successfully'}"
        # nginx resolves names at its start only, and a replaced container has another address.
        assert condition == {"condition": state, **({"restart": True} if name == "nginx" else {})}


def test_nginx_depends_on_the_services_that_it_names() -> None:
    named = re.findall(r"^ +server (\w+):8080;$", NGINX["FILE"].read_text(), re.MULTILINE)
    assert set(SERVICES["nginx"]["depends_on"]) == set(named) == {"api", "web"}


def test_each_secret_is_a_file_that_the_script_writes_once(tmp_path: Path) -> None:
    folder = tmp_path / ".secrets"
    SECRETS["write_secrets"](folder)
    written = {path.name: path.read_text() for path in folder.iterdir()}
    assert {name: {"file": f".secrets/{name}"} for name in written} == COMPOSE["secrets"]
    assert "/.secrets/\n" in (ROOT / ".gitignore").read_text()
    assert folder.stat().st_mode & 0o777 == 0o700
    SECRETS["write_secrets"](folder)
    assert {path.name: path.read_text() for path in folder.iterdir()} == written
    assert len({*written.values()}) == len(written)
    SECRETS["write_secrets"](tmp_path / "other")
    assert (tmp_path / "other/cache-password").read_text() != written["cache-password"]


def test_no_secret_is_a_variable() -> None:
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|TOKEN|DSN", variable):
                secret = value.removeprefix("/run/secrets/")
                assert secret in service["secrets"], (name, variable)


def test_the_api_accepts_its_variables() -> None:
    settings = read_settings(SERVICES["api"]["environment"])
    assert settings.database.host in SERVICES
    assert settings.cache.host in SERVICES
    assert settings.service.drain_seconds > 0
    grace = SERVICES["api"]["stop_grace_period"].removesuffix("s")
    assert settings.service.drain_seconds + settings.service.shutdown_seconds < int(grace)
    assert read_database_settings(SERVICES["migrations"]["environment"]) == settings.database


def test_nginx_waits_as_long_as_the_api_has_to_stop() -> None:
    text = (ROOT / "services/nginx/local.conf").read_text()
    [timeout] = set(re.findall(r"proxy_read_timeout (\d+)s;", text))
    assert int(timeout) == read_settings(SERVICES["api"]["environment"]).service.shutdown_seconds


def test_the_cache_user_has_the_commands_of_the_environments(tmp_path: Path) -> None:
    SECRETS["write_secrets"](tmp_path)
    assert SECRETS["_COMMANDS"] == cache_users._COMMANDS
    assert SERVICES["cache"]["command"][:3] == ["valkey-server", "--aclfile", "/run/secrets/cache-users"]
    with running_redis({"aclfile": tmp_path / "cache-users"}) as server:
        password = (tmp_path / "cache-password").read_text().strip()
        api = valkey.Valkey(
            port=server.port, username=SERVICES["api"]["environment"]["CACHE_USER"], password=password
        )
        api.set("api:session:x", "1", ex=10)
        assert api.getex("api:session:x", ex=10) == b"1"
        with pytest.raises(valkey.exceptions.NoPermissionError):
            api.flushall()
        with pytest.raises(valkey.exceptions.AuthenticationError, match="Authentication required"):
            valkey.Valkey(port=server.port).ping()


def expressions() -> Iterator[str]:
    dashboard = yaml.safe_load((ROOT / "services/grafana/dashboards/api.json").read_text())
    for panel in dashboard["panels"]:
        assert panel["datasource"]["uid"] in {each["uid"] for each in data_sources()}
        yield from (target["expr"] for target in panel["targets"])


def data_sources() -> list[dict[str, str]]:
    sources: list[dict[str, str]] = yaml.safe_load((ROOT / "services/grafana/datasources.yaml").read_text())[
        "datasources"
    ]
    return sources


def test_the_dashboard_shows_metrics_that_the_api_has() -> None:
    families = {family.name for family in Metrics("1").registry.collect()}
    pool = {"database_pool_connections", "database_pool_waiting_requests"}
    for expression in expressions():
        for name in re.findall(r"\b((?:http|database)_\w+)", expression):
            assert re.sub("_(bucket|count)$", "", name) in families | pool


def test_the_monitoring_asks_services_that_exist() -> None:
    prometheus = yaml.safe_load((ROOT / "services/prometheus/prometheus.yml").read_text())
    jobs = {job["job_name"]: job["static_configs"][0]["targets"] for job in prometheus["scrape_configs"]}
    hosts = {target.partition(":")[0] for targets in jobs.values() for target in targets} - {"localhost"}
    urls = [source["url"] for source in data_sources()]
    urls += re.findall(r'url = "(\S+)"', (ROOT / "services/alloy/config.alloy").read_text())
    hosts |= {url.partition("://")[2].partition(":")[0] for url in urls}
    assert hosts == {"alloy", "api", "loki", "prometheus"}
    for host in hosts:
        assert "backend" in SERVICES[host]["networks"]
    port = SERVICES["alloy"]["ports"][0].split(":")[1]
    assert SERVICES["api"]["logging"]["options"]["syslog-address"] == f"udp://127.0.0.1:{port}"
