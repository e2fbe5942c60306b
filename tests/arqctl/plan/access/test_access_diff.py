"""The table has exactly the access that a plan broadens or reduces, in any notation."""

import itertools
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.core.json_access import Json
from arqctl.plan.access.access_diff import AccessChange, Direction, access_changes
from arqctl.plan.model import Action, Change, ResourceChange
from tests.arqctl.plan.plan_rows import create, delete, plan, row, update

UNKNOWN = "(known after apply)"


def document(*statements: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Json, resource: Json = "*", effect: str = "Allow", **more: Json) -> dict[str, Json]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def deny(action: Json, resource: Json = "*", **more: Json) -> dict[str, Json]:
    return allow(action, resource, "Deny", **more)


def role_policy(before: str, after: str) -> ResourceChange:
    return update("aws_iam_role_policy", {"role": "api", "policy": before}, {"role": "api", "policy": after})


def table(*rows: ResourceChange) -> list[tuple[str, str, str, str]]:
    return [
        (each.direction.value, ", ".join(each.who), ", ".join(each.what), ", ".join(each.on))
        for each in access_changes(plan(*rows))
    ]


def both_ways(change: ResourceChange) -> tuple[tuple[AccessChange, ...], tuple[AccessChange, ...]]:
    """Return the table of an update, and of its reversal."""
    values = change.change
    back = replace(change, change=replace(values, before=values.after, after=values.before))
    return access_changes(plan(change)), access_changes(plan(back))


# The second is broader than the first.
BROADER: list[tuple[list[Json], list[Json]]] = [
    ([allow("s3:GetObject")], [allow(["s3:GetObject", "s3:PutObject"])]),
    ([allow("s3:GetObject")], [allow("s3:Get*")]),
    ([allow("s3:Get*")], [allow("s3:*")]),
    ([allow("s3:Get*")], [allow("*")]),
    ([allow("s3:GetObject?")], [allow("s3:GetObject*")]),
    ([allow("s3:GetObject", "arn:aws:s3:::a/*")], [allow("s3:GetObject", "arn:aws:s3:::*")]),
    ([allow("s3:GetObject", "arn:aws:s3:::a")],
     [allow("s3:GetObject", ["arn:aws:s3:::a", "arn:aws:s3:::b"])]),
    ([allow("sqs:*", "arn:aws:sqs:eu-west-1:1:q")], [allow("sqs:*", "arn:aws:sqs:*:1:q")]),
    ([allow("*", Condition={"Bool": {"aws:SecureTransport": "true"}})], [allow("*")]),
    ([allow("*", Condition={"StringEquals": {"aws:sourceAccount": ["1"]}})],
     [allow("*", Condition={"StringEquals": {"aws:SourceAccount": ["1", "2"]}})]),
    ([allow("*", Condition={"Bool": {"a": "true"}, "IpAddress": {"b": "10.0.0.0/8"}})],
     [allow("*", Condition={"Bool": {"a": "true"}})]),
    ([allow("s3:*"), deny("s3:DeleteObject")], [allow("s3:*")]),
    ([deny(["s3:DeleteObject", "s3:PutObject"])], [deny("s3:PutObject")]),
    ([deny("*")], [deny("*", Condition={"Bool": {"aws:SecureTransport": "false"}})]),
    ([deny("s3:*")], [deny("s3:Delete*")]),
    ([], [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]),
    ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], [allow("*")]),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), BROADER)
def test_a_broader_policy_only_broadens_and_its_reversal_only_reduces(
    before: list[Json], after: list[Json]
) -> None:
    there, back = both_ways(role_policy(document(*before), document(*after)))
    assert {each.direction for each in there} == {Direction.BROADENED}
    assert {each.direction for each in back} == {Direction.REDUCED}


# Without AWS's list of actions, neither side is known to be broader, so both directions are reported.
UNDECIDABLE: list[tuple[list[Json], list[Json]]] = [
    ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
     [{"Effect": "Allow", "NotAction": "sts:*", "Resource": "*"}]),
    ([allow("s3:Get*")], [allow("s3:*Object")]),
    ([allow("*", Condition={"StringNotEquals": {"a": "1"}})],
     [allow("*", Condition={"StringNotEquals": {"a": "2"}})]),
    ([allow("s3:*", "arn:aws:s3:*")], [allow("s3:*", "arn:aws:s3:::a")]),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), UNDECIDABLE)
