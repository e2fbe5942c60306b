"""Charges of AWS in a month, from Cost Explorer or from a file with its answer."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from arqctl.core.aws_api import AwsApi
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Body, Json, as_list, as_object, as_text

BILLING_REGION: Final = "us-east-1"
# As the budget of an account: costs of savings plans are spread over their term.
_METRIC: Final = "AmortizedCost"
_EXCLUDED: Final[list[Json]] = ["Credit", "Refund", "Support", "Tax"]
_PAGES: Final = 100
_FIX: Final = "Write the answer of `aws ce get-cost-and-usage` of docs/cost.md#bill to the file"


@dataclass(frozen=True)
class Month:
    """A calendar month."""

    start: date

    @property
    def end(self) -> date:
        """The first day of the next month."""
        return (self.start.replace(day=1) + timedelta(days=32)).replace(day=1)

    def __str__(self) -> str:
        return self.start.strftime("%Y-%m")


def last_month(today: date) -> Month:
    """Return the last month that has ended."""
    return Month((today.replace(day=1) - timedelta(days=1)).replace(day=1))


def parse_month(text: str, today: date) -> Month:
    """Return the month of a text such as `2026-10`.

    Raises:
        InputError: if it is no month, or has not begun.
    """
    try:
        month = Month(date.fromisoformat(f"{text}-01"))
    except ValueError as error:
        raise InputError([Problem(f"--month {text}", "is not a month", "Write it like 2026-10")]) from error
    if month.start > today:
        fix = f"Choose {last_month(today)} or an earlier one"
        raise InputError([Problem(f"--month {text}", "has not begun", fix)])
    return month


def query_bill(api: AwsApi, month: Month, account: str) -> Mapping[str, Decimal]:
    """Return the cost of each service in an account in US dollars, without tax, support, credits and refunds.

    The management account of an organization sees the costs of all accounts, so the query names one.

    Raises:
        AwsError: when AWS rejects the call or can't be reached.
    """
    parameters: Body = {
        "TimePeriod": {"Start": month.start.isoformat(), "End": month.end.isoformat()},
        "Granularity": "MONTHLY",
        "Metrics": [_METRIC],
        "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}],
        "Filter": {
            "And": [
                {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": [account]}},
                {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": _EXCLUDED}}},
            ]
        },
    }
    results: list[Json] = []
    for _ in range(_PAGES):
        answer = api.call("ce", "get_cost_and_usage", BILLING_REGION, **parameters)
        results += as_list(answer.get("ResultsByTime"))
        token = as_text(answer.get("NextPageToken"))
        if not token:
            break
        parameters["NextPageToken"] = token
    return _by_service({"ResultsByTime": results})


def read_bill(file: Path) -> Mapping[str, Decimal]:
    """Return the cost of each service from a file with Cost Explorer's answer.

    Raises:
        InputError: if it is another file.
    """
    try:
        document: Json = json.loads(file.read_text(encoding="utf-8"))
        bill = _by_service(as_object(document))
    except (OSError, ValueError, InvalidOperation) as error:
        raise InputError([Problem(str(file), f"is not an answer of Cost Explorer: {error}", _FIX)]) from error
    if not bill:
        raise InputError([Problem(str(file), "has no costs by service", _FIX)])
    return bill


def _by_service(answer: Body) -> Mapping[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for result in map(as_object, as_list(answer.get("ResultsByTime"))):
        for group in map(as_object, as_list(result.get("Groups"))):
            keys = as_list(group.get("Keys"))
            amount = as_object(as_object(group.get("Metrics")).get(_METRIC)).get("Amount")
            sums[as_text(keys[0]) if keys else ""] += Decimal(str(amount))
    return {name: round(amount, 2) for name, amount in sums.items()}
