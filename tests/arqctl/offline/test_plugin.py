"""The plugin protocol, tested with real Terraform and the tiny provider."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.arqctl.offline.tiny_provider import FAILING_SIZE
from tests.arqctl.offline.tiny_workspace import COOKIE, Workspace, make_workspace

pytestmark = pytest.mark.slow

_NETWORK = """
resource "tiny_network" "main" {
  name     = "NAME"
  size     = 0.1
  names    = ["b", "a", "b"]
  tags     = { team = "arq" }
  anything = { some = [1, "two", null, 1e400], others = toset(["x"]), subnet = tiny_subnet.other.id }
  rule {
    port  = 1
    ports = [123456789012345678901234567890]
  }
  rule { port = 1.50 }
}
resource "tiny_subnet" "other" { network_id = "none" }
resource "tiny_subnet" "main" { network_id = tiny_network.main.id }
data "tiny_region" "here" { name = tiny_network.main.name }
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    new_workspace = make_workspace(tmp_path)
    yield new_workspace
    assert list(new_workspace.temporary.iterdir()) == [], "a socket is left"


def test_lifecycle_of_a_stack(workspace: Workspace) -> None:
    workspace.write(_NETWORK)
    assert "Success!" in workspace.run("validate")
    assert "It begins with 'net-'." in workspace.run("plan"), "the predicted id is passed to the subnet"
    workspace.run("apply", "-auto-approve")
    assert workspace.state()["tiny_network.main"] == {
        "id": "net-1",
        "name": "NAME",
        "size": 0.1,
        "names": ["a", "b"],
        "tags": {"team": "arq"},
        "anything": {"some": [1, "two", None, 10**400], "others": ["x"], "subnet": "sub-1"},
        "rule": [{"port": 1.5, "ports": None}, {"port": 1, "ports": [123456789012345678901234567890]}],
    }
    assert "No changes." in workspace.run("plan", "-detailed-exitcode")
    workspace.write(_NETWORK.replace("NAME", "other"))
    assert "must be replaced" in workspace.run("plan", "-detailed-exitcode", code=2)
    workspace.run("destroy", "-auto-approve")
    assert workspace.state() == {}


def test_import_and_move(workspace: Workspace) -> None:
    workspace.write('resource "tiny_network" "main" {\n  name = "imported"\n}\n')
    workspace.run("import", "tiny_network.main", "net-7")
    assert "No changes." in workspace.run("plan", "-detailed-exitcode")
    workspace.run("state", "rm", "tiny_network.main")
    assert "There is no such network" in workspace.run("import", "tiny_network.main", "nowhere", code=1)
    workspace.run("import", "tiny_network.main", "net-7")
    workspace.write(
        'resource "tiny_subnet" "main" {\n  network_id = "imported"\n}\n'
        "moved {\n  from = tiny_network.main\n  to   = tiny_subnet.main\n}\n"
    )
    assert "0 to add, 0 to change, 0 to destroy" in workspace.run("plan")
    workspace.run("apply", "-auto-approve")
    assert workspace.state()["tiny_subnet.main"]["id"] == "net-7"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("invalid", 'on main.tf line 7, in resource "tiny_network" "main": 7: name = "invalid"'),
        ("bug", "RuntimeError: simulated bug"),
    ],
)
def test_an_input_error_and_a_bug_have_different_messages(
    workspace: Workspace, name: str, message: str
) -> None:
    workspace.write(f'resource "tiny_network" "main" {{\n  name = "{name}"\n}}\n')
    output = workspace.run("validate", code=1)
    assert message in output
    assert ("Bug in the offline provider" in output) == (name == "bug")


