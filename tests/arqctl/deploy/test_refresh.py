"""`arqctl refresh`, and instance refreshes in `arqctl deploy`: output and exit codes, with real Terraform."""

import pytest

from arqctl.core.aws_api import AwsApi
from arqctl.core.progress import ProgressCallback
from arqctl.deploy.instance_refresh import GroupRefresh, RefreshFailedError
from tests.arqctl.command_line import run
from tests.arqctl.projects import Project, make_app
from tests.arqctl.terraform.fake_terraform import REQUIRED, FakeTerraform
from tests.arqctl.terraform.local_project import LocalProject


class FakeRefreshes:
    """Records the groups that are refreshed, and raises `error` if it is set."""

    def __init__(self) -> None:
        self.groups: list[str] = []
        self.error: BaseException | None = None

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def run(refresh: GroupRefresh, _: ProgressCallback) -> str:
            self.groups.append(refresh.request.group)
            if self.error:
                raise self.error
            return "all instances have the new configuration"

        monkeypatch.setattr(GroupRefresh, "run", run)
        monkeypatch.setattr(AwsApi, "connect", object)


@pytest.fixture
def refreshes(monkeypatch: pytest.MonkeyPatch) -> FakeRefreshes:
    fake = FakeRefreshes()
    fake.install(monkeypatch)
    return fake


@pytest.fixture
def dev(local_project: LocalProject) -> LocalProject:
    """Return a project with two fleets, which are outputs only."""
    local_project.write_stacks(dev="one")
    for name in ("api", "jobs"):
        value = {"region": "eu-west-1", "request": {"AutoScalingGroupName": f"dev-{name}"}}
        local_project.add_output("dev", f"instance_refresh_{name}", value)
    return local_project


def test_a_deployment_refreshes_all_fleets_after_the_apply(
    dev: LocalProject, refreshes: FakeRefreshes
) -> None:
    code, stdout, stderr = dev.deploy("dev")
    assert (code, stderr) == (0, "")
    assert refreshes.groups == ["dev-api", "dev-jobs"]
    assert stdout.index("created") < stdout.index("dev-api: all instances have the new configuration")


def test_a_deployment_without_changes_refreshes_too(dev: LocalProject, refreshes: FakeRefreshes) -> None:
    dev.deploy("dev")
    dev.deploy("dev")
    assert refreshes.groups == ["dev-api", "dev-jobs"] * 2


@pytest.mark.parametrize("command", [("deploy", "dev", "--yes"), ("refresh", "dev")])
def test_a_failed_refresh_exits_with_4_and_the_command_that_repeats_it(
    dev: LocalProject, refreshes: FakeRefreshes, command: tuple[str, ...]
) -> None:
    dev.deploy("dev")
    refreshes.error = RefreshFailedError("the instance refresh of dev-api failed and rolled back")
    code, _, stderr = dev.arqctl(*command)
    assert code == 4
    assert "the instance refresh of dev-api failed and rolled back.\n" in stderr
    assert "repeat it: `arqctl refresh dev`" in stderr


def test_an_interrupted_wait_names_the_command_that_waits_again(
    dev: LocalProject, refreshes: FakeRefreshes
) -> None:
    dev.deploy("dev")
    refreshes.error = KeyboardInterrupt()
    code, _, stderr = dev.arqctl("refresh", "dev")
    assert code == 1
    assert "The refresh of dev-api continues in AWS. Wait for it: `arqctl refresh dev`" in stderr


def test_refresh_changes_no_resource(dev: LocalProject, refreshes: FakeRefreshes) -> None:
    dev.deploy("dev")
    refreshes.groups.clear()
    code, stdout, stderr = dev.arqctl("refresh", "dev")
    assert (code, stderr) == (0, "")
    assert refreshes.groups == ["dev-api", "dev-jobs"]
    assert "apply" not in stdout


def test_an_environment_without_fleets_needs_no_credentials(local_project: LocalProject) -> None:
    local_project.write_stacks(dev="one")
    assert local_project.deploy("dev")[0] == 0
    code, stdout, _ = local_project.arqctl("refresh", "dev")
    assert code == 0
    assert "dev has no fleet" in stdout


def test_missing_credentials_stop_a_deployment_before_the_apply(
    dev: LocalProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "missing")
    monkeypatch.setenv("AWS_CONFIG_FILE", "missing")
    code, stdout, stderr = dev.deploy("dev")
    assert code == 2
    assert "there are no credentials" in stderr
    assert "apply" not in stdout


def test_offline_aws_has_no_instances_to_refresh(
    current_project: Project, terraform: FakeTerraform, capsys: pytest.CaptureFixture[str]
) -> None:
    output = {"instance_refresh_api": {"value": {"region": "eu-west-1", "request": {}}}}
    current_project.stack("dev", {"aws_vpc": {"main": {}}}, terraform=REQUIRED, output=output)
    make_app(current_project)
    code, stdout, stderr = run(capsys, "deploy", "dev", "--offline")
    assert (code, stderr) == (0, "")
    assert "dev apply" in terraform.commands
    assert "api: offline AWS has no instances" in stdout
