"""An interrupted run stops Terraform once, and waits until it has saved its state."""

import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from arqctl.core.interruption import deadline, ignore_interruptions, interrupt_on_signals
from arqctl.core.terraform_cli import Terraform

ERROR = '{"type": "diagnostic", "diagnostic": {"severity": "error", "summary": "Execution halted"}}'


@pytest.fixture
def signals(tmp_path: Path) -> Iterator[Path]:
    """The file in which the fake Terraform writes each signal that it gets.

    A shell starts jobs in the background with SIGINT ignored. The fake inherits that, and would wait forever.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield tmp_path / "signals"
    signal.signal(signal.SIGINT, before)


def fake_terraform(folder: Path, command: str) -> Terraform:
    """Return a Terraform that runs a command, and then saves its state at the first signal."""
    file = folder / "fake"
    file.write_text(
        "#!/bin/sh\n"
        f"trap 'echo INT >> signals' INT\ntrap 'echo TERM >> signals' TERM\n{command}\n"
        f"while [ ! -e signals ]; do sleep 0.05; done\ntouch saved\necho '{ERROR}'\nexit 1\n"
    )
    file.chmod(0o755)
    return Terraform(file, folder, {})


@pytest.mark.parametrize("sent", [("INT",), ("TERM",), ("INT", "TERM"), ("TERM", "INT", "INT")])
def test_the_first_signal_stops_terraform_and_others_do_not(
    sent: tuple[str, ...], tmp_path: Path, signals: Path
) -> None:
    command = "\n".join(f"kill -{each} $PPID" for each in sent)
    with interrupt_on_signals(), pytest.raises(KeyboardInterrupt, match=r"^Execution halted$"):
        fake_terraform(tmp_path, command).apply(lambda _: None)
    assert signals.read_text() == "INT\n"
    assert (tmp_path / "saved").exists()


def test_a_signal_that_does_not_end_the_wait_stops_terraform_too(tmp_path: Path, signals: Path) -> None:
    def interrupt_other_thread() -> None:
        time.sleep(0.2)
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

    thread = threading.Thread(target=interrupt_other_thread)
    with interrupt_on_signals(), pytest.raises(KeyboardInterrupt, match=r"^Execution halted$"):
        thread.start()
        fake_terraform(tmp_path, "").apply(lambda _: None)
    thread.join()
    assert signals.read_text() == "INT\n"


def test_a_deadline_stops_terraform(tmp_path: Path, signals: Path) -> None:
    with (
        pytest.raises(KeyboardInterrupt, match=r"longer than --timeout-minutes 0\.001\.\nExecution halted$"),
        interrupt_on_signals(),
        deadline(0.001),
    ):
        fake_terraform(tmp_path, "").apply(lambda _: None)
    assert signals.read_text() == "INT\n"
    assert (tmp_path / "saved").exists()


def test_an_interruption_before_the_deadline_has_no_reason() -> None:
    with pytest.raises(KeyboardInterrupt, match=r"^$"), deadline(60):
        raise KeyboardInterrupt


def test_a_run_that_saves_its_state_is_not_interrupted(tmp_path: Path) -> None:
    with interrupt_on_signals(), ignore_interruptions():
        fake_terraform(tmp_path, "kill -TERM $PPID\ntouch saved\nexit 0").apply(lambda _: None)
    assert (tmp_path / "saved").exists()


def test_terraform_runs_in_other_threads_too(tmp_path: Path) -> None:
    runs: list[object] = []
    terraform = fake_terraform(tmp_path, "exit 0")
    thread = threading.Thread(target=lambda: runs.append(terraform.plan(lambda _: None)))
    thread.start()
    thread.join()
    assert len(runs) == 1
