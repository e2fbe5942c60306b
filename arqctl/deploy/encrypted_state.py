"""Encrypts a Terraform state with an asymmetric key, so that a pipeline can keep it as an artifact.

AES-256-GCM encrypts the state with a random key, and RSA-OAEP with SHA-256 encrypts that key. Only the
private key can decrypt it, and KMS never releases that one.
https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html#key-spec-rsa-encryption
"""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import as_object, as_text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.padding import OAEP

ALGORITHM: Final = "RSAES_OAEP_SHA_256"
"""KMS's name for the encryption of the random key."""

_FORMAT: Final = "arqctl-encrypted-state-1"
_KEY_BITS, _NONCE_BYTES = 256, 12


@dataclass(frozen=True)
class RecoveryKey:
    """The public part of an asymmetric KMS key, in DER, and the key's ARN and region."""

    arn: str
    region: str
    public_key: bytes


@dataclass(frozen=True)
class EncryptedState:
    """A stack's encrypted state, and the KMS key that decrypts it."""

    stack: str
    key_arn: str
    region: str
    wrapped_key: bytes
    nonce: bytes
    ciphertext: bytes

    @classmethod
    def encrypt(cls, state: bytes, *, stack: str, key: RecoveryKey) -> Self:
        """Encrypt a state. Nothing but the public key is needed.

        Raises:
            InputError: when the key is not an RSA key, or the extra is not installed.
        """
        try:
            from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415 - see below
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415
            from cryptography.hazmat.primitives.serialization import load_der_public_key  # noqa: PLC0415
        except ModuleNotFoundError as error:
            fix = "Run `pip install 'arqctl[aws]'`"
            raise InputError([Problem("encryption", f"{error.name} is not installed", fix)]) from error

        fix = "Create it with the key spec RSA_4096"
        try:
            public_key = load_der_public_key(key.public_key)
        except ValueError as error:
            raise InputError([Problem(key.arn, f"is no public key: {error}", fix)]) from error
        if not isinstance(public_key, RSAPublicKey):
            what = f"must be an RSA key, got {type(public_key).__name__}"
            raise InputError([Problem(key.arn, what, fix)])
        data_key, nonce = AESGCM.generate_key(_KEY_BITS), os.urandom(_NONCE_BYTES)
        return cls(
            stack=stack,
            key_arn=key.arn,
            region=key.region,
            wrapped_key=public_key.encrypt(data_key, _padding()),
            nonce=nonce,
            ciphertext=AESGCM(data_key).encrypt(nonce, state, _associated_data(stack)),
        )

    @classmethod
    def parse(cls, text: str, *, where: str) -> Self:
        """Parse the JSON that `to_json` returned.

        Raises:
            InputError: for any other text.
        """
        fix = "Use the file from the artifact of the failed deployment"
        try:
            document = as_object(json.loads(text))
            parts = [
                b64decode(as_text(document.get(name)), validate=True)
                for name in ("wrapped_key", "nonce", "ciphertext")
            ]
        except ValueError as error:
            raise InputError([Problem(where, f"is no encrypted state: {error}", fix)]) from error
        if document.get("format") != _FORMAT:
            what = f"is no encrypted state: its format is {document.get('format')!r}, not {_FORMAT!r}"
            raise InputError([Problem(where, what, fix)])
        stack, key_arn, region = (as_text(document.get(name)) for name in ("stack", "key_arn", "region"))
        return cls(stack, key_arn, region, *parts)

    def to_json(self) -> str:
        """Return the encrypted state as JSON."""
        document = {
            "format": _FORMAT,
            "stack": self.stack,
            "key_arn": self.key_arn,
            "region": self.region,
            **{
                name: b64encode(getattr(self, name)).decode()
                for name in ("wrapped_key", "nonce", "ciphertext")
            },
        }
        return json.dumps(document, indent=2) + "\n"

    def decrypt(self, unwrap: Callable[[bytes], bytes]) -> bytes:
        """Return the state. `unwrap` decrypts the random key with the private key.

        Raises:
            InputError: when the file was changed.
        """
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - see below
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        try:
            return AESGCM(unwrap(self.wrapped_key)).decrypt(
                self.nonce, self.ciphertext, _associated_data(self.stack)
            )
        except (InvalidTag, ValueError) as error:
            fix = "Download the artifact again"
            raise InputError([Problem(self.stack, "the encrypted state was changed", fix)]) from error


def _padding() -> "OAEP":
    # Imported here because only a deployment to AWS needs the extra `arqctl[aws]`.
    from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP  # noqa: PLC0415
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

    return OAEP(mgf=MGF1(algorithm=SHA256()), algorithm=SHA256(), label=None)


def _associated_data(stack: str) -> bytes:
    """Return the data that GCM authenticates too: another stack's name would push to another state."""
    return f"{_FORMAT}\n{stack}".encode()
