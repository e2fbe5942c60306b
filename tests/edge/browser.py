"""Headless Chromium in front of a server that applies a synthesized distribution as CloudFront does."""

import json
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

from constructs_arq.edge.content_security_policy import ContentSecurityPolicy
from constructs_arq.edge.distribution import DistributionConfig
from tests.edge.edge_builders import make_distribution
from tests.edge.vite_site import run_node
from tests.support import Resource, Synthesized, synthesize

CHROMIUM = "/usr/bin/chromium"
DOMAIN = "app.arq.example"

Result = Mapping[str, Any]


def describe_headers(policy: Resource) -> dict[str, Any]:
    """Return the headers that a response headers policy removes and sets."""
    security = policy["security_headers_config"]
    hsts = security["strict_transport_security"]
    items = [
        (
            "strict-transport-security",
            f"max-age={hsts['access_control_max_age_sec']}; includeSubDomains",
            True,
        ),
        ("x-content-type-options", "nosniff", True),
        ("x-frame-options", security["frame_options"]["frame_option"], True),
        ("referrer-policy", security["referrer_policy"]["referrer_policy"], True),
    ]
    if "content_security_policy" in security:
        csp = security["content_security_policy"]
        items.append(("content-security-policy", csp["content_security_policy"], csp["override"]))
    items.extend(
        (item["header"].lower(), item["value"], item["override"])
        for item in policy.get("custom_headers_config", {}).get("items", [])
    )
    return {
        "removed": [item["header"].lower() for item in policy["remove_headers_config"]["items"]],
        "set": [{"name": name, "value": value, "override": override} for name, value, override in items],
    }


def describe_behaviors(synthesized: Synthesized, *, function_first: bool) -> list[dict[str, Any]]:
    """Return the behaviors of the distribution in order, with their functions' code and headers."""

    def referenced(kind: str, reference: str) -> Resource:
        name = reference.removeprefix(f"${{{kind}.").partition(".")[0]
        resource: Resource = synthesized.json["resource"][kind][name]
        return resource

    distribution = synthesized.one("aws_cloudfront_distribution")
    behaviors = [
        *distribution["ordered_cache_behavior"],
        {"path_pattern": "*", **distribution["default_cache_behavior"]},
    ]
    return [
        {
            "path_pattern": behavior["path_pattern"],
            "origin": behavior["target_origin_id"],
            "functionFirst": function_first,
            "functions": {
                each["event_type"]: referenced("aws_cloudfront_function", each["function_arn"])["code"]
                for each in behavior.get("function_association", [])
            },
            "headers": describe_headers(
                referenced("aws_cloudfront_response_headers_policy", behavior["response_headers_policy_id"])
            ),
        }
        for behavior in behaviors
    ]


def browse(
    folder: Path, site: Path, csp: ContentSecurityPolicy, *, steps: Mapping[str, Any], function_first: bool
) -> Result:
    """Load pages of a site behind a distribution with this policy. Return what happened in each step."""
    config = DistributionConfig(domain=DOMAIN, content_security_policy=csp)
    synthesized = synthesize(lambda stack: make_distribution(stack, config=config))
    asked = {
        "domain": DOMAIN,
        "folder": str(site),
        "profile": str(folder / "profile"),
        "chromium": CHROMIUM,
        "behaviors": describe_behaviors(synthesized, function_first=function_first),
        "steps": steps,
        **make_certificate(),
    }
    result: Result = json.loads(run_node("browse.mjs", timeout=180, input=json.dumps(asked)))
    return result


def make_certificate() -> dict[str, str]:
    """Return a certificate of the domain, its key, and the fingerprint with which Chromium trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DOMAIN)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
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
