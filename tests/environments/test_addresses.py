"""Tests of resource addresses against the committed address lists, and of construct ids."""

import json
import re
from pathlib import Path

import pytest

from arqctl.core.settings import Settings
from tests.environments.test_snapshots import ROOT, STACKS

ADDRESSES = Settings.load(ROOT).addresses
ID = re.compile(r"Default|[a-z0-9]+(-[a-z0-9]+)*")


def resources(folder: Path, stack: str) -> list[tuple[str, str]]:
    document = json.loads((folder / "stacks" / stack / "cdk.tf.json").read_text())
    return [
        (f"{kind}.{name}", body["//"]["metadata"]["path"])
        for kind, named in document["resource"].items()
        for name, body in named.items()
    ]


@pytest.mark.parametrize("stack", STACKS)
def test_addresses_equal_the_committed_list(stack: str, assembly_dir: Path) -> None:
    committed = (ADDRESSES / f"{stack}.txt").read_text().splitlines()
    assert sorted(address for address, _ in resources(assembly_dir, stack)) == committed


@pytest.mark.parametrize("stack", STACKS)
def test_construct_ids_are_lower_case_words(stack: str, assembly_dir: Path) -> None:
    for _, path in resources(assembly_dir, stack):
        for part in path.split("/"):
            assert ID.fullmatch(part), path


@pytest.mark.parametrize(
    ("stack", "address"),
    [
        ("production", "aws_vpc.network"),
        ("production", "aws_eks_cluster.cluster"),
        ("production", "aws_db_instance.database"),
        ("production", "aws_cloudfront_distribution.site"),
        ("production-bootstrap", "aws_s3_bucket.state"),
    ],
)
def test_main_resources_have_short_addresses(stack: str, address: str, assembly_dir: Path) -> None:
    assert address in dict(resources(assembly_dir, stack))
