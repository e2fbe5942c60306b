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
    created = OfflineProvider(aws().with_secrets(facts().secrets()), facts(), store)
    created.configure(
        {
            "region": ACCOUNT.region,
            "allowed_account_ids": [ACCOUNT.id],
            "default_tags": [{"tags": {"owner": "platform"}}],
        }
    )
    return created


def config_of(provider: OfflineProvider, type_: str, arguments: Config) -> dict[str, Value]:
    return {**empty_block(provider.resource_schema(type_)), **arguments}


def planned(
    provider: OfflineProvider, type_: str, arguments: Config, prior: ApplyResult | None = None
) -> PlanResult:
    config = config_of(provider, type_, arguments)
    state, private = (prior.state, prior.private) if prior else (None, b"")
    return provider.plan(type_, prior=state, proposed=config, config=config, private=private)


def applied(
    provider: OfflineProvider, type_: str, arguments: Config, prior: ApplyResult | None = None
) -> ApplyResult:
    plan = planned(provider, type_, arguments, prior)
    assert [each for each in plan.diagnostics if not each.is_warning] == []
    config, state = config_of(provider, type_, arguments), prior.state if prior else None
    return provider.apply(type_, prior=state, planned=plan.state, config=config, private=plan.private)


def fields(found: PlanResult | ApplyResult | ReadResult) -> dict[str, Value]:
    assert isinstance(found.state, dict)
    return found.state


def test_configure_warns_that_everything_is_simulated(provider: OfflineProvider) -> None:
    (diagnostic,) = provider.configure({})
    assert diagnostic.is_warning
    assert "simulated" in diagnostic.summary.lower()


def test_an_id_starts_with_its_predicted_prefix(provider: OfflineProvider) -> None:
    predicted = fields(planned(provider, "aws_vpc", VPC))["id"]
    assert isinstance(predicted, Unknown)
    assert predicted.prefix.startswith("vpc-")
    assert str(fields(applied(provider, "aws_vpc", VPC))["id"]).startswith(predicted.prefix)


def test_equal_configurations_are_different_resources(provider: OfflineProvider) -> None:
    first, second = applied(provider, "aws_vpc", VPC), applied(provider, "aws_vpc", VPC)
    assert fields(first)["id"] != fields(second)["id"]
    assert PrivateState.decode(first.private) != PrivateState.decode(second.private)


def test_arns_have_the_configured_account_and_region(provider: OfflineProvider) -> None:
    arn = str(fields(applied(provider, "aws_vpc", VPC))["arn"])
    assert arn.startswith(f"arn:aws:ec2:{ACCOUNT.region}:{ACCOUNT.id}:vpc/")


def test_a_resource_can_have_its_own_region(provider: OfflineProvider) -> None:
    created = fields(applied(provider, "aws_vpc", {**VPC, "region": "us-east-1"}))
    assert str(created["arn"]).startswith("arn:aws:ec2:us-east-1:")
    assert created["region"] == "us-east-1"


def test_tags_all_includes_the_default_tags(provider: OfflineProvider) -> None:
    plan = planned(provider, "aws_vpc", {**VPC, "tags": {"Name": "main"}})
    assert fields(plan)["tags_all"] == {"Name": "main", "owner": "platform"}


def test_the_second_plan_is_empty(provider: OfflineProvider) -> None:
    created = applied(provider, "aws_db_instance", DATABASE)
    assert planned(provider, "aws_db_instance", DATABASE, created).state == created.state


def test_an_update_keeps_computed_values(provider: OfflineProvider) -> None:
    created = applied(provider, "aws_db_instance", DATABASE)
    changed = applied(provider, "aws_db_instance", {**DATABASE, "allocated_storage": 30}, created)
    assert {name for name, value in fields(changed).items() if value != fields(created)[name]} == {
        "allocated_storage"
    }


def test_arguments_that_force_replacement_are_returned(provider: OfflineProvider) -> None:
    created = applied(provider, "aws_vpc", VPC)
    assert planned(provider, "aws_vpc", {"cidr_block": "10.9.0.0/16"}, created).requires_replace == (
        ("cidr_block",),
    )


def test_the_store_holds_resources_without_secrets(provider: OfflineProvider, store: ResourceStore) -> None:
    created = applied(provider, "aws_db_instance", DATABASE)
    entry = store.find(ACCOUNT, "aws_db_instance", str(fields(created)["id"]))
    assert entry is not None
    assert (entry.state["identifier"], entry.state["password"]) == ("orders", None)
    assert fields(created)["password"] == DATABASE["password"], "Terraform's state has it, as on AWS"


def test_deletion_removes_a_resource_from_the_store(provider: OfflineProvider, store: ResourceStore) -> None:
    created = applied(provider, "aws_vpc", VPC)
    plan = provider.plan("aws_vpc", prior=created.state, proposed=None, config=None, private=created.private)
    deleted = provider.apply("aws_vpc", prior=created.state, planned=None, config=None, private=plan.private)
    assert (plan.state, deleted.state, plan.diagnostics) == (None, None, ())
    assert store.list_resources(ACCOUNT, "aws_vpc") == []


