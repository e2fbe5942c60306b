"""Every loss of data, identity or protection is a danger, and nothing else is."""

import itertools
from dataclasses import replace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.core.json_access import Json
from arqctl.core.stateful_types import DataLossKind, is_harmless
from arqctl.plan.diff.difference import Kind
from arqctl.plan.model import Action, Change
from arqctl.plan.risk.danger import PROTECTION, dangers, harmless_losses
from tests.arqctl.plan.plan_rows import create, delete, plan, row, update

LOSING = [action for action in Action if "delete" in action or "forget" in action]


@pytest.mark.parametrize("action", list(Action))
def test_exactly_the_destructive_actions_are_dangers(action: Action) -> None:
    found = dangers(plan(row("aws_kms_key", action, {"id": "k"}, {"id": "k"})))
    assert [danger.action for danger in found] == ([action] if action in LOSING else [])


@pytest.mark.parametrize("word", ["delete-read", "update-delete-create", "forget-create"])
def test_an_action_of_a_later_terraform_is_a_danger(word: str) -> None:
    assert dangers(plan(row("aws_kms_key", cast("Action", word), {"id": "k"})))


@pytest.mark.parametrize(
    ("type_", "loss"),
    [
        ("aws_kms_key", DataLossKind.KEYS),
        ("aws_db_instance", DataLossKind.DATA),
        ("aws_cloudwatch_log_group", DataLossKind.EVIDENCE),
        ("aws_cognito_user_pool", DataLossKind.IDENTITY),
        ("aws_s3_bucket_versioning", PROTECTION),
        ("aws_eip", DataLossKind.ADDRESS),
        ("aws_vpc", DataLossKind.NETWORK),
        ("aws_route53_record", DataLossKind.RECREATABLE),
        ("kubernetes_persistent_volume_claim_v1", DataLossKind.DATA),
    ],
)
def test_a_danger_has_its_loss_and_a_description(type_: str, loss: str) -> None:
    (found,) = dangers(plan(delete(type_, {"id": "x"})))
    assert found.loss == loss
    assert found.what


def test_manifests_are_classified_by_kind() -> None:
    kinds = {"CustomResourceDefinition": DataLossKind.DATA, "ConfigMap": DataLossKind.RECREATABLE}
    for kind, loss in kinds.items():
        (found,) = dangers(plan(delete("kubernetes_manifest", {"manifest": {"kind": kind}})))
        assert found.loss == loss


def test_harmless_types_are_only_counted() -> None:
    gone = plan(delete("aws_route", {}), delete("aws_route", {}, name="b"), delete("aws_kms_key", {}))
    assert harmless_losses(gone) == {"aws_route": 2}
    assert len(dangers(gone)) == 1


def test_data_sources_are_never_lost() -> None:
    assert not dangers(plan(replace(delete("aws_kms_key", {}), mode="data")))


def test_deferred_changes_are_reported() -> None:
    assert dangers(plan(deferred=(delete("aws_kms_key", {}),)))


def test_a_deposed_object_is_reported_separately() -> None:
    old = replace(delete("aws_db_instance", {}), deposed="1a2b3c4d")
    found = dangers(plan(old, delete("aws_db_instance", {})))
    assert [danger.deposed for danger in found] == ["", "1a2b3c4d"]
    assert "left over" in found[1].why


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("delete_because_no_resource_config", "no longer in the configuration"),
        ("replace_because_tainted", "tainted"),
        ("replace_because_the_moon", "replace because the moon"),
        ("<img src=x>", "isn't known"),
        ("", "no reason"),
    ],
)
def test_reasons_of_terraform_are_explained_and_unknown_ones_accepted(reason: str, expected: str) -> None:
    (found,) = dangers(plan(replace(delete("aws_kms_key", {}), reason=reason)))
    assert expected in found.why
    assert "<" not in found.why


def test_a_forgotten_resource_stays_in_aws() -> None:
    (found,) = dangers(plan(row("aws_db_instance", Action.FORGET, {"skip_final_snapshot": True})))
    assert "stays in AWS" in found.why
    assert not found.protections


