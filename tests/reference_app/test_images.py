"""The images: their Dockerfiles, their packages, and builds with buildah on empty bases."""

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import psycopg
import pytest
from packaging.requirements import Requirement

from constructs_arq.data import parameter_group
from environments.dev import DEV
from tests.arqctl.database.migrations import API, SETTLEMENT, run
from tests.arqctl.database.postgres_server import Server, programs_folder
from tests.reference_app.api_process import ROOT
from tests.reference_app.dependencies import PASSWORD
from tests.reference_app.dockerfiles import NAMES, Dockerfile, build
from tests.workflows.workflow_loader import gitlab

DISTROLESS = "gcr.io/distroless/python3-debian12:nonroot@sha256:"
LOCK = runpy.run_path(str(ROOT / "scripts/lock_images.py"))
FIRST_STAGE = {
    "api": {"/build/packages/uvicorn/__init__.py": "", "/etc/rds/global-bundle.pem": "certificates"},
    "backup": {"/build/packages/boto3/__init__.py": "", "/etc/rds/global-bundle.pem": "certificates"},
    "migrator": {"/build/packages/typer/__init__.py": "", "/etc/rds/global-bundle.pem": "certificates"},
    "web": {"/build/dist/index.html": "<title>Shop</title>"},
    "database": {},
}

images = pytest.mark.parametrize("image", [Dockerfile(name) for name in NAMES], ids=NAMES)


def test_each_dockerfile_of_the_project_is_tested() -> None:
    assert sorted(path.parent.name for path in (ROOT / "services").rglob("Dockerfile")) == list(NAMES)


