import base64
import ipaddress
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from arqctl.offline.aws.account import PLACEHOLDER_ACCOUNT_ID, Account, account_from_config
from arqctl.offline.aws.availability_zones import find_zone, list_zones, region_code
from arqctl.offline.aws.computed_attributes import compute_attribute
from arqctl.offline.aws.ids import make_id, merge_tags, predict
from arqctl.offline.aws.pseudorandom import ALPHABETS, unique_string
from arqctl.offline.aws.simulated_resource import SimulatedResource
from arqctl.offline.schema.model import Block
from arqctl.offline.types import NUMBER, STRING
from arqctl.offline.values import UNKNOWN, Unknown, Value
from tests.arqctl.offline.installed_schemas import schemas_of
from tests.arqctl.offline.type_conformance import violates_type

HERE = Account("210987654321", "eu-west-1")
Config = dict[str, Value]
ECR = "210987654321.dkr.ecr.eu-west-1.amazonaws.com"
OIDC = "arn:aws:iam::210987654321:oidc-provider"


def block_of(type: str) -> Block:
    return schemas_of(type.split("_", maxsplit=1)[0]).resource(type)


def simulated(type: str, config: Config, ordinal: int | None = 0) -> SimulatedResource:
    computed = {name: UNKNOWN for name, each in block_of(type).attributes.items() if each.computed}
    return SimulatedResource(type, config, {**computed, **config}, HERE, ordinal)


def attribute_value(
    type: str, name: str, config: Mapping[str, Value] | None = None, ordinal: int = 0
) -> Value:
    return compute_attribute(
        simulated(type, {**(config or {})}, ordinal), (name,), block_of(type).attributes[name].type
    )


@pytest.mark.parametrize(
    ("type", "config", "name", "value"),
    [
        ("aws_s3_bucket", {"bucket": "logs"}, "arn", "arn:aws:s3:::logs"),
        ("aws_s3_bucket", {"bucket": "a"}, "bucket_regional_domain_name", "a.s3.eu-west-1.amazonaws.com"),
        ("aws_iam_role", {"name": "a", "path": "/b/"}, "arn", "arn:aws:iam::210987654321:role/b/a"),
        ("aws_iam_role", {"name": "a"}, "arn", "arn:aws:iam::210987654321:role/a"),
        ("aws_eks_node_group", {"cluster_name": "a", "node_group_name": "b"}, "id", "a:b"),
        ("aws_cloudwatch_log_group", {"name": "a"}, "arn", f"arn:aws:logs:eu-west-1:{HERE.id}:log-group:a"),
        ("aws_sqs_queue", {"name": "q"}, "url", "https://sqs.eu-west-1.amazonaws.com/210987654321/q"),
        ("aws_ecr_repository", {"name": "a"}, "repository_url", f"{ECR}/a"),
        ("aws_cloudfront_distribution", {}, "hosted_zone_id", "Z2FDTNDATAQYW2"),
        ("aws_lb", {"name": "a"}, "zone_id", "Z32O12XQLNTSW2"),
        ("aws_db_instance", {"engine": "postgres"}, "port", 5432),
        ("aws_launch_template", {}, "latest_version", 1),
        ("aws_subnet", {"availability_zone_id": "euw1-az3"}, "availability_zone", "eu-west-1c"),
        ("aws_iam_openid_connect_provider", {"url": "https://a.b"}, "arn", f"{OIDC}/a.b"),
    ],
)  # fmt: skip
def test_attributes_have_the_format_that_aws_uses(type: str, config: Config, name: str, value: Value) -> None:
    assert attribute_value(type, name, config) == value


def test_attributes_of_related_resources_match() -> None:
    load_balancer_arn = str(attribute_value("aws_lb", "arn", {"name": "a"}))
    assert load_balancer_arn.endswith(
        f":loadbalancer/{attribute_value('aws_lb', 'arn_suffix', {'name': 'a'})}"
    )
    assert str(
        attribute_value("aws_lb_listener", "arn", {"load_balancer_arn": load_balancer_arn})
    ).startswith(load_balancer_arn.replace(":loadbalancer/", ":listener/"))
    endpoint = attribute_value("aws_db_instance", "endpoint", {"identifier": "a", "engine": "postgres"})
    assert (
        endpoint
        == f"{attribute_value('aws_db_instance', 'address', {'identifier': 'a', 'engine': 'postgres'})}:5432"
    )


def test_the_ca_certificate_of_a_cluster_parses() -> None:
    authority = attribute_value("aws_eks_cluster", "certificate_authority", {"name": "a"})
    assert isinstance(authority, list)
    [authority_block] = authority
    assert isinstance(authority_block, dict)
    parsed = x509.load_pem_x509_certificate(base64.b64decode(str(authority_block["data"])))
    assert parsed.not_valid_after_utc > datetime(2030, 1, 1, tzinfo=UTC)


