"""Runs the canaries' code in Node, against local servers. Modules that only Lambda has are stubs."""

import json
import os
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import constructs_arq.observability.canaries
from tests.edge.vite_site import NODE_FOLDER, run_node

CODE = Path(constructs_arq.observability.canaries.__file__).parent / "code"
CHROMIUM = "/usr/bin/chromium"

Case = Mapping[str, Any]
Result = Mapping[str, Any]


def run_cases(folder: Path, cases: Mapping[str, Case], *, in_browser: bool = False) -> dict[str, Result]:
    """Run cases in one process of Node. Their certificates are trusted."""
    certificates = [each["tls"] for each in cases.values() if each.get("tls")]
    trusted = folder / "trusted.pem"
    trusted.write_text("".join(each["certificate"] for each in certificates))
    given = {
        "code": str(CODE),
        "profile": str(folder / "profile"),
        "chromium": CHROMIUM if in_browser else None,
        "trusted": [each["fingerprint"] for each in certificates],
        "cases": cases,
    }
    environ = {
        **os.environ,
        "NODE_PATH": str(NODE_FOLDER / "canaries/modules"),
        "NODE_EXTRA_CA_CERTS": str(trusted),
    }
    results: dict[str, Result] = json.loads(
        run_node("canaries/run.mjs", timeout=70, environ=environ, input=json.dumps(given))
    )
    return results


def make_certificate(*, days: float) -> dict[str, str]:
    """Return a certificate of localhost that expires in `days`, its key, and Chromium's fingerprint of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return {
        "key": private.decode(),
        "certificate": certificate.public_bytes(pem).decode(),
        "fingerprint": b64encode(sha256(public).digest()).decode(),
    }
