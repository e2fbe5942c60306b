import pytest

from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.storage.image_replication import ImageReplication
from constructs_arq.storage.image_repository import ImageRepositoryConfig
from tests.support import STACK, Synthesized, synthesize


def build(stack: Stack, region: str = STACK.backup_region) -> None:
    ImageReplication(stack, "replication", name="live-images", region=region, config=ImageRepositoryConfig())


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


def test_the_copy_exists_before_ecr_would_make_one_without_a_key(synthesized: Synthesized) -> None:
    (copy,) = synthesized.of_type("aws_ecr_repository").values()
    assert (copy["name"], copy["provider"]) == ("live-images", f"aws.{STACK.backup_region}")
    assert copy["encryption_configuration"][0]["kms_key"].startswith("${aws_kms_key.")
    replication = synthesized.one("aws_ecr_replication_configuration", "replication/Default")
    assert replication["depends_on"] == ["aws_ecr_repository.replication_copy_" + suffix(synthesized)]


def suffix(synthesized: Synthesized) -> str:
    (name,) = synthesized.json["resource"]["aws_ecr_repository"]
    return str(name).rpartition("_")[2]


def test_only_this_repository_is_copied_to_the_account_itself(synthesized: Synthesized) -> None:
    replication = synthesized.one("aws_ecr_replication_configuration", "replication/Default")
    (rule,) = replication["replication_configuration"]["rule"]
    assert rule["repository_filter"] == [{"filter": "live-images", "filter_type": "PREFIX_MATCH"}]
    assert rule["destination"] == [{"region": STACK.backup_region, "registry_id": STACK.account_id}]


def test_a_copy_in_the_same_region_is_refused() -> None:
    with pytest.raises(ConstructError, match="another region"):
        synthesize(lambda stack: build(stack, STACK.region))
