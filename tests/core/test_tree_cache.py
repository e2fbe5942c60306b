"""Tests that cached paths equal the paths that Node returns."""

from constructs import Construct
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_arq.core.stack import Stack, construct_path, logical_name
from constructs_arq.core.tree_cache import find_root
from tests.support import synthesize

IDS = st.lists(st.from_regex(r"[a-z0-9]{1,5}(-[a-z0-9]{1,5})?", fullmatch=True), min_size=1, max_size=6)


@settings(max_examples=20, deadline=None)
@given(IDS)
def test_a_path_equals_nodes_path(ids: list[str]) -> None:
    def build(stack: Stack) -> None:
        construct: Construct = stack
        for each in ids:
            construct = Construct(construct, each)
        assert construct_path(construct) == construct.node.path
        assert Stack.of(construct) is stack

    synthesize(build)


def test_a_stacks_path_is_its_name() -> None:
    def build(stack: Stack) -> None:
        assert construct_path(stack) == stack.node.path == "test"
        assert logical_name(stack) == ""
        assert logical_name(Construct(Construct(stack, "edge"), "assets")) == "edge-assets"

    synthesize(build)


def test_an_unknown_construct_is_its_own_root() -> None:
    def build(stack: Stack) -> None:
        assert find_root(stack) == (stack, [])

    synthesize(build)
