"""Random text is distinguished from names and other text that people write."""

import random
import string

import pytest

from arqctl.plan.redact.entropy import is_random

ALPHABETS = {
    "base62": string.ascii_letters + string.digits,
    "base64": f"{string.ascii_letters}{string.digits}+/",
    "hexadecimal": "0123456789abcdef",
}


@pytest.mark.parametrize("alphabet", ALPHABETS)
@pytest.mark.parametrize("length", [40, 64])
def test_nearly_all_random_texts_are_found(alphabet: str, length: int) -> None:
    source = random.Random(7)  # noqa: S311
    drawn = ["".join(source.choices(ALPHABETS[alphabet], k=length)) for _ in range(500)]
    assert sum(map(is_random, drawn)) >= 490


@pytest.mark.parametrize(
    "text",
    [
        "",
        "short1",
        "production-platform-network-private-euw1-az1",
        "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
        "AWSServiceRoleForAmazonEKSNodegroup2",
        "HTTPCode_Target_5XX_Count",
        "HTTPCode_Backend_4XX",
        "S3BucketSSEKMSKeyIdV2Enabled",
        "DBInstanceClassMemoryX8G16XL",
        "CertificateManagerDnsValidationRecord0",
        "terraform-20261123100000000000000001",
        "2026-11-23T10:00:00Z-2026-11-24T10:00:00Z",
        "00000000000000000000000000000000",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1",
        "111122223333111122223333111122223333",
        "kubernetes.io/cluster/production-2",
    ],
)
def test_names_and_dates_are_not_random(text: str) -> None:
    assert not is_random(text)
