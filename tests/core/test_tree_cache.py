"""Python remembers where constructs stand, and agrees with Node."""

from constructs import Construct
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_arq.core.stack import Stack, construct_path, logical_name
from constructs_arq.core.tree_cache import ancestors, remember
from tests.support import synthesize

IDS = st.lists(st.from_regex(r"[a-z0-9]{1,5}(-[a-z0-9]{1,5})?", fullmatch=True), min_size=1, max_size=6)


@settings(max_examples=20, deadline=None)
@given(IDS)
def test_a_path_is_what_node_says_it_is(ids: list[str]) -> None:
    def build(stack: Stack) -> None:
        construct: Construct = stack
        for each in ids:
            construct = Construct(construct, each)
        assert construct_path(construct) == construct.node.path
        assert Stack.of(construct) is stack

    synthesize(build)


def test_a_stack_has_its_name_for_a_path_and_none_within_itself() -> None:
    def build(stack: Stack) -> None:
        assert construct_path(stack) == stack.node.path == "test"
        assert logical_name(stack) == ""
        assert logical_name(Construct(Construct(stack, "edge"), "assets")) == "edge-assets"

    synthesize(build)


def test_to_remember_twice_remembers_once() -> None:
    before = Construct.__init__
    remember()
    assert Construct.__init__ is before


def test_what_is_not_remembered_is_its_own_top() -> None:
    def build(stack: Stack) -> None:
        assert ancestors(stack) == (stack, [])

    synthesize(build)
