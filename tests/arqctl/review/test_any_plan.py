"""Any JSON is either rejected or reviewed, with danger first and within the limit."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from arqctl.core.errors import InputError
from arqctl.core.json_access import Body, Json
from arqctl.plan.access.readers import READERS
from arqctl.plan.model import Action
from arqctl.plan.parser import read_plan
from arqctl.review.builder import StackInput, build_review
from arqctl.review.document import from_json, to_json
from arqctl.review.markdown import comment
from arqctl.review.model import Review
from arqctl.review.terminal import render_terminal


def _words(action: Action) -> list[str]:
    return [action.value] if action is Action.NO_OP else action.value.split("-")


TYPES = st.sampled_from([*sorted(READERS), "aws_db_instance", "aws_cloudwatch_log_group", "aws_x"])
NAMES = st.sampled_from(
    """policy ingress egress cidr_blocks from_port to_port protocol assume_role_policy inline_policy name id
    arn vpc_config public_access_cidrs rule metadata subject role_ref grant acl bucket manifest kind tags
    retention_in_days deletion_protection versioning_configuration status security_groups route gateway_id
    principal_arn policy_arn condition entry cidr user_data password""".split()  # noqa: SIM905
)
POLICIES = st.sampled_from(
    [
        '{"Statement": {"Effect": "Allow", "Action": ["*", 1, null, {}], "Principal": {"AWS": [1]}}}',
        '{"Statement": {"Effect": "Deny", "NotAction": [[]], "NotResource": null}}',
        '{"Statement": [1]}',
        '{"Statement": [{"Condition": {"a": {"b": [1, null, {}]}, "c": 3}}]}',
    ]
)  # fmt: skip
PLAIN: st.SearchStrategy[Json] = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(
        [0, -1, 443, 1.5, 10**400, "-1", "5-x", "5" * 5000, "0.0.0.0/0", "::/0", "x/99", "igw-1"]
    ),
    POLICIES,
    st.text(max_size=12),
)
ANY: st.SearchStrategy[Json] = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3).map(list) | st.dictionaries(NAMES, inner, max_size=4).map(dict),
    max_leaves=8,
)
OBJECTS = st.dictionaries(NAMES, ANY, max_size=8).map(dict)
MASKS = ANY.map(lambda value: value if isinstance(value, list | dict) else value is None)
ACTIONS = st.sampled_from(list(Action)).map(_words)
CHANGES = st.fixed_dictionaries(
    {
        "actions": ACTIONS,
        "before": st.none() | OBJECTS | ANY,
        "after": st.none() | OBJECTS | ANY,
        "after_unknown": MASKS,
        "before_sensitive": MASKS,
        "after_sensitive": MASKS,
        "replace_paths": st.lists(st.lists(ANY, max_size=3), max_size=2),
        "importing": ANY,
    }
)
ROWS = st.builds(
    lambda type_, name, change, more: {"address": f"{type_}.{name}", "type": type_, "change": change, **more},
    TYPES,
    st.sampled_from(["a", "b", 'c["k"]', "d[0]"]),
    CHANGES,
    st.dictionaries(
        st.sampled_from(["deposed", "previous_address", "action_reason", "mode"]), ANY, max_size=2
    ),
)
PLANS = st.builds(
    lambda rows, drift, outputs, checks: {
        "format_version": "1.2",
        "resource_changes": rows,
        "resource_drift": drift,
        "output_changes": outputs,
        "checks": checks,
    },
    st.lists(ROWS, max_size=4),
    st.lists(ROWS, max_size=2),
    st.dictionaries(NAMES, CHANGES, max_size=2),
    ANY,
)


def reviewed(document: Body) -> Review:
    plan = read_plan(json.dumps(document), stack="production", environment="production", paths={})
    return build_review([StackInput(plan)])


@given(PLANS)
@settings(max_examples=60)
def test_any_json_is_rejected_or_reviewed(document: Body) -> None:
    try:
        review = reviewed(document)
    except InputError:
        return
    page = comment(review)
    assert len(page.encode()) <= 65_536
    assert ("### Danger" in page[:2000]) == bool(review.stacks[0].dangers)
    assert render_terminal(review)
    assert from_json(to_json(review), where="review.json") == review
