"""Synthesizes a test's constructs, and finds resources by Terraform type and construct path."""

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

    def of_type(self, resource_type: str) -> dict[str, Resource]:
        """Return all resources of a Terraform type, by construct path within the stack."""
        resources = self.json.get("resource", {}).get(resource_type, {})
        return {r["//"]["metadata"]["path"].split("/", 1)[1]: r for r in resources.values()}

    def one(self, resource_type: str, path: str | None = None) -> Resource:
        """Return the resource of a type at a construct path, or the only one of the type."""
        found = self.of_type(resource_type)
        if path is not None:
            return found[path]
        assert len(found) == 1, f"{len(found)} of {resource_type}: {sorted(found)}"
        return next(iter(found.values()))

    @property
    def addresses(self) -> set[str]:
        """The Terraform addresses of all resources."""
        return {
            f"{resource_type}.{name}"
            for resource_type, named in self.json.get("resource", {}).items()
            for name in named
        }


def synthesize(build: Callable[[Stack], object], *, config: StackConfig = STACK) -> Synthesized:
    """Return the Terraform JSON of the constructs that `build` creates in a stack. Run validations too."""
    with tempfile.TemporaryDirectory() as folder:
        app = App(outdir=folder)
        build(Stack(app, config.environment, config=config))
        app.synth()
        return Synthesized(
            json.loads((Path(folder) / f"stacks/{config.environment}/cdk.tf.json").read_text())
        )


def statements(policy: str) -> dict[str, dict[str, Any]]:
    """Return the statements of a policy document, by statement id."""
    return {statement["Sid"]: statement for statement in json.loads(policy)["Statement"]}
