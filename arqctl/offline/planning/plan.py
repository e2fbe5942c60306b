"""Plans a change of a resource: its state after apply, and the arguments that force replacement."""

from collections.abc import Mapping, Set
from dataclasses import dataclass

from arqctl.offline.facts import NO_FACTS, Facts
from arqctl.offline.planning.equality import is_equal
from arqctl.offline.planning.merge import COMPUTED, merge
from arqctl.offline.planning.replacement import replacing_paths
from arqctl.offline.planning.traversal import Fields
from arqctl.offline.schema.model import Block
from arqctl.offline.values import Path, Unknown, Value

_NOTHING: Mapping[str, Value] = {}


@dataclass(frozen=True, slots=True)
class Change:
    """The state after a change, with unknowns; None after a destroy.

    `requires_replace` are the changed arguments that force replacement. Terraform then plans again without a
    prior state.
    """

    planned: Fields | None
    requires_replace: tuple[Path, ...] = ()


def plan(
    block: Block,
    *,
    prior: Fields | None,
    config: Fields | None,
    predicted: Mapping[str, Value] = _NOTHING,
    recomputed: Set[str] = frozenset(),
    facts: Facts = NO_FACTS,
    imported: bool = False,
) -> Change:
    """Plan to create (no prior), update or destroy (no configuration) a resource.

    `predicted` holds values or refined unknowns of top-level attributes that the configuration leaves to the
    provider. An update keeps computed values, except those of `recomputed` attributes: any change sets them
    to their predicted value, or to unknown. A known predicted value that differs is a change by itself. If
    nothing changes, the plan is the prior state. Attributes missing from the prior state of an `imported`
    resource are computed and force no replacement.
    """
    if config is None:
        return Change(None)
    if prior is None:
        return Change(_with_predicted(merge(block, config, None), predicted))
    planned = merge(block, config, _with_computed(prior) if imported else prior)
    recomputed_names = [
        name for name in recomputed if name in block.attributes and _is_unset(block, name, config)
    ]
    for name in recomputed_names:
        if name in predicted and not isinstance(predicted[name], Unknown):
            planned[name] = predicted[name]
    if is_equal(block, planned, prior):
        return Change(prior)
    for name in recomputed_names:
        if name not in predicted or isinstance(predicted[name], Unknown):
            planned[name] = COMPUTED
    forcing = (
        replacing_paths(block, facts.replacing, prior, planned, imported=imported) if facts.replacing else ()
    )
    return Change(_with_predicted(planned, predicted), forcing)


def _is_unset(block: Block, name: str, config: Fields) -> bool:
    return block.attributes[name].computed and config.get(name) is None


def _with_computed(prior: Fields) -> Fields:
    """Return an imported state with its missing attributes marked as computed."""
    return {name: COMPUTED if value is None else value for name, value in prior.items()}


def _with_predicted(planned: Fields, predicted: Mapping[str, Value]) -> Fields:
    for name, value in predicted.items():
        if planned.get(name) is COMPUTED:
            planned[name] = value
    return planned
