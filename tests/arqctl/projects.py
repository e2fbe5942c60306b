"""Writes CDKTF projects for tests: stacks in CDKTF's format, rules and waivers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from arqctl.core.settings import Settings
from arqctl.gate import EnvironmentReport, Report, evaluate

TODAY = date(2026, 11, 23)

Body = dict[str, Any]

HARMLESS: Body = {"aws_placement_group": {"spread": {"name": "spread", "strategy": "spread"}}}
"""No rule of Checkov fails on it."""

OPEN_DATABASE: Body = {"aws_db_instance": {"main": {"storage_encrypted": False, "publicly_accessible": True}}}

APP = """
import json, os, pathlib, shutil, sys
assert os.environ["ARQ_GATE"] == "off"
shutil.copytree("prepared", os.environ["CDKTF_OUTDIR"], dirs_exist_ok=True)
"""


@dataclass(frozen=True)
class Project:
    """A project's folder, with its assembly in `cdktf.out`."""

    root: Path

    @property
    def outdir(self) -> Path:
        return self.root / "cdktf.out"

    def stack(self, name: str, resources: Mapping[str, Body] = HARMLESS, **blocks: object) -> Path:
        """Write a stack whose resources have the construct path in CDKTF's metadata."""
        with_metadata = {
            type_: {
                key: {"//": {"metadata": {"path": f"{name}/{key}/Default", "uniqueId": key}}, **body}
                for key, body in named.items()
            }
            for type_, named in resources.items()
        }
        document = {
            "//": {"metadata": {"stackName": name, "version": "0.21.0"}},
            "resource": with_metadata,
            **blocks,
        }
        return self.raw(name, json.dumps(document))

    def raw(self, name: str, text: str) -> Path:
        """Write a stack's file, and add the stack to the manifest."""
        file = self.outdir / "stacks" / name / "cdk.tf.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        manifest = self.outdir / "manifest.json"
        document: Body = {"version": "0.21.0", "stacks": {}}
        if manifest.exists():
            document = json.loads(manifest.read_text())
        document["stacks"][name] = {"name": name, "synthesizedStackPath": f"stacks/{name}/cdk.tf.json"}
        manifest.write_text(json.dumps(document))
        return file

    def rule(self, name: str, text: str) -> Path:
        return self.write(f"policies/rules/{name}", text)

    def waive(self, **changes: object) -> None:
        """Add a valid waiver, with the given keys changed; None leaves a key out."""
        waiver: dict[str, object] = {
            "rule": "CKV_AWS_16",
            "environment": "dev",
            "path": "dev/*",
            "owner": "platform",
            "reason": "a sandbox without data",
            "ticket": "ARQ-1",
            "expires": date(2027, 1, 1),
            **changes,
        }
        lines = [f"{key} = {_toml(value)}" for key, value in waiver.items() if value is not None]
        file = self.root / "policies/waivers.toml"
        before = file.read_text() if file.exists() else ""
        self.write("policies/waivers.toml", before + "\n".join(["[[waiver]]", *lines, ""]))

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    @property
    def settings(self) -> Settings:
        return Settings.load(self.root)

    def evaluate(self, *environments: str) -> Report:
        names = environments or None
        return evaluate(self.outdir, settings=self.settings, environments=names, today=TODAY).report

    def evaluated(self, environment: str = "dev") -> EnvironmentReport:
        return self.evaluate(environment).environments[environment]


def make_app(project: Project, app: str = APP) -> None:
    """Add an app to the project that synthesizes the stacks in its `cdktf.out`."""
    project.outdir.rename(project.root / "prepared")
    project.write("app.py", app)
    project.write("cdktf.json", json.dumps({"language": "python", "app": "python app.py"}))


def xml(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - arqctl wrote it


def _toml(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else json.dumps(value)