def forced(before: Json, after: Json, *path: Json, unknown: Json = False, secret: Json = False) -> Change:
    return Change(
        Action.DELETE_THEN_CREATE, before, after, unknown, before_sensitive=secret, replace_paths=(path,)
    )


@pytest.mark.parametrize(
    ("change", "path", "texts"),
    [
        (forced({"engine": "mysql"}, {"engine": "postgres"}, "engine"), "engine", ("mysql", "postgres")),
        (forced({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, "a", 0, "b"), "a.b", ("1", "2")),
        (forced({"a": [{"b": 1}, {"b": 5}]}, {"a": [{"b": 2}, {"b": 5}]}, "a", 0, "b"), "a[0].b", ("1", "2")),
        (forced({"a": "1"}, {"a": "1"}, "a"), "a", ("", "")),
        (forced({"kms_key_id": "k"}, {}, "kms_key_id", unknown={"kms_key_id": True}), "kms_key_id",
         ("k", "(known after apply)")),
        (forced({"a": [{"b": 1}]}, {"a": []}, "a", {"b": 1}), "a", ("b = 1", "")),
        (forced({"a": "tell"}, {"a": "nobody"}, "a", secret={"a": True}), "a",
         ("(secret)", "(another secret)")),
        (forced({"password": "tell"}, {"password": "nobody"}, "password"), "password",
         ("(secret)", "(another secret)")),
        (forced({"encrypted": False}, {"encrypted": True}, "encrypted"), "encrypted", ("false", "true")),
    ],
)  # fmt: skip
def test_arguments_that_force_a_replacement_are_reported(
    change: Change, path: str, texts: tuple[str, str]
) -> None:
    (found,) = dangers(plan(replace(row("aws_db_instance", change.action), change=change)))
    (force,) = found.forced_by
    assert (force.path, force.before, force.after) == (path, *texts)
    assert force.forces
    assert (force.kind is Kind.UNKNOWN) == (texts[1] == "(known after apply)")


@pytest.mark.parametrize("path", [("passwords", "tulip"), ("tags", 31337), ("a", {"b": "tulip"}, "c")])
def test_a_path_step_with_a_value_is_not_shown(path: tuple[Json, ...]) -> None:
    change = forced({"passwords": [], "tags": [], "a": []}, {}, *path)
    (found,) = dangers(plan(replace(row("aws_db_instance", change.action), change=change)))
    assert found.forced_by[0].path.startswith(f"{path[0]}[…]")
    assert "tulip" not in repr(found)


def test_a_sensitive_value_is_not_reported() -> None:
    change = Change(Action.UPDATE, {"retention_in_days": 424}, {"retention_in_days": 7},
                    before_sensitive={"retention_in_days": True})  # fmt: skip
    (found,) = dangers(plan(replace(row("aws_cloudwatch_log_group", Action.UPDATE), change=change)))
    assert found.protections[0].before == "(secret)"
    assert "424" not in repr(found)


def test_only_booleans_numbers_and_keywords_are_reported() -> None:
    (found,) = dangers(plan(delete("aws_db_instance", {"deletion_protection": "tulip"})))
    assert "tulip" not in repr(found)


WEAKER: list[tuple[str, Json, Json]] = [
    ("aws_db_instance", {"deletion_protection": True}, {"deletion_protection": False}),
    ("aws_db_instance", {"deletion_protection": True}, {"deletion_protection": None}),
    ("aws_db_instance", {"skip_final_snapshot": False}, {"skip_final_snapshot": True}),
    ("aws_db_instance", {"backup_retention_period": 35}, {"backup_retention_period": 1}),
    ("aws_db_instance", {"multi_az": True}, {"multi_az": False}),
    ("aws_s3_bucket", {"force_destroy": False}, {"force_destroy": True}),
    ("aws_s3_bucket_versioning", {"versioning_configuration": [{"status": "Enabled"}]},
     {"versioning_configuration": [{"status": "Suspended"}]}),
    ("aws_cloudwatch_log_group", {"retention_in_days": 400}, {"retention_in_days": 7}),
    ("aws_cloudwatch_log_group", {"retention_in_days": 0}, {"retention_in_days": 3653}),
    ("aws_kms_key", {"deletion_window_in_days": 30}, {"deletion_window_in_days": 7}),
    ("aws_dynamodb_table", {"point_in_time_recovery": [{"enabled": True}]}, {"point_in_time_recovery": []}),
    ("aws_cognito_user_pool", {"deletion_protection": "ACTIVE"}, {"deletion_protection": "INACTIVE"}),
    ("aws_s3_bucket_lifecycle_configuration", {"rule": [{"expiration": [{"days": 365}]}]},
     {"rule": [{"expiration": [{"days": 365}]}, {"expiration": [{"days": 1}]}]}),
    ("aws_cloudtrail", {"enable_logging": True}, {"enable_logging": False}),
    ("aws_eks_cluster", {"enabled_cluster_log_types": ["api", "audit"]},
     {"enabled_cluster_log_types": ["api"]}),
    ("aws_backup_plan", {"rule": [{"rule_name": "a"}, {"rule_name": "b"}]}, {"rule": [{"rule_name": "b"}]}),
    ("aws_dynamodb_table", {"replica": [{"region_name": "eu-west-2"}]}, {"replica": []}),
    ("aws_cloudfront_distribution", {"web_acl_id": "arn:x"}, {"web_acl_id": ""}),
    ("aws_cloudwatch_log_group", {"kms_key_id": "arn:x"}, {"kms_key_id": None}),
    ("aws_cognito_user_pool", {"mfa_configuration": "ON"}, {"mfa_configuration": "OPTIONAL"}),
    ("aws_launch_template", {"metadata_options": [{"http_tokens": "required"}]},
     {"metadata_options": [{"http_tokens": "optional"}]}),
    ("aws_instance", {"root_block_device": [{"delete_on_termination": False}]},
     {"root_block_device": [{"delete_on_termination": True}]}),
    ("kubernetes_storage_class_v1", {"reclaim_policy": "Retain"}, {"reclaim_policy": "Delete"}),
    ("aws_s3_bucket_lifecycle_configuration", {"rule": [{"status": "Disabled"}]},
     {"rule": [{"status": "Enabled"}]}),
    ("aws_lb", {"access_logs": [{"enabled": True}]}, {"access_logs": [{"enabled": False}]}),
    ("aws_cloudwatch_metric_alarm", {"actions_enabled": True}, {"actions_enabled": False}),
    ("aws_cloudwatch_metric_alarm", {"alarm_actions": ["arn:x"]}, {"alarm_actions": []}),
    ("aws_db_proxy", {"require_tls": True}, {"require_tls": False}),
    ("aws_msk_cluster",
     {"encryption_info": [{"encryption_in_transit": [{"client_broker": "TLS"}]}]},
     {"encryption_info": [{"encryption_in_transit": [{"client_broker": "TLS_PLAINTEXT"}]}]}),
    ("aws_opensearch_domain", {"domain_endpoint_options": [{"enforce_https": True}]},
     {"domain_endpoint_options": [{"enforce_https": False}]}),
    ("aws_cloudfront_distribution", {"logging_config": [{"bucket": "logs"}]}, {"logging_config": []}),
    ("aws_api_gateway_stage", {"access_log_settings": [{"destination_arn": "arn:x"}]},
     {"access_log_settings": []}),
    ("aws_sqs_queue", {"redrive_policy": "{}"}, {"redrive_policy": ""}),
    ("aws_wafv2_web_acl", {"default_action": [{"block": [{"custom_response": []}]}]},
     {"default_action": [{"allow": [{}], "block": []}]}),
    ("aws_ssm_parameter", {"type": "SecureString"}, {"type": "String"}),
    ("aws_dms_endpoint", {"ssl_mode": "verify-full"}, {"ssl_mode": "none"}),
    ("google_storage_bucket", {"versioning": [{"enabled": True}]}, {"versioning": [{"enabled": False}]}),
    ("google_storage_bucket", {"lifecycle_rule": []},
     {"lifecycle_rule": [{"action": [{"type": "Delete"}], "condition": [{"age": 1}]}]}),
    ("google_storage_bucket", {"lifecycle_rule": [{"action": [{"type": "SetStorageClass"}]}]},
     {"lifecycle_rule": [{"action": [{"type": "SetStorageClass"}]}, {"action": [{"type": "Delete"}]}]}),
    ("azurerm_storage_account", {"blob_properties": [{"versioning_enabled": True}]},
     {"blob_properties": [{"versioning_enabled": False}]}),
    ("azurerm_key_vault", {"purge_protection_enabled": True}, {"purge_protection_enabled": False}),
    ("aws_dynamodb_table", {"ttl": [{"enabled": False}]}, {"ttl": [{"enabled": True}]}),
    ("aws_dynamodb_table", {"ttl": []}, {"ttl": [{"enabled": True, "attribute_name": "a"}]}),
    ("aws_ecs_service", {"desired_count": 3}, {"desired_count": 0}),
    ("aws_autoscaling_group", {"max_size": 3}, {"max_size": 0}),
    ("aws_autoscaling_group", {"desired_capacity": 3}, {"desired_capacity": 0}),
    ("aws_lb_listener", {"ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06"},
     {"ssl_policy": "ELBSecurityPolicy-2016-08"}),
    ("aws_lb_listener", {"ssl_policy": "ELBSecurityPolicy-TLS13-1-3-2021-06"},
     {"ssl_policy": "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"}),
    ("aws_lb_listener", {"ssl_policy": "ELBSecurityPolicy-TLS-1-2-2017-01"},
     {"ssl_policy": "ELBSecurityPolicy-TLS-1-1-2017-01"}),
    ("aws_lb_listener", {"ssl_policy": "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04"},
     {"ssl_policy": "ELBSecurityPolicy-any"}),
    ("aws_db_parameter_group",
     {"parameter": [{"name": "a", "value": "0"}, {"name": "rds.force_ssl", "value": "1"}]},
     {"parameter": [{"name": "a", "value": "0"}, {"name": "rds.force_ssl", "value": "0"}]}),
    ("aws_db_parameter_group", {"parameter": [{"name": "rds.force_ssl", "value": "1"}]}, {"parameter": []}),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "before", "after"), WEAKER)
