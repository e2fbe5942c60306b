"""The script compares digests of archives and manifests with the matrix. The test serves the repositories."""

import hashlib

import pytest

from constructs_arq.platform.support_matrix import Chart, find_release
from scripts.verify_charts import main
from tests.scripts.repositories import Repositories, set_digest

Capture = pytest.CaptureFixture[str]
KEDA = "https://kedacore.github.io/charts"
KEDA_INDEX = """
entries:
  keda:
  - {version: 2.99.0, urls: [keda-2.99.0.tgz]}
  - {version: 2.20.2, urls: [keda-2.20.2.tgz]}
"""
CHALLENGE = 'Bearer realm="https://public.ecr.aws/token/",service="public.ecr.aws",scope="aws"'


@pytest.mark.parametrize("scope", [',scope="aws"', ""])
def test_manifest_with_the_digest_is_verified_with_an_anonymous_token(
    repositories: Repositories, monkeypatch: pytest.MonkeyPatch, capsys: Capture, scope: str
) -> None:
    manifest = "https://public.ecr.aws/v2/karpenter/karpenter/manifests/1.14.1"
    repositories.content[manifest] = b"manifest"
    repositories.protected[manifest] = CHALLENGE.replace(',scope="aws"', scope)
    asked = "aws" if scope else "repository%3Akarpenter%2Fkarpenter%3Apull"
    token = f"https://public.ecr.aws/token/?scope={asked}&service=public.ecr.aws"
    repositories.content[token] = b'{"token": "secret"}'
    set_digest(monkeypatch, Chart.KARPENTER, b"manifest")
    assert main(["karpenter"]) == 0
    assert capsys.readouterr().out == "karpenter 1.14.1: verified\n"
    accepted = {request.get_header("Accept") for request in repositories.requests}
    assert accepted == {"application/vnd.oci.image.manifest.v1+json"}


def test_archive_of_the_version_is_verified(
    repositories: Repositories, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    repositories.content[f"{KEDA}/index.yaml"] = KEDA_INDEX.encode()
    repositories.redirects[f"{KEDA}/keda-2.20.2.tgz"] = "https://files.example/keda.tgz"
    repositories.content["https://files.example/keda.tgz"] = b"archive"
    set_digest(monkeypatch, Chart.KEDA, b"archive")
    assert main(["keda"]) == 0
    assert capsys.readouterr().out == "keda 2.20.2: verified\n"


def test_other_archive_fails_with_both_digests(repositories: Repositories, capsys: Capture) -> None:
    repositories.content[f"{KEDA}/index.yaml"] = KEDA_INDEX.encode()
    repositories.content[f"{KEDA}/keda-2.20.2.tgz"] = b"archive"
    assert main(["keda"]) == 1
    got = hashlib.sha256(b"archive").hexdigest()
    expected = find_release(Chart.KEDA).digest
    assert capsys.readouterr().out == f"keda 2.20.2: expected {expected}, got sha256:{got}\n"


@pytest.mark.parametrize("chart", [each for each in Chart if find_release(each).digest is None])
def test_chart_without_digest_fails_and_its_digest_is_printed(
    repositories: Repositories, capsys: Capture, chart: Chart
) -> None:
    release = find_release(chart)
    host, _, path = release.repository.removeprefix("oci://").partition("/")
    repositories.content[f"https://{host}/v2/{path}/{chart}/manifests/{release.version}"] = b"manifest"
    assert main([chart]) == 1
    assert f"its repository has sha256:{hashlib.sha256(b'manifest').hexdigest()}" in capsys.readouterr().out


@pytest.mark.parametrize("index", [None, "entries: {}", "entries: {keda: [{version: 2.99.0, urls: [a]}]}"])
def test_chart_that_the_repository_does_not_have_fails(
    repositories: Repositories, capsys: Capture, index: str | None
) -> None:
    if index is not None:
        repositories.content[f"{KEDA}/index.yaml"] = index.encode()
    assert main(["keda"]) == 1
    assert capsys.readouterr().out.startswith("keda 2.20.2: unreadable: ")


def test_archive_from_an_insecure_url_fails(repositories: Repositories, capsys: Capture) -> None:
    index = KEDA_INDEX.replace("keda-2.20.2.tgz", "http://files.example/keda.tgz")
    repositories.content[f"{KEDA}/index.yaml"] = index.encode()
    assert main(["keda"]) == 1
    assert "http://files.example/keda.tgz is not an HTTPS URL" in capsys.readouterr().out
    assert len(repositories.requests) == 1


def test_one_unreadable_chart_does_not_hide_the_others(repositories: Repositories, capsys: Capture) -> None:
    repositories.content[f"{KEDA}/index.yaml"] = KEDA_INDEX.encode()
    repositories.content[f"{KEDA}/keda-2.20.2.tgz"] = b"archive"
    assert main(["karpenter", "keda"]) == 1
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["karpenter", "keda"]
