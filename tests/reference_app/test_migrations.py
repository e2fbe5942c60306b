"""Schema migrations of the API and the nightly settlement, on a real PostgreSQL."""

import datetime as dt
from pathlib import Path

import psycopg
import pytest

from services.api.migrations import runner
from services.api.migrations.__main__ import main
from services.api.migrations.files import Migration, MigrationError, read_migrations
from services.api.migrations.runner import apply_migrations
from services.api.settlement import settle_day
from tests.reference_app.api_process import run_program
from tests.reference_app.dependencies import Dependencies

NAMES = ["0001-ledger.sql", "0002-settlements.sql", "0003-receipts.sql", "0004-receipt-requests.sql"]


def test_a_second_run_applies_nothing(empty: Dependencies) -> None:
    assert empty.migrate() == NAMES
    assert empty.migrate() == []


def test_a_failed_migration_leaves_nothing_and_keeps_those_before(empty: Dependencies) -> None:
    broken = Migration(5, "0005-broken.sql", "CREATE TABLE api.half (id int); SELECT 1 / 0")
    with empty.postgres.connect("api") as connection:
        with pytest.raises(psycopg.errors.DivisionByZero):
            apply_migrations(connection, [*read_migrations(), broken])
        assert connection.execute("SELECT to_regclass('api.half')").fetchone() == (None,)
        assert connection.execute("SELECT name FROM api.migrations ORDER BY 1").fetchall() == [
            (name,) for name in NAMES
        ]
        assert connection.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone() == (
            0,
        )
    assert empty.migrate() == []


def test_a_changed_file_is_refused(dependencies: Dependencies) -> None:
    first, *others = read_migrations()
    changed = Migration(first.number, first.name, first.sql + " ")
    with dependencies.postgres.connect("api") as connection, pytest.raises(MigrationError) as raised:
        apply_migrations(connection, [changed, *others])
    assert str(raised.value) == (
        "0001-ledger.sql changed after it was applied: restore it, and write a new file"
    )


def test_the_release_before_runs_with_later_migrations(dependencies: Dependencies) -> None:
    with dependencies.postgres.connect("api") as connection:
        assert apply_migrations(connection, read_migrations()[:1]) == []


def test_a_migration_does_not_wait_long_for_a_table_in_use(
    dependencies: Dependencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A waiting ALTER TABLE would block all later requests."""
    monkeypatch.setattr(runner, "_SECONDS_TO_LOCK_TABLES", 0.01)
    change = Migration(5, "0005-note.sql", "ALTER TABLE api.accounts ADD note text")
    with dependencies.postgres.connect("api") as other, other.transaction():
        other.execute("SELECT * FROM api.accounts")
        with (
            dependencies.postgres.connect("api") as connection,
            pytest.raises(psycopg.errors.LockNotAvailable),
        ):
            apply_migrations(connection, [*read_migrations(), change])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("3-late.sql", '3-late.sql must have a name such as "0001-ledger.sql": rename it'),
        ("0003-late.sql", "0003-late.sql must have the number 0002: rename it"),
    ],
)
def test_invalid_file_names_are_refused(tmp_path: Path, name: str, message: str) -> None:
    for each in ("0001-first.sql", name):
        (tmp_path / each).write_text("SELECT 1")
    with pytest.raises(MigrationError) as raised:
        read_migrations(tmp_path)
    assert str(raised.value) == message


def test_the_program_prints_the_applied_files(
    empty: Dependencies, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in empty.database_environ.items():
        monkeypatch.setenv(name, value)
    assert [main(), main()] == [0, 0]
    assert capsys.readouterr().out.splitlines() == [
        *(f"applied {name}" for name in NAMES),
        "4 new migrations",
        "0 new migrations",
    ]


def test_a_run_without_a_schema_prints_one_line(empty: Dependencies) -> None:
    with empty.postgres.connect("api") as connection:
        connection.execute("DROP SCHEMA api")
    ran = run_program("services.api.migrations", empty.database_environ)
    assert ran.returncode == 1
    assert ran.stderr.startswith('The migration failed: schema "api" does not exist')


def test_the_settlement_totals_a_day_once(dependencies: Dependencies) -> None:
    day = dt.date(2026, 3, 1)
    with dependencies.postgres.connect("api") as connection:
        connection.execute(
            "INSERT INTO api.accounts (id, customer_id, currency) VALUES"
            " ('00000000-0000-0000-0000-000000000001', gen_random_uuid(), 'EUR')"
        )
        connection.execute(
            "INSERT INTO api.entries (account_id, idempotency_key, amount_minor, reference, booked_at)"
            " SELECT '00000000-0000-0000-0000-000000000001', gen_random_uuid(), amount, 'x', moment"
            " FROM (VALUES (5, timestamptz '2026-03-01 00:00:00Z'), (7, '2026-03-01 23:59:59Z'),"
            " (100, '2026-03-02 00:00:00Z'), (100, '2026-02-28 23:59:59Z')) AS entries (amount, moment)"
        )
    # The user `settlement` owns nothing of the ledger, but the migrator lets it read and write there.
    with dependencies.postgres.connect("settlement") as connection:
        assert [settle_day(connection, day) for _ in range(2)] == [1, 1]
        totals = connection.execute("SELECT day, currency, entries, amount_minor FROM api.settlements")
        assert totals.fetchall() == [(day, "EUR", 2, 12)]


def test_the_settlement_runs_as_its_own_user(dependencies: Dependencies) -> None:
    environ = {**dependencies.database_environ, "DATABASE_USER": "settlement"}
    ran = run_program("services.api.settlement", environ)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.endswith(": 0 currencies\n")
