"""Tests that no known path leads a delivery role or a workload to more permissions."""

from collections.abc import Mapping

import pytest

from tests.iam.escalations import ACCOUNT, Path, allowed_steps, read_paths
from tests.iam.simulator import Principal, Simulator
from tests.iam.statements import allow, document
from tests.iam.synthesized import SynthesizedEnvironment

PATHS = list(read_paths())
EVERYTHING = document(allow("*"))
# CodeBuild registers the runner with the token. The connection's ARN in `synthesized` has the old prefix.
RUNNER_USE = "services: token of the repository, old prefix"
PRODUCTION = SynthesizedEnvironment("production")


def principals() -> Mapping[str, Principal]:
    """Return the roles of the account stack, and roles that deploy could create."""
    found = {name: PRODUCTION.delivery(name) for name in ("plan", "deploy", "publish", "cluster", "audit")}
    return found | {
        "runner": PRODUCTION.runner("production-delivery-runner"),
        "runner of the standby": PRODUCTION.runner("production-standby-delivery-runner"),
        "workload": workload("production-r"),
        "workload with a runner's name": workload("production-delivery-runner"),
        "workload with another runner's name": workload("production-x-runner-role-1"),
    }


def workload(name: str) -> Principal:
    """Return a role with all that its boundary allows."""
    return Principal(
        arn=f"arn:aws:iam::{ACCOUNT}:role/production/{name}",
        identity=[EVERYTHING],
        boundary=PRODUCTION.workload_boundary,
    )


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_no_path_succeeds(path: Path, simulator: Simulator) -> None:
    succeeds = [
        name for name, principal in principals().items() if all(allowed_steps(simulator, principal, path))
    ]
    assert succeeds == (["runner"] if path.name == RUNNER_USE else []), path.source


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_an_administrator_could_take_each_path(path: Path, simulator: Simulator) -> None:
    """If not, AWS would refuse the path from everybody, and the other test could not fail."""
    administrator = Principal(arn=f"arn:aws:iam::{ACCOUNT}:role/admin", identity=[EVERYTHING])
    assert all(allowed_steps(simulator, administrator, path))


def test_the_classic_methods_are_complete() -> None:
    classic = [path for path in PATHS if path.name.startswith("classic: ")]
    assert len(classic) == 21
