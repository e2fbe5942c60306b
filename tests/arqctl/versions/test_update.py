"""`arqctl versions update` with the shapes that EKS returns."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from typer.testing import CliRunner

from arqctl.__main__ import app
from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.errors import InputError
from arqctl.versions.eks_addons import find_latest_version
from arqctl.versions.node_releases import find_latest_release

REGION = "eu-west-1"


def addon_version(version: str, *clusters: str) -> dict[str, Any]:
    return {
        "addonVersion": version,
        "architecture": ["amd64", "arm64"],
        "computeTypes": ["ec2", "hybrid"],
        "compatibilities": [
            {"clusterVersion": cluster, "platformVersions": ["*"], "defaultVersion": False}
            for cluster in clusters
        ],
        "requiresConfiguration": False,
        "requiresIamPermissions": False,
    }


def answer(addon: str, *versions: dict[str, Any]) -> dict[str, Any]:
    return {
        "addons": [
            {
                "addonName": addon,
                "type": "networking",
                "addonVersions": list(versions),
                "publisher": "eks",
                "owner": "aws",
            }
        ]
    }


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> AwsApi:
    api = AwsApi(boto3.Session(aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret"))  # noqa: S106
    monkeypatch.setattr(AwsApi, "connect", lambda: api)
    return api


@pytest.fixture
def eks(api: AwsApi) -> Iterator[Stubber]:
    with Stubber(api.client("eks", REGION)) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def expect(eks: Stubber, addon: str, kubernetes: str, *versions: dict[str, Any]) -> None:
    eks.add_response(
        "describe_addon_versions",
        answer(addon, *versions),
        {"addonName": addon, "kubernetesVersion": kubernetes},
    )


def find(api: AwsApi) -> str:
    return find_latest_version(api, region=REGION, kubernetes="1.35", addon="kube-proxy")


def test_versions_are_compared_by_number(api: AwsApi, eks: Stubber) -> None:
    builds = [addon_version(f"v1.35.3-eksbuild.{number}", "1.35") for number in (2, 13, 5)]
    expect(eks, "kube-proxy", "1.35", *builds)
    assert find(api) == "v1.35.3-eksbuild.13"


def test_versions_for_other_kubernetes_versions_are_ignored(api: AwsApi, eks: Stubber) -> None:
    newer = addon_version("v1.36.0-eksbuild.14", "1.36")
    expect(eks, "kube-proxy", "1.35", newer, addon_version("v1.35.3-eksbuild.13", "1.35", "1.36"))
    assert find(api) == "v1.35.3-eksbuild.13"


def test_an_addon_without_a_version_is_a_problem(api: AwsApi, eks: Stubber) -> None:
    expect(eks, "kube-proxy", "1.35")
    with pytest.raises(InputError, match=r"kube-proxy for Kubernetes 1\.35: EKS has no version"):
        find(api)


def test_a_rejected_call_is_a_problem(api: AwsApi, eks: Stubber) -> None:
    eks.add_client_error("describe_addon_versions", "AccessDeniedException", "no permission")
    with pytest.raises(InputError, match="Allow eks:DescribeAddonVersions"):
        find(api)


@pytest.mark.parametrize("find_version", [find_latest_version, find_latest_release], ids=["eks", "ssm"])
def test_an_unreachable_aws_is_not_a_lack_of_permissions(
    api: AwsApi, monkeypatch: pytest.MonkeyPatch, find_version: Any
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AwsError("eks", "", "AWS can't be reached", fix="Check the network")

    monkeypatch.setattr(AwsApi, "call", fail)
    monkeypatch.setattr(AwsApi, "list_all", fail)
    name = {"addon": "kube-proxy"} if find_version is find_latest_version else {"image": "al2023-arm64"}
    with pytest.raises(InputError, match=r"can't be reached\. Check the network$"):
        find_version(api, region=REGION, kubernetes="1.35", **name)


def test_an_invalid_region_is_invalid_input(table: Path, api: AwsApi) -> None:
    assert api
    arguments = ["versions", "update", "--region", "bad region", "--table", str(table)]
    assert isinstance(CliRunner().invoke(app, arguments).exception, InputError)


def update(table: Path, *options: str) -> tuple[int, str]:
    result = CliRunner().invoke(
        app, ["versions", "update", "--region", REGION, "--table", str(table), *options]
    )
    return result.exit_code, result.output


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "cluster_versions.toml"
    file.write_text('# Reviewed.\n["1.35"]\nkube-proxy = "v1.35.3-eksbuild.2"\n')
    return file


def test_the_table_is_renewed_and_each_change_printed(table: Path, eks: Stubber) -> None:
    expect(eks, "kube-proxy", "1.35", addon_version("v1.35.3-eksbuild.13", "1.35"))
    expect(eks, "kube-proxy", "1.36", addon_version("v1.36.0-eksbuild.14", "1.36"))
    code, output = update(table, "--add", "1.36")
    assert code == 0
    assert "1.35 kube-proxy: v1.35.3-eksbuild.2 -> v1.35.3-eksbuild.13" in output
    assert table.read_text() == (
        '# Reviewed.\n["1.35"]\nkube-proxy = "v1.35.3-eksbuild.13"\n'
        '\n["1.36"]\nkube-proxy = "v1.36.0-eksbuild.14"\n'
    )


@pytest.mark.parametrize("kubernetes", ["abc", "1.36.1", "v1.36", "1.36\n", "1.3६", ""])
def test_an_invalid_kubernetes_version_is_refused_before_aws_is_asked(
    table: Path, monkeypatch: pytest.MonkeyPatch, kubernetes: str
) -> None:
    monkeypatch.setattr(AwsApi, "connect", lambda: pytest.fail("asked for credentials"))
    before = table.read_text()
    options = ["--table", str(table), "--add", "1.36", "--add", kubernetes]
    result = CliRunner().invoke(app, ["versions", "update", "--region", REGION, *options])
    assert isinstance(result.exception, InputError)
    assert str(result.exception) == (
        f"--add: {kubernetes!r} is not a Kubernetes minor version. Give one such as 1.36"
    )
    assert table.read_text() == before


@pytest.mark.parametrize(("build", "expected"), [(2, 0), (13, 4)])
def test_check_reports_outdated_versions_and_changes_no_file(
    table: Path, eks: Stubber, build: int, expected: int
) -> None:
    before = table.read_text()
    expect(eks, "kube-proxy", "1.35", addon_version(f"v1.35.3-eksbuild.{build}", "1.35"))
    code, output = update(table, "--check")
    assert (code, table.read_text()) == (expected, before)
    assert ("Renew them: arqctl versions update --region eu-west-1" in output) is (expected == 4)


def test_check_accepts_versions_that_aws_selects(table: Path, eks: Stubber) -> None:
    table.write_text('["1.36"]\nkube-proxy = "default"\n')
    expect(eks, "kube-proxy", "1.36", addon_version("v1.36.0-eksbuild.14", "1.36"))
    assert update(table, "--check") == (0, "")


def test_node_images_come_from_the_published_parameters(table: Path, api: AwsApi) -> None:
    table.write_text('["1.35"]\nal2023-arm64 = "default"\nbottlerocket-x86_64 = "1.50.0-0a1b2c3d"\n')
    al2023 = (
        "/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/arm64/standard/recommended/release_version"
    )
    bottlerocket = "/aws/service/bottlerocket/aws-k8s-1.35/x86_64/latest/image_version"
    with Stubber(api.client("ssm", REGION)) as ssm:
        for name, value in ((al2023, "1.35.3-20260318"), (bottlerocket, "1.57.0-beaadc52")):
            answer = {"Parameter": {"Name": name, "Type": "String", "Value": value, "Version": 7}}
            ssm.add_response("get_parameter", answer, {"Name": name})
        code, _ = update(table)
    assert code == 0
    assert table.read_text() == (
        '["1.35"]\nal2023-arm64 = "1.35.3-20260318"\nbottlerocket-x86_64 = "1.57.0-beaadc52"\n'
    )


def test_a_missing_parameter_is_a_problem(api: AwsApi) -> None:
    with Stubber(api.client("ssm", REGION)) as ssm:
        ssm.add_client_error("get_parameter", "ParameterNotFound", "")
        with pytest.raises(InputError, match=r"al2023-arm64 for Kubernetes 1\.99: ssm get_parameter"):
            find_latest_release(api, region=REGION, kubernetes="1.99", image="al2023-arm64")
