"""Only types that are known to hold nothing count as harmless, from the plan to the title."""

import json

import pytest

from arqctl.plan.parser import read_plan
from arqctl.plan.risk.danger import harmless_losses
from arqctl.review.builder import StackInput, build_review
from arqctl.review.markdown import comment
from arqctl.review.model import Review, Verdict
from arqctl.review.terminal import render_terminal
from tests.arqctl.plan.redact.secret_injector import row

KNOWN = {
    "aws_cloudhsm_v2_hsm": "keys",
    "aws_connect_phone_number": "address",
    "aws_customer_gateway": "network",
    "aws_datazone_domain": "data",
    "aws_location_tracker": "data",
    "aws_organizations_organization": "data",
    "aws_route53domains_registered_domain": "identity",
    "aws_s3_object": "data",
    "aws_servicecatalog_provisioned_product": "data",
    "aws_ses_domain_identity": "identity",
    "azuread_application": "identity",
    "azurerm_key_vault": "keys",
    "azurerm_storage_account": "data",
    "google_sql_database_instance": "data",
    "google_storage_bucket": "data",
    "oci_database_autonomous_database": "data",
    "oci_objectstorage_bucket": "data",
    "random_id": "identity",
    "random_string": "keys",
}
UNKNOWN = (
    "aws_cloudcontrolapi_resource",
    "azurerm_novel_store",
    "google_novel_store",
    "oci_novel_store",
    "snowflake_role_assignment",
    "snowflake_table",
)
HARMLESS = (
    "aws_iam_policy", "aws_lambda_function", "aws_route", "aws_s3_bucket_policy",
    "aws_eip_association", "azurerm_network_security_rule", "google_project_iam_member",
    "kubernetes_role_binding_v1", "local_file", "null_resource", "random_pet", "terraform_data",
    "time_sleep", "tls_cert_request",
)  # fmt: skip


def reviewed(type_: str, actions: str) -> Review:
    values = {"id": "x"}
    after = None if actions in ("delete", "forget") else {"id": "x", "a": 1}
    document = {"format_version": "1.2", "resource_changes": [row(f"{type_}.main", actions, values, after)]}
    plan = read_plan(json.dumps(document), stack="production", environment="production", paths={})
    return build_review([StackInput(plan)])


@pytest.mark.parametrize("actions", ["delete", "forget", "delete create", "create delete", "create forget"])
@pytest.mark.parametrize("type_", UNKNOWN)
def test_the_loss_of_an_unknown_type_is_a_danger(type_: str, actions: str) -> None:
    review = reviewed(type_, actions)
    assert review.verdict is Verdict.DANGER
    (found,) = review.stacks[0].dangers
    assert (found.loss, found.what) == ("unknown", "may hold data: type not known to arqctl")
    assert not review.stacks[0].harmless_losses
    for page in (comment(review), render_terminal(review)):
        assert "no known data loss" not in page
        assert "Harmless types" not in page
        assert "may hold data: type not known to arqctl" in page
    assert comment(review).splitlines()[1].startswith("## Danger")


@pytest.mark.parametrize(("type_", "loss"), KNOWN.items())
def test_the_loss_of_a_stateful_type_has_its_kind(type_: str, loss: str) -> None:
    review = reviewed(type_, "delete")
    assert review.verdict is Verdict.DANGER
    assert [each.loss for each in review.stacks[0].dangers] == [loss]


@pytest.mark.parametrize("type_", HARMLESS)
def test_the_loss_of_a_harmless_type_is_only_counted(type_: str) -> None:
    review = reviewed(type_, "delete")
    assert review.verdict is Verdict.CHANGES
    assert review.stacks[0].harmless_losses == ((type_, 1),)
    assert "no known data loss" in comment(review).splitlines()[1]


def test_an_unknown_loss_ranks_below_known_data() -> None:
    changes = [row(f"{type_}.main", "delete", {"id": type_}, None)
               for type_ in ("snowflake_table", "aws_route53_record", "aws_db_instance")]  # fmt: skip
    document = {"format_version": "1.2", "resource_changes": changes}
    plan = read_plan(json.dumps(document), stack="production", environment="production", paths={})
    (stack,) = build_review([StackInput(plan)]).stacks
    assert [each.type for each in stack.dangers] == [
        "aws_db_instance",
        "snowflake_table",
        "aws_route53_record",
    ]
    assert not harmless_losses(plan)


def test_creating_or_updating_an_unknown_type_is_no_loss() -> None:
    assert reviewed("azurerm_novel_store", "update").verdict is Verdict.CHANGES
    assert reviewed("azurerm_novel_store", "create").verdict is Verdict.CHANGES
