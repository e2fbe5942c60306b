"""Only approved plans are deployed, and refusals show the difference from the review."""

import json
from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.deploy.approval import Approval
from arqctl.plan.model import Plan
from arqctl.plan.parser import read_plan
from arqctl.review.builder import StackInput, build_review
from arqctl.review.document import to_json
from tests.arqctl.terraform.fake_terraform import FakeTerraform, changed
from tests.arqctl.terraform.local_project import LocalProject

DATABASE = {"engine": "postgres", "skip_final_snapshot": False, "id": "ledger"}


@pytest.fixture
def dev(local_project: LocalProject) -> LocalProject:
    local_project.write_stacks(dev="one")
    return local_project


def approve_plans(local_project: LocalProject, *environments: str) -> tuple[str, ...]:
    """Plan and review environments; return the options that deploy the plans."""
    local_project.plan_fingerprints(*environments, "--out-dir", "plans")
    subjects = [
        StackInput(read_plan(file.read_text(), stack=file.stem, environment=file.stem, paths={}))
        for file in sorted((local_project.root / "plans").glob("*.json"))
    ]
    review = build_review(subjects)
    local_project.project.write("review.json", to_json(review))
    return ("--approve", review.fingerprint, "--review-file", "review.json")


def test_an_approved_plan_is_deployed(dev: LocalProject) -> None:
    options = approve_plans(dev, "dev")
    assert dev.deploy("dev", *options)[::2] == (0, "")
    assert dev.deployed_value("dev") == "one"


def test_a_refusal_lists_the_differences_from_the_review(dev: LocalProject) -> None:
    options = approve_plans(dev, "dev")
    dev.write_stacks(dev="two")
    code, _, stderr = dev.deploy("dev", *options)
    assert code == 4
    assert "\n    create terraform_data.main with different input\n" in stderr
    assert dev.deployed_value("dev") is None


def test_a_lost_protection_is_refused_although_the_fingerprint_is_equal(
    dev: LocalProject, terraform: FakeTerraform
) -> None:
    terraform.set_resource_changes(changed("aws_db_instance.main", "delete", before=DATABASE))
    options = approve_plans(dev, "dev")
    before = terraform.fingerprint("dev")
    assert dev.deploy("dev", *options)[0] == 0

    terraform.set_resource_changes(
        changed("aws_db_instance.main", "delete", before={**DATABASE, "skip_final_snapshot": True})
    )
    assert terraform.fingerprint("dev") == before
    applied = terraform.commands.count("dev apply")
    code, _, stderr = dev.deploy("dev", *options)
    assert code == 4
    assert stderr.startswith(
        "Refused: The plan of dev has dangers that the review does not contain:\n    aws_db_instance"
    )
    assert terraform.commands.count("dev apply") == applied


def test_a_refusal_contains_new_dangers(dev: LocalProject, terraform: FakeTerraform) -> None:
    options = approve_plans(dev, "dev")
    terraform.set_resource_changes(
        changed("aws_db_instance.main", "delete", "create", before=DATABASE, after=DATABASE)
    )
    code, _, stderr = dev.deploy("dev", *options)
    assert code == 4
    assert "replace aws_db_instance.main, but the review has create" in stderr
    assert "    replace aws_db_instance.main: " in stderr
    assert "(new)" in stderr


def test_a_refusal_contains_no_secret(dev: LocalProject, terraform: FakeTerraform) -> None:
    terraform.set_resource_changes(
        changed("aws_db_instance.main", "create", after={"password": "hunter2-and-3"})
    )
    options = approve_plans(dev, "dev")
    terraform.set_resource_changes(
        changed("aws_db_instance.main", "create", after={"password": "correct-horse-battery"})
    )
    code, stdout, stderr = dev.deploy("dev", *options)
    assert code == 4
    assert not any(secret in stdout + stderr for secret in ("hunter2", "correct-horse"))


def test_a_reviewed_stack_without_its_own_fingerprint_is_refused(dev: LocalProject) -> None:
    dev.write_stacks(dev="one", staging="two")
    approve_plans(dev, "dev", "staging")
    staging = dev.plan_fingerprints("staging")[0]
    code, _, stderr = dev.deploy("dev", "--approve", staging, "--review-file", "review.json")
    assert code == 4
    assert "the review contains it, but --approve does not" in stderr


def test_a_refusal_names_every_stack_that_differs(dev: LocalProject) -> None:
    dev.write_stacks(dev="one", dev_platform="two")
    dev.set_dependency("dev-platform", "dev")
    code, _, stderr = dev.deploy("dev", "--approve", "0123456789abcdef0123456789abcdef")
    assert code == 4
    assert "The plan of dev differs from the approved one" in stderr
    assert "The plan of dev-platform differs from the approved one" in stderr


def test_all_dangers_of_an_unreviewed_stack_are_new(dev: LocalProject, terraform: FakeTerraform) -> None:
    dev.write_stacks(staging="one")
    options = approve_plans(dev, "staging")
    terraform.set_resource_changes(changed("aws_db_instance.main", "delete", before=DATABASE))
    code, _, stderr = dev.deploy("dev", *options)
    assert code == 4
    assert "The plan of dev has dangers that the review does not contain:" in stderr
    assert "(new)" in stderr


def test_the_file_of_another_review_is_rejected_before_planning(dev: LocalProject) -> None:
    approve_plans(dev, "dev")
    options = ("--approve", "0123456789abcdef0123456789abcdef", "--review-file", "review.json")
    code, stdout, stderr = dev.deploy("dev", *options)
    assert (code, stdout) == (2, "")
    assert "review.json: contains " in stderr
    assert "but not 0123456789abcdef0123456789abcdef" in stderr


@pytest.mark.parametrize(
    "partial",
    [Plan("dev", "dev", "1.11.4", is_errored=True), Plan("dev", "dev", "1.11.4", is_complete=False)],
)
def test_a_partial_review_approves_nothing(partial: Plan, tmp_path: Path) -> None:
    review = build_review([StackInput(partial), StackInput(Plan("prod", "prod", "1.11.4"))])
    file = tmp_path / "review.json"
    file.write_text(to_json(review))
    with pytest.raises(InputError, match=r"review\.json: has an incomplete plan of dev"):
        Approval.parse([review.fingerprint], file)


def test_a_review_file_requires_an_approval(dev: LocalProject) -> None:
    approve_plans(dev, "dev")
    code, _, stderr = dev.deploy("dev", "--review-file", "review.json")
    assert code == 2
    assert "--review-file: requires --approve" in stderr


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"stacks": 3, "fingerprint": "x"}), "\udc80"])
def test_an_invalid_review_file_is_rejected(text: str, tmp_path: Path) -> None:
    file = tmp_path / "review.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match=r"review\.json"):
        Approval.parse(["0123456789abcdef0123456789abcdef"], file)


def test_all_invalid_fingerprints_are_listed() -> None:
    with pytest.raises(InputError) as caught:
        Approval.parse(
            [
                "0123456789abcdef0123456789abcdef",
                "0123456789ABCDEF0123456789ABCDEF",
                "012",
                "0123456789abcdef0123456789abcdef0",
            ],
            None,
        )
    assert [problem.what for problem in caught.value.problems] == [
        "must be 32 hexadecimal digits, got '0123456789ABCDEF0123456789ABCDEF'",
        "must be 32 hexadecimal digits, got '012'",
        "must be 32 hexadecimal digits, got '0123456789abcdef0123456789abcdef0'",
    ]


def test_a_missing_review_file_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        Approval.parse(["0123456789abcdef0123456789abcdef"], tmp_path / "none.json")