def test_destroying_a_protected_resource_is_a_warning(provider: OfflineProvider) -> None:
    created = applied(provider, "aws_db_instance", DATABASE)
    plan = provider.plan("aws_db_instance", prior=created.state, proposed=None, config=None, private=b"")
    (diagnostic,) = plan.diagnostics
    assert (diagnostic.is_warning, diagnostic.path) == (True, ("deletion_protection",))


def test_validation_rejects_an_invalid_argument(provider: OfflineProvider) -> None:
    config = config_of(provider, "aws_vpc", {"cidr_block": "10.0.0.1/16"})
    assert [each.path for each in provider.validate_resource("aws_vpc", config)] == [("cidr_block",)]


def test_a_subnet_outside_its_planned_vpc_is_rejected(provider: OfflineProvider) -> None:
    network = fields(planned(provider, "aws_vpc", VPC))["id"]
    plan = planned(provider, "aws_subnet", {"vpc_id": network, "cidr_block": "192.168.0.0/24"})
    (diagnostic,) = (each for each in plan.diagnostics if not each.is_warning)
    assert diagnostic.path == ("cidr_block",)


def test_a_taken_name_is_rejected_at_apply(provider: OfflineProvider) -> None:
    applied(provider, "aws_s3_bucket", BUCKET)
    config = config_of(provider, "aws_s3_bucket", BUCKET)
    again = provider.plan("aws_s3_bucket", prior=None, proposed=config, config=config, private=b"")
    rejected = provider.apply("aws_s3_bucket", prior=None, planned=again.state, config=config, private=b"")
    assert rejected.state is None
    assert "arq-logs" in rejected.diagnostics[0].detail


def test_importing_an_existing_resource_changes_nothing(provider: OfflineProvider) -> None:
    created = applied(provider, "aws_vpc", VPC)
    found = provider.import_resource("aws_vpc", str(fields(created)["id"]))
    again = planned(provider, "aws_vpc", VPC, ApplyResult(found.state, found.private))
    assert (fields(again)["arn"], again.requires_replace) == (fields(created)["arn"], ())


def test_an_imported_resource_is_never_replaced(provider: OfflineProvider) -> None:
    found = provider.import_resource("aws_vpc", "vpc-0123")
    assert fields(found)["id"] == "vpc-0123"
    prior = ApplyResult(found.state, found.private)
    assert planned(provider, "aws_vpc", VPC, prior).requires_replace == ()
    imported = applied(provider, "aws_vpc", VPC, prior)
    assert planned(provider, "aws_vpc", {"cidr_block": "10.9.0.0/16"}, imported).requires_replace


def test_a_move_from_another_type_keeps_common_attributes(provider: OfflineProvider) -> None:
    stored = StoredState("aws_alb", 0, {"id": "a", "name": "public", "unknown": 1}, b"", "hashicorp/aws")
    moved = fields(provider.move("aws_lb", stored))
    assert (moved["id"], moved["name"]) == ("a", "public")
    assert set(moved) == set(empty_block(provider.resource_schema("aws_lb")))


def test_reading_a_resource_returns_its_state(provider: OfflineProvider) -> None:
    created = applied(provider, "aws_vpc", VPC)
    assert provider.read_resource("aws_vpc", created.state, b"kept") == ReadResult(created.state, b"kept")


def test_data_sources_use_the_configured_account(provider: OfflineProvider) -> None:
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
    records = fields(applied(provider, "aws_acm_certificate", config))["domain_validation_options"]
    assert isinstance(records, list)
    options = {str(each["domain_name"]): each for each in records if isinstance(each, dict)}
    assert set(options) == {"a.example", "b.example", "*.b.example"}
    for domain, option in options.items():
        assert str(option["resource_record_name"]).endswith(f".{domain.removeprefix('*.')}.")
        assert option["resource_record_type"] == "CNAME"
        assert str(option["resource_record_value"]).endswith(".acm-validations.aws.")


@pytest.mark.parametrize("lookup", [OfflineProvider.resource_schema, OfflineProvider.data_source_schema])
def test_an_unknown_type_is_a_key_error(provider: OfflineProvider, lookup: object) -> None:
    assert callable(lookup)
    with pytest.raises(KeyError):
        lookup(provider, "aws_unknown")


def test_unknown_arguments_pass(provider: OfflineProvider) -> None:
    plan = planned(provider, "aws_subnet", {"vpc_id": UNKNOWN, "cidr_block": UNKNOWN})
    assert plan.diagnostics == ()


@pytest.mark.parametrize("private", [PrivateState(), PrivateState(ordinal=3), PrivateState(imported=True)])
def test_decoding_private_state_reverses_encoding(private: PrivateState) -> None:
    assert PrivateState.decode(private.encode()) == private


def test_empty_private_state_has_the_defaults() -> None:
    assert PrivateState.decode(b"") == PrivateState()