def test_a_weakened_protection_is_a_danger_without_a_deletion(type_: str, before: Json, after: Json) -> None:
    (found,) = dangers(plan(update(type_, before, after)))
    assert found.loss == PROTECTION
    assert len(found.protections) == 1
    assert not dangers(plan(update(type_, after, before)))
    assert not dangers(plan(update(type_, before, before)))
    assert not dangers(plan(create(type_, after)))


@pytest.mark.parametrize(("type_", "before", "after"), [
    ("aws_ecs_service", {"desired_count": 3}, {"desired_count": 1}),
    ("aws_lb_listener", {"ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06"},
     {"ssl_policy": "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"}),
    ("aws_db_parameter_group", {"parameter": [{"name": "other", "value": "1"}]},
     {"parameter": [{"name": "other", "value": "0"}]}),
])  # fmt: skip
def test_a_change_that_weakens_no_protection_is_no_danger(type_: str, before: Json, after: Json) -> None:
    assert not dangers(plan(update(type_, before, after)))


def test_an_unknown_number_of_tasks_can_be_none() -> None:
    unknown = update("aws_ecs_service", {"desired_count": 3}, {}, unknown={"desired_count": True})
    (found,) = dangers(plan(unknown))
    assert found.what == "the service's running tasks: 3 → (known after apply)"


