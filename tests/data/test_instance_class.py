import pytest

from constructs_arq.core.errors import ConfigError
from constructs_arq.data.instance_class import GIB, max_connections, memory_bytes
from constructs_arq.data.postgres_config import PostgresConfig


@pytest.mark.parametrize(
    ("instance_class", "gib"),
    [
        ("db.t4g.micro", 1),
        ("db.t3.2xlarge", 32),
        ("db.m7g.large", 8),
        ("db.m6i.xlarge", 16),
        ("db.r7g.large", 16),
        ("db.r6gd.4xlarge", 128),
        ("db.r5.24xlarge", 768),
        ("db.x2g.large", 32),
    ],
)
def test_memory_is_what_aws_lists(instance_class: str, gib: int) -> None:
    assert memory_bytes(instance_class) == gib * GIB


def test_connections_follow_memory_up_to_what_rds_sets() -> None:
    assert 110 <= max_connections("db.t4g.micro") <= 115
    assert max_connections("db.r7g.16xlarge") == 5_000


@pytest.mark.parametrize(
    "instance_class", ["r7g.large", "db.r7g", "db.z9.large", "db.r7g.micro", "db.t4g.4xlarge"]
)
def test_a_class_that_rds_does_not_offer_is_refused(instance_class: str) -> None:
    with pytest.raises(ConfigError, match="instance_class: must be a class"):
        PostgresConfig(version="18", instance_class=instance_class, storage_gib=20, max_storage_gib=40)
