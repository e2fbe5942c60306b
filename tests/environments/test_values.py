"""Tests that environments differ only in values, and that other code does not depend on their names."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from constructs_arq.core.errors import ConfigError
from constructs_arq.recovery.backup_config import BackupConfig
from environments.environment import Environment
from environments.staging import STAGING
from tests.environments.conftest import ROOT

NAMES = ("dev", "staging", "production")


def resources(assembly_dir: Path, name: str) -> dict[str, dict[str, Any]]:
    stack = json.loads((assembly_dir / "stacks" / name / "cdk.tf.json").read_text())
    found: dict[str, dict[str, Any]] = stack["resource"]
    return found


def only(of_type: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = of_type[name]
    return found


def test_development_is_small_and_unprotected(assembly_dir: Path) -> None:
    dev = resources(assembly_dir, "dev")
    assert len(dev["aws_nat_gateway"]) == 1
    assert {group["capacity_type"] for group in dev["aws_eks_node_group"].values()} == {"SPOT"}
    database = only(dev["aws_db_instance"], "database")
    assert (database["multi_az"], database["backup_retention_period"]) == (False, 1)
    assert "aws_db_instance_automated_backups_replication" not in dev
    assert database["deletion_protection"] is False
    assert not any("prevent_destroy" in r.get("lifecycle", {}) for t in dev.values() for r in t.values())


@pytest.mark.parametrize("name", NAMES)
def test_state_is_protected_in_all_environments(name: str, assembly_dir: Path) -> None:
    bootstrap = resources(assembly_dir, f"{name}-bootstrap")
    for kind in ("aws_s3_bucket", "aws_kms_key"):
        assert all(r["lifecycle"]["prevent_destroy"] for r in bootstrap[kind].values()), kind
    assert not any(bucket["force_destroy"] for bucket in bootstrap["aws_s3_bucket"].values())


def test_production_survives_loss_of_a_zone_or_region(assembly_dir: Path) -> None:
    production = resources(assembly_dir, "production")
    assert len(production["aws_nat_gateway"]) == 3
    database = only(production["aws_db_instance"], "database")
    assert (database["multi_az"], database["backup_retention_period"]) == (True, 35)
    assert database["deletion_protection"] is True
    assert len(production["aws_db_instance"]) == 2
    assert production["aws_db_proxy"]
    (copies,) = production["aws_db_instance_automated_backups_replication"].values()
    assert copies["provider"] == "aws.eu-central-1"
    for kind in ("aws_s3_bucket", "aws_kms_key", "aws_elasticache_replication_group"):
        assert all(r["lifecycle"]["prevent_destroy"] for r in production[kind].values()), kind
    in_zones = {len(group["subnet_ids"]) for group in production["aws_eks_node_group"].values()}
    assert in_zones == {3}


def test_staging_has_the_resources_of_production(assembly_dir: Path) -> None:
    staging, production = (resources(assembly_dir, name) for name in ("staging", "production"))
    # Production alone has a standby: a key of CloudFront chooses the region of its requests.
    assert set(production) - set(staging) == {"aws_cloudfront_key_value_store"}
    assert set(staging) <= set(production)
    for kind in (
        "aws_subnet",
        "aws_nat_gateway",
        "aws_db_instance",
        "aws_lb",
        "aws_kms_key",
        "aws_s3_bucket",
    ):
        assert set(staging[kind]) == set(production[kind]), kind
    assert (
        only(staging["aws_db_instance"], "database")["instance_class"]
        != (only(production["aws_db_instance"], "database")["instance_class"])
    )


def test_each_environment_has_one_allowed_account(assembly_dir: Path) -> None:
    accounts = set()
    for name in NAMES:
        for stack in (name, f"{name}-account", f"{name}-bootstrap"):
            written = json.loads((assembly_dir / "stacks" / stack / "cdk.tf.json").read_text())
            allowed = {tuple(provider["allowed_account_ids"]) for provider in written["provider"]["aws"]}
            assert len(allowed) == 1
            accounts |= {(name, *allowed)}
    assert len(accounts) == len({account for _, account in accounts}) == 3


@pytest.mark.parametrize("name", NAMES)
def test_module_of_values_has_no_logic(name: str) -> None:
    docstring, *imports, assignment = ast.parse((ROOT / f"environments/{name}.py").read_text()).body
    assert isinstance(docstring, ast.Expr)
    assert all(isinstance(statement, ast.ImportFrom) for statement in imports)
    assert isinstance(assignment, ast.Assign)
    values = (
        ast.Assign,
        ast.Name,
        ast.Attribute,
        ast.Call,
        ast.keyword,
        ast.Constant,
        ast.Tuple,
        ast.Dict,
        ast.expr_context,
    )
    others = {type(node).__name__ for node in ast.walk(assignment) if not isinstance(node, values)}
    assert others == set()


def test_library_and_composition_contain_no_environment_name() -> None:
    files = [*(ROOT / "constructs_arq").rglob("*.py"), ROOT / "environments/platform.py"]
    files += [ROOT / f"environments/{name}.py" for name in ("account", "bootstrap", "publishing")]
    files += [ROOT / "environments/synthesis.py"]
    named = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and node.value in NAMES
    ]
    assert named == []


@pytest.mark.parametrize("vault", [None, "arn:aws:backup:eu-west-1:444455556666:backup-vault:copies"])
def test_a_lost_key_of_the_database_leaves_copies(vault: str | None) -> None:
    backups = BackupConfig(copy_to_backup_region=False, cross_account_copy=vault)
    protected = {**dict(STAGING), "protected": True, "backups": backups}
    if vault:
        assert Environment(**protected).backups.has_copies
        return
    assert not Environment(**{**protected, "protected": False}).backups.has_copies
    with pytest.raises(ConfigError, match="a protected environment must have copies of its backups"):
        Environment(**protected)
