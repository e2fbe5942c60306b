"""Images without a signature of the publishing workflow are not planned."""

import os
import subprocess
import sys

import pytest

from environments.image_digests import find_image_digests
from tests.workflows.script_runner import Runner
from tests.workflows.workflow_loader import ENVIRONMENTS, ROOT, step, workflow

ENVIRONMENT = ENVIRONMENTS[0]
COSIGN = """#!/bin/sh
echo "cosign $@" >>arguments
if [ "$1" = login ]; then cat >>arguments; echo >>arguments; exit; fi
[ ! "$UNSIGNED" ]"""
URL = "1.dkr.example/images"


def verify(runner: Runner, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the script with a fake `cosign`, which `curl` downloads, and with the committed digests."""
    (runner.folder / "cosign").write_text(COSIGN)
    runner.add_program(
        "curl",
        'while [ "$1" != --output ]; do shift; done; cp cosign "$2"; echo "$3" >>arguments',
    )
    if "TRUSTED" in variables:
        runner.add_program("sha256sum", "cat >>checksum")
    python = runner.folder / ".venv/bin/python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    extra = f'case "$2" in registry) echo {URL} ;; password) echo word ;; esac'
    script = f"set -- {ENVIRONMENT}\n{(ROOT / 'scripts/verify_images').read_text()}"
    temporary = runner.folder / "temporary"
    temporary.mkdir()
    return runner.run(
        script,
        code=0,
        extra=extra,
        **{"GITHUB_REPOSITORY": "a.b/c", "TMPDIR": str(temporary), **runner.programs, **variables},
    )


@pytest.mark.slow
def test_every_committed_digest_is_verified(runner: Runner) -> None:
    done = verify(runner, TRUSTED="1")
    assert done.returncode == 0, done.stderr
    digests = set(find_image_digests(ENVIRONMENT).digests.values())
    download, *calls = runner.calls
    assert download.startswith("https://github.com/sigstore/cosign/releases/download/v3.0.6/cosign-linux-")
    assert calls[0] == f"publish registry {ENVIRONMENT}"
    # A pipe runs both at the same time.
    assert {*calls[1:4]} == {
        f"publish password {ENVIRONMENT}",
        "cosign login --username AWS --password-stdin 1.dkr.example",
        "word",
    }
    verified = [call.partition(" --output")[0] for call in calls[4:] if call]
    assert verified == [f"cosign verify {URL}@{digest}" for digest in sorted(digests)]
    assert done.stdout.splitlines() == [f"{URL}@{digest}: verified" for digest in sorted(digests)]
    assert [*(runner.folder / "temporary").iterdir()] == [], "the password stays in a file"


def test_only_the_publishing_workflow_of_main_is_trusted(runner: Runner) -> None:
    assert verify(runner, TRUSTED="1").returncode == 0
    options = runner.calls[-1].partition(" --certificate-oidc-issuer ")[2].split()
    assert options == [
        "https://token.actions.githubusercontent.com",
        "--certificate-identity-regexp",
        r"^https://github\.com/a\.b/c/\.github/workflows/publish\.yml@(refs/heads/main|[0-9a-f]{40})$",
        "--certificate-github-workflow-ref",
        "refs/heads/main",
    ]


def test_an_image_without_a_signature_fails(runner: Runner) -> None:
    done = verify(runner, TRUSTED="1", UNSIGNED="1")
    assert done.returncode == 1
    assert "has no signature of publish.yml on main" in done.stderr
    assert "verified" not in done.stdout


def test_another_cosign_does_not_run(runner: Runner) -> None:
    done = verify(runner)
    assert done.returncode == 1
    assert "has another checksum than" in done.stderr
    assert not any(call.startswith(("cosign", "publish")) for call in runner.calls)


def test_images_are_verified_with_the_role_and_before_the_plan() -> None:
    name = "Verify the signatures of images"
    each = step("cluster", "plan", name)
    assert each["run"] == 'scripts/verify_images "$ENVIRONMENT"'
    assert "if" not in each
    assert os.access(ROOT / "scripts/verify_images", os.X_OK)
    order = [each.get("name", each.get("uses")) for each in workflow("cluster")["jobs"]["plan"]["steps"]]
    assert order.index("$/.github/actions/role") < order.index(name) < order.index("Plan")
