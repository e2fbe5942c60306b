"""A fake Terraform with configurable output that logs its commands."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arqctl.plan.fingerprint import fingerprint
from arqctl.plan.parser import read_plan

REQUIRED = {"required_providers": {"aws": {"source": "aws"}}}
"""A stack's block `terraform`."""

# The plan file contains the plan's JSON, which `show` prints.
SCRIPT = """#!/bin/sh
echo "$(basename "$PWD") $*" >> "{log}"
echo "$TF_CLI_CONFIG_FILE" >> "{log}.configurations"
case "$1" in
graph) printf 'digraph {{\\n  "a" -> "b"\\n}}\\n' ;;
output) echo '{{"url": {{"value": "https://arq.example"}}, "token": {{"value": "t", "sensitive": true}}}}' ;;
plan)
    cp "{outputs}/show" plan
    cat "{outputs}/plan$([ -e applied ] && echo _again)"
    exit $(cat "{outputs}/code") ;;
show) cat plan ;;
apply) touch applied; cat "{outputs}/apply"; exit $(cat "{outputs}/apply_code") ;;
esac
"""


class FakeTerraform:
    """Plans the creation of a database, applies it, and has no changes in its second plan."""

    def __init__(self, folder: Path) -> None:
        self._log_file = folder / "log"
        self._outputs = folder / "outputs"
        self._outputs.mkdir()
        self.set_plan(planned("create", "aws_db_instance.main"))
        self.set_second_plan()
        self.set_apply({"type": "change_summary", "changes": {"add": 1}})
        self.set_resource_changes(changed("aws_db_instance.main", "create", after={"engine": "postgres"}))
        script = folder / "terraform"
        script.write_text(SCRIPT.format(log=self._log_file, outputs=self._outputs))
        script.chmod(0o755)

    def set_plan(self, *messages: object, code: int = 0) -> None:
        self._write_messages("plan", *messages)
        (self._outputs / "code").write_text(str(code))

    def set_second_plan(self, *messages: object) -> None:
        self._write_messages("plan_again", *messages)

    def set_apply(self, *messages: object, code: int = 0) -> None:
        self._write_messages("apply", *messages)
        (self._outputs / "apply_code").write_text(str(code))

    def set_resource_changes(self, *changes: Mapping[str, Any]) -> None:
        """Set the rows of the plan's JSON."""
        self._write_messages("show", {"format_version": "1.2", "resource_changes": changes})

    def fingerprint(self, stack: str) -> str:
        """Return the fingerprint of the plan."""
        text = (self._outputs / "show").read_text()
        return fingerprint([read_plan(text, stack=stack, environment=stack, paths={})])

    @property
    def commands(self) -> list[str]:
        """The stack and the command of each run, in order."""
        return [" ".join(line.split()[:2]) for line in self.log.splitlines()]

    @property
    def configurations(self) -> set[str]:
        """The CLI configuration files of all runs."""
        return set(self._log_file.with_suffix(".configurations").read_text().splitlines())

    @property
    def log(self) -> str:
        """The stack and the arguments of each run, one a line."""
        return self._log_file.read_text() if self._log_file.exists() else ""

    def _write_messages(self, name: str, *messages: object) -> None:
        (self._outputs / name).write_text("".join(f"{json.dumps(each)}\n" for each in messages))


def planned(action: str, address: str) -> object:
    return {"type": "planned_change", "change": {"action": action, "resource": {"addr": address}}}


def diagnosed(severity: str, summary: str) -> object:
    return {
        "type": "diagnostic",
        "diagnostic": {"severity": severity, "summary": summary, "address": "aws_vpc.main"},
    }


def changed(address: str, *actions: str, **sides: object) -> Mapping[str, Any]:
    """Return a row of a plan's JSON."""
    change = {"actions": list(actions), "before": None, "after": None, **sides}
    return {
        "address": address,
        "mode": "managed",
        "type": address.split(".", maxsplit=1)[0],
        "change": change,
    }
