import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.resource_store import Ledger
from arqctl.offline.values import UNKNOWN

HERE = Account("210987654321", "eu-west-1")
THERE = Account("210987654321", "us-east-1")


def counted(number: int) -> str:
    return f"vpc-{number}"


def named(_: int) -> str:
    return "logs"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "account.sqlite"


def test_equal_resources_get_different_numbers_also_in_a_later_run(path: Path) -> None:
    first = Ledger(path)
    assert [first.reserve(HERE, "aws_vpc", counted) for _ in range(2)] == [0, 1]
    first.close()
    assert Ledger(path).reserve(HERE, "aws_vpc", counted) == 2


def test_the_number_of_what_was_destroyed_is_free_again() -> None:
    ledger = Ledger()
    ledger.reserve(HERE, "aws_vpc", counted)
    ledger.remove(HERE, "aws_vpc", "vpc-0")
    assert ledger.reserve(HERE, "aws_vpc", counted) == 0


def test_what_arguments_name_needs_no_number() -> None:
    ledger = Ledger()
    assert [ledger.reserve(HERE, "aws_s3_bucket", named) for _ in range(3)] == [0, 0, 0]


def test_an_entry_is_found_from_any_region_and_listed_in_its_own() -> None:
    ledger = Ledger()
    ledger.record(THERE, "aws_acm_certificate", "c-1", {"domain_name": "a.example"})
    found = ledger.find(HERE, "aws_acm_certificate", "c-1")
    assert found
    assert (found.region, found.state["domain_name"]) == ("us-east-1", "a.example")
    assert ledger.all(HERE, "aws_acm_certificate") == []
    assert [each.id for each in ledger.all(THERE, "aws_acm_certificate")] == ["c-1"]


def test_what_is_only_reserved_is_not_found() -> None:
    ledger = Ledger()
    ledger.reserve(HERE, "aws_vpc", counted)
    assert ledger.find(HERE, "aws_vpc", "vpc-0") is None
    assert ledger.all(HERE, "aws_vpc") == []


def test_numbers_come_back_as_numbers() -> None:
    ledger = Ledger()
    ledger.record(HERE, "aws_vpc", "vpc-0", {"whole": Decimal(7), "part": Decimal("1.5")})
    found = ledger.find(HERE, "aws_vpc", "vpc-0")
    assert found
    assert found.state == {"whole": 7, "part": 1.5}


def test_a_name_is_taken_by_what_this_process_made_and_by_what_terraform_knows(path: Path) -> None:
    ledger, names = Ledger(path), {"bucket": "logs"}
    ledger.record(HERE, "aws_s3_bucket", "logs", names)
    assert ledger.holder(HERE, "aws_s3_bucket", names, everywhere=True)
    ledger.see(HERE, "aws_s3_bucket", "logs", names)
    assert Ledger(path).holder(THERE, "aws_s3_bucket", names, everywhere=True)
    assert not Ledger(path).holder(THERE, "aws_s3_bucket", names, everywhere=False)


def test_a_name_is_not_taken_by_what_a_killed_apply_left_behind(path: Path) -> None:
    killed, names = Ledger(path), {"bucket": "logs"}
    killed.reserve(HERE, "aws_s3_bucket", named)
    killed.record(HERE, "aws_s3_bucket", "logs", names)
    again = Ledger(path)
    assert again.holder(HERE, "aws_s3_bucket", names, everywhere=True) is None
    again.reserve(HERE, "aws_s3_bucket", named)
    again.record(HERE, "aws_s3_bucket", "logs", {**names, "force_destroy": True})
    found = again.find(HERE, "aws_s3_bucket", "logs")
    assert found
    assert found.state["force_destroy"] is True


def test_an_unknown_value_is_never_kept_and_the_ledger_stays_usable() -> None:
    ledger = Ledger()
    with pytest.raises(TypeError, match="not known yet"):
        ledger.record(HERE, "aws_vpc", "vpc-0", {"id": UNKNOWN})
    ledger.record(HERE, "aws_vpc", "vpc-0", {"id": "vpc-0"})


def test_threads_never_get_one_number_twice(path: Path) -> None:
    ledger = Ledger(path)
    with ThreadPoolExecutor(16) as pool:
        numbers = list(pool.map(lambda _: ledger.reserve(HERE, "aws_vpc", counted), range(200)))
    assert sorted(numbers) == list(range(200))


def test_processes_never_get_one_number_twice(path: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from arqctl.offline.aws.account import Account\n"
        "from arqctl.offline.aws.resource_store import Ledger\n"
        "ledger = Ledger(Path(sys.argv[1]))\n"
        "for _ in range(50):\n"
        "    print(ledger.reserve(Account('210987654321', 'eu-west-1'), 'aws_vpc', lambda n: f'vpc-{n}'))\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    numbers = [int(line) for each in running for line in each.communicate(timeout=60)[0].splitlines()]
    assert [each.returncode for each in running] == [0] * 4
    assert sorted(numbers) == list(range(200))


def test_a_process_killed_in_a_transaction_leaves_the_ledger_whole(path: Path) -> None:
    Ledger(path).record(HERE, "aws_vpc", "vpc-0", {"id": "vpc-0"})
    program = (
        "import os, signal, sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute('begin immediate'); connection.execute('delete from resources')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert killed.returncode < 0
    assert Ledger(path).find(HERE, "aws_vpc", "vpc-0")
    assert sqlite3.connect(path).execute("pragma integrity_check").fetchone() == ("ok",)
