"""What applying would make of a resource, and whether it has to be a new one for that."""

from collections.abc import Mapping, Set
from dataclasses import dataclass

from arqctl.offline.facts import NO_FACTS, Facts
from arqctl.offline.planning.equality import same
from arqctl.offline.planning.merge import COMPUTED, merge
from arqctl.offline.planning.replacement import replacements
from arqctl.offline.planning.traversal import Fields
from arqctl.offline.schema.model import Block
from arqctl.offline.values import Path, Unknown, Value

_NOTHING: Mapping[str, Value] = {}


@dataclass(frozen=True, slots=True)
class Change:
    """The state after a change, as far as it is known; None if there will be none.

    `requires_replace` are the arguments whose change takes a new resource. Terraform then asks for a plan
    once more, without a prior state.
    """

    planned: Fields | None
    requires_replace: tuple[Path, ...] = ()


def plan(
    block: Block,
    *,
    prior: Fields | None,
    config: Fields | None,
    foreseen: Mapping[str, Value] = _NOTHING,
    recomputed: Set[str] = frozenset(),
    facts: Facts = NO_FACTS,
    imported: bool = False,
) -> Change:
    """Plan to create (without a prior), to update, or to destroy (without a configuration) a resource.

    `foreseen` are top-level values, or what is known of them, of attributes that the configuration leaves to
    the provider and that are not known otherwise. An update keeps all that was computed before, except for
    the `recomputed`: those become what is foreseen of them, or unknown, once anything changes; and a known
    foreseen value of theirs that differs is a change by itself. If nothing changes, the plan is the prior
    state. Of an `imported` resource, what its prior state does not have is computed, and forces no
    replacement.
    """
    if config is None:
        return Change(None)
    if prior is None:
        return Change(_with_foreseen(merge(block, config, None), foreseen))
    planned = merge(block, config, _filled(prior) if imported else prior)
    left_out = [name for name in recomputed if name in block.attributes and _is_left_out(block, name, config)]
    for name in left_out:
        if name in foreseen and not isinstance(foreseen[name], Unknown):
            planned[name] = foreseen[name]
    if same(block, planned, prior):
        return Change(prior)
    for name in left_out:
        if name not in foreseen or isinstance(foreseen[name], Unknown):
            planned[name] = COMPUTED
    forcing = (
        replacements(block, facts.replacing, prior, planned, imported=imported) if facts.replacing else ()
    )
    return Change(_with_foreseen(planned, foreseen), forcing)


def _is_left_out(block: Block, name: str, config: Fields) -> bool:
    return block.attributes[name].computed and config.get(name) is None


def _filled(prior: Fields) -> Fields:
    """An imported state, with what it doesn't have marked as to be computed."""
    return {name: COMPUTED if value is None else value for name, value in prior.items()}


def _with_foreseen(planned: Fields, foreseen: Mapping[str, Value]) -> Fields:
    for name, value in foreseen.items():
        if planned.get(name) is COMPUTED:
            planned[name] = value
    return planned
