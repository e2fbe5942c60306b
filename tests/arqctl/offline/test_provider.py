"""The offline provider, called as the protocol server calls it."""

from collections.abc import Mapping

import pytest

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.planning.imports import empty_block
from arqctl.offline.private_state import PrivateState
from arqctl.offline.protocol.provider import ApplyResult, PlanResult, ReadResult, StoredState
from arqctl.offline.provider import OfflineProvider
from arqctl.offline.values import UNKNOWN, Unknown, Value
from tests.arqctl.offline.aws_facts.installed_facts import aws, facts

Config = Mapping[str, Value]

ACCOUNT = Account("210987654321", "eu-west-1")
VPC: Config = {"cidr_block": "10.0.0.0/16"}
BUCKET: Config = {"bucket": "arq-logs"}
DATABASE: Config = {
    "identifier": "orders",
    "engine": "postgres",
    "instance_class": "db.m7g.large",
    "allocated_storage": 20,
    "username": "arq",
    "password": "correct-horse",
    "deletion_protection": True,
}


@pytest.fixture
def store() -> ResourceStore:
    return ResourceStore()


@pytest.fixture
def provider(store: ResourceStore) -> OfflineProvider:
    made = OfflineProvider(aws().with_secrets(facts().secrets()), facts(), store)
    made.configure(
        {
            "region": ACCOUNT.region,
            "allowed_account_ids": [ACCOUNT.id],
            "default_tags": [{"tags": {"owner": "platform"}}],
        }
    )
    return made


def config_of(provider: OfflineProvider, type_: str, given: Config) -> dict[str, Value]:
    return {**empty_block(provider.resource_schema(type_)), **given}


def planned(
    provider: OfflineProvider, type_: str, given: Config, prior: ApplyResult | None = None
) -> PlanResult:
    config = config_of(provider, type_, given)
    state, private = (prior.state, prior.private) if prior else (None, b"")
    return provider.plan(type_, prior=state, proposed=config, config=config, private=private)


def applied(
    provider: OfflineProvider, type_: str, given: Config, prior: ApplyResult | None = None
) -> ApplyResult:
    plan = planned(provider, type_, given, prior)
    assert [each for each in plan.diagnostics if not each.is_warning] == []
    config, state = config_of(provider, type_, given), prior.state if prior else None
    return provider.apply(type_, prior=state, planned=plan.state, config=config, private=plan.private)


def fields(found: PlanResult | ApplyResult | ReadResult) -> dict[str, Value]:
    assert isinstance(found.state, dict)
    return found.state


def test_configure_warns_that_everything_is_simulated(provider: OfflineProvider) -> None:
    (told,) = provider.configure({})
    assert told.is_warning
    assert "simulated" in told.summary.lower()


def test_an_id_starts_with_its_predicted_prefix(provider: OfflineProvider) -> None:
    predicted = fields(planned(provider, "aws_vpc", VPC))["id"]
    assert isinstance(predicted, Unknown)
    assert predicted.prefix.startswith("vpc-")
    assert str(fields(applied(provider, "aws_vpc", VPC))["id"]).startswith(predicted.prefix)


def test_equal_configurations_are_different_resources(provider: OfflineProvider) -> None:
    first, second = applied(provider, "aws_vpc", VPC), applied(provider, "aws_vpc", VPC)
    assert fields(first)["id"] != fields(second)["id"]
    assert PrivateState.decode(first.private) != PrivateState.decode(second.private)


def test_ids_are_those_of_the_provider_block_s_account_and_region(provider: OfflineProvider) -> None:
    arn = str(fields(applied(provider, "aws_vpc", VPC))["arn"])
    assert arn.startswith(f"arn:aws:ec2:{ACCOUNT.region}:{ACCOUNT.id}:vpc/")


