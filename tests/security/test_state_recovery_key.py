import json
from pathlib import Path

from arqctl.core.assembly import Assembly, read_assembly
from arqctl.deploy.recovery_key import find_recovery_alias
from constructs_arq.core.stack import Stack
from constructs_arq.security.state_recovery_key import StateRecoveryKey
from environments.discovery import discover_environments
from tests.support import statements, synthesize


def build(stack: Stack) -> None:
    StateRecoveryKey(stack, "recovery", delivery_roles="test-delivery-*")


def test_the_key_encrypts_with_its_public_part() -> None:
    key = synthesize(build).one("aws_kms_key")
    assert key["customer_master_key_spec"] == "RSA_4096"
    assert key["key_usage"] == "ENCRYPT_DECRYPT"
    assert "enable_key_rotation" not in key


def test_delivery_roles_get_the_public_part_only() -> None:
    policy = statements(synthesize(build).one("aws_kms_key")["policy"])
    denial = policy["DeliveryEncryptsOnly"]
    assert (denial["Effect"], denial["Principal"]) == ("Deny", {"AWS": "*"})
    assert "kms:GetPublicKey" in denial["NotAction"]
    assert not {"kms:Decrypt", "kms:ReEncryptFrom", "kms:PutKeyPolicy", "kms:CreateGrant"}.intersection(
        denial["NotAction"]
    )
    roles = "arn:aws:iam::111122223333:role/test-delivery-*"
    assert denial["Condition"] == {"ArnLike": {"aws:PrincipalArn": roles}}


def test_arqctl_finds_the_key_of_every_environment(assembly_dir: Path) -> None:
    assembly = Assembly(assembly_dir, read_assembly(assembly_dir))
    for environment in discover_environments():
        found = find_recovery_alias(assembly, environment.name)
        assert found == (f"alias/{environment.name}-state-recovery-key", environment.region)


def test_the_key_of_every_environment_denies_its_own_delivery_roles(assembly_dir: Path) -> None:
    for environment in discover_environments():
        file = assembly_dir / "stacks" / f"{environment.name}-account" / "cdk.tf.json"
        resources = json.loads(file.read_text())["resource"]
        (policy,) = (
            key["policy"] for key in resources["aws_kms_key"].values() if "customer_master_key_spec" in key
        )
        pattern = statements(policy)["DeliveryEncryptsOnly"]["Condition"]["ArnLike"]["aws:PrincipalArn"]
        names = {role["name"] for role in resources["aws_iam_role"].values() if "-delivery-" in role["name"]}
        assert pattern == f"arn:aws:iam::{environment.account_id}:role/{environment.name}-delivery-*"
        assert {f"{environment.name}-delivery-{kind}" for kind in ("plan", "deploy", "publish")} <= names
