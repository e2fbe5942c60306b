"""Deterministic certificate authorities for simulated services. Their keys are not secret."""

import base64
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from arqctl.offline.aws.pseudorandom import digest

_START = datetime(2026, 1, 1, tzinfo=UTC)
# Order of the curve P-256, less one: private keys are the numbers from 1 to it.
_LARGEST_KEY = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632550


def ca_certificate_base64(seed: str) -> str:
    """Make a certificate authority's certificate as base64 of PEM, as EKS returns it."""
    return base64.b64encode(ca_certificate_pem(seed).encode()).decode()


def ca_certificate_pem(seed: str, name: str = "kubernetes") -> str:
    """Make a self-signed CA certificate in PEM, valid for ten years. Equal seeds give equal certificates."""
    return self_signed_certificate(derive_private_key(seed), name, seed=seed, hours=24 * 3650, is_ca=True)


def derive_private_key(seed: str) -> ec.EllipticCurvePrivateKey:
    """Derive a P-256 key from a seed. It is not secret."""
    return ec.derive_private_key(int(digest(seed, "key"), 16) % _LARGEST_KEY + 1, ec.SECP256R1())


def self_signed_certificate(
    key: ec.EllipticCurvePrivateKey, name: str, *, seed: str, hours: int, is_ca: bool = False
) -> str:
    """Make a self-signed certificate in PEM."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    builder = (
        x509.CertificateBuilder(subject, subject, key.public_key())
        .serial_number(int(digest(seed, "serial")[:30], 16) + 1)
        .not_valid_before(_START)
        .not_valid_after(_START + timedelta(hours=hours))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
    )
    # Deterministic signatures (RFC 6979): equal seeds give equal certificates.
    signed = builder.sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    return signed.public_bytes(serialization.Encoding.PEM).decode()
