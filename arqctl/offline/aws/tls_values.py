"""Values of the tls provider's resources: real keys, requests and certificates that match each other."""

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import md5, sha256

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

from arqctl.offline.aws.numbers import as_int
from arqctl.offline.aws.simulated_resource import SimulatedResource
from arqctl.offline.values import Value

_Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
_CURVES: Mapping[str, ec.EllipticCurve] = {
    "P224": ec.SECP224R1(), "P256": ec.SECP256R1(), "P384": ec.SECP384R1(), "P521": ec.SECP521R1(),
}  # fmt: skip
_PEM = serialization.Encoding.PEM
_UNENCRYPTED = serialization.NoEncryption()


def tls_value(resource: SimulatedResource, name: str) -> Value:
    """Return the value of an attribute of a `tls_…` resource, or None if it isn't generated here."""
    make = _BY_TYPE.get(resource.type)
    return make(resource).get(name) if make else None


@lru_cache(maxsize=64)
def _generate_key(algorithm: str, bits: int, curve: str, _seed: str) -> _Key:
    # Cached, because all attributes of a resource belong to one key. No two resources share a seed.
    if algorithm == "ED25519":
        return ed25519.Ed25519PrivateKey.generate()
    if algorithm == "ECDSA":
        return ec.generate_private_key(_CURVES.get(curve, ec.SECP224R1()))
    return rsa.generate_private_key(65537, bits)


def _private_key(resource: SimulatedResource) -> dict[str, Value]:
    algorithm, curve = resource.get("algorithm"), resource.get("ecdsa_curve")
    seed = f"{resource.seed}/{resource.ordinal}"
    key = _generate_key(str(algorithm), _get_int(resource, "rsa_bits", 2048), str(curve or "P224"), seed)
    pkcs8 = serialization.PrivateFormat.PKCS8
    traditional = (
        pkcs8
        if isinstance(key, ed25519.Ed25519PrivateKey)
        else serialization.PrivateFormat.TraditionalOpenSSL
    )
    has_openssh_format = not (isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == "secp224r1")
    openssh = serialization.PrivateFormat.OpenSSH
    return {
        "private_key_pem": key.private_bytes(_PEM, traditional, _UNENCRYPTED).decode(),
        "private_key_pem_pkcs8": key.private_bytes(_PEM, pkcs8, _UNENCRYPTED).decode(),
        # OpenSSH doesn't support P-224.
        "private_key_openssh": key.private_bytes(_PEM, openssh, _UNENCRYPTED).decode()
        if has_openssh_format
        else "",
        "ecdsa_curve": "P224",
        "rsa_bits": 2048,
        **_public_key_values(key),
    }


def _public_key_values(key: _Key) -> dict[str, Value]:
    public = key.public_key()
    info = serialization.PublicFormat.SubjectPublicKeyInfo
    der = public.public_bytes(serialization.Encoding.DER, info)
    values: dict[str, Value] = {
        "id": sha256(der).hexdigest()[:40],
        "public_key_pem": public.public_bytes(_PEM, info).decode(),
    }
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == "secp224r1":
        return {
            **values,
            "public_key_openssh": "",
            "public_key_fingerprint_md5": "",
            "public_key_fingerprint_sha256": "",
        }
    line = public.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()
    blob = base64.b64decode(line.split()[1])
    hexadecimal = md5(blob, usedforsecurity=False).hexdigest()
    return {
        **values,
        "public_key_openssh": f"{line}\n",
        "public_key_fingerprint_md5": ":".join(hexadecimal[at : at + 2] for at in range(0, 32, 2)),
        "public_key_fingerprint_sha256": "SHA256:"
        + base64.b64encode(sha256(blob).digest()).decode().rstrip("="),
    }


def _self_signed(resource: SimulatedResource) -> dict[str, Value]:
    key = _load_key(resource.get("private_key_pem"))
    name = _subject(resource)
    return _certificate(resource, name, name, key, key)


def _locally_signed(resource: SimulatedResource) -> dict[str, Value]:
    authority = x509.load_pem_x509_certificate(str(resource.get("ca_cert_pem")).encode())
    request = x509.load_pem_x509_csr(str(resource.get("cert_request_pem")).encode())
    return _certificate(
        resource,
        request.subject,
        authority.subject,
        request,
        _load_key(resource.get("ca_private_key_pem")),
    )


def _request(resource: SimulatedResource) -> dict[str, Value]:
    key = _load_key(resource.get("private_key_pem"))
    builder = x509.CertificateSigningRequestBuilder().subject_name(_subject(resource))
    pem = builder.sign(key, _hash_algorithm(key)).public_bytes(_PEM).decode()
    return {
        "cert_request_pem": pem,
        "key_algorithm": _key_algorithm(key),
        "id": sha256(pem.encode()).hexdigest()[:40],
    }


def _certificate(
    resource: SimulatedResource,
    subject: x509.Name,
    issuer: x509.Name,
    holder: _Key | x509.CertificateSigningRequest,
    signer: _Key,
) -> dict[str, Value]:
    start = datetime.fromisoformat(resource.now).astimezone(UTC)
    end = start + timedelta(hours=_get_int(resource, "validity_period_hours", 24))
    authority = resource.get("is_ca_certificate") is True
    serial = x509.random_serial_number()
    certificate = (
        x509.CertificateBuilder(issuer, subject, holder.public_key(), serial, start, end)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(signer, _hash_algorithm(signer))
    )
    return {
        "cert_pem": certificate.public_bytes(_PEM).decode(),
        "id": str(serial),
        "validity_start_time": _format_time(start),
        "validity_end_time": _format_time(end),
        "ready_for_renewal": False,
        "key_algorithm": _key_algorithm(signer),
        "ca_key_algorithm": _key_algorithm(signer),
    }


def _subject(resource: SimulatedResource) -> x509.Name:
    given = {"common_name": NameOID.COMMON_NAME, "organization": NameOID.ORGANIZATION_NAME}
    parts = {oid: resource.get(f"subject.{name}") for name, oid in given.items()}
    return x509.Name(
        [x509.NameAttribute(oid, value) for oid, value in parts.items() if isinstance(value, str) and value]
    )


def _load_key(pem: Value) -> _Key:
    key = serialization.load_pem_private_key(str(pem).encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey):
        raise TypeError(f"a {type(key).__name__} can't sign")
    return key


def _hash_algorithm(key: _Key) -> hashes.SHA256 | None:
    return None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()


def _key_algorithm(key: _Key) -> str:
    if isinstance(key, rsa.RSAPrivateKey):
        return "RSA"
    return "ECDSA" if isinstance(key, ec.EllipticCurvePrivateKey) else "ED25519"


def _format_time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _get_int(resource: SimulatedResource, name: str, default: int) -> int:
    return as_int(resource.get(name), default)


_BY_TYPE: Mapping[str, Callable[[SimulatedResource], dict[str, Value]]] = {
    "tls_private_key": _private_key,
    "tls_self_signed_cert": _self_signed,
    "tls_locally_signed_cert": _locally_signed,
    "tls_cert_request": _request,
}