def test_a_resource_may_be_in_a_region_of_its_own(provider: OfflineProvider) -> None:
    made = fields(applied(provider, "aws_vpc", {**VPC, "region": "us-east-1"}))
    assert str(made["arn"]).startswith("arn:aws:ec2:us-east-1:")
    assert made["region"] == "us-east-1"


def test_tags_are_the_resource_s_and_the_provider_block_s(provider: OfflineProvider) -> None:
    plan = planned(provider, "aws_vpc", {**VPC, "tags": {"Name": "main"}})
    assert fields(plan)["tags_all"] == {"Name": "main", "owner": "platform"}


def test_nothing_changes_that_is_planned_again(provider: OfflineProvider) -> None:
    made = applied(provider, "aws_db_instance", DATABASE)
    assert planned(provider, "aws_db_instance", DATABASE, made).state == made.state


def test_a_change_keeps_what_was_answered(provider: OfflineProvider) -> None:
    made = applied(provider, "aws_db_instance", DATABASE)
    changed = applied(provider, "aws_db_instance", {**DATABASE, "allocated_storage": 30}, made)
    assert {name for name, value in fields(changed).items() if value != fields(made)[name]} == {
        "allocated_storage"
    }


def test_what_forces_a_new_resource_is_named(provider: OfflineProvider) -> None:
    made = applied(provider, "aws_vpc", VPC)
    assert planned(provider, "aws_vpc", {"cidr_block": "10.9.0.0/16"}, made).requires_replace == (
        ("cidr_block",),
    )


def test_the_store_holds_resources_without_secrets(provider: OfflineProvider, store: ResourceStore) -> None:
    made = applied(provider, "aws_db_instance", DATABASE)
    entry = store.find(ACCOUNT, "aws_db_instance", str(fields(made)["id"]))
    assert entry is not None
    assert (entry.state["identifier"], entry.state["password"]) == ("orders", None)
    assert fields(made)["password"] == DATABASE["password"], "Terraform's state has it, as on AWS"


def test_deletion_removes_a_resource_from_the_store(provider: OfflineProvider, store: ResourceStore) -> None:
    made = applied(provider, "aws_vpc", VPC)
    plan = provider.plan("aws_vpc", prior=made.state, proposed=None, config=None, private=made.private)
    gone = provider.apply("aws_vpc", prior=made.state, planned=None, config=None, private=plan.private)
    assert (plan.state, gone.state, plan.diagnostics) == (None, None, ())
    assert store.list_resources(ACCOUNT, "aws_vpc") == []


def test_a_destroy_that_aws_would_refuse_is_warned_of(provider: OfflineProvider) -> None:
    made = applied(provider, "aws_db_instance", DATABASE)
    plan = provider.plan("aws_db_instance", prior=made.state, proposed=None, config=None, private=b"")
    (told,) = plan.diagnostics
    assert (told.is_warning, told.path) == (True, ("deletion_protection",))


def test_a_wrong_argument_is_refused_before_anything_is_planned(provider: OfflineProvider) -> None:
    config = config_of(provider, "aws_vpc", {"cidr_block": "10.0.0.1/16"})
    assert [each.path for each in provider.validate_resource("aws_vpc", config)] == [("cidr_block",)]


def test_what_leaves_its_network_is_refused_while_both_are_planned(provider: OfflineProvider) -> None:
    network = fields(planned(provider, "aws_vpc", VPC))["id"]
    plan = planned(provider, "aws_subnet", {"vpc_id": network, "cidr_block": "192.168.0.0/24"})
    (told,) = (each for each in plan.diagnostics if not each.is_warning)
    assert told.path == ("cidr_block",)


def test_a_name_that_is_taken_is_refused_at_apply(provider: OfflineProvider) -> None:
    applied(provider, "aws_s3_bucket", BUCKET)
    config = config_of(provider, "aws_s3_bucket", BUCKET)
    again = provider.plan("aws_s3_bucket", prior=None, proposed=config, config=config, private=b"")
    refused = provider.apply("aws_s3_bucket", prior=None, planned=again.state, config=config, private=b"")
    assert refused.state is None
    assert "arq-logs" in refused.diagnostics[0].detail


