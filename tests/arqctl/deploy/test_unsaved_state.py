"""A state that Terraform cannot save is pushed again or kept encrypted: real Terraform and a state server."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.client
import pytest
from botocore.client import BaseClient
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from arqctl.core.progress import ProgressCallback
from arqctl.core.terraform_cli import Terraform, TerraformError
from arqctl.deploy import encrypted_state
from tests.arqctl.terraform.local_project import LocalProject
from tests.arqctl.terraform.state_server import StateServer, running_state_server

pytestmark = pytest.mark.slow

KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd"
MANY = 99


@pytest.fixture
def server() -> Iterator[StateServer]:
    with running_state_server() as server:
        yield server


@pytest.fixture
def dev(local_project: LocalProject, server: StateServer) -> LocalProject:
    local_project.write_stacks(dev="one")
    local_project.use_state_server("dev", server.address)
    return local_project


@pytest.fixture
def kms(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Answer KMS's calls with a real RSA key, and return the names of the calls."""
    private_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public_key = private_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    calls: list[str] = []

    def answer(client: BaseClient, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        calls.append(operation)
        if operation == "GetPublicKey":
            assert parameters == {"KeyId": "alias/dev-state-recovery-key"}
            return {"KeyId": KEY_ARN, "PublicKey": public_key}
        assert operation == "Decrypt"
        assert parameters["KeyId"] == "alias/dev-state-recovery-key"
        assert client.meta.region_name == "eu-west-1"
        assert parameters["EncryptionAlgorithm"] == "RSAES_OAEP_SHA_256"
        plaintext = private_key.decrypt(parameters["CiphertextBlob"], encrypted_state._padding())
        return {"KeyId": KEY_ARN, "Plaintext": plaintext}

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", answer)
    return calls


def errored(project: LocalProject) -> Path:
    return project.root / ".arq/aws/cdktf.out/stacks/dev/errored.tfstate"


def artifact(project: LocalProject) -> Path:
    return project.root / ".arq/aws/unsaved-states/dev.json"


def saved_value(server: StateServer) -> object:
    return json.loads(server.state)["outputs"]["value"]["value"]


def test_a_second_attempt_saves_the_state(dev: LocalProject, server: StateServer) -> None:
    server.reject("POST", times=1)
    code, _, stderr = dev.deploy("dev")
    assert code == 4
    assert "Failed to persist state to backend" in stderr
    assert stderr.endswith("\nThe state of dev was saved by a second attempt.\n")
    assert saved_value(server) == "one"
    assert not errored(dev).exists()
    assert dev.arqctl("plan", "dev")[0] == 0


def test_a_second_attempt_works_with_the_lock_that_the_apply_left(
    dev: LocalProject, server: StateServer
) -> None:
    server.reject("POST", times=1)
    # The plan has its own lock.
    server.reject("UNLOCK", times=1, after=1)
    _, _, stderr = dev.deploy("dev")
    assert "\nThe state of dev was saved by a second attempt.\nIt is still locked." in stderr
    assert saved_value(server) == "one"
    assert server.lock
    unlock = stderr.splitlines()[-1].strip()
    assert unlock.startswith("terraform -chdir=")
    command = unlock.replace("force-unlock", "force-unlock -force")
    subprocess.run(command, shell=True, check=True, capture_output=True)  # noqa: S602 - as printed, without the prompt
    assert not server.lock


def test_an_interrupted_apply_saves_its_state_too(
    dev: LocalProject, server: StateServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.reject("POST", times=1)
    apply = Terraform.apply

    def apply_and_interrupt(terraform: Terraform, on_progress: ProgressCallback) -> object:
        with pytest.raises(TerraformError):
            apply(terraform, on_progress)
        raise KeyboardInterrupt

    monkeypatch.setattr(Terraform, "apply", apply_and_interrupt)
    code, _, stderr = dev.deploy("dev")
    assert code == 1
    assert "The state of dev was saved by a second attempt." in stderr
    assert saved_value(server) == "one"


def test_without_a_key_the_state_stays_in_the_folder_of_the_stack(
    dev: LocalProject, server: StateServer
) -> None:
    server.reject("POST", times=2)
    code, _, stderr = dev.deploy("dev")
    assert code == 4
    assert "The state of dev could not be saved, at the second attempt either: " in stderr
    assert f"  terraform -chdir={errored(dev).parent} state push errored.tfstate\n" in stderr
    assert "arqctl state recover" not in stderr
    assert not artifact(dev).exists()


def test_the_printed_commands_save_the_state(dev: LocalProject, server: StateServer) -> None:
    server.reject("POST", times=2)
    _, _, stderr = dev.deploy("dev")
    push, _, delete = (
        line.strip() for line in stderr.splitlines() if line.startswith(("  terraform -", "  rm "))
    )
    for command in (push, delete):
        subprocess.run(command, shell=True, check=True, capture_output=True)  # noqa: S602 - as printed
    assert saved_value(server) == "one"
    assert dev.arqctl("plan", "dev")[0] == 0


@pytest.mark.parametrize("command", [("plan", "dev"), ("deploy", "dev", "--yes")])
def test_nothing_is_planned_before_the_state_is_saved(
    dev: LocalProject, server: StateServer, command: tuple[str, ...]
) -> None:
    server.reject("POST", times=MANY)
    dev.deploy("dev")
    code, _, stderr = dev.arqctl(*command)
    assert code == 2
    assert f"{errored(dev)}: is the state of an earlier run, which Terraform could not save." in stderr


def test_the_state_is_kept_encrypted_for_administrators(
    dev: LocalProject, server: StateServer, kms: list[str]
) -> None:
    dev.add_recovery_key("dev-account")
    server.reject("POST", times=MANY)
    code, _, stderr = dev.deploy("dev")
    assert code == 4
    assert stderr.endswith("\n  arqctl state recover dev.json\n")
    assert kms == ["GetPublicKey"]
    assert artifact(dev).stat().st_mode & 0o777 == 0o600
    assert "terraform_data" not in artifact(dev).read_text()


def test_an_administrator_recovers_the_state_on_another_machine(
    dev: LocalProject, server: StateServer, kms: list[str]
) -> None:
    dev.add_recovery_key("dev-account")
    server.reject("POST", times=MANY)
    dev.deploy("dev")
    lost = errored(dev).read_bytes()
    errored(dev).unlink()
    server.reject("POST", times=0)
    code, stdout, stderr = dev.arqctl("state", "recover", str(artifact(dev)))
    assert (code, stderr) == (0, "")
    assert kms == ["GetPublicKey", "Decrypt"]
    assert errored(dev).read_bytes() == lost
    assert errored(dev).stat().st_mode & 0o777 == 0o600
    assert f"  terraform -chdir={errored(dev).parent} state push errored.tfstate\n" in stdout
    assert "force-unlock ID" in stdout
    assert stdout.endswith("Then plan again: arqctl plan dev\n")


@pytest.fixture
def dev_without_credentials(
    dev: LocalProject, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> LocalProject:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "missing"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    dev.add_recovery_key("dev-account")
    return dev


def test_a_pipeline_does_not_deploy_without_the_key(dev_without_credentials: LocalProject) -> None:
    code, stdout, stderr = dev_without_credentials.deploy("dev")
    assert code == 4
    assert stderr.startswith("Refused: alias/dev-state-recovery-key can't be used: ")
    assert "`cdktf deploy dev-account`" in stderr
    assert "apply" not in stdout


def test_an_emergency_needs_no_key(dev_without_credentials: LocalProject) -> None:
    reason = "KMS is down, INC-4711"
    code, _, stderr = dev_without_credentials.deploy("dev", "--break-glass", reason)
    assert code == 0
    assert "alias/dev-state-recovery-key can't be used: " in stderr
    assert "If Terraform can't save the state, it stays on this machine only\n" in stderr


def test_the_stack_that_creates_the_key_is_deployed_without_it(
    dev_without_credentials: LocalProject,
) -> None:
    """The provider of the stack can't be installed, so the deployment ends after the check of the key."""
    _, _, stderr = dev_without_credentials.deploy("dev-account")
    assert "Refused" not in stderr
    assert "stays on this machine only" in stderr


def test_a_key_of_another_kind_stops_the_deployment(
    dev: LocalProject, kms: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dev.add_recovery_key("dev-account")
    answer = {"KeyId": KEY_ARN, "PublicKey": b"no key"}
    monkeypatch.setattr(BaseClient, "_make_api_call", lambda *_: answer)
    code, _, stderr = dev.deploy("dev")
    assert (code, kms) == (4, [])
    assert f"{KEY_ARN}: is no public key: " in stderr


@pytest.mark.usefixtures("kms")
def test_a_state_that_cannot_be_encrypted_does_not_hide_the_error_of_terraform(
    dev: LocalProject, server: StateServer
) -> None:
    dev.add_recovery_key("dev-account")
    server.reject("POST", times=MANY)
    # A file in place of the folder.
    dev.project.write(".arq/aws/unsaved-states", "")
    code, _, stderr = dev.deploy("dev")
    assert code == 4
    assert "Failed to persist state to backend" in stderr
    assert f"It could not be encrypted into {artifact(dev)}: " in stderr


@pytest.mark.usefixtures("kms")
def test_a_file_does_not_choose_the_key_that_decrypts_it(dev: LocalProject, server: StateServer) -> None:
    dev.add_recovery_key("dev-account")
    server.reject("POST", times=MANY)
    dev.deploy("dev")
    errored(dev).unlink()
    document = json.loads(artifact(dev).read_text())
    others = {"key_arn": "arn:aws:kms:us-east-1:444455556666:key/attacker", "region": "us-east-1"}
    artifact(dev).write_text(json.dumps({**document, **others}))
    server.reject("POST", times=0)
    assert dev.arqctl("state", "recover", str(artifact(dev)))[0] == 0


def test_another_file_is_not_recovered(dev: LocalProject) -> None:
    file = dev.project.write("other.json", "{}")
    code, _, stderr = dev.arqctl("state", "recover", str(file))
    assert code == 2
    assert "is no encrypted state: its format is None" in stderr
