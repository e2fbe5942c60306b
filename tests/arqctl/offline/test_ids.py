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
from arqctl.offline.schema.model import NUMBER, STRING, Block
from arqctl.offline.values import UNKNOWN, Unknown, Value
from tests.arqctl.offline.extracted import schemas_of
from tests.arqctl.offline.shapes import misshapen

HERE = Account("210987654321", "eu-west-1")
Config = dict[str, Value]
ECR = "210987654321.dkr.ecr.eu-west-1.amazonaws.com"
OIDC = "arn:aws:iam::210987654321:oidc-provider"


def block_of(type: str) -> Block:
    return schemas_of(type.split("_", maxsplit=1)[0]).resource(type)


def simulation(type: str, config: Config, ordinal: int | None = 0) -> SimulatedResource:
    asked = {name: UNKNOWN for name, each in block_of(type).attributes.items() if each.computed}
    return SimulatedResource(type, config, {**asked, **config}, HERE, ordinal)


def told(type: str, name: str, config: Mapping[str, Value] | None = None, ordinal: int = 0) -> Value:
    return compute_attribute(
        simulation(type, {**(config or {})}, ordinal), (name,), block_of(type).attributes[name].type
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
def test_attributes_read_as_aws_writes_them(type: str, config: Config, name: str, value: Value) -> None:
    assert told(type, name, config) == value


def test_parts_of_one_resource_name_each_other() -> None:
    balancer = str(told("aws_lb", "arn", {"name": "a"}))
    assert balancer.endswith(f":loadbalancer/{told('aws_lb', 'arn_suffix', {'name': 'a'})}")
    assert str(told("aws_lb_listener", "arn", {"load_balancer_arn": balancer})).startswith(
        balancer.replace(":loadbalancer/", ":listener/")
    )
    endpoint = told("aws_db_instance", "endpoint", {"identifier": "a", "engine": "postgres"})
    assert endpoint == f"{told('aws_db_instance', 'address', {'identifier': 'a', 'engine': 'postgres'})}:5432"


def test_a_certificate_of_a_cluster_parses() -> None:
    authority = told("aws_eks_cluster", "certificate_authority", {"name": "a"})
    assert isinstance(authority, list)
    [only] = authority
    assert isinstance(only, dict)
    parsed = x509.load_pem_x509_certificate(base64.b64decode(str(only["data"])))
    assert parsed.not_valid_after_utc > datetime(2030, 1, 1, tzinfo=UTC)


def test_records_of_a_certificate_are_known_by_domain_and_told_at_apply() -> None:
    config: Config = {
        "domain_name": "a.example",
        "subject_alternative_names": ["*.a.example", "b.example"],
        "validation_method": "DNS",
    }
    options = predict(simulation("aws_acm_certificate", config, None), block_of("aws_acm_certificate"))
    listed, answered = (
        options["domain_validation_options"],
        told("aws_acm_certificate", "domain_validation_options", config),
    )
    assert isinstance(listed, list)
    assert isinstance(answered, list)
    foretold = [each for each in listed if isinstance(each, dict)]
    known = [each for each in answered if isinstance(each, dict)]
    assert [each["domain_name"] for each in foretold] == ["*.a.example", "a.example", "b.example"]
    assert {each["resource_record_type"] for each in foretold} == {UNKNOWN}
    names = {each["domain_name"]: each["resource_record_name"] for each in known}
    assert names["*.a.example"] == names["a.example"] != names["b.example"]
    assert str(names["b.example"]).endswith(".b.example.")


def test_addresses_lie_in_their_subnet_and_a_cluster_in_the_vpc_of_its_subnets() -> None:
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


def test_a_launch_template_counts_its_versions() -> None:
    changed = SimulatedResource("aws_launch_template", {}, {}, HERE, 0, prior={"latest_version": 4})
    assert compute_attribute(changed, ("latest_version",), NUMBER) == 5


def test_equal_configurations_get_different_ids_that_begin_alike() -> None:
    for kind in ("aws_vpc", "aws_kms_key", "aws_cloudfront_distribution", "aws_lb"):
        config: Config = {"name": "a"} if kind == "aws_lb" else {}
        ids = [make_id(simulation(kind, config, ordinal)) for ordinal in range(50)]
        assert len(set(ids)) == 50
        assert len({each[:-4] for each in ids}) == 1


def test_what_is_foretold_tells_configurations_apart_and_says_all_but_the_last_of_an_id() -> None:
    def foretold(cidr: str) -> Unknown:
        value = predict(simulation("aws_vpc", {"cidr_block": cidr}, None), block_of("aws_vpc"))["id"]
        assert isinstance(value, Unknown)
        return value

    one, other = foretold("10.0.0.0/16"), foretold("10.1.0.0/16")
    assert len(one.prefix) == len("vpc-") + 13
    assert one.prefix != other.prefix
    assert one.not_null


def test_what_terraform_knows_only_later_changes_nothing_that_was_foretold() -> None:
    before: Config = {"cidr_block": "10.0.0.0/24", "vpc_id": Unknown("vpc-1"), "tags": {"Name": "a"}}
    value = predict(simulation("aws_subnet", before, None), block_of("aws_subnet"))["id"]
    assert isinstance(value, Unknown)
    assert str(told("aws_subnet", "id", {**before, "vpc_id": "vpc-1234"})).startswith(value.prefix)
    # A tag that is known later could change the id, so that nothing but its kind is foretold.
    unsure: Config = {**before, "tags": {"Name": UNKNOWN}}
    value = predict(simulation("aws_subnet", unsure, None), block_of("aws_subnet"))["id"]
    assert value == Unknown("subnet-", not_null=True)
    assert str(told("aws_subnet", "id", {**before, "tags": {"Name": "b"}})).startswith("subnet-")


def test_a_region_is_known_while_planning() -> None:
    assert predict(simulation("aws_vpc", {}, None), block_of("aws_vpc"))["region"] == "eu-west-1"


def test_every_resource_type_answers_all_of_the_right_type_and_as_foretold() -> None:
    wrong, broken = [], []
    for kind in schemas_of("aws").resource_types:
        block = block_of(kind)
        promised = predict(simulation(kind, {}, None), block)
        applied = simulation(kind, {})
        for name, attribute in block.attributes.items():
            if not attribute.computed:
                continue
            value, promise = compute_attribute(applied, (name,), attribute.type), promised.get(name)
            wrong += [f"{kind}.{name}"] if misshapen(value, attribute.type) else []
            if isinstance(promise, Unknown) and not str(value).startswith(promise.prefix):
                broken.append(f"{kind}.{name}")
    assert (wrong, broken) == ([], [])


def test_an_id_is_the_same_in_every_process_whatever_its_hash_seed() -> None:
    program = (
        "from arqctl.offline.aws.account import Account\n"
        "from arqctl.offline.aws.ids import make_id\n"
        "from arqctl.offline.aws.simulated_resource import SimulatedResource\n"
        "tags = {'b': '1', 'a': '2'}\n"
        "account = Account('1' * 12, 'eu-west-1')\n"
        "print(make_id(SimulatedResource('aws_vpc', {'tags': tags}, {}, account, 3)))\n"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(told) == 1


@given(
    st.integers(1, 40),
    st.sets(st.integers(0, 30_000), min_size=2, max_size=20),
    st.sampled_from(sorted(ALPHABETS)),
)
def test_numbers_never_give_one_text_twice(length: int, ordinals: set[int], alphabet: str) -> None:
    characters = ALPHABETS[alphabet]
    few = {each % len(characters) ** min(4, length) for each in ordinals}
    texts = [unique_string(characters, length, "seed", each) for each in few]
    assert len(set(texts)) == len(few)
    assert {len(each) for each in texts} == {length}
    assert set("".join(texts)) <= set(characters)


def test_tags_of_a_resource_go_over_those_of_its_provider() -> None:
    assert merge_tags({"a": "own"}, {"a": "provider", "b": "provider"}) == {"a": "own", "b": "provider"}
    assert merge_tags(None, {"b": "provider"}) == {"b": "provider"}
    assert merge_tags({"a": UNKNOWN}, {}) == {"a": UNKNOWN}
    assert merge_tags(UNKNOWN, {"b": "provider"}) == UNKNOWN


def test_a_password_is_as_it_was_asked_for() -> None:
    config: Config = {"length": 24, "special": False, "min_numeric": 5}
    value = str(told("random_password", "result", config))
    assert len(value) == 24
    assert value.isalnum()
    assert sum(each.isdigit() for each in value) >= 5
    assert value == told("random_password", "result", config) != told("random_password", "result", config, 1)


def test_other_random_values_are_as_they_were_asked_for() -> None:
    assert told("random_integer", "result", {"min": 3, "max": 3}) == 3
    assert len(bytes.fromhex(str(told("random_id", "hex", {"byte_length": 6})))) == 6
    assert str(told("random_id", "b64_url", {"byte_length": 6, "prefix": "p-"})).startswith("p-")
    assert str(told("random_pet", "id", {"length": 3, "separator": "_"})).count("_") == 2
    shuffled = told("random_shuffle", "result", {"input": ["a", "b", "c"]})
    assert isinstance(shuffled, list)
    assert {str(each) for each in shuffled} == {"a", "b", "c"}


def test_keys_and_certificates_fit_each_other() -> None:
    key = simulation("tls_private_key", {"algorithm": "ECDSA", "ecdsa_curve": "P256"})
    pem = str(compute_attribute(key, ("private_key_pem",), STRING))
    loaded = serialization.load_pem_private_key(pem.encode(), None)
    config: Config = {
        "private_key_pem": pem,
        "validity_period_hours": 1,
        "subject": [{"common_name": "a.example"}],
    }
    made = compute_attribute(simulation("tls_self_signed_cert", config), ("cert_pem",), STRING)
    certificate = x509.load_pem_x509_certificate(str(made).encode())
    assert certificate.public_key() == loaded.public_key()
    assert certificate.subject.rfc4514_string() == "CN=a.example"
    certificate.verify_directly_issued_by(certificate)


def test_the_account_is_the_one_that_the_provider_may_use() -> None:
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
def test_zones_have_names_and_ids(region: str, code: str) -> None:
    assert region_code(region) == code
    assert list_zones(region)[0].name == f"{region}a"
    assert find_zone(region, f"{code}-az1") == find_zone(region, f"{region}a")
    assert find_zone(region, f"{code}-az9") is None
