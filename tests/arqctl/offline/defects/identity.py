"""Defects in roles, policies and keys."""

from tests.arqctl.offline.defects.defect_planting import Defect, apply_all, change_json, drop, put

_ROLE, _AT = "aws_iam_role", "workers/role"
_POLICY = "aws_iam_role_policy"
# This policy has references, so most of it is known after apply. The next one has none.
_SETTLEMENT = "cluster/workloads/shop/settlement/role/connect-database-as-settlement"
_IMAGE_IDS = "cluster/workloads/kube-system/karpenter/role/read-image-ids"
_KEY, _WORKERS = "aws_kms_key", "workers/key"


DEFECTS = (
    Defect("policy-not-json", _POLICY, _SETTLEMENT, put("policy", '{"Version": "2012-10-17", }'), "policy"),
    Defect(
        "policy-effect",
        _POLICY,
        _SETTLEMENT,
        change_json("policy", put("Statement.0.Effect", "Permit")),
        "Permit",
    ),
    Defect(
        "policy-without-action",
        _POLICY,
        _IMAGE_IDS,
        change_json("policy", drop("Statement.0.Action")),
        "Action",
    ),
    Defect(
        "policy-action-without-service",
        _POLICY,
        _SETTLEMENT,
        change_json("policy", put("Statement.0.Action", ["connect"])),
        "connect",
    ),
    Defect(
        "policy-resource-is-a-name",
        _POLICY,
        _SETTLEMENT,
        change_json("policy", put("Statement.0.Resource", ["database"])),
        "database",
    ),
    Defect(
        "policy-with-principal",
        _POLICY,
        _IMAGE_IDS,
        change_json("policy", put("Statement.0.Principal", {"AWS": "*"})),
        "Principal",
    ),
    Defect(
        "policy-operator",
        _POLICY,
        _IMAGE_IDS,
        change_json("policy", put("Statement.0.Condition", {"StringEqual": {"aws:PrincipalTag/a": "b"}})),
        "StringEqual",
    ),
    Defect(
        "policy-version", _POLICY, _IMAGE_IDS, change_json("policy", put("Version", "2012-10-18")), "Version"
    ),
    Defect(
        "policy-with-principal-after-a-reference",
        _POLICY,
        _SETTLEMENT,
        change_json("policy", put("Statement.0.Principal", {"AWS": "*"})),
        "Principal",
    ),
    Defect("policy-name", _POLICY, _SETTLEMENT, put("name", "connect to database"), "name"),
    Defect(
        "trust-without-principal",
        _ROLE,
        _AT,
        change_json("assume_role_policy", drop("Statement.0.Principal")),
        "Principal",
    ),
    Defect(
        "trust-misspelled",
        _ROLE,
        _AT,
        change_json("assume_role_policy", apply_all(put("Statment", []), drop("Statement"))),
        "Statement",
    ),
    Defect(
        "trust-with-resource",
        _ROLE,
        _AT,
        change_json("assume_role_policy", put("Statement.0.Resource", "*")),
        "Resource",
    ),
    Defect(
        "trust-unknown-principal-type",
        _ROLE,
        _AT,
        change_json("assume_role_policy", put("Statement.0.Principal", {"Services": "ec2.amazonaws.com"})),
        "Services",
    ),
    Defect("role-without-trust", _ROLE, _AT, drop("assume_role_policy"), "assume_role_policy"),
    Defect("role-session-too-short", _ROLE, _AT, put("max_session_duration", 600), "max_session_duration"),
    Defect("role-name-too-long", _ROLE, _AT, apply_all(drop("name_prefix"), put("name", "r" * 65)), "name"),
    Defect("role-prefix-too-long", _ROLE, _AT, put("name_prefix", "r" * 39), "name_prefix"),
    Defect("role-name-and-prefix", _ROLE, _AT, put("name", "workers"), "name_prefix"),
    Defect("role-path", _ROLE, _AT, put("path", "arq"), "path"),
    Defect("role-boundary", _ROLE, _AT, put("permissions_boundary", "Boundary"), "permissions_boundary"),
    Defect(
        "attachment-by-name",
        "aws_iam_role_policy_attachment",
        "workers/role/managed-amazonssmmanagedinstancecore",
        put("policy_arn", "AmazonSSMManagedInstanceCore"),
        "policy_arn",
    ),
    Defect(
        "profile-name",
        "aws_iam_instance_profile",
        "cluster/karpenter/instance-profile",
        put("name", "karpenter node"),
        "name",
    ),
    Defect(
        "service-linked-role-service",
        "aws_iam_service_linked_role",
        "workers/launcher",
        put("aws_service_name", "autoscaling"),
        "aws_service_name",
    ),
    Defect(
        "key-policy-lockout",
        _KEY,
        "cache/key",
        change_json("policy", put("Statement.0.Action", ["kms:Decrypt"])),
        "policy",
    ),
    Defect(
        "key-policy-lockout-with-a-reference",
        _KEY,
        _WORKERS,
        change_json("policy", put("Statement.0.Action", ["kms:Decrypt"])),
        "policy",
    ),
    Defect(
        "key-deletion-window", _KEY, _WORKERS, put("deletion_window_in_days", 5), "deletion_window_in_days"
    ),
    Defect("key-usage", _KEY, _WORKERS, put("key_usage", "SIGNING"), "key_usage"),
    Defect(
        "key-spec", _KEY, _WORKERS, put("customer_master_key_spec", "RSA_1024"), "customer_master_key_spec"
    ),
    Defect("key-rotation", _KEY, _WORKERS, put("rotation_period_in_days", 30), "rotation_period_in_days"),
    Defect("alias-prefix", "aws_kms_alias", "workers/key/alias", put("name", "workers"), "alias/"),
    Defect("tags-of-aws", _KEY, _WORKERS, put("tags", {"aws:owner": "platform"}), "aws:"),
    Defect("tags-too-many", _KEY, _WORKERS, put("tags", {f"t{n}": "" for n in range(51)}), "tags"),
    Defect("tag-key-too-long", _KEY, _WORKERS, put("tags", {"k" * 129: ""}), "129"),
)