def test_validation_records_have_domains_at_plan_and_values_at_apply() -> None:
    config: Config = {
        "domain_name": "a.example",
        "subject_alternative_names": ["*.a.example", "b.example"],
        "validation_method": "DNS",
    }
    options = predict(simulated("aws_acm_certificate", config, None), block_of("aws_acm_certificate"))
    planned_options, applied_options = (
        options["domain_validation_options"],
        attribute_value("aws_acm_certificate", "domain_validation_options", config),
    )
    assert isinstance(planned_options, list)
    assert isinstance(applied_options, list)
    predicted = [each for each in planned_options if isinstance(each, dict)]
    applied = [each for each in applied_options if isinstance(each, dict)]
    assert [each["domain_name"] for each in predicted] == ["*.a.example", "a.example", "b.example"]
    assert {each["resource_record_type"] for each in predicted} == {UNKNOWN}
    names = {each["domain_name"]: each["resource_record_name"] for each in applied}
    assert names["*.a.example"] == names["a.example"] != names["b.example"]
    assert str(names["b.example"]).endswith(".b.example.")


def test_addresses_are_in_the_subnet_and_a_cluster_is_in_the_vpc_of_its_subnets() -> None:
    def find(type: str, id: str) -> Config | None:
        return (
            {"cidr_block": "10.9.0.0/28", "vpc_id": "vpc-9"}
            if (type, id) == ("aws_subnet", "subnet-1")
            else None
        )

    config: Config = {"subnet_id": "subnet-1", "vpc_config": [{"subnet_ids": ["subnet-1"]}]}
    for ordinal in range(30):
        nat = SimulatedResource("aws_nat_gateway", config, config, HERE, ordinal, find=find)
        address = ipaddress.ip_address(str(compute_attribute(nat, ("private_ip",), STRING)))
        assert address in list(ipaddress.ip_network("10.9.0.0/28"))[4:-1]
    cluster = SimulatedResource("aws_eks_cluster", config, config, HERE, 0, find=find)
    assert compute_attribute(cluster, ("vpc_config", 0, "vpc_id"), STRING) == "vpc-9"


def test_an_update_increments_the_launch_template_version() -> None:
    changed = SimulatedResource("aws_launch_template", {}, {}, HERE, 0, prior={"latest_version": 4})
    assert compute_attribute(changed, ("latest_version",), NUMBER) == 5


def test_equal_configurations_get_different_ids_with_a_common_prefix() -> None:
    for kind in ("aws_vpc", "aws_kms_key", "aws_cloudfront_distribution", "aws_lb"):
        config: Config = {"name": "a"} if kind == "aws_lb" else {}
        ids = [make_id(simulated(kind, config, ordinal)) for ordinal in range(50)]
        assert len(set(ids)) == 50
        assert len({each[:-4] for each in ids}) == 1


def test_predicted_ids_differ_by_configuration_and_lack_only_the_last_characters() -> None:
    def predicted(cidr: str) -> Unknown:
        value = predict(simulated("aws_vpc", {"cidr_block": cidr}, None), block_of("aws_vpc"))["id"]
        assert isinstance(value, Unknown)
        return value

    first, second = predicted("10.0.0.0/16"), predicted("10.1.0.0/16")
    assert len(first.prefix) == len("vpc-") + 13
    assert first.prefix != second.prefix
    assert first.not_null


def test_a_prediction_equals_the_applied_value_when_more_is_known() -> None:
    before: Config = {"cidr_block": "10.0.0.0/24", "vpc_id": Unknown("vpc-1"), "tags": {"Name": "a"}}
    value = predict(simulated("aws_subnet", before, None), block_of("aws_subnet"))["id"]
    assert isinstance(value, Unknown)
    assert str(attribute_value("aws_subnet", "id", {**before, "vpc_id": "vpc-1234"})).startswith(value.prefix)
    # A tag that is known only later could change the id, so only the id's prefix is predicted.
    uncertain: Config = {**before, "tags": {"Name": UNKNOWN}}
    value = predict(simulated("aws_subnet", uncertain, None), block_of("aws_subnet"))["id"]
    assert value == Unknown("subnet-", not_null=True)
    assert str(attribute_value("aws_subnet", "id", {**before, "tags": {"Name": "b"}})).startswith("subnet-")


def test_the_region_is_known_at_plan_time() -> None:
    assert predict(simulated("aws_vpc", {}, None), block_of("aws_vpc"))["region"] == "eu-west-1"


def test_every_computed_attribute_has_its_type_and_the_predicted_prefix() -> None:
    mistyped, contradicting = [], []
    for kind in schemas_of("aws").resource_types:
        block = block_of(kind)
        predicted = predict(simulated(kind, {}, None), block)
        applied = simulated(kind, {})
        for name, attribute in block.attributes.items():
            if not attribute.computed:
                continue
            value, prediction = compute_attribute(applied, (name,), attribute.type), predicted.get(name)
            mistyped += [f"{kind}.{name}"] if violates_type(value, attribute.type) else []
            if isinstance(prediction, Unknown) and not str(value).startswith(prediction.prefix):
                contradicting.append(f"{kind}.{name}")
    assert (mistyped, contradicting) == ([], [])


