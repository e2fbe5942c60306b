"""The recovery of the environments: facts, objectives, and the output of the AWS stack."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from constructs_arq.core.errors import ConfigError
from constructs_arq.core.reachable_recovery import choose_route, find_routes
from constructs_arq.core.recovery import DataSet, Loss, Recovery, format_time, hours, minutes
from constructs_arq.core.recovery_figures import find_figure
from constructs_arq.core.recovery_route import Route
from constructs_arq.data.postgres_alarms import InstanceName, lag_alarm
from constructs_arq.network.nat import Nat
from environments.dev import DEV
from environments.environment import Environment
from environments.production import PRODUCTION
from environments.recovery import (
    describe_recovery,
    recovery_changes,
    recovery_facts,
    require_reachable_recovery,
)
from environments.staging import STAGING

ROOT = Path(__file__).parents[2]
PROMISE = minutes(15)

each_environment = pytest.mark.parametrize("env", [DEV, STAGING, PRODUCTION], ids=lambda env: env.name)


def with_objective(env: Environment, loss: Loss, data_set: DataSet, objective: Recovery) -> Environment:
    changed = {**env.recovery, loss: {**env.recovery[loss], data_set: objective}}
    return env.model_copy(update={"recovery": changed})


@each_environment
def test_each_environment_has_all_objectives_and_reaches_them(env: Environment) -> None:
    assert {(loss, data_set) for loss, values in env.recovery.items() for data_set in values} == set(
        recovery_facts(env).pairs
    )
    require_reachable_recovery(env)


def test_the_promise_holds_for_an_instance_and_a_zone_and_the_files_of_the_site() -> None:
    """The page docs/recovery.md states where 15 minutes hold, and where they don't."""
    facts = recovery_facts(PRODUCTION)
    within = {loss for loss in Loss if any(each.rto <= PROMISE for each in service_routes(loss))}
    assert within == {Loss.INSTANCE, Loss.ZONE}
    assert find_routes(facts, Loss.REGION, DataSet.SITE)[0].rto <= PROMISE
    for loss in within:
        objective = PRODUCTION.recovery[loss][DataSet.SERVICES]
        assert isinstance(objective, Recovery)
        assert objective.rto <= PROMISE


def service_routes(loss: Loss) -> Sequence[Route]:
    affected = (loss, DataSet.SERVICES) in set(recovery_facts(PRODUCTION).pairs)
    return find_routes(recovery_facts(PRODUCTION), loss, DataSet.SERVICES) if affected else ()


def test_synthesis_refuses_the_promise_for_the_loss_of_the_database() -> None:
    env = with_objective(PRODUCTION, Loss.DATABASE, DataSet.DATABASE, Recovery(rto=PROMISE, rpo=minutes(5)))
    with pytest.raises(ConfigError) as raised:
        require_reachable_recovery(env)
    assert str(raised.value).startswith(
        "environments/production.py: 1 problem\n"
        "  recovery.database.database: objective is not reachable: promotion of a read replica: RTO 41 min, "
        "RPO 10 min (rds-replacement 20 min assumed"
    )


def test_a_single_database_instance_does_not_reach_the_objective_of_a_zone() -> None:
    database = PRODUCTION.database.model_copy(update={"multi_az": False})
    with pytest.raises(ConfigError) as raised:
        require_reachable_recovery(PRODUCTION.model_copy(update={"database": database}))
    assert [each.path for each in raised.value.problems] == [
        "recovery.instance.services",
        "recovery.instance.database",
        "recovery.zone.services",
        "recovery.zone.database",
    ]
    assert all("Set database.multi_az=True, which reaches it" in each.fix for each in raised.value.problems)


def test_the_size_that_the_database_can_grow_to_counts() -> None:
    database = PRODUCTION.database.model_copy(update={"max_storage_gib": 4000})
    with pytest.raises(ConfigError, match=r"recovery\.table\.database: .* RTO 17 h 46 min"):
        require_reachable_recovery(PRODUCTION.model_copy(update={"database": database}))


def test_a_smaller_database_is_a_change_that_reaches_a_faster_restore() -> None:
    env = with_objective(PRODUCTION, Loss.TABLE, DataSet.DATABASE, Recovery(rto=hours(3), rpo=minutes(5)))
    with pytest.raises(ConfigError) as raised:
        require_reachable_recovery(env)
    assert (
        "Set database.max_storage_gib=252, which reaches it (restore to a point in time: RTO 2 h 47 min"
        in str(raised.value)
    )


