"""Verbs of plan actions."""

import pytest

from arqctl.core.actions import PAST_TENSE, action_verb, past_tense
from arqctl.plan.model import Action


@pytest.mark.parametrize("action", Action)
def test_every_action_has_a_verb_and_its_past_tense(action: Action) -> None:
    assert action_verb(action) in PAST_TENSE
    assert (action_verb(action) == "replace") == action.is_replacement


def test_actions_of_streamed_plans_have_the_same_verbs() -> None:
    assert (action_verb("remove"), action_verb("noop")) == ("forget", "no-op")


def test_an_action_of_a_later_terraform_is_unchanged() -> None:
    assert (past_tense("create-adopt"), past_tense("adopt")) == ("create-adopt", "adopt")
