"""Images are built and scanned once without a role, and each environment gets the same signed digest."""

import json
import os
import re
import subprocess
from collections.abc import Mapping

import pytest
import yaml

from environments.image_digests import find_image_digests
from tests.workflows.script_runner import Runner
from tests.workflows.workflow_loader import ENVIRONMENTS, GITHUB, ROOT, step, workflow

JOBS = workflow("images")["jobs"]
IMAGES = find_image_digests(ENVIRONMENTS[0]).digests
DIGEST = f"sha256:{'ab' * 32}"
TAG = "release-api-abc-abababababab"
URL = "1.dkr.example/images"
# Trivy fails if VULNERABLE is set.
DOCKER = """
echo "docker $@" >>arguments
case "$*" in
*" --exit-code "*) [ ! "$VULNERABLE" ] ;;
*trivy*" cyclonedx "*) printf '%s' "${PACKAGES-packages}" >image/sbom.json ;;
esac
"""
# The registry has the image after a copy, or from the beginning.
SKOPEO = """
echo "skopeo $@" >>arguments
case "$1" in
inspect) [ -e pushed ] && cat pushed ;;
copy) printf '%s' "${COPIED:-$DIGEST}" >pushed ;;
esac
"""


def run_steps(
    runner: Runner, file: str, job: str, names: tuple[str, ...], **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run steps as GitHub does, with fake programs, until one fails."""
    runner.add_program("docker", DOCKER)
    runner.add_program("skopeo", SKOPEO)
    outputs: dict[str, str] = {}
    for name in names:
        each = step(file, job, name)
        assert "if" not in each
        environ = {key: resolve(value, outputs) for key, value in each.get("env", {}).items()}
        # The inputs and the matrix have no outputs, so their values are empty.
        environ["IMAGE"] = environ.get("IMAGE") or "api"
        environ |= {"ENVIRONMENT": "any", "GITHUB_SHA": "abc", "DIGEST": DIGEST}
        done = runner.run(
            each["run"],
            code=0,
            extra=f'[ "$2" != registry ] || echo {URL}',
            **{
                **environ,
                **runner.programs,
                "HOME": str(runner.folder),
                "GITHUB_STEP_SUMMARY": str(runner.folder / "summary"),
                **variables,
            },
        )
        if done.returncode != 0:
            return done
        if runner.output.exists():
            outputs = dict(line.split("=", 1) for line in runner.output.read_text().splitlines())
    return done


def resolve(value: str, outputs: Mapping[str, str]) -> str:
    """Replace the outputs of earlier steps."""
    return re.sub(r"\${{ (\S+) }}", lambda match: outputs.get(match[1].rpartition(".")[2], ""), value)


def build(runner: Runner, **variables: str) -> subprocess.CompletedProcess[str]:
    return run_steps(runner, "images", "build", ("Build the image", "Scan the image"), **variables)


def publish(
    runner: Runner, *, digests: tuple[str, ...] = (DIGEST,), packages: str = "packages", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Publish a layout with these digests, and with this list of packages."""
    layout = runner.folder / "image/layout"
    layout.mkdir(parents=True)
    index = {"manifests": [{"digest": each} for each in digests]}
    (layout / "index.json").write_text(json.dumps(index))
    (layout.parent / "sbom.json").write_text(packages)
    names = ("Push the image", "Sign the image", "Show the image")
    return run_steps(runner, "publish", "image", names, **variables)


def calls(runner: Runner, text: str) -> list[str]:
    return [call for call in runner.calls if text in call]


def test_the_built_image_becomes_a_layout_and_is_scanned(runner: Runner) -> None:
    done = build(runner)
    assert done.returncode == 0, done.stderr
    built, saved, copied, scanned, listed = runner.calls
    assert built.startswith("docker buildx build --load --provenance=false --tag api:built ")
    assert built.endswith("--build-arg REVISION=abc --build-context repository=. services/api")
    assert saved == "docker save --output image/image.tar api:built"
    assert copied == "skopeo copy docker-archive:image/image.tar oci:image/layout"
    for call in (scanned, listed):
        assert re.search(r"trivy:[\d.]+@sha256:[0-9a-f]{64} image --input /image/image.tar ", call)
    assert "--severity HIGH,CRITICAL" in scanned
    assert "--format cyclonedx --output /image/sbom.json" in listed


@pytest.mark.parametrize("problem", [{"VULNERABLE": "1"}, {"PACKAGES": ""}])
def test_no_image_is_kept_after_a_finding_or_without_its_packages(
    runner: Runner, problem: dict[str, str]
) -> None:
    assert build(runner, **problem).returncode != 0
    last = JOBS["build"]["steps"][-1]
    assert "upload-artifact@" in last["uses"]
    assert "if" not in last


def test_skopeo_is_installed_before_the_build() -> None:
    names = [each.get("name") for each in JOBS["build"]["steps"]]
    assert "apt-get install" in step("images", "build", "Install skopeo")["run"]
    assert names.index("Install skopeo") < names.index("Build the image")


def test_the_build_has_no_role() -> None:
    """The packages of the image run there."""
    assert JOBS["build"]["permissions"] == {"contents": "read"}
    assert "environment" not in JOBS["build"]
    scripts = [each["run"] for each in workflow("publish")["jobs"]["image"]["steps"] if "run" in each]
    assert not any(re.search(r"docker (buildx )?build", script) for script in scripts)


@pytest.mark.parametrize("exists", [False, True])
def test_an_image_is_copied_once_with_its_digest_and_always_signed(runner: Runner, exists: bool) -> None:
    """The run that copied it may have ended before the attestation."""
    if exists:
        (runner.folder / "pushed").write_text(DIGEST)
    done = publish(runner)
    assert done.returncode == 0, done.stderr
    copy = f"skopeo copy --preserve-digests oci:image/layout docker://{URL}:{TAG}"
    assert calls(runner, " copy ") == ([] if exists else [copy])
    assert runner.output.read_text().endswith(f"image={URL}@{DIGEST}\n")
    assert f"{URL}@{DIGEST}" in (runner.folder / "summary").read_text()
    sign, attest = calls(runner, "cosign:")
    assert sign.endswith(f" sign --yes {URL}@{DIGEST}")
    assert attest.endswith(f" attest --yes --type cyclonedx --predicate /image/sbom.json {URL}@{DIGEST}")
    for call in (sign, attest):
        assert re.search(r"cosign:v[\d.]+@sha256:[0-9a-f]{64} ", call)
        # No key: the token of the job proves the identity.
        assert "--env ACTIONS_ID_TOKEN_REQUEST_TOKEN " in call
        assert "--key" not in call
    assert workflow("publish")["jobs"]["image"]["permissions"]["id-token"] == "write"


def test_no_image_with_another_digest_is_signed(runner: Runner) -> None:
    done = publish(runner, COPIED=f"sha256:{'cd' * 32}")
    assert done.returncode == 1
    assert f"but {DIGEST} was built" in done.stderr
    assert calls(runner, "cosign:") == []


def test_no_image_without_its_packages_is_pushed(runner: Runner) -> None:
    done = publish(runner, packages="")
    assert done.returncode == 1
    assert "The artifact api has no list of packages" in done.stderr
    assert runner.calls == []


@pytest.mark.parametrize("digests", [(), (DIGEST, DIGEST)])
def test_a_layout_has_one_image(runner: Runner, digests: tuple[str, ...]) -> None:
    assert publish(runner, digests=digests).returncode != 0
    assert calls(runner, "skopeo") == []


@pytest.mark.parametrize("name", ["", ".", "../api", "services/api", "API", "a b", "a;b", "a.b"])
def test_a_name_that_is_no_part_of_a_tag_is_refused(runner: Runner, name: str) -> None:
    done = publish(runner, IMAGE=name)
    assert done.returncode == 1
    assert f"The image {name} has other characters" in done.stderr


def test_github_logs_out_after_a_failure() -> None:
    each = step("publish", "image", "Log out")
    assert each["if"].startswith("${{ always() ")
    assert workflow("publish")["jobs"]["image"]["steps"][-1] == each


def test_ignored_vulnerabilities_have_a_reason_and_an_end() -> None:
    """Trivy reads the file: https://trivy.dev/latest/docs/configuration/filtering/#trivyignoreyaml"""
    file = GITHUB.parent / "services/ignored-vulnerabilities.yaml"
    assert str(file.relative_to(GITHUB.parent)) in step("images", "build", "Scan the image")["run"]
    for entry in yaml.safe_load(file.read_text())["vulnerabilities"]:
        assert {"id", "statement", "expired_at"} <= set(entry)


@pytest.mark.parametrize("name", ["unprotected", "protected"])
def test_every_environment_gets_the_built_images_one_after_the_other(name: str) -> None:
    job = JOBS[name]
    images = sorted(IMAGES)
    (upload,) = (
        each["with"] for each in JOBS["build"]["steps"] if "upload-artifact@" in each.get("uses", "")
    )
    assert upload["name"] == "${{ matrix.image }}"
    assert job["uses"] == "$/.github/workflows/publish.yml"
    assert job["with"] == {"environment": "${{ matrix.environment }}", "image": upload["name"]}
    assert sorted(JOBS["build"]["strategy"]["matrix"]["image"]) == images
    assert sorted(job["strategy"]["matrix"]["image"]) == images
    assert list(job["strategy"]["matrix"]) == ["environment", "image"]
    assert job["strategy"]["max-parallel"] == 1
    assert f"needs.environments.outputs.{name}" in job["strategy"]["matrix"]["environment"]
    assert {"build", "environments"} <= set(job["needs"])


def test_protected_environments_are_published_last_and_digests_after_them() -> None:
    assert "unprotected" in JOBS["protected"]["needs"]
    assert "!failure() && !cancelled()" in JOBS["protected"]["if"]
    assert {"build", "unprotected", "protected"} <= set(JOBS["digests"]["needs"])
    assert JOBS["digests"]["if"] == "${{ !failure() && !cancelled() }}"


def test_a_change_of_an_image_publishes_it() -> None:
    paths = set()
    for image in IMAGES:
        paths.add(f"services/{image}/**")
        text = (ROOT / f"services/{image}/Dockerfile").read_text()
        for copied in re.findall(r"^COPY --from=repository (\S+) ", text, re.MULTILINE):
            paths.add(copied if (ROOT / copied).is_file() else f"{copied}/**")
    assert set(workflow("images")["on"]["push"]["paths"]) == paths


@pytest.fixture
def repository(runner: Runner) -> Runner:
    """Return a runner in a repository with the committed digests, a built image and a fake `gh`."""
    folder = runner.folder
    file = folder / "environments/image_digests.toml"
    file.parent.mkdir()
    file.write_bytes((ROOT / "environments/image_digests.toml").read_bytes())
    add_layout(runner, "api", DIGEST)
    identity = "-c user.name=test -c user.email=test@example.com -c commit.gpgsign=false"
    for command in (
        "init --quiet --bare origin.git",
        "init --quiet --initial-branch=main",
        "remote add origin origin.git",
        "add environments",
        f"{identity} commit --quiet --message first",
    ):
        subprocess.run(["git", *command.split()], cwd=folder, check=True)
    runner.add_program("gh", 'echo "gh $@" >>arguments; [ "$1" = auth ] || [ ! "$REFUSED" ]')
    return runner


def add_layout(runner: Runner, image: str, digest: str) -> None:
    index = runner.folder / f"images/{image}/layout/index.json"
    index.parent.mkdir(parents=True)
    index.write_text(json.dumps({"manifests": [{"digest": digest}]}))


def propose(runner: Runner, **variables: str) -> subprocess.CompletedProcess[str]:
    script = f"set -- images\n{(ROOT / 'scripts/propose_digests').read_text()}"
    fixed = {
        "GITHUB_SHA": "abc",
        "GITHUB_REF_NAME": "main",
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_REPOSITORY": "a/b",
        "GITHUB_STEP_SUMMARY": str(runner.folder / "summary"),
    }
    return runner.run(script, code=0, **fixed, **runner.programs, **variables)


def test_a_pull_request_changes_the_digest_in_every_environment(repository: Runner) -> None:
    done = propose(repository)
    assert done.returncode == 0, done.stderr
    assert repository.calls == [
        "gh auth setup-git",
        "gh pr create --base main --head image-digests-abc --fill",
    ]
    show = ["git", "--git-dir=origin.git", "show", "image-digests-abc:environments/image_digests.toml"]
    pushed = subprocess.run(show, cwd=repository.folder, capture_output=True, text=True, check=True).stdout
    assert pushed.count(f'api = "{DIGEST}"\n') == len(ENVIRONMENTS)
    committed = (ROOT / "environments/image_digests.toml").read_text()
    assert re.sub("^api = .*", "", pushed, flags=re.M) == re.sub("^api = .*", "", committed, flags=re.M)
    assert f'+api = "{DIGEST}"' in (repository.folder / "summary").read_text()


def test_a_refused_pull_request_leaves_the_change_and_a_link(repository: Runner) -> None:
    done = propose(repository, REFUSED="1")
    assert done.returncode == 0, done.stderr
    summary = (repository.folder / "summary").read_text()
    assert f'+api = "{DIGEST}"' in summary
    assert "https://github.example/a/b/compare/image-digests-abc?expand=1" in summary


def test_committed_digests_are_not_proposed_again(repository: Runner) -> None:
    file = repository.folder / "environments/image_digests.toml"
    committed = re.sub("^api = .*", f'api = "{DIGEST}"', file.read_text(), flags=re.M)
    file.write_text(committed)
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(
        ["git", *identity, "commit", "--quiet", "--all", "--message", "second"],
        cwd=repository.folder,
        check=True,
    )
    assert propose(repository).returncode == 0
    assert repository.calls == []


@pytest.mark.parametrize(("image", "digest"), [("other", DIGEST), ("migrator", "sha256:short")])
def test_no_other_image_and_no_invalid_digest_is_proposed(
    repository: Runner, image: str, digest: str
) -> None:
    add_layout(repository, image, digest)
    done = propose(repository)
    assert done.returncode == 1
    assert "is no entry of environments/image_digests.toml" in done.stderr
    assert repository.calls == []


def test_the_script_can_be_started() -> None:
    assert os.access(ROOT / "scripts/propose_digests", os.X_OK)
    assert "scripts/propose_digests" in step("images", "digests", "Propose the digests")["run"]
