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
def test_memory_equals_the_aws_documentation(instance_class: str, gib: int) -> None:
    assert memory_bytes(instance_class) == gib * GIB


def test_max_connections_follow_the_rds_default() -> None:
    assert 110 <= max_connections("db.t4g.micro") <= 115
    assert max_connections("db.r7g.16xlarge") == 5_000


@pytest.mark.parametrize(
    "instance_class", ["r7g.large", "db.r7g", "db.z9.large", "db.r7g.micro", "db.t4g.4xlarge"]
)
def test_unknown_instance_classes_are_rejected(instance_class: str) -> None:
    with pytest.raises(ConfigError, match="instance_class: must be an RDS instance class"):
        PostgresConfig(version="18", instance_class=instance_class, storage_gib=20, max_storage_gib=40)