def test_ids_do_not_depend_on_the_hash_seed() -> None:
    program = (
        "from arqctl.offline.aws.account import Account\n"
        "from arqctl.offline.aws.ids import make_id\n"
        "from arqctl.offline.aws.simulated_resource import SimulatedResource\n"
        "tags = {'b': '1', 'a': '2'}\n"
        "account = Account('1' * 12, 'eu-west-1')\n"
        "print(make_id(SimulatedResource('aws_vpc', {'tags': tags}, {}, account, 3)))\n"
    )
    attribute_value = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(attribute_value) == 1


@given(
    st.integers(1, 40),
    st.sets(st.integers(0, 30_000), min_size=2, max_size=20),
    st.sampled_from(sorted(ALPHABETS)),
)
def test_ordinals_give_unique_strings(length: int, ordinals: set[int], alphabet: str) -> None:
    characters = ALPHABETS[alphabet]
    distinct_ordinals = {each % len(characters) ** min(4, length) for each in ordinals}
    strings = [unique_string(characters, length, "seed", each) for each in distinct_ordinals]
    assert len(set(strings)) == len(distinct_ordinals)
    assert {len(each) for each in strings} == {length}
    assert set("".join(strings)) <= set(characters)


def test_resource_tags_override_default_tags() -> None:
    assert merge_tags({"a": "own"}, {"a": "provider", "b": "provider"}) == {"a": "own", "b": "provider"}
    assert merge_tags(None, {"b": "provider"}) == {"b": "provider"}
    assert merge_tags({"a": UNKNOWN}, {}) == {"a": UNKNOWN}
    assert merge_tags(UNKNOWN, {"b": "provider"}) == UNKNOWN


def test_a_password_has_the_requested_length_and_characters() -> None:
    config: Config = {"length": 24, "special": False, "min_numeric": 5}
    value = str(attribute_value("random_password", "result", config))
    assert len(value) == 24
    assert value.isalnum()
    assert sum(each.isdigit() for each in value) >= 5
    assert (
        value
        == attribute_value("random_password", "result", config)
        != attribute_value("random_password", "result", config, 1)
    )


def test_random_values_have_the_requested_range_and_format() -> None:
    assert attribute_value("random_integer", "result", {"min": 3, "max": 3}) == 3
    assert len(bytes.fromhex(str(attribute_value("random_id", "hex", {"byte_length": 6})))) == 6
    assert str(attribute_value("random_id", "b64_url", {"byte_length": 6, "prefix": "p-"})).startswith("p-")
    assert str(attribute_value("random_pet", "id", {"length": 3, "separator": "_"})).count("_") == 2
    shuffled = attribute_value("random_shuffle", "result", {"input": ["a", "b", "c"]})
    assert isinstance(shuffled, list)
    assert {str(each) for each in shuffled} == {"a", "b", "c"}


def test_certificates_match_their_keys() -> None:
    key = simulated("tls_private_key", {"algorithm": "ECDSA", "ecdsa_curve": "P256"})
    pem = str(compute_attribute(key, ("private_key_pem",), STRING))
    loaded = serialization.load_pem_private_key(pem.encode(), None)
    config: Config = {
        "private_key_pem": pem,
        "validity_period_hours": 1,
        "subject": [{"common_name": "a.example"}],
    }
    pem_at_apply = compute_attribute(simulated("tls_self_signed_cert", config), ("cert_pem",), STRING)
    certificate = x509.load_pem_x509_certificate(str(pem_at_apply).encode())
    assert certificate.public_key() == loaded.public_key()
    assert certificate.subject.rfc4514_string() == "CN=a.example"
    certificate.verify_directly_issued_by(certificate)


def test_the_account_comes_from_the_provider_configuration() -> None:
    assert account_from_config(
        {"allowed_account_ids": ["2" * 12, "1" * 12], "region": "eu-west-1"}, {}
    ) == Account("1" * 12, "eu-west-1")
    role: Value = [{"role_arn": f"arn:aws:iam::{'3' * 12}:role/deploy"}]
    assert account_from_config({"assume_role": role}, {"AWS_REGION": "eu-west-2"}) == Account(
        "3" * 12, "eu-west-2"
    )
    assert account_from_config({}, {}) == Account(PLACEHOLDER_ACCOUNT_ID, "us-east-1")
    assert HERE.for_resource({"region": "us-east-1"}).region == "us-east-1"
    assert Account(region="cn-north-1").partition == "aws-cn"


@pytest.mark.parametrize(
    ("region", "code"),
    [
        ("eu-west-1", "euw1"),
        ("ap-southeast-2", "apse2"),
        ("us-gov-west-1", "usgw1"),
        ("cn-northwest-1", "cnnw1"),
    ],
)
def test_zones_are_found_by_name_and_id(region: str, code: str) -> None:
    assert region_code(region) == code
    assert list_zones(region)[0].name == f"{region}a"
    assert find_zone(region, f"{code}-az1") == find_zone(region, f"{region}a")
    assert find_zone(region, f"{code}-az9") is None
