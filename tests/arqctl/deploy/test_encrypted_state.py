import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from arqctl.core.errors import InputError
from arqctl.deploy.encrypted_state import EncryptedState, RecoveryKey, _padding

PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
STATE = b'{"version": 4, "secret": "Rj4x9Qm2"}'


def key_of(private: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> RecoveryKey:
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return RecoveryKey("arn:aws:kms:eu-west-1:111122223333:key/1234", "eu-west-1", public)


def unwrap(wrapped: bytes) -> bytes:
    return PRIVATE.decrypt(wrapped, _padding())


def test_the_private_key_decrypts_the_state() -> None:
    text = EncryptedState.encrypt(STATE, stack="dev", key=key_of(PRIVATE)).to_json()
    assert "Rj4x9Qm2" not in text
    encrypted = EncryptedState.parse(text, where="dev.json")
    assert (encrypted.stack, encrypted.region) == ("dev", "eu-west-1")
    assert encrypted.decrypt(unwrap) == STATE


def test_each_encryption_has_another_key_and_nonce() -> None:
    first, second = (EncryptedState.encrypt(STATE, stack="dev", key=key_of(PRIVATE)) for _ in range(2))
    assert unwrap(first.wrapped_key) != unwrap(second.wrapped_key)
    assert first.nonce != second.nonce


@pytest.mark.parametrize(
    ("name", "value"), [("ciphertext", "AAAA"), ("nonce", "AAAAAAAAAAAAAAAA"), ("stack", "production")]
)
def test_a_changed_file_is_rejected(name: str, value: str) -> None:
    document = json.loads(EncryptedState.encrypt(STATE, stack="dev", key=key_of(PRIVATE)).to_json())
    changed = EncryptedState.parse(json.dumps({**document, name: value}), where="dev.json")
    with pytest.raises(InputError, match="the encrypted state was changed"):
        changed.decrypt(unwrap)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": "other"}', '{"format": "arqctl-encrypted-state-1", "nonce": "?"}']
)
def test_other_files_are_rejected(text: str) -> None:
    with pytest.raises(InputError, match=r"dev\.json: is no encrypted state"):
        EncryptedState.parse(text, where="dev.json")


def test_a_key_of_another_kind_is_rejected() -> None:
    with pytest.raises(InputError, match="must be an RSA key, got Ed25519PublicKey"):
        EncryptedState.encrypt(STATE, stack="dev", key=key_of(ed25519.Ed25519PrivateKey.generate()))
