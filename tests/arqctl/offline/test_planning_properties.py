"""Properties of plans for random schemas: Terraform accepts them, and they show every change."""

import copy
import random
from collections import Counter

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from arqctl.offline.facts import Names
from arqctl.offline.planning.apply import apply
from arqctl.offline.planning.equality import is_equal
from arqctl.offline.planning.plan import plan
from arqctl.offline.planning.traversal import Fields, walk
from arqctl.offline.schema.model import Block
from arqctl.offline.values import UNKNOWN, Path, is_known
from tests.arqctl.offline.random_schemas import (
    blocks,
    configs,
    configured_arguments,
    make_fill,
    remove_duplicates,
    shuffle_sets,
)
from tests.arqctl.offline.terraform_core_rules import find_plan_errors, find_state_errors

fifty_examples = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


@st.composite
def blocks_with_configs(draw: st.DrawFn) -> tuple[Block, Fields]:
    block = draw(blocks())
    return block, draw(configs(block))


def planned(block: Block, prior: Fields | None, config: Fields) -> Fields:
    found = plan(block, prior=prior, config=config).planned
    assert found is not None
    return found


def applied(block: Block, config: Fields, prior: Fields | None = None) -> Fields:
    return apply(block, planned(block, prior, config), make_fill())


@fifty_examples
@given(blocks_with_configs())
def test_a_creation_satisfies_terraforms_contract(block_and_config: tuple[Block, Fields]) -> None:
    block, config = block_and_config
    created = planned(block, None, config)
    assert find_plan_errors(block, None, config, created) == []
    state = apply(block, created, make_fill())
    assert find_state_errors(block, created, state) == []
    assert is_known(state)


@fifty_examples
@given(blocks_with_configs())
def test_a_plan_after_apply_is_empty(block_and_config: tuple[Block, Fields]) -> None:
    block, config = block_and_config
    state = applied(block, config)
    assert planned(block, state, config) is state


@fifty_examples
@given(blocks_with_configs(), st.data())
def test_an_update_satisfies_terraforms_contract(
    block_and_config: tuple[Block, Fields], data: st.DataObject
) -> None:
    block, config = block_and_config
    state = applied(block, config)
    other = data.draw(configs(block))
    update = planned(block, state, other)
    assert find_plan_errors(block, state, other, update) == []
    after = apply(block, update, make_fill())
    assert find_state_errors(block, update, after) == []
    assert is_known(after)
    assert planned(block, after, other) is after


@fifty_examples
@given(blocks_with_configs(), st.data())
def test_a_removed_argument_is_planned_at_any_depth(
    block_and_config: tuple[Block, Fields], data: st.DataObject
) -> None:
    block, config = block_and_config
    state = applied(block, config)
    reduced = copy.deepcopy(config)
    candidates = [
        each
        for each in configured_arguments(block, reduced)
        if each.attribute.optional and not each.attribute.computed
    ]
    candidates = [each for each in candidates if not each.attribute.write_only]
    assume(candidates)
    argument = data.draw(st.sampled_from(candidates))
    argument.fields[argument.attribute.name] = None
    reduced = remove_duplicates(block, reduced)
    update = planned(block, state, reduced)
    assert not is_equal(block, update, state)
    assert find_plan_errors(block, state, reduced, update) == []


@fifty_examples
@given(blocks_with_configs(), st.data())
def test_a_removed_block_is_planned(block_and_config: tuple[Block, Fields], data: st.DataObject) -> None:
    block, config = block_and_config
    present = [name for name in block.blocks if config[name]]
    assume(present)
    name = data.draw(st.sampled_from(present))
    state = applied(block, config)
    value = config[name]
    if isinstance(value, list):
        shortened = value[:-1]
        update = planned(block, state, {**config, name: list(shortened)})
        assert not is_equal(block, update, state)


@fifty_examples
@given(blocks_with_configs(), st.data())
def test_a_changed_argument_changes_nothing_else(
    block_and_config: tuple[Block, Fields], data: st.DataObject
) -> None:
    block, config = block_and_config
    state = applied(block, config)
    other = copy.deepcopy(config)
    candidates = [
        each
        for each in configured_arguments(block, other)
        if not each.is_in_set
        and not each.attribute.write_only
        and isinstance(each.fields[each.attribute.name], str)
    ]
    assume(candidates)
    argument = data.draw(st.sampled_from(candidates))
    argument.fields[argument.attribute.name] = "changed"
    update = planned(block, state, other)
    before, after = _strings(block, state), _strings(block, update)
    assert [value for *_, value in (after - before).elements()] == ["changed"]
    assert (before - after).total() == 1


def _strings(block: Block, value: Fields) -> Counter[tuple[Path, Names, str]]:
    return Counter(
        (each.path, each.names, each.value) for each in walk(block, value) if isinstance(each.value, str)
    )


@fifty_examples
@given(blocks_with_configs(), st.data(), st.randoms(use_true_random=False))
def test_the_order_of_a_set_does_not_matter(
    block_and_config: tuple[Block, Fields], data: st.DataObject, generator: random.Random
) -> None:
    block, config = block_and_config
    state = applied(block, config)
    other = data.draw(configs(block) | st.just(config))
    update = planned(block, state, other)
    again = planned(
        block,
        shuffle_sets(block, state, lambda each: generator.sample(each, len(each))),
        shuffle_sets(block, other, lambda each: generator.sample(each, len(each))),
    )
    assert is_equal(block, update, again)


@fifty_examples
@given(blocks_with_configs(), st.data())
def test_write_only_values_are_not_in_the_state(
    block_and_config: tuple[Block, Fields], data: st.DataObject
) -> None:
    block, config = block_and_config
    state = applied(block, config, applied(block, data.draw(configs(block))))
    assert [
        each.path for each in walk(block, state) if each.attribute.write_only and each.value is not None
    ] == []


@fifty_examples
@given(blocks_with_configs(), st.data())
def test_the_plan_during_apply_is_consistent_with_the_first_plan(
    block_and_config: tuple[Block, Fields], data: st.DataObject
) -> None:
    """References are unknown in the first plan and known during apply."""
    block, earlier = block_and_config
    state = data.draw(st.sampled_from([None, applied(block, earlier)]))
    config = data.draw(configs(block) | st.just(earlier))
    config_with_unknowns = copy.deepcopy(config)
    for argument in list(configured_arguments(block, config_with_unknowns)):
        if data.draw(st.integers(0, 3)) == 0:
            argument.fields[argument.attribute.name] = UNKNOWN
    first = planned(block, state, config_with_unknowns)
    assert find_plan_errors(block, state, config_with_unknowns, first) == []
    assert find_state_errors(block, first, planned(block, state, config)) == []