def test_an_undecidable_change_is_reported_as_broader(before: list[Json], after: list[Json]) -> None:
    for rows in both_ways(role_policy(document(*before), document(*after))):
        assert Direction.BROADENED in {each.direction for each in rows}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([allow("s3:GetObject", Sid="A")], [allow(["s3:getobject"], ["*"], Sid="B")]),
        ([allow(["a:B", "a:C"])], [allow("a:C"), allow("a:B")]),
        ([allow("s3:*"), allow("s3:Get*")], [allow("s3:*")]),
    ],
)
def test_an_equivalent_policy_is_not_reported(before: list[Json], after: list[Json]) -> None:
    assert both_ways(role_policy(document(*before), document(*after))) == ((), ())


def test_an_unreadable_or_unknown_policy_counts_as_broader() -> None:
    assert table(role_policy(document(), "nonsense"))[0][0] == "broadened"
    unknown = update(
        "aws_iam_role_policy",
        {"role": "api", "policy": document()},
        {"role": "api"},
        unknown={"policy": True},
    )
    (found,) = access_changes(plan(unknown))
    assert (found.direction, found.what, found.is_unknown) == (Direction.BROADENED, (UNKNOWN,), True)


def test_a_statement_that_moves_to_another_resource_is_no_change() -> None:
    values: Json = {"role": "api", "policy": document(allow("s3:Get*"))}
    assert not table(
        delete("aws_iam_role_policy", values, name="old"), create("aws_iam_role_policy", values, name="new")
    )


ARN = "arn:aws:iam::111122223333:policy/reader"
POLICY: Json = {"name": "reader", "arn": ARN, "policy": document(allow("s3:Get*"))}
ATTACHMENT: Json = {"role": "api", "policy_arn": ARN}
READS = ("role api", "s3:Get*", "*")


def test_a_policy_and_its_attachment_are_one_row() -> None:
    rows = (create("aws_iam_policy", POLICY), create("aws_iam_role_policy_attachment", ATTACHMENT))
    assert table(*rows) == [("broadened", *READS)]
    rows = (delete("aws_iam_policy", POLICY), delete("aws_iam_role_policy_attachment", ATTACHMENT))
    assert table(*rows) == [("reduced", *READS)]


def test_holders_of_an_updated_policy_gain_its_new_permissions() -> None:
    wider: Json = {"name": "reader", "arn": ARN, "policy": document(allow(["s3:Get*", "s3:Put*"]))}
    changed = update("aws_iam_policy", POLICY, wider)
    assert table(changed) == [("broadened", "holders of reader", "s3:Put*", "*")]
    assert table(changed, create("aws_iam_role_policy_attachment", ATTACHMENT)) == [
        ("broadened", "holders of reader", "s3:Put*", "*"),
        ("broadened", "role api", "s3:Get*, s3:Put*", "*"),
    ]


def test_an_attachment_without_its_policy_names_the_policy() -> None:
    attached = create("aws_iam_role_policy_attachment", ATTACHMENT)
    assert table(attached) == [("broadened", "role api", f"policy {ARN}", "*")]
    unknown = create("aws_iam_role_policy_attachment", {"role": "api"}, unknown={"policy_arn": True})
    assert table(unknown) == [("broadened", "role api", UNKNOWN, "*")]
    by_role = create("aws_iam_role", {"name": "api", "managed_policy_arns": [ARN]})
    assert table(attached, by_role) == table(attached)


def test_two_unknown_roles_are_two_rows() -> None:
    rows = [
        create("aws_iam_role_policy", {"policy": document(allow("s3:*"))}, name=name, unknown={"role": True})
        for name in "ab"
    ]
    assert len(table(*rows)) == 2


