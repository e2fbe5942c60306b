"""Defects planted in production: offline Terraform reports each one and names the resource."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest

from tests.arqctl.offline.defects import wiring
from tests.arqctl.offline.defects.all_defects import DEFECTS
from tests.arqctl.offline.defects.defect_planting import Defect
from tests.arqctl.offline.defects.defect_runner import (
    PLAN,
    find_errors,
    find_errors_separately,
    terraform_errors,
)
from tests.arqctl.offline.offline_stacks import TerraformError, prepare_stack
from tests.environments.production_with_fleet import production_with_fleet

pytestmark = pytest.mark.slow

# Defects that only AWS finds, and the reason.
NOT_FOUND_OFFLINE: Mapping[str, str] = {
    "addon-configuration-json": "An add-on also accepts YAML, and its own schema validates it.",
    "bucket-policy-without-principal": "The policy has references: most of it is known after apply.",
    "bucket-policy-other-bucket": "The policy has references: most of it is known after apply.",
    "endpoint-service-unknown": "AWS publishes no list of the services that have endpoints.",
    "key-policy-lockout-with-a-reference": "The policy has references, and a later statement may allow it.",
    "listener-tls-policy": "AWS publishes no list of TLS policies.",
    "policy-with-principal-after-a-reference": "The part after a reference is known after apply.",
}
_MIN_FOUND_SHARE = 57 / 60


@pytest.fixture(scope="module")
def errors_by_defect(request: pytest.FixtureRequest) -> Mapping[str, TerraformError]:
    """The error of `terraform plan`, which validates first, for each requested defect."""
    items = [cast("pytest.Function", each) for each in request.session.items if each.path == request.path]
    parameters = [each.callspec.params for each in items if hasattr(each, "callspec")]
    requested = [cast("Defect", each["defect"]) for each in parameters if "defect" in each]
    # Terraform stops at the first of these errors, so each needs a run of its own.
    separate = [each for each in requested if each in wiring.DEFECTS]
    grouped = [each for each in requested if each not in separate]
    return find_errors_separately(separate) | find_errors(grouped)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_the_error_names_the_resource(defect: Defect, errors_by_defect: Mapping[str, TerraformError]) -> None:
    if defect.name in NOT_FOUND_OFFLINE:
        assert defect.name not in errors_by_defect, f"is found now: {errors_by_defect[defect.name]}"
    elif defect.name not in errors_by_defect:
        pytest.fail(f"no error with {defect.expected_text!r}; Terraform reports {terraform_errors([defect])}")


def test_production_without_defects_passes(tmp_path: Path) -> None:
    assert prepare_stack(tmp_path, production_with_fleet()).errors(*PLAN) == ()


def test_at_least_95_percent_of_the_defects_are_found() -> None:
    names = [defect.name for defect in DEFECTS]
    assert len(set(names)) == len(names)
    assert set(NOT_FOUND_OFFLINE) <= set(names)
    assert 1 - len(NOT_FOUND_OFFLINE) / len(names) >= _MIN_FOUND_SHARE
