"""Faults during an apply: the next apply completes the state, and the plan after it is empty."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.arqctl.offline.offline_stacks import Document, OfflineStack, prepare_environment

pytestmark = pytest.mark.slow

APPLY = ("apply", "-auto-approve", "-input=false", "-no-color")
_TIMEOUT_SECONDS = 60
# Less than the stack's state needs, but enough to start writing it.
_TINY_DISK = "mount -t tmpfs -o size=16k tmpfs {folder} && exec {command}"


@pytest.fixture
def short_temporary_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Set a short TMPDIR: the paths of the plugins' sockets have a maximum length."""
    with tempfile.TemporaryDirectory(prefix="t") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


@pytest.fixture
def large_stack(tmp_path: Path) -> OfflineStack:
    return prepare_environment(tmp_path, "dev")


@pytest.fixture
def small_stack(tmp_path: Path) -> OfflineStack:
    return prepare_environment(tmp_path, "production-bootstrap")


@pytest.fixture(autouse=True)
def no_temporary_files_are_left(short_temporary_folder: Path) -> Iterator[None]:
    yield
    assert list(short_temporary_folder.iterdir()) == [], "temporary files are left"


@contextmanager
def paused_apply(stack: OfflineStack) -> Iterator[subprocess.Popen[str]]:
    """Start an apply and stop it with SIGSTOP when some resources have been created."""
    terraform = stack.start(*APPLY)
    assert terraform.stdout is not None
    assert any("Creation complete" in line for line in terraform.stdout)
    os.kill(terraform.pid, signal.SIGSTOP)
    try:
        yield terraform
    finally:
        for remaining in processes(terraform.pid):
            os.kill(remaining, signal.SIGKILL)


def wait_until_ended(terraform: subprocess.Popen[str]) -> str:
    """Wait until Terraform and its providers have ended, and return the output."""
    output, _ = terraform.communicate(timeout=_TIMEOUT_SECONDS)
    wait_until(lambda: processes(terraform.pid) == {})
    return output


def processes(group: int) -> dict[int, str]:
    """Return the commands of a process group by process id."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pgid=,pid=,stat=,args="], capture_output=True, text=True, check=True
    )
    rows = (line.split(maxsplit=3) for line in listed.stdout.splitlines())
    return {
        int(pid): command
        for of, pid, state, command in rows
        if int(of) == group and not state.startswith("Z")
    }


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + _TIMEOUT_SECONDS
    while not condition():
        assert time.monotonic() < end, f"not within {_TIMEOUT_SECONDS} seconds"
        time.sleep(0.02)


def configured_addresses(document: Document) -> set[str]:
    return {f"{type_}.{name}" for type_, named in document["resource"].items() for name in named}


def addresses_in_state(stack: OfflineStack) -> set[str]:
    resources = stack.state().get("resources", [])
    return {f"{each['type']}.{each['name']}" for each in resources if each["mode"] == "managed"}


def require_complete_state(stack: OfflineStack) -> None:
    """Assert that all resources are in the state with unique ids, and that the plan is empty."""
    assert addresses_in_state(stack) == configured_addresses(stack.document)
    ids = stack.ids()
    assert len(ids) == len(set(ids))
    planned = stack.plan_json()["resource_changes"]
    assert {tuple(each["change"]["actions"]) for each in planned} == {("no-op",)}


def test_killed_providers(large_stack: OfflineStack, short_temporary_folder: Path) -> None:
    with paused_apply(large_stack) as terraform:
        for pid, command in processes(terraform.pid).items():
            if "arqctl.offline.serve" in command:
                os.kill(pid, signal.SIGKILL)
        os.kill(terraform.pid, signal.SIGCONT)
        output = wait_until_ended(terraform)
    # The message depends on which failure Terraform notices first.
    assert "Plugin did not respond" in output or "request was cancelled" in output
    # A killed process can't remove its sockets.
    for remaining in short_temporary_folder.iterdir():
        shutil.rmtree(remaining)
    assert set() < addresses_in_state(large_stack) < configured_addresses(large_stack.document)
    large_stack.apply()
    require_complete_state(large_stack)


def test_killed_terraform(large_stack: OfflineStack) -> None:
    with paused_apply(large_stack) as terraform:
        os.kill(terraform.pid, signal.SIGKILL)
        wait_until_ended(terraform)
    assert addresses_in_state(large_stack) < configured_addresses(large_stack.document)
    large_stack.apply()
    require_complete_state(large_stack)


def test_interrupted_with_ctrl_c(large_stack: OfflineStack) -> None:
    with paused_apply(large_stack) as terraform:
        os.killpg(terraform.pid, signal.SIGINT)
        os.kill(terraform.pid, signal.SIGCONT)
        output = wait_until_ended(terraform)
    assert "Gracefully shutting down" in output
    assert "Plugin did not respond" not in output
    created = set(re.findall(r"^(\S+): Creation complete", output, re.MULTILINE))
    assert created <= addresses_in_state(large_stack) < configured_addresses(large_stack.document)
    large_stack.apply()
    require_complete_state(large_stack)


def test_the_lock_rejects_a_second_apply(small_stack: OfflineStack) -> None:
    with paused_apply(small_stack) as first:
        second = small_stack.terraform(*APPLY)
        os.kill(first.pid, signal.SIGCONT)
        output = wait_until_ended(first)
    assert second.returncode == 1
    assert "Error acquiring the state lock" in second.stderr
    assert "Apply complete!" in output
    require_complete_state(small_stack)


def test_a_full_disk_loses_no_state(small_stack: OfflineStack) -> None:
    """Mounting a file system needs root in a namespace of its own; other users are mapped to root."""
    folder = small_stack.paths.state(small_stack.name).parent
    map_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    command = _TINY_DISK.format(folder=folder, command=f"terraform {' '.join(APPLY)}")
    result = subprocess.run(
        ["unshare", *map_root, "--mount", "sh", "-c", command],
        cwd=small_stack.folder,
        env=small_stack.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=_TIMEOUT_SECONDS,
    )
    assert result.returncode == 1
    assert "no space left on device" in result.stderr
    created = set(re.findall(r"^(\S+): Creation complete", result.stdout, re.MULTILINE))
    assert addresses_in_state(small_stack) == set()
    pushed = small_stack.terraform("state", "push", "errored.tfstate")
    assert pushed.returncode == 0, pushed.stderr
    assert set() < created <= addresses_in_state(small_stack)
    small_stack.apply()
    require_complete_state(small_stack)
