"""Evidence model. evidence.schema.json describes its JSON."""

import json
from datetime import date
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from arqctl.gate.report import Finding, Printable
from arqctl.gate.schema import ID

State: TypeAlias = Literal["failed", "unknown", "waived", "passed", "no evidence"]

STATES: tuple[State, ...] = ("failed", "unknown", "waived", "passed", "no evidence")
"""Worst first."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_serialization_defaults_required=True)


class EvaluatedBlock(_Record):
    """A block: its stack, Terraform address and construct path."""

    stack: str
    address: Printable
    path: Printable


class WaivedBlock(EvaluatedBlock):
    """A block whose finding is waived. `unknown`: the waiver accepts an unknown result."""

    owner: Printable
    reason: Printable
    ticket: Printable
    expires: date
    unknown: bool


class RuleEvidence(_Record):
    """A rule and the blocks that it evaluated, each in one list."""

    name: Printable
    link: str | None
    failed: tuple[EvaluatedBlock, ...] = ()
    unknown: tuple[EvaluatedBlock, ...] = ()
    waived: tuple[WaivedBlock, ...] = ()
    passed: tuple[EvaluatedBlock, ...] = ()


class ControlEvidence(_Record):
    """A control, its state, and the reason for mapping each of its rules to it.

    The state is the worst result of its rules. `no evidence`: the environment has no block for them.
    """

    title: str
    state: State
    rules: dict[str, str]


class FrameworkEvidence(_Record):
    """A framework's controls that have rules, and the evaluated rules that are not mapped to a control."""

    name: str
    version: str
    source: str
    basis: str
    controls: dict[str, ControlEvidence]
    unmapped_rules: tuple[str, ...]


class Commit(_Record):
    """The Git commit of the project. `uncommitted_changes`: files differ from it."""

    id: str
    uncommitted_changes: bool


class Evidence(_Record):
    """An environment's evidence, with the date, commit, tool versions and stacks that it is based on.

    `version` is the version of this format. `not_evaluated` lists what rules couldn't evaluate. While there
    is any, no control passes.
    """

    version: Literal[1] = 1
    environment: str
    date: date
    commit: Commit | None
    versions: dict[str, str]
    stacks: tuple[str, ...]
    resources: int
    not_evaluated: tuple[Finding, ...]
    frameworks: dict[str, FrameworkEvidence]
    rules: dict[str, RuleEvidence]

    @property
    def passes(self) -> bool:
        """Whether no control is failed or unknown."""
        controls = (each for framework in self.frameworks.values() for each in framework.controls.values())
        return all(control.state not in ("failed", "unknown") for control in controls)

    def to_json(self) -> str:
        """Render the evidence as one JSON document."""
        return self.model_dump_json(indent=2) + "\n"


def evidence_schema() -> str:
    """Render the JSON schema of the evidence, which is committed as evidence.schema.json."""
    return json.dumps({"$schema": ID} | Evidence.model_json_schema(mode="serialization"), indent=2) + "\n"
