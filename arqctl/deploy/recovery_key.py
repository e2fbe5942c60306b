"""Finds the key that encrypts states which could not be saved, and calls KMS with it."""

from collections.abc import Sequence
from typing import Final, cast

import typer

from arqctl.core.assembly import Assembly, Stack
from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.default_provider import default_region
from arqctl.core.errors import InputError
from arqctl.core.json_access import Json, as_text
from arqctl.deploy.encrypted_state import ALGORITHM, EncryptedState, RecoveryKey
from arqctl.terraform.errors import RefusedError

_ALIAS: Final = "-state-recovery-key"


def find_recovery_alias(assembly: Assembly, environment: str) -> tuple[str, str] | None:
    """Return the alias of the environment's recovery key and its region, or None if no stack creates one."""
    alias = f"alias/{environment}{_ALIAS}"
    for stack in assembly.stacks:
        if stack.environment == environment and _creates(stack, alias):
            return alias, default_region(stack)
    return None


def get_recovery_key(assembly: Assembly, stacks: Sequence[Stack], *, is_required: bool) -> RecoveryKey | None:
    """Return the recovery key of the stacks' environment, or None if no stack creates one.

    A pipeline's machine keeps no state, so there `is_required` is set. Elsewhere a key that can't be used is
    reported, and the result is None too.

    Raises:
        RefusedError: when the key is required and can't be used.
    """
    environment = stacks[0].environment
    found = find_recovery_alias(assembly, environment)
    if found is None:
        return None
    alias, region = found
    try:
        return fetch_recovery_key(AwsApi.connect(), alias, region)
    except (AwsError, InputError) as error:
        problem = f"{alias} can't be used: {error}"
    # The first deployment of the stack that creates the key.
    is_created_now = any(_creates(stack, alias) for stack in stacks)
    if is_required and not is_created_now:
        raise RefusedError(
            f"{problem}\nA state that Terraform can't save would be lost with this machine. An administrator "
            f"deploys the key with `cdktf deploy {_creator(assembly, alias)}`. The deploy role needs "
            "kms:GetPublicKey. In an emergency, --break-glass deploys without the key"
        )
    typer.echo(f"{problem}\nIf Terraform can't save the state, it stays on this machine only", err=True)
    return None


def _creates(stack: Stack, alias: str) -> bool:
    return any(
        block.type == "aws_kms_alias" and as_text(block.body.get("name")) == alias
        for block in stack.resources
    )


def _creator(assembly: Assembly, alias: str) -> str:
    return next(stack.name for stack in assembly.stacks if _creates(stack, alias))


def fetch_recovery_key(api: AwsApi, alias: str, region: str) -> RecoveryKey:
    """Return the public part of the key. A deployment has no permission to use the private part.

    Raises:
        AwsError: when AWS rejects the call.
        InputError: when the key can't encrypt a state.
    """
    result = api.call("kms", "get_public_key", region, KeyId=alias)
    # The stubs of JSON values have no bytes.
    key = RecoveryKey(as_text(result.get("KeyId")), region, cast("bytes", result["PublicKey"]))
    # After the apply it would be too late to find out that it is the wrong kind of key.
    EncryptedState.encrypt(b"", stack=alias, key=key)
    return key


def decrypt_state(api: AwsApi, encrypted: EncryptedState, alias: str, region: str) -> bytes:
    """Return the state that the private part of the key decrypts.

    The file names a key and a region too, but nobody has checked those.

    Raises:
        AwsError: when AWS rejects the call, for example because the caller is no administrator.
        InputError: when the file was changed.
    """

    def unwrap(wrapped: bytes) -> bytes:
        result = api.call(
            "kms",
            "decrypt",
            region,
            KeyId=alias,
            CiphertextBlob=cast("Json", wrapped),
            EncryptionAlgorithm=ALGORITHM,
        )
        return cast("bytes", result["Plaintext"])

    return encrypted.decrypt(unwrap)