TRUST = document(
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
)
OPEN_TRUST = document({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"})
BUCKET_POLICY = document(allow("s3:GetObject", "arn:aws:s3:::a/*", Principal={"AWS": "111122223333"}))

# A resource, and the same one that allows more.
MORE: list[tuple[str, Json, Json, str]] = [
    ("aws_iam_role", {"name": "api", "assume_role_policy": TRUST},
     {"name": "api", "assume_role_policy": OPEN_TRUST}, "* sts:AssumeRole role api"),
    ("aws_iam_role", {"name": "api", "permissions_boundary": ARN}, {"name": "api"},
     f"role api all that {ARN} leaves out *"),
    ("aws_iam_openid_connect_provider", {"url": "https://a", "client_id_list": ["x"]},
     {"url": "https://a", "client_id_list": ["x", "y"]}, "https://a authenticate identities audience y"),
    ("aws_iam_policy_attachment", {"roles": [], "policy_arn": ARN}, {"roles": ["api"], "policy_arn": ARN},
     f"role api policy {ARN} *"),
    ("aws_iam_group_membership", {"group": "ops", "users": []}, {"group": "ops", "users": ["eve"]},
     "user eve all that group ops may *"),
    ("aws_s3_bucket_policy", {"bucket": "a", "policy": None}, {"bucket": "a", "policy": BUCKET_POLICY},
     "arn:aws:iam::111122223333:root s3:GetObject arn:aws:s3:::a/*"),
    ("aws_kms_key", {"policy": document()}, {"policy": document(allow("kms:*", Principal="*"))},
     "* kms:* aws_kms_key.main"),
    ("aws_security_group", {"ingress": []},
     {"ingress": [{"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"]}]},
     "0.0.0.0/0 in tcp 443 aws_security_group.main"),
    ("aws_security_group", {"egress": [{"protocol": "tcp", "from_port": 1, "to_port": 9, "self": True}]},
     {"egress": [{"protocol": "tcp", "from_port": 0, "to_port": 99, "self": True}]},
     "aws_security_group.main out tcp 0-99 aws_security_group.main"),
    ("aws_security_group_rule",
     {"type": "ingress", "security_group_id": "sg-1", "protocol": "6", "from_port": 1, "to_port": 1,
      "cidr_blocks": ["10.0.0.0/16"]},
     {"type": "ingress", "security_group_id": "sg-1", "protocol": "-1", "from_port": 0, "to_port": 0,
      "cidr_blocks": ["10.0.0.0/8"]}, "10.0.0.0/8 in all traffic sg-1"),
    ("aws_vpc_security_group_egress_rule",
     {"security_group_id": "sg-1", "ip_protocol": "6", "from_port": 1, "to_port": 1, "cidr_ipv6": "fd::/64"},
     {"security_group_id": "sg-1", "ip_protocol": "6", "from_port": 1, "to_port": 1, "cidr_ipv6": "::/0"},
     "sg-1 out tcp 1 ::/0"),
    ("aws_network_acl", {"ingress": []},
     {"ingress": [{"rule_no": 100, "action": "allow", "protocol": "-1", "cidr_block": "0.0.0.0/0"}]},
     "0.0.0.0/0 in all traffic aws_network_acl.main"),
    ("aws_network_acl_rule",
     {"rule_number": 9, "rule_action": "deny", "protocol": "tcp", "from_port": 22, "to_port": 22,
      "cidr_block": "0.0.0.0/0", "network_acl_id": "acl-1"},
     {"rule_number": 9, "rule_action": "allow", "protocol": "tcp", "from_port": 22, "to_port": 22,
      "cidr_block": "0.0.0.0/0", "network_acl_id": "acl-1"}, "0.0.0.0/0 in tcp 22 acl-1"),
    ("aws_s3_bucket_public_access_block", {"bucket": "a", "block_public_policy": True},
     {"bucket": "a", "block_public_policy": False}, "* set public policies a"),
    ("aws_db_instance", {"publicly_accessible": False}, {"publicly_accessible": True},
     "* reach it from the internet aws_db_instance.main"),
    ("aws_lb", {"internal": True}, {"internal": False}, "* reach it from the internet aws_lb.main"),
    ("aws_eks_cluster", {"name": "c", "vpc_config": [{"endpoint_public_access": False}]},
     {"name": "c", "vpc_config": [{"endpoint_public_access": True, "public_access_cidrs": ["0.0.0.0/0"]}]},
     "0.0.0.0/0 in tcp 443 API of c"),
    ("aws_db_snapshot", {"shared_accounts": []}, {"shared_accounts": ["all"]},
     "* restore the snapshot aws_db_snapshot.main"),
    ("aws_s3_bucket_acl", {"bucket": "a", "acl": "private"}, {"bucket": "a", "acl": "public-read"},
     "* read objects a"),
    ("aws_lambda_function_url", {"function_name": "f", "authorization_type": "AWS_IAM"},
     {"function_name": "f", "authorization_type": "NONE"}, "* call its URL function f"),
    ("aws_kms_grant", {"key_id": "k", "grantee_principal": "r", "operations": ["Decrypt"]},
     {"key_id": "k", "grantee_principal": "r", "operations": ["Decrypt", "Encrypt"]}, "r kms:Encrypt k"),
    ("aws_lambda_permission",
     {"function_name": "f", "principal": "s3.amazonaws.com", "action": "lambda:*", "source_account": "1"},
     {"function_name": "f", "principal": "s3.amazonaws.com", "action": "lambda:*"},
     "s3.amazonaws.com lambda:* function f"),
    ("aws_eks_access_policy_association",
     {"principal_arn": "r", "cluster_name": "c", "policy_arn": "p",
      "access_scope": [{"type": "namespace", "namespaces": ["a"]}]},
     {"principal_arn": "r", "cluster_name": "c", "policy_arn": "p", "access_scope": [{"type": "cluster"}]},
     "r policy p namespace * of cluster c"),
    ("kubernetes_cluster_role_v1",
     {"metadata": [{"name": "n"}], "rule": [{"verbs": ["get"], "resources": ["pods"], "api_groups": [""]}]},
     {"metadata": [{"name": "n"}], "rule": [{"verbs": ["*"], "resources": ["pods"], "api_groups": [""]}]},
     "holders of Kubernetes role n * pods"),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "before", "after", "expected"), MORE)
