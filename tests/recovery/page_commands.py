"""Runs the commands of a page in a shell, against a real PostgreSQL, as the master user."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.arqctl.database.postgres_server import PASSWORD, Server
from tests.runbook_commands import blocks

GUIDE = Path(__file__).parents[2] / "docs/dumps.md"


def section_blocks(title: str) -> list[list[str]]:
    """Return the commands in each code block of a section of docs/dumps.md."""
    found = re.search(
        rf"^##+ {re.escape(title)}\n(.*?)(?=^## |\Z)", GUIDE.read_text(), re.DOTALL | re.MULTILINE
    )
    assert found, title
    # Code blocks are parts of a list.
    return blocks(re.sub(r"^    ", "", found[1], flags=re.MULTILINE))


def run_as_master_user(server: Server, folder: Path, lines: Sequence[str]) -> None:
    """Run lines of a shell in `folder`. The login over TLS is real; tokens of IAM are simulated.

    `aws` prints the password of the user `dba`, which has the rights of RDS's master user.
    """
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    (programs / "aws").write_text(f"#!/bin/sh\necho '{PASSWORD}'\n")
    (programs / "aws").chmod(0o755)
    shutil.copy(server.ca_file, folder / "global-bundle.pem")
    script = "\n".join(["set -e", *lines])
    for placeholder in ("HOST", "RESTORED"):
        script = re.sub(rf"\b{placeholder}\b", "localhost", script)
    path = f"{programs}:{server.programs}:{os.environ['PATH']}"
    variables = {"PATH": path, "PGPORT": str(server.port), "HOME": str(folder)}
    subprocess.run(["bash", "-c", script], cwd=folder, env=variables, check=True)


def read_constraints(server: Server, table: str) -> list[tuple[object, ...]]:
    """Return the owner, the privileges and the constraints of a table, one row for each constraint."""
    with server.connect("rdsadmin") as connection:
        return connection.execute(
            "SELECT relowner::regrole::text, relacl::text, conname, pg_get_constraintdef(c.oid) "
            "FROM pg_constraint c JOIN pg_class t ON t.oid = conrelid "
            "WHERE t.oid = %s::regclass ORDER BY conname",
            [table],
        ).fetchall()
