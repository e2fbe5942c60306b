"""Terraform runs the tiny provider: the protocol as it is spoken, not as we think it is."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.arqctl.offline.plugin import COOKIE, Workspace, make_workspace
from tests.arqctl.offline.tiny_provider import UNLUCKY

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
    made = make_workspace(tmp_path)
    yield made
    assert list(made.temporary.iterdir()) == [], "a socket was left behind"


def test_a_stack_lives_and_ends(workspace: Workspace) -> None:
    workspace.write(_NETWORK)
    assert "Success!" in workspace.run("validate")
    assert "It begins with 'net-'." in workspace.run("plan"), "what is known of an id reaches the subnet"
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
    ("name", "said"),
    [
        ("wrong", 'on main.tf line 7, in resource "tiny_network" "main": 7: name = "wrong"'),
        ("fault", "RuntimeError: the wires are crossed"),
    ],
)
def test_an_input_error_and_a_bug_have_different_messages(workspace: Workspace, name: str, said: str) -> None:
    workspace.write(f'resource "tiny_network" "main" {{\n  name = "{name}"\n}}\n')
    output = workspace.run("validate", code=1)
    assert said in output
    assert ("Bug in the offline provider" in output) == (name == "fault")


@pytest.mark.parametrize(("level", "shown"), [("error", True), ("off", False)])
def test_where_a_fault_is_stands_in_the_log(workspace: Workspace, level: str, *, shown: bool) -> None:
    workspace.write('resource "tiny_network" "main" {\n  name = "fault"\n}\n')
    ran = subprocess.run(
        ["terraform", "validate"],
        cwd=workspace.folder,
        env=workspace.environment | {"TF_LOG_PROVIDER": level},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (
        "[ERROR] provider.terraform-provider-tiny_v1.0.0: ValidateResourceConfig failed" in ran.stderr
    ) == shown
    assert ("Traceback (most recent call last)" in ran.stderr) == shown


def test_a_fault_while_applying_keeps_what_there_was(workspace: Workspace) -> None:
    configuration = 'resource "tiny_network" "main" {{\n  name = "late"\n  size = {size}\n}}\n'
    workspace.write(configuration.format(size=1))
    workspace.run("apply", "-auto-approve")
    workspace.write(configuration.format(size=UNLUCKY))
    assert "the wires are crossed" in workspace.run("apply", "-auto-approve", code=1)
    assert workspace.state()["tiny_network.main"]["size"] == 1


@pytest.mark.parametrize("whose_end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_outlives_terraform(workspace: Workspace, whose_end: signal.Signals) -> None:
    """Ctrl-C goes to the provider too, as from a terminal: it is Terraform's to say when to stop."""
    workspace.write('resource "tiny_network" "main" {\n  name = "slow"\n}\n')
    terraform = workspace.start("apply", "-auto-approve")
    _until((workspace.folder / "applying").exists)
    provider = int((workspace.folder / "applying").read_text())
    if whose_end is signal.SIGINT:
        os.killpg(terraform.pid, whose_end)
    else:
        terraform.send_signal(whose_end)
    output, _ = terraform.communicate(timeout=30)
    _until(lambda: not _is_alive(provider))
    if whose_end is not signal.SIGKILL:
        assert "Creation complete" in output, output


def test_a_killed_provider_is_reported(workspace: Workspace) -> None:
    workspace.write('resource "tiny_network" "main" {\n  name = "kill"\n}\n')
    told = workspace.run("validate", code=1)
    for left in workspace.temporary.iterdir():
        (left / "socket").unlink()
        left.rmdir()
    # Which of the two Terraform says depends on whether it sees the process end or the call break first.
    assert "Plugin did not respond" in told or "ValidateResourceConfig request was cancelled" in told


def test_started_from_a_shell_it_prints_a_hint(workspace: Workspace) -> None:
    ran = subprocess.run([workspace.provider], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert "Terraform starts it" in ran.stderr


@pytest.mark.parametrize("variable", ["PLUGIN_UNIX_SOCKET_DIR", "TMPDIR"])
@pytest.mark.parametrize("name", ["short", "x" * 100])
def test_it_ends_on_signals(workspace: Workspace, variable: str, name: str) -> None:
    with tempfile.TemporaryDirectory(prefix="t") as temporary:
        place = Path(temporary) / name
        place.mkdir()
        environment = workspace.environment | {"TF_PLUGIN_MAGIC_COOKIE": COOKIE, variable: str(place)}
        with subprocess.Popen([workspace.provider], stdout=subprocess.PIPE, env=environment) as provider:
            assert provider.stdout is not None
            system, protocol, network, socket, kind, certificate = (
                provider.stdout.readline().decode().split("|")
            )
            assert (system, protocol, network, kind, certificate) == ("1", "6", "unix", "grpc", "\n")
            assert Path(socket).is_socket()
            assert Path(socket).is_relative_to(place) == (name == "short"), "a longer path would be cut"
            assert Path(socket).parent.stat().st_mode & 0o077 == 0, "others may enter the socket's folder"
            provider.send_signal(signal.SIGINT)
            provider.send_signal(signal.SIGTERM)
            assert provider.wait(10) == 0
    assert not Path(socket).parent.exists()


def test_it_ends_when_terraform_is_gone_before_it_has_started(workspace: Workspace) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    environment = workspace.environment | {"TF_PLUGIN_MAGIC_COOKIE": COOKIE}
    ran = subprocess.run(
        [workspace.provider],
        check=False,
        stdout=theirs,
        stderr=subprocess.PIPE,
        env=environment,
        timeout=10,
    )
    os.close(theirs)
    assert (ran.returncode, ran.stderr) == (0, b"")


def _until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 15
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def _is_alive(process: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, 0)
        return True
    return False
