"""The difference between a drill of the pager and other state machines of an environment."""

from arqctl.core.json_access import Body, as_text

# `constructs_arq.observability.paging.drill_states` writes the metrics of drills to this namespace.
_NAMESPACE = '"Arq/Paging"'


def is_pager_drill(machine: Body) -> bool:
    """Return whether the arguments of a state machine are those of a drill: it writes a drill's metrics."""
    return _NAMESPACE in as_text(machine.get("definition"))
