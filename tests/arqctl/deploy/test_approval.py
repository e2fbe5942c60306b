"""A deployment is held against the review that it names."""

import json
from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.deploy.approval import Approval
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


def reviewed(local_project: LocalProject, *environments: str) -> tuple[str, ...]:
    """Plan and review: the words by which that is deployed."""
    local_project.plan_fingerprints(*environments, "--out-dir", "plans")
    subjects = [
        StackInput(read_plan(file.read_text(), stack=file.stem, environment=file.stem, paths={}))
        for file in sorted((local_project.root / "plans").glob("*.json"))
    ]
    review = build_review(subjects)
    local_project.project.write("review.json", to_json(review))
    return ("--approve", review.fingerprint, "--review-file", "review.json")


def test_what_is_as_in_the_review_is_deployed(dev: LocalProject) -> None:
    words = reviewed(dev, "dev")
    assert dev.deploy("dev", *words)[::2] == (0, "")
    assert dev.deployed_value("dev") == "one"


def test_what_differs_from_the_review_is_named(dev: LocalProject) -> None:
    words = reviewed(dev, "dev")
    dev.write_stacks(dev="two")
    code, _, stderr = dev.deploy("dev", *words)
    assert code == 4
    assert "\n    create terraform_data.main with another input\n" in stderr
    assert dev.deployed_value("dev") is None


def test_a_danger_that_grew_is_refused_though_the_fingerprint_is_the_same(
    dev: LocalProject, terraform: FakeTerraform
) -> None:
    terraform.set_resource_changes(changed("aws_db_instance.main", "delete", before=DATABASE))
    words = reviewed(dev, "dev")
    before = terraform.fingerprint("dev")
    assert dev.deploy("dev", *words)[0] == 0

    terraform.set_resource_changes(
        changed("aws_db_instance.main", "delete", before={**DATABASE, "skip_final_snapshot": True})
    )
    assert terraform.fingerprint("dev") == before
    applied = terraform.commands.count("dev apply")
    code, _, stderr = dev.deploy("dev", *words)
    assert code == 4
    assert stderr.startswith("Refused: dev is more dangerous than what was reviewed:\n    aws_db_instance")
    assert terraform.commands.count("dev apply") == applied


def test_a_new_danger_stands_in_the_refusal(dev: LocalProject, terraform: FakeTerraform) -> None:
    words = reviewed(dev, "dev")
    terraform.set_resource_changes(
        changed("aws_db_instance.main", "delete", "create", before=DATABASE, after=DATABASE)
    )
    code, _, stderr = dev.deploy("dev", *words)
    assert code == 4
    assert "replace aws_db_instance.main, and reviewed was create" in stderr
    assert "    replace aws_db_instance.main: " in stderr
    assert "(new)" in stderr


def test_no_secret_is_told(dev: LocalProject, terraform: FakeTerraform) -> None:
    terraform.set_resource_changes(
        changed("aws_db_instance.main", "create", after={"password": "hunter2-and-3"})
    )
    words = reviewed(dev, "dev")
    terraform.set_resource_changes(
        changed("aws_db_instance.main", "create", after={"password": "correct-horse-battery"})
    )
    code, stdout, stderr = dev.deploy("dev", *words)
    assert code == 4
    assert not any(secret in stdout + stderr for secret in ("hunter2", "correct-horse"))


def test_a_stack_of_the_review_that_was_not_approved_is_refused(dev: LocalProject) -> None:
    dev.write_stacks(dev="one", staging="two")
    reviewed(dev, "dev", "staging")
    staging = dev.plan_fingerprints("staging")[0]
    code, _, stderr = dev.deploy("dev", "--approve", staging, "--review-file", "review.json")
    assert code == 4
    assert "it is in the review, but not among what was approved" in stderr


def test_every_stack_that_differs_is_named(dev: LocalProject) -> None:
    dev.write_stacks(dev="one", dev_platform="two")
    dev.set_dependency("dev-platform", "dev")
    code, _, stderr = dev.deploy("dev", "--approve", "0123456789abcdef0123456789abcdef")
    assert code == 4
    assert "dev's plan isn't what was reviewed" in stderr
    assert "dev-platform's plan isn't what was reviewed" in stderr


def test_of_a_stack_that_the_review_lacks_every_danger_is_new(
    dev: LocalProject, terraform: FakeTerraform
) -> None:
    dev.write_stacks(staging="one")
    words = reviewed(dev, "staging")
    terraform.set_resource_changes(changed("aws_db_instance.main", "delete", before=DATABASE))
    code, _, stderr = dev.deploy("dev", *words)
    assert code == 4
    assert "dev is more dangerous than what was reviewed:" in stderr
    assert "(new)" in stderr


def test_another_review_is_refused_before_anything_is_planned(dev: LocalProject) -> None:
    reviewed(dev, "dev")
    words = ("--approve", "0123456789abcdef0123456789abcdef", "--review-file", "review.json")
    code, stdout, stderr = dev.deploy("dev", *words)
    assert (code, stdout) == (2, "")
    assert "review.json: is the review of" in stderr
    assert "not of 0123456789abcdef0123456789abcdef" in stderr


def test_a_review_alone_approves_nothing(dev: LocalProject) -> None:
    reviewed(dev, "dev")
    code, _, stderr = dev.deploy("dev", "--review-file", "review.json")
    assert code == 2
    assert "Add --reviewed" in stderr


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"stacks": 3, "fingerprint": "x"}), "\udc80"])
def test_what_is_no_review_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "review.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match=r"review\.json"):
        Approval.parse(["0123456789abcdef0123456789abcdef"], file)


def test_every_wrong_fingerprint_is_named() -> None:
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


def test_a_missing_review_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        Approval.parse(["0123456789abcdef0123456789abcdef"], tmp_path / "none.json")