def test_a_lost_member_is_reported_even_if_another_is_added() -> None:
    audit: Json = {"enabled_cluster_log_types": ["audit"]}
    (found,) = dangers(plan(update("aws_eks_cluster", audit, {"enabled_cluster_log_types": ["api"]})))
    assert found.what == "the cluster's own logs: without audit"
    assert not found.further_protections
    many: Json = {"resources": [f"r{number}" for number in range(5)]}
    (found,) = dangers(plan(update("aws_backup_selection", many, {"resources": []})))
    assert found.what.endswith("without r0, r1, r2 and 2 more")


def test_sensitive_members_are_not_named() -> None:
    change = Change(Action.UPDATE, {"resources": ["tulip"]}, {}, before_sensitive={"resources": [True]})
    (found,) = dangers(plan(replace(row("aws_backup_selection", Action.UPDATE), change=change)))
    assert "tulip" not in repr(found)


def test_an_expiration_rule_is_a_danger_for_an_existing_bucket() -> None:
    rule: Json = [{"expiration": [{"days": 1}]}]
    type_ = "aws_s3_bucket_lifecycle_configuration"
    assert dangers(plan(create(type_, {"bucket": "ledger", "rule": rule})))
    assert not dangers(plan(create(type_, {"rule": rule}, unknown={"bucket": True})))


