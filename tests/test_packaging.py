"""The two distributions: each wheel holds its package and nothing else, and installs without the other."""

import os
import re
import subprocess
import sys
import venv
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
DISTRIBUTIONS = {"constructs_arq": "constructs-arq", "arqctl": "arqctl"}
NOT_IN_WHEELS = ("pyproject.toml", "README.md", "LICENSE")
IMPORT_ALL_MODULES = """
import constructs_arq, importlib, pkgutil
for module in pkgutil.walk_packages(constructs_arq.__path__, "constructs_arq."):
    importlib.import_module(module.name)
"""


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command without the variables that make this checkout or its settings visible."""
    own = ("ARQ_", "JSII_", "NODE_", "PYTHON")
    environ = {key: value for key, value in os.environ.items() if not key.startswith(own)}
    return subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, check=False)


def run_successfully(*command: str | Path, cwd: Path) -> str:
    result = run(*command, cwd=cwd)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packaging")


@pytest.fixture(scope="module")
def wheels(folder: Path) -> dict[str, Path]:
    projects = [ROOT / package for package in DISTRIBUTIONS]
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder)
    run_successfully(*pip, *projects, cwd=folder)
    return {package: next(folder.glob(f"{package}-*.whl")) for package in DISTRIBUTIONS}


@pytest.fixture(scope="module")
def constraints(folder: Path) -> Path:
    """The versions of the lock as a pip constraints file."""
    lock = (ROOT / "requirements.lock").read_text().splitlines()
    file = folder / "constraints.txt"
    file.write_text("\n".join(line.split(" \\")[0] for line in lock if "==" in line))
    return file


def install(wheel: Path, constraints: Path, into: Path) -> Path:
    """Install a wheel with its dependencies into a new venv and return the folder of its programs."""
    venv.create(into, with_pip=True)
    programs = into / "bin"
    # Compiling the bindings would take most of the time, and few of their modules are imported.
    pip = (programs / "pip", "install", "--quiet", "--no-compile", "--constraint", constraints)
    run_successfully(*pip, wheel, cwd=into)
    return programs


@pytest.fixture(scope="module")
def library(folder: Path, wheels: dict[str, Path], constraints: Path) -> Path:
    return install(wheels["constructs_arq"], constraints, folder / "library")


@pytest.fixture(scope="module")
def tool(folder: Path, wheels: dict[str, Path], constraints: Path) -> Path:
    return install(wheels["arqctl"], constraints, folder / "tool")


@pytest.mark.parametrize("package", DISTRIBUTIONS)
def test_wheel_contains_only_its_package_with_data(wheels: dict[str, Path], package: str) -> None:
    names = {name for name in zipfile.ZipFile(wheels[package]).namelist() if ".dist-info/" not in name}
    list_files = ("git", "ls-files", "--cached", "--others", "--exclude-standard", package)
    sources = {
        name for name in run_successfully(*list_files, cwd=ROOT).splitlines() if (ROOT / name).is_file()
    }
    assert names == sources - {f"{package}/{name}" for name in NOT_IN_WHEELS}
    assert f"{package}/py.typed" in names


@pytest.mark.parametrize("package", DISTRIBUTIONS)
def test_wheel_contains_the_license(wheels: dict[str, Path], package: str) -> None:
    wheel = zipfile.ZipFile(wheels[package])
    license_file = next(name for name in wheel.namelist() if name.endswith("LICENSE"))
    assert wheel.read(license_file).decode() == (ROOT / "LICENSE").read_text()


def test_arqctl_requires_no_bindings_with_any_extra(wheels: dict[str, Path]) -> None:
    wheel = zipfile.ZipFile(wheels["arqctl"])
    metadata = next(name for name in wheel.namelist() if name.endswith("METADATA"))
    required = Parser().parsestr(wheel.read(metadata).decode()).get_all("Requires-Dist", [])
    names = {re.split(r"[^\w-]", each)[0] for each in required}
    assert {"checkov", "grpcio", "typer"} <= names
    assert not {name for name in names if re.match(r"cdktf|constructs|jsii", name)}


def test_the_library_imports_without_arqctl(library: Path, folder: Path) -> None:
    run_successfully(library / "python", "-c", IMPORT_ALL_MODULES, cwd=folder)
    for module in ("arqctl", "checkov", "typer"):
        assert run(library / "python", "-c", f"import {module}", cwd=folder).returncode != 0


def test_arqctl_runs_without_the_library_and_without_extras(tool: Path, folder: Path) -> None:
    assert "gate" in run_successfully(tool / "arqctl", "--help", cwd=folder)
    for module in ("constructs_arq", "cdktf", "jsii", "checkov"):
        assert run(tool / "python", "-c", f"import {module}", cwd=folder).returncode != 0


def test_doctor_prints_how_to_install_the_extra_gate(tool: Path, folder: Path) -> None:
    result = run(tool / "arqctl", "doctor", cwd=folder)
    assert result.returncode == 2, result.stderr
    row = next(line for line in result.stdout.splitlines() if "checkov" in line)
    assert "missing" in row
    assert "Traceback" not in result.stderr
