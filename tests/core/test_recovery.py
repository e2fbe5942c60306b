"""Recovery objectives, the times that facts reach, and the messages about other objectives."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_arq.core import recovery_figures
from constructs_arq.core.errors import ConfigError
from constructs_arq.core.reachable_recovery import choose_route, find_routes
from constructs_arq.core.recovery import (
    DataSet,
    Loss,
    NotRecovered,
    Recovery,
    RecoveryObjectives,
    format_loss,
    format_time,
    hours,
    minutes,
)
from constructs_arq.core.recovery_check import find_unreachable_recovery
from constructs_arq.core.recovery_facts import Change, RecoveryFacts
from constructs_arq.core.recovery_figures import FigureError
from tests.core.recovery_limits import is_possible, limits

# The highest time of each loss that a property tries: more than any route takes.
LONGEST = 200 * 60

SMALL = RecoveryFacts(
    internet_in_each_zone=False,
    pager=False,
    database_standby=False,
    database_replicas=0,
    database_copy=False,
    database_gib=100,
    cache_replicas=0,
    metrics_replicas=1,
    logs_replicas=1,
    has_secrets=False,
    has_queue=False,
    standby=False,
    standby_origin=False,
    backup_copies=False,
    account_copies=False,
)
LARGE = replace(
    SMALL,
    internet_in_each_zone=True,
    pager=True,
    database_standby=True,
    database_replicas=1,
    database_copy=True,
    database_gib=1000,
    cache_replicas=2,
    metrics_replicas=2,
    logs_replicas=3,
    has_secrets=True,
    has_queue=True,
)
STANDBY = replace(
    LARGE,
    standby=True,
    standby_origin=True,
    backup_copies=True,
    account_copies=True,
)
CHANGES = (
    Change(text="pager", facts={"pager": True}),
    Change(text="multi_az", facts={"database_standby": True}),
    Change(text="replica", facts={"database_replicas": 1}),
    Change(text="copy", facts={"database_copy": True}),
    Change(text="account", facts={"account_copies": True}),
    Change(text="standby", facts={"standby": True, "standby_origin": True}),
)

counts = st.integers(0, 3)
some_facts = st.builds(
    RecoveryFacts,
    database_replicas=counts,
    database_gib=st.integers(20, 65_536),
    cache_replicas=counts,
    metrics_replicas=st.integers(1, 2),
    logs_replicas=st.sampled_from((1, 3)),
    **{
        name: st.booleans()
        for name in (
            *("pager", "database_standby", "database_copy", "has_secrets", "has_queue", "standby"),
            *("standby_origin", "backup_copies", "account_copies", "internet_in_each_zone"),
        )
    },
)


def check(objectives: RecoveryObjectives, facts: RecoveryFacts) -> list[str]:
    return [str(each) for each in find_unreachable_recovery(objectives, facts, CHANGES)]


def fastest(facts: RecoveryFacts, loss: Loss, data_set: DataSet) -> tuple[str, str, str]:
    route = find_routes(facts, loss, data_set)[0]
    return route.how, format_time(route.rto), format_loss(route.rpo)


def reachable_objectives(facts: RecoveryFacts) -> dict[Loss, dict[DataSet, Recovery | NotRecovered]]:
    """Return the highest objectives that the facts reach."""
    found: dict[Loss, dict[DataSet, Recovery | NotRecovered]] = {}
    for loss, data_set in facts.pairs:
        routes = find_routes(facts, loss, data_set)
        found.setdefault(loss, {})[data_set] = (
            Recovery(rto=routes[0].rto, rpo=routes[0].rpo)
            if routes
            else NotRecovered(reason="nothing has a copy of it", accepted_by="board@arq.example")
        )
    return found


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (timedelta(0), "0"),
        (timedelta(milliseconds=1), "1 s"),
        (timedelta(seconds=90), "1 min 30 s"),
        (minutes(15), "15 min"),
        (hours(4) + minutes(37.5), "4 h 38 min"),
        (hours(13), "13 h"),
    ],
)
def test_times_as_text_are_rounded_up(time: timedelta, text: str) -> None:
    assert format_time(time) == text


def test_an_objective_has_no_negative_time() -> None:
    with pytest.raises(ConfigError, match="rpo: must not be negative"):
        Recovery(rto=minutes(15), rpo=minutes(-5))


def test_an_accepted_loss_needs_a_reason() -> None:
    with pytest.raises(ConfigError, match="must explain why the loss is accepted"):
        NotRecovered(reason="no", accepted_by="board@arq.example")


def test_an_accepted_loss_names_a_person() -> None:
    with pytest.raises(ConfigError, match="accepted_by"):
        NotRecovered(reason="nothing has a copy of it", accepted_by="")


@pytest.mark.parametrize(
    ("facts", "loss", "data_set", "expected"),
    [
        # 50 s until the node is not ready, 300 s until its pods move, node 3, pod 2
        (
            LARGE,
            Loss.INSTANCE,
            DataSet.SERVICES,
            ("pods on other nodes, with database and cache", "10 min 50 s", "0"),
        ),
        # 120 s of the failover, and 60 s of the clients.
        (LARGE, Loss.ZONE, DataSet.DATABASE, ("failover to the standby in another zone", "3 min", "0")),
        (
            SMALL,
            Loss.INSTANCE,
            DataSet.DATABASE,
            ("RDS starts the instance on another host, with its volume", "31 min", "0"),
        ),
        # page 5, engineer 5, promotion 10, replacement 20, clients 1; the alarm for the lag takes 10
        (LARGE, Loss.DATABASE, DataSet.DATABASE, ("promotion of a read replica", "41 min", "10 min")),
        # 10 until the engineer, start 30, 4 h for 1000 GiB, settings 15, logs 30, replacement 20, clients 1
        (LARGE, Loss.TABLE, DataSet.DATABASE, ("restore to a point in time", "5 h 46 min", "5 min")),
        # 10 until the engineer, decision 5, promotion 10, clients 1
        (
            STANDBY,
            Loss.REGION,
            DataSet.DATABASE,
            ("promotion of the read replica in the backup region", "26 min", "10 min"),
        ),
        # 26 for the database, and one for the key of CloudFront
        (
            STANDBY,
            Loss.REGION,
            DataSet.SERVICES,
            ("the cluster of the standby, with its database", "27 min", "10 min"),
        ),
        (
            STANDBY,
            Loss.REGION,
            DataSet.SITE,
            ("CloudFront reads the copy in the backup region", "30 s", "15 min"),
        ),
        (
            STANDBY,
            Loss.ACCOUNT,
            DataSet.DATABASE,
            ("restore of the copy in the account for backups", "29 h 16 min", "36 h"),
        ),
    ],
)
def test_reachable_times(
    facts: RecoveryFacts, loss: Loss, data_set: DataSet, expected: tuple[str, str, str]
) -> None:
    assert fastest(facts, loss, data_set) == expected


def test_a_restore_takes_longer_for_a_larger_database() -> None:
    half = replace(LARGE, database_gib=500)
    rto = {
        size: find_routes(each, Loss.TABLE, DataSet.DATABASE)[0].rto for size, each in ((1, LARGE), (2, half))
    }
    assert rto[1] - rto[2] == hours(2)


def test_a_single_nat_gateway_needs_a_person_after_the_loss_of_its_zone() -> None:
    facts = replace(LARGE, internet_in_each_zone=False)
    how, rto, _ = fastest(facts, Loss.ZONE, DataSet.SERVICES)
    assert how.endswith(", after somebody deployed a NAT gateway in another zone")
    # page and engineer 10, the gateway 15, and the pods
    assert rto == "35 min 50 s"
    assert fastest(facts, Loss.INSTANCE, DataSet.SERVICES) == fastest(LARGE, Loss.INSTANCE, DataSet.SERVICES)


def test_services_wait_for_all_that_they_need() -> None:
    """A single database instance is the slowest part, although pods run in all zones."""
    facts = replace(LARGE, database_standby=False, database_replicas=0)
    database = find_routes(facts, Loss.INSTANCE, DataSet.DATABASE)[0]
    assert find_routes(facts, Loss.INSTANCE, DataSet.SERVICES)[0].rto == database.rto


def test_without_a_copy_of_the_database_nothing_recovers_from_the_loss_of_the_region() -> None:
    assert not find_routes(SMALL, Loss.REGION, DataSet.DATABASE)
    assert not find_routes(SMALL, Loss.REGION, DataSet.SERVICES)


def test_mails_are_not_read_on_a_weekend() -> None:
    route = find_routes(replace(LARGE, pager=False), Loss.TABLE, DataSet.SITE)[0]
    assert route.rto > hours(63)


def test_the_steps_of_a_time_have_its_sum() -> None:
    for loss, data_set in STANDBY.pairs:
        for route in find_routes(STANDBY, loss, data_set):
            steps = [step.duration for step in route.timeline.longest]
            assert sum(steps, start=timedelta(0)) == route.rto


def test_the_message_has_the_reachable_times_and_the_change() -> None:
    objectives = reachable_objectives(SMALL)
    objectives[Loss.ZONE][DataSet.DATABASE] = Recovery(rto=minutes(15), rpo=minutes(0))
    assert check(objectives, SMALL) == [
        "recovery.zone.database: objective is not reachable: restore to a point in time: RTO 65 h, RPO 5 min "
        "(mail-read 63 h assumed, rds-restore-start 30 min assumed, rds-log-replay 30 min assumed, "
        "rds-restore-rate 24 min assumed), got RTO 15 min, RPO 0. Set multi_az, which reaches it (failover "
        "to the standby in another zone: RTO 3 min, RPO 0), or set Recovery(rto=minutes(3900), "
        "rpo=minutes(5))."
    ]


def test_the_message_has_the_fewest_changes_that_suffice_together() -> None:
    facts = replace(SMALL, database_gib=20)
    objectives = reachable_objectives(facts)
    objectives[Loss.DATABASE][DataSet.DATABASE] = Recovery(rto=minutes(45), rpo=minutes(10))
    (problem,) = check(objectives, facts)
    assert "Set pager and replica, which reaches it (promotion of a read replica" in problem


def test_the_message_states_that_no_change_suffices() -> None:
    objectives = reachable_objectives(STANDBY)
    objectives[Loss.TABLE][DataSet.DATABASE] = Recovery(rto=minutes(15), rpo=minutes(5))
    (problem,) = check(objectives, STANDBY)
    assert (
        "No change of the configuration reaches it: set Recovery(rto=minutes(346), rpo=minutes(5))."
        in problem
    )


def test_a_copy_in_another_account_is_a_change() -> None:
    objectives = reachable_objectives(LARGE)
    objectives[Loss.ACCOUNT][DataSet.DATABASE] = Recovery(rto=hours(30), rpo=hours(36))
    (problem,) = check(objectives, LARGE)
    assert "Set account, which reaches it (restore of the copy in the account for backups" in problem


def test_a_loss_for_good_is_no_objective() -> None:
    objectives = reachable_objectives(SMALL)
    objectives[Loss.ACCOUNT][DataSet.DATABASE] = Recovery(rto=hours(10), rpo=None)
    (problem,) = check(objectives, SMALL)
    assert "not reachable: the data set is lost for good" in problem
    assert 'set NotRecovered(reason="…", accepted_by="…")' in problem


def test_an_rpo_of_contents_is_refused_if_all_contents_are_lost() -> None:
    objectives = reachable_objectives(SMALL)
    objectives[Loss.INSTANCE][DataSet.CACHE] = Recovery(rto=hours(1), rpo=hours(24))
    (problem,) = check(objectives, SMALL)
    assert "RTO 20 min, RPO all" in problem


def test_missing_and_needless_objectives_are_refused() -> None:
    objectives = reachable_objectives(SMALL)
    del objectives[Loss.ZONE][DataSet.DATABASE]
    objectives[Loss.ZONE][DataSet.QUEUE] = Recovery(rto=minutes(1), rpo=None)
    assert check(objectives, SMALL) == [
        "recovery.zone.database: has no objective. Set Recovery(rto=minutes(3900), rpo=minutes(5)) or more.",
        "recovery.zone.queue: the loss does not affect this data set, or the configuration does not have it, "
        "got RTO 1 min, RPO all. Remove the objective.",
    ]


def test_a_missing_figure_promises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {
        name: each for name, each in recovery_figures.recovery_figures().items() if name != "rds-failover"
    }
    monkeypatch.setattr(recovery_figures, "recovery_figures", lambda: table)
    with pytest.raises(FigureError, match="has no figure rds-failover"):
        check(reachable_objectives(LARGE), LARGE)


@given(some_facts)
def test_the_reachable_objectives_of_any_configuration_are_accepted(facts: RecoveryFacts) -> None:
    assert check(reachable_objectives(facts), facts) == []


@given(some_facts, st.integers(0, LONGEST), st.none() | st.integers(0, LONGEST))
def test_figures_refute_no_accepted_objective(facts: RecoveryFacts, rto: int, rpo: int | None) -> None:
    """The limits come from the table as text, and share no code with the check."""
    some = Recovery(rto=minutes(rto), rpo=None if rpo is None else minutes(rpo))
    for loss, data_set in facts.pairs:
        highest = [Recovery(rto=each.rto, rpo=each.rpo) for each in find_routes(facts, loss, data_set)]
        for objective in (*highest, some):
            if choose_route(facts, loss, data_set, objective):
                found = limits(facts, loss, data_set)
                assert is_possible(objective, found), f"{loss}: {data_set}: {objective}"


@given(some_facts, st.sampled_from(sorted(recovery_figures.recovery_figures())), st.integers(2, 10))
def test_a_slower_figure_makes_no_recovery_faster(facts: RecoveryFacts, name: str, factor: int) -> None:
    before = {pair: find_routes(facts, *pair) for pair in facts.pairs}
    table = dict(recovery_figures.recovery_figures())
    figure = table[name]
    value = figure.value / factor if "per" in figure.unit else figure.value * factor
    table[name] = replace(figure, value=value)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recovery_figures, "recovery_figures", lambda: table)
        for pair, routes in before.items():
            after = find_routes(facts, *pair)
            assert len(after) == len(routes)
            assert not routes or after[0].rto >= routes[0].rto
