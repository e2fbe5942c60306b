"""Defects planted in production: Terraform, offline, refuses each of them and says which resource it is."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest

from tests.arqctl.offline.defects import wiring
from tests.arqctl.offline.defects.catalogue import DEFECTS
from tests.arqctl.offline.defects.defect_planting import Defect
from tests.arqctl.offline.defects.defect_runner import PLAN, VALIDATE, hunt, hunt_alone, refusals
from tests.arqctl.offline.offline_stacks import Refusal, offline

pytestmark = pytest.mark.slow

# What only AWS finds, and why it can't be known here.
NOT_CAUGHT: Mapping[str, str] = {
    "addon-configuration-json": "An add-on takes YAML too, and its own schema judges it.",
    "bucket-policy-for-nobody": "The text holds references: most of it is known after apply.",
    "bucket-policy-of-another": "The text holds references: most of it is known after apply.",
    "endpoint-service-unknown": "No list of the services that have endpoints is published.",
    "key-nobody-governs-with-a-reference": "The text holds references, behind which another may govern.",
    "listener-tls-policy": "No list of TLS policies is published.",
    "policy-says-who-after-a-reference": "What stands behind a reference is known after apply.",
}
_SHARE = 57 / 60


@pytest.fixture(scope="module")
def caught(request: pytest.FixtureRequest) -> Mapping[str, Refusal]:
    """How each defect that is asked for was refused: by `validate`, or else by `plan`."""
    items = [cast("pytest.Function", each) for each in request.session.items if each.path == request.path]
    given = [each.callspec.params for each in items if hasattr(each, "callspec")]
    asked = [cast("Defect", each["defect"]) for each in given if "defect" in each]
    # What Terraform itself finds keeps it from looking any further.
    alone = [each for each in asked if each in wiring.DEFECTS]
    found = hunt_alone(alone, *VALIDATE)
    found |= hunt_alone([each for each in alone if each.name not in found], *PLAN)
    together = [each for each in asked if each not in alone]
    found |= hunt(together, *VALIDATE)
    return found | hunt([each for each in together if each.name not in found], *PLAN)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_it_is_refused_by_the_resources_name(defect: Defect, caught: Mapping[str, Refusal]) -> None:
    if defect.name in NOT_CAUGHT:
        assert defect.name not in caught, f"is caught now: {caught[defect.name]}"
    elif defect.name not in caught:
        pytest.fail(f"not refused as {defect.says!r}; Terraform says {refusals([defect], *PLAN)}")


@pytest.mark.parametrize("words", [VALIDATE, PLAN], ids=["validate", "plan"])
def test_production_as_it_is_passes(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert offline(tmp_path, "production").refusals(*words) == ()


def test_nearly_all_are_caught_and_those_that_are_not_are_known() -> None:
    names = [defect.name for defect in DEFECTS]
    assert len(set(names)) == len(names)
    assert set(NOT_CAUGHT) <= set(names)
    assert 1 - len(NOT_CAUGHT) / len(names) >= _SHARE