def test_every_broader_access_is_reported_in_both_directions(
    type_: str, before: Json, after: Json, expected: str
) -> None:
    there, back = both_ways(update(type_, before, after))
    assert [" ".join((*each.who, *each.what, *each.on)) for each in there] == [expected] * len(there)
    assert Direction.BROADENED in {each.direction for each in there}
    assert {each.direction for each in back} == {Direction.REDUCED}
    assert not access_changes(plan(update(type_, after, after)))


@pytest.mark.parametrize(("type_", "before", "after", "expected"), MORE)
@pytest.mark.parametrize("action", list(Action))
def test_every_action_is_supported(
    action: Action, type_: str, before: Json, after: Json, expected: str
) -> None:
    gone = action is Action.DELETE
    found = access_changes(plan(row(type_, action, before, None if gone else after)))
    directions = {each.direction for each in found}
    if action in (Action.NO_OP, Action.READ, Action.FORGET):
        assert not directions
    elif action is not Action.DELETE:
        assert (Direction.BROADENED in directions) == (
            action is not Action.CREATE_THEN_FORGET or (bool(expected) and bool(directions))
        )


SAME_RULE: Json = {"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["10.0.0.0/8"]}


def test_a_rule_in_another_form_is_no_change() -> None:
    inline = update(
        "aws_security_group", {"id": "sg-1", "ingress": [SAME_RULE]}, {"id": "sg-1", "ingress": []}
    )
    newer: Json = {"security_group_id": "sg-1", "ip_protocol": "tcp", "from_port": 443, "to_port": 443,
                   "cidr_ipv4": "10.0.0.0/8"}  # fmt: skip
    legacy: Json = {**SAME_RULE, "security_group_id": "sg-1", "type": "ingress"}  # type: ignore[dict-item]
    assert not table(inline, create("aws_vpc_security_group_ingress_rule", newer))
    assert not table(inline, create("aws_security_group_rule", legacy))
    assert not table(
        delete("aws_security_group_rule", legacy), create("aws_vpc_security_group_ingress_rule", newer)
    )
    assert table(inline)


@pytest.mark.parametrize(
    ("type_", "after", "unknown"),
    [
        ("aws_vpc_security_group_ingress_rule", {"ip_protocol": "tcp", "from_port": 1, "to_port": 1,
         "cidr_ipv4": "10.0.0.0/8"}, {"security_group_id": True}),
        ("aws_security_group_rule", {"type": "ingress", "security_group_id": "sg", "protocol": "tcp",
         "from_port": 1, "to_port": 1, "cidr_blocks": ["10.0.0.0/8"]}, {"cidr_blocks": [False, True]}),
        ("aws_security_group", {"ingress": [{"protocol": "tcp", "from_port": 1, "to_port": 1}]},
         {"ingress": [{"security_groups": [True]}]}),
        ("aws_lambda_permission", {"function_name": "f", "principal": "s", "action": "lambda:*"},
         {"source_arn": True}),
        ("aws_kms_key", {}, {"policy": True}),
        ("aws_iam_role", {"name": "a"}, {"managed_policy_arns": [True]}),
        ("aws_iam_role", {"name": "a"}, {"assume_role_policy": True}),
    ],
)  # fmt: skip
def test_unknown_access_is_reported_as_broader(type_: str, after: Json, unknown: Json) -> None:
    found = access_changes(plan(create(type_, after, unknown=unknown)))
    assert any(each.is_unknown and each.direction is Direction.BROADENED for each in found)


@pytest.mark.parametrize(
    ("type_", "unknown"),
    [
        ("aws_security_group", {"ingress": True, "egress": True}),
        ("aws_iam_role", {"inline_policy": True, "managed_policy_arns": True}),
        ("aws_s3_bucket", {"policy": True, "acl": True, "grant": True}),
        ("aws_lb", {"internal": True}),
    ],
)
def test_arguments_that_aws_chooses_for_a_new_resource_are_not_reported(type_: str, unknown: Json) -> None:
    assert not access_changes(plan(create(type_, {"name": "a", "bucket": "a"}, unknown=unknown)))


@pytest.mark.parametrize(
    ("type_", "after", "unknown"),
    [
        ("aws_s3_bucket_public_access_block", {"block_public_policy": True}, {"bucket": True}),
        ("aws_kms_key", {"policy": document(deny("kms:*", Principal="*"))}, {}),
        ("aws_network_acl", {"ingress": [{"rule_no": 1, "action": "deny", "protocol": "6", "from_port": 22,
         "to_port": 22, "cidr_block": "0.0.0.0/0"}]}, {}),
    ],
)  # fmt: skip
def test_a_denial_for_a_new_resource_takes_nothing_away(type_: str, after: Json, unknown: Json) -> None:
    assert not access_changes(plan(create(type_, after, unknown=unknown)))


def test_a_denial_for_an_existing_resource_takes_away() -> None:
    block: Json = {"bucket": "there-was", "block_public_policy": True}
    assert [each[0] for each in table(create("aws_s3_bucket_public_access_block", block))] == ["reduced"]


def test_a_random_looking_address_is_not_redacted() -> None:
    rule: Json = {"ingress": [{"protocol": "-1", "cidr_blocks": ["10.0.0.0/8"]}]}
    name = "network_isolated_group_C5452A7C9D01F3"
    (found,) = access_changes(plan(create("aws_security_group", rule, name=name)))
    assert found.on == (f"aws_security_group.{name}",)


def test_a_sensitive_policy_and_an_external_id_are_redacted() -> None:
    policy = document(allow("s3:Get*", "arn:aws:s3:::hidden"))
    secret = Change(Action.CREATE, None, {"role": "api", "policy": policy}, after_sensitive={"policy": True})
    found = access_changes(plan(replace(role_policy("", ""), change=secret)))
    assert found
    assert "hidden" not in repr(found)
    condition: Json = {"StringEquals": {"sts:ExternalId": "hidden"}}
    trust = document({"Effect": "Allow", "Principal": {"AWS": "1"}, "Action": "*", "Condition": condition})
    found = access_changes(plan(create("aws_iam_role", {"name": "api", "assume_role_policy": trust})))
    assert found
    assert "hidden" not in repr(found)


def test_access_for_everyone_is_first_in_any_order_of_the_plan() -> None:
    changes = [role_policy(document(*before), document(*after)) for before, after in BROADER[:4]]
    rows = [replace(each, address=f"{each.address}{number}") for number, each in enumerate(changes)]
    rows.append(update("aws_lb", {"internal": True}, {"internal": False}))
    tables = {access_changes(plan(*order)) for order in itertools.permutations(rows)}
    assert len(tables) == 1
    assert tables.pop()[0].address == "aws_iam_role_policy.main3"


ACTIONS = st.sampled_from(
    ["s3:GetObject", "s3:Get*", "s3:PutObject", "sqs:*", "kms:Decrypt", "ec2:Describe*"]
)
RESOURCES = st.sampled_from(["*", "arn:aws:s3:::a", "arn:aws:s3:::a/*", "arn:aws:sqs:eu-west-1:1:q"])
CONDITIONS: st.SearchStrategy[dict[str, Json]] = st.sampled_from(
    [{}, {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}]
)
STATEMENTS = st.lists(
    st.builds(
        lambda action, resource, effect, more: allow(action, resource, effect, **more),
        st.lists(ACTIONS, min_size=1, max_size=4),
        st.lists(RESOURCES, min_size=1, max_size=3),
        st.sampled_from(["Allow", "Deny"]),
        CONDITIONS,
    ),
    max_size=5,
)


@given(statements=STATEMENTS, data=st.data())
def test_an_equal_policy_in_another_order_is_not_reported(
    statements: list[dict[str, Json]], data: st.DataObject
) -> None:
    shuffled: list[Json] = []
    for statement in data.draw(st.permutations(statements)):
        action, resource = statement["Action"], statement["Resource"]
        assert isinstance(action, list)
        assert isinstance(resource, list)
        shuffled.append(
            {
                **statement,
                "Action": data.draw(st.permutations(action)),
                "Resource": data.draw(st.permutations(resource)),
            }
        )
    assert both_ways(role_policy(document(*statements), document(*shuffled))) == ((), ())


@given(statements=STATEMENTS, action=st.sampled_from(["iam:PassRole", "s3:*", "*"]), resource=RESOURCES)
def test_a_policy_that_allows_more_is_always_reported(
    statements: list[dict[str, Json]], action: str, resource: str
) -> None:
    more = [*statements, allow(action, resource)]
    there, back = both_ways(role_policy(document(*statements), document(*more)))
    assert {each.direction for each in there} == {Direction.BROADENED}
    assert {each.direction for each in back} == {Direction.REDUCED}


@given(statements=STATEMENTS, action=st.sampled_from(["iam:PassRole", "s3:*", "*"]), resource=RESOURCES)
def test_a_removed_denial_is_always_reported(
    statements: list[dict[str, Json]], action: str, resource: str
) -> None:
    more = [*statements, deny(action, resource)]
    (there, back) = both_ways(role_policy(document(*more), document(*statements)))
    assert {each.direction for each in there} == {Direction.BROADENED}
    assert all(each.is_denial for each in there)
    assert {each.direction for each in back} == {Direction.REDUCED}


@given(
    rules=st.lists(
        st.fixed_dictionaries(
            {
                "protocol": st.sampled_from(["tcp", "udp", "-1"]),
                "from_port": st.integers(0, 99),
                "to_port": st.integers(99, 200),
                "cidr_blocks": st.lists(
                    st.sampled_from(["10.0.0.0/8", "10.1.0.0/16", "0.0.0.0/0"]), min_size=1
                ),
            }
        )
    ),
    data=st.data(),
)
def test_the_order_of_rules_does_not_matter(rules: list[Json], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(rules))
    assert not access_changes(plan(update("aws_security_group", {"ingress": rules}, {"ingress": shuffled})))


def test_a_sensitive_policy_is_not_revealed_by_its_attachments() -> None:
    change = Change(Action.CREATE, None, {"arn": "arn:p", "name": "p", "policy": document(allow("s3:Tulip"))},
                    after_sensitive={"policy": True})  # fmt: skip
    marked = replace(row("aws_iam_policy", Action.CREATE), change=change)
    attached = create("aws_iam_group_policy_attachment", {"group": "g", "policy_arn": "arn:p"})
    rows = access_changes(plan(marked, attached))
    assert [each.what for each in rows if each.address == attached.address] == [("policy arn:p",)]
    assert "Tulip" not in repr(rows)


@pytest.mark.parametrize("key", ["aws:Referer", "sts:ExternalId"])
def test_the_value_of_a_shared_secret_in_a_condition_is_redacted(key: str) -> None:
    statement = allow("s3:GetObject", Principal="*", Condition={"StringEquals": {key: "tulip"}})
    bucket = create("aws_s3_bucket_policy", {"bucket": "b", "policy": document(statement)})
    (found,) = access_changes(plan(bucket))
    assert found.condition == f"{key.lower()} StringEquals (secret)"


def test_the_end_of_an_address_is_not_redacted() -> None:
    statement: Json = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2"}}
    policy = document(statement)
    name = "cluster_karpenter_node-role_982C1BE2"
    (found,) = access_changes(
        plan(create("aws_iam_role", {"name": None, "assume_role_policy": policy}, name=name))
    )
    assert found.on == (f"role aws_iam_role.{name}",)
