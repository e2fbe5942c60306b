"""A Terraform that says what it is told to say, and notes what it is told to do."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arqctl.plan.fingerprint import fingerprint
from arqctl.plan.parser import read_plan

REQUIRED = {"required_providers": {"aws": {"source": "aws"}}}
"""A stack's block `terraform`."""

# Its plan file holds what it shows, as the real one's does.
SCRIPT = """#!/bin/sh
echo "$(basename "$PWD") $*" >> "{log}"
echo "$TF_CLI_CONFIG_FILE" >> "{log}.configurations"
case "$1" in
graph) printf 'digraph {{\\n  "a" -> "b"\\n}}\\n' ;;
output) echo '{{"url": {{"value": "https://arq.example"}}, "token": {{"value": "t", "sensitive": true}}}}' ;;
plan) cp "{said}/show" plan; cat "{said}/plan$([ -e applied ] && echo _again)"; exit $(cat "{said}/code") ;;
show) cat plan; [ -e "{said}/tampers" ] && echo more >> plan; true ;;
apply) touch applied; cat "{said}/apply"; exit $(cat "{said}/apply_code") ;;
esac
"""


class FakeTerraform:
    """It plans to create a database, applies that, and finds nothing to do in its second plan."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "log"
        self._said = folder / "said"
        self._said.mkdir()
        self.plans(planned("create", "aws_db_instance.main"))
        self.plans_again()
        self.applies({"type": "change_summary", "changes": {"add": 1}})
        self.shows(changed("aws_db_instance.main", "create", after={"engine": "postgres"}))
        script = folder / "terraform"
        script.write_text(SCRIPT.format(log=self._log, said=self._said))
        script.chmod(0o755)

    def plans(self, *messages: object, code: int = 0) -> None:
        self._say("plan", *messages)
        (self._said / "code").write_text(str(code))

    def plans_again(self, *messages: object) -> None:
        self._say("plan_again", *messages)

    def applies(self, *messages: object, code: int = 0) -> None:
        self._say("apply", *messages)
        (self._said / "apply_code").write_text(str(code))

    def shows(self, *changes: Mapping[str, Any]) -> None:
        """What its plan is made of."""
        self._say("show", {"format_version": "1.2", "resource_changes": changes})

    def is_tampered_with(self) -> None:
        """Someone writes to its plan file after it was shown."""
        (self._said / "tampers").touch()

    def fingerprint(self, stack: str) -> str:
        """What a review of its plan would approve."""
        text = (self._said / "show").read_text()
        return fingerprint([read_plan(text, stack=stack, environment=stack, paths={})])

    @property
    def ran(self) -> list[str]:
        """The stack and the command of each run, in order."""
        return [" ".join(line.split()[:2]) for line in self.words.splitlines()]

    @property
    def configurations(self) -> set[str]:
        """The configuration files that it ran with."""
        return set(self._log.with_suffix(".configurations").read_text().splitlines())

    @property
    def words(self) -> str:
        return self._log.read_text() if self._log.exists() else ""

    def _say(self, name: str, *messages: object) -> None:
        (self._said / name).write_text("".join(f"{json.dumps(each)}\n" for each in messages))


def planned(action: str, address: str) -> object:
    return {"type": "planned_change", "change": {"action": action, "resource": {"addr": address}}}


def diagnosed(severity: str, summary: str) -> object:
    return {
        "type": "diagnostic",
        "diagnostic": {"severity": severity, "summary": summary, "address": "aws_vpc.main"},
    }


def changed(address: str, *actions: str, **sides: object) -> Mapping[str, Any]:
    """A row of a plan's JSON."""
    change = {"actions": list(actions), "before": None, "after": None, **sides}
    return {
        "address": address,
        "mode": "managed",
        "type": address.split(".", maxsplit=1)[0],
        "change": change,
    }
