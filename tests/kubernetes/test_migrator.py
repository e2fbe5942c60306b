"""The migrator runs in the cluster: its image, its Job, and the script that starts it."""

import importlib.metadata
import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.workflows.workflow_loader import ROOT, gitlab, gitlab_script, step

LOCK = runpy.run_path(str(ROOT / "scripts/lock_images.py"))
MIGRATOR = ROOT / "services/migrator"
IMAGE = f"1.dkr.ecr.eu-west-1.amazonaws.com/dev-images@sha256:{'a' * 64}"
USERS = '{"host": "db.example", "users": [{"name": "o\'brien"}]}'
# Prints YAML as JSON, as `kubectl create --dry-run=client --output json` does, and keeps what is created.
KUBECTL = f"""#!{sys.executable}
import json, sys, yaml
words = sys.argv[1:]
if words[0] == "create" and "--dry-run=client" in words:
    print(json.dumps(yaml.safe_load(open(words[words.index("--filename") + 1]))))
elif words[0] == "create":
    open("created.json", "w").write(sys.stdin.read())
    print("job.batch/migrator-x7k2p")
elif words[0] == "get":
    print(open("status.json").read())
else:
    open("log", "a").write(" ".join(words))
"""


def run(
    folder: Path, image: str, users: str, condition: str = "Complete"
) -> subprocess.CompletedProcess[str]:
    kubectl = folder / "kubectl"
    kubectl.write_text(KUBECTL)
    kubectl.chmod(0o755)
    conditions = [{"type": "SuccessCriteriaMet", "status": "True"}, {"type": condition, "status": "True"}]
    (folder / "status.json").write_text(json.dumps({"status": {"conditions": conditions}}))
    return subprocess.run(
        [MIGRATOR / "run.sh", image, users],
        cwd=folder,
        env={"PATH": f"{folder}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_run_creates_a_new_job_with_the_image_and_the_users(tmp_path: Path) -> None:
    done = run(tmp_path, IMAGE, USERS)
    assert done.returncode == 0, done.stderr
    job = json.loads((tmp_path / "created.json").read_text())
    assert (job["kind"], job["metadata"]["generateName"]) == ("Job", "migrator-")
    assert "name" not in job["metadata"]
    pod = job["spec"]["template"]
    assert pod["spec"]["containers"][0]["image"] == IMAGE
    assert pod["metadata"]["annotations"] == {"database-users": USERS}
    assert (tmp_path / "log").read_text().startswith("logs job.batch/migrator-x7k2p --namespace delivery")


def test_a_failed_job_fails_the_run(tmp_path: Path) -> None:
    done = run(tmp_path, IMAGE, USERS, condition="Failed")
    assert done.returncode == 1
    assert "job.batch/migrator-x7k2p failed" in done.stderr


@pytest.mark.parametrize(
    ("image", "users"), [("images:latest", USERS), ("", USERS), (IMAGE, ""), (IMAGE, "{}"), (IMAGE, "none")]
)
def test_an_image_without_digest_and_other_users_start_nothing(
    tmp_path: Path, image: str, users: str
) -> None:
    assert run(tmp_path, image, users).returncode == 2
    assert not (tmp_path / "created.json").exists()


def test_the_job_has_few_permissions_and_reads_the_users_from_a_file() -> None:
    spec = yaml.safe_load((MIGRATOR / "job.yaml").read_text())["spec"]
    pod = spec["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["serviceAccountName"] == "migrator"
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    (item,) = pod["volumes"][0]["downwardAPI"]["items"]
    assert item["fieldRef"]["fieldPath"] == "metadata.annotations['database-users']"
    assert f"{mounts['users']}/{item['path']}" in container["args"]
    # The network policy selects this label.
    assert spec["template"]["metadata"]["labels"] == {"app": "migrator"}
    assert {"backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished"} <= set(spec)


def dockerfile() -> str:
    return (MIGRATOR / "Dockerfile").read_text()


def test_the_image_is_pinned_and_contains_the_files_that_the_job_names() -> None:
    image, _ = re.findall(r"^FROM (\S+)", dockerfile(), re.MULTILINE)
    assert image == gitlab()["default"]["image"]
    job = yaml.safe_load((MIGRATOR / "job.yaml").read_text())
    arguments = job["spec"]["template"]["spec"]["containers"][0]["args"]
    certificates = arguments[arguments.index("--ca-file") + 1]
    assert re.search(
        rf"^ADD .*https://truststore\.pki\.rds\.amazonaws\.com/\S+ {certificates}$", dockerfile(), re.M
    )
    user = job["spec"]["template"]["spec"]["securityContext"]["runAsUser"]
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
    job = yaml.safe_load((MIGRATOR / "job.yaml").read_text())
    done = subprocess.run(
        [sys.executable, "-S", "-m", "arqctl", *job["spec"]["template"]["spec"]["containers"][0]["args"]],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(packages), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "/run/database/users.json" in done.stderr
    assert "can't be read" in done.stderr


def test_pipelines_build_the_image_with_the_repository_as_a_context() -> None:
    assert "COPY --from=repository arqctl arqctl\n" in dockerfile()
    for script in (step("publish", "image", "Build the image")["run"], gitlab_script(".publish-image")):
        assert "--build-context repository=. " in script