@pytest.mark.parametrize(("level", "shown"), [("error", True), ("off", False)])
def test_the_log_has_the_traceback_of_a_bug(workspace: Workspace, level: str, *, shown: bool) -> None:
    workspace.write('resource "tiny_network" "main" {\n  name = "bug"\n}\n')
    result = subprocess.run(
        ["terraform", "validate"],
        cwd=workspace.folder,
        env=workspace.environment | {"TF_LOG_PROVIDER": level},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (
        "[ERROR] provider.terraform-provider-tiny_v1.0.0: ValidateResourceConfig failed" in result.stderr
    ) == shown
    assert ("Traceback (most recent call last)" in result.stderr) == shown


def test_a_bug_during_apply_keeps_the_prior_state(workspace: Workspace) -> None:
    configuration = 'resource "tiny_network" "main" {{\n  name = "late"\n  size = {size}\n}}\n'
    workspace.write(configuration.format(size=1))
    workspace.run("apply", "-auto-approve")
    workspace.write(configuration.format(size=FAILING_SIZE))
    assert "simulated bug" in workspace.run("apply", "-auto-approve", code=1)
    assert workspace.state()["tiny_network.main"]["size"] == 1


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_outlives_terraform(workspace: Workspace, signal_number: signal.Signals) -> None:
    """Ctrl-C in a terminal signals the provider too. The provider must wait until Terraform stops it."""
    workspace.write('resource "tiny_network" "main" {\n  name = "slow"\n}\n')
    terraform = workspace.start("apply", "-auto-approve")
    _wait_until((workspace.folder / "applying").exists)
    provider = int((workspace.folder / "applying").read_text())
    if signal_number is signal.SIGINT:
        os.killpg(terraform.pid, signal_number)
    else:
        terraform.send_signal(signal_number)
    output, _ = terraform.communicate(timeout=30)
    _wait_until(lambda: not _is_alive(provider))
    if signal_number is not signal.SIGKILL:
        assert "Creation complete" in output, output


def test_a_killed_provider_is_reported(workspace: Workspace) -> None:
    workspace.write('resource "tiny_network" "main" {\n  name = "kill"\n}\n')
    output = workspace.run("validate", code=1)
    for left in workspace.temporary.iterdir():
        (left / "socket").unlink()
        left.rmdir()
    # The message depends on which failure Terraform notices first.
    assert "Plugin did not respond" in output or "ValidateResourceConfig request was cancelled" in output


def test_a_provider_that_is_started_from_a_shell_prints_a_hint(workspace: Workspace) -> None:
    result = subprocess.run([workspace.provider], capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stdout == ""
    assert "Terraform starts it" in result.stderr


@pytest.mark.parametrize("variable", ["PLUGIN_UNIX_SOCKET_DIR", "TMPDIR"])
@pytest.mark.parametrize("name", ["short", "x" * 100])
def test_a_provider_ends_on_signals(workspace: Workspace, variable: str, name: str) -> None:
    with tempfile.TemporaryDirectory(prefix="t") as temporary:
        folder = Path(temporary) / name
        folder.mkdir()
        environment = workspace.environment | {"TF_PLUGIN_MAGIC_COOKIE": COOKIE, variable: str(folder)}
        with subprocess.Popen([workspace.provider], stdout=subprocess.PIPE, env=environment) as provider:
            assert provider.stdout is not None
            system, protocol, network, socket, kind, certificate = (
                provider.stdout.readline().decode().split("|")
            )
            assert (system, protocol, network, kind, certificate) == ("1", "6", "unix", "grpc", "\n")
            assert Path(socket).is_socket()
            assert Path(socket).is_relative_to(folder) == (name == "short"), (
                "a socket's path has a maximum length"
            )
            assert Path(socket).parent.stat().st_mode & 0o077 == 0, (
                "other users can access the socket's folder"
            )
            provider.send_signal(signal.SIGINT)
            provider.send_signal(signal.SIGTERM)
            assert provider.wait(10) == 0
    assert not Path(socket).parent.exists()


def test_a_provider_ends_if_terraform_ended_before_the_handshake(workspace: Workspace) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    environment = workspace.environment | {"TF_PLUGIN_MAGIC_COOKIE": COOKIE}
    result = subprocess.run(
        [workspace.provider],
        check=False,
        stdout=write_end,
        stderr=subprocess.PIPE,
        env=environment,
        timeout=10,
    )
    os.close(write_end)
    assert (result.returncode, result.stderr) == (0, b"")


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline, "timeout"
        time.sleep(0.02)


def _is_alive(process: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, 0)
        return True
    return False
