from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from constructs_arq.recovery.validator.handler import Result
from services.backup import ledger
from tests.arqctl.database.postgres_server import Server, programs_folder, running_server
from tests.recovery.ledger_bucket import VARIABLES, LedgerBucket, simulated_bucket
from tests.recovery.restore_job import validate
from tests.recovery.shop_database import ShopDatabase, filled_database


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    programs = programs_folder()
    assert programs, "PostgreSQL is not installed: run scripts/install_test_programs"
    with running_server(programs) as server:
        yield server


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[LedgerBucket]:
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    with simulated_bucket() as simulated:
        yield simulated


@pytest.fixture(scope="module")
def shop(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopDatabase]:
    """The database of the shop, with entries. Tests change only copies of it."""
    with filled_database(postgres, Path(tmp_path_factory.mktemp("shop"))) as database:
        yield database


@pytest.fixture
def ledger_key(shop: ShopDatabase, bucket: LedgerBucket, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write the ledger of the database, and return its key."""
    for name, value in shop.variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("services.backup.settled_keys._SECONDS_FOR_FIRST_ROW", 0)
    assert ledger.main() == 0
    (key,) = bucket.keys("ledger/")
    return key


@pytest.fixture
def run(
    shop: ShopDatabase, bucket: LedgerBucket, ledger_key: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Return a function that validates a copy of the database after changes."""
    assert ledger_key

    def validate_copy(*changes: str, **values: float) -> Result:
        with shop.restored(*changes):
            return validate(shop, bucket, monkeypatch, **values)  # type: ignore[arg-type]

    return validate_copy