@images
def test_hadolint_finds_nothing(image: Dockerfile) -> None:
    ran = subprocess.run(
        [Path(sys.executable).with_name("hadolint"), image.folder / "Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout + ran.stderr) == (0, "")


@images
def test_bases_are_pinned_by_version_and_digest(image: Dockerfile) -> None:
    for base in image.bases:
        assert re.fullmatch(r"[a-z0-9./-]+:[a-z0-9.-]+@sha256:[0-9a-f]{64}", base)
        assert ":latest" not in base


@images
def test_the_last_stage_is_small_unprivileged_and_described(image: Dockerfile) -> None:
    (user,) = image.arguments("USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    assert len(image.arguments("HEALTHCHECK")) == 1
    labels = set(re.findall(r"(\S+)=\"", image.arguments("LABEL")[0]))
    standard = {"title", "description", "source", "licenses", "revision"}
    assert labels == {f"org.opencontainers.image.{name}" for name in standard} | {"example.arq.sbom"}
    repository = f"https://github.com/{DEV.github.repository}"
    assert f'org.opencontainers.image.source="{repository}"' in image.arguments("LABEL")[0]
    for keyword in ("RUN", "CMD", "ENTRYPOINT"):
        # The form without a shell.
        assert all(arguments.startswith("[") for arguments in image.arguments(keyword))


def test_python_images_have_no_shell_and_the_python_of_the_pipelines() -> None:
    for name in ("api", "migrator"):
        first, last = Dockerfile(name).bases
        assert first == gitlab()["default"]["image"]
        assert last.startswith(DISTROLESS)


@images
def test_copied_files_exist(image: Dockerfile) -> None:
    for source in image.copied_sources():
        assert list(source.parent.glob(source.name)), source


@images
@pytest.mark.slow
def test_buildah_builds_the_image_on_empty_bases(image: Dockerfile, tmp_path: Path) -> None:
    assert shutil.which("buildah"), "buildah is not installed: run scripts/install_test_programs"
    config, files = build(image, tmp_path, FIRST_STAGE[image.name])
    assert config["User"] == image.arguments("USER")[0]
    assert config["Labels"]["org.opencontainers.image.title"] == image.name
    assert config["Healthcheck"]["Test"][0] in {"CMD", "NONE"}
    if image.name == "api":
        assert (config["Entrypoint"], config["Cmd"]) == (["/usr/bin/python3", "-m"], ["services.api"])
        own = {str(path.relative_to(files / "app")) for path in (files / "app/services").rglob("*.*")}
        modules = {path for path in own if path.endswith(".py")}
        assert {"services/__init__.py", "services/api/migrations/runner.py"} <= modules
        assert own - modules == {
            f"services/api/migrations/{path.name}"
            for path in (ROOT / "services/api/migrations").glob("*.sql")
        }
    if image.name == "web":
        assert (files / "usr/share/nginx/html/index.html").exists()
        server = (ROOT / "services/web/nginx.conf").read_text()
        assert (files / "etc/nginx/conf.d/default.conf").read_text() == server


@pytest.mark.parametrize("folder", LOCK["IMAGES"])
def test_the_images_have_the_locked_packages(folder: str) -> None:
    assert (ROOT / folder / "requirements.txt").read_text() == LOCK["lock_of_image"](folder), (
        "run `make lock`"
    )


def test_the_packages_are_those_of_the_python_in_the_image() -> None:
    """Debian 12 has Python 3.11.2, for which valkey needs one package more."""
    assert re.search(r"^async-timeout==", (ROOT / "services/api/requirements.txt").read_text(), re.MULTILINE)
    for folder in LOCK["IMAGES"]:
        # Conditions would be evaluated by the Python of the first stage.
        assert ";" not in (ROOT / folder / "requirements.txt").read_text()


def test_the_api_starts_with_these_packages_only(tmp_path: Path) -> None:
    # The image's Python is 3.11.2. From 3.11.3 on, nothing needs this package, and it is not installed.
    unneeded = {"async-timeout"} if sys.version_info >= (3, 11, 3) else set()
    for name in LOCK["required_packages"]("services/api") - unneeded:
        for file in metadata.files(name) or ():
            top = tmp_path / file.parts[0]
            if file.parts[0] != ".." and not top.exists():
                top.symlink_to(Path(str(file.locate())).parents[len(file.parts) - 1] / file.parts[0])
    (tmp_path / "services").symlink_to(ROOT / "services")
    (command,) = Dockerfile("api").arguments("RUN")
    program, *arguments = json.loads(command)
    assert program == "/usr/bin/python3"
    ran = subprocess.run(
        [sys.executable, "-S", *arguments],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("folder", ["services/api", "services/backup"])
def test_the_projects_file_names_the_imported_packages(folder: str) -> None:
    project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]
    named = {Requirement(line).name.replace("-", "_") for line in project["dependencies"]}
    imported = set()
    for path in (ROOT / folder).rglob("*.py"):
        imported |= set(re.findall(r"^(?:from|import) (\w+)", path.read_text(), re.MULTILINE))
    third_party = imported - sys.stdlib_module_names - {"mypy_boto3_s3", "services"}
    # FastAPI and boto3 bring these.
    assert third_party - {"botocore", "pydantic", "pydantic_core", "starlette"} == named - {"pydantic"}


def test_the_local_database_has_the_settings_of_the_environments(tmp_path: Path) -> None:
    programs = programs_folder()
    assert programs
    settings = ROOT / "services/database/postgresql.conf"
    expected = {
        name: value for name, value in parameter_group._PARAMETERS.items() if not name.startswith("rds.")
    }
    text = settings.read_text()
    written = dict(re.findall(r"^(\w+) = '?([^'\n]*)'?$", text, re.MULTILINE))
    assert expected.items() <= written.items()
    extra = set(written) - set(expected)
    assert extra == {"listen_addresses", "shared_preload_libraries"}
    # PostgreSQL reads the file.
    (tmp_path / "PG_VERSION").write_text("15\n")
    user = "postgres" if os.geteuid() == 0 else None
    for path in (*tmp_path.parents[:-1], tmp_path):
        path.chmod(path.stat().st_mode | 0o011)
    copied = tmp_path / "postgresql.conf"
    copied.write_text(text)
    for folder in (tmp_path, copied):
        if user:
            shutil.chown(folder, user)
    tmp_path.chmod(0o700)
    ran = subprocess.run(
        [programs / "postgres", "-D", tmp_path, "-c", f"config_file={copied}", "-C", "log_statement"],
        user=user,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.stdout, ran.returncode) == ("ddl\n", 0), ran.stderr


def test_the_local_users_have_the_privileges_of_the_environments(postgres: Server, tmp_path: Path) -> None:
    """After the file, the migrator would only allow the login with IAM."""
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    programs = programs_folder()
    assert programs
    with postgres.database():
        script = (ROOT / "services/database/users.sql").read_text()
        assert "CREATE EXTENSION IF NOT EXISTS pg_stat_statements;" in script
        ran = subprocess.run(
            [programs / "psql", "--no-psqlrc", "--set", "ON_ERROR_STOP=1"],
            env={
                "PATH": os.environ["PATH"],
                "PGHOST": str(postgres.folder),
                "PGPORT": str(postgres.port),
                "PGUSER": "rdsadmin",
                "PGDATABASE": "app",
                "DATABASE_PASSWORD_FILE": str(password),
            },
            input=script,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        statements = _migrate_as_superuser(postgres)
        with psycopg.connect(
            host="localhost",
            port=postgres.port,
            user="api",
            password=PASSWORD,
            dbname="app",
            sslmode="verify-full",
            sslrootcert=str(postgres.ca_file),
        ) as connection:
            connection.execute("CREATE TABLE api.probe (id int)")
    assert statements == ['GRANT rds_iam TO "api"', 'GRANT rds_iam TO "settlement"']


def _migrate_as_superuser(postgres: Server) -> list[str]:
    with postgres.connect("rdsadmin", "postgres") as connection:
        connection.execute("ALTER ROLE dba SUPERUSER")
    try:
        return list(run(postgres, API, SETTLEMENT).statements)
    finally:
        with postgres.connect("rdsadmin", "postgres") as connection:
            connection.execute("ALTER ROLE dba NOSUPERUSER")
