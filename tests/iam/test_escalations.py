"""Tests that no known path leads a delivery role or a workload to more permissions."""

from collections.abc import Mapping

import pytest

from tests.iam.escalations import ACCOUNT, Path, allowed_steps, read_paths
from tests.iam.simulator import Principal, Simulator
from tests.iam.statements import allow, document
from tests.iam.synthesized import SynthesizedEnvironment

PATHS = list(read_paths())
EVERYTHING = document(allow("*"))
PRODUCTION = SynthesizedEnvironment("production")


def principals() -> Mapping[str, Principal]:
    """Return the delivery roles, and a role that deploy could create: with all that its boundary allows."""
    found = {name: PRODUCTION.delivery(name) for name in ("plan", "deploy", "publish", "cluster")}
    return found | {
        "workload": Principal(
            arn=f"arn:aws:iam::{ACCOUNT}:role/production/production-r",
            identity=[EVERYTHING],
            boundary=PRODUCTION.workload_boundary,
        )
    }


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_no_path_succeeds(path: Path, simulator: Simulator) -> None:
    succeeds = [
        name for name, principal in principals().items() if all(allowed_steps(simulator, principal, path))
    ]
    assert succeeds == [], path.source


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_an_administrator_could_take_each_path(path: Path, simulator: Simulator) -> None:
    """If not, AWS would refuse the path from everybody, and the other test could not fail."""
    administrator = Principal(arn=f"arn:aws:iam::{ACCOUNT}:role/admin", identity=[EVERYTHING])
    assert all(allowed_steps(simulator, administrator, path))


def test_the_classic_methods_are_complete() -> None:
    classic = [path for path in PATHS if path.name.startswith("classic: ")]
    assert len(classic) == 21
