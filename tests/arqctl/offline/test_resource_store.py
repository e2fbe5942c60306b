import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.values import UNKNOWN

HERE = Account("210987654321", "eu-west-1")
THERE = Account("210987654321", "us-east-1")


def counted_id(number: int) -> str:
    return f"vpc-{number}"


def fixed_id(_: int) -> str:
    return "logs"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "account.sqlite"


def test_equal_resources_get_different_ordinals_across_runs(path: Path) -> None:
    first = ResourceStore(path)
    assert [first.reserve(HERE, "aws_vpc", counted_id) for _ in range(2)] == [0, 1]
    first.close()
    assert ResourceStore(path).reserve(HERE, "aws_vpc", counted_id) == 2


def test_the_ordinal_of_a_deleted_resource_is_reused() -> None:
    store = ResourceStore()
    store.reserve(HERE, "aws_vpc", counted_id)
    store.remove(HERE, "aws_vpc", "vpc-0")
    assert store.reserve(HERE, "aws_vpc", counted_id) == 0


def test_ids_from_arguments_always_have_ordinal_zero() -> None:
    store = ResourceStore()
    assert [store.reserve(HERE, "aws_s3_bucket", fixed_id) for _ in range(3)] == [0, 0, 0]


def test_a_resource_is_found_from_any_region_and_listed_in_its_own() -> None:
    store = ResourceStore()
    store.save(THERE, "aws_acm_certificate", "c-1", {"domain_name": "a.example"})
    found = store.find(HERE, "aws_acm_certificate", "c-1")
    assert found
    assert (found.region, found.state["domain_name"]) == ("us-east-1", "a.example")
    assert store.list_resources(HERE, "aws_acm_certificate") == []
    assert [each.id for each in store.list_resources(THERE, "aws_acm_certificate")] == ["c-1"]


def test_a_reserved_resource_is_not_found() -> None:
    store = ResourceStore()
    store.reserve(HERE, "aws_vpc", counted_id)
    assert store.find(HERE, "aws_vpc", "vpc-0") is None
    assert store.list_resources(HERE, "aws_vpc") == []


def test_numbers_keep_their_type() -> None:
    store = ResourceStore()
    store.save(HERE, "aws_vpc", "vpc-0", {"whole": Decimal(7), "part": Decimal("1.5")})
    found = store.find(HERE, "aws_vpc", "vpc-0")
    assert found
    assert found.state == {"whole": 7, "part": 1.5}


def test_a_name_is_taken_by_a_resource_of_this_process_or_in_state(path: Path) -> None:
    store, arguments = ResourceStore(path), {"bucket": "logs"}
    store.save(HERE, "aws_s3_bucket", "logs", arguments)
    assert store.find_by_arguments(HERE, "aws_s3_bucket", arguments, everywhere=True)
    store.mark_in_state(HERE, "aws_s3_bucket", "logs", arguments)
    assert ResourceStore(path).find_by_arguments(THERE, "aws_s3_bucket", arguments, everywhere=True)
    assert not ResourceStore(path).find_by_arguments(THERE, "aws_s3_bucket", arguments, everywhere=False)


def test_a_name_is_not_taken_by_a_resource_of_a_killed_apply(path: Path) -> None:
    killed_store, arguments = ResourceStore(path), {"bucket": "logs"}
    killed_store.reserve(HERE, "aws_s3_bucket", fixed_id)
    killed_store.save(HERE, "aws_s3_bucket", "logs", arguments)
    next_store = ResourceStore(path)
    assert next_store.find_by_arguments(HERE, "aws_s3_bucket", arguments, everywhere=True) is None
    next_store.reserve(HERE, "aws_s3_bucket", fixed_id)
    next_store.save(HERE, "aws_s3_bucket", "logs", {**arguments, "force_destroy": True})
    found = next_store.find(HERE, "aws_s3_bucket", "logs")
    assert found
    assert found.state["force_destroy"] is True


def test_an_unknown_value_is_rejected_and_the_store_stays_usable() -> None:
    store = ResourceStore()
    with pytest.raises(TypeError, match="is unknown"):
        store.save(HERE, "aws_vpc", "vpc-0", {"id": UNKNOWN})
    store.save(HERE, "aws_vpc", "vpc-0", {"id": "vpc-0"})


def test_threads_get_unique_ordinals(path: Path) -> None:
    store = ResourceStore(path)
    with ThreadPoolExecutor(16) as pool:
        ordinals = list(pool.map(lambda _: store.reserve(HERE, "aws_vpc", counted_id), range(200)))
    assert sorted(ordinals) == list(range(200))


def test_processes_get_unique_ordinals(path: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from arqctl.offline.aws.account import Account\n"
        "from arqctl.offline.aws.resource_store import ResourceStore\n"
        "store = ResourceStore(Path(sys.argv[1]))\n"
        "for _ in range(50):\n"
        "    print(store.reserve(Account('210987654321', 'eu-west-1'), 'aws_vpc', lambda n: f'vpc-{n}'))\n"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    ordinals = [int(line) for each in processes for line in each.communicate(timeout=60)[0].splitlines()]
    assert [each.returncode for each in processes] == [0] * 4
    assert sorted(ordinals) == list(range(200))


def test_a_process_killed_in_a_transaction_leaves_the_store_intact(path: Path) -> None:
    ResourceStore(path).save(HERE, "aws_vpc", "vpc-0", {"id": "vpc-0"})
    program = (
        "import os, signal, sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute('begin immediate'); connection.execute('delete from simulated_resources')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed_store = subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert killed_store.returncode < 0
    assert ResourceStore(path).find(HERE, "aws_vpc", "vpc-0")
    assert sqlite3.connect(path).execute("pragma integrity_check").fetchone() == ("ok",)
