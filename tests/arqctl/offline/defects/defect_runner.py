"""Runs Terraform on production and a fleet with planted defects, many in one run."""

import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.arqctl.offline.defects.defect_planting import Defect, Document
from tests.arqctl.offline.defects.related_resources import keep_related_resources
from tests.arqctl.offline.offline_stacks import TerraformError, prepare_stack
from tests.environments.production_with_fleet import production_with_fleet

PLAN = ("plan", "-json", "-input=false", "-refresh=false")
_PARALLEL_RUNS = 2


def find_errors(defects: Iterable[Defect]) -> dict[str, TerraformError]:
    """Return Terraform's error for each defect that it found, by the defect's name.

    One run has defects in different resources. Terraform doesn't check resources that depend on a failed one,
    so the defects that were not found run again without the others, until no more are found.
    """
    errors: dict[str, TerraformError] = {}
    pending, production_document = list(defects), production_with_fleet().document
    while pending:
        with ThreadPoolExecutor(_PARALLEL_RUNS) as pool:
            runs = list(
                pool.map(lambda group: _match_errors(group, production_document), _group_by_run(pending))
            )
        new_errors = {name: error for each in runs for name, error in each.items()}
        if not new_errors:
            break
        errors |= new_errors
        pending = [each for each in pending if each.name not in errors]
    return errors


def find_errors_separately(defects: Iterable[Defect]) -> dict[str, TerraformError]:
    """Return the errors of defects that stop Terraform, one run for each defect."""
    # Synthesize before starting threads: they share one jsii process.
    production_document = production_with_fleet().document
    with ThreadPoolExecutor(_PARALLEL_RUNS) as pool:
        runs = pool.map(lambda defect: _match_errors([defect], production_document), defects)
        return {name: error for each in runs for name, error in each.items()}


def terraform_errors(defects: Sequence[Defect]) -> tuple[TerraformError, ...]:
    """Return Terraform's errors for production and a fleet with these defects, and all that they concern."""
    original = production_with_fleet().document

    def plant(document: Document) -> None:
        for each in defects:
            each.plant(document)
        keep_related_resources(document, original)

    with TemporaryDirectory() as folder:
        return prepare_stack(Path(folder), production_with_fleet(), plant).errors(*PLAN)


def _group_by_run(defects: Iterable[Defect]) -> list[list[Defect]]:
    """Group the defects into as few runs as possible, each with at most one defect per resource."""
    by_resource: dict[tuple[str, str], list[Defect]] = {}
    for each in defects:
        by_resource.setdefault((each.type, each.at), []).append(each)
    longest = max(map(len, by_resource.values()))
    return [[each[at] for each in by_resource.values() if at < len(each)] for at in range(longest)]


def _match_errors(defects: Sequence[Defect], production_document: Document) -> dict[str, TerraformError]:
    errors = terraform_errors(defects)
    return {
        each.name: matching[0]
        for each in defects
        if (matching := list(_matching_errors(each, production_document, errors)))
    }


def _matching_errors(
    defect: Defect, production_document: Document, errors: Iterable[TerraformError]
) -> Iterator[TerraformError]:
    addresses = "|".join(map(re.escape, defect.expected_addresses(production_document)))
    named = re.compile(rf"(?<![\w.-])({addresses})(?![\w-])")
    for each in errors:
        if defect.expected_text in each.text and named.search(f"{each.address} {each.text}"):
            yield each
