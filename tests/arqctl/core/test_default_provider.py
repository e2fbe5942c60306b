from pathlib import Path

import pytest

from arqctl.core.assembly import Stack
from arqctl.core.default_provider import default_region, find_provider, only_account
from arqctl.core.json_access import Json
from arqctl.database.iam_login import find_instances
from arqctl.runbook.databases import find_databases


@pytest.fixture
def stack() -> Stack:
    """A stack whose first provider is not the default one."""
    providers: list[Json] = [
        {"alias": "other", "region": "us-east-1", "allowed_account_ids": ["210987654321"]},
        {"region": "eu-west-1", "allowed_account_ids": ["123456789012"]},
    ]
    database: Json = {"engine": "postgres", "identifier": "ledger"}
    document: dict[str, Json] = {
        "provider": {"aws": providers},
        "resource": {"aws_db_instance": {"ledger": database}},
    }
    return Stack("dev", "dev", Path(), "", document)


def test_the_default_provider_may_follow_others(stack: Stack) -> None:
    assert (default_region(stack), only_account(stack)) == ("eu-west-1", "123456789012")


def test_a_provider_is_found_by_its_alias(stack: Stack) -> None:
    assert find_provider(stack, "other")["region"] == "us-east-1"
    assert find_provider(stack, "missing") == {}


def test_databases_belong_to_the_default_provider(stack: Stack) -> None:
    [instance], [database] = find_instances(stack), find_databases(stack)
    assert (instance.region, database.region, database.account_id) == (
        "eu-west-1",
        "eu-west-1",
        "123456789012",
    )
