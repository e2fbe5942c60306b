"""What goes wrong in the middle of an apply: run again, the state is whole and the plan is empty."""

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

from tests.arqctl.offline.offline_stacks import Document, OfflineStack, offline

pytestmark = pytest.mark.slow

APPLY = ("apply", "-auto-approve", "-input=false", "-no-color")
_SECONDS = 60
# Much less than the state of a stack, and enough to begin with it.
_TINY_DISK = "mount -t tmpfs -o size=16k tmpfs {folder} && exec {command}"


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where everything that is started keeps its sockets. A longer path would be too long for them."""
    with tempfile.TemporaryDirectory(prefix="t") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


@pytest.fixture
def large(tmp_path: Path) -> OfflineStack:
    return offline(tmp_path, "dev")


@pytest.fixture
def small(tmp_path: Path) -> OfflineStack:
    return offline(tmp_path, "production-bootstrap")


@pytest.fixture(autouse=True)
def nothing_is_left(temporary: Path) -> Iterator[None]:
    yield
    assert list(temporary.iterdir()) == [], "something was left behind"


@contextmanager
def under_way(stack: OfflineStack) -> Iterator[subprocess.Popen[str]]:
    """An apply that has made something and not yet all, held still."""
    terraform = stack.start(*APPLY)
    assert terraform.stdout is not None
    assert any("Creation complete" in line for line in terraform.stdout)
    os.kill(terraform.pid, signal.SIGSTOP)
    try:
        yield terraform
    finally:
        for left in processes(terraform.pid):
            os.kill(left, signal.SIGKILL)


def ended(terraform: subprocess.Popen[str]) -> str:
    """What was said to the end, after which nothing of it runs any more."""
    output, _ = terraform.communicate(timeout=_SECONDS)
    until(lambda: processes(terraform.pid) == {})
    return output


def processes(group: int) -> dict[int, str]:
    """The commands that run in a group of processes, by their numbers."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pgid=,pid=,stat=,args="], capture_output=True, text=True, check=True
    )
    rows = (line.split(maxsplit=3) for line in listed.stdout.splitlines())
    return {
        int(pid): command
        for of, pid, state, command in rows
        if int(of) == group and not state.startswith("Z")
    }


def until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + _SECONDS
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def managed(document: Document) -> set[str]:
    return {f"{type_}.{name}" for type_, named in document["resource"].items() for name in named}


def kept(stack: OfflineStack) -> set[str]:
    resources = stack.state().get("resources", [])
    return {f"{each['type']}.{each['name']}" for each in resources if each["mode"] == "managed"}


def require_whole(stack: OfflineStack) -> None:
    """Everything is in the state, each with an id of its own, and nothing is left to do."""
    assert kept(stack) == managed(stack.document)
    ids = [
        (each["type"], each["provider"], instance["attributes"].get("id"), instance["attributes"].get("arn"))
        for each in stack.state()["resources"]
        for instance in each["instances"]
    ]
    assert len(ids) == len(set(ids))
    planned = stack.plan_json()["resource_changes"]
    assert {tuple(each["change"]["actions"]) for each in planned} == {("no-op",)}


def test_killed_providers(large: OfflineStack, temporary: Path) -> None:
    with under_way(large) as terraform:
        for pid, command in processes(terraform.pid).items():
            if "arqctl.offline.serve" in command:
                os.kill(pid, signal.SIGKILL)
        os.kill(terraform.pid, signal.SIGCONT)
        said = ended(terraform)
    # Which of its two words Terraform says depends on what it sees first.
    assert "Plugin did not respond" in said or "request was cancelled" in said
    # Nobody can tidy up after a killed process but the system, which forgets sockets as it forgets the rest.
    for left in temporary.iterdir():
        shutil.rmtree(left)
    assert set() < kept(large) < managed(large.document)
    large.apply()
    require_whole(large)


def test_a_killed_terraform(large: OfflineStack) -> None:
    with under_way(large) as terraform:
        os.kill(terraform.pid, signal.SIGKILL)
        ended(terraform)
    assert kept(large) < managed(large.document)
    large.apply()
    require_whole(large)


def test_a_stop_with_ctrl_c(large: OfflineStack) -> None:
    with under_way(large) as terraform:
        os.killpg(terraform.pid, signal.SIGINT)
        os.kill(terraform.pid, signal.SIGCONT)
        said = ended(terraform)
    assert "Gracefully shutting down" in said
    assert "Plugin did not respond" not in said
    made = set(re.findall(r"^(\S+): Creation complete", said, re.MULTILINE))
    assert made <= kept(large) < managed(large.document)
    large.apply()
    require_whole(large)


def test_of_two_applies_at_once_the_lock_refuses_one(small: OfflineStack) -> None:
    with under_way(small) as first:
        second = small.terraform(*APPLY)
        os.kill(first.pid, signal.SIGCONT)
        said = ended(first)
    assert second.returncode == 1
    assert "Error acquiring the state lock" in second.stderr
    assert "Apply complete!" in said
    require_whole(small)


def test_a_full_disk_loses_no_state(small: OfflineStack) -> None:
    """Root is needed to make a disk, of its own in a namespace of its own; who isn't root, plays it."""
    folder = small.paths.state(small.name).parent
    root = [] if os.geteuid() == 0 else ["--map-root-user"]
    command = _TINY_DISK.format(folder=folder, command=f"terraform {' '.join(APPLY)}")
    full = subprocess.run(
        ["unshare", *root, "--mount", "sh", "-c", command],
        cwd=small.folder,
        env=small.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )
    assert full.returncode == 1
    assert "no space left on device" in full.stderr
    made = set(re.findall(r"^(\S+): Creation complete", full.stdout, re.MULTILINE))
    assert kept(small) == set()
    pushed = small.terraform("state", "push", "errored.tfstate")
    assert pushed.returncode == 0, pushed.stderr
    assert set() < made <= kept(small)
    small.apply()
    require_whole(small)
