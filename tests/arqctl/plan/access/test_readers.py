"""Every form of access is read, in every type of resource."""

import json

import pytest

from arqctl.core.json_access import Json
from arqctl.plan.access.access_diff import Direction, access_changes
from arqctl.plan.model import Action
from tests.arqctl.plan.plan_rows import create, delete, plan, row, update

GET = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:Get*", "Resource": "*"}]})
IGW: Json = {"cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"}
BINDING: Json = {
    "kind": "ClusterRoleBinding", "metadata": {"name": "x"}, "roleRef": {"name": "cluster-admin"},
    "subjects": [{"kind": "Group", "name": "system:anonymous"}],
}  # fmt: skip
ROLE: Json = {
    "kind": "ClusterRole", "metadata": {"name": "x"},
    "rules": [{"verbs": ["get"], "resources": ["secrets"], "apiGroups": ["*"], "resourceNames": ["a"]}],
}  # fmt: skip
OPENED: list[tuple[str, Json, Json, str]] = [
    ("aws_api_gateway_method", {"authorization": "AWS_IAM"}, {"authorization": "NONE"}, "without signing in"),
    ("aws_apigatewayv2_route", {"authorization_type": "JWT"}, {"authorization_type": "NONE"},
     "without signing in"),
    ("aws_cognito_identity_pool", {"allow_unauthenticated_identities": False},
     {"allow_unauthenticated_identities": True}, "get an identity"),
    ("aws_cognito_user_pool", {"admin_create_user_config": [{"allow_admin_create_user_only": True}]},
     {"admin_create_user_config": [{"allow_admin_create_user_only": False}]}, "sign up"),
    ("aws_msk_cluster", {"client_authentication": []}, {"client_authentication": [{"unauthenticated": True}]},
     "without signing in"),
    ("aws_lambda_function", {"role": "arn:a"}, {"role": "arn:admin"}, "act as the role"),
    ("aws_iam_instance_profile", {"name": "p", "role": "a"}, {"name": "p", "role": "admin"},
     "act as the role"),
    ("aws_cognito_identity_pool_roles_attachment", {"identity_pool_id": "p", "roles": {}},
     {"identity_pool_id": "p", "roles": {"unauthenticated": "arn:a"}}, "act as the role"),
    ("aws_route_table", {"id": "rtb", "route": []}, {"id": "rtb", "route": [IGW]},
     "pass an internet gateway"),
    ("aws_ec2_managed_prefix_list", {"id": "pl", "entry": [{"cidr": "10.0.0.0/8"}]},
     {"id": "pl", "entry": [{"cidr": "0.0.0.0/0"}]}, "pass where the list may"),
    ("aws_db_instance", {"vpc_security_group_ids": ["sg-a"]}, {"vpc_security_group_ids": ["sg-a", "sg-b"]},
     "reach it"),
    ("aws_s3_access_point",
     {"name": "a", "public_access_block_configuration": [{"block_public_policy": True}]},
     {"name": "a", "public_access_block_configuration": [{"block_public_policy": False}]}, "public policies"),
    ("aws_s3_object", {"bucket": "b", "key": "k", "acl": "private"},
     {"bucket": "b", "key": "k", "acl": "public-read"}, "read objects"),
    ("aws_vpc_block_public_access_options", {"internet_gateway_block_mode": "block-bidirectional"},
     {"internet_gateway_block_mode": "off"}, "pass internet gateways"),
    ("aws_iam_role_policy_attachments_exclusive", {"role_name": "r", "policy_arns": []},
     {"role_name": "r", "policy_arns": ["arn:admin"]}, "policy arn:admin"),
    ("aws_organizations_policy_attachment", {"policy_id": "p", "target_id": "1"}, None,
     "all that p leaves out"),
    ("aws_vpc_endpoint", {"policy": GET}, {"policy": None},
     "all that its policy leaves out"),
    ("aws_vpc_endpoint_policy", {"vpc_endpoint_id": "v", "policy": GET},
     None, "all that its policy leaves out"),
    ("aws_eks_cluster",
     {"name": "c", "vpc_config": [{"endpoint_public_access": True, "public_access_cidrs": ["10.0.0.0/8"]}]},
     {"name": "c", "vpc_config": [{"endpoint_public_access": True}]}, "in tcp 443"),
    ("kubernetes_manifest", {"manifest": {"kind": "ClusterRoleBinding"}}, {"manifest": BINDING},
     "all that Kubernetes role cluster-admin may"),
    ("kubernetes_manifest", {"manifest": {"kind": "ClusterRole"}}, {"manifest": ROLE}, "get"),
    ("aws_opensearchserverless_access_policy", {"policy": "[]"}, {"policy": "[1]"}, "use its permissions"),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "before", "after", "what"), OPENED)
def test_opened_access_is_reported_and_unchanged_access_is_not(
    type_: str, before: Json, after: Json, what: str
) -> None:
    change = update(type_, before, after) if after is not None else delete(type_, before)
    allowed = [each for each in access_changes(plan(change)) if each.direction is Direction.BROADENED]
    assert any(what in text for each in allowed for text in each.what)
    assert not access_changes(plan(update(type_, before, before)))
    assert not any(each.is_unknown for each in allowed)


def test_a_deleted_endpoint_with_its_policy_allows_nothing() -> None:
    gone = delete("aws_vpc_endpoint", {"policy": GET})
    assert {each.direction for each in access_changes(plan(gone))} == {Direction.REDUCED}


@pytest.mark.parametrize("text", [
    '{"statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}',
    '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}], "Statement": []}',
])  # fmt: skip
def test_an_ambiguous_policy_is_unknown(text: str) -> None:
    (found, _) = access_changes(
        plan(update("aws_iam_role_policy", {"role": "r", "policy": GET}, {"role": "r", "policy": text}))
    )
    assert found.is_unknown
    assert found.direction is Direction.BROADENED


def test_unknown_blocks_count_as_broader() -> None:
    before: Json = {"name": "c", "vpc_config": [{"endpoint_public_access": False}]}
    found = access_changes(
        plan(update("aws_eks_cluster", before, {"name": "c"}, unknown={"vpc_config": True}))
    )
    assert {each.kind: each.is_unknown for each in found} == {"endpoint": True, "security group": True}
    role: Json = {"name": "r", "assume_role_policy": ""}
    assert access_changes(plan(update("aws_iam_role", role, role, unknown={"inline_policy": True})))
    assert not access_changes(plan(create("aws_iam_role", role, unknown={"inline_policy": True})))
    replaced = row("aws_iam_role", Action.DELETE_THEN_CREATE, role, role, unknown={"inline_policy": True})
    assert not access_changes(plan(replaced))
