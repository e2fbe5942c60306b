"""What has to hold of plans for any schema: Terraform's contract, and that nothing is hidden."""

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
    filler,
    rearranged,
    spots,
    without_doubles,
)
from tests.arqctl.offline.terraform_core import plan_problems, state_problems

thorough = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


@st.composite
def configured(draw: st.DrawFn) -> tuple[Block, Fields]:
    block = draw(blocks())
    return block, draw(configs(block))


def planned(block: Block, prior: Fields | None, config: Fields) -> Fields:
    found = plan(block, prior=prior, config=config).planned
    assert found is not None
    return found


def applied(block: Block, config: Fields, prior: Fields | None = None) -> Fields:
    return apply(block, planned(block, prior, config), filler())


@thorough
@given(configured())
def test_a_plan_is_what_terraform_takes_and_applies(case: tuple[Block, Fields]) -> None:
    block, config = case
    created = planned(block, None, config)
    assert plan_problems(block, None, config, created) == []
    state = apply(block, created, filler())
    assert state_problems(block, created, state) == []
    assert is_known(state)


@thorough
@given(configured())
def test_a_plan_after_apply_is_empty(case: tuple[Block, Fields]) -> None:
    block, config = case
    state = applied(block, config)
    assert planned(block, state, config) is state


@thorough
@given(configured(), st.data())
def test_an_update_is_what_terraform_takes_and_applies(
    case: tuple[Block, Fields], data: st.DataObject
) -> None:
    block, config = case
    state = applied(block, config)
    other = data.draw(configs(block))
    update = planned(block, state, other)
    assert plan_problems(block, state, other, update) == []
    after = apply(block, update, filler())
    assert state_problems(block, update, after) == []
    assert is_known(after)
    assert planned(block, after, other) is after


@thorough
@given(configured(), st.data())
def test_a_removed_argument_is_seen_at_any_depth(case: tuple[Block, Fields], data: st.DataObject) -> None:
    block, config = case
    state = applied(block, config)
    less = copy.deepcopy(config)
    removable = [
        each for each in spots(block, less) if each.attribute.optional and not each.attribute.computed
    ]
    removable = [each for each in removable if not each.attribute.write_only]
    assume(removable)
    spot = data.draw(st.sampled_from(removable))
    spot.fields[spot.attribute.name] = None
    less = without_doubles(block, less)
    update = planned(block, state, less)
    assert not is_equal(block, update, state)
    assert plan_problems(block, state, less, update) == []


@thorough
@given(configured(), st.data())
def test_a_removed_block_is_seen(case: tuple[Block, Fields], data: st.DataObject) -> None:
    block, config = case
    there = [name for name in block.blocks if config[name]]
    assume(there)
    name = data.draw(st.sampled_from(there))
    state = applied(block, config)
    value = config[name]
    if isinstance(value, list):
        fewer = value[:-1]
        update = planned(block, state, {**config, name: list(fewer)})
        assert not is_equal(block, update, state)


@thorough
@given(configured(), st.data())
def test_a_changed_argument_changes_only_that(case: tuple[Block, Fields], data: st.DataObject) -> None:
    block, config = case
    state = applied(block, config)
    other = copy.deepcopy(config)
    texts = [
        each
        for each in spots(block, other)
        if not each.is_in_set
        and not each.attribute.write_only
        and isinstance(each.fields[each.attribute.name], str)
    ]
    assume(texts)
    spot = data.draw(st.sampled_from(texts))
    spot.fields[spot.attribute.name] = "changed"
    update = planned(block, state, other)
    before, after = _texts(block, state), _texts(block, update)
    assert [value for *_, value in (after - before).elements()] == ["changed"]
    assert (before - after).total() == 1


def _texts(block: Block, value: Fields) -> Counter[tuple[Path, Names, str]]:
    return Counter(
        (each.path, each.names, each.value) for each in walk(block, value) if isinstance(each.value, str)
    )


@thorough
@given(configured(), st.data(), st.randoms(use_true_random=False))
def test_the_order_of_a_set_says_nothing(
    case: tuple[Block, Fields], data: st.DataObject, chance: random.Random
) -> None:
    block, config = case
    state = applied(block, config)
    other = data.draw(configs(block) | st.just(config))
    update = planned(block, state, other)
    again = planned(
        block,
        rearranged(block, state, lambda each: chance.sample(each, len(each))),
        rearranged(block, other, lambda each: chance.sample(each, len(each))),
    )
    assert is_equal(block, update, again)


@thorough
@given(configured(), st.data())
def test_write_only_values_are_never_kept(case: tuple[Block, Fields], data: st.DataObject) -> None:
    block, config = case
    state = applied(block, config, applied(block, data.draw(configs(block))))
    assert [
        each.path for each in walk(block, state) if each.attribute.write_only and each.value is not None
    ] == []


@thorough
@given(configured(), st.data())
def test_the_final_plan_keeps_what_the_first_one_promised(
    case: tuple[Block, Fields], data: st.DataObject
) -> None:
    """While other resources are planned, what refers to them is unknown; during apply it is not."""
    block, earlier = case
    state = data.draw(st.sampled_from([None, applied(block, earlier)]))
    config = data.draw(configs(block) | st.just(earlier))
    unsure = copy.deepcopy(config)
    for spot in list(spots(block, unsure)):
        if data.draw(st.integers(0, 3)) == 0:
            spot.fields[spot.attribute.name] = UNKNOWN
    first = planned(block, state, unsure)
    assert plan_problems(block, state, unsure, first) == []
    assert state_problems(block, first, planned(block, state, config)) == []
