from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.arqctl.database.postgres_server import Server, programs_folder, running_server
from tests.recovery.ledger_bucket import VARIABLES, LedgerBucket, simulated_bucket
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
