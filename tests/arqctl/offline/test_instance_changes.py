"""Creations that change one RDS instance at the same time."""

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.checks import Resource
from arqctl.offline.aws.instance_changes import changed_instance
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.diagnostic import Diagnostic
from tests.arqctl.offline.offline_stacks import Document, OfflineStack, prepare_environment

APPLY, LATER_APPLY = 101, 102
ACCOUNT = Account()
OTHER_REGION = Account(region="eu-central-1")
REPLICA = Resource("aws_db_instance", {"replicate_source_db": "ledger"}, ACCOUNT)
COPY = Resource(
    "aws_db_instance_automated_backups_replication",
    {"source_db_instance_arn": "arn:aws:rds:eu-west-1:111122223333:db:ledger"},
    OTHER_REGION,
)
TARGET = Resource("aws_db_proxy_target", {"db_instance_identifier": "ledger"}, ACCOUNT)
PRIMARY = Resource("aws_db_instance", {"identifier": "ledger"}, ACCOUNT)


def problem_during(
    first: Resource, second: Resource, one: ResourceStore, other: ResourceStore
) -> Diagnostic | None:
    """Return the problem of the second creation while the first one is in progress."""
    started, done = threading.Event(), threading.Event()

    def hold() -> None:
        started.set()
        done.wait(10)

    def create_first() -> None:
        with changed_instance(first, one, apply=APPLY, hold=hold) as problem:
            assert problem is None

    thread = threading.Thread(target=create_first)
    thread.start()
    assert started.wait(10)
    with changed_instance(second, other, apply=APPLY, hold=lambda: None) as problem:
        found = problem
    done.set()
    thread.join()
    return found


@pytest.mark.parametrize("second", [REPLICA, COPY, TARGET])
@pytest.mark.parametrize("first", [REPLICA, COPY])
def test_a_second_change_of_an_instance_is_rejected(
    first: Resource, second: Resource, tmp_path: Path
) -> None:
    # Two stores on one file: each provider configuration is a process of its own.
    problem = problem_during(first, second, ResourceStore(tmp_path / "db"), ResourceStore(tmp_path / "db"))
    assert problem is not None
    assert "InvalidDBInstanceState" in problem.detail
    assert first.type in problem.detail


@pytest.mark.parametrize(
    "second", [PRIMARY, Resource("aws_db_instance", {"replicate_source_db": "orders"}, ACCOUNT)]
)
def test_a_change_of_another_instance_is_accepted(second: Resource) -> None:
    store = ResourceStore()
    assert problem_during(COPY, second, store, store) is None


def test_a_change_after_another_is_accepted() -> None:
    store = ResourceStore()
    for resource in (REPLICA, REPLICA, COPY):
        with changed_instance(resource, store, apply=APPLY, hold=lambda: None) as problem:
            assert problem is None


@pytest.mark.parametrize("later", [REPLICA, TARGET, COPY])
def test_a_change_after_a_copy_of_backups_is_rejected_in_the_same_apply(
    later: Resource, tmp_path: Path
) -> None:
    one, other = ResourceStore(tmp_path / "db"), ResourceStore(tmp_path / "db")
    with changed_instance(COPY, one, apply=APPLY, hold=lambda: None) as problem:
        assert problem is None
    with changed_instance(later, other, apply=APPLY, hold=lambda: None) as problem:
        assert problem is not None
        assert "Create the aws_db_instance_automated_backups_replication last" in problem.detail
    with changed_instance(later, other, apply=LATER_APPLY, hold=lambda: None) as problem:
        assert problem is None


def test_a_failed_creation_releases_the_instance() -> None:
    store = ResourceStore()
    with pytest.raises(RuntimeError), changed_instance(REPLICA, store, apply=APPLY):
        raise RuntimeError
    with changed_instance(COPY, store, apply=APPLY, hold=lambda: None) as problem:
        assert problem is None


def only_a_database(
    document: Document, *, copy_depends_on: Sequence[str] = (), replica_depends_on: Sequence[str] = ()
) -> None:
    """Replace the resources by an instance, a replica and a copy of backups in another region."""
    instance = {
        "identifier": "ledger",
        "engine": "postgres",
        "instance_class": "db.t4g.medium",
        "allocated_storage": 20,
        "username": "dba",
        "password": "random-password",
        "skip_final_snapshot": True,
    }
    replica = {
        "identifier": "ledger-reports",
        "replicate_source_db": "${aws_db_instance.ledger.identifier}",
        "instance_class": "db.t4g.medium",
        "skip_final_snapshot": True,
        "depends_on": list(replica_depends_on),
    }
    copy = {
        "source_db_instance_arn": "${aws_db_instance.ledger.arn}",
        "provider": "aws.eu-central-1",
        "depends_on": list(copy_depends_on),
    }
    document["resource"] = {
        "aws_db_instance": {"ledger": instance, "reports": replica},
        "aws_db_instance_automated_backups_replication": {"copy": copy},
    }
    for kind in ("data", "import", "output", "moved"):
        document.pop(kind, None)


@pytest.fixture
def stack(tmp_path: Path) -> OfflineStack:
    return prepare_environment(tmp_path, "production")


@pytest.mark.slow
def test_terraform_fails_if_the_replica_and_the_copy_are_not_ordered(stack: OfflineStack) -> None:
    stack.change(only_a_database)
    applied = stack.terraform("apply", "-input=false", "-no-color", "-auto-approve")
    assert applied.returncode == 1
    assert "Database instance is not available" in applied.stderr


@pytest.mark.slow
def test_terraform_fails_if_the_replica_follows_the_copy(stack: OfflineStack) -> None:
    copy = "aws_db_instance_automated_backups_replication.copy"
    stack.change(lambda document: only_a_database(document, replica_depends_on=[copy]))
    applied = stack.terraform("apply", "-input=false", "-no-color", "-auto-approve")
    assert applied.returncode == 1
    assert "Database instance is not available" in applied.stderr
    # The next apply finds the instance available.
    stack.apply()


@pytest.mark.slow
def test_terraform_succeeds_if_the_copy_follows_the_replica(stack: OfflineStack) -> None:
    stack.change(lambda document: only_a_database(document, copy_depends_on=["aws_db_instance.reports"]))
    stack.apply()
