"""Synthesizes what a test builds, and finds resources in it by what they are and where they stand."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cdktf import App

from constructs_arq.core.stack import Stack, StackConfig

STACK = StackConfig(
    environment="test",
    account_id="111122223333",
    region="eu-west-1",
    backup_region="eu-central-1",
    project="arq",
    owner="platform",
    cost_center="engineering",
)

Resource = dict[str, Any]


@dataclass(frozen=True)
class Synthesized:
    """A stack's Terraform JSON."""

    json: dict[str, Any]

    def of_type(self, kind: str) -> dict[str, Resource]:
        """Every resource of a Terraform type, by its construct path within the stack."""
        resources = self.json.get("resource", {}).get(kind, {})
        return {r["//"]["metadata"]["path"].split("/", 1)[1]: r for r in resources.values()}

    def one(self, kind: str, path: str | None = None) -> Resource:
        """The resource of a type at a construct path, or the only one of the type."""
        found = self.of_type(kind)
        if path is not None:
            return found[path]
        assert len(found) == 1, f"{len(found)} of {kind}: {sorted(found)}"
        return next(iter(found.values()))

    @property
    def addresses(self) -> set[str]:
        """The Terraform address of every resource."""
        return {f"{kind}.{name}" for kind, named in self.json.get("resource", {}).items() for name in named}


def synthesize(build: Callable[[Stack], object], *, config: StackConfig = STACK) -> Synthesized:
    """What Terraform is given of the constructs that `build` makes in a stack, validations included."""
    with tempfile.TemporaryDirectory() as folder:
        app = App(outdir=folder)
        build(Stack(app, config.environment, config=config))
        app.synth()
        return Synthesized(
            json.loads((Path(folder) / f"stacks/{config.environment}/cdk.tf.json").read_text())
        )


def statements(policy: str) -> dict[str, dict[str, Any]]:
    """The statements of a policy document, by their sids."""
    return {statement["Sid"]: statement for statement in json.loads(policy)["Statement"]}
