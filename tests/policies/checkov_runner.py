"""Runs the rules in Checkov and records all verdicts, including UNKNOWN, which Checkov's report omits."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from checkov.common.models.enums import CheckResult
from checkov.common.output.report import Report
from checkov.runner_filter import RunnerFilter
from checkov.terraform_json.runner import TerraformJsonRunner

from policies.stack import Json

ROOT = Path(__file__).parents[2]
RULES = ROOT / "policies" / "rules"

Verdicts: TypeAlias = "dict[tuple[str, str], CheckResult]"
"""Results by rule id and address."""


class _RecordingRunner(TerraformJsonRunner):
    """Checkov's runner for Terraform JSON, which also records the results of graph rules."""

    recorded: dict[str, Verdicts]

    def add_graph_check_results(self, report: Report, runner_filter: RunnerFilter) -> None:
        self.recorded = {}
        results = self.run_graph_checks_results(runner_filter=runner_filter, report_type=self.check_type)
        for check, verdicts in results.items():
            for verdict in verdicts:
                entity, result = verdict["entity"], verdict["result"]
                assert isinstance(result, CheckResult)
                stack = Path(entity["file_path_"]).parent.name
                self.recorded.setdefault(stack, {})[check.id, entity["id_"]] = result
        super().add_graph_check_results(report, runner_filter)


def evaluate(folder: Path, stacks: Mapping[str, Json]) -> dict[str, Verdicts]:
    """Evaluate the project's rules, loaded by path, on stacks; return the verdicts by stack."""
    for name, stack in stacks.items():
        file = folder / "stacks" / name / "cdk.tf.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(stack), encoding="utf-8")
    runner = _RecordingRunner()
    runner.run(
        root_folder=str(folder),
        external_checks_dir=[str(RULES)],
        runner_filter=RunnerFilter(checks=["CKV_ARQ_*", "CKV2_ARQ_*"]),
    )
    return {name: runner.recorded.get(name, {}) for name in stacks}
