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

_ALIAS: Final = "-state-recovery-key"


def find_recovery_alias(assembly: Assembly, environment: str) -> tuple[str, str] | None:
    """Return the alias of the environment's recovery key and its region, or None if no stack creates one."""
    for stack in assembly.stacks:
        if stack.environment != environment:
            continue
        for block in stack.resources:
            name = as_text(block.body.get("name"))
            if block.type == "aws_kms_alias" and name == f"alias/{environment}{_ALIAS}":
                return name, default_region(stack)
    return None


def get_recovery_key(assembly: Assembly, stacks: Sequence[Stack]) -> RecoveryKey | None:
    """Return the recovery key of the stacks' environment, or None after a message if it can't be used."""
    environment = stacks[0].environment
    found = find_recovery_alias(assembly, environment)
    if found is None:
        return None
    alias, region = found
    try:
        return fetch_recovery_key(AwsApi.connect(), alias, region)
    except (AwsError, InputError) as error:
        message = "If Terraform can't save the state, it stays on this machine only"
        typer.echo(f"{alias} can't be used: {error}\n{message}", err=True)
        return None


def fetch_recovery_key(api: AwsApi, alias: str, region: str) -> RecoveryKey:
    """Return the public part of the key. A deployment has no permission to use the private part.

    Raises:
        AwsError: when AWS rejects the call.
    """
    result = api.call("kms", "get_public_key", region, KeyId=alias)
    # The stubs of JSON values have no bytes.
    return RecoveryKey(as_text(result.get("KeyId")), region, cast("bytes", result["PublicKey"]))


def decrypt_state(api: AwsApi, encrypted: EncryptedState) -> bytes:
    """Return the state that the private part of the key decrypts.

    Raises:
        AwsError: when AWS rejects the call, for example because the caller is no administrator.
        InputError: when the file was changed.
    """

    def unwrap(wrapped: bytes) -> bytes:
        result = api.call(
            "kms",
            "decrypt",
            encrypted.region,
            KeyId=encrypted.key_arn,
            CiphertextBlob=cast("Json", wrapped),
            EncryptionAlgorithm=ALGORITHM,
        )
        return cast("bytes", result["Plaintext"])

    return encrypted.decrypt(unwrap)