def test_an_unknown_key_is_a_key() -> None:
    unknown = update("aws_db_instance", {"kms_key_id": "k"}, {}, unknown={"kms_key_id": True})
    assert not dangers(plan(unknown))


def test_an_unknown_protection_counts_as_lost() -> None:
    unknown = update("aws_db_instance", {"multi_az": True}, {}, unknown={"multi_az": True})
    assert dangers(plan(unknown))[0].protections[0].after == "(known after apply)"
    assert not dangers(plan(update("aws_db_instance", {"multi_az": False}, {}, unknown={"multi_az": True})))


@pytest.mark.parametrize(
    ("type_", "before", "expected"),
    [
        ("aws_db_instance", {"deletion_protection": False}, "deletion protection is off"),
        ("aws_db_instance", {"deletion_protection": True}, "AWS refuses"),
        ("aws_db_instance", {"skip_final_snapshot": True}, "without the final snapshot"),
        ("aws_db_instance", {"skip_final_snapshot": False, "final_snapshot_identifier": None}, "no name"),
        ("aws_kms_key", {"deletion_window_in_days": 7}, "canceled: 7"),
        ("aws_s3_bucket", {"force_destroy": True}, "without the refusal"),
    ],
)
def test_a_deletion_reports_present_and_missing_protections(type_: str, before: Json, expected: str) -> None:
    (found,) = dangers(plan(delete(type_, before)))
    assert expected in found.protections[0].message


def test_a_protection_deleted_with_its_resource_is_not_reported_twice() -> None:
    bucket = delete("aws_s3_bucket", {"id": "assets"})
    block = delete("aws_s3_bucket_public_access_block", {"bucket": "assets"})
    assert [danger.type for danger in dangers(plan(bucket, block))] == ["aws_s3_bucket"]
    assert [danger.loss for danger in dangers(plan(block))] == [PROTECTION]


def test_protections_of_data_are_first() -> None:
    logs = update("aws_cloudwatch_log_group", {"retention_in_days": 400}, {"retention_in_days": 7})
    database = update("aws_db_instance", {"deletion_protection": True}, {"deletion_protection": False})
    assert [danger.type for danger in dangers(plan(logs, database))] == [database.type, logs.type]


def test_the_most_severe_is_first_and_deletions_precede_forgotten_resources() -> None:
    rows = [
        delete("aws_route53_record", {}),
        row("aws_db_instance", Action.FORGET, {}, name="a"),
        delete("aws_db_instance", {}, name="b"),
        delete("aws_kms_key", {}),
        update("aws_s3_bucket", {"force_destroy": False}, {"force_destroy": True}),
    ]
    order = ["aws_kms_key.main", "aws_db_instance.b", "aws_db_instance.a", "aws_s3_bucket.main",
             "aws_route53_record.main"]  # fmt: skip
    for shuffled in itertools.permutations(rows):
        assert [danger.address for danger in dangers(plan(*shuffled))] == order


@given(
    type_=st.sampled_from(["aws_kms_key", "aws_route", "aws_db_instance", "aws_iam_policy", "oci_any"]),
    action=st.sampled_from(list(Action)),
)
def test_a_loss_is_either_a_danger_or_counted(type_: str, action: Action) -> None:
    one = plan(row(type_, action, {"id": "x"}, {"id": "x"}))
    reported = len(dangers(one)) + sum(harmless_losses(one).values())
    assert reported == (action in LOSING)
    assert bool(dangers(one)) == (action in LOSING and not is_harmless(type_))
