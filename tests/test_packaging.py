"""What another team gets from `pip install constructs-arq`: the library and the tool, and nothing else."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
PACKAGES = ("constructs_arq", "arqctl")
IMPORT_EVERYTHING = """
import constructs_arq, importlib, pkgutil
for module in pkgutil.walk_packages(constructs_arq.__path__, "constructs_arq."):
    importlib.import_module(module.name)
"""


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run where nothing is imported from the checkout, and without what this process set for itself."""
    own = ("ARQ_", "JSII_", "NODE_", "PYTHON")
    environ = {key: value for key, value in os.environ.items() if not key.startswith(own)}
    return subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, check=False)


def succeed(*command: str | Path, cwd: Path) -> str:
    result = run(*command, cwd=cwd)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packaging")


@pytest.fixture(scope="module")
def wheel(folder: Path) -> Path:
    succeed(
        sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def bin_of_empty_venv(folder: Path, wheel: Path) -> Path:
    """An empty venv with the wheel and its dependencies at the versions of the lock."""
    venv.create(folder / "venv", with_pip=True)
    programs = folder / "venv" / "bin"
    pins = [
        line.split(" \\")[0] for line in (ROOT / "requirements.lock").read_text().splitlines() if "==" in line
    ]
    constraints = folder / "constraints.txt"
    constraints.write_text("\n".join(pins))
    succeed(programs / "pip", "install", "--quiet", "--constraint", constraints, wheel, cwd=folder)
    return programs


def shipped_sources() -> set[str]:
    listed = succeed("git", "ls-files", "--cached", "--others", "--exclude-standard", *PACKAGES, cwd=ROOT)
    return {name for name in listed.splitlines() if (ROOT / name).is_file()}


def test_the_wheel_holds_the_two_packages_with_their_data_and_nothing_else(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == shipped_sources()
    assert {f"{package}/py.typed" for package in PACKAGES} <= names
    assert any(name.startswith("constructs_arq/core/") and name.endswith(".cjs") for name in names)


def test_every_module_of_the_library_imports_without_the_gate_s_tools(
    bin_of_empty_venv: Path, folder: Path
) -> None:
    python = bin_of_empty_venv / "python"
    succeed(python, "-c", IMPORT_EVERYTHING, cwd=folder)
    assert run(python, "-c", "import checkov", cwd=folder).returncode != 0


def test_the_tool_explains_itself_without_checkov(bin_of_empty_venv: Path, folder: Path) -> None:
    assert "gate" in succeed(bin_of_empty_venv / "arqctl", "--help", cwd=folder)


def test_the_doctor_says_how_to_get_the_gate_s_tools(bin_of_empty_venv: Path, folder: Path) -> None:
    result = run(bin_of_empty_venv / "arqctl", "doctor", cwd=folder)
    assert result.returncode == 2, result.stderr
    row = next(line for line in result.stdout.splitlines() if "checkov" in line)
    assert "missing" in row
    assert "Traceback" not in result.stderr
