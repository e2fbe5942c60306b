"""`arqctl publish`: files, cache headers and the registry, against simulated AWS."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import boto3
import pytest
from moto import mock_aws

import constructs_arq.edge
from arqctl.core.json_access import Json
from arqctl.publish import site
from tests.arqctl.command_line import run
from tests.arqctl.projects import Project

REGION: Final = "eu-west-1"
DOMAIN = "app.example.com"
BUCKET = "dev-site-bucket-20260101"
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        yield


@pytest.fixture
def dev(current_project: Project) -> Project:
    provider = {"provider": {"aws": [{"region": REGION, "allowed_account_ids": ["111122223333"]}]}}
    current_project.stack(
        "dev",
        {
            "aws_cloudfront_distribution": {"site": {"aliases": [DOMAIN]}},
            "aws_ecr_repository": {"images": {"name": "dev-images"}},
        },
        **provider,
    )
    return current_project


@pytest.fixture
def bucket() -> Any:
    bucket = boto3.resource("s3", REGION).create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    boto3.client("cloudfront").create_distribution(DistributionConfig=distribution())
    return bucket


def distribution() -> Any:
    origin = {
        "Id": "site",
        "DomainName": f"{BUCKET}.s3.{REGION}.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    return {
        "CallerReference": "one",
        "Aliases": {"Quantity": 1, "Items": [DOMAIN]},
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {"TargetOriginId": "site", "ViewerProtocolPolicy": "redirect-to-https"},
        "Comment": "",
        "Enabled": True,
    }


def build(folder: Path, *names: str) -> Path:
    for name in names:
        file = folder / "dist" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    return folder / "dist"


def publish(capsys: Capture, *arguments: str) -> tuple[int, str, str]:
    return run(capsys, "publish", *arguments, "--from", "cdktf.out")


def test_files_are_uploaded_with_their_type_and_cache_header(
    dev: Project, bucket: Any, capsys: Capture
) -> None:
    folder = build(dev.root, "index.html", "robots.txt", "assets/app-3f2a.js", "assets/app-3f2a.unknown")
    code, stdout, stderr = publish(capsys, "site", "dev", str(folder))
    assert (code, stderr) == (0, "")
    assert stdout == f"https://{DOMAIN}: 4 files uploaded to {BUCKET}, 0 removed\n"
    headers = {
        each.key: (each.Object().cache_control, each.Object().content_type) for each in bucket.objects.all()
    }
    immutable = "public, max-age=31536000, immutable"
    assert headers == {
        "index.html": ("no-cache", "text/html"),
        "robots.txt": ("no-cache", "text/plain"),
        "assets/app-3f2a.js": (immutable, "text/javascript"),
        "assets/app-3f2a.unknown": (immutable, "application/octet-stream"),
    }


@pytest.mark.usefixtures("bucket")
def test_assets_are_uploaded_before_the_pages_that_use_them(
    dev: Project, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploaded: list[str] = []
    monkeypatch.setattr(site, "_upload", lambda _api, _site, name, _content: uploaded.append(name))
    publish(capsys, "site", "dev", str(build(dev.root, "about.html", "index.html", "assets/z.js", "sw.js")))
    assert uploaded == ["assets/z.js", "about.html", "sw.js", "index.html"]


def test_old_pages_are_removed_and_old_assets_stay(dev: Project, bucket: Any, capsys: Capture) -> None:
    for key in ("old.html", "assets/old-1a2b.js"):
        bucket.put_object(Key=key, Body=b"old")
    _, stdout, _ = publish(capsys, "site", "dev", str(build(dev.root, "index.html")))
    assert stdout.endswith("1 files uploaded to dev-site-bucket-20260101, 1 removed\n")
    assert {each.key for each in bucket.objects.all()} == {"index.html", "assets/old-1a2b.js"}


@pytest.mark.usefixtures("bucket")
def test_the_cache_is_invalidated(dev: Project, capsys: Capture) -> None:
    publish(capsys, "site", "dev", str(build(dev.root, "index.html")))
    client = boto3.client("cloudfront")
    (found,) = client.list_distributions()["DistributionList"]["Items"]
    invalidations = client.list_invalidations(DistributionId=found["Id"])
    assert invalidations["InvalidationList"]["Quantity"] == 1


def test_a_folder_without_a_site_removes_nothing(dev: Project, bucket: Any, capsys: Capture) -> None:
    bucket.put_object(Key="index.html", Body=b"old")
    code, _, stderr = publish(capsys, "site", "dev", str(build(dev.root, "assets/a.js")))
    assert code == 2
    assert "has no index.html" in stderr
    assert [each.key for each in bucket.objects.all()] == ["index.html"]


def test_a_distribution_that_does_not_exist_exits_with_2(dev: Project, capsys: Capture) -> None:
    code, _, stderr = publish(capsys, "site", "dev", str(build(dev.root, "index.html")))
    assert code == 2
    assert f"{DOMAIN}: no distribution with a bucket has this domain. Deploy the environment first" in stderr


@pytest.mark.usefixtures("dev")
def test_the_registry_is_derived_from_the_stacks(capsys: Capture) -> None:
    assert (
        publish(capsys, "registry", "dev")[1] == "111122223333.dkr.ecr.eu-west-1.amazonaws.com/dev-images\n"
    )


@pytest.mark.usefixtures("dev")
def test_the_password_of_the_registry_is_printed(capsys: Capture) -> None:
    code, stdout, _ = publish(capsys, "password", "dev")
    assert (code, stdout) == (0, "123456789012-auth-token\n")


@pytest.mark.parametrize(
    ("name", "region"), [("production", "eu-west-1"), ("production-standby", "eu-central-1")]
)
def test_a_standby_has_the_copy_in_its_region(
    name: str, region: str, current_project: Project, capsys: Capture
) -> None:
    """The account stack has the copy, because it must exist before the first push."""
    for file in (Path(__file__).parents[2] / "snapshots").glob("production*.json"):
        current_project.raw(file.stem, file.read_text())
    expected = f"210987654321.dkr.ecr.{region}.amazonaws.com/production-images\n"
    assert publish(capsys, "registry", name) == (0, expected, "")
    assert publish(capsys, "password", name)[0] == 0


@pytest.mark.parametrize("command", [("site", "dev", "dist"), ("registry", "dev"), ("password", "dev")])
@pytest.mark.usefixtures("current_project")
def test_an_environment_without_the_resource_exits_with_2(command: tuple[str, ...], capsys: Capture) -> None:
    code, _, stderr = publish(capsys, *command)
    assert code == 2
    assert "got none" in stderr


def test_with_an_origin_group_the_first_origin_is_used() -> None:
    group: Json = {"Members": {"Items": [{"OriginId": "site"}, {"OriginId": "standby"}]}}
    found = site._origins(
        {"Origins": {"Items": [{"Id": "standby"}, {"Id": "site"}]}, "OriginGroups": {"Items": [group]}}
    )
    assert [origin["Id"] for origin in found] == ["site"]


@pytest.mark.usefixtures("bucket")
def test_a_distribution_of_load_balancers_only_is_no_site(dev: Project, capsys: Capture) -> None:
    vpc_origin = {"origin_id": "api", "vpc_origin_config": {"vpc_origin_id": "vo_1"}}
    files = {"origin_id": "site"}
    dev.stack(
        "dev",
        {
            "aws_cloudfront_distribution": {
                "hosts": {"aliases": ["partners.arq.example"], "origin": [vpc_origin]},
                "site": {"aliases": [DOMAIN], "origin": [files, vpc_origin]},
            }
        },
        provider={"aws": [{"region": REGION, "allowed_account_ids": ["111122223333"]}]},
    )
    code, _, stderr = publish(capsys, "site", "dev", str(build(dev.root, "index.html")))
    assert (code, stderr) == (0, "")


@pytest.mark.usefixtures("bucket")
def test_files_that_the_router_does_not_know_are_named(dev: Project, capsys: Capture) -> None:
    router = (Path(constructs_arq.edge.__file__).parent / "routes.js").read_text()
    other = "function handler(event) { return event.response; }"
    dev.stack(
        "dev",
        {
            "aws_cloudfront_distribution": {"site": {"aliases": [DOMAIN]}},
            "aws_cloudfront_function": {"routes": {"code": router}, "caching": {"code": other}},
        },
        provider={"aws": [{"region": REGION, "allowed_account_ids": ["111122223333"]}]},
    )
    known = ("index.html", "LOGO.SVG", ".well-known/thing", "assets/a.glb")
    code, _, stderr = publish(capsys, "site", "dev", str(build(dev.root, *known)))
    assert (code, stderr) == (0, "")
    code, _, stderr = publish(capsys, "site", "dev", str(build(dev.root, *known, "README.md", "x/y.ics")))
    assert code == 0
    assert "visitors get index.html instead of README.md, x/y.ics. Add the endings" in stderr
