"""The image of the migrator has what its job names, and starts with the locked packages."""

import importlib.metadata
import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.workflows.workflow_loader import ROOT, gitlab, gitlab_script, step

LOCK = runpy.run_path(str(ROOT / "scripts/lock_images.py"))
MIGRATOR = ROOT / "services/migrator"


def job() -> dict[str, Any]:
    """Return the pod of the migrator in production."""
    stack = json.loads((ROOT / "tests/snapshots/production-platform.json").read_text())
    pod: dict[str, Any] = stack["resource"]["kubernetes_job_v1"]["migrator"]["spec"]["template"]["spec"]
    return pod


def dockerfile() -> str:
    return (MIGRATOR / "Dockerfile").read_text()


def test_the_image_is_pinned_and_contains_the_files_that_the_job_names() -> None:
    image, _ = re.findall(r"^FROM (\S+)", dockerfile(), re.MULTILINE)
    assert image == gitlab()["default"]["image"]
    pod = job()
    arguments = pod["container"][0]["args"]
    certificates = arguments[arguments.index("--ca-file") + 1]
    assert re.search(
        rf"^ADD .*https://truststore\.pki\.rds\.amazonaws\.com/\S+ {certificates}$", dockerfile(), re.M
    )
    user = pod["security_context"]["run_as_user"]
    assert f"\nUSER {user}:" in dockerfile()


def test_the_image_has_the_locked_packages_of_the_extra() -> None:
    lock = LOCK["lock_of_image"]("services/migrator")
    assert (MIGRATOR / "requirements.txt").read_text() == lock, "run `make lock`"


def test_the_command_starts_with_these_packages_only(tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    packages.mkdir()
    (packages / "arqctl").symlink_to(ROOT / "arqctl")
    for name in LOCK["required_packages"]("services/migrator"):
        for file in importlib.metadata.files(name) or ():
            top = packages / file.parts[0]
            if file.parts[0] != ".." and not top.exists():
                top.symlink_to(Path(str(file.locate())).parents[len(file.parts) - 1] / file.parts[0])
    done = subprocess.run(
        [sys.executable, "-S", "-m", "arqctl", *job()["container"][0]["args"]],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(packages), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "/etc/service/users.json" in done.stderr
    assert "can't be read" in done.stderr


def test_pipelines_build_the_image_with_the_repository_as_a_context() -> None:
    assert "COPY --from=repository arqctl arqctl\n" in dockerfile()
    for script in (step("images", "build", "Build the image")["run"], gitlab_script(".publish-image")):
        assert "--build-context repository=. " in script
