"""`arqctl bill` compares Cost Explorer's answer with the estimate by service, and fails closed."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from arqctl.core.aws_api import AwsApi
from arqctl.core.errors import InputError
from arqctl.cost.bill import last_month, parse_month, query_bill, read_bill
from arqctl.cost.bill_comparison import ServiceCost, compare_bill, service_of, total
from arqctl.cost.estimate import estimate
from tests.arqctl.command_line import run
from tests.arqctl.cost.priced_stacks import ENVIRONMENTS, estimate_environment, resource
from tests.arqctl.doctor.aws.aws_account import ACCOUNT, StubbedAws
from tests.arqctl.projects import Project

TODAY = date(2026, 11, 30)
KMS = "AWS Key Management Service"
EXCLUDED = ("Credit", "Refund", "Support", "Tax")


def answer(**services: str) -> dict[str, Any]:
    groups = [
        {"Keys": [name], "Metrics": {"AmortizedCost": {"Amount": amount, "Unit": "USD"}}}
        for name, amount in services.items()
    ]
    return {"ResultsByTime": [{"TimePeriod": {"Start": "2026-10-01", "End": "2026-11-01"}, "Groups": groups}]}


def write(folder: Path, document: object) -> Path:
    file = folder / "bill.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return file


def test_months_have_their_last_day() -> None:
    assert str(last_month(TODAY)) == "2026-10"
    assert str(last_month(date(2026, 1, 5))) == "2025-12"
    assert parse_month("2026-12", date(2026, 12, 2)).end == date(2027, 1, 1)


@pytest.mark.parametrize("text", ["2026-13", "october", "2026-10-01", "2027-01", ""])
def test_other_months_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="--month"):
        parse_month(text, TODAY)


def query(account: str) -> dict[str, Any]:
    return {
        "TimePeriod": {"Start": "2026-10-01", "End": "2026-11-01"},
        "Granularity": "MONTHLY",
        "Metrics": ["AmortizedCost"],
        "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}],
        "Filter": {
            "And": [
                {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": [account]}},
                {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": [*EXCLUDED]}}},
            ]
        },
    }


def test_pages_of_cost_explorer_are_added_for_one_account() -> None:
    aws = StubbedAws()
    first = {**answer(**{KMS: "1.005"}), "NextPageToken": "x"}
    aws.answer("ce", "get_cost_and_usage", first, region="us-east-1", **query(ACCOUNT))
    second = answer(**{KMS: "2", "Tax": "1"})
    aws.answer("ce", "get_cost_and_usage", second, region="us-east-1", **query(ACCOUNT), NextPageToken="x")
    found = query_bill(aws.api, parse_month("2026-10", TODAY), ACCOUNT)
    assert found == {KMS: Decimal("3.00"), "Tax": Decimal("1.00")}


@pytest.mark.parametrize(
    "document",
    ["{", {}, {"ResultsByTime": []}, answer(**{KMS: "much"}), {"ResultsByTime": [{"Groups": [{}]}]}],
)
def test_other_files_are_refused(tmp_path: Path, document: object) -> None:
    with pytest.raises(InputError, match=r"bill\.json"):
        read_bill(write(tmp_path, document))


def test_services_are_compared_and_the_largest_difference_is_first() -> None:
    costs = estimate([resource("aws_kms_key"), resource("aws_nat_gateway")])
    rows = compare_bill(costs, {KMS: Decimal(30), "Amazon Bedrock": Decimal(5)})
    assert [(each.service, each.difference, each.is_close) for each in rows] == [
        ("EC2 - Other", Decimal("-35.04"), False),
        (KMS, Decimal("29.00"), False),
        ("Amazon Bedrock", Decimal("5.00"), True),
    ]
    assert total(rows) == ServiceCost("all services", Decimal("36.04"), Decimal(35))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_each_estimated_item_has_a_service_of_cost_explorer(environment: str) -> None:
    items = {part.item for cost in estimate_environment(environment).resources for part in cost.components}
    assert {item for item in items if service_of(item) == item.partition("/")[0]} == set()


@pytest.fixture
def project(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    providers = {"aws": [{"region": "eu-west-1", "allowed_account_ids": [ACCOUNT]}]}
    project.stack("dev", {"aws_kms_key": {str(number): {} for number in range(100)}}, provider=providers)
    monkeypatch.chdir(project.root)
    return project


@pytest.mark.parametrize(("amount", "code"), [("103", 0), ("120", 0), ("150", 4), ("50", 4)])
def test_the_command_fails_above_a_fifth(
    project: Project, capsys: pytest.CaptureFixture[str], amount: str, code: int
) -> None:
    file = write(project.root, answer(**{KMS: amount}))
    found, out, _ = run(
        capsys,
        "bill",
        "dev",
        "--from",
        "cdktf.out",
        "--data",
        str(file),
        "--format",
        "markdown",
        "--month",
        "2026-10",
    )
    assert found == code
    assert out.startswith(f"### dev in 2026-10: ${amount}.00 charged, $103.00 estimated")
    assert ("look at it" in out) is (code == 4)


@pytest.mark.usefixtures("project")
def test_text_has_the_same_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path, answer(**{KMS: "103"}))
    code, out, _ = run(capsys, "bill", "dev", "--from", "cdktf.out", "--data", str(file))
    assert code == 0
    assert KMS in out


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> StubbedAws:
    stubbed = StubbedAws()
    monkeypatch.setattr(AwsApi, "connect", classmethod(lambda _: stubbed.api))
    return stubbed


def bill_of_october(capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    return run(capsys, "bill", "dev", "--from", "cdktf.out", "--month", "2026-10")


@pytest.mark.usefixtures("project")
def test_the_bill_of_the_environments_account_is_queried(
    aws: StubbedAws, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.answer("sts", "get_caller_identity", {"Account": ACCOUNT}, region="us-east-1")
    found = answer(**{KMS: "103"})
    aws.answer("ce", "get_cost_and_usage", found, region="us-east-1", **query(ACCOUNT))
    code, out, _ = bill_of_october(capsys)
    assert (code, out.startswith("dev in 2026-10: $103.00 charged")) == (0, True)


@pytest.mark.usefixtures("project")
def test_credentials_of_another_account_are_refused_before_a_query(
    aws: StubbedAws, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.answer("sts", "get_caller_identity", {"Account": "999999999999"}, region="us-east-1")
    code, _, error = bill_of_october(capsys)
    assert (code, "the credentials are of 999999999999" in error) == (2, True)