def test_a_promoted_standby_can_be_deployed() -> None:
    assert PRODUCTION.standby
    standby = PRODUCTION.standby.model_copy(update={"promoted": True})
    require_reachable_recovery(PRODUCTION.model_copy(update={"standby": standby}))


def test_without_a_standby_the_objectives_of_the_region_are_refused() -> None:
    with pytest.raises(ConfigError) as raised:
        require_reachable_recovery(PRODUCTION.model_copy(update={"standby": None}))
    paths = {each.path for each in raised.value.problems}
    assert {"recovery.region.services", "recovery.region.database"} <= paths
    assert all("Set standby=StandbyConfig(…)" in each.fix for each in raised.value.problems)


def test_only_an_unprotected_environment_can_leave_out_all_objectives() -> None:
    require_reachable_recovery(DEV.model_copy(update={"recovery": {}}))
    with pytest.raises(ConfigError) as raised:
        require_reachable_recovery(PRODUCTION.model_copy(update={"recovery": {}}))
    assert len(raised.value.problems) == len(list(recovery_facts(PRODUCTION).pairs))
    assert "recovery.zone.services: has no objective. Set Recovery(rto=minutes(11)" in str(raised.value)


def test_a_single_nat_gateway_does_not_reach_the_objective_of_a_zone() -> None:
    network = PRODUCTION.network.model_copy(update={"nat": Nat.SINGLE})
    with pytest.raises(ConfigError) as raised:
        require_reachable_recovery(PRODUCTION.model_copy(update={"network": network}))
    (problem,) = raised.value.problems
    assert problem.path == "recovery.zone.services"
    assert "Set network.nat=Nat.PER_ZONE, which reaches it" in problem.fix


def test_the_times_of_lag_are_those_of_the_alarm() -> None:
    """The alarm needs its periods to be over the limit, so that a lag can be that much longer."""
    alarm = lag_alarm(InstanceName(text="reports", ref="reports"))
    longest = alarm.threshold + alarm.evaluations * alarm.period_seconds
    for name in ("rds-replica-lag", "rds-region-replica-lag"):
        assert find_figure(name).duration.total_seconds() >= longest


def test_each_change_is_a_value_of_an_environment() -> None:
    for change in recovery_changes(PRODUCTION):
        value: object = PRODUCTION
        for name in change.text.partition("=")[0].split("."):
            assert hasattr(value, name), change.text
            value = getattr(value, name)


@each_environment
def test_each_runbook_exists(env: Environment) -> None:
    facts = recovery_facts(env)
    for loss, data_set in facts.pairs:
        for route in find_routes(facts, loss, data_set):
            assert not route.runbook or (ROOT / f"docs/runbooks/{route.runbook}.md").exists()


@each_environment
def test_the_output_has_each_row_with_its_figures(env: Environment) -> None:
    document = json.loads(json.dumps(describe_recovery(env)))
    assert len(document["recovery"]) == len(list(recovery_facts(env).pairs))
    for row in document["recovery"]:
        if row["reachable"]:
            assert set(row["reachable"]["figures"]) <= set(document["figures"])
            assert sum(seconds for _, seconds in row["reachable"]["steps"]) == row["reachable"]["rto_seconds"]
        else:
            assert row["objective"] is None
            assert "; accepted by " in row["reason"]
    assert document["figures"]["rds-failover"] == {
        "title": "failover of RDS to the standby in another zone",
        "value": 120.0,
        "unit": "seconds",
        "kind": "published",
        "source": "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.Failover.html",
    }


def test_the_page_has_the_times_of_production() -> None:
    page = (ROOT / "docs/recovery.md").read_text()
    for loss in (Loss.INSTANCE, Loss.ZONE, Loss.DATABASE, Loss.REGION):
        time = describe_row(loss, DataSet.SERVICES)
        assert f"| {time} |" in page, f"{loss}: {time}"
    assert f"| {describe_row(Loss.TABLE, DataSet.DATABASE)} for the table |" in page


def describe_row(loss: Loss, data_set: DataSet) -> str:
    objective = PRODUCTION.recovery[loss][data_set]
    assert isinstance(objective, Recovery)
    route = choose_route(recovery_facts(PRODUCTION), loss, data_set, objective)
    assert route
    return format_time(route.rto)
