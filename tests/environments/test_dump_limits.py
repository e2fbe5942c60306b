import json
from datetime import timedelta
from pathlib import Path

import pytest

from constructs_arq.core.errors import ConfigError
from constructs_arq.core.recovery_figures import find_figure
from environments.dev import DEV
from environments.dump_limits import find_dump_limits, find_ledger_limits
from environments.environment import Environment
from environments.production import PRODUCTION
from environments.staging import STAGING

START = timedelta(minutes=10)


def with_storage(gib: int, *, snapshot_hours: int = 4) -> Environment:
    database = PRODUCTION.database.model_copy(update={"storage_gib": gib, "max_storage_gib": 2 * gib})
    shop = PRODUCTION.shop.model_copy(update={"snapshot_hours": snapshot_hours})
    return PRODUCTION.model_copy(update={"database": database, "shop": shop})


@pytest.mark.parametrize("env", [DEV, STAGING, PRODUCTION], ids=lambda env: env.name)
def test_two_attempts_at_the_measured_rates_end_in_the_deadline(env: Environment) -> None:
    dump, ledger = find_dump_limits(env), find_ledger_limits(env)
    assert dump.deadline >= 2 * find_figure("dump-job-rate").duration_of(dump.gib) + 2 * START
    assert ledger.deadline >= 2 * find_figure("ledger-rate").duration_of(ledger.gib) + 2 * START
    assert find_figure("dump-read-rate").duration_of(dump.gib) <= dump.snapshot == timedelta(hours=4)
    assert max(dump.deadline, ledger.deadline) <= timedelta(days=1)


def test_a_database_that_can_grow_is_dumped_as_far_as_a_snapshot_allows() -> None:
    assert find_dump_limits(STAGING).gib == STAGING.database.max_storage_gib
    most, grown = find_dump_limits(PRODUCTION).gib, PRODUCTION.database.max_storage_gib
    assert most == 4 * 67 < grown
    # The pages state where dumps end.
    assert (
        f"up to [its limit](dumps.md#time-locks-and-vacuum): {most} GiB"
        in Path("docs/backups.md").read_text()
    )
    assert f"production's to {grown} GiB. Its dumps end at {most} GiB" in Path("docs/dumps.md").read_text()


def test_a_database_that_no_dump_reads_in_time_is_refused() -> None:
    assert find_dump_limits(with_storage(268)).gib == 268
    with pytest.raises(
        ConfigError, match=r"database\.storage_gib: must be at most 268, .* of 4 hours, .* got 269"
    ):
        find_dump_limits(with_storage(269))


def test_a_longer_snapshot_reads_more_until_two_attempts_need_more_than_a_day() -> None:
    assert find_dump_limits(with_storage(400, snapshot_hours=7)).gib == 461
    with pytest.raises(ConfigError, match=r"at most 461, .* of 7 hours, and in a day with 2 attempts"):
        find_dump_limits(with_storage(500, snapshot_hours=7))


@pytest.mark.parametrize("env", [DEV, STAGING, PRODUCTION], ids=lambda env: env.name)
def test_the_guide_has_these_limits(env: Environment) -> None:
    dump, ledger = find_dump_limits(env), find_ledger_limits(env)
    database = env.database
    row = f"| {env.name} | {database.storage_gib}, {database.max_storage_gib} GiB " + "".join(
        f"| {each.gib} GiB | {each.deadline / timedelta(hours=1):.1f} h " for each in (dump, ledger)
    )
    assert f"{row}|" in Path("docs/dumps.md").read_text()


@pytest.mark.parametrize("env", [DEV, STAGING, PRODUCTION], ids=lambda env: env.name)
def test_the_jobs_have_these_limits(env: Environment) -> None:
    document = json.loads(Path(f"tests/snapshots/{env.name}-platform.json").read_text())["resource"]
    for name, limits in (("dump", find_dump_limits(env)), ("ledger", find_ledger_limits(env))):
        job = document["kubernetes_cron_job_v1"][f"database-{name}"]["spec"]["job_template"]["spec"]
        assert job["active_deadline_seconds"] == limits.deadline_seconds
        [variables] = [
            config_map["data"]
            for address, config_map in document["kubernetes_config_map_v1"].items()
            if address.startswith(f"database-{name}_environment")
        ]
        assert variables.items() >= limits.variables.items()
