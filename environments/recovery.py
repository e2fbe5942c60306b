"""The recovery that an environment's values allow, and the check of its objectives."""

from collections.abc import Mapping, Sequence
from typing import Final

from constructs_arq.core.errors import ConfigError
from constructs_arq.core.reachable_recovery import choose_route, find_routes
from constructs_arq.core.recovery import NotRecovered, Recovery
from constructs_arq.core.recovery_check import find_unreachable_recovery
from constructs_arq.core.recovery_facts import Change, RecoveryFacts
from constructs_arq.core.recovery_figures import Figure, recovery_figures
from constructs_arq.core.recovery_route import Route
from constructs_arq.data.postgres_config import smallest_growth
from constructs_arq.network.nat import Nat
from constructs_arq.services.secret_files import SecretStore
from environments.environment import Environment

_VERSION: Final = 1

_CHANGES: Final = (
    Change(text="network.nat=Nat.PER_ZONE", facts={"internet_in_each_zone": True}),
    Change(text="pager=PagerConfig()", facts={"pager": True}),
    Change(text="database.multi_az=True", facts={"database_standby": True}),
    Change(text='database.read_replicas={"NAME": ReplicaConfig()}', facts={"database_replicas": 1}),
    Change(text="database.replicate_backups=True", facts={"database_copy": True}),
    Change(text="standby=StandbyConfig(…)", facts={"standby": True}),
    Change(text='standby.api_origin_id="ID"', facts={"standby_origin": True}),
    Change(text="backups.copy_to_backup_region=True", facts={"backup_copies": True}),
    Change(text='backups.cross_account_copy="ARN"', facts={"account_copies": True}),
    Change(text="cache.replicas_per_shard=1", facts={"cache_replicas": 1}),
    Change(text="prometheus.replicas=2", facts={"metrics_replicas": 2}),
    Change(text="loki.highly_available=True", facts={"logs_replicas": 3}),
)


def recovery_changes(env: Environment) -> Sequence[Change]:
    """Return the changes of an environment that improve its recovery."""
    least = smallest_growth(env.database.storage_gib)
    smaller = Change(text=f"database.max_storage_gib={least}", facts={"database_gib": least})
    return (*_CHANGES, *((smaller,) if least < env.database.max_storage_gib else ()))


def recovery_facts(env: Environment) -> RecoveryFacts:
    """Return the facts about an environment that decide how it recovers."""
    return RecoveryFacts(
        internet_in_each_zone=env.network.nat is not Nat.SINGLE,
        pager=env.pager is not None,
        database_standby=env.database.multi_az,
        database_replicas=len(env.database.read_replicas),
        database_copy=env.database.replicate_backups,
        # The database grows by itself: the objective must hold then, too.
        database_gib=env.database.max_storage_gib,
        cache_replicas=env.cache.replicas_per_shard,
        metrics_replicas=env.prometheus.replicas,
        logs_replicas=env.loki.replicas,
        has_secrets=any(file.store is SecretStore.SECRETS_MANAGER for file in env.shop.secrets),
        has_queue=env.shop.receipts is not None,
        # Also after its promotion, until the fail-back: a deployment in the emergency must not fail.
        standby=env.standby is not None,
        standby_origin=env.standby is not None and env.standby.api_origin_id is not None,
        backup_copies=env.backups.copy_to_backup_region,
        account_copies=env.backups.cross_account_copy is not None,
    )


def require_reachable_recovery(env: Environment) -> None:
    """Raise if the environment's configuration can't reach one of its recovery objectives, or lacks one.

    Only an unprotected environment can leave out all of them.

    Raises:
        ConfigError: with what is reachable instead, and the changes that would reach the objective.
    """
    if not env.recovery and not env.protected:
        return
    problems = list(find_unreachable_recovery(env.recovery, recovery_facts(env), recovery_changes(env)))
    if problems:
        raise ConfigError(f"environments/{env.name}.py", problems)


def describe_recovery(env: Environment) -> Mapping[str, object]:
    """Return the objectives, what is reachable, and all figures, for programs without this library.

    Times are in seconds. A lost time of null stands for all contents, and a missing way for a loss for good.
    """
    return {
        "version": _VERSION,
        "figures": {name: _describe_figure(each) for name, each in recovery_figures().items()},
        "recovery": list(_rows(env)),
    }


def _rows(env: Environment) -> list[dict[str, object]]:
    facts = recovery_facts(env)
    rows: list[dict[str, object]] = []
    for loss, data_set in facts.pairs:
        objective = env.recovery.get(loss, {}).get(data_set)
        chosen = choose_route(facts, loss, data_set, objective) if isinstance(objective, Recovery) else None
        route = chosen or next(iter(find_routes(facts, loss, data_set)), None)
        rows.append(
            {
                "loss": loss,
                "data": data_set,
                "objective": _describe_objective(objective) if isinstance(objective, Recovery) else None,
                "reason": _describe_acceptance(objective) if isinstance(objective, NotRecovered) else "",
                "reachable": _describe_route(route) if route else None,
            }
        )
    return rows


def _describe_acceptance(objective: NotRecovered) -> str:
    return f"{objective.reason}; accepted by {objective.accepted_by}"


def _describe_objective(objective: Recovery) -> dict[str, object]:
    lost = None if objective.rpo is None else objective.rpo.total_seconds()
    return {"rto_seconds": objective.rto.total_seconds(), "rpo_seconds": lost}


def _describe_route(route: Route) -> dict[str, object]:
    return {
        "how": route.how,
        "rto_seconds": route.rto.total_seconds(),
        "rpo_seconds": None if route.rpo is None else route.rpo.total_seconds(),
        "steps": [[step.figure.name, step.duration.total_seconds()] for step in route.timeline.longest],
        "figures": [figure.name for figure in route.figures],
        "runbook": route.runbook,
    }


def _describe_figure(figure: Figure) -> dict[str, object]:
    return {
        "title": figure.title,
        "value": float(figure.value),
        "unit": figure.unit,
        "kind": figure.kind,
        "source": figure.source,
    }