def test_what_exists_is_imported_and_nothing_changes(provider: OfflineProvider) -> None:
    made = applied(provider, "aws_vpc", VPC)
    found = provider.import_resource("aws_vpc", str(fields(made)["id"]))
    again = planned(provider, "aws_vpc", VPC, ApplyResult(found.state, found.private))
    assert (fields(again)["arn"], again.requires_replace) == (fields(made)["arn"], ())


def test_an_imported_resource_is_never_replaced(provider: OfflineProvider) -> None:
    found = provider.import_resource("aws_vpc", "vpc-0123")
    assert fields(found)["id"] == "vpc-0123"
    prior = ApplyResult(found.state, found.private)
    assert planned(provider, "aws_vpc", VPC, prior).requires_replace == ()
    taken_over = applied(provider, "aws_vpc", VPC, prior)
    assert planned(provider, "aws_vpc", {"cidr_block": "10.9.0.0/16"}, taken_over).requires_replace


def test_a_move_from_another_type_takes_along_what_fits(provider: OfflineProvider) -> None:
    stored = StoredState("aws_alb", 0, {"id": "a", "name": "public", "unheard_of": 1}, b"", "hashicorp/aws")
    moved = fields(provider.move("aws_lb", stored))
    assert (moved["id"], moved["name"]) == ("a", "public")
    assert set(moved) == set(empty_block(provider.resource_schema("aws_lb")))


def test_what_terraform_reads_is_as_it_was(provider: OfflineProvider) -> None:
    made = applied(provider, "aws_vpc", VPC)
    assert provider.read_resource("aws_vpc", made.state, b"kept") == ReadResult(made.state, b"kept")


def test_data_sources_know_the_account(provider: OfflineProvider) -> None:
    block = provider.data_source_schema("aws_caller_identity")
    assert (
        fields(provider.read_data_source("aws_caller_identity", empty_block(block)))["account_id"]
        == ACCOUNT.id
    )


def test_apply_returns_a_certificates_validation_records(provider: OfflineProvider) -> None:
    config: Config = {
        "domain_name": "b.example",
        "subject_alternative_names": ["a.example", "*.b.example"],
        "validation_method": "DNS",
    }
    listed = fields(applied(provider, "aws_acm_certificate", config))["domain_validation_options"]
    assert isinstance(listed, list)
    options = {str(each["domain_name"]): each for each in listed if isinstance(each, dict)}
    assert set(options) == {"a.example", "b.example", "*.b.example"}
    for domain, option in options.items():
        assert str(option["resource_record_name"]).endswith(f".{domain.removeprefix('*.')}.")
        assert option["resource_record_type"] == "CNAME"
        assert str(option["resource_record_value"]).endswith(".acm-validations.aws.")


@pytest.mark.parametrize("ask", [OfflineProvider.resource_schema, OfflineProvider.data_source_schema])
def test_an_unknown_type_is_a_key_error(provider: OfflineProvider, ask: object) -> None:
    assert callable(ask)
    with pytest.raises(KeyError):
        ask(provider, "aws_unheard_of")


def test_an_unknown_argument_is_no_fault(provider: OfflineProvider) -> None:
    plan = planned(provider, "aws_subnet", {"vpc_id": UNKNOWN, "cidr_block": UNKNOWN})
    assert plan.diagnostics == ()


@pytest.mark.parametrize("private", [PrivateState(), PrivateState(ordinal=3), PrivateState(imported=True)])
def test_decoding_private_state_reverses_encoding(private: PrivateState) -> None:
    assert PrivateState.decode(private.encode()) == private


def test_of_what_others_made_nothing_is_kept() -> None:
    assert PrivateState.decode(b"") == PrivateState()
