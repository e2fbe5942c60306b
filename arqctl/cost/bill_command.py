"""The `arqctl bill` command."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from arqctl.core.assembly import Stack, read_assembly, select_stacks
from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.cli_options import Environment, From, Output, open_assembly, write_output
from arqctl.core.default_provider import only_account
from arqctl.core.errors import ExitCode, InputError, Problem
from arqctl.core.named_resource import require_account
from arqctl.core.progress import progress
from arqctl.cost.bill import BILLING_REGION, Month, last_month, parse_month, query_bill, read_bill
from arqctl.cost.bill_comparison import compare_bill, total
from arqctl.cost.bill_report import render_bill_markdown, render_bill_text
from arqctl.cost.budget import estimate_stacks

_PERMISSION = "Allow ce:GetCostAndUsage, and turn on Cost Explorer in the account or its management account"


class Format(StrEnum):
    """Output format."""

    TEXT = "text"
    MARKDOWN = "markdown"


def bill(
    environment: Environment,
    *,
    month: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="Month; default: the last.")] = None,
    data: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Read Cost Explorer's answer from this file; query nothing."),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="Output format.")] = Format.TEXT,
    output: Output = None,
    source: From = None,
) -> None:
    """Compare what AWS charged for an environment's account in a month with the estimate, by service.

    The credentials must be of that account. One query costs $0.01. It needs the extra `arqctl[aws]`.

    Exit codes: 0 within 20 % of the estimate, 4 more than 20 % apart, 2 invalid input or a failed query,
    1 internal error.

    Example: arqctl bill production --month 2026-10
    """
    today = datetime.now(UTC).date()
    chosen = last_month(today) if month is None else parse_month(month, today)
    with progress() as on_progress, open_assembly(source, on_progress) as folder:
        stacks = select_stacks(read_assembly(folder), environment)
    costs = estimate_stacks(stacks)
    try:
        charged = read_bill(data) if data else _query(environment, stacks, chosen)
    except AwsError as error:
        raise InputError([Problem("Cost Explorer", str(error), error.fix or _PERMISSION)]) from error
    rows = compare_bill(costs, charged)
    render = render_bill_markdown if format_ is Format.MARKDOWN else render_bill_text
    write_output(render(environment, chosen, rows), output)
    if not total(rows).is_close:
        raise typer.Exit(ExitCode.VIOLATION)


def _query(environment: str, stacks: Sequence[Stack], month: Month) -> Mapping[str, Decimal]:
    api, accounts = AwsApi.connect(), frozenset(map(only_account, stacks))
    account = require_account(api, environment, region=BILLING_REGION, accounts=accounts)
    return query_bill(api, month, account)
