"""Checks of arguments of the tls provider: keys, certificate requests and certificates."""

from collections.abc import Iterator

from arqctl.offline.aws.checks.resource import Resource, make_error
from arqctl.offline.diagnostic import Diagnostic

# Go refuses to generate shorter keys.
_MIN_RSA_BITS = 1024
_ALGORITHMS = ("RSA", "ECDSA", "ED25519")
_PEM_ARGUMENTS = {
    "private_key_pem": "a private key",
    "ca_private_key_pem": "a private key",
    "ca_cert_pem": "a certificate",
    "cert_request_pem": "a certificate request",
}


def check_tls_arguments(resource: Resource) -> Iterator[Diagnostic]:
    """Check that PEM arguments parse and keys can be generated. Errors don't show values: most are secret."""
    for name, kind in _PEM_ARGUMENTS.items():
        given = resource.get_text(name)
        if given and not _is_valid_pem(kind, given.encode()):
            yield make_error("Invalid PEM", f"{name} must be {kind} in PEM format.", name)
    yield from _check_private_key(resource)


def _check_private_key(resource: Resource) -> Iterator[Diagnostic]:
    algorithm, bits = resource.get_text("algorithm"), resource.get_number("rsa_bits")
    if algorithm and algorithm not in _ALGORITHMS:
        yield make_error(
            "Unknown key algorithm",
            f"algorithm is {algorithm!r}. Use {', '.join(_ALGORITHMS)}.",
            "algorithm",
        )
    if bits is not None and bits < _MIN_RSA_BITS:
        yield make_error("Key is too short", f"rsa_bits is {bits}. Use at least {_MIN_RSA_BITS}.", "rsa_bits")


def _is_valid_pem(kind: str, pem: bytes) -> bool:
    from cryptography import x509  # noqa: PLC0415 - slow to load
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 - as above

    try:
        match kind:
            case "a private key":
                load_pem_private_key(pem, None)
            case "a certificate":
                x509.load_pem_x509_certificate(pem)
            case _:
                x509.load_pem_x509_csr(pem)
    except (ValueError, TypeError):
        return False
    return True
