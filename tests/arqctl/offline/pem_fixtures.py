"""A private key, a certificate request and a certificate made with it, in PEM."""

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_PEM = serialization.Encoding.PEM
_NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "example")])
_key = ec.generate_private_key(ec.SECP256R1())

KEY = _key.private_bytes(
    _PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
).decode()
REQUEST = x509.CertificateSigningRequestBuilder(_NAME).sign(_key, hashes.SHA256()).public_bytes(_PEM).decode()
CERTIFICATE = (
    x509.CertificateBuilder(
        _NAME,
        _NAME,
        _key.public_key(),
        serial_number=1,
        not_valid_before=datetime(2026, 1, 1, tzinfo=UTC),
        not_valid_after=datetime(2036, 1, 1, tzinfo=UTC),
    )
    .sign(_key, hashes.SHA256())
    .public_bytes(_PEM)
    .decode()
)
